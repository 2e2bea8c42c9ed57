// `sensorium run` on recordings of many agents, with sensors at different rates, dropouts, and agents that come and go: each line is
// what the engine says when it is ticked one by one.
import { createSensorium } from 'sensorium';
import { describe, expect, test } from 'vitest';
import { cyclesOf, scratch, sensorium } from './cli-support.ts';

const files = scratch();
const channels = { 'imu.accel': { min: -1, max: 1 }, 'visual.objects': { scale: 0.1 }, 'lidar.points': { min: 0, max: 1500 } } as const;
const names = Object.keys(channels) as (keyof typeof channels)[];

interface Tick {
  seconds: number;
  rows: { agent: number; readings: number[] }[];
}

/** A recording; agents are numbered as they come. */
function record(agents: number, ticks: number): Tick[] {
  let state = 12345;
  const next = () => (state = (Math.imul(state, 1664525) + 1013904223) >>> 0) / 2 ** 32;
  const met = new Map<number, number>();
  return Array.from({ length: ticks }, (_, t) => {
    // Now and then a tick has a row or two; at the beginning there are a tenth of the agents.
    const sparse = t % 17 === 11;
    const rows = [];
    for (let who = 0; who < agents; who++) {
      if (sparse ? who % Math.ceil(agents / 2) !== 1 : who > agents / 10 + (t * agents) / 20 || (who + t) % 40 < 3) continue;
      if (!met.has(who)) met.set(who, met.size);
      const dropped = (t + 7 * who) % 60 < 25 && who % 3 === 0;
      const spike = next() < 0.01 ? 5 : 1;
      const accel = dropped && who % 2 === 0 ? NaN : Math.fround(spike * (next() - 0.5));
      const objects = t % 2 === who % 2 ? Math.floor(next() * 10) : NaN;
      const points = t % 3 === who % 3 && !dropped ? Math.floor(next() * 1500) : NaN;
      rows.push({ agent: met.get(who)!, readings: [accel, objects, points] });
    }
    return { seconds: t / 10, rows };
  }).filter(({ rows }) => rows.length > 0);
}

const csvOf = (recording: Tick[]) =>
  ['time,robot,imu.accel,visual.objects,lidar.points', ...recording.flatMap(({ seconds, rows }) => rows.map(({ agent, readings }) => `${seconds},r${agent},${readings.map((value) => (Number.isNaN(value) ? '' : value)).join(',')}`))].join('\n');

describe.each([
  [120, 240],
  [1500, 12],
])('%d agents', (agents, ticks) => {
  const recording = record(agents, ticks);
  const options = { agents: agents + 3, channels, readings: { lost_after: 1 }, modalities: { visual: { hold: 'once' as const } } };
  const file = files.write(`${agents}.csv`, csvOf(recording));
  const config = files.write(`${agents}.json`, JSON.stringify({ ...options, csv: { agent: 'robot' } }));
  let first: string | undefined;

  test.each(['native', 'wasm'] as const)('%s', async (backend) => {
    const { code, stdout, stderr } = await sensorium(['run', file, '--config', config, '--backend', backend]);
    expect(code, stderr).toBe(0);
    expect(stdout).toBe((first ??= stdout));

    const s = await createSensorium({ ...options, backend });
    const lines = cyclesOf(stdout);
    const count = { rows: 0, lost: 0, anomalies: 0 };
    s.active.fill(0);
    for (const { seconds, rows } of recording) {
      for (const { agent, readings } of rows) {
        s.active[agent] = 1;
        names.forEach((name, c) => (s.sensor(name)[agent] = readings[c]!));
      }
      s.tick(seconds);
      for (const { agent } of rows) {
        const { time, cycle, fused, confidence, output, anomaly, prediction, lost } = s.agent(agent);
        const line = lines[count.rows++]!;
        // The text of an f32 is read back to the same f32.
        const exact = JSON.parse(JSON.stringify(line), (_, value: unknown) => (typeof value === 'number' ? Math.fround(value) : value)) as unknown;
        expect(exact).toEqual(expect.objectContaining({ cycle, agent: `r${agent}`, fused, confidence, output, anomaly, prediction, lost }));
        expect(line.time).toBe(time);
        count.lost += lost.length;
        count.anomalies += anomaly && anomaly.severity !== 'none' ? 1 : 0;
        s.active[agent] = 0;
      }
    }
    expect(lines).toHaveLength(count.rows);
    expect(s.statistics.cycles).toBe(recording.length);
    // It is a recording in which something happens, where it is long enough.
    if (agents === 120) expect(Math.min(count.lost, count.anomalies)).toBeGreaterThan(100);
    s.dispose();
  });
});

test('a recording of the load generator: mixed rates, dropouts, sleepers', async () => {
  // What `simulate` writes are results; as readings they are as good as any, and `lost` tells of the dropouts that made them.
  const load = files.path('load.csv');
  const made = await sensorium(['simulate', '--agents', '140', '--ticks', '60', '--seed', '4', '--pattern', 'mixed', '--rate', '4', '--out', load]);
  expect(made.code, made.stderr).toBe(0);
  const outputs = [];
  for (const backend of ['native', 'wasm']) {
    const { code, stdout, stderr } = await sensorium(['run', load, '--backend', backend]);
    expect(code, stderr).toBe(0);
    expect(stderr).toMatch(/rows +\d,\d{3} in 60 ticks/);
    expect(stderr).toMatch(/agents +1[0-4]\d\n/);
    outputs.push(stdout);
  }
  expect(outputs[0]).toBe(outputs[1]);
});
