#!/usr/bin/env node
// `npm run demo:build`: the demo as static files, which any server serves from any folder, with no special headers.
import { readdirSync, readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { parseArgs } from 'node:util';
import { brotliCompressSync } from 'node:zlib';
import { build } from './build.mjs';
import { setup } from './setup.mjs';
import { fail, isMain, root } from './setup/shell.mjs';

const help = `Usage: npm run demo:build -- [--out <folder>] [--verbose]

  --out      where to (default build/web-demo); what is there is replaced
  --verbose  show the compilers' output
  --help     this text`;

/** Builds the demo from the package in dist/. Returns the folder. */
export async function buildDemo(outDir = join(root, 'build/web-demo')) {
  const { build: vite } = await import('vite');
  await vite({ root: join(root, 'web-demo'), logLevel: 'warn', build: { outDir, emptyOutDir: true } });
  return outDir;
}

async function main() {
  const { values } = parseArgs({ options: { out: { type: 'string' }, verbose: { type: 'boolean' }, help: { type: 'boolean', short: 'h' } } });
  if (values.help) return console.log(help);
  console.log('Set-up:');
  await setup({ purpose: 'start', verbose: values.verbose });
  console.log('Build:');
  await build(['node', 'wasm', 'js'], values);
  const folder = await buildDemo(values.out && resolve(values.out));
  const files = readdirSync(folder, { recursive: true, withFileTypes: true }).filter((entry) => entry.isFile());
  let total = 0;
  console.log('\nbytes as brotli');
  for (const entry of files) {
    const path = join(entry.parentPath, entry.name);
    const size = brotliCompressSync(readFileSync(path)).length;
    total += size;
    console.log(`${String(size).padStart(8)}  ${path.slice(folder.length + 1)}`);
  }
  console.log(`${String(total).padStart(8)}  in all: ${folder}`);
}

if (isMain(import.meta.url)) main().catch(fail);
