// `sensorium simulate`, the help, and what a wrong command line is answered.
import { readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { createSensorium } from 'sensorium';
import { cyclesOf, scratch, sensorium, start } from './cli-support.ts';

const files = scratch();

describe('simulate', () => {
  test.each(['dense', 'mixed'])('%s: the same digest on every backend and instruction set', async (pattern) => {
    const load = ['simulate', '--agents', '33', '--ticks', '200', '--seed', '7', '--pattern', pattern];
    const digests = [];
    for (const args of [['--backend', 'native'], ['--backend', 'native', '--isa', 'scalar'], ['--backend', 'wasm']]) {
      const { code, stdout, stderr } = await sensorium([...load, ...args]);
      expect(code, stderr).toBe(0);
      expect(stdout).toMatch(/It is load, not evidence/);
      for (const line of [/agents +33, 200 ticks, [\d,]+ agent-cycles/, /agent-cycles\/s, [\d.,]+ ns an agent-cycle/, /anomalies +[\d,]+ begun/]) expect(stdout).toMatch(line);
      digests.push([/digest +(\w{16})/.exec(stdout)![1], /mean fused +([\d.]+)/.exec(stdout)![1]]);
    }
    expect(digests[1]).toEqual(digests[0]);
    expect(digests[2]).toEqual(digests[0]);
    const other = await sensorium([...load, '--seed', '8']);
    expect(other.stdout).not.toContain(digests[0]![0]);
  });

  test('--out has a line for each active agent and n-th tick, as the facade has them', async () => {
    const out = files.path('load.ndjson');
    const { code, stdout, stderr } = await sensorium(['simulate', '--agents', '5', '--ticks', '50', '--seed', '3', '--pattern', 'mixed', '--rate', '10', '--every', '7', '--out', out]);
    expect(code, stderr).toBe(0);
    expect(stdout).toBe('');
    expect(stderr).toMatch(/digest/);
    const engine = await createSensorium({ agents: 5 });
    const wanted: object[] = [];
    for (let tick = 0; tick < 50; tick++) {
      engine.simulate(3, { pattern: 'mixed' });
      engine.tick(tick / 10);
      if (tick % 7 === 0) for (let agent = 0; agent < 5; agent++) if (engine.active[agent]) wanted.push(engine.agent(agent));
    }
    engine.dispose();
    const cycles = cyclesOf(readFileSync(out, 'utf8'));
    expect(cycles).toHaveLength(wanted.length);
    const f32 = (_: string, value: unknown) => (typeof value === 'number' ? Math.fround(value) : value);
    expect(JSON.stringify(cycles, f32)).toBe(JSON.stringify(wanted, f32));
  });

  test('Ctrl-C ends with what was done', async () => {
    const running = start(['simulate', '--agents', '100', '--ticks', '1000000000']);
    await new Promise((resolve) => setTimeout(resolve, 1000));
    running.child.kill('SIGINT');
    const { code, stdout } = await running.finished;
    expect(code).toBe(130);
    expect(stdout).toMatch(/^Interrupted/);
    expect(stdout).toMatch(/agents +100, [\d,]+ ticks/);
  });
});

describe('help and usage', () => {
  test('help', async () => {
    const root = await sensorium(['--help']);
    expect(root.code).toBe(0);
    for (const text of ['run', 'inspect', 'simulate', 'Exit codes', 'Examples']) expect(root.stdout).toContain(text);
    for (const command of ['run', 'inspect', 'simulate']) {
      const help = await sensorium(['help', command]);
      expect(help.code).toBe(0);
      expect(help.stdout).toMatch(/Examples:\n {2}\$ sensorium/);
      expect((await sensorium([command, '--help'])).stdout).toBe(help.stdout);
    }
    const { version } = JSON.parse(readFileSync(new URL('../../package.json', import.meta.url), 'utf8')) as { version: string };
    expect((await sensorium(['--version'])).stdout).toBe(`${version}\n`);
  });

  test.each([
    [[], /Usage: sensorium/],
    [['fly'], /unknown command 'fly'/],
    [['help', 'nope'], /unknown command 'nope'/],
    [['run'], /missing required argument 'file'/],
    [['run', 'a.csv', 'b.csv'], /too many arguments/],
    [['run', 'a.csv', '--fast'], /unknown option '--fast'/],
    [['run', 'a.csv', '--backend', 'gpu'], /Allowed choices are auto, native, wasm/],
    [['run', 'a.csv', '--agents', '0'], /Expected a whole number from 1 to 1000000/],
    [['run', 'a.csv', '--agents', 'many'], /Expected a whole number/],
    [['simulate', '--ticks', '-1'], /Expected a whole number/],
    [['simulate', '--rate', '0'], /Expected a number above 0/],
    [['simulate', '--pattern', 'sparse'], /Allowed choices are dense, mixed/],
  ])('%j is wrong usage', async (args, message) => {
    const { code, stdout, stderr } = await sensorium(args);
    expect(code).toBe(2);
    expect(stderr).toMatch(message);
    expect(stdout).toBe('');
  });
});
