// A CSV file, in columns: what it holds is guessed from its first rows, and the visitor has the last word.
import Papa from 'papaparse';

/** Rows that are kept: beyond, a browser's tab is not the place for them. */
export const mostRows = 1_000_000;
const sampleRows = 200;

export interface Preview {
  readonly names: readonly string[];
  readonly rows: readonly (readonly string[])[];
  readonly guess: Mapping;
  /** What the guess leaves out, and why: sentences. */
  readonly notes: readonly string[];
}

/** Which columns are what, by their numbers. */
export interface Mapping {
  /** null: the number of the row. */
  readonly time: number | null;
  /** null: all rows are of one agent. */
  readonly agent: number | null;
  readonly channels: readonly number[];
}

export interface Columns {
  readonly rows: number;
  readonly time: Float64Array;
  readonly agent: Uint32Array;
  readonly agents: readonly string[];
  readonly channels: readonly { readonly name: string; readonly values: Float32Array }[];
}

/** What is wrong with a file, in words for people. */
export class BadFile extends Error {}

const empty = /^(?:|nan|null|na|n\/a|none|-?inf(?:inity)?)$/i;
const isNumber = (cell: string) => empty.test(cell) || Number.isFinite(Number(cell));
const label = /^(?:anomaly|changepoint|label|class|target)$/i;
const timeName = /^(?:time|timestamp|datetime|date|ts|epoch|t)$/i;
const mostSensors = 32;
const agentName = /^(?:agent|device|entity|machine|robot|id)$/i;

/** A cell without blanks, and with a point in its number: where ";" stands between cells, "," may stand in numbers. */
function tidy(cell: string | undefined, delimiter: string): string {
  const text = (cell ?? '').trim();
  return delimiter === ';' && /^[-+]?\d*,\d+(?:e[-+]?\d+)?$/i.test(text) ? text.replace(',', '.') : text;
}

/** Seconds, from a number or a date and time, the year first; without a zone it is UTC. What "1/2/2024" is nobody knows. */
function secondsOf(cell: string): number {
  const number = Number(cell);
  if (cell !== '' && Number.isFinite(number)) return number > 1e11 ? number / 1000 : number;
  const text = /^\d{4}-\d\d-\d\d[ T]\d\d:\d\d(?::\d\d(?:\.\d+)?)?$/.test(cell) ? `${cell.replace(' ', 'T')}Z` : cell;
  return /^\d{4}[-/]/.test(text) ? Date.parse(text) / 1000 : NaN;
}

function guess(file: string, names: readonly string[], rows: readonly (readonly string[])[]): Pick<Preview, 'guess' | 'notes'> {
  const cells = (column: number) => rows.map((row) => row[column] ?? '');
  const numeric = (column: number) => cells(column).every(isNumber) && cells(column).some((cell) => !empty.test(cell));
  /** The first row in which it is no time, or an earlier one than before; -1: none. */
  const falls = (column: number) => {
    const seconds = cells(column).map(secondsOf);
    return seconds.findIndex((value, i) => !(Number.isFinite(value) && (i === 0 || value >= seconds[i - 1]!)));
  };
  const rises = (column: number) => falls(column) < 0;
  const columns = [...names.keys()];
  const named = (column: number) => timeName.test(names[column]!) || /time/i.test(names[column]!);
  const time = columns.find((column) => named(column) && rises(column)) ?? columns.find((column) => !numeric(column) && rises(column)) ?? null;
  const agent = columns.find((column) => column !== time && agentName.test(names[column]!)) ?? null;
  const notes: string[] = [];
  const noTime = time === null ? columns.find((column) => timeName.test(names[column]!) || /^\d+[./]\d+[./]\d/.test(cells(column)[0]!)) : undefined;
  if (noTime !== undefined) {
    const row = falls(noTime);
    const [before, got] = [cells(noTime)[row - 1], cells(noTime)[row]!];
    notes.push(`${names[noTime]} is no time, so rows are counted: expected numbers that rise, or dates as 2024-01-31, got "${Number.isFinite(secondsOf(got)) ? `${before}" before "` : ''}${got}".`);
  }
  const numbers = columns.filter((column) => column !== time && column !== noTime && column !== agent && numeric(column));
  if (numbers.length === 0) throw new BadFile(`${file}: expected a column of numbers, as 20.5, got none; a row is "${rows[0]!.join(' ').slice(0, 60)}"`);
  const sensors = numbers.filter((column) => !label.test(names[column]!));
  if (sensors.length > mostSensors) notes.push(`Of ${sensors.length} columns of numbers the first ${mostSensors} are chosen.`);
  return { guess: { time, agent, channels: sensors.slice(0, mostSensors) }, notes };
}

/** The first rows. */
export function preview(file: File): Promise<Preview> {
  return new Promise((resolve, reject) => {
    Papa.parse<string[]>(file, {
      preview: sampleRows,
      skipEmptyLines: true,
      complete({ data: raw, meta: { delimiter } }) {
        const data = raw.map((row) => row.map((cell) => tidy(cell, delimiter)));
        if (data.flat().some((cell) => cell.includes('\0'))) return reject(new BadFile(`${file.name}: expected text, got a file of another kind; a spreadsheet can be saved as CSV`));
        const [first, ...rest] = data;
        if (!first || first.length === 0 || data.length < 2) return reject(new BadFile(`${file.name}: expected a CSV file of two rows or more, got ${data.length}`));
        // Names stand above numbers.
        const header = first.some((cell) => !isNumber(cell) && Number.isNaN(secondsOf(cell)));
        const names = header ? first.map((name, i) => name || `column ${i + 1}`) : first.map((_, i) => `column ${i + 1}`);
        const rows = header ? rest : data;
        try {
          resolve({ names, rows: rows.slice(0, 5), ...guess(file.name, names, rows) });
        } catch (error) {
          reject(error);
        }
      },
      error: (error) => reject(new BadFile(`${file.name} cannot be read: ${error.message}`)),
    });
  });
}

/** Values that grow. */
class Growing {
  #values = new Float64Array(1024);
  length = 0;
  push(value: number): void {
    if (this.length === this.#values.length) {
      const larger = new Float64Array(2 * this.length);
      larger.set(this.#values);
      this.#values = larger;
    }
    this.#values[this.length++] = value;
  }
  get values(): Float64Array {
    return this.#values.subarray(0, this.length);
  }
}

/** All rows. Errors say which line is wrong. */
export function read(file: File, { names }: Preview, mapping: Mapping, progress: (part: number) => void): Promise<Columns> {
  const time = new Growing();
  const agent = new Growing();
  const channels = mapping.channels.map(() => new Growing());
  const agents = new Map<string, number>();
  let line = 0;
  return new Promise((resolve, reject) => {
    const fail = (parser: Papa.Parser, column: number, expected: string, got: string) => {
      // Before the parser is stopped, which then calls itself complete.
      reject(new BadFile(`${file.name}, row ${line}, column ${names[column] ?? column + 1}: expected ${expected}, got "${got.slice(0, 40)}"`));
      parser.abort();
    };
    const take = (row: readonly string[], delimiter: string, parser: Papa.Parser): boolean => {
      const cell = (column: number) => tidy(row[column], delimiter);
      line++;
      const seconds = mapping.time === null ? time.length : secondsOf(cell(mapping.time));
      if (!Number.isFinite(seconds)) {
        // The header is no row of data.
        if (line === 1) return true;
        fail(parser, mapping.time!, 'a time', row[mapping.time!] ?? '');
        return false;
      }
      const values = mapping.channels.map(cell);
      const wrong = values.findIndex((cell) => !isNumber(cell));
      if (wrong >= 0) {
        if (line === 1) return true;
        fail(parser, mapping.channels[wrong]!, 'a number, or nothing', values[wrong]!);
        return false;
      }
      if (time.length > 0 && seconds < time.values[time.length - 1]!) {
        fail(parser, mapping.time!, 'a time that does not run backwards', row[mapping.time!]!);
        return false;
      }
      if (time.length === mostRows) {
        reject(new BadFile(`${file.name} has more than ${mostRows.toLocaleString('en')} rows; the command line, sensorium run, takes any number`));
        parser.abort();
        return false;
      }
      const who = mapping.agent === null ? '0' : cell(mapping.agent);
      let number = agents.get(who);
      if (number === undefined) agents.set(who, (number = agents.size));
      time.push(seconds);
      agent.push(number);
      values.forEach((cell, c) => channels[c]!.push(empty.test(cell) ? NaN : Number(cell)));
      return true;
    };
    Papa.parse<string[]>(file, {
      skipEmptyLines: true,
      chunk({ data, meta }, parser) {
        for (const row of data) if (!take(row, meta.delimiter, parser)) return;
        progress(meta.cursor / file.size);
      },
      complete() {
        if (time.length === 0) return reject(new BadFile(`${file.name}: expected rows of numbers, got none`));
        const named = (column: number, values: Growing) => ({ name: names[column]!, values: Float32Array.from(values.values) });
        resolve({
          rows: time.length,
          time: time.values,
          agent: Uint32Array.from(agent.values),
          agents: [...agents.keys()],
          channels: mapping.channels.map((column, c) => named(column, channels[c]!)),
        });
      },
      error: (error) => reject(new BadFile(`${file.name} cannot be read: ${error.message}`)),
    });
  });
}
