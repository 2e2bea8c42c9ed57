// Circular and categorical channels, columns of times, and the result columns held, age and weight.
import { createSensorium, Flag } from 'sensorium';
import { describe, expect, test } from 'vitest';
import { backends, refused, thrown } from './support.ts';

const weather = {
  channels: {
    'wind.direction': { kind: 'circular', period: 360 },
    'wind.speed': { scale: 0.1 },
    'audio.event': { kind: 'categorical', categories: 3 },
    hour: { kind: 'circular', period: 24 },
  },
  readings: { columns: true },
} as const;

describe.each(backends)('kinds of channels, %s', (backend) => {
  test('features by name, in the order of the network’s inputs', async () => {
    const s = await createSensorium({ backend, ...weather, network: { layers: [{ units: 1, activation: 'identity', weights: [1, 2, 4, 8, 16, 32, 64, 128], biases: [0.5] }] } });
    expect(s.features).toEqual([
      'wind.direction.sin',
      'wind.direction.cos',
      'wind.speed',
      'audio.event=0',
      'audio.event=1',
      'audio.event=2',
      'hour.sin',
      'hour.cos',
    ]);
    expect(Object.isFrozen(s.features)).toBe(true);
    s.sensors.wind.direction[0] = -270;
    s.sensors.wind.speed[0] = 20;
    s.sensors.audio.event[0] = 1;
    s.sensors.hour[0] = 36;
    s.tick(0);
    expect(s.results.held.map((column) => column[0])).toEqual([1, 0, 2, 0, 1, 0, 0, -1]);
    expect(s.results.output[0]![0]).toBe(0.5 + 1 + 2 * 4 + 16 - 128);
    expect(s.results.fused[0], 'only the speed has a weight').toBe(2);
    s.dispose();
  });

  test('held, age and weight, as columns and by name', async () => {
    const s = await createSensorium({ backend, agents: 20, ...weather, readings: { columns: true, hold: 'once', half_life: 2, lost_after: 10 } });
    expect(s.agent(19).sensors!.age).toEqual({ wind: null, audio: null, hour: null });
    s.sensors.wind.direction[19] = 90;
    s.sensors.wind.speed[19] = 5;
    s.tick(100);
    s.sensors.hour[19] = 6;
    s.tick(104);
    expect(s.agent(19).sensors).toEqual({
      held: {
        'wind.direction.sin': 1,
        'wind.direction.cos': 0,
        'wind.speed': 0.5,
        'audio.event=0': 0,
        'audio.event=1': 0,
        'audio.event=2': 0,
        'hour.sin': 1,
        'hour.cos': 0,
      },
      age: { wind: 4, audio: null, hour: 0 },
      weight: {
        'wind.direction.sin': 0,
        'wind.direction.cos': 0,
        'wind.speed': 0.25,
        'audio.event=0': 0,
        'audio.event=1': 0,
        'audio.event=2': 0,
        'hour.sin': 0,
        'hour.cos': 0,
      },
    });
    expect(s.results.age.map((column) => column[19])).toEqual([4, -1, 0]);
    expect(s.results.weight[s.features.indexOf('wind.speed')]![19]).toBe(0.25);
    s.dispose();
  });

  test('without readings.columns there are none, and an error says so', async () => {
    const s = await createSensorium({ backend });
    for (const name of ['held', 'age', 'weight'] as const) {
      expect(thrown(() => s.results[name])).toMatchObject({ code: 'absent_column', where: `results.${name}`, expected: 'options with readings.columns' });
    }
    expect('sensors' in s.agent(0)).toBe(false);
    expect(s.features).toEqual(['visual.objects', 'lidar.points', 'audio.amplitude', 'imu.accel_x']);
    s.dispose();
  });

  test('names of any kind', async () => {
    const s = await createSensorium<string>({
      backend,
      channels: { '__proto__.x': {}, constructor: { kind: 'categorical' as const, categories: 2 }, 'a=0.x': {} },
      readings: { columns: true, timed: true },
    });
    expect(s.features).toEqual(['__proto__.x', 'constructor=0', 'constructor=1', 'a=0.x']);
    s.sensorTime('__proto__')[0] = -1;
    s.sensor('__proto__.x')[0] = 3;
    s.tick(0);
    const { age, held } = s.agent(0).sensors!;
    expect(Object.entries(age)).toEqual([['__proto__', 1], ['constructor', null], ['a=0', null]]);
    expect(Object.entries(held)[0]).toEqual(['__proto__.x', 3]);
    s.dispose();
  });

  test.each([
    ['a circular channel with a scale', { kind: 'circular', scale: 2 }, 'wrong_kind', 'channels.w.x.scale', 'linear'],
    ['a linear channel with a period', { period: 360 }, 'wrong_kind', 'channels.w.x.period', 'circular'],
    ['no categories', { kind: 'categorical' }, 'out_of_range', 'channels.w.x.categories', '2 to 32'],
    ['33 categories', { kind: 'categorical', categories: 33 }, 'out_of_range', 'channels.w.x.categories', '0 to 32'],
    ['a period of nothing', { kind: 'circular', period: 0 }, 'out_of_range', 'channels.w.x.period', '1e-06'],
    ['a NaN weight', { kind: 'circular', weight: NaN }, 'out_of_range', 'channels.w.x.weight', 'NaN'],
    ['no such kind', { kind: 'polar' }, 'out_of_range', 'channels.w.x.kind', 'linear, circular, categorical'],
  ])('%s is refused', async (_, channel, code, where, words) => {
    const error = await refused({ backend, channels: { 'w.x': channel, level: {} } });
    expect(error).toMatchObject({ code, where });
    expect(error.message).toContain(words);
  });

  test('a feature too many names its channel', async () => {
    const error = await refused({ backend, channels: { level: {}, 'a.b': { kind: 'categorical', categories: 32 } } });
    expect(error).toMatchObject({ code: 'too_many', where: 'channels.a.b' });
  });
});

describe.each(backends)('columns of times, %s', (backend) => {
  const lidar = { channels: { 'lidar.points': {}, 'lidar.noise': {}, gps: { weight: 0 } }, modalities: { lidar: { timed: true }, gps: { timed: true } } } as const;

  test('age, loss and order go by when a reading was measured', async () => {
    const s = await createSensorium({ backend, agents: 3, ...lidar, readings: { columns: true, lost_after: 2 } });
    const { points, time } = s.sensors.lidar;
    expect(time).toEqual(Float64Array.of(NaN, NaN, NaN));
    expect(s.sensorTime('lidar')).toBe(time);
    const held = () => [...s.results.held[0]!];
    points.fill(1);
    time.set([9, 10.5, NaN]);
    s.tick(10);
    expect([...s.results.age[0]!]).toEqual([1, 0, 0]);
    points.fill(2);
    time.set([8.5, 9.5, 10]);
    s.tick(10);
    expect(held(), 'measured before what is held, before it, and at the same time').toEqual([1, 1, 2]);
    s.tick(11.5);
    expect(Array.from(s.events(), (event) => ({ ...event }))).toMatchObject([
      { kind: 'blind-begin', agent: 0, time: 11.5, cycle: 3 },
      { kind: 'sensor-lost', agent: 0, time: 11.5, cycle: 3, sensor: 'lidar' },
    ]);
    s.resetAgent(0);
    expect(time[0]).toBeNaN();
    points[0] = 3;
    time[0] = 11;
    s.tick(12);
    expect(held()[0]).toBe(3);
    expect(s.results.flags[0]! & Flag.blind).toBe(0);
    s.dispose();
  });

  test('a modality of one word, and one that is not timed', async () => {
    const s = await createSensorium({ backend, ...lidar, channels: { ...lidar.channels, 'imu.x': {} } });
    s.sensors.gps[0] = 1;
    s.sensorTime('gps')[0] = 5;
    s.tick(6);
    expect(thrown(() => s.sensors.imu.time)).toMatchObject({ code: 'absent_column', where: 'sensors.imu.time', expected: 'options with modalities.imu.timed' });
    expect(thrown(() => s.sensorTime('imu'))).toMatchObject({ code: 'absent_column', where: 'sensors.imu.time' });
    expect(thrown(() => s.sensorTime('radar' as 'imu'))).toMatchObject({ code: 'unknown_modality', expected: 'one of lidar, gps, imu' });
    expect(Object.keys(s.sensors.lidar).sort()).toEqual(['noise', 'points', 'time']);
    expect(Object.keys(s.sensors.imu)).toEqual(['x']);
    s.dispose();
    expect(thrown(() => s.sensorTime('lidar')).code).toBe('disposed');
    expect(thrown(() => s.features).code).toBe('disposed');
  });

  test('a channel that is called time', async () => {
    const s = await createSensorium({ backend, channels: { 'lap.time': {} } });
    expect(s.sensors.lap.time).toBeInstanceOf(Float32Array);
    s.dispose();
    expect(await refused({ backend, channels: { 'lap.time': {} }, readings: { timed: true } })).toMatchObject({
      code: 'duplicate_name',
      where: 'channels.lap.time',
    });
  });
});
