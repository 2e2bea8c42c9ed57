// `sensorium run` on real recordings: every row out, the same bytes from both backends, and the figures of whole runs against the
// reference in double precision. SENSORIUM_DATA says where the recordings are; without them these tests are skipped.
import { existsSync, readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { Reference, type ReferenceOptions } from '../reference/reference.ts';
import { Comparison } from './cli-comparison.ts';
import { data } from './cli-data.ts';
import { cyclesOf, scratch, sensorium } from './cli-support.ts';

const files = scratch();

interface Recording {
  name: string;
  /** Rows of the file, without the header. */
  rows: number;
  delimiter: string;
  /** Fields before the first named one. */
  rowNames: number;
  channels: string[];
  firstTime: string;
}

const skabChannels = ['Accelerometer1RMS', 'Accelerometer2RMS', 'Current', 'Pressure', 'Temperature', 'Thermocouple', 'Voltage', 'Volume Flow RateRMS'];
const occupancyChannels = ['Temperature', 'Humidity', 'Light', 'CO2', 'HumidityRatio', 'Occupancy'];
const recordings: Recording[] = [
  { name: 'occupancy/training.csv', rows: 8143, delimiter: ',', rowNames: 1, channels: occupancyChannels, firstTime: '2015-02-04T17:51:00.000Z' },
  { name: 'occupancy/test.csv', rows: 2665, delimiter: ',', rowNames: 1, channels: occupancyChannels, firstTime: '2015-02-02T14:19:00.000Z' },
  ...Array.from({ length: 16 }, (_, i) => ({ name: `skab/valve1/${i}.csv`, rows: -1, delimiter: ';', rowNames: 0, channels: skabChannels, firstTime: '' })),
  { name: 'skab/anomaly-free/anomaly-free.csv', rows: 9405, delimiter: ';', rowNames: 0, channels: skabChannels, firstTime: '' },
  { name: 'etth/ETTh1.csv', rows: 17420, delimiter: ',', rowNames: 0, channels: ['HUFL', 'HULL', 'MUFL', 'MULL', 'LUFL', 'LULL', 'OT'], firstTime: '2016-07-01T00:00:00.000Z' },
];

/** The file by plain splitting: none of these has a delimiter inside quotes. Readings are those that the engine gets: f32. */
function readPlainly({ name, delimiter, rowNames }: Recording, channels: string[]) {
  const unquote = (cell: string) => cell.replaceAll('"', '').trim();
  const [header, ...lines] = readFileSync(`${data}/${name}`, 'utf8').split('\n').filter(Boolean).map((line) => line.split(delimiter).map(unquote));
  const fields = channels.map((channel) => header!.indexOf(channel) + rowNames);
  return lines.map((cells) => ({
    time: Date.parse(`${cells[rowNames]!.replace(' ', 'T')}Z`),
    readings: fields.map((field) => Math.fround(Number(cells[field]))),
  }));
}

describe.each(recordings)('$name', (recording) => {
  const path = `${data}/${recording.name}`;
  const absent = !existsSync(path) && `${path} is not there: set SENSORIUM_DATA`;

  test('every row, the same bytes from both backends, the figures of the reference', { timeout: 120_000 }, async (context) => {
    if (absent) return context.skip(absent);
    const config = files.path('config.json');
    expect((await sensorium(['inspect', path, '--out', config, '--quiet'])).code).toBe(0);
    const native = await sensorium(['run', path, '--backend', 'native']);
    expect(native.code, native.stderr).toBe(0);
    for (const args of [['--backend', 'wasm'], ['--backend', 'native', '--isa', 'scalar', '--config', config]]) {
      const other = await sensorium(['run', path, ...args]);
      expect(other.code, other.stderr).toBe(0);
      // Not toBe: a difference would print megabytes.
      expect(other.stdout === native.stdout, args.join(' ')).toBe(true);
    }

    const options = JSON.parse(readFileSync(config, 'utf8')) as ReferenceOptions;
    expect(Object.keys(options.channels)).toEqual(recording.channels);
    const rows = readPlainly(recording, recording.channels);
    const cycles = cyclesOf(native.stdout);
    expect(cycles).toHaveLength(rows.length);
    if (recording.rows >= 0) expect(cycles).toHaveLength(recording.rows);
    if (recording.firstTime) expect(cycles[0]!.time).toBe(recording.firstTime);
    const reference = new Reference(options);
    const comparison = new Comparison();
    rows.forEach(({ time, readings }, i) => {
      const got = cycles[i]!;
      expect(got.cycle).toBe(i + 1);
      expect(Date.parse(got.time as string)).toBe(time);
      const [wanted] = reference.tick(time / 1000, [{ agent: 0, readings }]);
      comparison.cycle(got, wanted!);
    });
    expect(comparison.unsure / rows.length).toBeLessThan(0.02);
    if (process.env['DEBUG']) console.log(recording.name, 'worst shares of the tolerances', comparison.worst, 'unsure', comparison.unsure, 'of', rows.length);
  });
});
