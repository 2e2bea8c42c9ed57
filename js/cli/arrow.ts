// Apache Arrow files, by @uwdata/flechette, which is only loaded where there is such a file.
import { decimal } from './decimal.ts';
import { Failure } from './problem.ts';
import type { Row } from './records.ts';

interface ArrowField {
  name: string;
  kind: 'reading' | 'time' | 'whole' | 'text';
  values: Iterable<number | string | null>;
}

/** Rows of a record batch. */
const batchRows = 65_536;
/** Rows that are read at once. */
const blockRows = 1024;

/** Gives the bytes of an Arrow file (IPC, with a footer) to `write`, part by part. */
export async function arrowBytes(fields: readonly ArrowField[], write: (bytes: Uint8Array) => void): Promise<void> {
  const arrow = await import('@uwdata/flechette');
  const types = { reading: arrow.float32, time: arrow.float64, whole: arrow.uint32, text: () => arrow.dictionary(arrow.utf8()) };
  const columns = fields.map(({ name, kind, values }) => {
    return [name, arrow.columnFromValues(values, types[kind](), { maxBatchRows: batchRows })] as [string, ReturnType<typeof arrow.columnFromValues>];
  });
  const sink = { write, pad: (count: number) => write(new Uint8Array(count)), finish: () => null };
  arrow.tableToIPC(arrow.tableFromColumns(columns), { format: 'file', sink });
}

const fileMagic = 'ARROW1';
/** The first message of a stream: a continuation mark, before the length of a schema. */
const streamMagic = Buffer.from([0xff, 0xff, 0xff, 0xff]);

/** Whether a file that begins with these bytes is one of Arrow: a CSV file has no such bytes. */
export function looksLikeArrow(head: Buffer): boolean {
  return head.subarray(0, fileMagic.length).toString('latin1') === fileMagic || head.subarray(0, 4).equals(streamMagic);
}

/** The rows of an Arrow file as those of a CSV file with a header, in blocks: cells as text, line 1 for the header. */
export async function* arrowRows(bytes: Buffer): AsyncGenerator<Row[]> {
  const arrow = await import('@uwdata/flechette');
  try {
    // A copy of its own, aligned: columns are views.
    const table = arrow.tableFromIPC(new Uint8Array(bytes), { useDate: true });
    // A row takes a bit at least, whatever a broken file says.
    if (table.numRows > 8 * bytes.length) throw new Error(`${table.numRows} rows in ${bytes.length} bytes`);
    const columns = table.children.map((column) => ({
      values: column[Symbol.iterator]() as Iterator<unknown>,
      single: column.type.typeId === arrow.Type.Float && column.type.precision === arrow.Precision.SINGLE,
    }));
    yield [{ line: 1, fields: table.names.map(String) }];
    for (let row = 0; row < table.numRows; ) {
      const rows: Row[] = [];
      for (const end = Math.min(table.numRows, row + blockRows); row < end; row++) {
        rows.push({ line: row + 2, fields: columns.map(({ values, single }) => textOf(values.next().value, single)) });
      }
      yield rows;
    }
  } catch (error) {
    throw new Failure(`expected an Arrow file without compression, got something else: ${error instanceof Error ? error.message : error}`);
  }
}

/** A value as its cell; what has no value is empty. */
function textOf(value: unknown, single: boolean): string {
  if (value === null || value === undefined) return '';
  if (typeof value === 'number') return Number.isFinite(value) ? (single ? decimal(value) : String(value)) : '';
  if (value instanceof Date) return value.toISOString();
  return typeof value === 'object' ? JSON.stringify(value) : String(value);
}
