// Debian 12 has no usable Emscripten (3.1.6) nor xsimd (8.1.0). Debian 13 has both, so their packages are unpacked into a private
// folder of the user's cache, beside the libc they were built for; nothing of the system is replaced. The compiler itself is Debian 12's own clang-19.
import { mkdirSync, readdirSync, renameSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { homedir } from 'node:os';
import { join } from 'node:path';
import { debianUri } from './apt.mjs';
import { exists, output, run, SetupError, which } from './shell.mjs';

/** Raise when the recipe changes: an older folder is then left alone and a new one made. */
const recipe = '1';
const suite = 'trixie';
const packages = ['emscripten', 'binaryen', 'libc6', 'libstdc++6', 'libgcc-s1', 'libxsimd-dev', 'xtl-dev', 'node-acorn'];
const keyring = '/usr/share/keyrings/debian-archive-keyring.gpg';

/** What must be installed from the system's own sources first. */
export const privateToolchainNeeds = ['clang-19', 'lld-19', 'llvm-19', 'python3'];

export const cache = join(process.env.XDG_CACHE_HOME || join(homedir(), '.cache'), 'sensorium');
export const prefix = join(cache, `toolchain-${recipe}`);
const stamp = join(prefix, 'complete');

/**
 * The finished private toolchain, or null. The stamp is written last, so an interrupted set-up is never taken for a good one.
 * The compiler is the system's, which a fresh machine with an old cache folder may not have yet.
 */
export function privateToolchain() {
  if (!exists(stamp) || !['clang++-19', 'wasm-ld-19', 'llvm-ar-19'].every(which)) return null;
  return { emscripten: join(prefix, 'usr/share/emscripten'), xsimd: join(prefix, 'xsimd') };
}

/** Library variants nobody here links: 64-bit memory, position-independent code, and the sanitizer builds. */
const unneeded = ['*/wasm64-emscripten', '*/wasm32-emscripten/pic', '*/wasm32-emscripten/lto/pic', '*asan*.a', '*lsan*.a', '*ubsan*.a', '*sanitizer*.a', '*-ww*.a', '*/usr/share/doc', '*/usr/share/man'];

export async function installPrivateToolchain(options) {
  mkdirSync(cache, { recursive: true });
  removeInterrupted();
  const work = `${prefix}.${process.pid}.tmp`;
  mkdirSync(work);
  try {
    await download(work, options);
    await unpack(work, options);
    adapt(work);
    // A folder without a stamp is a broken one. One with a stamp was finished by another set-up meanwhile: keep it.
    if (privateToolchain() === null) {
      rmSync(prefix, { recursive: true, force: true });
      renameSync(work, prefix);
      await tryOut(options);
      writeFileSync(stamp, `${new Date().toISOString()}\n`);
    }
  } finally {
    rmSync(work, { recursive: true, force: true });
  }
}

/** What set-ups that were killed left behind: half a gigabyte each. Their folder's name holds their process id. */
function removeInterrupted() {
  for (const name of readdirSync(cache)) {
    const id = Number(name.match(/^toolchain-.*\.(\d+)\.tmp$/)?.[1]);
    if (id && !exists(`/proc/${id}`)) rmSync(join(cache, name), { recursive: true, force: true });
  }
}

/** Fetches the packages with an apt configuration of our own: its one source is the machine's own Debian mirror, one release further. */
async function download(work, options) {
  const apt = join(work, 'apt');
  for (const folder of ['lists/partial', 'cache/archives/partial', 'debs']) mkdirSync(join(apt, folder), { recursive: true });
  writeFileSync(join(apt, 'sources.list'), `deb [signed-by=${keyring}] ${debianUri()} ${suite} main\n`);
  writeFileSync(join(apt, 'status'), '');
  const settings = {
    'Dir::Etc::SourceList': join(apt, 'sources.list'),
    'Dir::Etc::SourceParts': '/dev/null',
    'Dir::State::Lists': join(apt, 'lists'),
    'Dir::State::status': join(apt, 'status'),
    'Dir::Cache': join(apt, 'cache'),
    // apt's own unprivileged user cannot write into this user's cache folder.
    'APT::Sandbox::User': process.getuid() === 0 ? 'root' : '',
    'Acquire::Languages': 'none',
    'Acquire::Retries': '3',
  };
  const flags = Object.entries(settings).flatMap(([key, value]) => ['-o', `${key}=${value}`]);
  await run('apt-get', [...flags, '-q', 'update'], options);
  await run('apt-get', [...flags, '-q', 'download', ...packages], { ...options, cwd: join(apt, 'debs') });
}

async function unpack(work, options) {
  const debs = join(work, 'apt/debs');
  const excludes = unneeded.map((pattern) => `--exclude='${pattern}'`).join(' ');
  for (const deb of readdirSync(debs)) {
    await run('bash', ['-o', 'pipefail', '-c', `dpkg-deb --fsys-tarfile "$1" | tar -x -C "$2" --no-same-owner ${excludes}`, 'unpack', join(debs, deb), work], options);
  }
  rmSync(join(work, 'apt'), { recursive: true });
}

/** Makes the unpacked tree work from the place it will be renamed to. */
function adapt(work) {
  const triplet = readdirSync(join(work, 'usr/lib')).find((name) => name.endsWith('-linux-gnu'));
  const libraries = triplet && join(work, 'usr/lib', triplet);
  const loader = libraries && readdirSync(libraries).find((name) => /^ld-linux.*\.so/.test(name));
  if (!loader) throw new SetupError(`no dynamic loader in ${work}/usr/lib/*-linux-gnu: the layout of Debian's libc6 package is not the one known.`);
  const home = join(prefix, 'usr/lib', triplet);
  const bin = join(work, 'usr/bin');
  mkdirSync(join(work, 'usr/programs'));
  for (const tool of readdirSync(bin).filter((name) => name.startsWith('wasm'))) {
    // Started by their own loader with their own libraries. Rewriting the binaries instead (patchelf 0.14) damages arm64's property notes.
    renameSync(join(bin, tool), join(work, 'usr/programs', tool));
    writeFileSync(join(bin, tool), `#!/bin/sh\nexec '${join(home, loader)}' --library-path '${home}' '${join(prefix, 'usr/programs', tool)}' "$@"\n`, { mode: 0o755 });
  }
  const emscripten = join(work, 'usr/share/emscripten');
  // The optimiser's acorn: Node looks in node_modules, Debian keeps packages in nodejs.
  rmSync(join(emscripten, 'node_modules'), { recursive: true, force: true });
  symlinkSync('../nodejs', join(emscripten, 'node_modules'));
  // Emscripten reads the .emscripten beside it by itself, so no environment variable is needed. The file is Python: Node is looked up when used.
  rmSync(join(emscripten, '.emscripten'), { force: true });
  writeFileSync(join(emscripten, '.emscripten'), [
    'import shutil',
    "LLVM_ROOT = '/usr/bin'",
    `BINARYEN_ROOT = '${join(prefix, 'usr')}'`,
    `NODE_JS = shutil.which('node') or '${process.execPath}'`,
    'FROZEN_CACHE = True',
    "LLVM_ADD_VERSION = '19'",
    "CLANG_ADD_VERSION = '19'",
    '',
  ].join('\n'));
  // xsimd alone in a folder: an include path that holds nothing else cannot shadow a compiler's own headers.
  mkdirSync(join(work, 'xsimd/include'), { recursive: true });
  renameSync(join(work, 'usr/include/xsimd'), join(work, 'xsimd/include/xsimd'));
  rmSync(join(work, 'usr/include'), { recursive: true, force: true });
}

/** Compiles, optimises and runs a small SIMD program, so that a toolchain that does not work is found now and not in someone's build. */
async function tryOut(options) {
  const folder = join(prefix, 'try');
  mkdirSync(folder);
  writeFileSync(join(folder, 'try.cpp'), [
    '#include <xsimd/xsimd.hpp>',
    '#include <cstdio>',
    'int main() { float x[4] = {1, 2, 3, 4}; auto b = xsimd::batch<float>::load_unaligned(x) * 2.0f; b.store_unaligned(x); std::printf("%g\\n", x[3]); }',
    '',
  ].join('\n'));
  const compiler = join(prefix, 'usr/share/emscripten/em++');
  const env = { ...process.env, EM_CONFIG: join(prefix, 'usr/share/emscripten/.emscripten') };
  await run(compiler, ['-std=c++20', '-O3', '-msimd128', `-I${join(prefix, 'xsimd/include')}`, 'try.cpp', '-o', 'try.cjs'], { ...options, cwd: folder, env });
  const printed = output(which('node') ?? process.execPath, ['try.cjs'], { cwd: folder });
  if (printed !== '8') throw new SetupError(`the new Emscripten's first program should print 8 and printed ${JSON.stringify(printed)} (${folder}/try.cjs).`);
  rmSync(folder, { recursive: true });
}
