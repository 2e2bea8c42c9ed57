// metrics() and explain(): what an engine has done, what that took, and what its memory is for.
import { createSensorium, explain, type Metrics } from 'sensorium';
import { describe, expect, test } from 'vitest';
import { backends, refused, thrown } from './support.ts';

/** Every number of an object, by its path. */
function figures(value: object, path = ''): [string, number][] {
  return Object.entries(value).flatMap(([name, inner]) => (typeof inner === 'number' ? [[`${path}${name}`, inner] as [string, number]] : figures(inner as object, `${path}${name}.`)));
}

const partsOf = ({ memory: { total: _, ...parts } }: Metrics) => parts;
const sum = (values: readonly number[]) => values.reduce((total, value) => total + value, 0);

describe.each(backends)('metrics, %s', (backend) => {
  test('of an engine that has run', async () => {
    const s = await createSensorium({ backend, agents: 500, metrics: { stages_every: 10 } });
    let cycles = 0;
    for (let tick = 0; tick < 100; tick++) {
      s.simulate(1, { pattern: 'mixed' });
      s.tick(tick / 10);
      cycles += s.statistics.active_agents;
    }
    const metrics = s.metrics();
    const { latency, stages, memory } = metrics;
    expect(metrics).toMatchObject({ cycles: 100, agent_cycles: cycles, anomalies: s.statistics.anomalies, places: 0 });
    expect(metrics.predictions).toBe(s.statistics.predictions);
    expect(metrics.sensors_lost).toBe(s.statistics.sensors_lost);
    expect(metrics.sensors_lost_now).toBe(s.statistics.sensors_lost_now);
    expect(metrics.sensors_lost).toBeGreaterThan(0);
    expect(latency.count).toBe(100);
    const { min, p50, p95, p99, max, mean } = latency;
    expect([min, p50, p95, p99, max].sort((a, b) => a - b)).toEqual([min, p50, p95, p99, max]);
    expect(mean).toBeGreaterThanOrEqual(min);
    expect(mean).toBeLessThanOrEqual(max);
    // A browser's clock may stand still for longer than this all takes, but it is known to move.
    expect(latency.resolution).toBeGreaterThan(0);
    expect(stages.count).toBe(10);
    const shares = sum(Object.values(stages.share));
    if (shares > 0) expect(shares).toBeCloseTo(1, 12);
    expect(sum(Object.values(partsOf(metrics)))).toBe(memory.total);
    expect(memory.total).toBe(s.bytes);
    for (const [path, value] of figures(metrics)) expect(value, path).toBeGreaterThanOrEqual(0);
    // Plain: as JSON and back it is the same.
    expect(JSON.parse(JSON.stringify(metrics))).toEqual(metrics);
    expect(Object.getPrototypeOf(metrics)).toBe(Object.prototype);

    s.resetMetrics();
    expect(s.metrics().latency).toMatchObject({ count: 0, max: 0, p99: 0 });
    expect(s.metrics().cycles).toBe(100);
    s.reset();
    expect(s.metrics()).toMatchObject({ cycles: 0, agent_cycles: 0, predictions: 0, sensors_lost: 0 });
    s.dispose();
    expect(thrown(() => s.metrics()).code).toBe('disposed');
    expect(thrown(() => s.resetMetrics()).code).toBe('disposed');
  });

  test('without timing', async () => {
    const s = await createSensorium({ backend, metrics: { timing: false } });
    s.simulate(1);
    s.tick(0);
    expect(s.metrics()).toMatchObject({ cycles: 1, rate: 0, latency: { count: 0, resolution: 0 }, stages: { count: 0 }, memory: { metrics: 0 } });
    s.dispose();
  });

  test('with a map: its places', async () => {
    const s = await createSensorium({ backend, agents: 3, map: { capacity: 10, merge_radius: 1 } });
    s.position.x.set([0, 5, 5]);
    s.position.y.fill(0);
    s.tick(0);
    expect(s.metrics().places).toBe(2);
    s.dispose();
  });

  test.each([
    {},
    { agents: 777 },
    { agents: 5000, neighbors: { k: 8 }, map: { capacity: 3000 } },
    { agents: 9, channels: { a: {}, 'b.c': {} }, network: { layers: [{ units: 3, weights: [[1, 2], [3, 4], [5, 6]] }] }, metrics: { timing: false } },
  ])('explain(%o) is what the engine is made of', async (options) => {
    const explanation = await explain({ ...options, backend });
    const s = await createSensorium({ ...options, backend });
    expect(explanation.bytes).toBe(s.bytes);
    expect(explanation.parts).toEqual(partsOf(s.metrics()));
    expect(sum(Object.values(explanation.parts))).toBe(s.bytes);
    for (const { option, without, bytes } of explanation.options) {
      expect(option.length * without.length).toBeGreaterThan(0);
      expect(bytes).toBeGreaterThan(0);
      expect(bytes).toBeLessThan(s.bytes);
    }
    s.dispose();
  });

  test('an option’s bytes are those that an engine without it does not need', async () => {
    const base = { backend, agents: 1000 } as const;
    const [all, without] = await Promise.all([explain({ ...base, neighbors: { k: 8 } }), explain(base)]);
    expect(all.options.find(({ option }) => option === 'neighbors.k')).toEqual({ option: 'neighbors.k', without: '0', bytes: all.bytes - without.bytes });
  });

  test('explain() refuses what createSensorium() refuses, with the same error', async () => {
    for (const options of [{ agents: 0 }, { agnets: 1 }, { channels: { a: { scale: 'x' } } }, { metrics: { stages_every: -1 } }, { metrics: { timing: 1 } }, { isa: 5 }]) {
      const wanted = await refused({ ...options, backend });
      const error = await explain({ ...options, backend } as object).catch((reason: unknown) => reason);
      expect(error).toMatchObject({ code: wanted.code, message: wanted.message });
    }
    const error = await explain('text' as never).catch((reason: unknown) => reason);
    expect(error).toMatchObject({ code: 'wrong_type', where: 'explain' });
  });
});
