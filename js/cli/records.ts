// Bytes of a CSV file, as they come, into rows with their line numbers.
//
// csv-parse reads what has quotes. What it cannot do for a live stream is done around it: it holds a record back until it has seen what
// follows, it counts the lines inside quoted fields differently for different line ends, and after a broken quote it loses the rest of
// the file. So whole lines are cut off first and read in blocks; a line that opens a quote and does not close it is put together with
// the lines after it; and where that makes no valid record, that one line is bad and reading goes on at the next.
import { CsvError, parse } from 'csv-parse/sync';
import { Failure, quote, type BadLine } from './problem.ts';

export interface Row {
  /** The line that the row begins in, counted from 1. */
  line: number;
  fields: string[];
  /** Why the row cannot be read; then it has no fields. */
  bad?: BadLine;
}

export type LineEnd = '\n' | '\r';

const quoteByte = 0x22;
/** A quote that is not closed within this many bytes is not one. */
const longestRecord = 64 * 1024;
const longestLine = 1024 * 1024;

export class RecordReader {
  /** What has been read of a line or record that has not ended. */
  #rest: Buffer = Buffer.alloc(0);
  #line: number;
  readonly #lineEnd: number;
  readonly #recordEnd: RegExp;
  readonly #options;

  /** `line`: the one that what is read begins with. */
  constructor(delimiter: string, lineEnd: LineEnd, line = 1) {
    this.#line = line;
    this.#lineEnd = lineEnd.charCodeAt(0);
    this.#recordEnd = lineEnd === '\n' ? /\r?\n/ : /\r/;
    const recordDelimiters = lineEnd === '\n' ? ['\r\n', '\n'] : ['\r'];
    this.#options = { delimiter, record_delimiter: recordDelimiters, relax_column_count: true } as const;
  }

  /** The rows that end in `chunk`. */
  push(chunk: Buffer): Row[] {
    const bytes = this.#rest.length > 0 ? Buffer.concat([this.#rest, chunk]) : chunk;
    const end = bytes.lastIndexOf(this.#lineEnd) + 1;
    if (bytes.length - end > longestLine) {
      const line = this.#line + count(bytes, this.#lineEnd, 0, end);
      throw new Failure(`line ${line}: expected lines of at most ${longestLine} bytes, got a longer one: is this a CSV file?`);
    }
    const rows: Row[] = [];
    const read = this.#readLines(bytes.subarray(0, end), false, rows);
    this.#rest = bytes.subarray(read);
    return rows;
  }

  /** The rows that are left when nothing more will come. */
  end(): Row[] {
    const rows: Row[] = [];
    this.#readLines(this.#rest, true, rows);
    this.#rest = Buffer.alloc(0);
    return rows;
  }

  /** Reads whole lines; returns how many bytes of them, for a record may go on in lines to come. */
  #readLines(bytes: Buffer, last: boolean, rows: Row[]): number {
    if (!bytes.includes(quoteByte)) {
      this.#readBlock(bytes, rows);
      return bytes.length;
    }
    let blockStart = 0;
    let at = 0;
    while (at < bytes.length) {
      const lineEnd = this.#endOfLine(bytes, at);
      if (count(bytes, quoteByte, at, lineEnd) % 2 === 0) {
        at = lineEnd;
        continue;
      }
      this.#readBlock(bytes.subarray(blockStart, at), rows);
      blockStart = at;
      const recordEnd = this.#endOfRecord(bytes, lineEnd);
      if (recordEnd === undefined && !last && bytes.length - at <= longestRecord) return at;
      const records = this.#parse(bytes.subarray(at, recordEnd ?? lineEnd));
      if (recordEnd !== undefined && Array.isArray(records) && records.length === 1) {
        rows.push({ line: this.#line, fields: records[0]! });
        this.#line += count(bytes, this.#lineEnd, at, recordEnd);
        at = recordEnd;
      } else {
        rows.push(this.#broken(bytes.subarray(at, lineEnd), records));
        this.#line++;
        at = lineEnd;
      }
      blockStart = at;
    }
    this.#readBlock(bytes.subarray(blockStart), rows);
    return bytes.length;
  }

  /** Lines of which each is a record. */
  #readBlock(bytes: Buffer, rows: Row[]): void {
    if (bytes.length === 0) return;
    const records = this.#parse(bytes);
    const lines = count(bytes, this.#lineEnd, 0, bytes.length) + (bytes.at(-1) === this.#lineEnd ? 0 : 1);
    if (Array.isArray(records) && records.length === lines) {
      for (const fields of records) {
        // An empty line is not a row.
        if (fields.length > 1 || fields[0] !== '') rows.push({ line: this.#line, fields });
        this.#line++;
      }
    } else if (lines === 1) {
      rows.push(this.#broken(bytes, records));
      this.#line++;
    } else {
      for (let at = 0; at < bytes.length; ) {
        const end = this.#endOfLine(bytes, at);
        this.#readBlock(bytes.subarray(at, end), rows);
        at = end;
      }
    }
  }

  #parse(bytes: Buffer): string[][] | CsvError {
    // Without quotes there is nothing to know but the delimiter, and this takes a fifth of the time.
    if (!bytes.includes(quoteByte)) return this.#split(bytes.toString());
    try {
      return parse(bytes, this.#options);
    } catch (error) {
      if (error instanceof CsvError) return error;
      throw error;
    }
  }

  #split(text: string): string[][] {
    const lines = text.split(this.#recordEnd);
    if (lines.at(-1) === '') lines.pop();
    return lines.map((line) => line.split(this.#options.delimiter));
  }

  #broken(line: Buffer, why: unknown): Row {
    const expected = 'quotes around whole fields, each closed, and doubled inside';
    const bad: BadLine = { line: this.#line, expected, got: quote(line.toString().trimEnd()) };
    if (why instanceof CsvError && typeof why['column'] === 'number') bad.column = String(why['column'] + 1);
    return { line: this.#line, fields: [], bad };
  }

  #endOfLine(bytes: Buffer, from: number): number {
    const at = bytes.indexOf(this.#lineEnd, from);
    return at < 0 ? bytes.length : at + 1;
  }

  /** The end of the first line from `from` on that closes the quote which is open before it. */
  #endOfRecord(bytes: Buffer, from: number): number | undefined {
    for (let at = from; at < bytes.length && at - from <= longestRecord; ) {
      const end = this.#endOfLine(bytes, at);
      if (count(bytes, quoteByte, at, end) % 2 === 1) return end;
      at = end;
    }
    return undefined;
  }
}

/** Occurrences within from .. end - 1; Buffer.indexOf would look beyond the end. */
function count(bytes: Buffer, byte: number, from: number, end: number): number {
  let found = 0;
  for (let at = from; at < end; at++) if (bytes[at] === byte) found++;
  return found;
}
