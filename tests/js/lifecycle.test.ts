// From creation to disposal: sizes, reset, many engines, memory.
import { createSensorium, type Sensorium } from 'sensorium';
import { describe, expect, test } from 'vitest';
import { backends, feed, inNode, level, thrown } from './support.ts';

describe.each(backends)('lifecycle, %s', (backend) => {
  test('columns are exactly as long as there are agents', async () => {
    for (const agents of [1, 7, 16, 17, 1000]) {
      const s = await createSensorium({ backend, agents });
      expect(s.agents).toBe(agents);
      const columns = [
        s.active,
        s.sensors.lidar.points,
        s.results.fused,
        s.results.flags,
        s.results.output[1]!,
        s.results.prediction.values[4]!,
      ];
      for (const column of columns) expect(column).toHaveLength(agents);
      expect(s.results.prediction.values).toHaveLength(5);
      expect([...s.sensors.imu.gyro].every(Number.isNaN)).toBe(true);
      expect(s.active.every((value) => value === 1)).toBe(true);
      s.simulate(1);
      s.tick(0);
      expect(s.agent(agents - 1).agent).toBe(agents - 1);
      s.dispose();
    }
  });

  test('tells what it is', async () => {
    const s = await createSensorium({ backend, agents: 100 });
    expect(s.backend).toBe(backend);
    expect(backend === 'wasm' ? ['wasm'] : ['avx512', 'avx2', 'sse4', 'neon', 'scalar']).toContain(s.isa);
    expect(s.bytes).toBeGreaterThan(100 * 100);
    expect(s.bytes % 64).toBe(0);
    expect(s.modalities).toEqual(['visual', 'lidar', 'audio', 'imu']);
    expect(s.channels).toHaveLength(13);
    const statistics = { cycles: 0, time: 0, active_agents: 0, changed_agents: 0, anomalies: 0 };
    expect(JSON.parse(JSON.stringify(s.statistics))).toMatchObject(statistics);
    s.dispose();
  });

  test('the scalar instruction set gives the same bits as the best', async () => {
    const results = [];
    for (const isa of [undefined, 'scalar']) {
      const s = await createSensorium({ backend, agents: 33, isa });
      if (isa) expect(s.isa).toBe(isa);
      for (let tick = 0; tick < 60; tick++) {
        s.simulate(9, { pattern: 'mixed' });
        s.tick(tick * 0.05);
      }
      results.push(
        [s.results.fused, s.results.output[0]!, s.results.anomaly.z, s.results.prediction.values[4]!].map((column) => [...column]),
      );
      s.dispose();
    }
    expect(results[1]).toEqual(results[0]);
  });

  test('reset: as after creation', async () => {
    const s = await createSensorium({ backend, agents: 20, ...level });
    const history = () => {
      const seen = [];
      for (let tick = 0; tick < 25; tick++) {
        for (let row = 0; row < 20; row++) s.sensors.level[row] = ((tick * 7 + row * 3) % 11) / 10;
        s.tick(tick);
        seen.push(s.agent(tick % 20));
      }
      return seen;
    };
    const first = history();
    s.active[3] = 0;
    s.reset();
    expect(s.statistics.cycles).toBe(0);
    expect(s.sensors.level.every(Number.isNaN)).toBe(true);
    expect(s.active[3]).toBe(1);
    expect(s.agent(0)).toMatchObject({ cycle: 0, fused: 0, anomaly: null, prediction: null });
    expect(history()).toEqual(first);
    s.dispose();
  });

  test('resetAgent: one row begins anew, the others do not notice', async () => {
    const agents = 20;
    const s = await createSensorium({ backend, agents, ...level });
    const twin = await createSensorium({ backend, agents, ...level });
    for (let tick = 0; tick < 30; tick++) {
      for (const engine of [s, twin]) {
        for (let row = 0; row < agents; row++) engine.sensors.level[row] = ((tick * 5 + row) % 7) / 10;
        if (engine === s && tick === 15) s.resetAgent(6);
        engine.tick(tick);
      }
      if (tick === 15) expect(s.agent(6)).toMatchObject({ anomaly: null, prediction: null, lost: [], fused: 0 });
    }
    for (let row = 0; row < agents; row++) if (row !== 6) expect(s.agent(row)).toEqual(twin.agent(row));
    // 14 values since then, the window being 20.
    expect(s.agent(6).anomaly!.mean).not.toBe(twin.agent(6).anomaly!.mean);
    for (const wrong of [-1, agents, 1.5, NaN, Infinity]) {
      expect(thrown(() => s.resetAgent(wrong))).toMatchObject({ code: 'agent_out_of_range', where: 'resetAgent' });
      expect(thrown(() => s.agent(wrong)).code).toBe('agent_out_of_range');
    }
    expect(thrown(() => s.resetAgent('1' as unknown as number)).code).toBe('wrong_type');
    s.dispose();
    twin.dispose();
  });

  test('after dispose everything is an error of its own, and disposing again is none', async () => {
    const s = await createSensorium({ backend, ...level });
    feed(s, [0.5]);
    const { level: column } = s.sensors;
    s.dispose();
    s.dispose();
    const uses: Record<string, () => unknown> = {
      tick: () => s.tick(9),
      sensors: () => s.sensors,
      sensor: () => s.sensor('level'),
      active: () => s.active,
      results: () => s.results,
      statistics: () => s.statistics,
      agent: () => s.agent(0),
      events: () => s.events(),
      on: () => s.on('*', () => {}),
      eventStream: () => s.eventStream(),
      alarms: () => s.alarms(),
      acknowledge: () => s.acknowledge(),
      transform: () => s.transform(),
      reset: () => s.reset(),
      resetAgent: () => s.resetAgent(0),
      simulate: () => s.simulate(1),
      agents: () => s.agents,
      backend: () => s.backend,
      isa: () => s.isa,
      bytes: () => s.bytes,
      channels: () => s.channels,
      modalities: () => s.modalities,
    };
    for (const [name, use] of Object.entries(uses)) {
      const error = thrown(use);
      expect(error.code, name).toBe('disposed');
      expect(error.where).toBe(name);
    }
    // What one still holds keeps its values.
    expect(column[0]).toBe(0.5);
  });

  test('an engine disposes of itself at the end of its block, where the runtime can', async () => {
    const s = await createSensorium({ backend });
    if (typeof Symbol.dispose !== 'symbol') return expect(Object.getOwnPropertySymbols(Object.getPrototypeOf(s))).toEqual([]);
    s[Symbol.dispose]();
    expect(thrown(() => s.tick(0)).code).toBe('disposed');
  });

  test('many engines: independent, and let go', async () => {
    // A page of Chromium has address space for some 100 WebAssembly memories at once, whatever their sizes; Node for thousands.
    const most = inNode ? 200 : 40;
    const engines: Sensorium<'level'>[] = [];
    for (let index = 0; index < 200; index++) {
      const s = await createSensorium({ backend, agents: 100, ...level });
      s.sensors.level.fill(index / 200);
      s.tick(index);
      engines.push(s);
      if (index >= most) engines[index - most]!.dispose();
    }
    const alive = engines.slice(-most);
    for (const s of alive) expect(s.results.fused[99]).toBe(Math.fround(s.statistics.time / 200));
    alive.filter((_, index) => index % 2).forEach((s) => s.dispose());
    alive.forEach((s, index) => index % 2 || expect(s.results.fused[0]).toBe(Math.fround(s.statistics.time / 200)));
    for (const s of engines) s.dispose();
  });

  test('engines made at the same time do not mix', async () => {
    const made = await Promise.all(
      Array.from({ length: 12 }, (_, index) => createSensorium({ backend, agents: index + 1, channels: { [`channel${index}`]: {} } })),
    );
    made.forEach((s, index) => {
      expect(s.agents).toBe(index + 1);
      expect(s.channels).toEqual([`channel${index}`]);
      s.dispose();
    });
  });

  test('1,000,000 agents', async () => {
    const agents = 1_000_000;
    const s = await createSensorium({ backend, agents });
    s.simulate(5);
    s.tick(0);
    s.simulate(5);
    s.tick(0.1);
    expect(s.statistics.active_agents).toBe(agents);
    expect(s.results.fused).toHaveLength(agents);
    expect(s.agent(agents - 1).prediction).not.toBeNull();
    expect(s.results.fused[agents - 1]).toBeGreaterThan(0);
    s.dispose();
  });

  test('1,000,000 agents with 64 channels', async () => {
    const agents = 1_000_000;
    const channels = Object.fromEntries(Array.from({ length: 64 }, (_, index) => [`m${index % 16}.c${index}`, { feature: index < 32 }]));
    const s = await createSensorium({ backend, agents, channels });
    for (const name of s.channels) s.sensor(name)[agents - 1] = 1;
    s.tick(0);
    expect(s.results.fused[agents - 1]).toBe(1);
    expect(s.results.confidence[agents - 1]).toBe(1);
    expect(s.bytes).toBeGreaterThan(64 * 4 * agents);
    s.dispose();
  });
});
