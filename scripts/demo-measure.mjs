#!/usr/bin/env node
// `npm run demo:measure`: what the demo costs. The engine's tick in a worker beside the same in Node; the page's own JavaScript;
// the page's meter beside a Chromium trace, whose sampling profiler knows nothing of the meter; and the time to the first ticks.
import { cpus, loadavg } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { chromium } from 'playwright';
import { openCrowdPage } from '../bench/chromium.mjs';
import { benchCrowd } from '../bench/crowd.mjs';
import { buildDemo } from './demo-build.mjs';
import { exists, fail, isMain, root, SetupError } from './setup/shell.mjs';

const help = `Usage: npm run demo:measure -- [--agents <n>] [--seconds <n>] [--rounds <n>]

  --agents   in the page (default 10000)
  --seconds  of each trace (default 30)
  --rounds   of crowd-10k in Node and a worker by turns, and of loading the page (default 5)
  --help     this text

The package must have been built: npm run build.`;

const warmSeconds = 8;
const ofWorld = 'plaza, seed 1';

const median = (values) => [...values].sort((a, b) => a - b)[values.length >> 1];
const milliseconds = (value) => `${value.toFixed(2)} ms`;

/** crowd-10k in Node and in a worker by turns. */
async function compareTicks(rounds) {
  const { createSensorium } = await import('../dist/node.js');
  const page = await openCrowdPage();
  const [node, worker] = [[], []];
  try {
    for (let round = 0; round < rounds; round++) {
      node.push((await benchCrowd(createSensorium, 'wasm', { ticks: 200 })).row);
      worker.push((await page.crowd({ ticks: 200 })).row);
    }
  } finally {
    await page.close();
  }
  const tick = ({ agents, ns_agent_least: least, ns_agent_median: middle }) => ({ least: (least * agents) / 1e6, middle: (middle * agents) / 1e6 });
  const figures = (rows) => ({ least: Math.min(...rows.map((row) => tick(row).least)), middle: median(rows.map((row) => tick(row).middle)) });
  const [inNode, inWorker] = [figures(node), figures(worker)];
  console.log(`crowd-10k, a tick of WebAssembly, ${rounds} rounds by turns (limit 1.2)`);
  console.log(`  least   Node ${milliseconds(inNode.least)}, worker ${milliseconds(inWorker.least)}: ${(inWorker.least / inNode.least).toFixed(2)}`);
  console.log(`  median  Node ${milliseconds(inNode.middle)}, worker ${milliseconds(inWorker.middle)}: ${(inWorker.middle / inNode.middle).toFixed(2)}`);
}

/** Milliseconds from navigation to the first tick that the page shows. */
async function firstTick(browser, address) {
  const context = await browser.newContext();
  const page = await context.newPage();
  await page.goto(address, { waitUntil: 'commit' });
  const handle = await page.waitForFunction(() => Number(document.body?.dataset.tick) >= 1 && performance.now(), undefined, { timeout: 60_000 });
  const took = await handle.jsonValue();
  await context.close();
  return took;
}

/** What a text of the meter says, in milliseconds. */
function inMilliseconds(text) {
  const [number, unit] = text.replaceAll(',', '').split(' ');
  return Number(number) * { 'µs': 0.001, ms: 1, s: 1000 }[unit];
}

/** A page of the demo that has run for a while. */
async function openPage(browser, address) {
  const page = await browser.newPage({ viewport: { width: 1440, height: 900 } });
  // Of every frame that the worker tells of, the page sends one `taken` back. What the meter shows then is noted a frame: noted a
  // quarter of a second, slow ticks would count for more than quick ones.
  await page.addInitScript(() => {
    const parts = ['world-time', 'engine-time', 'draw-time'];
    globalThis.noted = { frames: 0, meter: [] };
    const post = Worker.prototype.postMessage;
    Worker.prototype.postMessage = function (order, ...rest) {
      if (order.type === 'taken') {
        noted.frames++;
        noted.meter.push(parts.map((id) => document.getElementById(id).textContent));
      }
      return post.call(this, order, ...rest);
    };
  });
  await page.goto(address);
  await page.waitForFunction(() => Number(document.body.dataset.tick) >= 10, undefined, { timeout: 60_000 });
  await page.waitForTimeout(1000 * warmSeconds);
  return page;
}

/** A trace, and how much happened in its time: its beginning and its end take a while themselves. */
async function traced(browser, page, categories, seconds) {
  const state = () => page.evaluate(() => ({ tick: Number(document.body.dataset.tick), frames: noted.frames, noted: noted.meter.length }));
  await browser.startTracing(page, { categories: ['devtools.timeline', '__metadata', ...categories] });
  const before = await state();
  await page.waitForTimeout(1000 * seconds);
  const after = await state();
  const { traceEvents: events } = JSON.parse((await browser.stopTracing()).toString());
  const shown = await page.evaluate(([from, to]) => noted.meter.slice(from, to), [before.noted, after.noted]);
  await page.close();
  return { events, ticks: after.tick - before.tick, frames: after.frames - before.frames, shown };
}

/** The page's own JavaScript, ms a frame. */
async function measurePage(browser, address, seconds) {
  const page = await openPage(browser, address);
  const { events, frames } = await traced(browser, page, [], seconds);
  return { perFrame: pageScripting(events) / frames, frames };
}

/** What the meter shows and what a sampling profiler finds, ms a tick and, of drawing, a frame. */
async function measureMeter(browser, address, seconds) {
  const page = await openPage(browser, address);
  const { events, ticks, shown } = await traced(browser, page, ['disabled-by-default-v8.cpu_profiler'], seconds);
  const mean = (index) => shown.reduce((sum, texts) => sum + inMilliseconds(texts[index]), 0) / shown.length;
  const { frames, ...sums } = profileWorker(events);
  const profile = { world: sums.world / ticks, engine: sums.engine / ticks, drawing: sums.drawing / frames };
  return { meter: { world: mean(0), engine: mean(1), drawing: mean(2) }, profile, ticks, frames };
}

/** The processor time of the outermost calls of scripts on the page's own thread, ms. */
function pageScripting(events) {
  const threads = events.filter(({ name, args }) => name === 'thread_name' && args.name === 'CrRendererMain');
  const scripts = new Set(['FunctionCall', 'EvaluateScript', 'v8.run', 'RunMicrotasks', 'MinorGC', 'MajorGC', 'TimerFire', 'FireAnimationFrame', 'EventDispatch', 'HandlePostMessage']);
  const sums = threads.map(({ pid, tid }) => {
    const calls = events.filter((event) => event.ph === 'X' && event.pid === pid && event.tid === tid && scripts.has(event.name)).sort((a, b) => a.ts - b.ts || b.dur - a.dur);
    let until = 0;
    let sum = 0;
    for (const { ts, dur, tdur } of calls) {
      if (ts < until) continue;
      until = ts + dur;
      sum += (tdur ?? dur) / 1000;
    }
    return sum;
  });
  return Math.max(...sums);
}

/** Milliseconds that the worker spent in each part of its frames, by the profiler's samples. */
function profileWorker(events) {
  const threadOf = ({ pid, tid }) => `${pid} ${tid}`;
  const workers = new Set(events.filter(({ name, args }) => name === 'thread_name' && args.name.startsWith('DedicatedWorker')).map(threadOf));
  const all = events.filter(({ name }) => name === 'Profile').filter((event) => workers.has(threadOf(event)));
  const profiles = all.map(({ pid, tid, id, args }) => readProfile(args.data.startTime, events.filter((event) => event.name === 'ProfileChunk' && event.pid === pid && event.id === id), threadOf({ pid, tid })));
  const { thread, samples } = profiles.sort((a, b) => b.samples.length - a.samples.length)[0];
  const frames = events.filter((event) => event.name === 'FireAnimationFrame' && threadOf(event) === thread);
  const sums = { world: 0, engine: 0, drawing: 0, frames: frames.length };
  let next = 0;
  for (const { ts, dur } of frames.sort((a, b) => a.ts - b.ts)) {
    while (next < samples.length && samples[next].at < ts) next++;
    // A sample stands for the time until the next one, also beyond the frame's end: so what comes last in a frame, and is short, gets on
    // average what it took. But what lies before the first with a script's name is that one's: where processors are scarce, the sampler
    // too must wait for one while a frame begins.
    let begin = ts;
    let part;
    for (; next < samples.length && samples[next].at < ts + dur; next++) {
      const { at, named } = samples[next];
      if (!named) continue;
      if (part !== undefined) {
        if (part) sums[part] += (at - begin) / 1000;
        begin = at;
      }
      part = samples[next].part;
    }
    if (part) sums[part] += ((samples[next]?.at ?? ts + dur) - begin) / 1000;
  }
  return sums;
}

/** The samples of a thread: when, and in which part. */
function readProfile(startTime, chunks, thread) {
  const nodes = new Map();
  const samples = [];
  let at = startTime;
  for (const { args } of chunks.sort((a, b) => a.ts - b.ts)) {
    const { cpuProfile = {}, timeDeltas = [] } = args.data;
    for (const { id, parent, callFrame } of cpuProfile.nodes ?? []) {
      const name = callFrame.functionName;
      nodes.set(id, { name, named: !name.startsWith('('), part: partOf(name, nodes.get(parent)) });
    }
    (cpuProfile.samples ?? []).forEach((id, index) => {
      at += timeDeltas[index];
      samples.push({ at, ...nodes.get(id) });
    });
  }
  return { thread, samples: samples.sort((a, b) => a.at - b.at) };
}

/** Methods keep their names in a small build; what they call is theirs. */
function partOf(name, above) {
  if (above?.part) return above.part;
  if (name === 'draw') return 'drawing';
  if (name === 'tick' && above?.name === 'step') return 'engine';
  if ((name === 'step' || name === 'writeTo') && above?.name === 'step') return 'world';
  return null;
}

async function main() {
  const { values } = parseArgs({ options: { agents: { type: 'string', default: '10000' }, seconds: { type: 'string', default: '30' }, rounds: { type: 'string', default: '5' }, help: { type: 'boolean', short: 'h' } } });
  if (values.help) return console.log(help);
  if (!exists(join(root, 'dist/world.js'))) throw new SetupError('the package is not built: npm run build');
  const number = (name) => {
    const value = Number(values[name]);
    if (!Number.isInteger(value) || value < 1) throw new SetupError(`--${name}: expected a number from 1 on, got '${values[name]}'`);
    return value;
  };
  const [agents, seconds, rounds] = ['agents', 'seconds', 'rounds'].map(number);
  console.log(`${cpus()[0].model.trim()}, ${cpus().length} cores, load ${loadavg()[0].toFixed(1)}, Node ${process.version}\n`);
  await compareTicks(rounds);

  const { preview } = await import('vite');
  await buildDemo();
  const server = await preview({ root: join(root, 'web-demo'), preview: { port: 0 }, logLevel: 'error' });
  const drawing = ['--use-angle=swiftshader', '--enable-unsafe-swiftshader', '--ignore-gpu-blocklist'];
  const browser = await chromium.launch({ executablePath: process.env.CHROMIUM || '/usr/bin/chromium', args: ['--no-sandbox', '--disable-quic', '--no-first-run', '--disable-background-networking', ...drawing] });
  try {
    const origin = server.resolvedUrls.local[0].replace(/\/$/, '');
    const address = `${origin}/#agents=${agents}&seed=1`;
    for (const [what, where] of [['as it opens', `${origin}/`], [`${agents} agents`, address]]) {
      const times = [];
      for (let round = 0; round < rounds; round++) times.push(await firstTick(browser, where));
      console.log(`\nFrom navigation to the first tick, ${what} (limit 1 s): least ${Math.min(...times).toFixed(0)} ms, median ${median(times).toFixed(0)} ms`);
    }
    const { perFrame, frames } = await measurePage(browser, address, seconds);
    console.log(`\nThe page's own JavaScript, ${agents} agents, ${ofWorld}, a frame (limit 2 ms): ${milliseconds(perFrame)} of processor time, ${frames} frames`);
    const { meter, profile, ticks } = await measureMeter(browser, address, seconds);
    console.log(`\nThe meter beside the trace, ${ticks} ticks (limit 15 %), Chromium ${browser.version()}`);
    for (const part of ['world', 'engine', 'drawing']) {
      console.log(`  ${part.padEnd(8)} ${milliseconds(meter[part])}, in the trace ${milliseconds(profile[part])}: ${(100 * (meter[part] / profile[part] - 1)).toFixed(1)} %`);
    }
  } finally {
    await browser.close();
    await server.close();
  }
  console.log(`\nload at the end ${loadavg()[0].toFixed(1)}`);
}

if (isMain(import.meta.url)) main().catch(fail);
