// A CSV file, in columns: what it holds is guessed from its first rows, and the visitor has the last word.
import Papa from 'papaparse';

/** Rows that are kept: beyond, a browser's tab is not the place for them. */
export const mostRows = 1_000_000;
const sampleRows = 200;

export interface Preview {
  readonly names: readonly string[];
  readonly rows: readonly (readonly string[])[];
  readonly guess: Mapping;
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
const timeName = /^(?:time|timestamp|datetime|date|ts|epoch|t)$|time/i;
const agentName = /^(?:agent|device|entity|machine|robot|id)$/i;

/** Seconds, from a number or an ISO date and time; without a zone it is UTC. */
function secondsOf(cell: string): number {
  const number = Number(cell);
  if (cell !== '' && Number.isFinite(number)) return number > 1e11 ? number / 1000 : number;
  const text = /^\d{4}-\d\d-\d\d[ T]\d\d:\d\d(?::\d\d(?:\.\d+)?)?$/.test(cell) ? `${cell.replace(' ', 'T')}Z` : cell;
  return Date.parse(text) / 1000;
}

function guess(names: readonly string[], rows: readonly (readonly string[])[]): Mapping {
  const cells = (column: number) => rows.map((row) => (row[column] ?? '').trim());
  const numeric = (column: number) => cells(column).every(isNumber) && cells(column).some((cell) => !empty.test(cell));
  const rises = (column: number) => {
    const seconds = cells(column).map(secondsOf);
    return seconds.every((value, i) => Number.isFinite(value) && (i === 0 || value >= seconds[i - 1]!));
  };
  const columns = [...names.keys()];
  const time = columns.find((column) => timeName.test(names[column]!) && rises(column)) ?? columns.find((column) => !numeric(column) && rises(column)) ?? null;
  const agent = columns.find((column) => column !== time && agentName.test(names[column]!)) ?? null;
  const channels = columns.filter((column) => column !== time && column !== agent && numeric(column) && !label.test(names[column]!)).slice(0, 32);
  return { time, agent, channels };
}

/** The first rows. */
export function preview(file: File): Promise<Preview> {
  return new Promise((resolve, reject) => {
    Papa.parse<string[]>(file, {
      preview: sampleRows,
      skipEmptyLines: true,
      complete({ data }) {
        const [first, ...rest] = data;
        if (!first || first.length === 0 || data.length < 2) return reject(new BadFile(`${file.name}: expected a CSV file of two rows or more, got ${data.length}`));
        // Names stand above numbers.
        const header = first.some((cell) => !isNumber(cell.trim()) && Number.isNaN(secondsOf(cell.trim())));
        const names = header ? first.map((name, i) => name.trim() || `column ${i + 1}`) : first.map((_, i) => `column ${i + 1}`);
        resolve({ names, rows: (header ? rest : data).slice(0, 5), guess: guess(names, header ? rest : data) });
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
    const take = (row: readonly string[], parser: Papa.Parser): boolean => {
      line++;
      const seconds = mapping.time === null ? time.length : secondsOf((row[mapping.time] ?? '').trim());
      if (!Number.isFinite(seconds)) {
        // The header is no row of data.
        if (line === 1) return true;
        fail(parser, mapping.time!, 'a time', row[mapping.time!] ?? '');
        return false;
      }
      const values = mapping.channels.map((column) => (row[column] ?? '').trim());
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
      const who = mapping.agent === null ? '0' : (row[mapping.agent] ?? '').trim();
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
        for (const row of data) if (!take(row, parser)) return;
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
