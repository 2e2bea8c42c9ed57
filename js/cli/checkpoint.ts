// A run that is not at its end, in a file: the engine's snapshot, and beside it as JSON all else that going on needs. One line comes before them,
// with their lengths and a hash of both, so that nothing but a whole file is taken for one.
import { createHash } from 'node:crypto';
import { closeSync, fsyncSync, openSync, readFileSync, readSync, renameSync, rmSync, statSync, writeSync } from 'node:fs';
import type { ConsumedPart } from './consumed.ts';
import type { FeedState } from './feed.ts';
import type { KeptFile } from './output.ts';
import { Failure } from './problem.ts';
import type { SummaryState } from './summary.ts';
import type { TableState } from './table.ts';
import type { Task } from './task.ts';

export interface RunState {
  readonly task: Task;
  /** Ticks from one snapshot to the next. */
  readonly every: number;
  readonly table: TableState;
  readonly feed: FeedState;
  readonly summary: SummaryState;
  /** What has been read of the input: all before this line. */
  readonly input: { readonly line: number; readonly parts: readonly ConsumedPart[] };
  readonly output: KeptFile;
}

const begin = 'sensorium-run ';
const magic = `${begin}3`;

const hashOf = (parts: readonly Uint8Array[]) => {
  const hash = createHash('sha256');
  for (const part of parts) hash.update(part);
  return hash.digest('hex');
};

export interface Checkpoint {
  readonly state: RunState;
  /** Of the engine. */
  readonly snapshot: Uint8Array;
}

/** Where a file is written before it is put in place. Always of the same name: what a killed run leaves behind, the next one replaces. */
export const temporaryOf = (path: string) => `${path}.tmp`;

/** Only the snapshot of a run is replaced or removed. */
export function refuseForeign(path: string): void {
  const refuse = (file: string) => new Failure(`--snapshot: expected nothing in ${file}, or the snapshot of a run, got another file`);
  const kept = beginOf(path);
  if (kept !== undefined && kept !== begin) throw refuse(path);
  // A run may have been killed when it had written none of it yet.
  const temporary = beginOf(temporaryOf(path));
  if (temporary !== undefined && !begin.startsWith(temporary)) throw refuse(temporaryOf(path));
}

/** Undefined where there is no file. */
function beginOf(path: string): string | undefined {
  try {
    const found = statSync(path, { throwIfNoEntry: false });
    if (!found) return undefined;
    // A folder, a device, a pipe, of which one might wait for ever.
    if (!found.isFile()) return 'no file';
    const file = openSync(path, 'r');
    try {
      const bytes = Buffer.alloc(begin.length);
      return bytes.toString('latin1', 0, readSync(file, bytes));
    } finally {
      closeSync(file);
    }
  } catch (error) {
    throw new Failure(`--snapshot: ${path} cannot be read: ${error instanceof Error ? error.message : error}`);
  }
}

/** Puts the file in place at once, so that there is always a whole one. */
export function writeCheckpoint(path: string, { state, snapshot }: Checkpoint): void {
  const json = Buffer.from(JSON.stringify(state));
  const parts = [json, snapshot];
  const head = Buffer.from(`${magic} ${json.length} ${snapshot.length} ${hashOf(parts)}\n`);
  const temporary = temporaryOf(path);
  try {
    const file = openSync(temporary, 'w', 0o666);
    try {
      for (const part of [head, ...parts]) for (let at = 0; at < part.length; ) at += writeSync(file, part, at);
      fsyncSync(file);
    } finally {
      closeSync(file);
    }
    renameSync(temporary, path);
  } catch (error) {
    rmSync(temporary, { force: true });
    throw new Failure(`--snapshot: ${path} cannot be written: ${error instanceof Error ? error.message : error}`);
  }
}

/** Undefined where there is none. */
export function readCheckpoint(path: string): Checkpoint | undefined {
  let bytes: Buffer;
  try {
    bytes = readFileSync(path);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined;
    throw new Failure(`--snapshot: ${path} cannot be read: ${error instanceof Error ? error.message : error}`);
  }
  const refuse = (got: string): never => {
    throw new Failure(`--resume: expected the snapshot of a run in ${path}, got ${got}`);
  };
  const lineEnd = bytes.indexOf('\n');
  const head = /^(sensorium-run \d+) (\d+) (\d+) ([0-9a-f]{64})$/.exec(bytes.toString('latin1', 0, Math.max(lineEnd, 0)));
  if (!head) return refuse('another file');
  if (head[1] !== magic) return refuse(`one of another version (${head[1]})`);
  const [jsonBytes, snapshotBytes] = [Number(head[2]), Number(head[3])];
  const json = bytes.subarray(lineEnd + 1, lineEnd + 1 + jsonBytes);
  const snapshot = bytes.subarray(lineEnd + 1 + jsonBytes);
  if (snapshot.length !== snapshotBytes) return refuse(`a file that is cut: ${bytes.length} bytes of ${lineEnd + 1 + jsonBytes + snapshotBytes}`);
  if (hashOf([json, snapshot]) !== head[4]) return refuse('a file that was altered');
  return { state: JSON.parse(json.toString()) as RunState, snapshot };
}
