// `sensorium run` with a configuration of angles and categories: the lines hold the library's numbers.
import { createSensorium, type SensoriumOptions } from 'sensorium';
import { expect, test } from 'vitest';
import { cyclesOf, scratch, sensorium } from './cli-support.ts';

const files = scratch();

const options = {
  channels: {
    'wind.direction': { kind: 'circular', period: 360, weight: 1 },
    'wind.speed': { min: 0, max: 40 },
    event: { kind: 'categorical', categories: 3 },
  },
  network: { layers: [{ units: 2, activation: 'tanh' }] },
} as const satisfies SensoriumOptions;

test('angles and categories from a file', async () => {
  const rows = [[350, 10, 0], [10, 12, 2], [-170, 8, 1], [190, NaN, 7]] as const;
  const csv = `direction,wind.speed,event\n${rows.map((row) => row.map((value) => (Number.isNaN(value) ? '' : value)).join(',')).join('\n')}\n`;
  const config = files.write('kinds.json', JSON.stringify({ ...options, csv: { columns: { 'wind.direction': 'direction' } } }));
  const { code, stdout, stderr } = await sensorium(['run', '-', '--config', config], csv);
  expect(code, stderr).toBe(0);
  const s = await createSensorium(options);
  const expected = rows.map(([direction, speed, event], row) => {
    s.sensors.wind.direction[0] = direction;
    s.sensors.wind.speed[0] = speed;
    s.sensors.event[0] = event;
    s.tick(row + 1);
    return { fused: s.results.fused[0], output: s.results.output.map((column) => column[0]) };
  });
  s.dispose();
  const got = cyclesOf(stdout).map(({ fused, output }) => ({ fused: Math.fround(fused), output: output.map(Math.fround) }));
  expect(got).toEqual(expected);
});

test('a wrong option of a kind is named as in the file', async () => {
  const config = files.write('wrong.json', JSON.stringify({ channels: { wind: { kind: 'circular', scale: 2 }, level: {} } }));
  const { code, stderr } = await sensorium(['run', '-', '--config', config], 'wind,level\n1,2\n');
  expect(code).toBe(1);
  expect(stderr).toContain('channels.wind.scale: expected a channel that is linear, got circular');
});
