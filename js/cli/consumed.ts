// How much of the input has been taken in, with a hash of it, so that a run that goes on can tell whether it is still the same.
import { createHash } from 'node:crypto';
import { Failure } from './problem.ts';
import type { Input } from './input.ts';
import type { LineEnd } from './records.ts';

export class Consumed {
  readonly #hash = createHash('sha256');
  /** Bytes that have been read beyond. */
  #ahead: Buffer[] = [];
  #bytes = 0;
  /** The line that begins where they end, counted from 1. */
  #line = 1;

  get bytes(): number {
    return this.#bytes;
  }
  get hash(): string {
    return this.#hash.copy().digest('hex');
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

  /** Reads as far as a run before got, which must have read the same; returns what was read beyond. */
  async again(input: Input, before: { readonly line: number; readonly bytes: number; readonly hash: string }): Promise<Buffer> {
    while (this.#bytes < before.bytes) {
      const { value, done } = await input.chunks.next();
      if (done) throw new Failure(`--resume: expected ${input.name} to go on after its first ${before.bytes} bytes, got ${this.#bytes} bytes`);
      const chunk = value as Buffer;
      const taken = Math.min(chunk.length, before.bytes - this.#bytes);
      this.#hash.update(chunk.subarray(0, taken));
      this.#bytes += taken;
      if (taken < chunk.length) this.#ahead.push(chunk.subarray(taken));
    }
    if (this.hash !== before.hash) {
      throw new Failure(`--resume: expected ${input.name} as it was, got other text in its first ${before.bytes} bytes (${before.line - 1} lines)`);
    }
    return Buffer.concat(this.#ahead);
  }

  /** What comes next begins with this line. */
  isAt(line: number): void {
    this.#line = line;
  }
}
