#!/usr/bin/env node
// Builds what is asked for, one line a step: the C++ presets, the generated TypeScript, and dist/, the package as npm users get it.
import { createHash } from 'node:crypto';
import { chmodSync, copyFileSync, mkdirSync, readFileSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join, relative } from 'node:path';
import { parseArgs } from 'node:util';
import { setup, toolchain } from './setup.mjs';
import { exists, fail, isMain, line, root, run, SetupError, step } from './setup/shell.mjs';

const help = `Usage: node scripts/build.mjs [native|node|wasm|js|all]... [--preset <name>]... [--verbose]

  native    the C++ library, tests, benchmark and schema printer   (preset release)
  node      the Node addon                                        (preset node)
  wasm      the WebAssembly module                                (preset wasm)
  js        the package in dist/, from js/ and what the two above made
  all       native, generated files, node, wasm, js (default)

  --preset  any preset of CMakePresets.json, beside or instead of the above
  --verbose show the compilers' output
  --help    this text`;

/** WebAssembly modules, each with its glue. */
const modules = ['sensorium_wasm', 'sensorium_world'];
const platform = `${process.platform}-${process.arch}`;

/** What each part is made from, in the order to make them. */
const parts = {
  native: (options) => buildPreset('release', options),
  generated: generate,
  node: (options) => buildPreset('node', options),
  wasm: (options) => buildPreset('wasm', options),
  js: buildPackage,
};

/** Builds the named parts; fails with the compiler's own words. */
export async function build(names, options = {}) {
  for (const name of Object.keys(parts)) if (names.includes(name)) await parts[name](options);
}

/** Configures the preset if it was not, or not like this, and builds it. */
export async function buildPreset(preset, { verbose = false } = {}) {
  const folder = join(root, 'build', preset);
  const found = toolchain();
  const key = configurationKey(preset, found);
  const keyFile = join(folder, 'configured');
  await step(preset, 'building', async () => {
    const before = exists(keyFile) ? readFileSync(keyFile, 'utf8') : null;
    if (before !== key || !exists(join(folder, 'build.ninja'))) {
      // Without our mark somebody configured it by hand, through the same preset: bring it up to date, keep what is compiled.
      await run('cmake', ['--preset', preset, ...(before === null ? [] : ['--fresh'])], { verbose });
      writeFileSync(keyFile, key);
    }
    const text = await run('cmake', ['--build', '--preset', preset], { verbose });
    const steps = text.match(/\[\d+\/(\d+)\](?![\s\S]*\[\d+\/\d+\])/)?.[1];
    return text.includes('no work to do') ? 'up to date' : `built${steps ? `, ${steps} steps` : ''}`;
  });
}

/** What a configured folder depends on beyond what Ninja itself watches: move the checkout, change a compiler or a preset, and it is made anew. */
function configurationKey(preset, found) {
  const files = ['CMakePresets.json', ...['aarch64', 'clang', 'emscripten'].map((name) => `cmake/${name}.cmake`)];
  const values = [preset, root, process.env.CI, process.env.CXX, process.env.CXXFLAGS, found.xsimd, preset === 'wasm' && found.emscripten, preset === 'clang' && found.clang];
  const hash = createHash('sha256').update(JSON.stringify(values));
  for (const file of files) hash.update(readFileSync(join(root, file)));
  return hash.digest('hex');
}

/** TypeScript's view of the schema, printed by the C++ that owns it. */
async function generate({ verbose = false } = {}) {
  await step('generated', 'generating', async () => {
    const text = await run(process.execPath, ['scripts/generate.mjs'], { verbose });
    return text.trim().split('\n').at(-1) || 'generated';
  });
}

/** dist/: js/ compiled, the WASM module and its glue, the addon of this platform. Files that are the same are not touched. */
async function buildPackage({ verbose = false } = {}) {
  await step('dist', 'compiling js/', async () => {
    const emitted = join(root, 'build/js');
    rmSync(emitted, { recursive: true, force: true });
    await run(process.execPath, ['node_modules/typescript/bin/tsc', '-p', 'tsconfig.build.json'], { verbose });
    // What a bundler makes of `import url from 'sensorium/wasm'`; without it TypeScript refuses the import.
    mkdirSync(join(emitted, 'wasm'), { recursive: true });
    const address = '/** The address of the WebAssembly module, as the bundler serves it. */\ndeclare const url: string;\nexport default url;\n';
    for (const module of modules) writeFileSync(join(emitted, `wasm/${module}.wasm.d.ts`), address);
    const files = new Map(walk(emitted).map((file) => [relative(emitted, file).replaceAll('\\', '/'), file]));
    for (const module of modules) {
      for (const file of [`${module}.js`, `${module}.wasm`]) files.set(`wasm/${file}`, made('wasm', file));
      checkGlue(files.get(`wasm/${module}.js`));
    }
    files.set(`native/${platform}/sensorium.node`, made('node', 'sensorium.node'));
    const changed = synchronise(files, join(root, 'dist'));
    if (exists(join(root, 'dist/cli.js'))) chmodSync(join(root, 'dist/cli.js'), 0o755);
    return changed === 0 ? 'up to date' : `${changed} of ${files.size} files changed`;
  });
}

function made(preset, file) {
  const path = join(root, 'build', preset, file);
  if (!exists(path)) throw new SetupError(`dist/ needs build/${preset}/${file}, which is not there. Run: node scripts/build.mjs ${preset} js`);
  return path;
}

/** Bundlers fail on Node's modules in a web file, and strict pages forbid new Function: neither may come back with a changed flag. */
function checkGlue(path) {
  const text = readFileSync(path, 'utf8');
  for (const [what, pattern] of [['an import of a Node module', /["']node:|require\(/], ['new Function', /new Function/]]) {
    const match = pattern.exec(text);
    if (match) throw new SetupError(`${relative(root, path)}: expected a glue for the web alone, got ${what}: …${text.slice(Math.max(0, match.index - 40), match.index + 40)}…. Look at the link flags in wasm/CMakeLists.txt.`);
  }
}

function walk(folder) {
  return readdirSync(folder, { withFileTypes: true, recursive: true }).filter((entry) => entry.isFile()).map((entry) => join(entry.parentPath ?? entry.path, entry.name));
}

/** Makes `folder` hold exactly `files` (name → source), but for other platforms' addons; returns how many it changed. */
function synchronise(files, folder) {
  let changed = 0;
  for (const [name, source] of files) {
    const target = join(folder, name);
    if (exists(target) && readFileSync(target).equals(readFileSync(source))) continue;
    mkdirSync(dirname(target), { recursive: true });
    // A running process may have the old addon mapped: a new file, not new bytes under it.
    rmSync(target, { force: true });
    copyFileSync(source, target);
    changed++;
  }
  for (const file of walk(folder)) {
    const name = relative(folder, file).replaceAll('\\', '/');
    if (files.has(name) || (name.startsWith('native/') && !name.startsWith(`native/${platform}/`))) continue;
    rmSync(file);
    changed++;
  }
  return changed;
}

async function main() {
  const { values, positionals } = parseArgs({ allowPositionals: true, options: { preset: { type: 'string', multiple: true, default: [] }, verbose: { type: 'boolean' }, help: { type: 'boolean', short: 'h' } } });
  if (values.help) return console.log(help);
  const names = positionals.length === 0 && values.preset.length === 0 ? ['all'] : positionals;
  const wrong = names.find((name) => name !== 'all' && (name === 'generated' || !parts[name]));
  if (wrong) throw new SetupError(`unknown part '${wrong}': expected native, node, wasm, js or all.\n\n${help}`);
  const start = performance.now();
  const onlyPackage = values.preset.length === 0 && !names.some((name) => name === 'all' || name === 'native');
  await setup({ purpose: onlyPackage ? 'start' : 'build', quiet: true, verbose: values.verbose });
  for (const preset of values.preset) await buildPreset(preset, values);
  await build(names.includes('all') ? Object.keys(parts) : names, values);
  line('✓', 'build', `complete (${((performance.now() - start) / 1000).toFixed(1)} s)`);
}

if (isMain(import.meta.url)) main().catch(fail);
