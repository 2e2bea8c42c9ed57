// Rows of the input, block by block as it arrives, the first ones put aside to find out what it is. An Arrow file is read whole.
import { arrowRows, looksLikeArrow } from './arrow.ts';
import { withPoint } from './cells.ts';
import type { CsvOptions } from './config.ts';
import { findDialect, textOf, type Dialect } from './dialect.ts';
import type { Input } from './input.ts';
import { RecordReader, type Row } from './records.ts';

export interface Source {
  dialect: Dialect;
  /** Whether it has lines: an Arrow file has none. */
  text: boolean;
  /** At least as many rows as were wanted, or all there are. */
  first: Row[];
  /** Those after them. */
  rest: AsyncGenerator<Row[]>;
}

/** Lines that tell how the file is written. */
const dialectLines = 30;
/** A file with \r alone for line ends has no line by which to see how much of it is there. */
const mostWithoutLines = 4 * 1024 * 1024;
/** As much of such a file tells its delimiter. */
const dialectBytes = 64 * 1024;

export async function openSource(input: Input, csv: CsvOptions, wanted: number): Promise<Source> {
  const lines = csv.delimiter === undefined || csv.decimal === undefined ? Math.min(dialectLines, wanted) : 1;
  let head = Buffer.alloc(0);
  while (endOfLines(head, lines) === undefined && head.length < mostWithoutLines) {
    const { value, done } = await input.chunks.next();
    if (done) break;
    head = Buffer.concat([head, value]);
  }
  if (looksLikeArrow(head)) {
    return { dialect: { delimiter: ',', lineEnd: '\n', decimal: '.' }, text: false, ...(await divide(arrowRows(await wholeOf(input, head)), wanted)) };
  }
  const text = textOf(head);
  const found = findDialect(text.subarray(0, endOfLines(text, lines) ?? dialectBytes), csv.delimiter);
  const dialect = { ...found, decimal: csv.decimal ?? found.decimal };
  return { dialect, text: true, ...(await divide(readBlocks(input, text, dialect), wanted)) };
}

/** Puts the first rows aside. */
async function divide(rest: AsyncGenerator<Row[]>, wanted: number): Promise<Pick<Source, 'first' | 'rest'>> {
  const first: Row[] = [];
  while (first.length < wanted) {
    const { value, done } = await rest.next();
    if (done) break;
    for (const row of value) first.push(row);
  }
  return { first, rest };
}

async function wholeOf(input: Input, head: Buffer): Promise<Buffer> {
  const chunks = [head];
  for (;;) {
    const { value, done } = await input.chunks.next();
    if (done) return Buffer.concat(chunks);
    chunks.push(value);
  }
}

/** Rows of `text` and of what comes after it; the first begins in `line`. */
export async function* readBlocks(input: Input, text: Buffer, { delimiter, lineEnd, decimal }: Dialect, line = 1): AsyncGenerator<Row[]> {
  const reader = new RecordReader(delimiter, lineEnd, line);
  const numbers = (rows: Row[]) => (decimal === ',' ? rows.map((row) => ({ ...row, fields: row.fields.map(withPoint) })) : rows);
  // By itself, because a header may be a name short: csv-parse makes an error with a stack for each record of a block that has
  // not as many fields as the first.
  const header = endOfLines(text, 1) ?? 0;
  yield numbers([...reader.push(text.subarray(0, header)), ...reader.push(text.subarray(header))]);
  for (;;) {
    const { value, done } = await input.chunks.next();
    yield numbers(done ? reader.end() : reader.push(value));
    if (done) return;
  }
}

/** Where the first `lines` lines end; undefined where they are not all there. */
function endOfLines(bytes: Buffer, lines: number): number | undefined {
  let end = 0;
  for (let n = 0; n < lines; n++) {
    end = bytes.indexOf(0x0a, end) + 1;
    if (end === 0) return undefined;
  }
  return end;
}
