// Only one run at once writes to a file that it may go on with: the others are refused by a file beside it, which says who that one is.
import { readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { Failure } from './problem.ts';

/** What a lock is for: a file, and the option that names it. */
interface Locked {
  readonly option: string;
  readonly file: string;
}

/** Takes the lock until this process ends, in whatever way: that of a process that was killed holds nobody up. */
export function lock(path: string, what: Locked): void {
  const own = `${process.pid} ${birthOf(process.pid)}\n`;
  while (!created(path, own, what)) {
    const holder = holderOf(path, what);
    if (holder !== undefined) throw new Failure(`${what.option}: expected that no other run writes to ${what.file}, got one: process ${holder} (${path} says so)`);
    // Others may see the same: whoever finds that it took away a lock that is held puts it back.
    const taken = `${path}.${process.pid}`;
    if (!renamed(path, taken, what)) continue;
    const live = holderOf(taken, what);
    if (live === undefined) rmSync(taken, { force: true });
    else renamed(taken, path, what);
  }
  process.once('exit', () => {
    if (textOf(path, what) === own) rmSync(path, { force: true });
  });
}

function created(path: string, text: string, { option }: Locked): boolean {
  try {
    writeFileSync(path, text, { flag: 'wx' });
    return true;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'EEXIST') return false;
    throw new Failure(`${option}: ${path} cannot be written: ${error instanceof Error ? error.message : error}`);
  }
}

function renamed(from: string, to: string, { option }: Locked): boolean {
  try {
    renameSync(from, to);
    return true;
  } catch (error) {
    // Somebody else was faster.
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return false;
    throw new Failure(`${option}: ${from} cannot be removed: ${error instanceof Error ? error.message : error}`);
  }
}

function textOf(path: string, { option }: Locked): string | undefined {
  try {
    return readFileSync(path, 'latin1');
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined;
    throw new Failure(`${option}: ${path} cannot be read: ${error instanceof Error ? error.message : error}`);
  }
}

/** The process that holds the lock, where it lives. */
function holderOf(path: string, what: Locked): number | undefined {
  let text = textOf(path, what);
  if (text === '') {
    // It is being written just now; or the power failed before it was.
    Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 200);
    text = textOf(path, what);
  }
  if (text === undefined || text === '') return undefined;
  const found = /^([1-9]\d*) (\S*)\n$/.exec(text);
  if (!found) throw new Failure(`${what.option}: expected nothing in ${path}, or which run writes to ${what.file}, got another file`);
  const pid = Number(found[1]);
  // After a restart, above all of a container, the numbers of processes come again.
  return pid !== process.pid && lives(pid) && birthOf(pid) === found[2] ? pid : undefined;
}

function lives(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    // A process of somebody else lives too.
    return (error as NodeJS.ErrnoException).code === 'EPERM';
  }
}

/** When a process began, since which start of the machine; nothing where the system does not tell: then the number alone counts. */
function birthOf(pid: number): string {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, 'latin1');
    // The name before it is in brackets, and may have spaces and brackets.
    const began = stat.slice(stat.lastIndexOf(')') + 2).split(' ')[19];
    return `${readFileSync('/proc/sys/kernel/random/boot_id', 'latin1').trim()}:${began}`;
  } catch {
    return '';
  }
}
