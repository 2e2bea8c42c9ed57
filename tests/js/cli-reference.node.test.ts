// Whole runs with everything that recordings lack: several agents at different rates, missing cells, lost sensors, readings that fade,
// deep networks. Against the reference in double precision, byte for byte on both backends.
import { expect, test } from 'vitest';
import { Reference, randomUnit, type ReferenceOptions } from '../reference/reference.ts';
import { Comparison } from './cli-comparison.ts';
import { cyclesOf, scratch, sensorium } from './cli-support.ts';

const files = scratch();

const options: ReferenceOptions = {
  agents: 5,
  channels: {
    'air.temperature': { min: -10, max: 40, weight: 2 },
    'air.co2': { scale: 1 / 2000, offset: 400, clamp: true },
    pressure: { min: 95_000, max: 105_000, weight: 0.5 },
    tilt: { scale: 3, absolute: true, weight: 0 },
    note: { feature: false },
  },
  readings: { lost_after: 4, half_life: 3 },
  modalities: { pressure: { lost_after: 9, half_life: null } },
  network: { seed: 12345678901, layers: [{ units: 7, activation: 'tanh' }, { units: 9, activation: 'relu' }, { units: 5, activation: 'sigmoid' }, { units: 3, activation: 'softmax' }] },
  detection: { window: 30, min_samples: 4, low: 1.5, medium: 2, high: 2.5 },
  prediction: { window: 12, horizon: 5, min: 0.1, max: 0.9 },
};
const names = Object.keys(options.channels);

/** Rows of five agents, some of them missing, with cells missing alone and for long. */
function makeRows() {
  const random = (agent: number, tick: number, stream: number) => randomUnit(7, agent, tick, stream);
  return Array.from({ length: 600 }, (_, tick) =>
    [0, 1, 2, 3, 4]
      .filter((agent) => random(agent, tick, 50) > 0.1 * agent)
      .map((agent) => {
        const calm = random(agent, Math.floor(tick / 40), 60) < 0.2;
        const blackout = random(agent, Math.floor(tick / 25), 61) < 0.15;
        const value = (channel: number) => {
          const out = blackout || random(agent, Math.floor(tick / 15), 70 + channel) < 0.25 || random(agent, tick, 80 + channel) < 0.2;
          const noise = calm ? 0 : random(agent, tick, channel) - 0.5;
          const base = [15 + 10 * Math.sin(tick / 30 + agent), 700 + 5 * tick, 101_000 + 500 * Math.cos(tick / 11), Math.sin(tick / 5), 1][channel]!;
          return out ? '' : (base + noise * [4, 300, 900, 0.5, 0][channel]!).toFixed(4);
        };
        return { tick, agent, cells: names.map((_, channel) => value(channel)) };
      }),
  );
}

test('several agents, missing cells, lost sensors, fading readings, a deep network', async () => {
  const config = files.write('mixed.json', JSON.stringify(options));
  const ticks = makeRows();
  const text = `time,agent,${names.join(',')}\n${ticks.flat().map(({ tick, agent, cells }) => `${tick / 2},robot ${agent},${cells.join(',')}`).join('\n')}\n`;
  const native = await sensorium(['run', '-', '--config', config, '--backend', 'native'], text);
  expect(native.code, native.stderr).toBe(0);
  const wasm = await sensorium(['run', '-', '--config', config, '--backend', 'wasm'], text);
  expect(wasm.stdout === native.stdout).toBe(true);

  const reference = new Reference(options);
  const wanted = ticks.flatMap((rows, tick) => {
    const active = rows.map(({ agent, cells }) => ({ agent, readings: cells.map((cell) => (cell === '' ? NaN : Math.fround(Number(cell)))) }));
    return reference.tick(tick / 2, active);
  });
  const cycles = cyclesOf(native.stdout);
  expect(cycles.map(({ agent }) => agent)).toEqual(ticks.flat().map(({ agent }) => `robot ${agent}`));
  const comparison = new Comparison([1.5, 2, 2.5]);
  cycles.forEach((cycle, i) => comparison.cycle(cycle, wanted[i]!));
  expect(comparison.unsure / cycles.length).toBeLessThan(0.02);
  // The run has had all that it is about.
  expect(new Set(cycles.flatMap(({ lost }) => lost))).toEqual(new Set(['air', 'pressure', 'tilt']));
  expect(new Set(cycles.map(({ anomaly }) => anomaly?.severity))).toEqual(new Set([undefined, 'none', 'low', 'medium', 'high']));
  expect(cycles.some(({ confidence }) => confidence === 0)).toBe(true);
  expect(cycles.some(({ prediction }) => prediction?.values[4] === Math.fround(0.9) || prediction?.values[4] === 0.9)).toBe(true);
});
