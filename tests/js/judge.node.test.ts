// The judge itself: what it counts as what, by hand; and a short run of it, which comes out the same again and can come out badly.
import * as sensorium from 'sensorium';
import * as world from 'sensorium/world';
import { expect, test } from 'vitest';
import { detectors, judge } from '../../scripts/judge/run.mjs';
import { grace, Score } from '../../scripts/judge/score.mjs';

const fault = (agent: number, from: number, to: number) => ({ kind: 'fault', modality: 'lidar', fault: 'stuck', agent, from, to });

test('hits, delays and false alarms by hand', () => {
  const score = new Score(['lidar stuck', 'intruder']);
  const intervals = [fault(0, 20, 30), fault(0, 40, 50), fault(0, 60, 70), fault(1, 5, 15), fault(1, 95, Infinity)];
  const alarms = [[12, 22, 25, 50 + grace / 2, 70 + grace, 80], [14, 96, 99]];
  score.add({ alarms, intervals, from: 10, to: 100 });
  const { kinds, alarms: all, false_alarms, clean_hours, false_alarms_hour } = score.result();
  // The first of agent 1 began too early, its last is not over.
  expect(kinds[0]).toMatchObject({ kind: 'lidar stuck', anomalies: 3, detected: 2, rate: 2 / 3, median: 2, ninety: 10 + grace / 2 });
  expect(kinds[1]).toEqual({ kind: 'intruder', anomalies: 0, detected: 0, rate: null, chance: null, median: null, ninety: null });
  expect([all, false_alarms]).toEqual([9, 3]);
  const clean = 90 - 3 * (10 + grace) + (90 - (5 + grace) - 5);
  expect(clean_hours).toBeCloseTo(clean / 3600, 12);
  expect(false_alarms_hour).toBeCloseTo((3 / clean) * 3600, 6);
  expect(kinds[0]!.chance).toBeCloseTo(1 - Math.exp((-3 / clean) * (10 + grace)), 12);
});

test('overlapping anomalies are one time that is not clean', () => {
  const score = new Score(['lidar stuck']);
  score.add({ alarms: [[15, 25, 41]], intervals: [fault(0, 10, 30), fault(0, 12, 20)], from: 0, to: 50 });
  const { clean_hours, false_alarms, kinds } = score.result();
  expect(clean_hours * 3600).toBeCloseTo(10 + (50 - 30 - grace), 9);
  expect(false_alarms).toBe(1);
  expect(kinds[0]).toMatchObject({ anomalies: 2, detected: 2 });
});

const short = { world: 'plaza', seeds: [1], agents: 16, minutes: 3, trouble: 30 };

test('a short run: its shape, the same again, and nothing for who never alarms', async () => {
  const entries = { sensorium, world };
  const result = await judge(entries, { ...short, detector: 'classic' });
  expect(result.anomalies.kinds.map(({ kind }) => kind)).toEqual([
    ...world.modalities.flatMap((modality) => world.faults.slice(1).map((name) => `${modality} ${name}`)),
    ...world.incidents,
  ]);
  expect(result.losses.kinds.map(({ kind }) => kind)).toEqual(world.modalities.map((modality) => `${modality} dropout`));
  const count = (of: typeof result) => of.anomalies.kinds.reduce((sum, { anomalies }) => sum + anomalies, 0);
  expect(count(result)).toBeGreaterThan(10);
  for (const { anomalies, detected, rate, chance, median, ninety } of result.anomalies.kinds) {
    expect(detected).toBeLessThanOrEqual(anomalies);
    if (anomalies > 0) for (const share of [rate, chance]) expect(share! >= 0 && share! <= 1).toBe(true);
    if (detected > 0) expect(median! >= 0 && ninety! >= median!).toBe(true);
  }
  expect(await judge(entries, { ...short, detector: 'classic' })).toEqual(result);
  // The first level is the detector's own; at a higher one it alarms less.
  expect(result.levels.map(({ level }) => level)).toEqual(detectors.classic!.levels);
  expect(result.levels[0]).toMatchObject(result.anomalies);
  for (const [l, { false_alarms }] of result.levels.entries()) if (l > 0) expect(false_alarms).toBeLessThanOrEqual(result.levels[l - 1]!.false_alarms);

  const silent = await judge(entries, { ...short, detector: 'never' });
  expect(count(silent)).toBe(count(result));
  for (const { kinds, alarms, false_alarms_hour } of [silent.anomalies, silent.losses]) {
    expect([alarms, false_alarms_hour]).toEqual([0, 0]);
    for (const { anomalies, detected, rate } of kinds) expect([detected, rate]).toEqual([0, anomalies > 0 ? 0 : null]);
  }
}, 60_000);

test('training seeds are refused', async () => {
  await expect(judge({ sensorium, world }, { ...short, seeds: [1, 2], detector: 'classic' })).rejects.toThrow(/unseen ones.*got 2/);
  expect(Object.keys(detectors)).toContain('classic');
});
