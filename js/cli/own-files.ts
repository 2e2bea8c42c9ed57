// A file that a command writes must be none of the others it was told of: else one would destroy the other, and nobody would notice.
import { realpathSync, statSync } from 'node:fs';
import { basename, dirname, join, resolve } from 'node:path';
import { Usage } from './problem.ts';

/** Paths by what names them, "--out"; undefined where none was named. */
export type NamedFiles = Readonly<Record<string, string | undefined>>;

/** To be asked before anything is opened for writing. */
export function refuseShared(read: NamedFiles, written: NamedFiles): void {
  const known = (files: NamedFiles) => Object.entries(files).filter((entry): entry is [string, string] => entry[1] !== undefined);
  const before = known(read);
  for (const [name, path] of known(written)) {
    for (const [other, otherPath] of before) {
      if (!sameFile(path, otherPath)) continue;
      const got = path === otherPath ? `${path} for both` : `${otherPath} and ${path}, which are the same`;
      throw new Usage(`expected a file of its own for each of ${other} and ${name}, got ${got}`);
    }
    before.push([name, path]);
  }
}

/** The input, by its name in messages. A file may be on standard input too. */
export const inputFile = (path: string): NamedFiles => (path === '-' ? { 'standard input': '/dev/stdin' } : { 'the input': path });

/** Whether two paths are one file, or will be. Devices and pipes are shared without harm. */
function sameFile(one: string, other: string): boolean {
  const [a, b] = [statOf(one), statOf(other)];
  if (a && b) return a.isFile() && a.ino === b.ino && a.dev === b.dev;
  return !a && !b && placeOf(one) === placeOf(other);
}

function statOf(path: string) {
  try {
    return statSync(path, { throwIfNoEntry: false });
  } catch {
    // Whoever opens it tells why it cannot be.
    return undefined;
  }
}

/** Where a file would be that is not there yet, through all links to its folder. */
function placeOf(path: string): string {
  const folder = dirname(resolve(path));
  try {
    return join(realpathSync(folder), basename(path));
  } catch {
    return resolve(path);
  }
}
