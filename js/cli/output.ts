// Where the lines go: to standard output as they come, or to a file that is put in place when it is complete.
import { closeSync, fsyncSync, openSync, realpathSync, renameSync, rmSync, statSync, writeSync } from 'node:fs';
import { Failure, Usage } from './problem.ts';

export interface Output {
  /** Keeps the text until flush(). */
  add(text: string): void;
  /** Writes bytes at once, after what was added; files only. */
  addBytes(bytes: Uint8Array): void;
  /** Sends what was added, and waits until the receiver can take more. */
  flush(): Promise<void>;
  /** Whether nobody reads any more. */
  readonly closed: boolean;
  /** All is flushed: puts the file in place. */
  commit(): void;
  /** Leaves no half file behind; the process is about to end. Does nothing after commit(). */
  abandon(): void;
}

/** Characters to send at once: a tick of very many agents has more lines than a string can hold. */
const blockLength = 1024 * 1024;

/** Whether two paths are the same file. */
function sameFile(one: string, other: string): boolean {
  const [a, b] = [one, other].map((path) => statSync(path, { throwIfNoEntry: false }));
  return a !== undefined && b !== undefined && a.ino === b.ino && a.dev === b.dev;
}

export function openOutput(out: string | undefined, input?: string): Output {
  if (out === undefined) return standardOutput();
  if (input !== undefined && input !== '-' && sameFile(out, input)) {
    throw new Usage(`--out: expected another file than the input, got ${out}`);
  }
  return fileOutput(out);
}

function standardOutput(): Output {
  let text = '';
  let full: string[] = [];
  let closed = false;
  const send = async (part: string) => {
    const error = await new Promise<Error | null | undefined>((resolve) => process.stdout.write(part, resolve));
    if (!error) return;
    // The reader has had enough, as `head` does: no error of ours.
    if ((error as NodeJS.ErrnoException).code !== 'EPIPE') throw new Failure(`standard output cannot be written: ${error.message}`);
    closed = true;
  };
  return {
    add(more) {
      text += more;
      if (text.length < blockLength) return;
      full.push(text);
      text = '';
    },
    addBytes() {
      throw new Failure('standard output takes text only');
    },
    async flush() {
      const parts = text === '' ? full : [...full, text];
      full = [];
      text = '';
      for (const part of parts) if (!closed) await send(part);
    },
    get closed() {
      return closed;
    },
    commit() {},
    abandon() {},
  };
}

function fileOutput(out: string): Output {
  const found = statSync(out, { throwIfNoEntry: false });
  if (found?.isDirectory()) throw new Failure(`--out: expected a file, got the folder ${out}`);
  // A pipe or a device is written to: a file put in its place would not be it any more.
  const direct = found !== undefined && !found.isFile();
  const target = found ? realpathSync(out) : out;
  const path = direct ? target : `${target}.${process.pid}.tmp`;
  let file: number | undefined;
  try {
    file = openSync(path, direct ? 'w' : 'wx', found && !direct ? found.mode & 0o777 : 0o666);
  } catch (error) {
    throw cannotWrite(out, error);
  }
  let text = '';
  const writeBytes = (bytes: Uint8Array) => {
    try {
      for (let left = bytes; left.length > 0; ) left = left.subarray(writeSync(file!, left));
    } catch (error) {
      throw cannotWrite(out, error);
    }
  };
  const write = () => {
    writeBytes(Buffer.from(text));
    text = '';
  };
  return {
    closed: false,
    add(more) {
      text += more;
      if (text.length >= blockLength) write();
    },
    addBytes(bytes) {
      write();
      writeBytes(bytes);
    },
    async flush() {
      write();
    },
    commit() {
      try {
        if (!direct) fsyncSync(file!);
        closeSync(file!);
        if (!direct) renameSync(path, target);
      } catch (error) {
        throw cannotWrite(out, error);
      }
      file = undefined;
    },
    abandon() {
      if (file === undefined) return;
      file = undefined;
      if (!direct) rmSync(path, { force: true });
    },
  };
}

function cannotWrite(out: string, error: unknown): Failure {
  return new Failure(`--out: ${out} cannot be written: ${error instanceof Error ? error.message : error}`);
}
