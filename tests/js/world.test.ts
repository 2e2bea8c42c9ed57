// The simulated world through its facade, in Node and in Chromium.
import { createSensorium } from 'sensorium';
import { createWorld, faults, incidents, modalities, situations, SensoriumError, splitOf, worldNames, type World, type WorldOptions } from 'sensorium/world';
import { describe, expect, test } from 'vitest';
import { startWorld } from '../../dist/world/module.js';
import { inNode, thrown } from './support.ts';

function run(world: World, seconds: number, each: () => void = () => {}): void {
  for (let tick = 0; tick < seconds * world.options.rate; tick++) {
    world.step();
    each();
  }
}

async function refusal(options: unknown): Promise<SensoriumError> {
  try {
    (await createWorld(options as WorldOptions)).dispose();
  } catch (error) {
    expect(error).toBeInstanceOf(SensoriumError);
    return error as SensoriumError;
  }
  throw new Error(`expected a SensoriumError, got a world of ${JSON.stringify(options)}`);
}

/** All that a world tells of a tick, as bytes. */
function bytesOf({ sensors, position, truth }: World): Uint8Array {
  const columns = [...modalities.flatMap((modality) => Object.values(sensors[modality]) as Float32Array[]), position.x, position.y, position.z, truth.heading, truth.situation, truth.faults];
  const parts = columns.map(({ buffer, byteOffset, byteLength }) => new Uint8Array(buffer.slice(byteOffset, byteOffset + byteLength) as ArrayBuffer));
  return Uint8Array.from(parts.flatMap((part) => [...part]));
}

test('seeds are split by rule', () => {
  expect([0, 6, 1, 7, 2 ** 53 - 1].map(splitOf)).toEqual(['training', 'training', 'unseen', 'unseen', 'unseen']);
});

test('names are those of the module', async () => {
  const read = inNode ? (await import('../../dist/node-read.js')).read : fetch;
  const { port } = await startWorld(undefined, read, [], '');
  const all = (name: (number: number) => string) => {
    const names: string[] = [];
    while (name(names.length) !== '') names.push(name(names.length));
    return names;
  };
  expect(all((number) => port.name('world', number))).toEqual(worldNames);
  expect(all((number) => port.name('modality', number))).toEqual(modalities);
  expect(all((number) => port.name('fault', number))).toEqual(faults);
  expect(all((number) => port.name('incident', number))).toEqual(incidents);
  expect(all((number) => port.name('situation', number))).toEqual(situations);
});

describe.each(worldNames)('%s', (name) => {
  test('ticks, time and readings at the declared rates', async () => {
    const world = await createWorld({ world: name, agents: 20, seed: 5, faults: 0, incidents: 0 });
    expect([world.ticks, world.time, world.agents]).toEqual([0, 0, 20]);
    run(world, 1);
    const counts = modalities.map(() => 0);
    run(world, 10, () => modalities.forEach((modality, m) => (counts[m]! += world.sensors[modality].time.filter((time) => !Number.isNaN(time)).length)));
    expect([world.ticks, world.time]).toEqual([660, 11]);
    modalities.forEach((modality, m) => expect(counts[m]! / 20 / world.timing(modality).rate, modality).toBeCloseTo(10, 0));
    for (const agent of [0, 19]) {
      const { position, situation, faults: wrong } = world.agent(agent);
      expect(Object.values(position).every(Number.isFinite)).toBe(true);
      expect(situations).toContain(situation);
      expect(wrong).toEqual({});
    }
    expect(world.obstacles.length).toBeGreaterThan(10);
    world.dispose();
  });

  test('a seed is a world: the same bytes again, and with plain instructions', async () => {
    const bytes = [];
    for (const options of [{ seed: 3 }, { seed: 3 }, { seed: 3, isa: 'scalar' }, { seed: 5 }]) {
      const world = await createWorld({ world: name, agents: 17, faults: 200, ...options });
      run(world, 3);
      bytes.push(bytesOf(world).join());
      world.dispose();
    }
    expect(bytes[1]).toBe(bytes[0]);
    expect(bytes[2]).toBe(bytes[0]);
    expect(bytes[3]).not.toBe(bytes[0]);
  });
});

test('writeTo copies what an engine may know, and passes over what it lacks', async () => {
  const world = await createWorld({ agents: 5, seed: 1 });
  const classic = await createSensorium({ agents: 5, neighbors: { k: 2, radius: 50, fov: 2 } });
  const few = await createSensorium({ agents: 5, channels: { 'lidar.points': {}, 'truth.heading': {}, other: {} } });
  few.sensor('truth.heading').fill(-1);
  few.sensors.other.fill(-1);
  for (let tick = 0; tick < 30; tick++) {
    world.step();
    world.writeTo(classic);
    world.writeTo(few);
    for (const name of classic.channels) {
      const [modality, channel] = name.split('.') as ['lidar', 'points'];
      expect(classic.sensor(name), name).toEqual(world.sensors[modality][channel]);
    }
    expect(classic.position.x).toEqual(world.position.x);
    expect(classic.position.z).toEqual(world.position.z);
    expect(classic.heading.y).toEqual(world.heading.y);
    expect(few.sensors.lidar.points).toEqual(world.sensors.lidar.points);
    classic.tick(world.time);
  }
  expect([...few.sensor('truth.heading'), ...few.sensors.other]).toEqual(new Array(10).fill(-1));
  expect(classic.results.fused.every((value) => value > 0)).toBe(true);

  const other = await createSensorium({ agents: 6 });
  const error = thrown(() => world.writeTo(other));
  expect(error).toMatchObject({ code: 'wrong_count', where: 'writeTo', expected: '5', got: '6' });
  expect(other.sensors.lidar.points.every(Number.isNaN)).toBe(true);
  classic.dispose();
  expect(thrown(() => world.writeTo(classic))).toMatchObject({ code: 'disposed' });
});

test('writeTo tells an engine that asks when each reading was measured', async () => {
  const world = await createWorld({ agents: 3, seed: 6, faults: 0 });
  const s = await createSensorium({ agents: 3, readings: { timed: true, columns: true } });
  const { lidar } = s.sensors;
  run(world, 2, () => {
    world.writeTo(s);
    expect(lidar.time).toEqual(world.sensors.lidar.time);
    s.tick(world.time);
  });
  // What is delivered late is old when it comes.
  const { latency, rate } = world.timing('lidar');
  for (const value of s.results.age[s.modalities.indexOf('lidar')]!) expect(value >= latency - 0.001 && value <= latency + 1 / rate + 0.001).toBe(true);
  s.dispose();
});

test('a fault by hand: the readings, the truth, the interval', async () => {
  const world = await createWorld({ agents: 3, seed: 2, faults: 0, incidents: 0 });
  run(world, 1);
  world.inject({ agent: 1, modality: 'lidar', fault: 'dropout', seconds: 5 });
  world.inject({ modality: 'imu', fault: 'bias', magnitude: 3, seconds: 2 });
  expect(world.agent(1).faults).toEqual({});
  const readings = [0, 0, 0];
  run(world, 4, () => world.sensors.lidar.points.forEach((value, agent) => (readings[agent]! += Number.isNaN(value) ? 0 : 1)));
  // Readings that were measured before the fault are on their way for the latency.
  expect(readings[1]).toBeLessThanOrEqual(2);
  expect(readings[0]).toBeGreaterThan(35);
  expect(world.agent(1).faults).toEqual({ lidar: 'dropout' });
  run(world, 5);
  expect(world.agent(1).faults).toEqual({});
  const found = [...world.intervals()];
  expect(found.length).toBe(world.begun);
  expect(found.filter(({ agent }) => agent === 1)).toMatchObject([
    { kind: 'fault', modality: 'lidar', fault: 'dropout', magnitude: 1 },
    { kind: 'fault', modality: 'imu', fault: 'bias', magnitude: 3 },
  ]);
  for (const { from, to, kind, ...rest } of found) {
    expect(from).toBeCloseTo(1, 1);
    expect(to - from).toBeCloseTo(kind === 'fault' && 'modality' in rest && rest.modality === 'lidar' ? 5 : 2, 1);
  }
  expect([...world.intervals(2)].map(({ number }) => number)).toEqual([2, 3]);
  world.inject({ agent: 2, modality: 'audio', fault: 'stuck', seconds: 1000 });
  run(world, 1);
  expect([...world.intervals(4)]).toMatchObject([{ agent: 2, fault: 'stuck', to: Infinity }]);
  world.inject({ agent: 2, modality: 'audio', fault: 'none', seconds: 0 });
  run(world, 1);
  expect([...world.intervals(4)][0]!.to).toBeCloseTo(11, 1);
  world.dispose();
});

test('something happens: it is the truth of those it is about', async () => {
  const world = await createWorld({ agents: 50, seed: 4, faults: 0, incidents: 0 });
  run(world, 1);
  const { x, y } = world.agent(7).position;
  world.happen({ incident: 'crush', x, y, seconds: 4 });
  const path = new Map<number, { x: number; y: number }>();
  run(world, 2, () => path.set(world.time, { x: world.truth.position.x[7]!, y: world.truth.position.y[7]! }));
  expect(world.agent(7)).toMatchObject({ situation: 'threatened', incidents: ['crush'] });
  run(world, 5);
  expect(world.agent(7).incidents).toEqual([]);
  const intervals = [...world.intervals()];
  const about = intervals.find(({ agent }) => agent === 7)!;
  expect(about).toMatchObject({ kind: 'incident', incident: 'crush', ...path.get(about.from) });
  expect(path.has(about.from)).toBe(true);
  // The incident as such, once.
  const such = intervals.filter(({ agent }) => agent === undefined);
  expect(such).toMatchObject([{ kind: 'incident', incident: 'crush', x: Math.fround(x), y: Math.fround(y) }]);
  expect([such[0]!.from, such[0]!.to - such[0]!.from].map((seconds) => Math.round(10 * seconds) / 10)).toEqual([1, 4]);
  world.dispose();
});

test.each([
  [{ agents: 0 }, 'out_of_range', 'agents', 'a whole number, 1 to 100000'],
  [{ agents: 1.5 }, 'out_of_range', 'agents', 'a whole number, 1 to 100000'],
  [{ agents: 1e300 }, 'out_of_range', 'agents'],
  [{ agents: 100_001 }, 'out_of_range', 'agents', 'a whole number, 1 to 100000'],
  [{ seed: -1 }, 'out_of_range', 'seed'],
  [{ seed: '1' }, 'wrong_type', 'seed'],
  [{ rate: 5 }, 'out_of_range', 'rate'],
  [{ rate: NaN }, 'out_of_range', 'rate'],
  [{ rate: Infinity }, 'out_of_range', 'rate'],
  [{ hour: 25 }, 'out_of_range', 'hour'],
  [{ hour: NaN }, 'out_of_range', 'hour'],
  [{ rain: -1 }, 'out_of_range', 'rain'],
  [{ faults: 1001 }, 'out_of_range', 'faults'],
  [{ incidents: null }, 'wrong_type', 'incidents'],
  [{ intervals: 1e9 }, 'out_of_range', 'intervals', 'a whole number, 0 to 4194304'],
  [{ world: 'moon' }, 'out_of_range', 'world'],
  [{ world: 'plaza\0' }, 'out_of_range', 'world', 'one of plaza, warehouse, forest'],
  [{ world: 'Plaza' }, 'out_of_range', 'world'],
  [{ world: '' }, 'out_of_range', 'world'],
  [{ world: 5 }, 'wrong_type', 'world'],
  [{ world: 'x'.repeat(100_000) }, 'out_of_range', 'world'],
  [{ wrld: 'plaza' }, 'unknown_option', 'wrld'],
  [{ isa: 'avx512' }, 'unknown_isa', 'isa'],
  [{ isa: 'x'.repeat(10_000_000) }, 'unknown_isa', 'isa'],
  [{ isa: 'wasm\0' }, 'unknown_isa', 'isa'],
  [{ isa: 5 }, 'wrong_type', 'isa'],
  [{ wasm: 5 }, 'wrong_type', 'wasm'],
  [{ wasm: new Uint8Array([1, 2, 3]) }, 'wasm_invalid', 'wasm'],
  [5, 'wrong_type', 'createWorld'],
  [null, 'wrong_type', 'createWorld'],
] as const)('wrong options: %j', async (options, code, where, ...expected: string[]) => {
  const error = await refusal(options);
  (await createWorld({ agents: 1 })).dispose(); // the next is none the worse for it
  expect([error.code, error.where], error.message).toEqual([code, where]);
  if (expected.length > 0) expect([error.expected]).toEqual(expected);
  expect(error.message.length).toBeLessThan(500);
});

test('rain is what was asked for, but under a roof there is none', async () => {
  for (const [world, rain] of [['plaza', 50], ['forest', 50], ['warehouse', 0]] as const) {
    const raining = await createWorld({ world, agents: 1, rain: 50 });
    raining.step();
    expect(raining.rain, world).toBe(rain);
    raining.dispose();
  }
});

test('the largest world is made and steps', async () => {
  const world = await createWorld({ world: 'forest', agents: 100_000, intervals: 1 });
  world.step();
  expect(world.truth.position.x.every(Number.isFinite)).toBe(true);
  world.dispose();
}, 60_000);

test('wrong calls change nothing', async () => {
  const world = await createWorld({ agents: 4 });
  const wrong: [() => unknown, string, string][] = [
    [() => world.inject({ agent: 4, modality: 'imu', fault: 'stuck', seconds: 1 }), 'agent_out_of_range', 'inject.agent'],
    [() => world.inject({ agent: NaN, modality: 'imu', fault: 'stuck', seconds: 1 }), 'agent_out_of_range', 'inject.agent'],
    // What a search finds that fails is no way to say every agent.
    ...[-1, 1.5, 2 ** 32 - 1, Infinity, null, '0'].map((agent): [() => unknown, string, string] => [
      () => world.inject({ agent: agent as never, modality: 'imu', fault: 'stuck', seconds: 1 }), 'agent_out_of_range', 'inject.agent',
    ]),
    [() => world.inject({ modality: 'nose' as never, fault: 'stuck', seconds: 1 }), 'out_of_range', 'inject.modality'],
    [() => world.inject({ modality: 'imu', fault: 5 as never, seconds: 1 }), 'wrong_type', 'inject.fault'],
    [() => world.inject({ modality: 'imu', fault: 'bias', seconds: '1' as never }), 'wrong_type', 'inject.seconds'],
    [() => world.happen({ incident: 'flood' as never, x: 0, y: 0 }), 'out_of_range', 'happen.incident'],
    [() => world.happen({ incident: 'crush', x: undefined as never, y: 0 }), 'wrong_type', 'happen.x'],
    [() => world.inject({ modality: 'imu', fault: 'bias', magntude: 4, seconds: 1 } as never), 'unknown_option', 'inject.magntude'],
    [() => world.happen({ incident: 'crush', x: 0, y: 0, z: 0 } as never), 'unknown_option', 'happen.z'],
    ...[undefined, null, 5, 'crush', [], new Map()].flatMap((value): [() => unknown, string, string][] => [
      [() => world.inject(value as never), 'wrong_type', 'inject'],
      [() => world.happen(value as never), 'wrong_type', 'happen'],
      [() => world.writeTo(value as never), 'wrong_type', 'writeTo'],
    ]),
    [() => world.writeTo({ agents: 4 } as never), 'wrong_type', 'writeTo'],
    [() => world.agent(4), 'agent_out_of_range', 'agent'],
    [() => world.timing('nose' as never), 'out_of_range', 'timing'],
    ...[-5, 0.5, NaN, Infinity].map((from): [() => unknown, string, string] => [() => [...world.intervals(from)], 'out_of_range', 'intervals']),
    ...[null, '0'].map((from): [() => unknown, string, string] => [() => [...world.intervals(from as never)], 'wrong_type', 'intervals']),
    [() => splitOf(-1), 'out_of_range', 'splitOf'],
    [() => splitOf(0.5), 'out_of_range', 'splitOf'],
  ];
  for (const [call, code, where] of wrong) expect(thrown(call)).toMatchObject({ code, where });
  for (const seconds of [NaN, -1, Infinity]) expect(thrown(() => world.inject({ modality: 'imu', fault: 'bias', seconds }))).toMatchObject({ code: 'out_of_range' });
  for (const magnitude of [NaN, -1, Infinity, 1e9]) expect(thrown(() => world.inject({ modality: 'imu', fault: 'bias', seconds: 1, magnitude }))).toMatchObject({ code: 'out_of_range' });
  for (const x of [NaN, Infinity]) expect(thrown(() => world.happen({ incident: 'crush', x, y: 0 }))).toMatchObject({ code: 'out_of_range' });
  world.step();
  expect([...world.truth.faults]).toEqual([0, 0, 0, 0]);
  world.dispose();
});

test('what is disposed of says so; columns that are held keep their values', async () => {
  const world = await createWorld({ agents: 4 });
  world.step();
  const { x } = world.truth.position;
  const before = [...x];
  world.dispose();
  world.dispose();
  expect([...x]).toEqual(before);
  const uses = [() => world.step(), () => world.time, () => world.sensors, () => world.truth, () => world.intervals().next(), () => world.agent(0)];
  for (const use of uses) expect(thrown(use)).toMatchObject({ code: 'disposed', what: 'The world was disposed of' });
});
