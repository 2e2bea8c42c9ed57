// The classic system's answers, by hand.
import { createSensorium, Flag } from 'sensorium';
import { describe, expect, test } from 'vitest';
import { backends, feed, level } from './support.ts';

describe.each(backends)('classic, %s', (backend) => {
  test('fuses 0.3, 0.3, 0.2 and 0.2 of the four features', async () => {
    const s = await createSensorium({ backend });
    s.sensors.visual.objects[0] = 5;
    s.sensors.lidar.points[0] = 750;
    s.sensors.audio.amplitude[0] = 0.25;
    s.sensors.imu.accel_x[0] = -0.5;
    s.tick(0);
    // 0.3 * 5 / 10 + 0.3 * 750 / 1500 + 0.2 * 0.25 + 0.2 * |-0.5|
    expect(s.results.fused[0]).toBeCloseTo(0.45, 6);
    expect(s.results.confidence[0]).toBe(s.results.fused[0]);
    expect(s.agent(0).lost).toEqual([]);
    s.dispose();
  });

  test('takes the mean of those that read', async () => {
    const s = await createSensorium({ backend });
    s.sensors.visual.objects[0] = 5;
    s.sensors.audio.amplitude[0] = 1;
    s.tick(0);
    // (0.3 * 0.5 + 0.2 * 1) / (0.3 + 0.2)
    expect(s.results.fused[0]).toBeCloseTo(0.7, 6);
    s.dispose();
  });

  test('its default network is 4-8-2, from the seed', async () => {
    const outputs = [];
    for (const seed of [1, 1, 2]) {
      const s = await createSensorium({ backend, network: { seed } });
      s.simulate(7);
      s.tick(0);
      expect(s.results.output).toHaveLength(2);
      for (const output of s.results.output) expect(output[0]! > 0 && output[0]! < 1).toBe(true);
      outputs.push(s.results.output[0]![0]);
      s.dispose();
    }
    expect(outputs[1]).toBe(outputs[0]);
    expect(outputs[2]).not.toBe(outputs[0]);
  });

  test('runs given weights, flat or in rows', async () => {
    const rows = [
      [1, 2, -1, 0.5],
      [0, 0, 0, 1],
    ];
    for (const weights of [rows, rows.flat(), Float32Array.from(rows.flat()), rows.map((row) => Float32Array.from(row))]) {
      const layers = [
        { units: 2, activation: 'identity', weights, biases: [0.25, 0] },
        { units: 1, weights: [1, 1] },
      ] as const;
      const s = await createSensorium({ backend, network: { layers } });
      s.sensors.visual.objects[0] = 5;
      s.sensors.lidar.points[0] = 750;
      s.sensors.audio.amplitude[0] = 0.25;
      s.sensors.imu.accel_x[0] = 0.5;
      s.tick(0);
      // 0.5 + 1 - 0.25 + 0.25 + 0.25 = 1.75, and 0.5; their sum x = 2.25 through 0.5 + x / (2 (1 + |x|))
      expect(s.results.output[0]![0]).toBeCloseTo(0.5 + 2.25 / 6.5, 6);
      s.dispose();
    }
  });

  test('has no network where there are no layers', async () => {
    const s = await createSensorium({ backend, network: { layers: [] } });
    s.simulate(1);
    s.tick(0);
    expect(s.results.output).toEqual([]);
    expect(s.agent(0).output).toEqual([]);
    s.dispose();
  });

  test('scores the newest of the last 20, itself among them', async () => {
    const s = await createSensorium({ backend, ...level });
    feed(s, [0.1, 0.1]);
    expect(s.results.flags[0]! & Flag.scored, 'silent under 3 samples').toBe(0);
    expect(s.agent(0).anomaly).toBeNull();
    feed(s, [0.4], 2);
    // mean 0.2, deviation sqrt((0.01 + 0.01 + 0.04) / 3) = sqrt(0.02)
    expect(s.agent(0).anomaly).toEqual({
      score: expect.closeTo(Math.SQRT2 / Math.sqrt(19), 5),
      z: expect.closeTo(Math.SQRT2, 5),
      severity: 'none',
      mean: expect.closeTo(0.2, 6),
      deviation: expect.closeTo(Math.sqrt(0.02), 6),
    });
    s.dispose();
  });

  test('grades by 2, 2.5 and 3 deviations', async () => {
    // n - 1 values of 0 and one of 1 give z = sqrt(n - 1): windows of 4, 6, 8 and 11.
    const cases = [
      [4, 'none'],
      [6, 'low'],
      [8, 'medium'],
      [11, 'high'],
    ] as const;
    for (const [count, severity] of cases) {
      const s = await createSensorium({ backend, ...level, detection: { window: count } });
      feed(s, [...new Array(count - 1).fill(0), 1]);
      expect(s.agent(0).anomaly).toMatchObject({ severity, z: expect.closeTo(Math.sqrt(count - 1), 4), score: expect.closeTo(1, 5) });
      expect(Boolean(s.results.flags[0]! & Flag.anomaly)).toBe(severity !== 'none');
      s.dispose();
    }
  });

  test('is silent about a constant', async () => {
    const s = await createSensorium({ backend, ...level });
    feed(s, new Array(30).fill(0.3));
    expect(s.agent(0).anomaly).toMatchObject({ z: 0, score: 0, severity: 'none' });
    expect(s.agent(0).prediction).toMatchObject({ confidence: 0, trend: expect.closeTo(0, 6) });
    s.dispose();
  });

  test('predicts 5 ticks by least squares, clamped to 0..1', async () => {
    const s = await createSensorium({ backend, ...level });
    feed(s, [0.1]);
    expect(s.agent(0).prediction, 'none under 2 samples').toBeNull();
    feed(s, [0.15, 0.2, 0.25, 0.3, 0.35, 0.4, 0.45, 0.5, 0.55], 1);
    expect(s.agent(0).prediction).toEqual({
      values: [0.6, 0.65, 0.7, 0.75, 0.8].map((value) => expect.closeTo(value, 5)),
      confidence: expect.closeTo(1, 5),
      trend: expect.closeTo(0.05, 6),
    });
    feed(s, [0.6, 0.65, 0.7, 0.75, 0.8, 0.85, 0.9], 10);
    expect(s.agent(0).prediction!.values).toEqual([0.95, 1, 1, 1, 1].map((value) => expect.closeTo(value, 5)));
    s.dispose();
  });

  test('simulates the same load everywhere', async () => {
    const s = await createSensorium({ backend, agents: 100 });
    for (let tick = 0; tick < 50; tick++) {
      s.simulate(42, { pattern: tick % 2 ? 'mixed' : 'dense' });
      s.tick(tick / 10);
    }
    const { objects, brightness } = s.sensors.visual;
    expect(objects.every((value) => Number.isNaN(value) || (value >= 2 && value <= 10 && Number.isInteger(value)))).toBe(true);
    s.reset();
    s.simulate(42);
    // 0.5 + 0.3 sin(0), and the generator's own bits for agent 7.
    expect(brightness[7]).toBe(0.5);
    const first = [objects[7], s.sensors.lidar.max_range[7]];
    s.simulate(43);
    expect([objects[7], s.sensors.lidar.max_range[7]]).not.toEqual(first);
    s.simulate(42, {});
    expect([objects[7], s.sensors.lidar.max_range[7]]).toEqual(first);
    s.dispose();
  });
});
