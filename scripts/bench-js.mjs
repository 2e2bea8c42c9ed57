#!/usr/bin/env node
// `npm run bench:js`: the built package beside kdbush and flatbush, the scenario crowd-10k in Node and in Chromium, and recordings.
import { execFileSync } from 'node:child_process';
import { mkdirSync, writeFileSync } from 'node:fs';
import { cpus, loadavg } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { build } from './build.mjs';
import { crowdInChromium } from '../bench/chromium.mjs';
import { benchCrowd } from '../bench/crowd.mjs';
import { benchNeighbors } from '../bench/neighbors.mjs';
import { benchReplay } from '../bench/replay.mjs';
import { fail, root, SetupError } from './setup/shell.mjs';

const help = `Usage: npm run bench:js -- [--only neighbors|crowd|replay]... [--most <agents>] [--seconds <n>] [--out <folder>] [--no-build]

  --only     one of the three parts
  --most     the largest number of agents of the first (default 1000000)
  --seconds  for each contender, world and size (default 2)
  --out      where the figures go: js-space.csv of the first two, js-replay.csv of the third (default docs/benchmarks)
  --no-build measure dist/ as it is
  --help     this text`;

const parts = ['neighbors', 'crowd', 'replay'];
const sizes = [1_000, 10_000, 100_000, 1_000_000];

function print({ scenario, world, agents, contender, ns_agent_least: least, ns_agent_median: median, ticks }) {
  const cells = [scenario.padEnd(10), world.padEnd(10), String(agents).padStart(8), `  ${contender.padEnd(38)}`, least.toFixed(0).padStart(7), median.toFixed(0).padStart(7)];
  console.log(`${cells.join(' ')}  of ${ticks} ticks`);
}

function printReplay({ agents, contender, ns_tick_least: least, ns_tick_median: median, ticks_a_second: rate }) {
  const cells = ['replay'.padEnd(10), String(agents).padStart(8), `  ${contender.padEnd(38)}`, least.toFixed(0).padStart(9), median.toFixed(0).padStart(9)];
  console.log(`${cells.join(' ')}  ${rate} ticks/s`);
}

function csv(rows) {
  const text = (value) => (typeof value === 'number' && !Number.isInteger(value) ? value.toFixed(1) : String(value));
  const machine = `${cpus()[0].model.trim()}, ${cpus().length} cores, load ${loadavg()[0].toFixed(1)}, Node ${process.version}`;
  const about = { machine: `"${machine}"`, date: new Date().toISOString().slice(0, 10), commit: commit() };
  const names = [...Object.keys(rows[0]), ...Object.keys(about)];
  return [names, ...rows.map((row) => Object.values({ ...row, ...about }).map(text))].map((cells) => `${cells.join(',')}\n`).join('');
}

function commit() {
  try {
    return execFileSync('git', ['rev-parse', '--short', 'HEAD'], { cwd: root, encoding: 'utf8', stdio: ['ignore', 'pipe', 'ignore'] }).trim();
  } catch {
    return 'unknown';
  }
}

async function crowd(createSensorium) {
  const results = [];
  for (const backend of ['native', 'wasm']) results.push(await benchCrowd(createSensorium, backend));
  const chromium = await crowdInChromium();
  if (chromium) results.push(chromium);
  else console.log('Chromium is not here: not measured in it');
  for (const { row, about } of results) {
    print(row);
    const { within, stayed, places, bytes } = about;
    const milliseconds = (row.ns_agent_least * row.agents) / 1e6;
    console.log(`  ${milliseconds.toFixed(2)} ms a tick at least; ${within.toFixed(1)} within the radius, ${(100 * stayed).toFixed(1)} % stayed in one of ${places} places, ${(bytes / 1e6).toFixed(1)} MB`);
  }
  return results.map(({ row }) => row);
}

async function main() {
  const { values } = parseArgs({
    options: {
      only: { type: 'string', multiple: true, default: parts },
      most: { type: 'string', default: '1000000' },
      seconds: { type: 'string', default: '2' },
      out: { type: 'string', default: join(root, 'docs/benchmarks') },
      'no-build': { type: 'boolean' },
      help: { type: 'boolean', short: 'h' },
    },
  });
  if (values.help) return console.log(help);
  const unknown = values.only.find((name) => !parts.includes(name));
  if (unknown !== undefined) throw new SetupError(`--only: expected one of ${parts.join(', ')}, got '${unknown}'`);
  const [most, seconds] = [Number(values.most), Number(values.seconds)];
  if (!(most >= sizes[0]) || !(seconds > 0)) throw new SetupError(`expected --most ${sizes[0]} or more and --seconds above 0\n\n${help}`);
  if (!values['no-build']) await build(['node', 'wasm', 'js']);
  const { createSensorium } = await import('../dist/node.js');
  const write = (name, rows) => {
    if (rows.length === 0) return;
    mkdirSync(values.out, { recursive: true });
    writeFileSync(join(values.out, name), csv(rows));
    console.log(`wrote ${join(values.out, name)}`);
  };
  const load = () => `least, median; load ${loadavg()[0].toFixed(1)}`;
  const rows = [];
  if (values.only.some((name) => name !== 'replay')) console.log(`nanoseconds an agent and tick: ${load()}`);
  if (values.only.includes('neighbors')) rows.push(...(await benchNeighbors(createSensorium, { sizes: sizes.filter((size) => size <= most), seconds, print })));
  if (values.only.includes('crowd')) rows.push(...(await crowd(createSensorium)));
  write('js-space.csv', rows);
  if (!values.only.includes('replay')) return;
  console.log(`nanoseconds a tick: ${load()}`);
  write('js-replay.csv', await benchReplay(createSensorium, { seconds, print: printReplay }));
}

main().catch(fail);
