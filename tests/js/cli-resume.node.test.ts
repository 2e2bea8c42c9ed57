// `sensorium run --snapshot-every --resume` as processes that are killed: what comes of it is what an uninterrupted run writes, byte for byte.
import { appendFileSync, existsSync, mkdirSync, readFileSync, rmSync, statSync, truncateSync, writeFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { modelFile } from './cli-model.ts';
import { scratch, sensorium, start } from './cli-support.ts';

const files = scratch();
const backends = ['native', 'wasm'];

/** mulberry32: the moments at which runs are killed. */
function generator(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let t = Math.imul(state ^ (state >>> 15), state | 1);
    t ^= t + Math.imul(t ^ (t >>> 7), t | 61);
    return ((t ^ (t >>> 14)) >>> 0) / 4294967296;
  };
}

/** Some machines that read together at most times, with gaps, and a line now and then that cannot be read. */
function recording(rows: number, seed: number): string {
  const random = generator(seed);
  let text = 'time,machine,load,heat\n';
  for (let row = 0, time = 0; row < rows; time += 0.5) {
    for (let machine = 0; machine < 5 && row < rows; machine++) {
      if (random() < 0.2) continue;
      text += random() < 0.002 ? `${time},broken\n` : `${time},press ${machine},${random().toFixed(3)},${random() < 0.1 ? '' : (20 + random()).toFixed(2)}\n`;
      row++;
    }
  }
  return text;
}

/** Rows of recordings, until one lasts long enough to be killed while it is read: no test knows how fast a machine is, nor how busy. */
const lengths = (rows: number) => [rows, 4 * rows, 16 * rows, 64 * rows];

const single = (rows: number) => 'time,load\n' + Array.from({ length: rows }, (_, i) => `${i},${((i * 7919) % 1000) / 1000}\n`).join('');

/** Which of the snapshots in a file this is: each is a file of its own, put in its place. */
const snapshotIn = (path: string) => statSync(path, { throwIfNoEntry: false })?.ino;
const forget = (out: string) => [out, `${out}.snapshot`, `${out}.partial`, `${out}.lock`, `${out}.snapshot.lock`].forEach((file) => rmSync(file, { force: true }));
const pause = (milliseconds: number) => new Promise((resolve) => setTimeout(resolve, milliseconds));

/**
 * Runs a run that is killed a few times: at some moment from its start, and some moment after it was written down anew. Then it may come to its end,
 * and has written what is in `whole`. Returns what it said at last; null when it came to its end before it had been killed often enough, which tells nothing.
 */
async function runKilled(args: string[], out: string, whole: string, seed: number, signal: NodeJS.Signals = 'SIGKILL'): Promise<string | null> {
  const random = generator(seed);
  const kills = 4;
  forget(out);
  for (let killed = 0; ; killed++) {
    const before = snapshotIn(`${out}.snapshot`);
    const running = start([...args, '--out', out, '--resume']);
    if (killed < kills) {
      if (killed % 3 === 0) await pause(random() * 600);
      else while (running.child.exitCode === null && snapshotIn(`${out}.snapshot`) === before) await pause(1);
      await pause(random() * 30);
      running.child.kill(signal);
    }
    const { code, stderr } = await running.finished;
    if (existsSync(out)) {
      expect(readFileSync(out).equals(readFileSync(whole)), 'no half file is in its place').toBe(true);
      // Killed or not, it had come to its end.
      if (killed < 3 || code !== 0) return null;
      expect(stderr).toMatch(/^Goes on with line \d+ of /m);
      return stderr;
    }
    expect(code, stderr).not.toBe(0);
    // Before it listens to signals, a process ends by them.
    if (signal === 'SIGINT' && code !== null) {
      expect(code, stderr).toBe(130);
      if (existsSync(`${out}.snapshot`)) expect(stderr).toContain(`${out} was not written; --resume goes on`);
    }
  }
}

/** The summary, without what depends on time. */
const summaryIn = (stderr: string) => stderr.slice(stderr.indexOf('Done:')).replace(/, [\d,]+ rows\/s/, '');

describe.each(backends)('a run that is killed, on %s', (backend) => {
  test.each([
    ['several agents', (rows: number) => recording(rows, 1), 'ndjson', ['--skip-bad']],
    ['one agent', single, 'csv', []],
  ] as const)('%s: goes on, nothing twice and nothing missing', async (name, text, format, more) => {
    const whole = files.path(`${backend}-whole.${format}`);
    const out = files.path(`${backend}-resumed.${format}`);
    for (const rows of lengths(80_000)) {
      const input = files.write(`${backend}-${format}.csv`, text(rows));
      const args = ['run', input, '--backend', backend, '--snapshot-every', '500', ...more];
      const uninterrupted = await sensorium(['run', input, '--backend', backend, ...more, '--out', whole]);
      const told = await runKilled(args, out, whole, name.length);
      if (told === null) continue;
      expect(summaryIn(told)).toBe(summaryIn(uninterrupted.stderr));
      expect(summaryIn(told)).toMatch(/agents +\d/);
      expect([`${out}.snapshot`, `${out}.partial`, `${out}.lock`, `${out}.snapshot.lock`].some(existsSync)).toBe(false);
      return;
    }
    expect.unreachable('every run came to its end before it was killed');
  }, 300_000);

  test('Ctrl-C: says that --resume goes on', async () => {
    const whole = files.path(`${backend}-ctrl-c-whole.ndjson`);
    const out = files.path(`${backend}-ctrl-c.ndjson`);
    for (const rows of lengths(40_000)) {
      const input = files.write(`${backend}-ctrl-c.csv`, single(rows));
      await sensorium(['run', input, '--backend', backend, '--out', whole]);
      if (await runKilled(['run', input, '--backend', backend, '--snapshot-every', '100'], out, whole, 5, 'SIGINT')) return;
    }
    expect.unreachable('every run came to its end before it was interrupted');
  }, 300_000);
});

/** Writes to a run's standard input until it is written down at least once, and kills it. */
async function startAndKill(text: string, out: string, more: string[] = [], lines = text): Promise<string> {
  const config = files.write('stream.json', JSON.stringify({ agents: 1, channels: { load: {} }, csv: { delimiter: ',', decimal: '.', header: true, time: 'time', time_format: 'seconds', agent: null } }));
  const running = start(['run', '-', '--config', config, '--out', out, '--snapshot-every', '10', ...more]);
  running.stdin.write(lines);
  while (!existsSync(`${out}.snapshot`)) await new Promise((resolve) => setTimeout(resolve, 20));
  running.child.kill('SIGKILL');
  await running.finished;
  return config;
}

describe('what a run goes on from', () => {
  test('a stream: what comes after is the rest', async () => {
    const out = files.path('stream.ndjson');
    const whole = files.path('stream-whole.ndjson');
    const rows = single(95).split(/(?<=\n)/);
    const config = await startAndKill(rows.slice(0, 52).join(''), out);
    // It says with which line it goes on, and whoever writes to it does.
    const state = readFileSync(`${out}.snapshot`, 'utf8');
    const line = Number(/"input":\{"line":(\d+)/.exec(state)![1]);
    expect(line).toBeGreaterThan(10);
    const { code, stderr } = await sensorium(['run', '-', '--config', config, '--out', out, '--resume'], rows.slice(line - 1).join(''));
    expect(code, stderr).toBe(0);
    expect(stderr).toContain(`Goes on with line ${line} of standard input`);
    await sensorium(['run', '-', '--config', config, '--out', whole], rows.join(''));
    expect(readFileSync(out, 'utf8')).toBe(readFileSync(whole, 'utf8'));
    expect(stderr).toMatch(/rows +95 in 95 ticks/);
  });

  /** A run of a file that was killed after it had been written down. */
  async function killed(name: string, text = single, more: string[] = []) {
    const input = files.path(`${name}.csv`);
    const out = files.path(`${name}.ndjson`);
    const args = ['run', input, '--out', out, '--snapshot-every', '100', '--resume', ...more];
    for (const rows of lengths(30_000)) {
      files.write(`${name}.csv`, text(rows));
      forget(out);
      const running = start(args);
      while (running.child.exitCode === null && !existsSync(`${out}.snapshot`)) await pause(5);
      running.child.kill('SIGKILL');
      await running.finished;
      if (!existsSync(out)) return { rows, input, out, args, snapshot: `${out}.snapshot`, partial: `${out}.partial` };
    }
    return expect.unreachable('every run came to its end before it was killed');
  }

  test('a file that has grown since', async () => {
    const { rows, input, out, args } = await killed('grown');
    appendFileSync(input, `${rows},0.5\n${rows + 1},0.25\n`);
    expect((await sensorium(args)).code).toBe(0);
    const whole = files.path('grown-whole.ndjson');
    await sensorium(['run', input, '--out', whole]);
    expect(readFileSync(out).equals(readFileSync(whole))).toBe(true);
  });

  test('on another backend and instruction set', async () => {
    const { input, out, args } = await killed('elsewhere');
    const { code, stderr } = await sensorium([...args, '--backend', 'wasm', '--isa', 'scalar']);
    expect(code, stderr).toBe(0);
    expect(stderr).toMatch(/Goes on with line[^]*ran on +wasm, scalar/);
    const whole = files.path('elsewhere-whole.ndjson');
    await sensorium(['run', input, '--out', whole]);
    expect(readFileSync(out).equals(readFileSync(whole))).toBe(true);
  });

  test('after a bad line: with --skip-bad, or mended', async () => {
    const bad = single(3000).replace('\n1500,', '\noops,');
    const whole = files.path('bad-whole.ndjson');
    for (const [name, mend, more] of [['skipped', bad, ['--skip-bad']], ['mended', single(3000), []]] as const) {
      const input = files.write(`bad-${name}.csv`, bad);
      const out = files.path(`bad-${name}.ndjson`);
      const args = ['run', input, '--out', out, '--snapshot-every', '400', '--resume'];
      const failed = await sensorium(args);
      expect(failed).toMatchObject({ code: 1, stderr: expect.stringContaining('line 1502') });
      expect(existsSync(out)).toBe(false);
      writeFileSync(input, mend);
      const { code, stderr } = await sensorium([...args, ...more]);
      expect(code, stderr).toBe(0);
      expect(stderr).toContain('Goes on with line 1202 of');
      await sensorium(['run', input, '--out', whole, ...more]);
      expect(readFileSync(out).equals(readFileSync(whole)), name).toBe(true);
    }
  });

  test('not a file that was changed, nor one that is shorter', async () => {
    const { input, args, partial } = await killed('changed');
    const text = readFileSync(input, 'utf8');
    const before = readFileSync(partial).length;
    writeFileSync(input, text.replace('\n50,', '\n50,1'));
    const changed = await sensorium(args);
    expect(changed.code).toBe(1);
    expect(changed.stderr).toMatch(/^sensorium: --resume: expected .*changed.csv as it was, got other text in its first \d+ bytes/);
    writeFileSync(input, text.slice(0, 300));
    const shorter = await sensorium(args);
    expect(shorter.code).toBe(1);
    expect(shorter.stderr).toMatch(/expected .* to go on after its first \d+ bytes, got 300 bytes/);
    // And when it is what it was, it goes on.
    writeFileSync(input, text);
    expect(readFileSync(partial).length).toBeLessThanOrEqual(before);
    expect((await sensorium(args)).code).toBe(0);
  });

  test('not with other options, nor with fewer results', async () => {
    const { args, partial } = await killed('options');
    const agents = await sensorium([...args, '--agents', '2']);
    expect(agents).toMatchObject({ code: 1 });
    expect(agents.stderr).toMatch(/--resume: expected what the run in .*options.ndjson.snapshot was told: neither --config nor --agents, got --agents 2$/m);
    const time = await sensorium([...args, '--no-time']);
    expect(time.stderr).toMatch(/told: no --time, got --no-time$/m);
    const config = await sensorium([...args, '--config', files.write('options.json', '{ "detection": { "window": 60 } }')]);
    expect(config.stderr).toMatch(/told: neither --config nor --agents, got a --config$/m);
    truncateSync(partial, 3);
    const less = await sensorium(args);
    expect(less).toMatchObject({ code: 1 });
    expect(less.stderr).toMatch(/expected at least \d+ bytes of results in .*options.ndjson.partial, got 3/);
    rmSync(partial);
    const none = await sensorium(args);
    expect(none).toMatchObject({ code: 1 });
    expect(none.stderr).toMatch(/^sensorium: --resume: expected the results so far in .*options.ndjson.partial, got nothing/);
  });

  test('not with another configuration, nor another model; with the same model it does', async () => {
    const twoChannels = (rows: number) => 'time,a,b\n' + Array.from({ length: rows }, (_, i) => `${i},${i % 7},${i % 5}\n`).join('');
    const options = { agents: 1, channels: { a: {}, b: {} }, network: { model: 'model.safetensors' } };
    const config = files.write('model.json', JSON.stringify(options));
    files.write('model.safetensors', modelFile([1, -2, 0.5, 4]));
    const { input, out, args } = await killed('model', twoChannels, ['--config', config]);
    files.write('model.safetensors', modelFile([1, -2, 0.5, 5]));
    const other = await sensorium(args);
    expect(other).toMatchObject({ code: 1 });
    expect(other.stderr).toMatch(/told: the same network.model, got another one$/m);
    files.write('model.safetensors', modelFile([1, -2, 0.5, 4]));
    for (const [change, message] of [
      [{ detection: { window: 60 } }, 'told: detection not given (--config), got {"window":60}'],
      [{ agents: 3 }, 'told: agents 1 (--config or --agents), got 3'],
      [{ csv: { time: 'time' } }, 'told: csv.time not given (--config), got "time"'],
    ] as const) {
      const changed = await sensorium([...args, '--config', files.write('changed.json', JSON.stringify({ ...options, ...change }))]);
      expect(changed).toMatchObject({ code: 1, stderr: expect.stringContaining(message) });
    }
    const { code, stderr } = await sensorium(args);
    expect(code, stderr).toBe(0);
    expect(stderr).toContain('Goes on with line');
    await sensorium(['run', input, '--config', config, '--out', files.path('model-whole.ndjson')]);
    expect(readFileSync(out).equals(readFileSync(files.path('model-whole.ndjson')))).toBe(true);
  });

  test('not with results that were altered; nothing is changed', async () => {
    const { args, partial, snapshot } = await killed('results');
    const whole = readFileSync(partial);
    const altered = Buffer.from(whole);
    altered[100]! ^= 1;
    writeFileSync(partial, altered);
    const kept = readFileSync(snapshot);
    const { code, stderr } = await sensorium(args);
    expect(code).toBe(1);
    expect(stderr).toMatch(/^sensorium: --resume: expected the results so far in .*results.ndjson.partial as they were, got other text in its first \d+ bytes/);
    expect(readFileSync(partial).equals(altered)).toBe(true);
    expect(readFileSync(snapshot).equals(kept)).toBe(true);
    writeFileSync(partial, whole);
    expect((await sensorium(args)).code).toBe(0);
  });

  test('one run at once; a lock that nobody holds any more hinders none', async () => {
    const rows = single(60).split(/(?<=\n)/);
    const out = files.path('locked.ndjson');
    const lock = `${out}.lock`;
    const config = await startAndKill(rows.slice(0, 52).join(''), out);
    expect(readFileSync(lock, 'utf8')).toMatch(/^\d+ \S*\n$/);
    const args = ['run', '-', '--config', config, '--out', out, '--snapshot-every', '10'];
    const first = start([...args, '--resume']);
    while (!existsSync(lock) || !readFileSync(lock, 'utf8').startsWith(`${first.child.pid} `)) await pause(5);
    for (const more of [[], ['--resume']]) {
      const second = await sensorium([...args, ...more]);
      expect(second).toMatchObject({ code: 1 });
      expect(second.stderr).toMatch(new RegExp(`expected that no other run writes to .*locked.ndjson, got one: process ${first.child.pid} `));
    }
    expect(existsSync(`${out}.snapshot`) && existsSync(`${out}.partial`)).toBe(true);
    first.child.kill('SIGINT');
    expect((await first.finished).code).toBe(130);
    expect(existsSync(lock)).toBe(false);
    // A number that another process has by now; nothing, after a power failure.
    for (const text of process.platform === 'linux' ? [`${process.pid} another-start:1\n`, ''] : ['']) {
      writeFileSync(lock, text);
      const { code, stderr } = await sensorium([...args, '--resume', '--agents', '3']);
      expect(code, stderr).toBe(1);
      expect(stderr).toContain('agents 1 (--config or --agents), got 3');
      expect(existsSync(lock)).toBe(false);
    }
    writeFileSync(lock, 'precious\n');
    expect(await sensorium(args)).toMatchObject({ code: 1, stderr: expect.stringContaining(`expected nothing in ${lock}`) });
    expect(readFileSync(lock, 'utf8')).toBe('precious\n');
  });

  test('two runs with one snapshot, and one that cannot be, are refused before anything is written', async () => {
    const rows = single(60).split(/(?<=\n)/);
    const out = files.path('shared.ndjson');
    const snapshot = files.path('shared.snapshot');
    const config = files.write('shared.json', JSON.stringify({ agents: 1, channels: { load: {} }, csv: { delimiter: ',', decimal: '.', header: true, time: 'time', time_format: 'seconds', agent: null } }));
    const args = ['run', '-', '--config', config, '--snapshot-every', '10'];
    const first = start([...args, '--out', out, '--snapshot', snapshot]);
    first.stdin.write(rows.slice(0, 52).join(''));
    while (!existsSync(snapshot)) await pause(20);
    const other = files.path('shared-other.ndjson');
    const second = await sensorium([...args, '--out', other, '--snapshot', snapshot]);
    expect(second).toMatchObject({ code: 1 });
    expect(second.stderr).toContain(`--snapshot: expected that no other run writes to ${snapshot}, got one: process ${first.child.pid} `);
    first.child.kill('SIGINT');
    await first.finished;
    expect(existsSync(`${snapshot}.lock`)).toBe(false);

    const none = files.path('no/such/folder.snapshot');
    const refused = await sensorium([...args, '--out', other, '--snapshot', none], rows.join(''));
    expect(refused).toMatchObject({ code: 1, stderr: expect.stringMatching(/^sensorium: --snapshot: .*no\/such\/folder.snapshot.lock cannot be written: /) });
    expect([other, `${other}.partial`, `${other}.lock`].some(existsSync)).toBe(false);
  });

  test('a snapshot that cannot be written leaves no results of which nobody knows', async () => {
    const out = files.path('stray.ndjson');
    const snapshot = files.path('stray.snapshot');
    const running = start(['run', '-', '--no-agent', '--out', out, '--snapshot', snapshot, '--snapshot-every', '1500']);
    const rows = single(2000).split(/(?<=\n)/);
    running.stdin.write(rows.slice(0, 1200).join(''));
    while (!existsSync(`${out}.partial`)) await pause(5);
    mkdirSync(snapshot);
    running.stdin.end(rows.slice(1200).join(''));
    const { code, stderr } = await running.finished;
    expect(code, stderr).toBe(1);
    expect(stderr).toMatch(/--snapshot: .*stray.snapshot cannot be written: /);
    expect(existsSync(`${out}.partial`)).toBe(false);
  });

  test('a file, of which standard input brought a part meanwhile', async () => {
    const bad = single(95).replace('\n50,', '\noops,').replace('\n70,', '\noops,');
    const mended = single(95);
    const input = files.write('by-turns.csv', bad);
    const out = files.path('by-turns.ndjson');
    const goOn = (file: string, text = '') => sensorium(['run', file, '--out', out, '--snapshot-every', '10', '--resume'], text);
    expect(await goOn(input)).toMatchObject({ code: 1, stderr: expect.stringContaining('line 52') });
    // From line 52 on, which is what it says to have got to.
    const rest = bad.replace('\noops,', '\n50,').split(/(?<=\n)/);
    const piped = await goOn('-', rest.slice(51).join(''));
    expect(piped.stderr).toContain('Goes on with line 52 of standard input');
    expect(piped).toMatchObject({ code: 1, stderr: expect.stringContaining('line 72') });
    // What standard input brought is not what stands in the file.
    writeFileSync(input, mended.replace('\n60,', '\n60,1'));
    const other = await goOn(input);
    expect(other.stderr).toMatch(/--resume: expected in .*by-turns.csv, after the first \d+ bytes, the \d+ bytes that the run read from standard input since, got other text/);
    writeFileSync(input, mended);
    const { code, stderr } = await goOn(input);
    expect(code, stderr).toBe(0);
    expect(stderr).toContain(`Goes on with line 72 of ${input}`);
    const whole = files.path('by-turns-whole.ndjson');
    await sensorium(['run', input, '--out', whole]);
    expect(readFileSync(out, 'utf8')).toBe(readFileSync(whole, 'utf8'));
  });

  test('not from a snapshot that is cut, altered, of another version or something else', async () => {
    const { args, snapshot } = await killed('damaged');
    const whole = readFileSync(snapshot);
    const altered = Buffer.from(whole);
    altered[whole.length - 100]! ^= 1;
    const cases: [Buffer, RegExp][] = [
      [whole.subarray(0, whole.length - 1), /got a file that is cut: \d+ bytes of \d+/],
      [altered, /got a file that was altered/],
      [Buffer.from(whole.toString('latin1').replace('sensorium-run 3', 'sensorium-run 2'), 'latin1'), /got one of another version \(sensorium-run 2\)/],
      [Buffer.from('hello\n'), /got another file/],
      [Buffer.alloc(0), /got another file/],
    ];
    for (const [bytes, message] of cases) {
      writeFileSync(snapshot, bytes);
      const { code, stderr } = await sensorium(args);
      expect(code).toBe(1);
      expect(stderr).toMatch(message);
    }
    writeFileSync(snapshot, whole);
    expect((await sensorium(args)).code).toBe(0);
  });

  test('a run that had ended, and could not say so any more', async () => {
    const { out, args, snapshot } = await killed('ended');
    const kept = readFileSync(snapshot);
    expect((await sensorium(args)).code).toBe(0);
    const size = statSync(out).size;
    writeFileSync(snapshot, kept);
    const again = await sensorium(args);
    expect(again).toMatchObject({ code: 0, stderr: expect.stringContaining('is complete') });
    expect(statSync(out).size).toBe(size);
    expect(existsSync(snapshot)).toBe(false);
  });

  test('from the beginning, where there is no snapshot; and a run without --resume begins anew', async () => {
    const { input, out, snapshot } = await killed('anew');
    const { code, stderr } = await sensorium(['run', input, '--out', out, '--snapshot-every', '100']);
    expect(code, stderr).toBe(0);
    expect(stderr).not.toContain('Goes on');
    expect(existsSync(snapshot)).toBe(false);
  });

  test('what makes no sense is wrong usage', async () => {
    const input = files.write('usage.csv', single(10));
    const out = files.path('usage.ndjson');
    for (const [args, message] of [
      [['--snapshot-every', '10'], /expected --out, a file that can be gone on with, got standard output/],
      [['--snapshot', 'x'], /--snapshot: expected --snapshot-every or --resume with it/],
      [['--snapshot-every', '0', '--out', out], /Expected a whole number from 1/],
      [['--snapshot-every', '10', '--out', '/dev/null'], /--out: expected a file/],
    ] as [string[], RegExp][]) {
      const { code, stderr } = await sensorium(['run', input, ...args]);
      expect(code, stderr).toBe(2);
      expect(stderr).toMatch(message);
    }
    const nothing = await sensorium(['run', input, '--out', out, '--resume']);
    expect(nothing).toMatchObject({ code: 1, stderr: expect.stringContaining('there is no such file') });
  });
});
