// A file that a command writes is none of the others it was told of, and nothing of somebody else's: else it is refused before anything is written.
import { linkSync, readdirSync, readFileSync, symlinkSync, writeFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { modelFile } from './cli-model.ts';
import { scratch, sensorium } from './cli-support.ts';

const files = scratch();
const rows = 'time,a,b\n0,1,2\n1,2,3\n2,3,4\n';
const input = files.write('in.csv', rows);
const partial = files.write('out.csv.partial', rows);
const model = files.write('net.safetensors', modelFile([1, -2, 0.5, 4]));
const config = files.write('config.json', JSON.stringify({ channels: { a: {}, b: {} }, network: { model: 'net.safetensors' } }));
const out = files.path('out.csv');
linkSync(input, files.path('hard.csv'));
symlinkSync(files.folder, files.path('folder'));
const kept = ['--snapshot-every', '1'];

const texts = () => Object.fromEntries(readdirSync(files.folder).filter((name) => name !== 'folder').map((name) => [name, readFileSync(files.path(name), 'latin1')]));

test.each([
  ['the input and --out', ['run', input, '--out', input]],
  ['the input and --out', ['run', input, '--out', files.path('hard.csv')]],
  ['the input and --snapshot', ['run', input, '--out', out, ...kept, '--snapshot', input]],
  ['the input and --snapshot', ['run', input, '--out', out, '--resume', '--snapshot', files.path('folder/in.csv')]],
  ["the input and --out's .partial", ['run', partial, '--out', out, ...kept]],
  ["the input and --snapshot's temporary file", ['run', files.write('in.tmp', rows), '--out', out, ...kept, '--snapshot', files.path('in')]],
  ['the input and --metrics-json', ['run', input, '--metrics-json', input]],
  ['--config and --out', ['run', input, '--config', config, '--out', config]],
  ['--config and --snapshot', ['run', input, '--config', config, '--out', out, ...kept, '--snapshot', config]],
  ['--config and --metrics-json', ['run', input, '--config', config, '--metrics-json', config]],
  ['network.model of --config and --snapshot', ['run', input, '--config', config, '--out', out, ...kept, '--snapshot', model]],
  ['--out and --snapshot', ['run', input, '--out', out, ...kept, '--snapshot', out]],
  ['--out and --snapshot', ['run', input, '--out', out, ...kept, '--snapshot', files.path('folder/out.csv')]],
  ["--snapshot and --out's .partial", ['run', input, '--out', out, ...kept, '--snapshot', partial]],
  ["--snapshot and --out's .lock", ['run', input, '--out', out, ...kept, '--snapshot', `${out}.lock`]],
  ["--snapshot's .lock and --metrics-json", ['run', input, '--out', out, ...kept, '--snapshot', files.path('s'), '--metrics-json', files.path('s.lock')]],
  ['--snapshot and --metrics-json', ['run', input, '--out', out, ...kept, '--snapshot', files.path('s'), '--metrics-json', files.path('s')]],
  ['--out and --metrics-json', ['run', input, '--out', out, '--metrics-json', out]],
  ['the input and --out', ['inspect', input, '--out', input]],
  ['--out and --metrics-json', ['simulate', '--ticks', '1', '--out', out, '--metrics-json', files.path('./out.csv')]],
  ['--out and --truth', ['simulate', '--world', 'plaza', '--out', out, '--truth', files.path('folder/out.csv')]],
])('a file of its own for each of %s', async (names, args) => {
  const before = texts();
  const { code, stderr } = await sensorium(args);
  expect(code, stderr).toBe(2);
  expect(stderr).toContain(`expected a file of its own for each of ${names}, got `);
  expect(texts()).toEqual(before);
});

test('devices are shared', async () => {
  const { code, stderr } = await sensorium(['run', input, '--out', '/dev/null', '--metrics-json', '/dev/null']);
  expect(code, stderr).toBe(0);
});

test('only the snapshot of a run is replaced', async () => {
  const other = files.path('other.ndjson');
  for (const [name, text] of [['mine.db', 'precious\n'], ['empty.db', ''], ['begun.db.tmp', 'precious\n']] as const) {
    const path = files.write(name, text);
    for (const more of [kept, ['--resume'], [...kept, '--resume']]) {
      const { code, stderr } = await sensorium(['run', input, '--out', other, '--snapshot', path.replace(/\.tmp$/, ''), ...more]);
      expect(code, stderr).toBe(1);
      expect(stderr).toContain(`--snapshot: expected nothing in ${path}, or the snapshot of a run, got another file`);
      expect(readFileSync(path, 'utf8')).toBe(text);
    }
  }
  const folder = await sensorium(['run', input, '--out', other, '--snapshot', files.folder, ...kept]);
  expect(folder).toMatchObject({ code: 1, stderr: expect.stringContaining('got another file') });
  const older = files.path('older.snapshot');
  writeFileSync(older, 'sensorium-run 1 of an older run');
  // What a run that was killed while it wrote leaves behind.
  writeFileSync(`${older}.tmp`, 'sensor');
  const { code, stderr } = await sensorium(['run', input, '--out', other, '--snapshot', older, ...kept]);
  expect(code, stderr).toBe(0);
  expect(readdirSync(files.folder).filter((name) => /^(older|other)/.test(name))).toEqual(['other.ndjson']);
});
