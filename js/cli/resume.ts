// `sensorium run --snapshot-every n --resume`: a run that is written down as it goes, and goes on from where it was written down last.
import { rmSync, statSync } from 'node:fs';
import type { Sensorium } from '../node.ts';
import { readCheckpoint, refuseForeign, temporaryOf, writeCheckpoint, type Checkpoint } from './checkpoint.ts';
import type { Config } from './config.ts';
import { Consumed } from './consumed.ts';
import type { Feed } from './feed.ts';
import { openInput } from './input.ts';
import { formatOf } from './lines.ts';
import { lock } from './lock.ts';
import { beginsWith, lockOf, openKeptOutput, partialOf, type KeptOutput } from './output.ts';
import type { NamedFiles } from './own-files.ts';
import { Failure, Usage } from './problem.ts';
import { readBlocks } from './source.ts';
import type { Summary } from './summary.ts';
import { openTable, type Table, type TableOptions } from './table.ts';
import { differenceOf, taskOf, withoutModel, type Task } from './task.ts';

export interface KeepingOptions {
  out?: string;
  snapshotEvery?: number;
  snapshot?: string;
  resume?: boolean;
}

/** Beside the path as it was given: who replaces a link replaces it, not what it leads to. */
const snapshotLockOf = (path: string) => `${path}.lock`;
const snapshotOf = (out: string, snapshot: string | undefined) => snapshot ?? `${out}.snapshot`;

/** What a run writes beside its results, where it is written down; wrong usage is told here. */
export function keptFiles({ out, snapshotEvery, resume = false, snapshot }: KeepingOptions): NamedFiles {
  if (snapshotEvery === undefined && !resume) {
    if (snapshot !== undefined) throw new Usage('--snapshot: expected --snapshot-every or --resume with it, got neither');
    return {};
  }
  if (out === undefined) throw new Usage('--snapshot-every and --resume: expected --out, a file that can be gone on with, got standard output');
  const found = statSync(out, { throwIfNoEntry: false });
  if (found && !found.isFile()) throw new Usage(`--out: expected a file, which --snapshot-every and --resume need, got ${out}`);
  const path = snapshotOf(out, snapshot);
  return {
    '--snapshot': path,
    "--snapshot's temporary file": temporaryOf(path),
    "--snapshot's .lock": snapshotLockOf(path),
    "--out's .partial": partialOf(out),
    "--out's .lock": lockOf(out),
  };
}

/** Nothing, where nothing is to be written down; else where to, and what is there of a run before. */
export function openKeeping(input: string, config: Config | undefined, columns: Pick<TableOptions, 'time' | 'agent' | 'position'>, options: KeepingOptions): Keeping | undefined {
  const { out, snapshotEvery, resume = false, snapshot } = options;
  if (out === undefined || (snapshotEvery === undefined && !resume)) return undefined;
  const path = snapshotOf(out, snapshot);
  const task = taskOf(config, columns, formatOf(out));
  lock(lockOf(out), { option: '--out', file: out });
  // It tells too whether there can be a snapshot, before a run that could not write it down.
  lock(snapshotLockOf(path), { option: '--snapshot', file: path });
  refuseForeign(path);
  const before = resume ? readCheckpoint(path) : undefined;
  const difference = before && differenceOf(before.state.task, task);
  if (difference) throw new Failure(`--resume: expected what the run in ${path} was told: ${difference}`);
  const every = snapshotEvery ?? before?.state.every;
  if (every === undefined) {
    throw new Failure(`--resume: expected the snapshot of a run in ${path}, got nothing: there is no such file. With --snapshot-every too, a run begins at the beginning`);
  }
  return new Keeping({ input, out, path, task, every, before });
}

/** The run is written down every so many ticks: the engine, what has been read and what has been written. */
export class Keeping {
  readonly before: Checkpoint | undefined;
  readonly #input: string;
  readonly #out: string;
  readonly #path: string;
  readonly #task: Task;
  readonly #every: number;
  #consumed = new Consumed();
  #table: Table | undefined;
  #output: KeptOutput | undefined;
  #buffer: Uint8Array | undefined;
  /** Ticks that were complete when the run was last written down. */
  #ticks = 0;
  /** All rows before this line are in complete ticks. */
  #line = 1;

  constructor({ input, out, path, task, every, before }: { input: string; out: string; path: string; task: Task; every: number; before: Checkpoint | undefined }) {
    this.#input = input;
    this.#out = out;
    this.#path = path;
    this.#task = task;
    this.#every = every;
    this.before = before;
    this.#line = before?.state.input.line ?? 1;
  }

  /** Whether there is something to go on with after a failure. */
  get isKept(): boolean {
    return this.before !== undefined || this.#ticks > 0;
  }

  /** The run before had put its results in place when it ended, and only could not say so any more. */
  isComplete(): boolean {
    if (!this.before) return false;
    const { output } = this.before.state;
    const found = statSync(this.#out, { throwIfNoEntry: false });
    return found?.ino === output.file && !statSync(partialOf(this.#out), { throwIfNoEntry: false }) && beginsWith(this.#out, output);
  }

  /** The input: from its beginning, or the rest of it. A file is read again up to where the run got, and must be the same; of a stream what comes now is the rest. */
  async openTable(options: TableOptions): Promise<Table> {
    this.#table = await (this.before ? this.#restOfTable(this.before) : openTable(this.#input, { ...options, noted: (chunk) => this.#consumed.note(chunk) }));
    if (this.#table.text) return this.#table;
    this.#table.input.close();
    throw new Failure(`${this.#input}: expected a CSV file, of which a part can be read for --snapshot-every, got an Arrow file`);
  }

  async #restOfTable({ state }: Checkpoint): Promise<Table> {
    const { dialect } = state.table;
    // What is read again is taken in by again().
    let noted = false;
    const input = openInput(this.#input, (chunk) => noted && this.#consumed.note(chunk));
    try {
      const { line, parts } = state.input;
      if (this.#input === '-') this.#consumed.passOver(parts);
      const beyond = this.#input === '-' ? Buffer.alloc(0) : await this.#consumed.again(input, parts);
      this.#consumed.isAt(line);
      noted = true;
      return { ...state.table, text: true, input, notes: [], rows: readBlocks(input, beyond, dialect, line) };
    } catch (error) {
      input.close();
      throw error;
    }
  }

  openOutput(): KeptOutput {
    // From now on the snapshot of a run before would tell of other results.
    if (!this.before) rmSync(this.#path, { force: true });
    return (this.#output = openKeptOutput(this.#out, this.before?.state.output));
  }

  /** A tick begins with this line: whether it is time to write the run down. */
  isDue(feed: Feed, line: number): boolean {
    this.#line = line;
    return feed.completeTicks - this.#ticks >= this.#every;
  }

  async keep(engine: Sensorium<string>, feed: Feed, summary: Summary): Promise<void> {
    feed.flush();
    await this.#output!.flush();
    this.letGo();
    const { dialect, config, width, names, time, agent, channels, positions } = this.#table!;
    this.#buffer ??= new Uint8Array(engine.snapshotBytes);
    const snapshot = this.#buffer.subarray(0, engine.snapshotInto(this.#buffer));
    const state = {
      task: this.#task,
      every: this.#every,
      table: { dialect, config: withoutModel(config), width, names, time, agent, channels, positions },
      feed: feed.state,
      summary: summary.state,
      input: { line: this.#line, parts: this.#consumed.parts },
    };
    this.#output!.keep((output) => writeCheckpoint(this.#path, { state: { ...state, output }, snapshot }));
    this.#ticks = feed.completeTicks;
  }

  /** What has been read of complete ticks need not be held any longer. */
  letGo(): void {
    this.#consumed.advance(this.#line, this.#table!.dialect.lineEnd);
  }

  /** The run is complete, and its results are in place. */
  end(): void {
    rmSync(this.#path, { force: true });
  }
}
