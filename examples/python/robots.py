"""A hundred robots through ctypes: python3 robots.py path/to/libsensorium_c.so"""

import ctypes
import sys


class Column(ctypes.Structure):
    """sensorium_column of sensorium.h."""

    _fields_ = [
        ("name", ctypes.c_char_p), ("data", ctypes.c_void_p), ("stride", ctypes.c_uint64), ("type", ctypes.c_uint32),
        ("rows", ctypes.c_uint32), ("width", ctypes.c_uint32), ("planes", ctypes.c_uint32), ("list", ctypes.c_uint32),
        ("reserved", ctypes.c_uint32),
    ]


TYPES = [ctypes.c_float, ctypes.c_double, ctypes.c_uint8, ctypes.c_uint32, ctypes.c_int32]


class SensoriumError(Exception):
    pass


class Sensorium:
    """An engine. Options by path: Sensorium(path, {"agents": 100}). Columns are arrays over the engine's own memory."""

    def __init__(self, library, options):
        self.c = ctypes.CDLL(library)
        self.c.sensorium_new.restype = ctypes.c_void_p
        self.c.sensorium_error.restype = ctypes.c_char_p
        self.s = ctypes.c_void_p(self.c.sensorium_new())
        for path, value in options.items():
            if isinstance(value, bool):
                self._call("set_flag", path.encode(), value)
            elif isinstance(value, str):
                self._call("set_text", path.encode(), value.encode())
            else:
                self._call("set_number", path.encode(), ctypes.c_double(value))
        self._call("create")

    def column(self, name, plane=0):
        found = Column()
        self._call("find_column", name.encode(), ctypes.byref(found))
        return (TYPES[found.type] * (found.rows * found.width)).from_address(found.data + plane * found.stride)

    def tick(self, seconds):
        self._call("tick", ctypes.c_double(seconds))

    def close(self):
        self.c.sensorium_free(self.s)
        self.s = None

    def _call(self, verb, *arguments):
        if getattr(self.c, "sensorium_" + verb)(self.s, *arguments) != 0:
            code, what, where, expected, got = (self.c.sensorium_error(self.s, part).decode() for part in range(5))
            raise SensoriumError(f"{code}: {what}: {where}: expected {expected}, got {got}")


def main(library):
    s = Sensorium(library, {"agents": 100, "map.capacity": 64, "map.merge_radius": 5})
    points, x, y = s.column("sensors.lidar.points"), s.column("position.x"), s.column("position.y")
    fused, places = s.column("results.fused"), s.column("statistics.places")
    for tick in range(50):
        for robot in range(100):
            points[robot] = 900 if robot != 42 else float("nan")  # this one's lidar is silent
            x[robot], y[robot] = robot % 10 * 10, robot // 10 * 10 % 40
        s.tick(tick * 0.1)
    print(f"robot 0 fused {fused[0]:.2f}, robot 42 fused {fused[42]:.2f}, {places[0]:.0f} places")
    s.close()


if __name__ == "__main__":
    main(sys.argv[1])
