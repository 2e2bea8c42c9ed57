// `sensorium run` and `inspect` as processes, on small files: what is understood, what is refused, and where the lines go.
import { execFile, execFileSync } from 'node:child_process';
import { existsSync, mkdirSync, readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { promisify } from 'node:util';
import { describe, expect, test } from 'vitest';
import type { Metrics } from 'sensorium';
import { cli, cyclesOf, scratch, sensorium, start } from './cli-support.ts';

const files = scratch();
const backends = ['native', 'wasm'];

/** A run that must succeed. */
async function cycles(args: string[], input = '') {
  const { code, stdout, stderr } = await sensorium(['run', ...args], input);
  expect(code, stderr).toBe(0);
  return cyclesOf(stdout);
}

describe('rows and times', () => {
  test('one line a row, in the order of the rows, with all its parts', async () => {
    const file = files.write('plain.csv', 'time,a,b\n0,1,10\n1,2,20\n2.5,3,10\n3,4,20\n');
    const all = await cycles([file]);
    expect(all.map(({ cycle, time, agent }) => [cycle, time, agent])).toEqual([[1, 0, 0], [2, 1, 0], [3, 2.5, 0], [4, 3, 0]]);
    expect(Object.keys(all[0]!)).toEqual(['cycle', 'time', 'agent', 'fused', 'confidence', 'output', 'anomaly', 'prediction', 'lost']);
    expect(all[0]!.anomaly).toBeNull();
    expect(all[0]!.prediction).toBeNull();
    expect(Object.keys(all[3]!.anomaly!)).toEqual(['score', 'z', 'severity', 'mean', 'deviation']);
    expect(Object.keys(all[3]!.prediction!)).toEqual(['values', 'confidence', 'trend']);
    expect(all[3]!.prediction!.values).toHaveLength(5);
    expect(all[3]!.output).toHaveLength(2);
    expect(all[3]!.confidence).toBe(1);
  });

  test('times: ISO with zones, milliseconds, row numbers', async () => {
    const iso = await cycles(['-'], 'when;a\n2015-02-04 17:51:00;1\n2015-02-04T18:52:00.5+01:00;2\n');
    expect(iso.map(({ time }) => time)).toEqual(['2015-02-04T17:51:00.000Z', '2015-02-04T17:52:00.500Z']);
    const milliseconds = await sensorium(['run', '-'], 'timestamp,a\n1423072260000,1\n1423072261000,2\n');
    expect(cyclesOf(milliseconds.stdout).map(({ time }) => time)).toEqual([1423072260000, 1423072261000]);
    expect(milliseconds.stderr).toMatch(/"timestamp" is taken for milliseconds/);
    expect(milliseconds.stderr).toMatch(/"lost_after": 5 /);
    const none = await sensorium(['run', '-'], 'a,b\n1,2\n3,4\n');
    expect(cyclesOf(none.stdout).map(({ time }) => time)).toEqual([1, 2]);
    expect(none.stderr).toMatch(/no time column/);
  });

  test('a file without a header, tabs, Windows line ends, a byte order mark', async () => {
    const { code, stdout, stderr } = await sensorium(['run', '-'], '\ufeff1\t2\r\n3\t4\r\n');
    expect(code).toBe(0);
    expect(cyclesOf(stdout)).toHaveLength(2);
    expect(stderr).toMatch(/no header/);
    expect(stderr).toMatch(/"column1"/);
  });

  test('decimal commas', async () => {
    const comma = await cycles(['-'], 'time;a\n0;1,5\n1;2,5\n2;7,25\n');
    const point = await cycles(['-'], 'time;a\n0;1.5\n1;2.5\n2;7.25\n');
    expect(comma).toEqual(point);
  });

  test('a header one name short, as of the occupancy files', async () => {
    const { stdout, stderr } = await sensorium(['run', '-'], '"date","t"\n"140","2015-02-02 14:19:00",23.7\n"141","2015-02-02 14:19:59",23.718\n');
    expect(cyclesOf(stdout)).toHaveLength(2);
    expect(stderr).toMatch(/one name short/);
    expect(stderr).not.toMatch(/"140"|column1/);
  });

  test('--time and --no-time', async () => {
    const text = 'clock,time,a\n10,0,1\n20,1,2\n';
    expect((await cycles(['-', '--time', 'clock'], text)).map(({ time }) => time)).toEqual([10, 20]);
    expect((await cycles(['-', '--no-time'], text)).map(({ time }) => time)).toEqual([1, 2]);
    const { code, stderr } = await sensorium(['run', '-', '--time', 'tick'], text);
    expect(code).toBe(1);
    expect(stderr).toMatch(/time: expected a column of the file, got "tick". The columns there are: clock, time, a/);
  });
});

describe('readings', () => {
  test('empty cells are no reading; a sensor without readings is lost after a while, and comes back', async () => {
    const config = files.write('lost.json', JSON.stringify({ channels: { a: { min: 0, max: 1 }, b: { min: 0, max: 1 } }, readings: { lost_after: 1.5 }, prediction: { min: null, max: null } }));
    const all = await cycles(['-', '--config', config], 'time,a,b\n0,0.5,1\n1,0.5,\n2,0.5,NaN\n3,0.5,null\n4,0.5,0\n5,NA,\n6,,\n7,,\n');
    expect(all.map(({ lost }) => lost)).toEqual([[], [], ['b'], ['b'], [], [], ['a', 'b'], ['a', 'b']]);
    expect(all.map(({ fused }) => fused)).toEqual([0.75, 0.75, 0.5, 0.5, 0.25, 0.25, 0.25, 0.25]);
    expect(all.map(({ confidence }) => confidence)).toEqual([1, 1, 0.5, 0.5, 1, 1, 0, 0]);
    expect(all.map(({ anomaly }) => anomaly === null)).toEqual([true, true, false, false, false, false, true, true]);
    const { stderr } = await sensorium(['run', '-', '--config', config], 'time,a,b\n0,0.5,1\n9,1,\n20,,\n');
    expect(stderr).toMatch(/sensors lost +b 1×, a 1×/);
  });

  test('labels, texts and row numbers are left out, and said to be', async () => {
    const { stderr } = await sensorium(['run', '-'], 'id,time,a,note,anomaly,nothing\n1,0,5,x,0,\n2,1,6,y,1,\n');
    expect(stderr).toMatch(/left out: id \(the number of the row\), note \(text\), anomaly \(a label, by its name\), nothing \(no values\)/);
    expect(stderr).toMatch(/"a": \{/);
  });

  test('nothing to read', async () => {
    expect((await sensorium(['run', '-'], '')).stderr).toMatch(/standard input: expected rows, got an empty file/);
    expect((await sensorium(['run', '-'], 'a,b\nx,y\n')).stderr).toMatch(/expected a column of numbers, got none. The columns there are: (a, b|column1, column2)/);
    expect((await sensorium(['run', files.path('none.csv')])).stderr).toMatch(/none.csv: expected a CSV file, got nothing/);
    expect((await sensorium(['run', files.folder])).stderr).toMatch(/got a folder/);
  });
});

describe('agents', () => {
  const text = 'time,device,a\n0,left,1\n0,right,2\n1,right,3\n1,left,4\n1,left,5\n2,007,6\n2,7,7\n';
  test('rows of one time and different agents are one tick, the same agent twice two', async () => {
    const all = await cycles(['-'], text);
    expect(all.map(({ cycle, time, agent }) => [cycle, time, agent])).toEqual([[1, 0, 'left'], [1, 0, 'right'], [2, 1, 'right'], [2, 1, 'left'], [3, 1, 'left'], [4, 2, '007'], [4, 2, 7]]);
  });

  test('each has what it would have alone', async () => {
    const rows = Array.from({ length: 60 }, (_, i) => ({ time: Math.floor(i / 3), agent: 'abc'[(i * 2) % 3]!, value: Math.sin(i) * (i % 7) }));
    const config = files.write('agents.json', JSON.stringify({ agents: 3, channels: { v: { min: -7, max: 7 } } }));
    const together = await cycles(['-', '--config', config, '--agent', 'who'], `time,who,v\n${rows.map(({ time, agent, value }) => `${time},${agent},${value}`).join('\n')}`);
    for (const name of 'abc') {
      const own = rows.filter(({ agent }) => agent === name);
      const alone = await cycles(['-', '--config', config], `time,v\n${own.map(({ time, value }) => `${time},${value}`).join('\n')}`);
      const plain = (all: typeof alone) => all.map(({ cycle: _, agent: __, ...rest }) => rest);
      expect(plain(together.filter(({ agent }) => agent === name))).toEqual(plain(alone));
    }
  });

  test('--agent names the column, --no-agent none', async () => {
    const other = 'time,room,a\n0,x,1\n0,y,2\n';
    expect((await cycles(['-', '--agent', 'room'], other)).map(({ agent }) => agent)).toEqual(['x', 'y']);
    expect((await cycles(['-', '--no-agent'], text)).map(({ agent }) => agent)).toEqual([0, 0, 0, 0, 0, 0, 0]);
  });

  test('one more than there is room for', async () => {
    const { code, stdout, stderr } = await sensorium(['run', '-', '--agents', '2'], text);
    expect(code).toBe(1);
    expect(stderr).toMatch(/line 7, column 2 \(device\): expected one of the 2 agents before it, for there is room for no more, got "007". --agents N makes room for more/);
    expect(cyclesOf(stdout)).toHaveLength(5);
  });
});

describe('bad lines', () => {
  const bad: [name: string, text: string, message: RegExp, before: number, after: number][] = [
    ['a cell that is no number', 'time,a,b\n0,1,2\n1,x,3\n2,3,4\n', /line 3, column 2 \(a\): expected a number, or nothing, got "x"/, 1, 2],
    ['a number too large for f32', 'time,a\n0,1\n1,1e39\n2,3\n', /line 3, column 2 \(a\): expected a number, or nothing, got "1e39"/, 1, 2],
    ['a field too few', 'time,a,b\n0,1,2\n1,3\n2,3,4\n', /line 3: expected 3 fields, got 2/, 1, 2],
    ['a field too many', 'time,a,b\n0,1,2\n1,3,4,5\n2,3,4\n', /line 3: expected 3 fields, got 4/, 1, 2],
    ['a time that cannot be read', 'time,a\n2020-01-01,1\n2020-02-31,2\n2020-03-01,3\n', /line 3, column 1 \(time\): expected an ISO date and time, got "2020-02-31"/, 1, 2],
    ['a time without a value', 'time,a\n0,1\n,2\n1,3\n', /line 3, column 1 \(time\): expected a time in seconds, got ""/, 1, 2],
    ['time running backwards', 'time,a\n0,1\n2,2\n1,3\n3,4\n', /line 4, column 1 \(time\): expected 2 or later, for time does not run backwards, got "1"/, 2, 3],
    ['ISO time running backwards', 'at,a\n2020-01-02,1\n2020-01-03,2\n2020-01-01,3\n', /expected 2020-01-03T00:00:00.000Z or later/, 2, 2],
    ['an agent without a name', 'time,device,a\n0,x,1\n1,,2\n2,x,3\n', /line 3, column 2 \(device\): expected an agent's name, got ""/, 1, 2],
    ['a quote that is not closed', 'time,note,a\n0,x,1\n1,"y,2\n2,z,3\n', /line 3, column 2: expected quotes around whole fields, each closed, and doubled inside, got "1,\\"y,2"/, 1, 2],
    ['after a field of several lines', 'time,note,a\n0,"x\ny\n\nz",1\n1,"w\nw",oops\n2,v,3\n', /line 6, column 3 \(a\): expected a number, or nothing, got "oops"/, 1, 2],
  ];

  test.each(bad)('%s', async (_, text, message, before, after) => {
    const file = files.write('bad.csv', text);
    const ended = await sensorium(['run', file]);
    expect(ended.code).toBe(1);
    expect(ended.stderr).toMatch(message);
    expect(ended.stderr).toContain(`sensorium: ${file}, line `);
    expect(ended.stderr).not.toMatch(/\n\s+at /);
    expect(cyclesOf(ended.stdout)).toHaveLength(before);
    const skipped = await sensorium(['run', file, '--skip-bad']);
    expect(skipped.code, skipped.stderr).toBe(0);
    expect(cyclesOf(skipped.stdout)).toHaveLength(after);
    expect(skipped.stderr).toMatch(/skipped +1 bad line\n/);
    expect(skipped.stderr).toMatch(message);
    expect(cyclesOf(skipped.stdout).slice(0, before)).toEqual(cyclesOf(ended.stdout));
  });

  test('the rows of a tick before the bad line are out', async () => {
    const { stdout } = await sensorium(['run', '-'], 'time,device,a\n0,x,1\n0,y,2\n0,z,oops\n');
    expect(cyclesOf(stdout).map(({ agent }) => agent)).toEqual(['x', 'y']);
  });

  test('many are counted, the first few named', async () => {
    const rows = Array.from({ length: 100 }, (_, i) => (i % 10 === 5 ? `${i},oops` : `${i},${i}`));
    const { code, stdout, stderr } = await sensorium(['run', '-', '--skip-bad'], `time,a\n${rows.join('\n')}\n`);
    expect(code).toBe(0);
    expect(cyclesOf(stdout)).toHaveLength(90);
    expect(stderr).toMatch(/skipped +10 bad lines/);
    expect(stderr.match(/line \d+, column 2/g)).toEqual(['line 7, column 2', 'line 17, column 2', 'line 27, column 2', 'line 37, column 2', 'line 47, column 2']);
    expect(stderr).toMatch(/and 5 more/);
  });
});

describe('configuration', () => {
  const text = 'time,a.x,a.y,co2,co2.raw,anomaly\n' + Array.from({ length: 50 }, (_, i) => `${i},${Math.sin(i)},${i % 5},${400 + i},${i * i},${i % 2}`).join('\n');

  test('inspect writes it, run reads it back, with the same bits', async () => {
    const file = files.write('config.csv', text);
    const config = files.path('config.json');
    const inspected = await sensorium(['inspect', file, '--out', config]);
    expect(inspected.code, inspected.stderr).toBe(0);
    const value = JSON.parse(readFileSync(config, 'utf8'));
    expect(Object.keys(value.channels)).toEqual(['a.x', 'a.y', 'co2', 'csv.co2.raw']);
    expect(value.csv).toEqual({ delimiter: ',', decimal: '.', header: true, time: 'time', time_format: 'seconds', agent: null, columns: { 'csv.co2.raw': 'co2.raw' } });
    expect(value.prediction).toEqual({ min: null, max: null });
    expect(value.readings).toEqual({ lost_after: 5 });
    const without = await sensorium(['run', file]);
    for (const backend of backends) {
      const withIt = await sensorium(['run', file, '--config', config, '--backend', backend]);
      expect(withIt.code, withIt.stderr).toBe(0);
      expect(withIt.stdout).toBe(without.stdout);
      expect(withIt.stderr).not.toMatch(/inferred/);
    }
    const printed = await sensorium(['inspect', file]);
    expect(printed.stdout).toBe(readFileSync(config, 'utf8'));
    expect(without.stderr).toContain(printed.stdout);
  });

  test('what it leaves out is inferred, what it says stays', async () => {
    const config = files.write('part.json', JSON.stringify({ detection: { window: 5 }, network: { layers: [] } }));
    const all = await cycles(['-', '--config', config], text);
    expect(all[10]!.output).toEqual([]);
    expect(all[10]!.anomaly!.score).toBeCloseTo(Math.abs(all[10]!.anomaly!.z) / 2, 5);
  });

  test('columns that are not there', async () => {
    const config = files.write('missing.json', JSON.stringify({ channels: { a: {}, b: {}, c: {} }, csv: { columns: { c: 'sea' } } }));
    const { code, stderr } = await sensorium(['run', '-', '--config', config], 'time,a\n0,1\n');
    expect(code).toBe(1);
    expect(stderr).toMatch(/expected columns for all configured channels, got none for: b, sea \(for c\). The columns there are: time, a/);
  });

  test.each([
    ['no JSON', '{', /expected JSON, got something else/],
    ['no object', '[]', /expected an object of options/],
    ['an unknown option', '{"chanels":{}}', /There is no such option: chanels/],
    ['an unknown option of a channel', '{"channels":{"a":{"wieght":1}}}', /channels.a.wieght/],
    ['a value out of range', '{"detection":{"window":1}}', /detection.window.*expected a whole number from 3 to 256.*got 1/],
    ['an unknown option of csv', '{"csv":{"delimeter":","}}', /csv.delimeter: expected one of delimiter, .*, got an unknown option/],
    ['a wrong option of csv', '{"csv":{"header":1}}', /csv.header: expected true or false, got 1\n/],
    ['text for a time that is none', '{"csv":{"time_format":"julian"}}', /csv.time_format: expected one of iso, seconds, milliseconds, got "julian"\n/],
    ['a snapshot', '{"snapshot":"x"}', /wrong.json, snapshot: expected none, for `sensorium run --resume` goes on from snapshots, got "x"\n/],
    ['a mapping of no channel', '{"channels":{"a":{}},"csv":{"columns":{"b":"a"}}}', /csv.columns: expected channels of the configuration, got "b"/],
  ])('%s', async (_, config, message) => {
    const { code, stdout, stderr } = await sensorium(['run', '-', '--config', files.write('wrong.json', config)], 'time,a\n0,1\n1,2\n');
    expect(code).toBe(1);
    expect(stderr).toMatch(message);
    expect(stderr).not.toMatch(/\n\s+at /);
    expect(stdout).toBe('');
  });

  test('DEBUG shows where an error comes from', async () => {
    const { stderr } = await sensorium(['run', files.path('none.csv')], '', { DEBUG: '1' });
    expect(stderr).toMatch(/\n\s+at /);
  });
});

describe('output', () => {
  const rows = Array.from({ length: 40 }, (_, i) => `${i},"left, ""old""",${Math.cos(i)},${i === 20 ? '' : i}`).join('\n');
  const text = `time,device,a,b\n${rows}\n`;

  test('CSV has the same values in flat columns', async () => {
    const input = files.write('flat-in.csv', text);
    const out = files.path('flat.csv');
    const json = await cycles([input]);
    const { code, stdout } = await sensorium(['run', input, '--out', out]);
    expect(code).toBe(0);
    expect(stdout).toBe('');
    const [header, ...lines] = readFileSync(out, 'utf8').trimEnd().split('\n');
    expect(header).toBe('cycle,time,agent,fused,confidence,output.0,output.1,anomaly.score,anomaly.z,anomaly.severity,anomaly.mean,anomaly.deviation,prediction.values.0,prediction.values.1,prediction.values.2,prediction.values.3,prediction.values.4,prediction.confidence,prediction.trend,lost');
    expect(lines).toHaveLength(json.length);
    expect(lines[0]).toBe(`1,0,"left, ""old""",${json[0]!.fused},1,${json[0]!.output.join(',')}${','.repeat(13)}`);
    const { anomaly, prediction, ...last } = json.at(-1)!;
    expect(lines.at(-1)).toBe([40, 39, '"left, ""old"""', last.fused, last.confidence, ...last.output, ...Object.values(anomaly!), ...prediction!.values, prediction!.confidence, prediction!.trend, ''].join(','));
    const again = await sensorium(['inspect', out]);
    expect(again.code, again.stderr).toBe(0);
  });

  test('numbers are the shortest that give the same f32', async () => {
    const { stdout } = await sensorium(['run', '-'], text);
    for (const line of stdout.trimEnd().split('\n')) {
      expect(JSON.stringify(JSON.parse(line))).toBe(line);
      expect(line).not.toMatch(/:-0[,}\]]/);
    }
  });

  test('a file is put in place at the end only, and not at all where the run fails', async () => {
    const folder = files.path('place');
    mkdirSync(folder);
    const out = `${folder}/out.ndjson`;
    writeFileSync(out, 'old\n');
    const bad = await sensorium(['run', '-', '--out', out], 'time,a\n0,1\n1,oops\n');
    expect(bad.code).toBe(1);
    expect(readFileSync(out, 'utf8')).toBe('old\n');
    expect(readdirSync(folder)).toEqual(['out.ndjson']);

    const config = files.write('place.json', JSON.stringify({ agents: 1, channels: { a: {} }, csv: { delimiter: ',', decimal: '.', header: true, time: 'time', time_format: 'seconds', agent: null } }));
    const running = start(['run', '-', '--out', out, '--config', config]);
    running.stdin.write('time,a\n0,1\n1,2\n');
    await until(() => readdirSync(folder).length === 2);
    expect(readFileSync(out, 'utf8')).toBe('old\n');
    running.stdin.end('2,3\n');
    expect((await running.finished).code).toBe(0);
    expect(cyclesOf(readFileSync(out, 'utf8'))).toHaveLength(3);
    expect(readdirSync(folder)).toEqual(['out.ndjson']);
  });

  test('a file that cannot be, and the input itself', async () => {
    const input = files.write('self.csv', text);
    const self = await sensorium(['run', input, '--out', input]);
    expect(self.code).toBe(2);
    expect(self.stderr).toMatch(/expected a file of its own for each of the input and --out, got .* for both/);
    expect(readFileSync(input, 'utf8')).toBe(text);
    expect((await sensorium(['run', input, '--out', files.folder])).stderr).toMatch(/expected a file, got the folder/);
    expect((await sensorium(['run', input, '--out', files.path('no/such/out.csv')])).stderr).toMatch(/cannot be written/);
  });

  test.skipIf(process.platform === 'win32')('a pipe is written to, not replaced', async () => {
    const input = files.write('device.csv', text);
    const pipe = files.path('pipe');
    execFileSync('mkfifo', [pipe]);
    const read = promisify(execFile)('cat', [pipe]);
    const { code, stderr } = await sensorium(['run', input, '--out', pipe, '--quiet']);
    expect(code, stderr).toBe(0);
    expect(cyclesOf((await read).stdout)).toHaveLength(40);
    expect(statSync(pipe).isFIFO()).toBe(true);
  });

  test.skipIf(process.platform === 'win32')('a pipe has no other path than the one given', async () => {
    const input = files.write('nameless.csv', text);
    const piped = (args: string) => promisify(execFile)('sh', ['-c', `"$0" "$1" run "$2" --quiet ${args} | cat`, process.execPath, cli, input]);
    expect(cyclesOf((await piped('--out /dev/stdout')).stdout)).toHaveLength(40);
    const { stdout } = await piped('--out /dev/null --metrics-json /dev/stdout');
    expect(JSON.parse(stdout)).toMatchObject({ cycles: 40 });
  });

  test.skipIf(process.platform === 'win32')('whose reader has had enough, as head does: the run ends without an error', async () => {
    const input = files.write('long.csv', 'load\n' + '1\n2\n'.repeat(20_000));
    const { stdout, stderr } = await promisify(execFile)('bash', ['-c', 'set -o pipefail; "$0" "$1" run "$2" --quiet --out /dev/stdout | head -n 1', process.execPath, cli, input]);
    expect(stderr).toBe('');
    expect(cyclesOf(stdout)).toHaveLength(1);
  });

  test('no history, which nobody could read, unless the configuration says so', async () => {
    const input = files.write('unread.csv', text);
    const bytes = async (history?: object) => {
      const config = files.write('history.json', JSON.stringify({ history }));
      const figures = files.path('history-metrics.json');
      expect(await sensorium(['run', input, '--quiet', '--config', config, '--metrics-json', figures])).toMatchObject({ code: 0, stderr: '' });
      return (JSON.parse(readFileSync(figures, 'utf8')) as Metrics).memory.history;
    };
    expect(await bytes()).toBe(0);
    expect(await bytes({ depth: 5 })).toBeGreaterThan(0);
    expect(await bytes({ columns: ['fused'] })).toBeGreaterThan(0);
  });

  test('a configuration with a mark of the byte order before it', async () => {
    const config = files.write('bom.json', '\ufeff{ "csv": { "agent": null } }');
    expect(await sensorium(['run', files.write('bom.csv', text), '--config', config, '--quiet'])).toMatchObject({ code: 0, stderr: '' });
    expect(await sensorium(['explain', '--config', config])).toMatchObject({ code: 0, stderr: '' });
  });

  test('the summary, and --quiet', async () => {
    const { stderr } = await sensorium(['run', '-', '--backend', 'wasm', '--agent', 'device'], text);
    for (const pattern of [/rows +40 in 40 ticks, [\d,]+ rows\/s/, /agents +1\n/, /time +0 s to 39 s \(39 s\)/, /channels +2, of them 2 fused/, /ran on +wasm, wasm/, /anomalies /, /sensors lost +none/, /confidence +[\d.]+ on average/]) expect(stderr).toMatch(pattern);
    const quiet = await sensorium(['run', '-', '--quiet'], text);
    expect(quiet.stderr).toBe('');
    expect(cyclesOf(quiet.stdout)).toHaveLength(40);
    const failed = await sensorium(['run', '-', '--quiet'], 'time,a\n0,1\n1,oops\n');
    expect(failed.stderr).toMatch(/^sensorium: standard input, line 3[^\n]*\n$/);
  });

  test('--isa forces an instruction set, with the same bits', async () => {
    const scalar = await sensorium(['run', '-', '--backend', 'native', '--isa', 'scalar'], text);
    expect(scalar.stderr).toMatch(/ran on +native, scalar/);
    expect(scalar.stdout).toBe((await sensorium(['run', '-', '--backend', 'wasm'], text)).stdout);
    const none = await sensorium(['run', '-', '--isa', 'mmx'], text);
    expect(none.code).toBe(1);
    expect(none.stderr).toMatch(/mmx/);
  });
});

async function until(condition: () => boolean, seconds = 20): Promise<void> {
  for (const end = Date.now() + seconds * 1000; !condition(); ) {
    if (Date.now() > end) throw new Error('did not happen in time');
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
}

describe('streams', () => {
  const config = () => files.write('stream.json', JSON.stringify({ agents: 4, channels: { a: { min: 0, max: 100 } }, csv: { delimiter: ',', decimal: '.', header: true, time: 'time', time_format: 'seconds', agent: null } }));

  test('results appear as soon as their row is there', async () => {
    const running = start(['run', '-', '--config', config()]);
    running.stdin.write('time,a\n0,1\n');
    await running.lines(1);
    running.stdin.write('1,2\n2,');
    await running.lines(2);
    running.stdin.write('3\n');
    const lines = await running.lines(3);
    expect(lines.map((line) => JSON.parse(line).time)).toEqual([0, 1, 2]);
    running.stdin.end();
    expect((await running.finished).code).toBe(0);
  });

  test('with agents, as soon as their tick is complete', async () => {
    const file = files.write('agents-stream.json', JSON.stringify({ agents: 4, channels: { a: { min: 0, max: 100 } }, csv: { delimiter: ',', decimal: '.', header: true, time: 'time', time_format: 'seconds', agent: 'who' } }));
    const running = start(['run', '-', '--config', file]);
    running.stdin.write('time,who,a\n0,x,1\n0,y,2\n1,x,3\n');
    expect((await running.lines(2)).map((line) => JSON.parse(line).agent)).toEqual(['x', 'y']);
    running.stdin.end();
    const { stdout } = await running.finished;
    expect(cyclesOf(stdout)).toHaveLength(3);
  });

  test('Ctrl-C ends with the summary of what was done', async () => {
    const folder = files.path('interrupted');
    mkdirSync(folder);
    const out = `${folder}/out.ndjson`;
    const running = start(['run', '-', '--config', config(), '--out', out]);
    running.stdin.write('time,a\n0,1\n1,2\n2,3');
    await until(() => readdirSync(folder).some((name) => readFileSync(`${folder}/${name}`, 'utf8').split('\n').length === 3));
    running.child.kill('SIGINT');
    const { code, stderr } = await running.finished;
    expect(code).toBe(130);
    expect(stderr).toMatch(/Interrupted: .*out.ndjson was not written. Until then:/);
    expect(stderr).toMatch(/rows +2 in 2 ticks/);
    expect(existsSync(out)).toBe(false);
    expect(readdirSync(folder)).toEqual([]);
  });

  test('a reader that has had enough, as `head`, is no error', async () => {
    const running = start(['run', '-', '--config', config(), '--quiet']);
    running.stdin.write('time,a\n');
    let time = 0;
    let open = true;
    void running.finished.then(() => (open = false));
    await new Promise((resolve) => running.stdin.write('0,1\n', resolve));
    await running.lines(1);
    (running.stdout as unknown as { destroy(): void }).destroy();
    while (open) {
      running.stdin.write(`${++time},1\n`);
      await new Promise((resolve) => setTimeout(resolve, 5));
    }
    const { code, stderr } = await running.finished;
    expect(stderr).toBe('');
    expect(code).toBe(0);
  });

  test('a million rows pass in constant memory', { timeout: 300_000 }, async () => {
    const running = start(['run', '-', '--config', config()], { prefix: ['--max-old-space-size=64'] });
    running.stdout.removeAllListeners('data');
    let lines = 0;
    running.stdout.on('data', (part: string) => {
      for (let at = part.indexOf('\n'); at >= 0; at = part.indexOf('\n', at + 1)) lines++;
    });
    let peak = 0;
    const sample = () => {
      const status = readFileSync(`/proc/${running.child.pid}/status`, 'utf8');
      peak = Math.max(peak, Number(/VmHWM:\s+(\d+)/.exec(status)?.[1] ?? 0) / 1024);
    };
    running.stdin.write('time,a\n');
    let half = 0;
    for (let block = 0; block < 1000; block++) {
      let text = '';
      for (let i = 0; i < 1000; i++) text += `${block * 1000 + i},${(i * 7919) % 101}\n`;
      if (!running.stdin.write(text)) await Promise.race([new Promise((resolve) => running.stdin.once('drain', resolve)), running.finished]);
      if (process.platform === 'linux' && block % 50 === 49) sample();
      if (block === 499) half = peak;
    }
    running.stdin.end();
    expect((await running.finished).code).toBe(0);
    expect(lines).toBe(1_000_000);
    // Megabytes; Node alone takes about 50.
    expect(peak).toBeLessThan(200);
    expect(peak - half).toBeLessThan(25);
  });
});
