#!/usr/bin/env node
// `npm test`: brings the tools, builds, runs every suite, and says at the end what passed. Its last line is `N passed, N failed, N skipped`.
import { spawn } from 'node:child_process';
import { mkdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { build, buildPreset } from './build.mjs';
import { setup } from './setup.mjs';
import { fail, isMain, root, SetupError } from './setup/shell.mjs';
import { unexplained } from './test/parsers.mjs';
import { suites } from './test/suites.mjs';

const help = `Usage: npm test -- [--only <suite>[,<suite>]]... [--list] [--verbose]

  --only     run only these suites
  --list     print the suites
  --verbose  show the compilers' output and every passing C++ test
  --help     this text`;

/** Builds what the suites need, each thing once. Returns name → message of what could not be built: its suites fail, the others run. */
async function buildFor(chosen, options) {
  const broken = new Map();
  const attempt = async (name, work) => {
    try {
      await work();
    } catch (error) {
      if (!(error instanceof SetupError)) throw error;
      console.error(error.message);
      broken.set(name, `${name} could not be built`);
    }
  };
  for (const preset of new Set(chosen.flatMap((suite) => suite.presets ?? []))) await attempt(preset, () => buildPreset(preset, options));
  if (chosen.some((suite) => suite.package)) await attempt('package', () => build(['node', 'wasm', 'js'], options));
  return broken;
}

/** GoogleTest's lines of passing tests are thousands that say nothing. */
const dull = /^\[( RUN {6}|       OK |-{10}|={10})\]|^$/;

/** Runs a suite's command in a process group of its own, so that a hanging one can be ended with what it started. */
function execute(suite, tools, report, shard, { verbose }) {
  const [program, ...args] = suite.command(report, tools);
  return new Promise((resolve) => {
    const child = spawn(program, args, { cwd: root, env: { ...process.env, ...suite.env(tools, report), ...shard }, stdio: ['ignore', 'pipe', 'pipe'], detached: process.platform !== 'win32' });
    let printed = '';
    let complained = '';
    let pending = '';
    let timedOut = false;
    const timer = setTimeout(() => {
      timedOut = true;
      end(child);
    }, suite.timeout * 1000);
    const interrupted = () => {
      end(child);
      process.exit(130);
    };
    for (const signal of ['SIGINT', 'SIGTERM']) process.once(signal, interrupted);
    child.stdout.setEncoding('utf8');
    child.stdout.on('data', (part) => {
      printed += part;
      const lines = (pending + part).split('\n');
      pending = lines.pop();
      for (const text of lines) if (verbose || suite.presets === undefined || !dull.test(text)) console.log(text);
    });
    child.stderr.setEncoding('utf8');
    child.stderr.on('data', (part) => {
      complained += part;
      process.stderr.write(part);
    });
    child.on('error', (error) => finish(`could not be started: ${error.message}`));
    child.on('close', (code, signal) => finish(timedOut ? `ran longer than ${suite.timeout} s` : signal ? `ended by ${signal}` : null, code));
    function finish(crash, code = null) {
      clearTimeout(timer);
      for (const signal of ['SIGINT', 'SIGTERM']) process.removeListener(signal, interrupted);
      if (pending) console.log(pending);
      resolve({ printed, complained, crash, code });
    }
  });
}

function end(child) {
  try {
    if (process.platform === 'win32') child.kill();
    else process.kill(-child.pid, 'SIGKILL');
  } catch {}
}

async function runSuite(suite, tools, broken, options) {
  const start = performance.now();
  const result = (counts) => ({ suite, passed: 0, failed: [], skipped: [], ...counts, seconds: (performance.now() - start) / 1000 });
  const reason = suite.skip(tools);
  if (reason) return result({ skipped: [{ name: 'the whole suite', reason }] });
  const unbuilt = [...(suite.presets ?? []), ...(suite.package ? ['package'] : [])].map((name) => broken.get(name)).find(Boolean);
  if (unbuilt) return result({ failed: [unbuilt] });

  console.log(`\n── ${suite.name}: ${suite.about}`);
  mkdirSync(join(root, 'build/reports'), { recursive: true });
  const { shards = 1 } = suite;
  const counts = await Promise.all(Array.from({ length: shards }, (_, shard) => runShard(suite, tools, shard, shards, options)));
  const all = { passed: counts.reduce((sum, { passed }) => sum + passed, 0), failed: counts.flatMap(({ failed }) => failed), skipped: counts.flatMap(({ skipped }) => skipped) };
  if (all.passed + all.failed.length + all.skipped.length === 0) all.failed.push('ran no test');
  return result(all);
}

async function runShard(suite, tools, shard, shards, options) {
  const report = join(root, 'build/reports', `${suite.name}${shards > 1 ? `-${shard + 1}` : ''}.report`);
  rmSync(report, { force: true });
  const sharding = shards > 1 ? { GTEST_TOTAL_SHARDS: String(shards), GTEST_SHARD_INDEX: String(shard) } : {};
  const { printed, complained, crash, code } = await execute(suite, tools, report, sharding, options);
  const counts = suite.parser(report, printed, code) ?? { passed: 0, failed: [], skipped: [] };
  const reason = crash ?? unexplained(counts, complained, code);
  if (reason) counts.failed.push(`${counts.unfinished ?? 'the run'}: ${reason}`);
  return counts;
}

function summarise(results) {
  const sum = (value) => results.reduce((total, result) => total + value(result), 0);
  console.log(`\n${'suite'.padEnd(12)}${['passed', 'failed', 'skipped', 'seconds'].map((title) => title.padStart(9)).join('')}`);
  for (const { suite, passed, failed, skipped, seconds } of results) {
    console.log(suite.name.padEnd(12) + [passed, failed.length, skipped.length, seconds.toFixed(1)].map((value) => String(value).padStart(9)).join(''));
  }
  const listed = (title, items) => items.length > 0 && console.log(`\n${title}:\n${items.map((item) => `  ${item}`).join('\n')}`);
  listed('Skipped', results.flatMap(({ suite, skipped }) => skipped.map(({ name, reason }) => `${suite.name}: ${name}: ${reason || 'no reason given'}`)));
  listed('Failed', results.flatMap(({ suite, failed }) => failed.map((name) => `${suite.name}: ${name}`)));
  const failed = sum((result) => result.failed.length);
  console.log(`\n${sum((result) => result.passed)} passed, ${failed} failed, ${sum((result) => result.skipped.length)} skipped`);
  return failed;
}

async function main() {
  const { values } = parseArgs({ options: { only: { type: 'string', multiple: true, default: [] }, list: { type: 'boolean' }, verbose: { type: 'boolean' }, help: { type: 'boolean', short: 'h' } } });
  if (values.help) return console.log(help);
  if (values.list) return console.log(suites.map((suite) => `${suite.name.padEnd(12)}${suite.about}`).join('\n'));
  const only = values.only.flatMap((value) => value.split(','));
  const unknown = only.find((name) => !suites.some((suite) => suite.name === name));
  if (unknown !== undefined) throw new SetupError(`--only: no suite '${unknown}'. Suites: ${suites.map((suite) => suite.name).join(', ')}`);
  const chosen = suites.filter((suite) => only.length === 0 || only.includes(suite.name));

  console.log('Set-up:');
  const tools = await setup({ purpose: 'test', verbose: values.verbose });
  const runnable = chosen.filter((suite) => !suite.skip(tools));
  console.log('Build:');
  const broken = await buildFor(runnable, values);
  const results = [];
  for (const suite of chosen) results.push(await runSuite(suite, tools, broken, values));
  if (summarise(results) > 0) process.exitCode = 1;
}

if (isMain(import.meta.url)) main().catch(fail);
