// `sensorium explain`, and --metrics of `run` and `simulate`.
import { existsSync, readFileSync } from 'node:fs';
import type { Explanation, Metrics } from 'sensorium';
import { expect, test } from 'vitest';
import { scratch, sensorium } from './cli-support.ts';

const files = scratch();
const csv = `time,a,b\n${Array.from({ length: 200 }, (_, i) => `${i},${i % 7},${i % 5}`).join('\n')}\n`;

test('run --metrics tells it in the summary', async () => {
  const path = files.write('rows.csv', csv);
  const { code, stdout, stderr } = await sensorium(['run', path, '--metrics']);
  expect(code, stderr).toBe(0);
  expect(stdout.split('\n')).toHaveLength(201);
  expect(stderr).toMatch(/^ {2}tick latency +p50 [\d.]+ [nµm]?s, p95 .*, p99 .*, max .*, mean .* \(the clock's step: [\d.]+ [nµm]?s\)$/m);
  expect(stderr).toMatch(/^ {2}tick rate +[\d,.]+ ticks\/s with all that is done between them, [\d,]+ agent-cycles\/s in them$/m);
  expect(stderr).toMatch(/^ {2}stages +\w+ [\d.]+ %, .* \(of 3 ticks that were looked into\)$/m);
  expect(stderr).toMatch(/^ {2}memory +[\d.]+ KiB: \w+ [\d.]+ %/m);
  const plain = await sensorium(['run', path]);
  expect(plain.stderr).not.toContain('tick latency');
  expect(plain.stdout).toBe(stdout);
});

test('--metrics-json writes all figures', async () => {
  const run = await sensorium(['run', files.write('rows.csv', csv), '--metrics-json', files.path('run.json'), '--quiet']);
  expect(run.stderr).toBe('');
  const figures = JSON.parse(readFileSync(files.path('run.json'), 'utf8')) as Metrics;
  expect(figures).toMatchObject({ cycles: 200, agent_cycles: 200, latency: { count: 200 }, stages: { count: 3 } });

  const simulate = await sensorium(['simulate', '--agents', '100', '--ticks', '70', '--metrics', '--metrics-json', files.path('simulate.json')]);
  expect(simulate.stdout).toMatch(/^ {2}tick latency /m);
  expect((JSON.parse(readFileSync(files.path('simulate.json'), 'utf8')) as Metrics).agent_cycles).toBe(7000);

  // Told before the run, of which nothing is left then.
  const [none, out] = [files.path('no/such/folder.json'), files.path('out.ndjson')];
  for (const command of [['run', files.path('rows.csv')], ['simulate', '--ticks', '1']]) {
    const refused = await sensorium([...command, '--out', out, '--metrics-json', none]);
    expect(refused).toMatchObject({ code: 1, stderr: expect.stringContaining(`sensorium: --metrics-json: ${none} cannot be written: `) });
    expect(existsSync(out)).toBe(false);
  }
});

test('explain: a table and JSON that say the same', async () => {
  const config = files.write('config.json', JSON.stringify({ agents: 2000, neighbors: { k: 4 }, csv: { delimiter: ';' } }));
  const { code, stdout } = await sensorium(['explain', '--config', config]);
  expect(code).toBe(0);
  const json = JSON.parse((await sensorium(['explain', '--config', config, '--json'])).stdout) as Explanation & { agents: number };
  expect(json.agents).toBe(2000);
  const number = (text: string | undefined) => Number(text?.replaceAll(',', ''));
  const rows = new Map([...stdout.matchAll(/^ {2}(\S.*?) {2,}([\d,]+) {2,}([\d.,]+)/gm)].map(([, name, bytes]) => [name, number(bytes)]));
  expect(rows.get('all')).toBe(json.bytes);
  for (const [part, bytes] of Object.entries(json.parts)) expect(rows.get(part) ?? 0, part).toBe(bytes);
  for (const { option, bytes } of json.options) expect(rows.get(option), option).toBe(bytes);
  expect(json.options.map(({ option }) => option)).toContain('neighbors.k');

  const many = JSON.parse((await sensorium(['explain', '--config', config, '--agents', '100000', '--json'])).stdout) as Explanation & { agents: number };
  expect(many.agents).toBe(100_000);
  expect(many.bytes).toBeGreaterThan(40 * json.bytes);
  expect((await sensorium(['explain'])).stdout).toMatch(/^1 agent: [\d.]+ KiB\n/);
});

test('explain of what no engine can be made of: as `run` has it', async () => {
  const config = files.write('isa.json', JSON.stringify({ isa: 'abacus' }));
  for (const command of [['explain'], ['run', files.write('isa.csv', csv)]]) {
    const refused = await sensorium([...command, '--config', config]);
    expect(refused).toMatchObject({ code: 1, stderr: expect.stringContaining('does not have that instruction set: isa: expected one of ') });
  }
  const wasm = files.write('isa-wasm.json', JSON.stringify({ isa: 'wasm' }));
  expect(await sensorium(['explain', '--config', wasm])).toMatchObject({ code: 0, stderr: '' });
});

test('explain of wrong options', async () => {
  const config = files.write('wrong.json', JSON.stringify({ detection: { windw: 3 } }));
  const { code, stderr, stdout } = await sensorium(['explain', '--config', config]);
  expect([code, stdout]).toEqual([1, '']);
  expect(stderr).toContain('detection.windw');
  expect((await sensorium(['explain', '--agents', '0'])).code).toBe(2);
  expect((await sensorium(['help', 'explain'])).stdout).toContain('$ sensorium explain --agents 10000');
});
