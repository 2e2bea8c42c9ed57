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


class Recording(ctypes.Structure):
    """sensorium_recording of sensorium.h."""

    _fields_ = [
        ("times", ctypes.POINTER(ctypes.c_double)), ("inputs", ctypes.POINTER(ctypes.c_char_p)), ("values", ctypes.POINTER(ctypes.c_float)),
        ("active", ctypes.c_void_p), ("ticks", ctypes.c_uint64), ("input_count", ctypes.c_uint32), ("rows", ctypes.c_uint32),
    ]


class Wanted(ctypes.Structure):
    """sensorium_wanted of sensorium.h."""

    _fields_ = [
        ("column", ctypes.c_char_p), ("into", ctypes.c_void_p), ("bytes", ctypes.c_uint64), ("plane", ctypes.c_uint32),
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
        self.c.sensorium_error.restype = self.c.sensorium_metric.restype = ctypes.c_char_p
        self.c.sensorium_snapshot_bytes.restype = ctypes.c_uint64
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

    def past(self, name, ago, plane=0):
        """A column of the option history.columns as it was `ago` ticks before the last one."""
        depth, kept = len(self.column("history.time")), Column()
        self._call("find_column", f"history.{name}".encode(), ctypes.byref(kept))
        slot = (int(self.column("statistics.cycles")[0]) - 1 - ago) % depth
        return self.column(f"history.{name}", slot * (kept.planes // depth) + plane)

    def replay(self, times, inputs, values, wanted):
        """Ticks for all times, with a list of [tick][input][row]; returns a list of [tick][row] of a result."""
        rows = self.c.sensorium_agents(self.s)
        names = (ctypes.c_char_p * len(inputs))(*(name.encode() for name in inputs))
        into = (ctypes.c_float * (len(times) * rows))()
        recording = Recording(
            (ctypes.c_double * len(times))(*times), names, (ctypes.c_float * len(values))(*values), None, len(times), len(inputs), rows
        )
        column = Wanted(wanted.encode(), ctypes.addressof(into), ctypes.sizeof(into))
        ticks, changes = ctypes.c_uint64(), ctypes.c_uint64()
        self._call("tick_many", ctypes.byref(recording), ctypes.byref(column), 1, None, ctypes.c_uint64(0), ctypes.byref(ticks), ctypes.byref(changes))
        return list(into)

    def metrics(self):
        self._call("metrics")
        return {self.c.sensorium_metric(i).decode(): value for i, value in enumerate(self.column("exchange.metrics"))}

    def snapshot(self):
        buffer = ctypes.create_string_buffer(self.c.sensorium_snapshot_bytes(self.s))
        written = ctypes.c_uint64()
        self._call("snapshot", buffer, ctypes.c_uint64(len(buffer)), ctypes.byref(written))
        return buffer.raw[: written.value]

    def restore(self, snapshot):
        self._call("restore", snapshot, ctypes.c_uint64(len(snapshot)))

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

    # Ten ticks in one call, and once more from a snapshot.
    snapshot = s.snapshot()
    times, values = [5 + tick * 0.1 for tick in range(10)], [300 + 50 * tick for tick in range(10) for _ in range(100)]
    first = s.replay(times, ["sensors.lidar.points"], values, "results.fused")
    s.restore(snapshot)
    again = s.replay(times, ["sensors.lidar.points"], values, "results.fused")
    print(f"robot 0 fused {again[0]:.2f} to {again[-100]:.2f}, {'the same' if first == again else 'another'} once more")
    print(f"nine ticks ago {s.past('fused', 9)[0]:.2f}; {s.metrics()['cycles']:.0f} ticks in all")
    s.close()


if __name__ == "__main__":
    main(sys.argv[1])
