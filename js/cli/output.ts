// Where the lines go: to standard output as they come, or to a file that is put in place when it is complete.
import { createHash, type Hash } from 'node:crypto';
import { closeSync, fstatSync, fsyncSync, ftruncateSync, openSync, readSync, realpathSync, renameSync, rmSync, statSync, writeSync } from 'node:fs';
import { Failure } from './problem.ts';

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

/** A file that may be gone on with: until it is complete it stays beside its place, also when a run ends before. */
export interface KeptOutput extends Output {
  /**
   * All is flushed: how long the file is, what is in it, and which it is, whatever its name. It stays so through a power failure. Once `write`
   * has written that down, the file stays beside its place.
   */
  keep(write: (file: KeptFile) => void): void;
}
export interface KeptFile {
  readonly bytes: number;
  readonly file: number;
  /** Of all these bytes. */
  readonly hash: string;
}

/** `option` is what named the file. */
export function openOutput(out: string | undefined, option = '--out'): Output {
  return out === undefined ? standardOutput() : fileOutput(out, option);
}

const partialEnd = '.partial';

/** The file, wherever it really is: what belongs to it is beside it. */
const placeOf = (out: string) => (statSync(out, { throwIfNoEntry: false }) ? realpathSync(out) : out);
/** Where the results are until they are complete. */
export const partialOf = (out: string) => `${placeOf(out)}${partialEnd}`;
/** Says which run writes them. */
export const lockOf = (out: string) => `${placeOf(out)}.lock`;

/** Of the first so many bytes. */
function hashOf(file: number, bytes: number): Hash {
  const hash = createHash('sha256');
  const block = Buffer.allocUnsafe(Math.min(bytes, blockLength));
  for (let at = 0; at < bytes; ) {
    const read = readSync(file, block, 0, Math.min(block.length, bytes - at), at);
    if (read === 0) break;
    hash.update(block.subarray(0, read));
    at += read;
  }
  return hash;
}

/** Whether a file begins with what was kept. */
export function beginsWith(path: string, { bytes, hash }: KeptFile): boolean {
  const file = openSync(path, 'r');
  try {
    return hashOf(file, bytes).digest('hex') === hash;
  } finally {
    closeSync(file);
  }
}

/** `before`: where another run got, which is gone on from; undefined: from the beginning. */
export function openKeptOutput(out: string, before?: KeptFile): KeptOutput {
  const found = statSync(out, { throwIfNoEntry: false });
  const path = partialOf(out);
  let file: number;
  let bytes = 0;
  /** Of all that is in the file. */
  let hash = createHash('sha256');
  let kept = before !== undefined;
  try {
    if (before) {
      const partial = statSync(path, { throwIfNoEntry: false });
      if (!partial) throw new Failure(`--resume: expected the results so far in ${path}, got nothing: there is no such file`);
      if (partial.size < before.bytes) throw new Failure(`--resume: expected at least ${before.bytes} bytes of results in ${path}, got ${partial.size}`);
      file = openSync(path, 'r+');
      hash = hashOf(file, before.bytes);
      if (hash.copy().digest('hex') !== before.hash) {
        closeSync(file);
        throw new Failure(`--resume: expected the results so far in ${path} as they were, got other text in its first ${before.bytes} bytes`);
      }
      // What came after the snapshot comes again.
      ftruncateSync(file, before.bytes);
      bytes = before.bytes;
    } else {
      file = openSync(path, 'w', found ? found.mode & 0o777 : 0o666);
    }
  } catch (error) {
    throw error instanceof Failure ? error : cannotWrite(out, error);
  }
  let text = '';
  let open = true;
  const write = () => {
    try {
      const all = Buffer.from(text);
      hash.update(all);
      for (let at = 0; at < all.length; ) {
        const written = writeSync(file, all, at, all.length - at, bytes);
        at += written;
        bytes += written;
      }
    } catch (error) {
      throw cannotWrite(out, error);
    }
    text = '';
  };
  const close = () => {
    if (open) closeSync(file);
    open = false;
  };
  return {
    closed: false,
    add(more) {
      text += more;
      if (text.length >= blockLength) write();
    },
    addBytes() {
      throw new Failure('a file that is gone on with takes text only');
    },
    async flush() {
      write();
    },
    keep(write) {
      fsyncSync(file);
      write({ bytes, file: fstatSync(file).ino, hash: hash.copy().digest('hex') });
      kept = true;
    },
    commit() {
      try {
        fsyncSync(file);
        close();
        renameSync(path, path.slice(0, -partialEnd.length));
      } catch (error) {
        throw cannotWrite(out, error);
      }
    },
    abandon() {
      if (!open) return;
      close();
      if (!kept) rmSync(path, { force: true });
    },
  };
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

function fileOutput(out: string, option: string): Output {
  const cannotBe = (error: unknown) => cannotWrite(out, error, option);
  let found;
  try {
    found = statSync(out, { throwIfNoEntry: false });
  } catch (error) {
    throw cannotBe(error);
  }
  if (found?.isDirectory()) throw new Failure(`${option}: expected a file, got the folder ${out}`);
  // A pipe or a device is written to: a file put in its place would not be it any more. Of a pipe there is no other path than the one given.
  const direct = found !== undefined && !found.isFile();
  const target = found && !direct ? realpathSync(out) : out;
  const path = direct ? out : `${target}.${process.pid}.tmp`;
  let file: number | undefined;
  try {
    file = openSync(path, direct ? 'w' : 'wx', found && !direct ? found.mode & 0o777 : 0o666);
  } catch (error) {
    throw cannotBe(error);
  }
  let text = '';
  let closed = false;
  const writeBytes = (bytes: Uint8Array) => {
    try {
      for (let left = bytes; left.length > 0 && !closed; ) left = left.subarray(writeSync(file!, left));
    } catch (error) {
      // The reader of a pipe has had enough.
      if (direct && (error as NodeJS.ErrnoException).code === 'EPIPE') closed = true;
      else throw cannotBe(error);
    }
  };
  const write = () => {
    writeBytes(Buffer.from(text));
    text = '';
  };
  return {
    get closed() {
      return closed;
    },
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
        throw cannotBe(error);
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

function cannotWrite(out: string, error: unknown, option = '--out'): Failure {
  return new Failure(`${option}: ${out} cannot be written: ${error instanceof Error ? error.message : error}`);
}
