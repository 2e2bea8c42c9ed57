// `sensorium simulate --world`: its files, that `run` reads them as they are, and what a wrong command line is answered.
import { existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { createWorld, incidents, modalities, situations, worldNames } from 'sensorium/world';
import { describe, expect, test, vi } from 'vitest';
import { arrowRows } from '../../dist/cli/arrow.js';
import { Newest } from '../../dist/cli/world-fields.js';
import { cyclesOf, scratch, sensorium, start } from './cli-support.ts';

const files = scratch();
const read = (name: string) => readFileSync(files.path(name), 'utf8');
const rowsOf = (text: string) => text.trimEnd().split('\n').map((line) => line.split(','));
const simulate = (world: string, ...args: string[]) => sensorium(['simulate', '--world', world, '--agents', '12', '--seed', '3', ...args]);

describe.each(worldNames)('%s', (world) => {
  test('a recording, the truth, the intervals; run reads the recording end to end', async () => {
    const [out, truth, intervals, config] = ['csv', 'truth.csv', 'intervals.csv', 'json'].map((name) => files.path(`${world}.${name}`)) as [string, string, string, string];
    const made = await simulate(world, '--seconds', '90', '--every', '60', '--faults', '100', '--incidents', '1000', '--out', out, '--truth', truth, '--intervals', intervals, '--config-out', config);
    expect(made.code, made.stderr).toBe(0);
    expect(made.stdout).toBe('');
    for (const line of [`Done: ${world}, seed 3 (unseen), 12 agents.`, /time +90 s in 5,400 ticks/, /readings +visual [\d,]+, lidar [\d,]+, audio [\d,]+, imu [\d,]+/, /faults +[\d,]+ begun/, /incidents +\d+ begun: .*; agents noticed one [\d,]+×/, /wrote +.*, 1,080 rows/, /sensorium run .* --config/]) expect(made.stderr).toMatch(line);

    const recording = rowsOf(readFileSync(out, 'utf8'));
    const [header, ...rows] = recording as [string[], ...string[][]];
    const channels = ['visual.objects', 'visual.brightness', 'visual.motion', 'lidar.points', 'lidar.max_range', 'lidar.obstacles', 'audio.amplitude', 'audio.frequency', 'audio.event', 'imu.accel_x', 'imu.accel_y', 'imu.accel_z', 'imu.gyro'];
    expect(header).toEqual(['time', 'agent', ...channels, 'position.x', 'position.y', 'position.z']);
    expect(rows).toHaveLength(1080);
    // No column begins empty, or `run` could not know what it holds.
    for (const column of header.keys()) expect(rows.slice(0, 12).some((row) => row[column] !== ''), header[column]).toBe(true);

    const [truthHeader, ...truths] = rowsOf(readFileSync(truth, 'utf8')) as [string[], ...string[][]];
    const motion = ['position.x', 'position.y', 'position.z', 'velocity.x', 'velocity.y', 'velocity.z', 'heading'];
    expect(truthHeader).toEqual(['time', 'agent', 'situation', 'fault.visual', 'fault.lidar', 'fault.audio', 'fault.imu', 'incidents', ...motion]);
    expect(truths.map((row) => row.slice(0, 2))).toEqual(rows.map((row) => row.slice(0, 2)));
    for (const row of truths) expect(situations).toContain(row[2]);

    const [intervalHeader, ...anomalies] = rowsOf(readFileSync(intervals, 'utf8')) as [string[], ...string[][]];
    expect(intervalHeader).toEqual(['number', 'agent', 'kind', 'modality', 'what', 'magnitude', 'from', 'to', 'x', 'y']);
    expect(anomalies.length).toBeGreaterThan(0);
    expect(anomalies.map(([number]) => number)).toEqual(anomalies.map((_, i) => String(i)));
    // Incidents as such have a place and no agent.
    const such = anomalies.filter((row) => row[1] === '');
    expect(such.length).toBeGreaterThan(0);
    for (const [, , kind, modality, what, magnitude, , , x, y] of such) {
      expect([kind, modality, magnitude]).toEqual(['incident', '', '']);
      expect(incidents).toContain(what);
      expect(Number(x) > 0 && Number(y) > 0).toBe(true);
    }
    // The truth's columns and its intervals agree.
    const [number, agent, , modality, what, , from, to] = anomalies.find(([, , kind, , , , begin, end]) => kind === 'fault' && Number(begin) > 1 && Number(end) > Number(begin) + 2)!;
    const during = truths.filter((row) => row[1] === agent && Number(row[0]) >= Number(from) && Number(row[0]) < (to === '' ? Infinity : Number(to)));
    expect(during.length, `interval ${number}`).toBeGreaterThan(0);
    for (const row of during) expect(row[truthHeader.indexOf(`fault.${modality}`)]).toBe(what);

    for (const args of [[], ['--config', config]]) {
      const ran = await sensorium(['run', out, ...args, '--quiet']);
      expect(ran.code, ran.stderr).toBe(0);
      const cycles = cyclesOf(ran.stdout);
      expect(cycles).toHaveLength(1080);
      expect(cycles.at(-1)!.neighbors === undefined).toBe(args.length === 0);
    }
  });

  test('live: what the engine saw', async () => {
    const digests = [];
    for (const backend of ['native', 'wasm']) {
      const { code, stdout, stderr } = await simulate(world, '--seconds', '2', '--backend', backend);
      expect(code, stderr).toBe(0);
      for (const line of [/engine +\w+, \w+, [\d.,]+ ns an agent-tick/, /anomalies +/, /sensors lost +/, /densest +/, /confidence +[\d.]+ on average/]) expect(stdout).toMatch(line);
      digests.push(/digest +(\w{16})/.exec(stdout)![1]);
    }
    expect(digests[1]).toBe(digests[0]);
  });
});

test('every reading of the world is in the recording, and nothing else', async () => {
  const out = files.path('every.csv');
  expect((await sensorium(['simulate', '--world', 'plaza', '--agents', '3', '--seed', '9', '--seconds', '2', '--out', out])).code).toBe(0);
  const [header, ...rows] = rowsOf(read('every.csv')) as [string[], ...string[][]];
  const world = await createWorld({ world: 'plaza', agents: 3, seed: 9 });
  let row = 0;
  while (row < rows.length) {
    world.step();
    if (world.time < Number(rows[row]![0])) continue;
    for (let agent = 0; agent < 3; agent++, row++) {
      expect(rows[row]!.slice(0, 2)).toEqual([String(world.time), String(agent)]);
      for (const modality of modalities) {
        for (const [name, column] of Object.entries(world.sensors[modality]) as [string, Float32Array][]) {
          if (name === 'time') continue;
          const cell = rows[row]![header.indexOf(`${modality}.${name}`)]!;
          // The first row has what came before it too.
          if (row >= 3) expect(cell === '' ? NaN : Math.fround(Number(cell)), name).toBe(column[agent]);
        }
      }
    }
  }
  world.dispose();
});

test('a row has the reading measured last, also where an older one came after it', async () => {
  const world = await createWorld({ agents: 20, seed: 3, faults: 0 });
  world.inject({ modality: 'imu', fault: 'reorder', magnitude: 3, seconds: 60 });
  const newest = new Newest(world);
  const values = newest.values[newest.names.indexOf('imu.accel_x')]!;
  const { time, accel_x } = world.sensors.imu;
  const counts = modalities.map(() => 0);
  let late = 0;
  for (let row = 0; row < 100; row++) {
    const measured = new Float64Array(20).fill(-Infinity);
    const wanted = new Float32Array(20).fill(NaN);
    for (let tick = 0; tick < 6; tick++) {
      world.step();
      newest.take(counts);
      for (let agent = 0; agent < 20; agent++) {
        if (time[agent]! < measured[agent]!) late++;
        else if (!Number.isNaN(time[agent])) [measured[agent], wanted[agent]] = [time[agent]!, accel_x[agent]!];
      }
    }
    expect(values).toEqual(wanted);
    newest.clear();
    expect(values.every(Number.isNaN)).toBe(true);
  }
  expect(late).toBeGreaterThan(100);
  // Those that came late were delivered all the same; none is before the first tick.
  expect(counts[modalities.indexOf('imu')]).toBeGreaterThan(20 * 595);
  world.dispose();
});

test('--every keeps a row each n-th tick: of a sensor that reads at every tick one reading in n', async () => {
  const args = ['simulate', '--world', 'plaza', '--agents', '3', '--seed', '1', '--seconds', '30', '--faults', '0', '--out', files.path('rows.csv')];
  const readings = async (...more: string[]) => {
    expect((await sensorium([...args, ...more])).code).toBe(0);
    const [header, ...rows] = rowsOf(read('rows.csv')) as [string[], ...string[][]];
    return rows.filter((row) => row[header.indexOf('imu.gyro')] !== '').length;
  };
  // As docs/world-js.md has it.
  expect(await readings()).toBe(3 * 1800);
  expect(await readings('--every', '6')).toBe(3 * 300);
});

test('help tells what --every, --rain and --agents are with a world', async () => {
  const { stdout } = await sensorium(['help', 'simulate']);
  const text = stdout.replace(/\s+/g, ' ');
  for (const words of ['faster sensors lose the others', 'under a roof (warehouse) there is none', '1000; with --world 100, and 100000 at most']) expect(text).toContain(words);
});

test('Arrow holds the same as CSV, and run and inspect read it', async () => {
  const args = ['--seconds', '70', '--every', '30', '--faults', '300'];
  await simulate('forest', ...args, '--out', files.path('f.csv'), '--truth', files.path('t.csv'));
  const { code, stderr } = await simulate('forest', ...args, '--out', files.path('f.arrow'), '--truth', files.path('t.arrow'));
  expect(code, stderr).toBe(0);
  const { tableFromIPC } = await import('@uwdata/flechette');
  for (const name of ['f', 't']) {
    const table = tableFromIPC(new Uint8Array(readFileSync(files.path(`${name}.arrow`))));
    const [header, ...rows] = rowsOf(read(`${name}.csv`)) as [string[], ...string[][]];
    expect(table.names).toEqual(header);
    expect(table.numRows).toBe(rows.length);
    header.forEach((column, c) => {
      const values = [...table.getChild(column)] as (number | string | null)[];
      const wanted = rows.map((row) => (row[c] === '' ? null : Number.isNaN(Number(row[c])) ? row[c]! : Number(row[c])));
      const f32 = column !== 'time';
      expect(values, column).toEqual(wanted.map((value) => (typeof value === 'number' && f32 ? Math.fround(value) : value)));
    });
  }
  const [csv, arrow] = await Promise.all(['f.csv', 'f.arrow'].map((name) => sensorium(['run', files.path(name), '--quiet'])));
  expect(arrow!.code, arrow!.stderr).toBe(0);
  expect(arrow!.stdout).toBe(csv!.stdout);
  const inspected = await sensorium(['inspect', files.path('f.arrow')]);
  expect(inspected.stdout).toBe((await sensorium(['inspect', files.path('f.csv')])).stdout);
});

test('broken Arrow files are errors', async () => {
  await simulate('plaza', '--seconds', '1', '--out', files.path('whole.arrow'));
  const whole = readFileSync(files.path('whole.arrow'));
  const broken: Buffer[] = [whole.subarray(0, 8), whole.subarray(0, whole.length / 2), Buffer.concat([Buffer.from('ARROW1\0\0'), Buffer.alloc(1000, 0xff)])];
  for (let byte = 8; byte < whole.length; byte += Math.ceil(whole.length / 200)) {
    const copy = Buffer.from(whole);
    copy.fill(0xff, byte, byte + 16);
    broken.push(copy);
  }
  let failures = 0;
  for (const bytes of broken) {
    try {
      // Bytes that are values, not structure, are other values.
      for await (const rows of arrowRows(bytes)) expect(rows.length).toBeGreaterThan(0);
    } catch (error) {
      expect(String(error)).toMatch(/^Failure: expected an Arrow file without compression, got something else/);
      failures++;
    }
  }
  expect(failures).toBeGreaterThan(3);
  writeFileSync(files.path('broken.arrow'), broken[1]!);
  const { code, stderr } = await sensorium(['run', files.path('broken.arrow'), '--quiet']);
  expect(code).toBe(1);
  expect(stderr).toMatch(/broken\.arrow: expected an Arrow file/);
});

test('a recording that does not fit is refused before the work', async () => {
  const { code, stderr } = await sensorium(['simulate', '--world', 'plaza', '--agents', '100000', '--seconds', '3600', '--out', files.path('huge.arrow')]);
  expect(code).toBe(1);
  expect(stderr).toMatch(/--out: expected an Arrow file of at most 2000 MB, got \d+ rows, \d+ MB\. A \.csv has no limit; --every n writes fewer rows\./);
  expect(existsSync(files.path('huge.arrow'))).toBe(false);
});

test('Ctrl-C leaves no file', async () => {
  const out = files.path('interrupted.csv');
  const running = start(['simulate', '--world', 'plaza', '--agents', '100', '--seconds', '100000', '--out', out]);
  // It has begun when it writes beside its target.
  await vi.waitFor(() => expect(readdirSync(files.folder).some((name) => name.startsWith('interrupted.csv.'))).toBe(true), { timeout: 50_000 });
  running.child.kill('SIGINT');
  const { code, stderr } = await running.finished;
  expect(code).toBe(130);
  expect(stderr).toMatch(/^Interrupted: no file was written/);
  expect(readdirSync(files.folder).filter((name) => name.startsWith('interrupted'))).toEqual([]);
});

test.each([
  [['--world', 'moon'], /Allowed choices are plaza, warehouse, forest/],
  [['--world', 'plaza', '--ticks', '5'], /--ticks: expected it without --world only/],
  [['--world', 'plaza', '--pattern', 'mixed'], /--pattern: expected it without --world only/],
  [['--seconds', '5'], /--seconds: expected it with --world only/],
  [['--config-out', 'x.json'], /--config-out: expected it with --world only/],
  [['--world', 'plaza', '--config-out', 'x.json'], /--config-out: expected --out too/],
  [['--world', 'plaza', '--every', '5'], /--every: expected --out or --truth too/],
  [['--world', 'plaza', '--every', '5', '--intervals', 'x.csv'], /--every: expected --out or --truth too/],
  [['--every', '5'], /--every: expected --out too/],
  [['--world', 'plaza', '--agents', '1.5'], /Expected a whole number from 1 to 1000000; with --world to 100000\./],
  [['--world', 'plaza', '--seconds', '0'], /Expected a number above 0/],
  [['--world', 'plaza', '--hour', '25'], /Expected a number from 0 to 24/],
  [['--world', 'plaza', '--rain', 'much'], /Expected a number from 0 to 100/],
  [['--world', 'plaza', '--faults', '-1'], /Expected a number from 0 to 1000/],
  [['--world', 'plaza', '--out', 'a.csv', '--truth', 'a.csv'], /expected a file of its own for each/],
])('%j is wrong usage', async (args, message) => {
  const { code, stdout, stderr } = await sensorium(['simulate', ...args]);
  expect(code).toBe(2);
  expect(stderr).toMatch(message);
  expect(stdout).toBe('');
});

test('a file that cannot be is told before the work, by the option that named it', async () => {
  const [out, none] = [files.path('not-begun.csv'), files.path('no/such/folder.csv')];
  for (const option of ['--truth', '--intervals', '--config-out']) {
    const { code, stderr } = await sensorium(['simulate', '--world', 'plaza', '--agents', '2', '--seconds', '100000', '--out', out, option, none]);
    expect(code).toBe(1);
    expect(stderr).toContain(`sensorium: ${option}: ${none} cannot be written: `);
  }
  expect(readdirSync(files.folder).filter((name) => name.startsWith('not-begun'))).toEqual([]);
});

test('help: what stands below --world goes with it', async () => {
  const { stdout } = await sensorium(['help', 'simulate']);
  const below = stdout.slice(stdout.indexOf('with --world, as all below'), stdout.indexOf('-h, --help'));
  const options = [...below.matchAll(/^ {2}(--[a-z-]+)/gm)].map(([, name]) => name);
  expect(options).toEqual(['--truth', '--intervals', '--config-out', '--faults', '--incidents', '--rain', '--hour']);
});

test.each([
  [['--agents', '100001'], /agents: expected a whole number, 1 to 100000, got 100001/],
  [['--rate', '5'], /rate: expected 10 to 1000, got 5/],
])('%j is what no world can be', async (args, message) => {
  const { code, stderr } = await sensorium(['simulate', '--world', 'plaza', ...args]);
  expect(code).toBe(1);
  expect(stderr).toMatch(message);
});
