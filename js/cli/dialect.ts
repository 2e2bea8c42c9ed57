// How a CSV file is written: its delimiter, line ends and decimal sign, found out from its beginning.
import { Failure } from './problem.ts';
import { isMissing, readIso, readNumber, withPoint } from './cells.ts';
import { RecordReader, type LineEnd } from './records.ts';

export const delimiters = [',', ';', '\t', '|'] as const;

export const decimalSigns = ['.', ','] as const;

export interface Dialect {
  delimiter: string;
  lineEnd: LineEnd;
  decimal: '.' | ',';
}

const byteOrderMark = Buffer.from([0xef, 0xbb, 0xbf]);

/** The bytes without a UTF-8 byte order mark; refuses what is no UTF-8 text at all. */
export function textOf(bytes: Buffer): Buffer {
  const starts = (...mark: number[]) => mark.every((byte, i) => bytes[i] === byte);
  if (starts(0x1f, 0x8b)) throw new Failure('expected CSV text, got gzip data. Unpack it first: gzip -dc file.csv.gz | sensorium run -');
  if (starts(0xff, 0xfe) || starts(0xfe, 0xff)) {
    throw new Failure('expected UTF-8 text, got UTF-16. Convert it first: iconv -f UTF-16 -t UTF-8 file.csv | sensorium run -');
  }
  if (bytes.subarray(0, 4096).includes(0)) throw new Failure('expected CSV text, got binary data (a zero byte)');
  return starts(...byteOrderMark) ? bytes.subarray(byteOrderMark.length) : bytes;
}

/** `head` is the beginning of the text, best of whole lines; a few dozen tell enough. `delimiter` is the one to take, if it is known. */
export function findDialect(head: Buffer, delimiter?: string): Dialect {
  const lineEnd: LineEnd = !head.includes('\n') && head.includes('\r') ? '\r' : '\n';
  let best: Dialect = { delimiter: delimiter ?? ',', lineEnd, decimal: '.' };
  let bestScore = 0;
  for (const candidate of delimiter === undefined ? delimiters : [delimiter]) {
    const reader = new RecordReader(candidate, lineEnd);
    const rows = [...reader.push(head), ...reader.end()].filter((row) => !row.bad).map((row) => row.fields);
    const decimal = candidate === ',' ? '.' : findDecimal(rows.flat());
    const score = scoreDelimiter(rows, decimal);
    if (score > bestScore) {
      bestScore = score;
      best = { delimiter: candidate, lineEnd, decimal };
    }
  }
  return best;
}

/** Which sign more of the numbers have that have one. */
function findDecimal(cells: string[]): Dialect['decimal'] {
  const points = cells.filter((cell) => cell.includes('.') && readNumber(cell) !== undefined).length;
  const commas = cells.filter((cell) => withPoint(cell) !== cell).length;
  return commas > points ? ',' : '.';
}

/**
 * How far the rows have the same number of fields, and fields that are numbers, times or empty, 0..2. A delimiter that is not there
 * makes one field of each line; one inside numbers (1,5) or times makes more fields, but not better ones than the true one.
 */
function scoreDelimiter(rows: string[][], decimal: Dialect['decimal']): number {
  const widths = new Map<number, number>();
  for (const fields of rows) widths.set(fields.length, (widths.get(fields.length) ?? 0) + 1);
  const [width, alike] = [...widths].reduce((most, entry) => (entry[1] > most[1] ? entry : most), [1, 0]);
  if (width < 2) return 0;
  const cells = decimal === ',' ? rows.flat().map(withPoint) : rows.flat();
  const understood = cells.filter((cell) => isMissing(cell) || readNumber(cell) !== undefined || readIso(cell)).length;
  return alike / rows.length + understood / cells.length;
}
