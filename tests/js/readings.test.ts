// What counts as a reading, for how long, and what happens when there is none.
import { createSensorium, Flag } from 'sensorium';
import { describe, expect, test } from 'vitest';
import { backends, eventsOf, feed, level } from './support.ts';

describe.each(backends)('readings, %s', (backend) => {
  test('NaN and infinities are no reading; the last one stands', async () => {
    const s = await createSensorium({ backend, ...level });
    feed(s, [0.5]);
    for (const nothing of [NaN, Infinity, -Infinity]) {
      s.sensors.level[0] = nothing;
      s.tick(0.5);
      expect(s.results.fused[0]).toBe(0.5);
      expect(s.results.flags[0]! & Flag.blind).toBe(0);
    }
    s.dispose();
  });

  test('latch: a reading is read anew by every tick until it is replaced', async () => {
    const s = await createSensorium({ backend, ...level });
    feed(s, [0.5]);
    for (let second = 1; second < 10; second++) s.tick(second);
    expect(s.sensors.level[0]).toBe(0.5);
    expect(s.agent(0).lost).toEqual([]);
    s.dispose();
  });

  test('once: the tick takes a reading and leaves none', async () => {
    const s = await createSensorium({ backend, ...level, readings: { hold: 'once' } });
    feed(s, [0.5]);
    expect(s.sensors.level[0]).toBeNaN();
    s.tick(0.9);
    expect(s.agent(0).lost, 'within lost_after').toEqual([]);
    s.tick(1.1);
    expect(s.agent(0).lost).toEqual(['level']);
    s.dispose();
  });

  test('a modality can differ from the rest', async () => {
    const s = await createSensorium({
      backend,
      channels: { 'slow.a': {}, 'fast.b': {}, 'fast.c': {} },
      modalities: { slow: { hold: 'once', lost_after: null }, fast: { hold: 'once', lost_after: 0.5 } },
    });
    s.sensors.slow.a[0] = 1;
    s.sensors.fast.b[0] = 1;
    s.sensors.fast.c[0] = 1;
    s.tick(0);
    s.tick(1e6);
    expect(s.agent(0).lost, 'null: never lost').toEqual(['fast']);
    expect(s.modalities).toEqual(['slow', 'fast']);
    s.dispose();
  });

  test('blind: the fused value is held, the confidence 0, nothing is scored; then it comes back', async () => {
    const s = await createSensorium({ backend, ...level });
    feed(s, [0.2, 0.2, 0.2, 0.6]);
    const scored = s.agent(0).anomaly;
    expect(scored).not.toBeNull();
    s.sensors.level[0] = NaN;
    s.tick(10);
    expect(s.agent(0)).toMatchObject({ fused: s.results.fused[0], confidence: 0, anomaly: null, prediction: null, lost: ['level'] });
    expect(s.results.fused[0]).toBeCloseTo(0.6, 6);
    expect(eventsOf(s).map(({ kind }) => kind)).toEqual(['blind-begin', 'sensor-lost']);
    s.tick(11);
    expect(eventsOf(s)).toEqual([]);
    s.sensors.level[0] = 0.2;
    s.tick(12);
    expect(eventsOf(s)).toEqual([
      { kind: 'blind-end', agent: 0, time: 12, cycle: 7 },
      { kind: 'sensor-back', agent: 0, time: 12, cycle: 7, sensor: 'level' },
    ]);
    // The window holds 0.2, 0.2, 0.2, 0.6, 0.2: what was not seen was not learned.
    expect(s.agent(0).anomaly!.mean).toBeCloseTo(0.28, 6);
    s.dispose();
  });

  test('an unseen row is blind without an event', async () => {
    const s = await createSensorium({ backend, agents: 20, ...level });
    s.sensors.level[3] = 0.5;
    s.tick(0);
    expect(eventsOf(s)).toEqual([]);
    expect(s.results.flags[4]! & Flag.blind).toBe(Flag.blind);
    expect(s.results.flags[3]! & Flag.blind).toBe(0);
    expect(s.agent(4)).toMatchObject({ fused: 0, confidence: 0, anomaly: null, prediction: null, lost: [] });
    s.dispose();
  });

  test('weight halves with age where readings have a half-life', async () => {
    const s = await createSensorium({
      backend,
      channels: { 'a.x': {}, 'b.x': {} },
      readings: { hold: 'once', half_life: 2, lost_after: 100 },
      network: { layers: [] },
    });
    s.sensors.a.x[0] = 1;
    s.tick(0);
    s.sensors.b.x[0] = 0;
    s.tick(4);
    // a weighs 2^(-4 / 2) = 1 / 4 against b's 1.
    expect(s.results.fused[0]).toBeCloseTo(0.2, 6);
    expect(s.results.confidence[0]).toBeCloseTo(1.25 / 2, 6);
    s.dispose();
  });

  test('an inactive row keeps its state and results, and tells nothing', async () => {
    const s = await createSensorium({ backend, agents: 3, ...level });
    s.sensors.level.set([0.1, 0.2, 0.3]);
    s.tick(0);
    expect(s.active).toEqual(Uint8Array.of(1, 1, 1));
    s.active[1] = 0;
    s.sensors.level.fill(0.9);
    s.tick(1);
    expect(s.results.fused[1]).toBeCloseTo(0.2, 6);
    expect(s.results.fused[2]).toBeCloseTo(0.9, 6);
    expect(s.statistics.active_agents).toBe(2);
    s.sensors.level.fill(NaN);
    s.tick(5);
    expect(eventsOf(s).filter(({ agent }) => agent === 1)).toEqual([]);
    s.active[1] = 1;
    s.sensors.level[1] = 0.4;
    s.tick(6);
    expect(s.results.fused[1]).toBeCloseTo(0.4, 6);
    s.dispose();
  });

  test('a finite reading of any size leaves finite results', async () => {
    const s = await createSensorium({ backend, agents: 4, ...level, prediction: { min: null, max: null } });
    for (let tick = 0; tick < 50; tick++) {
      s.sensors.level.set([3e38, -3e38, tick % 2 ? 3e38 : -3e38, 1e-45]);
      s.tick(tick);
    }
    const { results } = s;
    const columns = [
      results.fused,
      results.confidence,
      ...results.output,
      results.anomaly.z,
      results.anomaly.mean,
      results.anomaly.deviation,
    ];
    columns.push(results.anomaly.score, ...results.prediction.values, results.prediction.confidence, results.prediction.trend);
    for (const column of columns) expect([...column].every(Number.isFinite)).toBe(true);
    s.dispose();
  });

  test('time: equal times pass, a smaller one is refused and changes nothing', async () => {
    const s = await createSensorium({ backend, ...level });
    feed(s, [0.5]);
    s.tick(0);
    s.tick(2.5);
    for (const [seconds, code] of [
      [2.4, 'time_backwards'],
      [NaN, 'time_not_finite'],
      [Infinity, 'time_not_finite'],
    ] as const) {
      expect(() => s.tick(seconds)).toThrow(expect.objectContaining({ code, where: 'tick' }));
    }
    expect(s.statistics.cycles).toBe(3);
    expect(s.statistics.time).toBe(2.5);
    s.tick(2.5);
    expect(s.statistics.cycles).toBe(4);
    s.dispose();
  });
});
