// Changes are never lost: what begins and ends, for whom, when.
import { createSensorium, Flag, type SensoriumError } from 'sensorium';
import { describe, expect, test } from 'vitest';
import { backends, eventsOf, feed, level, refused, thrown } from './support.ts';

describe.each(backends)('events, %s', (backend) => {
  test('an anomaly begins once and ends once, however long it lasts', async () => {
    const s = await createSensorium({ backend, ...level });
    const told: unknown[] = [];
    const readings = [...new Array(20).fill(0.2), 0.8, 0.9, ...new Array(3).fill(0.2)];
    readings.forEach((reading, second) => {
      s.sensors.level[0] = reading;
      s.tick(second);
      told.push(...eventsOf(s));
    });
    expect(told).toEqual([
      { kind: 'anomaly-begin', agent: 0, time: 20, cycle: 21, severity: 'high' },
      { kind: 'anomaly-end', agent: 0, time: 22, cycle: 23 },
    ]);
    expect(s.statistics.anomalies).toBe(1);
    s.dispose();
  });

  test('each agent’s own, in order, with the sensor by name', async () => {
    const s = await createSensorium({
      backend,
      agents: 40,
      channels: { 'left.x': {}, 'right.x': {}, 'mute.y': { feature: false } },
      readings: { hold: 'once' },
    });
    s.sensors.left.x.fill(1);
    s.sensors.right.x.fill(1);
    s.tick(0);
    s.sensors.left.x.fill(1);
    s.sensors.right.x.fill(1);
    s.sensors.left.x[5] = NaN;
    s.sensors.right.x[33] = NaN;
    s.tick(2);
    expect(s.statistics.changed_agents).toBe(2);
    expect(eventsOf(s)).toEqual([
      { kind: 'sensor-lost', agent: 5, time: 2, cycle: 2, sensor: 'left' },
      { kind: 'sensor-lost', agent: 33, time: 2, cycle: 2, sensor: 'right' },
    ]);
    expect(s.results.changes[5]).toBe(Flag.lost);
    expect(s.results.flags[33]! & (Flag.lost << 1)).toBe(Flag.lost << 1);
    expect(s.agent(33).lost).toEqual(['right']);
    s.dispose();
  });

  test('all of 10,000 agents at once', async () => {
    const agents = 10_000;
    const s = await createSensorium({ backend, agents, ...level });
    s.sensors.level.fill(0.5);
    s.tick(0);
    s.sensors.level.fill(NaN);
    s.tick(5);
    const counts = new Map<string, number>();
    for (const { kind } of s.events()) counts.set(kind, (counts.get(kind) ?? 0) + 1);
    expect(Object.fromEntries(counts)).toEqual({ 'blind-begin': agents, 'sensor-lost': agents });
    s.dispose();
  });

  test('the sixteenth modality has the topmost bit', async () => {
    const channels = Object.fromEntries(Array.from({ length: 16 }, (_, index) => [`m${index}.x`, {}]));
    const s = await createSensorium({ backend, channels, readings: { hold: 'once' } });
    for (const name of s.channels) s.sensor(name)[0] = 1;
    s.tick(0);
    for (const name of s.channels.slice(0, 15)) s.sensor(name)[0] = 1;
    s.tick(2);
    expect(s.agent(0).lost).toEqual(['m15']);
    expect(eventsOf(s)).toEqual([{ kind: 'sensor-lost', agent: 0, time: 2, cycle: 2, sensor: 'm15' }]);
    s.dispose();
  });

  test('a quiet tick has none, nor has an engine before its first', async () => {
    const s = await createSensorium({ backend, ...level });
    expect(eventsOf(s)).toEqual([]);
    feed(s, [0.5, 0.5]);
    expect(eventsOf(s)).toEqual([]);
    const quiet = s.events();
    expect(quiet.next()).toEqual({ done: true, value: undefined });
    s.dispose();
  });

  test('one object for all, and one iterator, unless it is in use', async () => {
    const s = await createSensorium({ backend, agents: 3, ...level });
    s.sensors.level.fill(0.5);
    s.tick(0);
    s.sensors.level.fill(NaN);
    s.tick(5);
    expect(new Set(s.events()).size).toBe(1);
    const pairs: string[] = [];
    for (const outer of s.events()) for (const inner of s.events()) pairs.push(`${outer.agent}${inner.agent}`);
    expect(pairs.length).toBe(36);
    expect(new Set(pairs).size).toBe(9);
    for (const event of s.events()) if (event.agent === 1) break;
    expect(eventsOf(s).length).toBe(6);
    s.dispose();
  });

  test('only of some kinds', async () => {
    const s = await createSensorium({ backend, agents: 2, ...level });
    s.sensors.level.fill(0.5);
    s.tick(0);
    s.sensors.level.fill(NaN);
    s.tick(5);
    expect(Array.from(s.events({ kinds: ['sensor-lost'] }), ({ kind, agent, sensor }) => [kind, agent, sensor])).toEqual([
      ['sensor-lost', 0, 'level'],
      ['sensor-lost', 1, 'level'],
    ]);
    expect([...s.events({ kinds: ['sensor-back', 'anomaly-begin'] })]).toEqual([]);
    expect([...s.events({ kinds: [] })]).toEqual([]);
    const error = thrown(() => s.events({ kinds: ['lost' as 'sensor-lost'] }));
    expect(error).toMatchObject({ code: 'out_of_range', where: 'events, kinds', expected: expect.stringContaining('sensor-lost') });
    expect(thrown(() => s.events({ kinds: 'sensor-lost' as unknown as [] })).code).toBe('wrong_type');
    s.dispose();
  });

  test('a tick in the middle of reading is an error, a reset is the end', async () => {
    const s = await createSensorium({ backend, agents: 2, ...level });
    s.sensors.level.fill(0.5);
    s.tick(0);
    s.sensors.level.fill(NaN);
    s.tick(5);
    const left = s.events();
    expect(left.next().value).toMatchObject({ kind: 'blind-begin', agent: 0 });
    s.tick(6);
    expect(thrown(() => left.next()).code).toBe('tick_during_events');
    expect(left.next().done).toBe(true);
    s.sensors.level.fill(0.5);
    s.tick(7);
    let told = 0;
    for (const event of s.events()) {
      expect(event.agent).toBe(0);
      told++;
      s.reset();
    }
    expect(told).toBe(1);
    s.dispose();
  });
});

/** An engine that loses its sensors at tick(5). */
async function losing(backend: 'native' | 'wasm', agents = 2) {
  const s = await createSensorium({ backend, agents, ...level });
  s.sensors.level.fill(0.5);
  s.tick(0);
  s.sensors.level.fill(NaN);
  return s;
}

describe.each(backends)('handlers, %s', (backend) => {
  test('are told at the end of the tick, in their order, until they are removed', async () => {
    const s = await losing(backend);
    const told: string[] = [];
    const removeAll = s.on('*', ({ kind, agent, time }) => told.push(`all ${kind} ${agent} ${time}`));
    s.on('sensor-lost', ({ sensor, agent }) => told.push(`lost ${sensor} ${agent}`));
    s.on('sensor-back', ({ sensor, agent }) => told.push(`back ${sensor} ${agent}`));
    s.tick(5);
    expect(told.splice(0)).toEqual(['all blind-begin 0 5', 'all sensor-lost 0 5', 'lost level 0', 'all blind-begin 1 5', 'all sensor-lost 1 5', 'lost level 1']);
    removeAll();
    removeAll();
    s.tick(6);
    expect(told).toEqual([]);
    s.sensors.level[1] = 1;
    s.tick(7);
    expect(told).toEqual(['back level 1']);
    s.dispose();
  });

  test('one that throws does not stop the others; the tick has been, and throws the first error', async () => {
    const s = await losing(backend);
    const told: number[] = [];
    s.on('blind-begin', ({ agent }) => {
      throw new Error(`agent ${agent}`);
    });
    s.on('blind-begin', ({ agent }) => told.push(agent));
    expect(() => s.tick(5)).toThrow('agent 0');
    expect(told).toEqual([0, 1]);
    expect(s.statistics.cycles).toBe(2);
    expect(eventsOf(s).length).toBe(4);
    s.tick(6);
    s.dispose();
  });

  test('a restore is told as one, in a handler and in a loop', async () => {
    const s = await losing(backend);
    const before = s.snapshot();
    const errors: SensoriumError[] = [];
    const remove = s.on('blind-begin', () => {
      errors.push(thrown(() => s.restore(before)), thrown(() => s.tickMany({ times: Float64Array.of(9), inputs: new Float32Array(s.agents * s.channels.length) })));
    });
    s.tick(5);
    remove();
    expect(errors.slice(0, 2)).toMatchObject([
      { code: 'tick_during_events', where: 'restore', what: 'A handler of events restored', got: 'a restore inside a handler' },
      { code: 'tick_during_events', where: 'tickMany', got: 'a tickMany inside a handler' },
    ]);
    const after = s.snapshot();
    const left = s.events();
    left.next();
    s.restore(after); // of as many ticks, and yet another state
    expect(thrown(() => left.next())).toMatchObject({ code: 'tick_during_events', got: 'a restore() between two of them' });
    expect(left.next().done).toBe(true);
    expect(eventsOf(s).length).toBeGreaterThan(1);
    s.dispose();
  });

  test('may add, remove, read and reset, but not tick', async () => {
    const s = await losing(backend);
    const told: string[] = [];
    const removeSecond = () => removers[1]!();
    const removers = [
      s.on('blind-begin', ({ agent }) => {
        told.push(`first ${agent}`);
        removeSecond();
        s.on('blind-end', () => told.push('added'));
        // Reading inside has an object of its own.
        expect(eventsOf(s).length).toBeGreaterThan(1);
        expect(thrown(() => s.tick(9)).code).toBe('tick_during_events');
      }),
      s.on('blind-begin', () => told.push('second')),
    ];
    s.tick(5);
    expect(told.splice(0)).toEqual(['first 0', 'first 1']);
    expect(s.statistics.cycles).toBe(2);
    s.sensors.level[0] = 1;
    s.tick(6);
    expect(told.splice(0)).toEqual(['added', 'added']);
    s.on('blind-begin', () => s.reset());
    s.sensors.level.fill(NaN);
    s.tick(20);
    expect(told).toEqual(['first 0']);
    expect(s.statistics.cycles).toBe(0);
    s.dispose();
  });

  test('one may dispose of the engine: then nobody is told any more', async () => {
    const s = await losing(backend);
    const told: string[] = [];
    s.on('*', ({ kind }) => {
      told.push(kind);
      s.dispose();
    });
    s.on('*', () => told.push('another'));
    s.tick(5);
    expect(told).toEqual(['blind-begin']);
    expect(thrown(() => s.tick(6)).code).toBe('disposed');
  });

  test('are checked', async () => {
    const s = await losing(backend);
    expect(thrown(() => s.on('anomaly' as 'anomaly-begin', () => {}))).toMatchObject({ code: 'out_of_range', where: 'on' });
    expect(thrown(() => s.on('*', undefined as unknown as () => void)).code).toBe('wrong_type');
    s.dispose();
  });
});

describe.each(backends)('event streams, %s', (backend) => {
  test('give each event an object of its own, until dispose()', async () => {
    const s = await losing(backend);
    const all = s.eventStream();
    const lost = s.eventStream({ kinds: ['sensor-lost'] });
    s.tick(5);
    s.sensors.level[0] = 1;
    s.tick(6);
    s.dispose();
    const told = [];
    for await (const event of all) told.push(event);
    expect(told).toEqual([
      { kind: 'blind-begin', agent: 0, time: 5, cycle: 2 },
      { kind: 'sensor-lost', agent: 0, time: 5, cycle: 2, sensor: 'level' },
      { kind: 'blind-begin', agent: 1, time: 5, cycle: 2 },
      { kind: 'sensor-lost', agent: 1, time: 5, cycle: 2, sensor: 'level' },
      { kind: 'blind-end', agent: 0, time: 6, cycle: 3 },
      { kind: 'sensor-back', agent: 0, time: 6, cycle: 3, sensor: 'level' },
    ]);
    expect(Object.keys(told[0]!)).toEqual(['kind', 'agent', 'time', 'cycle']);
    const agents = [];
    for await (const { agent } of lost) agents.push(agent);
    expect(agents).toEqual([0, 1]);
  });

  test('wait for what has not come yet', async () => {
    const s = await losing(backend);
    const stream = s.eventStream({ kinds: ['blind-begin'] });
    const steps = [stream.next(), stream.next(), stream.next()];
    s.tick(5);
    expect((await steps[0]!).value).toMatchObject({ agent: 0 });
    expect((await steps[1]!).value).toMatchObject({ agent: 1 });
    s.dispose();
    expect(await steps[2]).toEqual({ done: true, value: undefined });
    expect(await stream.next()).toEqual({ done: true, value: undefined });
  });

  test('end with the loop, and with a signal', async () => {
    const s = await losing(backend);
    const looped = s.eventStream();
    const ending = new AbortController();
    const aborted = s.eventStream({ signal: ending.signal });
    const waiting = s.eventStream({ signal: ending.signal, kinds: ['anomaly-begin'] }).next();
    s.tick(5);
    for await (const event of looped) {
      expect(event.agent).toBe(0);
      break;
    }
    expect((await looped.next()).done).toBe(true);
    ending.abort();
    expect((await aborted.next()).done).toBe(true);
    expect((await waiting).done).toBe(true);
    expect((await s.eventStream({ signal: ending.signal }).next()).done).toBe(true);
    s.dispose();
  });

  test('say how many events they had to drop', async () => {
    const s = await losing(backend, 20);
    const stream = s.eventStream({ limit: 3, kinds: ['blind-begin', 'blind-end'] });
    s.tick(5);
    s.sensors.level.fill(1);
    s.tick(6);
    const agents: number[] = [];
    const reading = async () => {
      for await (const { agent } of stream) agents.push(agent);
    };
    await expect(reading()).rejects.toMatchObject({ code: 'events_overflow', got: '37 more, which were dropped' });
    expect(agents).toEqual([0, 1, 2]);
    expect((await stream.next()).done).toBe(true);
    s.dispose();
  });

  test('keep the order through many', async () => {
    const s = await losing(backend, 1000);
    const stream = s.eventStream({ kinds: ['blind-begin'] });
    s.tick(5);
    for (let agent = 0; agent < 700; agent++) expect((await stream.next()).value?.agent).toBe(agent);
    s.reset();
    s.sensors.level.fill(0.5);
    s.tick(0);
    s.sensors.level.fill(NaN);
    s.tick(5);
    for (let agent = 700; agent < 2000; agent++) expect((await stream.next()).value?.agent).toBe(agent % 1000);
    s.dispose();
  });

  test('are checked', async () => {
    const s = await losing(backend);
    for (const limit of [0, 1.5, NaN, '5' as unknown as number]) expect(thrown(() => s.eventStream({ limit })).where).toBe('eventStream, limit');
    expect(thrown(() => s.eventStream({ signal: 5 as unknown as AbortSignal })).code).toBe('wrong_type');
    expect(thrown(() => s.eventStream(null as unknown as object)).code).toBe('wrong_type');
    s.dispose();
  });
});

describe.each(backends)('delays and acknowledgement, %s', (backend) => {
  test('an event that comes and goes within its delay is not told', async () => {
    const s = await createSensorium({ backend, ...level, readings: { hold: 'once', lost_after: 0.5 }, events: { lost: { on_delay: 2, off_delay: 1 }, blind: { on_delay: null } } });
    const told: string[] = [];
    s.on('*', ({ kind, time }) => told.push(`${kind} ${time}`));
    [...'1.1....1..111'].forEach((reading, second) => {
      if (reading === '1') s.sensors.level[0] = 1;
      s.tick(second);
    });
    expect(told).toEqual(['sensor-lost 5', 'sensor-back 11']);
    s.dispose();
  });

  test('what began stays unacknowledged until somebody takes notice', async () => {
    const s = await createSensorium({ backend, agents: 3, channels: { 'a.x': {}, 'b.x': {} }, readings: { hold: 'once' }, events: { acknowledge: true } });
    const tick = (time: number, a: boolean, b: boolean) => {
      s.sensors.a.x.fill(a ? 1 : NaN);
      s.sensors.b.x.fill(b ? 1 : NaN);
      s.tick(time);
    };
    tick(0, true, true);
    expect([...s.alarms()]).toEqual([]);
    tick(5, true, false);
    tick(6, true, true);
    tick(10, false, true);
    expect([...s.alarms()].slice(0, 2)).toEqual([
      { agent: 0, kind: 'lost', active: true, sensor: 'a' },
      { agent: 0, kind: 'lost', active: false, sensor: 'b' },
    ]);
    expect([...s.alarms()].length).toBe(6);
    s.acknowledge(0, 'lost', 'b');
    s.acknowledge(1, 'lost');
    s.acknowledge(2, 'anomaly');
    expect(Array.from(s.alarms(), ({ agent, sensor }) => `${agent} ${sensor}`)).toEqual(['0 a', '2 a', '2 b']);
    s.acknowledge(0);
    expect(Array.from(s.alarms(), ({ agent, sensor }) => `${agent} ${sensor}`)).toEqual(['2 a', '2 b']);
    s.acknowledge();
    expect([...s.alarms()]).toEqual([]);
    // Acknowledged is not ended.
    expect(s.agent(0).lost).toEqual(['a']);
    expect(thrown(() => s.acknowledge(3)).code).toBe('agent_out_of_range');
    expect(thrown(() => s.acknowledge(NaN)).code).toBe('agent_out_of_range');
    expect(thrown(() => s.acknowledge('0' as unknown as number)).code).toBe('wrong_type');
    expect(thrown(() => s.acknowledge(0, 'loss' as 'lost')).expected).toBe('one of anomaly, blind, neighbor, lost');
    expect(thrown(() => s.acknowledge(0, 'lost', 'c' as 'a')).expected).toBe('one of a, b');
    expect(thrown(() => s.acknowledge(0, 'blind', 'a')).where).toBe('acknowledge, sensor');
    expect(thrown(() => s.acknowledge(0, undefined, 'a'))).toMatchObject({ code: 'out_of_range', where: 'acknowledge, sensor', expected: 'none, for only `lost` has one', got: 'the text "a"' });
    s.dispose();
  });

  test('without the option there is no such column, and the errors say so', async () => {
    const s = await createSensorium({ backend });
    for (const use of [() => s.alarms(), () => s.acknowledge(), () => s.results.unacknowledged]) {
      expect(thrown(use)).toMatchObject({ code: 'absent_column', where: 'results.unacknowledged', expected: 'options with events.acknowledge' });
    }
    s.dispose();
  });

  test('wrong options say where', async () => {
    expect(await refused({ backend, events: { anomaly: { deadband: 3 } } })).toMatchObject({ code: 'out_of_range', where: 'events.anomaly.deadband' });
    expect(await refused({ backend, events: { lost: { delay: 3 } } })).toMatchObject({ code: 'unknown_option', where: 'events.lost.delay', expected: 'one of on_delay, off_delay' });
    expect(await refused({ backend, events: { anomoly: {} } })).toMatchObject({ code: 'unknown_option' });
    expect(await refused({ backend, events: { blind: 5 } })).toMatchObject({ code: 'wrong_type', where: 'events.blind' });
  });
});
