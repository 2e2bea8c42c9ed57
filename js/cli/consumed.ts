// How much of the input has been taken in, with a hash of it, so that a run that goes on can tell whether it is still the same.
import { createHash } from 'node:crypto';
import { Failure } from './problem.ts';
import type { Input } from './input.ts';
import type { LineEnd } from './records.ts';

/** Bytes that follow one another. What came by standard input in a run that went on is a part of its own. */
export interface ConsumedPart {
  readonly bytes: number;
  readonly hash: string;
}

export class Consumed {
  readonly #hash = createHash('sha256');
  /** What was read before and is not read again. */
  #before: readonly ConsumedPart[] = [];
  /** Bytes that have been read beyond. */
  #ahead: Buffer[] = [];
  #bytes = 0;
  /** The line that begins where they end, counted from 1. */
  #line = 1;

  get parts(): ConsumedPart[] {
    return [...this.#before, { bytes: this.#bytes, hash: this.#hash.copy().digest('hex') }];
  }

  /** Notes what was read, before it is taken in. */
  note(chunk: Buffer): void {
    this.#ahead.push(chunk);
  }

  /** All lines before this one are taken in. */
  advance(line: number, lineEnd: LineEnd): void {
    while (this.#line < line && this.#ahead.length > 0) {
      const chunk = this.#ahead[0]!;
      let end = 0;
      while (this.#line < line) {
        const at = chunk.indexOf(lineEnd, end);
        if (at < 0) break;
        end = at + 1;
        this.#line++;
      }
      if (this.#line < line) end = chunk.length;
      this.#hash.update(chunk.subarray(0, end));
      this.#bytes += end;
      if (end < chunk.length) this.#ahead[0] = chunk.subarray(end);
      else this.#ahead.shift();
    }
  }

  /** Of a stream, what comes now is the rest. */
  passOver(parts: readonly ConsumedPart[]): void {
    this.#before = parts;
  }

  /** Reads as far as a run before got, which must have read the same; returns what was read beyond. */
  async again(input: Input, parts: readonly ConsumedPart[]): Promise<Buffer> {
    const bytes = parts.reduce((sum, part) => sum + part.bytes, 0);
    let beyond: Buffer = Buffer.alloc(0);
    for (const [index, part] of parts.entries()) {
      const hash = createHash('sha256');
      for (let left = part.bytes; left > 0; ) {
        if (beyond.length === 0) {
          const { value, done } = await input.chunks.next();
          if (done) throw new Failure(`--resume: expected ${input.name} to go on after its first ${bytes} bytes, got ${this.#bytes} bytes`);
          beyond = value as Buffer;
        }
        const taken = beyond.subarray(0, left);
        hash.update(taken);
        this.#hash.update(taken);
        this.#bytes += taken.length;
        left -= taken.length;
        beyond = beyond.subarray(taken.length);
      }
      if (hash.digest('hex') === part.hash) continue;
      const first = `the first ${this.#bytes - part.bytes} bytes`;
      if (index > 0) throw new Failure(`--resume: expected in ${input.name}, after ${first}, the ${part.bytes} bytes that the run read from standard input since, got other text`);
      throw new Failure(`--resume: expected ${input.name} as it was, got other text in its first ${part.bytes} bytes`);
    }
    if (beyond.length > 0) this.#ahead.push(beyond);
    return beyond;
  }

  /** What comes next begins with this line. */
  isAt(line: number): void {
    this.#line = line;
  }
}
