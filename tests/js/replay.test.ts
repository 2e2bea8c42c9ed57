// tickMany(): what writing the columns and calling tick() for each time would be, bit for bit; and what it refuses.
import { createSensorium, type Recording, type ResultPath, type Sensorium, type SensoriumOptions } from 'sensorium';
import { describe, expect, test } from 'vitest';
import { backends, inNode, level, oneBackend, thrown } from './support.ts';

/** Numbers that are the same in every run: Marsaglia's xorshift. */
function random(seed: number) {
  let state = (seed * 2654435761) >>> 0 || 1;
  return () => {
    state ^= state << 13;
    state ^= state >>> 17;
    state ^= state << 5;
    return (state >>> 0) / 2 ** 32;
  };
}

type View = Float32Array | Float64Array | Uint8Array | Uint32Array | Int32Array;

/** The columns of a table of them, by path. */
function* columnsOf(table: object, path: string[] = []): Generator<[path: string, planes: View[]]> {
  for (const [name, value] of Object.entries(table)) {
    const here = [...path, name];
    if (ArrayBuffer.isView(value)) yield [here.join('.'), [value as View]];
    else if (Array.isArray(value)) yield [here.join('.'), value as View[]];
    else yield* columnsOf(value as object, here);
  }
}

const at = (table: object, path: string): View[] => {
  const value = path.split('.').reduce<unknown>((from, part) => (from as Record<string, unknown>)[part], table);
  return Array.isArray(value) ? (value as View[]) : [value as View];
};

/** Bytes, so that -0 and 0 are two things. */
const bytesOf = (array: View) => Array.from(new Uint8Array(array.buffer, array.byteOffset, array.byteLength));

const engines: [name: string, options: SensoriumOptions, columns?: string[]][] = [
  ['classic', { agents: 1 }],
  ['classic, more than a tile', { agents: 40 }],
  ['sensors that come and go', { agents: 17, modalities: { lidar: { hold: 'once' }, visual: { half_life: 0.5, lost_after: 0.3 } } }],
  ['one channel', { agents: 5, ...level }],
  ['neighbours and places', { agents: 33, neighbors: { k: 3, radius: 1, fov: 3, own_radius: true }, map: { capacity: 20, merge_radius: 0.5, link_radius: 1 } }, ['position.x', 'position.y', 'heading.x', 'radius', 'sensors.lidar.points', 'sensors.imu.accel_x']],
  ['no network', { agents: 3, network: { layers: [] }, prediction: { horizon: 1 } }, ['sensors.lidar.points']],
];

/** A random recording for an engine. */
function tape(s: Sensorium<string>, seed: number, ticks: number, columns = s.channels.map((name) => `sensors.${name}`), rows = s.agents) {
  const next = random(seed);
  const times = new Float64Array(ticks);
  for (let t = 1; t < ticks; t++) times[t] = times[t - 1]! + (next() < 0.1 ? 0 : next() * 0.5);
  const inputs = Float32Array.from({ length: ticks * columns.length * rows }, () => (next() < 0.4 ? NaN : next() < 0.03 ? Infinity : next() * 4 - 1));
  const active = Uint8Array.from({ length: ticks * rows }, () => (next() < 0.9 ? 1 : 0));
  return { times, inputs, active, columns: columns as 'sensors.x'[], rows };
}

function inputColumn(s: Sensorium<string>, path: string): Float32Array {
  const sensor = /^sensors\.(.*)$/.exec(path)?.[1];
  return sensor === undefined ? (at({ position: s.position, heading: s.heading, radius: s.radius }, path)[0] as Float32Array) : s.sensor(sensor);
}

/** As anyone would go through a recording: all results of each tick, and the events. */
function oneByOne(s: Sensorium<string>, { times, inputs, active, columns, rows }: ReturnType<typeof tape>) {
  const paths = [...columnsOf(s.results)].map(([path]) => path);
  const results = new Map(paths.map((path) => [path, at(s.results, path).map(() => [] as number[])]));
  const events: unknown[] = [];
  let from = 0;
  times.forEach((seconds, tick) => {
    for (const path of columns) inputColumn(s, path).set(inputs.subarray(from, (from += rows)));
    s.active.set(active.subarray(tick * rows, (tick + 1) * rows));
    s.tick(seconds);
    for (const [path, planes] of results) at(s.results, path).forEach((plane, j) => planes[j]!.push(...bytesOf(plane.subarray(0, (plane.length / s.agents) * rows))));
    for (const event of s.events()) events.push({ ...event, tick });
  });
  return { results, events, paths: paths as ResultPath[] };
}

describe.each(backends)('tickMany, %s', (backend) => {
  test.each(engines)('%s: the same bits as tick by tick', async (_, options, columns) => {
    const [one, many] = [await createSensorium<string>({ ...options, backend }), await createSensorium<string>({ ...options, backend })];
    const recording = tape(one, 3, 80, columns);
    const { results, events, paths } = oneByOne(one, recording);
    const replayed = many.tickMany({ ...recording, results: paths, changes: true });
    for (const [path, planes] of results) expect(at(replayed.results, path).map(bytesOf), path).toEqual(planes);
    const got = () => Array.from(replayed.events(), (event) => ({ ...event }));
    expect(got()).toEqual(events);
    expect(got()).toEqual(events);
    expect(replayed.changes).toBeGreaterThan(0);
    expect(many.statistics.toJSON()).toEqual(one.statistics.toJSON());
    for (const s of [one, many]) s.dispose();
  });

  test('some rows, in parts, into arrays of one’s own', async () => {
    const options = { agents: 20, backend } as const;
    const [one, many] = [await createSensorium<string>(options), await createSensorium<string>(options)];
    // What is not in the recording stays.
    for (const s of [one, many]) s.sensor('lidar.points').fill(700);
    const whole = tape(one, 5, 60, ['sensors.imu.accel_x', 'sensors.audio.amplitude'], 13);
    const { results } = oneByOne(one, whole);
    // The first is longer than it need be.
    const into = { fused: new Float32Array(20 * 13 + 5).fill(-1), prediction: { values: Array.from({ length: 5 }, () => new Float32Array(260)) }, flags: new Uint32Array(260) };
    const got = { fused: [] as number[], value: [] as number[], flags: [] as number[] };
    for (let from = 0; from < 60; from += 20) {
      const part = {
        ...whole,
        times: whole.times.subarray(from, from + 20),
        inputs: whole.inputs.subarray(from * 26, (from + 20) * 26),
        active: whole.active.subarray(from * 13, (from + 20) * 13),
      };
      const replayed = many.tickMany({ ...part, results: ['fused', 'prediction.values', 'flags'], into });
      expect(replayed.results).toBe(into);
      got.fused.push(...bytesOf(into.fused.subarray(0, 20 * 13)));
      expect(into.fused[20 * 13]).toBe(-1);
      got.value.push(...bytesOf(into.prediction.values[4]!));
      got.flags.push(...bytesOf(into.flags));
    }
    expect(got).toEqual({ fused: results.get('fused')![0], value: results.get('prediction.values')![4], flags: results.get('flags')![0] });
    for (const s of [one, many]) s.dispose();
  });

  test('every agent changes at every tick: a list that grows', async () => {
    const agents = 300;
    const s = await createSensorium({ agents, backend, ...level, readings: { hold: 'once', lost_after: 0 } });
    const ticks = 40;
    const inputs = Float32Array.from({ length: ticks * agents }, (_, i) => (Math.floor(i / agents) % 2 ? NaN : 1));
    const replayed = s.tickMany({ times: Float64Array.from({ length: ticks }, (_, t) => t), inputs, changes: true });
    expect(replayed.changes).toBe((ticks - 1) * agents);
    const events = Array.from(replayed.events(), (event) => ({ ...event }));
    expect(events).toHaveLength(2 * (ticks - 1) * agents);
    expect(events[0]).toEqual({ kind: 'blind-begin', tick: 1, agent: 0, time: 1, cycle: 2 });
    expect(events.at(-1)).toEqual({ kind: 'sensor-lost', tick: 39, agent: 299, time: 39, cycle: 40, sensor: 'level' });
    s.dispose();
  });

  test('handlers and streams hear of all its ticks; of some kinds', async () => {
    const s = await createSensorium({ backend, agents: 2, ...level, readings: { hold: 'once', lost_after: 0 } });
    const heard: string[] = [];
    const remove = s.on('sensor-lost', ({ agent, time, cycle, sensor }) => heard.push(`${sensor} of ${agent} at ${time} s, cycle ${cycle}`));
    const codes = new Set<string>();
    for (const again of [() => s.tickMany({ times: Float64Array.of(9), inputs: new Float32Array(2) }), () => s.tick(9)]) s.on('blind-end', () => codes.add(thrown(again).code));
    const stream = s.eventStream({ kinds: ['sensor-back'] });
    const inputs = Float32Array.of(1, 1, 1, NaN, NaN, 1, 1, 1);
    const replayed = s.tickMany({ times: Float64Array.of(0, 1, 2, 3), inputs, changes: true });
    expect(heard).toEqual(['level of 1 at 1 s, cycle 2', 'level of 0 at 2 s, cycle 3']);
    expect([...codes]).toEqual(['tick_during_events']);
    expect(await stream.next()).toEqual({ done: false, value: { kind: 'sensor-back', agent: 1, time: 2, cycle: 3, sensor: 'level' } });
    expect(Array.from(replayed.events({ kinds: ['blind-begin'] }), ({ kind, tick, agent }) => [kind, tick, agent])).toEqual([['blind-begin', 1, 1], ['blind-begin', 2, 0]]);
    // Also where the caller wants none.
    s.tickMany({ times: Float64Array.of(4), inputs: Float32Array.of(NaN, 1) });
    expect(heard).toHaveLength(3);
    remove();
    expect(() => s.on('*', () => { throw new Error('mine'); })).not.toThrow();
    expect(() => s.tickMany({ times: Float64Array.of(5), inputs: Float32Array.of(1, 1) })).toThrow('mine');
    expect(s.statistics.cycles).toBe(6);
    s.dispose();
  });

  test('of no ticks, and of nothing but times', async () => {
    const s = await createSensorium({ backend, ...level });
    const none = s.tickMany({ times: new Float64Array(), inputs: new Float32Array(), results: ['fused', 'output'], changes: true });
    expect(none.results.fused).toHaveLength(0);
    expect([...none.events()]).toEqual([]);
    s.sensors.level[0] = 0.5;
    const { results } = s.tickMany({ times: Float64Array.of(0, 1), inputs: new Float32Array(), columns: [], results: ['fused', 'anomaly.mean'] });
    expect([...results.fused]).toEqual([0.5, 0.5]);
    expect(Object.keys(results)).toEqual(['fused', 'anomaly']);
    expect(Object.keys(results.anomaly)).toEqual(['mean']);
    s.dispose();
  });

  test('a channel that is called like a column', async () => {
    const s = await createSensorium({ backend, channels: { 'position.x': {} }, neighbors: { k: 1 } });
    s.tickMany({ times: Float64Array.of(0), inputs: Float32Array.of(1, 2), columns: ['position.x', 'sensors.position.x'] });
    expect([s.position.x[0], s.sensors.position.x[0]]).toEqual([1, 2]);
    s.dispose();
  });

  const other = { times: Float64Array.of(1, 2), inputs: new Float32Array(8) };
  const refusals: [name: string, recording: unknown, code: string, where: string, ...texts: string[]][] = [
    ['nothing', undefined, 'wrong_type', 'tickMany', 'undefined'],
    ['a list', [], 'wrong_type', 'tickMany', 'a list'],
    ['a part that is none', { ...other, chanels: [] }, 'unknown_option', 'tickMany', 'columns', '"chanels"'],
    ['arrays for no results', { ...other, into: { fused: new Float32Array(8) } }, 'unknown_option', 'tickMany, into', 'results'],
    ['no times', { inputs: other.inputs }, 'wrong_type', 'tickMany, times', 'Float64Array', 'undefined'],
    ['a list of times', { ...other, times: [1, 2] }, 'wrong_type', 'tickMany, times', 'a list'],
    ['f32 times', { ...other, times: Float32Array.of(1, 2) }, 'wrong_type', 'tickMany, times', 'Float32Array'],
    ['times that only say so', { ...other, times: { [Symbol.toStringTag]: 'Float64Array', length: 2 } }, 'wrong_type', 'tickMany, times'],
    ['a proxy of times', { ...other, times: new Proxy(other.times, {}) }, 'wrong_type', 'tickMany, times'],
    ['a time that is none', { ...other, times: Float64Array.of(1, NaN) }, 'time_not_finite', 'tickMany, times.1', 'NaN'],
    ['time running backwards', { ...other, times: Float64Array.of(2, 1) }, 'time_backwards', 'tickMany, times.1', '2 s or later', '1 s'],
    ['a time before the engine’s', { ...other, times: Float64Array.of(0, 1) }, 'time_backwards', 'tickMany, times.0', '1 s or later'],
    ['inputs of another class', { ...other, inputs: new Float64Array(8) }, 'wrong_type', 'tickMany, inputs', 'Float32Array'],
    ['a value too few', { ...other, inputs: new Float32Array(7) }, 'wrong_count', 'tickMany, inputs', '8 values', '7 values'],
    ['a tick too few', { ...other, times: Float64Array.of(1) }, 'wrong_count', 'tickMany, inputs', '4 values', '8 values'],
    ['fewer rows', { ...other, rows: 3 }, 'wrong_count', 'tickMany, inputs', '6 values'],
    ['more rows than agents', { ...other, rows: 5 }, 'out_of_range', 'tickMany, rows', '0 to 4', '5'],
    ['half a row', { ...other, rows: 1.5 }, 'out_of_range', 'tickMany, rows', '1.5'],
    ['rows in words', { ...other, rows: '4' }, 'wrong_type', 'tickMany, rows', '"4"'],
    ['columns in words', { ...other, columns: 'sensors.level' }, 'wrong_type', 'tickMany, columns', 'a list'],
    ['an unknown column', { ...other, columns: ['sensors.levle'] }, 'unknown_column', 'tickMany, columns.0', 'sensors.level', '"sensors.levle"'],
    ['a channel without its group', { ...other, columns: ['level'] }, 'unknown_column', 'tickMany, columns.0', 'sensors.level'],
    ['a result for an input', { ...other, columns: ['results.fused'] }, 'unknown_column', 'tickMany, columns.0'],
    ['no f32 column', { ...other, columns: ['active'] }, 'unknown_column', 'tickMany, columns.0'],
    ['a column that this engine has not', { ...other, columns: ['position.x'] }, 'unknown_column', 'tickMany, columns.0'],
    ['a column twice', { ...other, columns: ['sensors.level', 'sensors.level'] }, 'duplicate_name', 'tickMany, columns.1'],
    ['a column that is no text', { ...other, columns: [5] }, 'wrong_type', 'tickMany, columns.0', '5'],
    ['short active', { ...other, active: new Uint8Array(7) }, 'wrong_count', 'tickMany, active', '8 values'],
    ['active flags', { ...other, active: [true] }, 'wrong_type', 'tickMany, active', 'Uint8Array'],
    ['an unknown result', { ...other, results: ['fusde'] }, 'unknown_column', 'tickMany, results.0', 'fused, confidence', '"fusde"'],
    ['a group of results', { ...other, results: ['anomaly'] }, 'unknown_column', 'tickMany, results.0', 'anomaly.score'],
    ['a result twice', { ...other, results: ['fused', 'fused'] }, 'duplicate_name', 'tickMany, results.1'],
    ['an absent result', { ...other, results: ['neighbors.count'] }, 'unknown_column', 'tickMany, results.0'],
    ['a name of every object', { ...other, results: ['constructor'] }, 'unknown_column', 'tickMany, results.0'],
    ['no array for a result', { ...other, results: ['fused'], into: {} }, 'wrong_type', 'tickMany, into.fused', 'Float32Array', 'undefined'],
    ['no list for a list', { ...other, results: ['output'], into: { output: new Float32Array(8) } }, 'wrong_type', 'tickMany, into.output', 'a list of 2'],
    ['a plane too few', { ...other, results: ['output'], into: { output: [new Float32Array(8)] } }, 'wrong_type', 'tickMany, into.output.1', 'undefined'],
    ['a short array', { ...other, results: ['fused'], into: { fused: new Float32Array(7) } }, 'wrong_count', 'tickMany, into.fused', '8 values'],
    ['an array of another class', { ...other, results: ['flags'], into: { flags: new Int32Array(8) } }, 'wrong_type', 'tickMany, into.flags', 'Uint32Array'],
    ['into nothing', { ...other, results: ['fused'], into: null }, 'wrong_type', 'tickMany, into.fused'],
    ['results over the inputs', { ...other, results: ['fused'], into: { fused: other.inputs } }, 'overlap', 'tickMany, inputs', 'into.fused'],
    ['changes that are a list', { ...other, changes: [] }, 'wrong_type', 'tickMany, changes', 'true or false'],
  ];

  test.each(refusals)('refuses %s, and nothing has changed', async (_, recording, code, where, ...texts) => {
    const s = await createSensorium({ backend, agents: 4, ...level });
    s.sensors.level.fill(0.25);
    s.tick(1);
    const error = thrown(() => s.tickMany(recording as Recording<'level'>));
    expect(error).toMatchObject({ code, where });
    for (const text of texts) expect(error.message).toContain(text);
    expect([s.statistics.cycles, s.statistics.time, s.sensors.level[0]]).toEqual([1, 1, 0.25]);
    s.dispose();
  });

  test('refuses the engine’s own memory, blocks that share some, and detached ones', async () => {
    const s = await createSensorium({ backend, agents: 16, ...level });
    const refuse = (recording: Recording<'level', ResultPath>) => thrown(() => s.tickMany(recording));
    const times = Float64Array.of(0);
    expect(refuse({ times, inputs: s.sensors.level })).toMatchObject({ code: 'overlap', where: 'tickMany, inputs', got: "the engine's" });
    expect(refuse({ times, inputs: new Float32Array(16), results: ['confidence'], into: { confidence: s.results.fused } as never }).code).toBe('overlap');
    const shared = new Float32Array(24);
    const into = { fused: shared.subarray(0, 16), confidence: shared.subarray(8, 24) };
    expect(refuse({ times, inputs: new Float32Array(16), results: ['fused', 'confidence'], into: into as never }).got).toContain('into.fused');
    // Side by side in one buffer is no sharing.
    const blocks = new Float32Array(48);
    s.tickMany({ times, inputs: blocks.subarray(0, 16), results: ['fused'], into: { fused: blocks.subarray(16, 32) } });
    const gone = new Float32Array(16);
    structuredClone(gone.buffer, { transfer: [gone.buffer] });
    expect(refuse({ times, inputs: gone })).toMatchObject({ code: 'wrong_count', got: '0 values' });
    // What a getter does while it is looked at changes nothing.
    const late = new Float32Array(16);
    const sly = { times, inputs: late, results: ['fused'], get into() { structuredClone(late.buffer, { transfer: [late.buffer] }); return undefined; } };
    expect(refuse(sly as never).code).toBe('wrong_count');
    expect(s.statistics.cycles).toBe(1);
    s.dispose();
    expect(refuse({ times, inputs: late }).code).toBe('disposed');
  });

  test('takes shared memory', async (context) => {
    if (!inNode) return context.skip('a page has shared memory only where its server isolates it');
    const s = await createSensorium({ backend, agents: 2, ...level });
    const inputs = new Float32Array(new SharedArrayBuffer(16));
    inputs.set([0.1, 0.2, 0.3, 0.4]);
    const fused = new Float32Array(new SharedArrayBuffer(16));
    s.tickMany({ times: Float64Array.of(0, 1), inputs, results: ['fused'], into: { fused } });
    expect([...fused]).toEqual([...inputs]);
    s.dispose();
  });
});

test('both backends give the same bits', async (context) => {
  if (!inNode) return context.skip(oneBackend);
  const results: number[][] = [];
  for (const backend of backends) {
    const s = await createSensorium<string>({ agents: 50, backend });
    const replayed = s.tickMany({ ...tape(s, 9, 50), results: ['fused', 'anomaly.z', 'prediction.trend', 'flags'] });
    results.push([...columnsOf(replayed.results)].flatMap(([, planes]) => planes.flatMap(bytesOf)));
    s.dispose();
  }
  expect(results[0]).toEqual(results[1]);
});
