// Names of channels are the user's data: whatever they are, they name a column and nothing else.
import { createSensorium, type ChannelOptions } from 'sensorium';
import { describe, expect, test } from 'vitest';
import { backends, thrown } from './support.ts';

describe.each(backends)('names, %s', (backend) => {
  test('a word is its column, the first dot divides, later ones do not', async () => {
    const s = await createSensorium({ backend, channels: { co2: {}, 'room.temperature': {}, 'room.air.flow': {} } });
    expect(s.sensors.co2).toBe(s.sensor('co2'));
    expect(s.sensors.room.temperature).toBe(s.sensor('room.temperature'));
    expect(s.sensors.room['air.flow']).toBe(s.sensor('room.air.flow'));
    expect(s.channels).toEqual(['co2', 'room.temperature', 'room.air.flow']);
    expect(s.modalities).toEqual(['co2', 'room']);
    s.dispose();
  });

  test('the names of every object’s own members are names like any other', async () => {
    const names = ['__proto__.x', 'constructor.y', 'toString', 'hasOwnProperty.z', 'length', 'valueOf.prototype'];
    const channels: Record<string, ChannelOptions> = JSON.parse(`{${names.map((name) => `"${name}": {}`).join(', ')}, "__proto__.w": {}}`);
    const s = await createSensorium({ backend, channels });
    names.forEach((name, index) => (s.sensor(name)[0] = index));
    expect(s.channels).toEqual([...names, '__proto__.w']);
    const sensors = s.sensors as Record<string, Record<string, Float32Array>>;
    expect(Object.keys(sensors)).toEqual(['__proto__', 'constructor', 'toString', 'hasOwnProperty', 'length', 'valueOf']);
    expect(sensors['__proto__']!['x']![0]).toBe(0);
    expect(sensors['constructor']!['y']![0]).toBe(1);
    expect(({} as Record<string, unknown>)['x']).toBeUndefined();
    expect(Object.getPrototypeOf(s.sensors)).toBeNull();
    s.tick(0);
    s.dispose();
  });

  test('a channel called __proto__ alone', async () => {
    const channels: Record<string, ChannelOptions> = JSON.parse('{"__proto__": {"scale": 2}}');
    const s = await createSensorium({ backend, channels });
    s.sensor('__proto__')[0] = 0.25;
    s.tick(0);
    expect(s.results.fused[0]).toBe(0.5);
    s.dispose();
  });

  test('any text: spaces, quotes, other scripts, emoji, 63 bytes', async () => {
    const names = ['air quality.PM 2.5 "µg/m³"', '温度', '🤖.🛰️', 'é'.repeat(31) + 'x', ' ', 'a\nb\t.c'];
    const s = await createSensorium({ backend, channels: Object.fromEntries(names.map((name) => [name, {}])) });
    expect(s.channels).toEqual(names);
    names.forEach((name, index) => (s.sensor(name)[0] = index));
    names.forEach((name, index) => expect(s.sensor(name)[0]).toBe(index));
    s.dispose();
  });

  test('half a character becomes U+FFFD, the same on every backend', async () => {
    const s = await createSensorium({ backend, channels: { 'a\ud800b': {} } });
    expect(s.channels).toEqual(['a\ufffdb']);
    s.dispose();
  });

  test('an unknown one is an error that names the known ones', async () => {
    const s = await createSensorium({ backend, channels: { co2: {}, 'room.temperature': {} } });
    const error = thrown(() => s.sensor('room.temprature' as 'co2'));
    expect(error).toMatchObject({
      code: 'unknown_channel',
      where: 'sensor',
      expected: 'one of co2, room.temperature',
      got: 'the text "room.temprature"',
    });
    for (const wrong of [undefined, null, 0, Symbol('x'), {}])
      expect(thrown(() => s.sensor(wrong as unknown as 'co2')).code).toBe('unknown_channel');
    s.dispose();
  });

  test('views cannot be replaced by mistake', async () => {
    const s = await createSensorium({ backend });
    const mistaken = s as unknown as { sensors: { lidar: { points: unknown } }; results: { anomaly: { z: unknown }; output: unknown[] } };
    expect(() => (mistaken.sensors.lidar.points = [1])).toThrow(TypeError);
    expect(() => (mistaken.results.anomaly.z = [1])).toThrow(TypeError);
    expect(() => mistaken.results.output.push(1)).toThrow(TypeError);
    s.dispose();
  });
});
