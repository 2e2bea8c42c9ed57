// Tables of what was simulated, a row for each agent and moment: CSV as they come, Arrow when all is there.
import { arrowBytes } from './arrow.ts';
import { decimal } from './decimal.ts';
import { openOutput } from './output.ts';
import { Failure } from './problem.ts';

/** A column: reading, an f32 that may be NaN for none; time, seconds; whole, a small number; text, '' for none. */
export type Field =
  | { readonly name: string; readonly kind: 'reading' | 'time' | 'whole'; readonly of: (agent: number) => number }
  | { readonly name: string; readonly kind: 'text'; readonly of: (agent: number) => string };

export interface Recording {
  readonly rows: number;
  /** A row for each agent, of the fields as they are now. */
  add(): Promise<void>;
  /** All is there: puts the file in place. */
  commit(): Promise<void>;
  /** Leaves no half file behind. Does nothing after commit(). */
  abandon(): void;
}

export const isArrow = (path: string) => /\.(?:arrow|feather)$/i.test(path);

/** `moments`: how often add() will be called, at most. `option` is what the user said: "--out". */
export function openRecording(option: string, path: string, fields: readonly Field[], agents: number, moments: number): Recording {
  return isArrow(path) ? arrowRecording(option, path, fields, agents, moments) : csvRecording(option, path, fields, agents);
}

function csvRecording(option: string, path: string, fields: readonly Field[], agents: number): Recording {
  const output = openOutput(path, option);
  output.add(`${fields.map(({ name }) => name).join(',')}\n`);
  let rows = 0;
  return {
    get rows() {
      return rows;
    },
    async add() {
      for (let agent = 0; agent < agents; agent++) {
        let line = '';
        for (let f = 0; f < fields.length; f++) line += (f > 0 ? ',' : '') + cell(fields[f]!, agent);
        output.add(`${line}\n`);
      }
      rows += agents;
      await output.flush();
    },
    async commit() {
      await output.flush();
      output.commit();
    },
    abandon: () => output.abandon(),
  };
}

/** Names of ours have no delimiter and no quote in them. */
function cell(field: Field, agent: number): string {
  if (field.kind === 'text') return field.of(agent);
  const value = field.of(agent);
  if (Number.isNaN(value)) return '';
  return field.kind === 'reading' ? decimal(value) : String(value);
}

/** An Arrow file is put together in memory; what would not fit is refused before the work. */
const mostBytes = 2e9;
const bytesOf = { reading: 4, time: 8, whole: 4, text: 1 };

function arrowRecording(option: string, path: string, fields: readonly Field[], agents: number, moments: number): Recording {
  const bytes = agents * moments * fields.reduce((sum, { kind }) => sum + bytesOf[kind], 0);
  if (bytes > mostBytes) {
    const got = `${agents * moments} rows, ${Math.ceil(bytes / 1e6)} MB`;
    throw new Failure(`${option}: expected an Arrow file of at most ${mostBytes / 1e6} MB, got ${got}. A .csv has no limit; --every n writes fewer rows.`);
  }
  const output = openOutput(path, option);
  const columns = fields.map((field) => new ArrowColumn(field, agents * moments));
  let rows = 0;
  return {
    get rows() {
      return rows;
    },
    async add() {
      for (const column of columns) column.add(rows, agents);
      rows += agents;
    },
    async commit() {
      await arrowBytes(columns.map((column) => column.values(rows)), (bytes) => output.addBytes(bytes));
      await output.flush();
      output.commit();
    },
    abandon: () => output.abandon(),
  };
}

/** Values of a field, as they will be written; text as numbers of its few different values. */
class ArrowColumn {
  readonly #field: Field;
  readonly #values: Float32Array | Float64Array | Uint32Array | Uint8Array;
  readonly #texts = new Map<string, number>();

  constructor(field: Field, rows: number) {
    this.#field = field;
    const { kind } = field;
    this.#values = new { reading: Float32Array, time: Float64Array, whole: Uint32Array, text: Uint8Array }[kind](rows);
  }

  add(first: number, agents: number): void {
    const field = this.#field;
    for (let agent = 0; agent < agents; agent++) {
      this.#values[first + agent] = field.kind === 'text' ? this.#numberOf(field.of(agent)) : field.of(agent);
    }
  }

  #numberOf(text: string): number {
    let number = this.#texts.get(text);
    if (number === undefined) this.#texts.set(text, (number = this.#texts.size));
    return number;
  }

  values(rows: number): { name: string; kind: Field['kind']; values: Iterable<number | string | null> } {
    const [values, texts] = [this.#values, [...this.#texts.keys()]];
    const { name, kind } = this.#field;
    function* each() {
      for (let row = 0; row < rows; row++) {
        const value = values[row]!;
        if (kind === 'text') yield texts[value] || null;
        else yield Number.isNaN(value) ? null : value;
      }
    }
    return { name, kind, values: each() };
  }
}
