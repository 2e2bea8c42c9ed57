#!/usr/bin/env node
// `npm start`: brings the tools, builds, shows a run without a screen, then serves the demo.
import { spawnSync } from 'node:child_process';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { build } from './build.mjs';
import { setup } from './setup.mjs';
import { exists, fail, isMain, root, SetupError } from './setup/shell.mjs';

const help = `Usage: npm start -- [--port <number>] [--no-serve] [--verbose]

  --port      the page's port (default 5173; the next free one if taken)
  --no-serve  only the run without a screen
  --verbose   show the compilers' output
  --help      this text`;

const run = ['dist/cli.js', 'simulate', '--agents', '1000', '--ticks', '1000', '--seed', '1'];

async function main() {
  const { values } = parseArgs({ options: { port: { type: 'string', default: '5173' }, 'no-serve': { type: 'boolean' }, verbose: { type: 'boolean' }, help: { type: 'boolean', short: 'h' } } });
  if (values.help) return console.log(help);
  const port = Number(values.port);
  if (!Number.isInteger(port) || port < 1 || port > 65535) throw new SetupError(`--port: expected a number from 1 to 65535, got '${values.port}'`);

  console.log('Set-up:');
  await setup({ purpose: 'start', verbose: values.verbose });
  console.log('Build:');
  await build(['node', 'wasm', 'js'], values);

  console.log(`\n$ node ${run.join(' ')}`);
  const simulated = spawnSync(process.execPath, run, { cwd: root, stdio: 'inherit' });
  if (simulated.status !== 0) throw new SetupError(`the run failed (${simulated.signal ?? `exit code ${simulated.status}`}): node ${run.join(' ')}`);
  if (!values['no-serve']) await serve(port);
}

async function serve(port) {
  const page = join(root, 'web-demo');
  if (!exists(join(page, 'index.html'))) throw new SetupError(`no page to serve: ${page}/index.html is not there. Run: git status web-demo`);
  const { createServer } = await import('vite');
  const server = await createServer({ root: page, server: { port } });
  await server.listen();
  console.log(`\nThe demo; Ctrl-C ends it:\n  ${server.resolvedUrls.local[0]}`);
  for (const signal of ['SIGINT', 'SIGTERM']) {
    process.once(signal, () => server.close().finally(() => process.exit(0)));
  }
}

if (isMain(import.meta.url)) main().catch(fail);
