// Small helpers every set-up step uses: run a program, find one, compare versions, print one line a step.
// Node built-ins only: set-up runs before node_modules exists.
import { spawn, spawnSync } from 'node:child_process';
import { accessSync, constants, realpathSync, statSync } from 'node:fs';
import { delimiter, join } from 'node:path';
import { fileURLToPath } from 'node:url';

/** The checkout's top folder. */
export const root = fileURLToPath(new URL('../..', import.meta.url)).replace(/[\\/]$/, '');

/** A failure whose message is meant for a person: printed without a stack. */
export class SetupError extends Error {}

/** Path of `program` on PATH (links followed), or null. */
export function which(program) {
  const endings = process.platform === 'win32' ? ['.exe', '.cmd', '.bat', ''] : [''];
  for (const folder of (process.env.PATH ?? '').split(delimiter)) {
    for (const ending of endings) {
      const path = join(folder, program + ending);
      try {
        accessSync(path, constants.X_OK);
        if (statSync(path).isFile()) return path;
      } catch {}
    }
  }
  return null;
}

export function exists(path) {
  return statSync(path, { throwIfNoEntry: false }) !== undefined;
}

export function realpath(path) {
  try {
    return realpathSync(path);
  } catch {
    return path;
  }
}

/** What a quick program prints, or null when it cannot run or fails. */
export function output(program, args, options = {}) {
  const run = spawnSync(program, args, { encoding: 'utf8', stdio: ['ignore', 'pipe', 'pipe'], ...options });
  return run.status === 0 ? run.stdout.trim() : null;
}

/** The first dotted number in a text: '3.25.1' from 'cmake version 3.25.1'. */
export function versionIn(text) {
  return text?.match(/\d+(?:\.\d+)+|\d+/)?.[0] ?? null;
}

/** Whether dotted version `have` is `wanted` or newer. */
export function atLeast(have, wanted) {
  const a = String(have ?? '').split('.').map(Number);
  const b = wanted.split('.').map(Number);
  for (let i = 0; i < b.length; i++) {
    const difference = (a[i] || 0) - b[i];
    if (difference !== 0) return difference > 0;
  }
  return have !== null && have !== undefined;
}

/** Runs a long program quietly; its output is shown only when it fails (or at once with `verbose`). */
export function run(program, args, { verbose = false, ...options } = {}) {
  return new Promise((resolve, reject) => {
    const child = spawn(program, args, { stdio: ['ignore', 'pipe', 'pipe'], cwd: root, ...options });
    let text = '';
    for (const stream of [child.stdout, child.stderr]) {
      stream.setEncoding('utf8');
      stream.on('data', (part) => {
        text += part;
        if (verbose) process.stdout.write(part);
      });
    }
    child.on('error', (error) => reject(new SetupError(`cannot run ${program}: ${error.message}`)));
    child.on('close', (code, signal) => {
      if (code === 0) return resolve(text);
      const shown = verbose ? '' : `\n${essence(text)}`;
      reject(new SetupError(`failed (${signal ?? `exit code ${code}`}): ${[program, ...args].join(' ')}${shown}`));
    });
  });
}

/** The end of a failed program's output, after the errors that a compiler's warnings and the other jobs have pushed out of it. */
function essence(text) {
  const lines = text.trim().split('\n');
  const errors = lines.slice(0, -40).filter((text) => /\berror\b[: ]|^FAILED/i.test(text)).slice(0, 20);
  return [...errors, ...(errors.length > 0 ? ['…'] : []), ...lines.slice(-40)].join('\n');
}

const nameWidth = 14;

/** One finished step, one line. */
export function line(mark, name, text) {
  console.log(`  ${mark} ${name.padEnd(nameWidth)} ${text}`);
}

/** Runs `work` as a step: says what it does, counts seconds on a terminal, ends with one line. `work` may return the text to end with. */
export async function step(name, doing, work) {
  const start = performance.now();
  const seconds = () => ((performance.now() - start) / 1000).toFixed(1);
  const live = process.stdout.isTTY;
  const show = () => process.stdout.write(`\r\x1b[K  … ${name.padEnd(nameWidth)} ${doing} (${seconds()} s)`.slice(0, (process.stdout.columns || 100) + 4));
  if (live) show();
  else line('…', name, doing);
  const timer = live ? setInterval(show, 250) : undefined;
  let mark = '✗';
  let text = `${doing}: failed`;
  try {
    const result = await work();
    mark = '✓';
    text = typeof result === 'string' ? result : doing;
    return result;
  } finally {
    clearInterval(timer);
    if (live) process.stdout.write('\r\x1b[K');
    line(mark, name, `${text} (${seconds()} s)`);
  }
}

/** Whether this module is the script that was started, not one imported by another. */
export function isMain(url) {
  return process.argv[1] !== undefined && fileURLToPath(url) === realpath(process.argv[1]);
}

/** The end of a script that failed: the message for a person, the stack only for a mistake in the script itself. */
export function fail(error) {
  const expected = error instanceof SetupError || error.code?.startsWith?.('ERR_PARSE_ARGS');
  console.error(expected ? `\n${error.message}` : error);
  process.exitCode = 1;
}
