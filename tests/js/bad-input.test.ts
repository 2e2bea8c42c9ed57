// Bad input: each with its own code, saying where, what was expected and what was got; and nothing is lost by it.
import { createSensorium, SensoriumError } from 'sensorium';
import { describe, expect, test } from 'vitest';
import { backends, feed, level, refused, thrown } from './support.ts';

const cycle: Record<string, unknown> = {};
cycle['agents'] = cycle;
const many = (count: number, name = (index: number) => `m${index % 16}.c${index}`) =>
  Object.fromEntries(Array.from({ length: count }, (_, index) => [name(index), {}]));
const weights = (value: unknown) => ({ network: { layers: [{ units: 2, weights: value }] } });

const isPlain = (value: unknown): value is object => Object.prototype.toString.call(value) === '[object Object]';

/** Options that make no engine, the code, and what the message must hold. */
const cases: [name: string, options: unknown, code: string, ...texts: string[]][] = [
  ['an unknown option', { agnets: 5 }, 'unknown_option', 'agnets', 'agents'],
  ['an unknown option, told of the facade’s own', { bakend: 'wasm' }, 'unknown_option', 'bakend', 'backend'],
  ['an unknown option of a group', { detection: { windw: 5 } }, 'unknown_option', 'detection.windw', 'window'],
  ['an unknown group', { detecton: { window: 5 } }, 'unknown_option', 'detecton'],
  ['an unknown option of a channel', { channels: { 'room.co2': { scle: 1 } } }, 'unknown_option', 'channels.room.co2.scle', 'scale'],
  ['an unknown option of a layer', { network: { layers: [{ unit: 2 }] } }, 'unknown_option', 'network.layers.0.unit', 'units'],
  ['a path as a key', { 'detection.window': 5 }, 'unknown_option', 'detection.window'],
  ['a path into a list as a key', { 'channels.0.scale': 5 }, 'unknown_option', 'channels.0.scale'],
  ['an option called __proto__', JSON.parse('{"__proto__": {"agents": 5}}'), 'unknown_option', '__proto__'],
  ['an option called constructor', { constructor: 5 }, 'unknown_option', 'constructor'],

  ['text for a number', { agents: '5' }, 'wrong_type', 'agents', '"5"'],
  ['true for a number', { agents: true }, 'wrong_type', 'agents', 'true'],
  ['null for a number without an infinity', { agents: null }, 'wrong_type', 'agents', 'null'],
  ['a bigint', { agents: 5n }, 'wrong_type', 'agents', 'bigint'],
  ['a symbol', { agents: Symbol('five') }, 'wrong_type', 'agents', 'symbol'],
  ['a function', { detection: { window: () => 5 } }, 'wrong_type', 'detection.window', 'function'],
  ['an object for a number', { agents: { valueOf: () => 5 } }, 'wrong_type', 'agents', 'an object'],
  ['an object that holds itself', cycle, 'wrong_type', 'agents', 'an object'],
  ['a list for a number', { agents: [5] }, 'wrong_type', 'agents', 'a list'],
  ['a number for a flag', { channels: { a: { absolute: 1 } } }, 'wrong_type', 'channels.a.absolute', 'true or false', '1'],
  ['text for a flag', { channels: { a: { clamp: 'yes' } } }, 'wrong_type', 'channels.a.clamp', '"yes"'],
  ['a number for a word', { readings: { hold: 1 } }, 'wrong_type', 'readings.hold', 'latch'],
  ['a word that is none of them', { readings: { hold: 'latched' } }, 'out_of_range', 'readings.hold', 'latch', '"latched"'],
  ['a number for a group', { readings: 5 }, 'wrong_type', 'readings', '5'],
  ['null for a group', { network: null }, 'wrong_type', 'network', 'null'],
  ['a Map for a group', { readings: new Map([['hold', 'once']]) }, 'wrong_type', 'readings', 'Map'],
  ['a list of channels', { channels: [{ name: 'a' }] }, 'wrong_type', 'channels', 'a list'],
  ['a channel that is a number', { channels: { a: 5 } }, 'wrong_type', 'channels.a', '5'],
  ['a channel that is null', { channels: { a: null } }, 'wrong_type', 'channels.a', 'null'],
  ['layers that are no list', { network: { layers: { 0: {} } } }, 'wrong_type', 'network.layers', 'an object'],
  ['a layer that is a number', { network: { layers: [8, 2] } }, 'wrong_type', 'network.layers.0', '8'],
  ['a hole in the layers', { network: { layers: new Array(1) } }, 'wrong_type', 'network.layers.0', 'undefined'],
  ['a number of holes', { network: { layers: new Array(4e9) } }, 'wrong_type', 'network.layers.0'],
  ['options that are no object', 5, 'wrong_type', 'createSensorium', '5'],
  ['options that are null', null, 'wrong_type', 'createSensorium', 'null'],
  ['options that are a list', [], 'wrong_type', 'createSensorium', 'a list'],

  ['no agents', { agents: 0 }, 'out_of_range', 'agents', '1 to 1000000', '0'],
  ['less than none', { agents: -5 }, 'out_of_range', 'agents', '-5'],
  ['half an agent', { agents: 2.5 }, 'out_of_range', 'agents', 'a whole number', '2.5'],
  ['NaN agents', { agents: NaN }, 'out_of_range', 'agents', 'NaN'],
  ['infinitely many agents', { agents: Infinity }, 'out_of_range', 'agents', 'Infinity'],
  ['too many agents', { agents: 1_000_001 }, 'out_of_range', 'agents', '1000001'],
  ['far too many agents', { agents: 1e300 }, 'out_of_range', 'agents'],
  ['a window of 0', { detection: { window: 0 } }, 'out_of_range', 'detection.window', '3 to 256', '0'],
  ['a prediction window of 0', { prediction: { window: 0 } }, 'out_of_range', 'prediction.window', '2 to 256'],
  ['a horizon of 0', { prediction: { horizon: 0 } }, 'out_of_range', 'prediction.horizon'],
  ['a huge window', { detection: { window: 1e6 } }, 'out_of_range', 'detection.window'],
  ['negative seconds', { readings: { lost_after: -1 } }, 'out_of_range', 'readings.lost_after', '-1'],
  ['NaN seconds', { readings: { lost_after: NaN } }, 'out_of_range', 'readings.lost_after', 'NaN'],
  ['a half-life of 0', { readings: { half_life: 0 } }, 'out_of_range', 'readings.half_life'],
  ['a NaN weight', { channels: { a: { weight: NaN } } }, 'out_of_range', 'channels.a.weight', 'NaN'],
  ['a negative weight', { channels: { a: { weight: -1 } } }, 'out_of_range', 'channels.a.weight', '-1'],
  ['a number too small for f32', { channels: { a: { scale: 1e-300 } } }, 'out_of_range', 'channels.a.scale'],
  ['a range upside down', { channels: { a: { min: 5, max: 1 } } }, 'out_of_range', 'channels.a', '5', '1'],
  ['severities out of order', { detection: { low: 5 } }, 'out_of_range', 'detection.medium', '5', '2.5'],
  ['more samples than the window', { detection: { window: 5, min_samples: 6 } }, 'out_of_range', 'detection.window'],
  ['half a seed', { network: { seed: 0.5 } }, 'out_of_range', 'network.seed'],
  ['softmax inside', { network: { layers: [{ activation: 'softmax' }, {}] } }, 'out_of_range', 'network.layers.0.activation', 'softmax'],

  ['weights too few', weights([1, 2, 3]), 'wrong_count', 'network.layers.0.weights', '8 numbers', '3 numbers'],
  ['weights too many', weights(new Float32Array(9)), 'wrong_count', 'network.layers.0.weights', '8 numbers', '9 numbers'],
  ['weights by the million', weights(new Float32Array(3e6)), 'wrong_count', 'network.layers.0.weights', '3000000 numbers'],
  [
    'ragged rows',
    weights([
      [1, 2, 3, 4],
      [1, 2, 3],
    ]),
    'wrong_count',
    'network.layers.0.weights',
    'row 1',
  ],
  [
    'biases of another length',
    { network: { layers: [{ units: 2, biases: [1] }] } },
    'wrong_count',
    'network.layers.0.biases',
    '2 numbers',
    '1 numbers',
  ],
  ['a NaN among the weights', weights([1, 2, 3, NaN, 5, 6, 7, 8]), 'out_of_range', 'network.layers.0.weights', 'NaN', '[3]'],
  ['text among the weights', weights([1, 2, 'three', 4, 5, 6, 7, 8]), 'wrong_type', 'network.layers.0.weights', '"three"'],
  ['nothing among the weights', weights([1, , 3, 4, 5, 6, 7, 8]), 'wrong_type', 'network.layers.0.weights'],
  ['millions of holes among the weights', weights(new Array(4e9)), 'wrong_type', 'network.layers.0.weights', 'undefined'],
  ['rows of rows', weights([[[1]]]), 'wrong_type', 'network.layers.0.weights'],
  ['a buffer of weights', weights(new ArrayBuffer(32)), 'wrong_type', 'network.layers.0.weights', 'ArrayBuffer'],
  ['weights that are a number', weights(5), 'wrong_type', 'network.layers.0.weights', '5'],

  ['columns of a history without a depth', { agents: 1001, history: { columns: ['fused'] } }, 'out_of_range', 'history.depth', '1000 agents'],
  ...(typeof SharedArrayBuffer === 'undefined' ? [] : ([
    ['a model in shared memory', { network: { model: new Uint8Array(new SharedArrayBuffer(64)) } }, 'wrong_type', 'network.model', 'not of shared memory'],
    ['a snapshot in shared memory', { snapshot: new Uint8Array(new SharedArrayBuffer(64)) }, 'wrong_type', 'snapshot', 'an ArrayBuffer or Uint8Array, not of shared memory'],
  ] as [string, unknown, string, string, string][])),

  ['no channels', { channels: {} }, 'out_of_range', 'channels', '1 to 64', '0'],
  ['too many channels', { channels: many(65) }, 'too_many', 'channels', '65'],
  ['too many features', { channels: many(33) }, 'too_many', '32'],
  ['too many modalities', { channels: many(17, (index) => `m${index}`) }, 'too_many', '16'],
  ['too many layers', { network: { layers: [{}, {}, {}, {}, {}] } }, 'too_many', 'network.layers', '5'],
  ['a channel without a name', { channels: { '': {} } }, 'bad_name', 'channels.0.name'],
  ['a name with an empty part', { channels: { 'a..b': {} } }, 'bad_name', 'a..b'],
  ['a name that ends in a dot', { channels: { 'a.': {} } }, 'bad_name', 'a.'],
  ['a name of 64 bytes', { channels: { ['x'.repeat(64)]: {} } }, 'bad_name', '64 bytes'],
  ['a name of 33 letters but 66 bytes', { channels: { ['é'.repeat(33)]: {} } }, 'bad_name', '66 bytes'],
  ['a name without end', { channels: { ['x'.repeat(1e6)]: {} } }, 'bad_name'],
  ['a name with a zero in it', { channels: { 'a\0b': {} } }, 'bad_name'],
  ['an option’s name without end', { ['x'.repeat(1e6)]: 1 }, 'unknown_option'],
  ['a channel beside its modality', { channels: { a: {}, 'a.b': {} } }, 'duplicate_name', 'a.b'],
  ['two halves of characters, the same to UTF-8', { channels: { '\ud800': {}, '\ud801': {} } }, 'duplicate_name'],
  ['options for a modality of nothing', { modalities: { radar: {} } }, 'unknown_modality', 'radar'],
  ['nothing of any weight', { channels: { a: { weight: 0 } } }, 'nothing_to_fuse', 'channels'],
  ['no feature', { channels: { a: { feature: false } } }, 'nothing_to_fuse', 'channels'],

  ['an unknown instruction set', { isa: 'mmx' }, 'unknown_isa', 'isa', 'scalar', 'mmx'],
  ['an instruction set by number', { isa: 5 }, 'wrong_type', 'isa', '5'],
];

describe.each(backends)('bad input, %s', (backend) => {
  test.each(cases)('%s', async (_, options, code, ...texts) => {
    // The options themselves where they are no plain object, which cannot carry a backend.
    const error = await refused(
      isPlain(options) ? Object.defineProperties({ backend }, Object.getOwnPropertyDescriptors(options)) : options,
    );
    expect(error.code).toBe(code);
    for (const text of texts) expect(error.message).toContain(text);
    expect(error.message).toContain(error.where);
    expect(error.message.length).toBeLessThan(600);
    expect(error.name).toBe('SensoriumError');
    expect(error instanceof Error && error.stack).toContain('SensoriumError');
  });

  test('the next engine is none the worse', async () => {
    const good = await createSensorium({ backend, ...level });
    feed(good, [0.1, 0.1, 0.4]);
    const before = good.agent(0);
    for (const [, options] of cases) if (isPlain(options)) await refused({ backend, ...options });
    expect(good.agent(0)).toEqual(before);
    const fresh = await createSensorium({ backend, ...level });
    feed(fresh, [0.1, 0.1, 0.4]);
    expect(fresh.agent(0)).toEqual(before);
    good.dispose();
    fresh.dispose();
  });

  test('a wrong call changes nothing', async () => {
    const s = await createSensorium({ backend, ...level });
    feed(s, [0.1, 0.1, 0.4]);
    const before = s.agent(0);
    const wrong: [() => unknown, string][] = [
      [() => s.tick(1), 'time_backwards'],
      [() => s.tick(NaN), 'time_not_finite'],
      [() => s.tick(-Infinity), 'time_not_finite'],
      [() => s.tick('9' as unknown as number), 'wrong_type'],
      [() => s.tick(9n as unknown as number), 'wrong_type'],
      [() => s.tick(new Date() as unknown as number), 'wrong_type'],
      [() => (s.tick as () => void)(), 'wrong_type'],
      [() => s.agent(1), 'agent_out_of_range'],
      [() => s.agent('0' as unknown as number), 'agent_out_of_range'],
      [() => s.agent(undefined as unknown as number), 'agent_out_of_range'],
      [() => s.resetAgent(1), 'agent_out_of_range'],
      [() => s.resetAgent(2 ** 40), 'agent_out_of_range'],
      [() => s.resetAgent(undefined as unknown as number), 'wrong_type'],
      [() => s.sensor('lidar.points' as 'level'), 'unknown_channel'],
      [() => s.simulate(1), 'wrong_channels'],
      [() => s.simulate('1' as unknown as number), 'wrong_type'],
      [() => s.simulate(1, { pattern: 'thick' as 'dense' }), 'out_of_range'],
      [() => s.simulate(1, { pattern: null as unknown as 'dense' }), 'out_of_range'],
      [() => s.simulate(1, null as unknown as object), 'wrong_type'],
      [() => s.simulate(1, { typo: 1 } as object), 'unknown_option'],
      [() => s.events(null as unknown as object), 'wrong_type'],
      [() => s.events(['anomaly-begin'] as object), 'wrong_type'],
      [() => s.events(new Map() as object), 'wrong_type'],
      [() => s.events({ kind: 'anomaly-begin' } as object), 'unknown_option'],
      [() => s.eventStream({ kind: 'anomaly-begin' } as object), 'unknown_option'],
    ];
    for (const [call, code] of wrong) expect(thrown(call), String(call)).toMatchObject({ code });
    expect(s.agent(0)).toEqual(before);
    s.tick(3);
    expect(s.statistics.cycles).toBe(4);
    s.dispose();
  });

  test('a seed that is no whole number from 0 to 2^53 - 1', async () => {
    const s = await createSensorium({ backend });
    for (const seed of [-1, 0.5, NaN, Infinity, 2 ** 53])
      expect(
        thrown(() => s.simulate(seed)),
        String(seed),
      ).toMatchObject({ code: 'out_of_range', where: 'simulate' });
    s.simulate(2 ** 53 - 1);
    s.dispose();
  });

  test('what is undefined is not given; null is the infinity of its range', async () => {
    const s = await createSensorium({
      backend,
      agents: undefined,
      isa: undefined,
      wasm: undefined,
      channels: { level: { min: null, max: null, scale: undefined } },
      readings: { lost_after: null, half_life: undefined },
      prediction: { min: null, max: null },
      network: undefined,
    });
    expect(s.agents).toBe(1);
    feed(s, [5, 6, 7]);
    expect(s.agent(0).prediction!.values[4]).toBeCloseTo(12, 4);
    s.dispose();
  });

  test('options are read once, and an engine keeps none of them', async () => {
    let reads = 0;
    const matrix = Float32Array.of(1);
    const options = {
      backend,
      ...level,
      network: { layers: [{ units: 1, activation: 'identity', weights: matrix }] },
      get agents() {
        return ++reads;
      },
    } as const;
    const s = await createSensorium(options);
    matrix[0] = 1000;
    expect(s.agents).toBe(1);
    expect(reads).toBe(1);
    feed(s, [0.5]);
    expect(s.results.output[0]![0]).toBe(0.5);
    s.dispose();
  });
});

test('an unknown backend', async () => {
  expect(await refused({ backend: 'gpu' })).toMatchObject({
    code: 'out_of_range',
    where: 'backend',
    expected: 'one of auto, native, wasm',
  });
  expect(await refused({ backend: 5 })).toMatchObject({ code: 'wrong_type', where: 'backend' });
});

test('an error is an Error that says it all', () => {
  const error = new SensoriumError({ code: 'disposed', what: 'It is gone', where: 'here', expected: 'this', got: 'that' });
  expect(error.message).toBe('It is gone: here: expected this, got that');
  expect(String(error)).toBe('SensoriumError: It is gone: here: expected this, got that');
  expect(error).toBeInstanceOf(Error);
});
