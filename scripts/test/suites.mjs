// Every suite of `npm test`, in the order of running. A new suite is a new row.
import { readdirSync } from 'node:fs';
import { availableParallelism } from 'node:os';
import { join } from 'node:path';
import { exists, root } from '../setup/shell.mjs';
import { exitCode, googleTest, tap, vitest } from './parsers.mjs';

const minute = 60;

/** A GoogleTest binary of a CMake preset, run directly or by an emulator, its tests divided among the processors. */
function native(preset, about, { skip = () => null, prefix = () => [], env = {}, timeout = 20 * minute } = {}) {
  const binary = join(root, 'build', preset, 'tests/sensorium_tests');
  return { name: preset, about, presets: [preset], skip, parser: googleTest, timeout, shards: Math.min(availableParallelism(), 8), env: () => env, command: (report, tools) => [...prefix(tools), binary, '--gtest_color=no', `--gtest_output=json:${report}`] };
}

/** A project of vitest.config.ts, on the built package. */
function vitestProject(project, about, { skip = () => null } = {}) {
  return {
    name: project, about, package: true, skip, parser: vitest, timeout: 20 * minute,
    env: (tools, report) => ({ CHROMIUM: tools.chromium?.path ?? '', SENSORIUM_TEST_REPORT: report }),
    command: () => [process.execPath, 'node_modules/vitest/vitest.mjs', 'run', '--project', project, '--reporter=default', '--reporter=./scripts/test/vitest-reporter.mjs'],
  };
}

/**
 * Each row: `name`, `about`; `presets` and `package`, what is built first; `skip(tools)` a reason not to run, or null;
 * `command(report, tools)`; `env(tools, report)`; `parser(report, printed, exit code)`; `timeout` in seconds; `shards`, into how many runs a
 * GoogleTest binary's tests are divided.
 */
export const suites = [
  native('release', 'C++ tests, optimised'),
  native('debug', 'C++ tests, not optimised'),
  native('clang', 'C++ tests, second compiler', { skip: (tools) => (tools.clang ? null : 'no clang++ here') }),
  native('sanitize', 'C++ tests, address and undefined-behaviour sanitizers', { env: { ASAN_OPTIONS: 'detect_leaks=1:strict_string_checks=1', UBSAN_OPTIONS: 'print_stacktrace=1' } }),
  native('aarch64', 'C++ tests, NEON under qemu', {
    skip: (tools) => (tools.aarch64 ? null : 'no aarch64 compiler with an emulator here'),
    prefix: (tools) => (tools.aarch64.qemu ? [tools.aarch64.qemu, '-L', '/usr/aarch64-linux-gnu'] : []),
    timeout: 40 * minute,
  }),
  {
    name: 'generated', about: 'generated files are up to date', presets: ['release'], skip: () => null, parser: exitCode, timeout: minute,
    env: () => ({}), command: () => [process.execPath, 'scripts/generate.mjs', '--check'],
  },
  {
    name: 'types', about: 'TypeScript of the package and its tests', package: true, skip: () => null, parser: exitCode, timeout: 5 * minute,
    env: () => ({}), command: () => [process.execPath, 'node_modules/typescript/bin/tsc', '-p', 'tsconfig.json'],
  },
  vitestProject('node', 'Vitest in Node, addon and WASM'),
  vitestProject('browser', 'Vitest in Chromium', { skip: (tools) => (tools.chromium ? null : 'no Chromium here') }),
  vitestProject('demo', 'the demo in Chromium, as a visitor uses it', { skip: (tools) => (tools.chromium ? null : 'no Chromium here') }),
  {
    name: 'package', about: 'packed, installed elsewhere, used', package: true, skip: () => null, parser: tap, timeout: 10 * minute,
    env: () => ({}), command: (report) => nodeTest(report, 'tests/package'),
  },
  {
    name: 'install', about: 'installed, used from C++, C and Python', presets: ['release'], skip: () => null, parser: tap, timeout: 20 * minute,
    env: () => ({}), command: (report) => nodeTest(report, 'tests/install'),
  },
];

function nodeTest(report, folder) {
  const reporters = ['--test-reporter=spec', '--test-reporter-destination=stdout', '--test-reporter=tap', `--test-reporter-destination=${report}`];
  return [process.execPath, '--test', ...reporters, ...testFiles(join(root, folder))];
}

function testFiles(folder) {
  return exists(folder) ? readdirSync(folder).filter((name) => name.endsWith('.test.mjs')).sort().map((name) => join(folder, name)) : [join(folder, '*.test.mjs')];
}
