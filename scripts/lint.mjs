#!/usr/bin/env node
// `npm run lint`: C++ layout by .clang-format, TypeScript by its compiler, and what no file may hold. `--fix` lays out the C++.
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { setup } from './setup.mjs';
import { findClangFormat } from './setup/find.mjs';
import { fail, line, output, root, run, SetupError, step } from './setup/shell.mjs';

const tracked = () => (output('git', ['ls-files', '--cached', '--others', '--exclude-standard'], { cwd: root }) ?? '').split('\n').filter(Boolean);

async function layout(files, fix) {
  const tool = findClangFormat();
  const sources = files.filter((name) => /\.(cpp|h|inc)$/.test(name));
  if (!tool) return line('–', 'clang-format', 'not found: the C++ layout is not checked');
  if (sources.length > 0) await step('clang-format', `${sources.length} files`, () => run(tool.path, [...(fix ? ['-i'] : ['--dry-run', '--Werror']), ...sources]));
}

/** Files that are about such marks. */
const namesThem = new Set(['scripts/lint.mjs', 'scripts/test/parsers.mjs']);

/** A lock file that names a registry fails on machines set up for another one; an absolute home path works on one machine. */
function forbidden(files) {
  const lock = JSON.parse(readFileSync(join(root, 'package-lock.json'), 'utf8'));
  const hosts = Object.entries(lock.packages).filter(([, entry]) => entry.resolved?.includes('://')).map(([name]) => name);
  if (hosts.length > 0) throw new SetupError(`package-lock.json: expected no "resolved" address, got one for ${hosts.slice(0, 3).join(', ')}. Run: rm package-lock.json && npm install`);
  for (const name of files.filter((file) => /\.(cpp|h|m?js|ts|json|cmake|md|txt|html|css)$/.test(file) && file !== 'package-lock.json')) {
    const text = readFileSync(join(root, name), 'utf8');
    const found = /\/home\/\w+\/|\/root\/|\b(TODO|FIXME)\b/.exec(text);
    if (found && !namesThem.has(name)) throw new SetupError(`${name}:${text.slice(0, found.index).split('\n').length}: got '${found[0]}', which no tracked file may hold`);
  }
  line('✓', 'texts', 'no registry address, machine path or left-behind mark');
}

async function main() {
  const { values } = parseArgs({ options: { fix: { type: 'boolean' } } });
  await setup({ purpose: 'start', quiet: true });
  const files = tracked();
  await layout(files, values.fix);
  await step('types', 'tsc', () => run(process.execPath, ['node_modules/typescript/bin/tsc', '-p', 'tsconfig.json']));
  forbidden(files);
}

main().catch(fail);
