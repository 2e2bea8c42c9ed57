#!/usr/bin/env node
// `npm run test:soak`: ten minutes of the demo at 10,000 agents, whose memory must not grow.
import { spawnSync } from 'node:child_process';
import { parseArgs } from 'node:util';
import { build } from './build.mjs';
import { setup } from './setup.mjs';
import { fail, isMain, root, SetupError } from './setup/shell.mjs';

const help = `Usage: npm run test:soak -- [--seconds <n>]

  --seconds  how long (default 600)
  --help     this text`;

async function main() {
  const { values } = parseArgs({ options: { seconds: { type: 'string', default: '600' }, help: { type: 'boolean', short: 'h' } } });
  if (values.help) return console.log(help);
  const seconds = Number(values.seconds);
  if (!Number.isInteger(seconds) || seconds < 1) throw new SetupError(`--seconds: expected a number from 1 on, got '${values.seconds}'`);
  await setup({ purpose: 'start', quiet: true });
  await build(['node', 'wasm', 'js']);
  const { status } = spawnSync(process.execPath, ['node_modules/vitest/vitest.mjs', 'run', '--project', 'demo', 'tests/demo/memory'], {
    cwd: root,
    stdio: 'inherit',
    env: { ...process.env, SENSORIUM_SOAK_SECONDS: String(seconds) },
  });
  process.exitCode = status ?? 1;
}

if (isMain(import.meta.url)) main().catch(fail);
