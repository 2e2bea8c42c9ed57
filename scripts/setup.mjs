#!/usr/bin/env node
// Finds or installs what building, running and testing need. `npm start` and `npm test` call it; the second time it only looks.
import { mkdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { canInstall, hasApt, install, installCommand, system, update } from './setup/apt.mjs';
import * as find from './setup/find.mjs';
import { cache } from './setup/private-toolchain.mjs';
import { fail, isMain, line, SetupError, step } from './setup/shell.mjs';
import { byHand, purposes, steps } from './setup/steps.mjs';

const help = `Usage: node scripts/setup.mjs [--for start|test|build] [--check] [--verbose]

Finds what Sensorium's build, run and tests need, and installs what is missing:
system packages with apt (as root or through sudo), Emscripten and xsimd into
${cache} where the system's are too old.

  --for start   what running needs
  --for build   also GoogleTest and Google Benchmark
  --for test    also a second compiler, aarch64 emulation, Chromium (default)
  --check       only report; exit code 1 if something is missing
  --verbose     show what the installers print
  --help        this text`;

/**
 * Where the tools are, for the other scripts and, through a file in the cache, for cmake/*.cmake:
 * {emscripten: {path, version, cmake, env}, xsimd: {path, version}, chromium: {path}, clang, aarch64: {path, qemu}}, null for what is not there.
 */
export function toolchain() {
  const emscripten = find.findEmscripten();
  return {
    emscripten: emscripten?.old ? null : emscripten,
    xsimd: find.findXsimd(),
    clang: find.findClang(),
    aarch64: find.findAarch64(),
    chromium: find.findChromium(),
  };
}

/** Brings everything `purpose` needs; returns toolchain(). `quiet` prints nothing of what is there already. */
export async function setup({ purpose = 'test', check = false, verbose = false, quiet = false } = {}) {
  if (!purposes.includes(purpose)) throw new SetupError(`--for: expected one of ${purposes.join(', ')}, got '${purpose}'. Run: node scripts/setup.mjs --for test`);
  const needed = steps.filter((item) => item.for.includes(purpose));
  const missing = needed.filter((item) => !report(item, item.find(), { check, quiet }));
  if (missing.length > 0) {
    if (check) throw new SetupError(`missing: ${missing.map((item) => item.name).join(', ')}. Run: node scripts/setup.mjs --for ${purpose}`);
    await bring(missing, { verbose });
  }
  return remember(toolchain());
}

function report(item, found, { check = false, quiet = false } = {}) {
  if (found && quiet) return true;
  if (found) line('✓', item.name, [found.version, found.path].filter(Boolean).join('  '));
  else if (check) line('✗', item.name, item.optional ? `not found: ${item.optional}` : `not found${item.needs ? ` (${item.needs})` : ''}`);
  return found || (check && item.optional);
}

/** Installs the missing rows: first all apt packages in one go, then what has a way of its own. */
async function bring(missing, options) {
  // Which packages serve depends on what apt offers, so its lists must be there first.
  if (missing.some((item) => item.apt || item.plan) && canInstall()) await step('apt', 'fetching the package lists', () => update(options));

  const planned = missing.map((item) => ({ item, plan: planFor(item) }));
  const impossible = planned.filter(({ item, plan }) => !plan && !item.optional);
  if (impossible.length > 0) throw byHand(impossible.map(({ item }) => item), system);

  const required = packagesOf(planned.filter(({ item }) => !item.optional));
  const optional = packagesOf(planned.filter(({ item }) => item.optional)).filter((name) => !required.includes(name));
  if (required.length > 0 && !canInstall()) {
    throw new SetupError(`missing: ${missing.map((item) => item.name).join(', ')}; this user may not install packages (not root, no sudo without a password). Run:\n  ${installCommand([...required, ...optional])}`);
  }
  if (required.length > 0) await step('apt', `installing ${required.join(' ')}`, () => install(required, options));
  for (const { item, plan } of planned) {
    const packages = (plan?.apt ?? []).filter((name) => optional.includes(name));
    if (packages.length > 0 && canInstall()) await step('apt', `installing ${packages.join(' ')}`, () => install(packages, options)).catch(() => {});
    else if (item.optional && !plan?.install) line('–', item.name, `not found: ${item.optional}`);
  }
  for (const { item, plan } of planned) {
    // One private toolchain brings both Emscripten and xsimd: look again before doing it twice.
    if (plan?.install && !item.find()) await step(item.name, plan.doing, () => plan.install(options));
  }
  const still = missing.filter((item) => !report(item, item.find()) && !item.optional);
  if (still.length > 0) throw new SetupError(`installed, yet still not found: ${still.map((item) => `${item.name} ${item.needs ?? ''}`.trim()).join(', ')}. Look at the packages' own output: node scripts/setup.mjs --verbose`);
}

function planFor(item) {
  if (item.install) return item;
  if (!hasApt) return null;
  return item.plan ? item.plan() : item.apt ? { apt: item.apt } : null;
}

function packagesOf(planned) {
  return [...new Set(planned.flatMap(({ plan }) => plan?.apt ?? []))];
}

/** cmake/emscripten.cmake and cmake/xsimd.cmake read this file, so that a bare `cmake --preset wasm` finds the same tools. */
function remember(found) {
  const file = join(cache, 'toolchain.json');
  const text = `${JSON.stringify(found, null, 2)}\n`;
  let before = null;
  try {
    before = readFileSync(file, 'utf8');
  } catch {}
  if (before !== text) {
    mkdirSync(cache, { recursive: true });
    writeFileSync(`${file}.${process.pid}`, text);
    renameSync(`${file}.${process.pid}`, file);
  }
  return found;
}

async function main() {
  const { values } = parseArgs({ options: { for: { type: 'string', default: 'test' }, check: { type: 'boolean' }, verbose: { type: 'boolean' }, help: { type: 'boolean', short: 'h' } } });
  if (values.help) return console.log(help);
  const start = performance.now();
  console.log(`Set-up for ${values.for}:`);
  await setup({ purpose: values.for, check: values.check, verbose: values.verbose });
  console.log(`Set-up is complete (${((performance.now() - start) / 1000).toFixed(1)} s).`);
}

if (isMain(import.meta.url)) main().catch(fail);
