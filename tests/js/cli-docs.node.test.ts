// What docs/cli.md shows is what the commands print.
import { existsSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { expect, test } from 'vitest';
import { data } from './cli-data.ts';
import { scratch, sensorium } from './cli-support.ts';

/** Five digits: the last one may be another after a change of the core that is none to users. */
const rounded = (text: string) => text.replace(/-?\d+\.\d{5,}/g, (number) => String(Number(Number(number).toPrecision(5))));
const docs = rounded(readFileSync(fileURLToPath(new URL('../../docs/cli.md', import.meta.url)), 'utf8'));
/** Not toContain: it would print the whole document. */
const shows = (text: string) => expect(docs.includes(rounded(text)), text).toBe(true);
const files = scratch();

test('run', async (context) => {
  const path = `${data}/skab/valve1/1.csv`;
  if (!existsSync(path)) return context.skip(`${path} is not there: set SENSORIUM_DATA`);
  const { stdout, stderr } = await sensorium(['run', path]);
  shows(stdout.split('\n')[599]!);
  // But for the speed and where it ran.
  for (const line of stderr.replaceAll(`${data}/`, '').trimEnd().split('\n')) if (!/rows\/s|ran on/.test(line)) shows(`\n${line}\n`);
});

test('bad lines', async () => {
  files.write('bad.csv', 'time,device,temperature\n0,left,20\n0,right,21\n1,left,oops\n1,right,21.5\n');
  const bad = await sensorium(['run', files.path('bad.csv'), '--quiet']);
  shows(`$ sensorium run bad.csv --quiet\n${bad.stdout}${bad.stderr.replaceAll(`${files.folder}/`, '')}`);
  const skipped = await sensorium(['run', files.path('bad.csv'), '--skip-bad']);
  shows(skipped.stderr.replaceAll(`${files.folder}/`, '').slice(skipped.stderr.indexOf('  skipped ')));
});

test('positions', async () => {
  const shown = /^\$ cat crowd\.json\n(.*)\n\$ cat crowd\.csv\n([^$]*)\$ sensorium/m.exec(docs)!;
  files.write('crowd.json', shown[1]!);
  files.write('crowd.csv', shown[2]!);
  const { stdout, stderr } = await sensorium(['run', files.path('crowd.csv'), '--config', files.path('crowd.json'), '--position', 'x,y']);
  const line = stdout.split('\n')[3]!;
  shows(line.slice(line.indexOf('"neighbors"')));
  shows(stderr.slice(stderr.indexOf('  densest ')));
});

test('simulate', async () => {
  const { stdout } = await sensorium(['simulate', '--agents', '10000', '--ticks', '1000', '--seed', '1']);
  const figures = stdout.split('\n').filter((line) => /anomalies|mean fused|agents/.test(line));
  expect(figures).toHaveLength(3);
  for (const line of figures) shows(`\n${line}\n`);
});

test('explain: its rows, and bytes that are not stale', async () => {
  const shown = /^\$ cat crowd\.json\n(.*)\n/m.exec(docs)!;
  files.write('explained.json', shown[1]!);
  const { stdout } = await sensorium(['explain', '--config', files.path('explained.json'), '--agents', '10000']);
  const rows = [...stdout.matchAll(/^ {2}(\S.*?) {2,}([\d,]+) .*$/gm)];
  expect(rows.length).toBeGreaterThan(15);
  const bytes = (text: string) => Number(text.replaceAll(',', ''));
  for (const [, name, expected] of rows) {
    const found = docs.slice(docs.indexOf('\n## explain')).split('\n').find((line) => line.startsWith(`  ${name}  `));
    const got = bytes(/ {2,}([\d,]+) /.exec(found ?? '')?.[1] ?? 'none');
    // A part that grew by less than a tenth tells the same.
    expect(Math.abs(got / bytes(expected!) - 1), `${name}: ${expected}, in the docs ${found}`).toBeLessThan(0.1);
  }
});
