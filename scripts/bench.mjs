#!/usr/bin/env node
// `npm run bench`: the native benchmark binary, optimised. What follows `--` goes to it (`--benchmark_filter=classic`).
import { spawnSync } from 'node:child_process';
import { join } from 'node:path';
import { buildPreset } from './build.mjs';
import { setup } from './setup.mjs';
import { fail, root } from './setup/shell.mjs';

async function main() {
  await setup({ purpose: 'build', quiet: true });
  await buildPreset('release');
  const run = spawnSync(join(root, 'build/release/bench/sensorium_bench'), process.argv.slice(2), { cwd: root, stdio: 'inherit' });
  if (run.error) throw run.error;
  process.exitCode = run.status ?? 1;
}

main().catch(fail);
