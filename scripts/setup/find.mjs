// Where things are on this machine. Everything here only looks; nothing is installed, and a look takes milliseconds.
import { readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { privateToolchain } from './private-toolchain.mjs';
import { atLeast, exists, output, realpath, versionIn, which } from './shell.mjs';

export const wanted = { cmake: '3.25', gcc: '12', clang: '15', emscripten: '3.1.50', xsimd: '13' };

const includeFolders = ['/usr/include', '/usr/local/include', '/opt/homebrew/include', '/opt/local/include', ...(process.env.CMAKE_PREFIX_PATH?.split(/[:;]/).map((path) => join(path, 'include')) ?? [])];

/** A program on PATH that is new enough: {path, version}, or null. */
function program(names, minimum) {
  for (const name of names) {
    const path = which(name);
    if (!path) continue;
    const version = versionIn(output(path, ['--version']));
    if (version && (!minimum || atLeast(version, minimum))) return { path, version };
  }
  return null;
}

export const findCmake = () => program(['cmake'], wanted.cmake);
export const findNinja = () => program(['ninja']);
export const findClangFormat = () => program(['clang-format-19', 'clang-format']);
/** The second compiler of the tests: the same sources must give the same bits from both. */
export const findClang = () => program(['clang++-19', 'clang++-20', 'clang++-18', 'clang++-17', 'clang++'], wanted.clang);

/** A compiler for C++20, the one CMake will take by itself. */
export function findCompiler() {
  if (process.platform === 'win32') return program(['clang-cl', 'g++']) ?? visualStudio();
  if (process.env.CXX) return program([process.env.CXX]);
  const path = which('c++') ?? which('g++');
  if (!path) return null;
  const text = output(path, ['--version']) ?? '';
  const isClang = /clang/i.test(text);
  const version = versionIn(text.match(/(?:version |\) )(\d[\d.]*)/)?.[1] ?? text);
  return atLeast(version, isClang ? wanted.clang : wanted.gcc) ? { path, version } : null;
}

/** Visual Studio's compiler is not on PATH; CMake finds it through vswhere, and so does this. */
function visualStudio() {
  const vswhere = join(process.env['ProgramFiles(x86)'] ?? '', 'Microsoft Visual Studio/Installer/vswhere.exe');
  if (!exists(vswhere)) return null;
  const path = output(vswhere, ['-latest', '-requires', 'Microsoft.VisualStudio.Component.VC.Tools.x86.x64', '-property', 'installationPath']);
  return path ? { path, version: 'Visual Studio' } : null;
}

function header(name) {
  const folder = includeFolders.find((path) => exists(join(path, name)));
  return folder ? { path: join(folder, name) } : null;
}
export const findGoogleTest = () => header('gtest/gtest.h') && header('gmock/gmock.h');
export const findGoogleBenchmark = () => header('benchmark/benchmark.h');

/** Emscripten: $EMSDK, PATH, the private toolchain, in this order: {path, version, cmake, env}; {old} for one that is too old; or null. */
export function findEmscripten() {
  const own = privateToolchain()?.emscripten;
  const folders = [];
  if (process.env.EMSDK) folders.push(join(process.env.EMSDK, 'upstream/emscripten'));
  const onPath = which('em++');
  // Homebrew's em++ is a wrapper in bin; the tree itself is in libexec.
  if (onPath) folders.push(dirname(realpath(onPath)), join(dirname(realpath(onPath)), '../libexec'));
  if (own) folders.push(own);
  let old = null;
  for (const folder of folders) {
    const cmake = join(folder, 'cmake/Modules/Platform/Emscripten.cmake');
    const versionFile = join(folder, 'emscripten-version.txt');
    if (!exists(cmake) || !exists(versionFile)) continue;
    // Read from its file: asking em++ itself takes half a second of Python.
    const version = versionIn(readFileSync(versionFile, 'utf8'));
    if (atLeast(version, wanted.emscripten)) return { path: folder, version, cmake, env: emscriptenEnv(folder, own) };
    old ??= { path: folder, version };
  }
  return old ? { old } : null;
}

/** Variables its programs need. The private one must not read another installation's EM_CONFIG. */
function emscriptenEnv(folder, own) {
  if (folder === own) return { EM_CONFIG: join(own, '.emscripten') };
  // Debian keeps Node packages where only Debian's own Node looks; Emscripten's optimiser needs acorn from there.
  return exists('/usr/share/nodejs/acorn') && folder.startsWith('/usr/share/') ? { NODE_PATH: '/usr/share/nodejs' } : {};
}

/** xsimd's headers: {path: include folder, version}, or null. */
export function findXsimd() {
  const own = privateToolchain()?.xsimd;
  for (const folder of [...includeFolders, ...(own ? [join(own, 'include')] : [])]) {
    const file = join(folder, 'xsimd/config/xsimd_config.hpp');
    if (!exists(file)) continue;
    const text = readFileSync(file, 'utf8');
    const version = ['MAJOR', 'MINOR', 'PATCH'].map((part) => text.match(new RegExp(`XSIMD_VERSION_${part}\\s+(\\d+)`))?.[1]).join('.');
    if (atLeast(version, wanted.xsimd)) return { path: folder, version };
  }
  return null;
}

export function findChromium() {
  const candidates = [process.env.CHROMIUM, ...['chromium', 'chromium-browser', 'google-chrome', 'google-chrome-stable', 'chrome'].map(which)];
  if (process.platform === 'darwin') candidates.push('/Applications/Google Chrome.app/Contents/MacOS/Google Chrome', '/Applications/Chromium.app/Contents/MacOS/Chromium');
  if (process.platform === 'win32') {
    for (const base of [process.env.ProgramFiles, process.env['ProgramFiles(x86)'], process.env.LOCALAPPDATA]) if (base) candidates.push(join(base, 'Google/Chrome/Application/chrome.exe'));
  }
  const path = candidates.find((candidate) => candidate && exists(candidate));
  return path ? { path } : null;
}

/** A compiler for aarch64 and what runs its programs here, for the NEON kernels: {path, qemu}, or null. */
export function findAarch64() {
  const path = which('aarch64-linux-gnu-g++');
  const native = process.arch === 'arm64';
  const qemu = native ? '' : which('qemu-aarch64') ?? which('qemu-aarch64-static');
  return path && qemu !== null ? { path, qemu } : null;
}

/** node_modules, if it holds what the lock file says: every version compared, so no file times are trusted. */
export function findNpmDependencies(root) {
  const folder = join(root, 'node_modules');
  const packages = (file) => JSON.parse(readFileSync(file, 'utf8')).packages;
  try {
    const installed = packages(join(folder, '.package-lock.json'));
    const locked = packages(join(root, 'package-lock.json'));
    for (const [name, { version, optional, devOptional, peer }] of Object.entries(locked)) {
      const mayBeAbsent = name === '' || optional || devOptional || peer;
      if (installed[name] ? installed[name].version !== version : !mayBeAbsent) return null;
    }
    const names = Object.keys(installed);
    return names.every((name) => locked[name]) ? { path: folder, version: `${names.length} packages` } : null;
  } catch {
    return null;
  }
}

export const hasLock = (root) => exists(join(root, 'package-lock.json'));
