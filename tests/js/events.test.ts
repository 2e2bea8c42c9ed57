// Changes are never lost: what begins and ends, for whom, when.
import { createSensorium, Flag } from 'sensorium';
import { describe, expect, test } from 'vitest';
import { backends, feed, level } from './support.ts';

describe.each(backends)('events, %s', (backend) => {
  test('an anomaly begins once and ends once, however long it lasts', async () => {
    const s = await createSensorium({ backend, ...level });
    const told: unknown[] = [];
    const readings = [...new Array(20).fill(0.2), 0.8, 0.9, ...new Array(3).fill(0.2)];
    readings.forEach((reading, second) => {
      s.sensors.level[0] = reading;
      s.tick(second);
      told.push(...s.events());
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
    expect([...s.events()]).toEqual([
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
    expect([...s.events()]).toEqual([{ kind: 'sensor-lost', agent: 0, time: 2, cycle: 2, sensor: 'm15' }]);
    s.dispose();
  });

  test('a quiet tick has none, nor has an engine before its first', async () => {
    const s = await createSensorium({ backend, ...level });
    expect([...s.events()]).toEqual([]);
    feed(s, [0.5, 0.5]);
    expect([...s.events()]).toEqual([]);
    const quiet = s.events();
    expect(quiet.next()).toEqual({ done: true, value: undefined });
    s.dispose();
  });
});
