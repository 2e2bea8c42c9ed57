// The bytes to read: a file or standard input, with how much of them has been read.
import { createReadStream, statSync } from 'node:fs';
import { Failure } from './problem.ts';

export interface Input {
  /** As messages name it. */
  name: string;
  /** Bytes in all, where that is known. */
  size: number | undefined;
  /** Bytes read so far. */
  read: number;
  chunks: AsyncIterator<Buffer>;
  /** Ends the reading, even while it waits for more. */
  close(): void;
}

/** Told of all that is read, before whoever asked for it. */
export type Noted = (chunk: Buffer) => void;

export function openInput(path: string, noted?: Noted): Input {
  if (path === '-') return inputOf('standard input', undefined, process.stdin, noted);
  const found = statSync(path, { throwIfNoEntry: false });
  if (!found) throw new Failure(`${path}: expected a CSV file, got nothing: there is no such file`);
  if (found.isDirectory()) throw new Failure(`${path}: expected a CSV file, got a folder`);
  return inputOf(path, found.isFile() ? found.size : undefined, createReadStream(path, { highWaterMark: 64 * 1024 }), noted);
}

function inputOf(name: string, size: number | undefined, stream: NodeJS.ReadStream | ReturnType<typeof createReadStream>, noted?: Noted): Input {
  let closed = false;
  const input: Input = {
    name,
    size,
    read: 0,
    chunks: read(),
    close() {
      closed = true;
      stream.destroy();
    },
  };
  async function* read(): AsyncGenerator<Buffer> {
    try {
      for await (const chunk of stream as AsyncIterable<Buffer>) {
        input.read += chunk.length;
        noted?.(chunk);
        yield chunk;
      }
    } catch (error) {
      // A stream that was closed while it waited ends with an error of its own.
      if (!closed) throw new Failure(`${name}: cannot be read: ${error instanceof Error ? error.message : error}`);
    }
  }
  return input;
}
