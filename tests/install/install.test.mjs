// Sensorium as C++, C and Python users get it: installed by `cmake --install`, found by CMake and pkg-config, used outside the tree.
import { spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import { fileURLToPath } from 'node:url';
import assert from 'node:assert/strict';

const root = fileURLToPath(new URL('../..', import.meta.url));
const folder = mkdtempSync(join(tmpdir(), 'sensorium-install-'));
const prefix = join(folder, 'prefix');
const version = /VERSION (\S+)/.exec(readFileSync(join(root, 'CMakeLists.txt'), 'utf8').replace(/cmake_minimum_required\(.*\)/, ''))[1];
const shared = process.platform === 'darwin' ? 'libsensorium_c.dylib' : 'libsensorium_c.so';
let library;

after(() => rmSync(folder, { recursive: true, force: true }));

function run(program, args, options = {}) {
  const { status, stdout, stderr, error } = spawnSync(program, args, { encoding: 'utf8', ...options });
  assert.equal(error, undefined);
  assert.equal(status, 0, `${program} ${args.join(' ')}\n${stdout}${stderr}`);
  return stdout;
}

/** Why a test that needs this program is skipped, or false. */
const without = (program) => (spawnSync(program, ['--version']).error ? `no ${program} here` : false);

/** What a program of examples/ prints is the same wherever it was built. */
const printsOfCrowd = /^1000 agents on \w+: agent 500 has \d+ near, the nearest is \d+ at \d\.\d\d m\n$/;

before(() => {
  run('cmake', ['--install', join(root, 'build/release'), '--prefix', prefix]);
  const folders = readdirSync(prefix, { recursive: true });
  library = join(prefix, folders.find((name) => name.endsWith(shared)));
});

test('public headers are installed, and nothing else of the sources', () => {
  const headers = (at) => readdirSync(at, { recursive: true }).sort();
  assert.deepEqual(headers(join(prefix, 'include')), headers(join(root, 'core/include')));
  assert.deepEqual(readdirSync(prefix).sort(), ['include', library.slice(prefix.length + 1).split(/[\\/]/)[0]].sort());
});

test('every public header compiles on its own, without warnings', () => {
  for (const name of readdirSync(join(prefix, 'include/sensorium'))) {
    run(process.env.CXX || 'c++', ['-std=c++20', '-Wall', '-Wextra', '-Wpedantic', '-Werror', '-fsyntax-only', '-x', 'c++', `-I${prefix}/include`, '-include', `sensorium/${name}`, '/dev/null']);
  }
});

test('find_package finds it from outside the tree', () => {
  const build = join(folder, 'found');
  run('cmake', ['-S', join(root, 'examples/cpp'), '-B', build, `-DCMAKE_PREFIX_PATH=${prefix}`, '-DCMAKE_BUILD_TYPE=Release']);
  assert.ok(!existsSync(join(build, '_deps')), 'the installed one is used');
  run('cmake', ['--build', build]);
  assert.match(run(join(build, 'crowd'), []), printsOfCrowd);
});

test('find_package refuses another version', () => {
  const source = 'cmake_minimum_required(VERSION 3.25)\nproject(x LANGUAGES NONE)\nfind_package(sensorium 99 REQUIRED)\n';
  const at = join(folder, 'other');
  mkdirSync(at);
  writeFileSync(join(at, 'CMakeLists.txt'), source);
  const { status, stderr } = spawnSync('cmake', ['-S', at, '-B', join(at, 'build'), `-DCMAKE_PREFIX_PATH=${prefix}`], { encoding: 'utf8' });
  assert.notEqual(status, 0);
  assert.match(stderr, /compatible with requested version\s+"99"/);
});

test('FetchContent builds it among other sources, without its tests and what they need', () => {
  const build = join(folder, 'fetched');
  const flags = ['-DCMAKE_BUILD_TYPE=Release', '-DCMAKE_DISABLE_FIND_PACKAGE_sensorium=ON', '-DBUILD_SHARED_LIBS=ON'];
  run('cmake', ['-G', 'Ninja', '-S', join(root, 'examples/cpp'), '-B', build, ...flags]);
  const targets = run('cmake', ['--build', build, '--target', 'help']);
  assert.doesNotMatch(targets, /sensorium_tests|sensorium_c\b|sensorium_world|gtest|benchmark|sensorium_schema/);
  run('cmake', ['--build', build]);
  assert.match(run(join(build, 'crowd'), []), printsOfCrowd);
});

test('pkg-config tells how to link C', { skip: without('pkg-config') }, () => {
  const places = readdirSync(prefix, { recursive: true }).filter((name) => name.endsWith('.pc'));
  assert.equal(places.length, 1);
  const flags = run('pkg-config', ['--cflags', '--libs', join(prefix, places[0])]).trim().split(/\s+/);
  const binary = join(folder, 'pump-by-pkg-config');
  run(process.env.CC || 'cc', ['-std=c99', join(root, 'examples/c/pump.c'), ...flags, '-o', binary]);
  assert.equal(run('pkg-config', ['--modversion', join(prefix, places[0])]).trim(), version);
});

/** What an example in C prints, compiled as strictly as may be. */
function outputOfC(name) {
  const binary = join(folder, name);
  const strict = ['-std=c99', '-Wall', '-Wextra', '-Wpedantic', '-Werror', '-Wstrict-prototypes'];
  run(process.env.CC || 'cc', [...strict, `-I${prefix}/include`, join(root, `examples/c/${name}.c`), library, `-Wl,-rpath,${join(library, '..')}`, '-o', binary]);
  return run(binary, []);
}

test('C99 without a warning, and the example’s alarm', () => {
  assert.match(outputOfC('pump'), new RegExp(`^sensorium ${version} on \\w+: alarm at 30\\.0 s, \\d\\.\\d deviations\n$`));
});

test('a recording in C, and once more from a snapshot', () => {
  assert.equal(outputOfC('recording'), 'valve 1 at 7.0 s: abnormal\nvalve 1 at 7.1 s: as usual\nonce more from the snapshot: the same bits\n');
});

test('Python’s ctypes: the example’s places, a recording, a snapshot and the past', { skip: without('python3') }, () => {
  const said = ['robot 0 fused 0.60, robot 42 fused 0.00, 40 places', 'robot 0 fused 0.20 to 0.50, the same once more', 'nine ticks ago 0.20; 60 ticks in all'];
  assert.equal(run('python3', [join(root, 'examples/python/robots.py'), library]), `${said.join('\n')}\n`);
});

test('the shared library shows the functions of sensorium.h and nothing else', { skip: process.platform !== 'linux' ? 'nm -D is for ELF' : without('nm') }, () => {
  const shown = run('nm', ['-D', '--defined-only', library]).trim().split('\n').map((line) => line.split(' ').at(-1));
  const header = readFileSync(join(root, 'core/include/sensorium/sensorium.h'), 'utf8');
  const declared = [...header.matchAll(/^SENSORIUM_C_API .*?(sensorium_\w+)\(/gm)].map(([, name]) => name);
  assert.ok(declared.length > 30);
  assert.deepEqual(shown.sort(), declared.sort());
});
