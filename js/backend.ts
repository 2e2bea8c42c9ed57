// What the facade needs of whoever runs the core: a few verbs, numbers and typed arrays.
import { failure, type ErrorCode, type SensoriumError } from './errors.ts';
import { identity } from './schema.gen.ts';

/** WebAssembly's classes where the reader's types have them: those of Node 20 have not, and must not stumble over this package. */
type Wasm<Name extends string> = typeof globalThis extends { WebAssembly: Record<Name, { prototype: infer Instance }> } ? Instance : never;
export type WasmMemory = Wasm<'Memory'>;
export type WasmModule = Wasm<'Module'>;

/** A column, or `planes` of one name, inside the engine's block; see Column in types.h. */
export interface Column {
  readonly name: string;
  /** 0: f32, 1: f64, 2: u8, 3: u32, 4: i32. */
  readonly type: number;
  readonly rows: number;
  /** Values a row. */
  readonly width: number;
  readonly planes: number;
  readonly list: boolean;
  readonly offset: number;
  readonly stride: number;
}

export interface ExplainedRow {
  readonly name: string;
  readonly without: string;
  readonly bytes: number;
}

/** The arrays of Column.type. */
export const arrays = [Float32Array, Float64Array, Uint8Array, Uint32Array, Int32Array] as const;
export type View = Float32Array | Float64Array | Uint8Array | Uint32Array | Int32Array;

/** A plane of a column, in the block that lies in `buffer` from `base` on. */
export function viewOf({ buffer, base }: { readonly buffer: ArrayBuffer; readonly base: number }, column: Column, plane: number): View {
  return new arrays[column.type]!(buffer, base + column.offset + plane * column.stride, column.rows * column.width);
}

/** The verbs of core/src/port.h as Embind and the addon both have them. Those that can fail return false, and error() says why. */
export interface Port {
  /** As `identity` of schema.gen.ts, where both are of one build. */
  identity(): string;
  set_number(path: string, value: number): boolean;
  set_flag(path: string, value: boolean): boolean;
  set_text(path: string, value: string): boolean;
  set_count(path: string, count: number): boolean;
  set_other(path: string, got: string): boolean;
  set_isa(isa: string): unknown;
  /** 0 where the options make no engine. */
  required_bytes(): number;
  /** What the options would take, told row by row: parts, then options, which alone have a `without`. */
  explain(): boolean;
  explained_rows(): number;
  explained_row(index: number): ExplainedRow;
  reset(): unknown;
  /** Every figure of Metrics into the column exchange.metrics. */
  metrics(): unknown;
  reset_metrics(): unknown;
  reset_agent(agent: number): boolean;
  /** `kinds`: bits as in flags and changes. */
  acknowledge(agent: number, kinds: number): boolean;
  acknowledge_all(kinds: number): unknown;
  simulate(seed: number, mixed: boolean): boolean;
  most_snapshot_bytes(): number;
  /** Of a snapshot taken now. */
  snapshot_bytes(): number;
  // Questions to the map of places, whose answers lie in the columns exchange.*; see core/src/space/exchange.h.
  places_count(): number;
  places_made(): number;
  places_gone(): number;
  places_nearest(rows: number, k: number): boolean;
  places_within(rows: number, radius: number, room: number): boolean;
  places_links(id: number): number;
  places_degree(id: number): number;
  places_link_count(): number;
  places_mean_degree(): number;
  /** Less than 0: there is no way. */
  places_path(from: number, to: number): number;
  places_components(): number;
  places_place(id: number): boolean;
  places_export(): number;
  columns(): number;
  column(index: number): Column;
  modalities(): number;
  modality(index: number): string;
  features(): number;
  feature(index: number): string;
  isa(): string;
  /** 0 to 4: code, what, where, expected, got. */
  error(part: number): string;
}

/** A recording to go through, found to be sound; columns by their numbers. See core/include/sensorium/replay.h. */
export interface Replay {
  readonly times: Float64Array;
  readonly columns: Uint32Array;
  readonly inputs: Float32Array;
  readonly rows: number;
  readonly active: Uint8Array | undefined;
  /** Pairs of a result column and its plane, one for each of `into`. */
  readonly planes: Uint32Array;
  readonly into: readonly View[];
}

/** One option as a flat value: the verb that sets it. */
export type Setting =
  | readonly ['number', path: string, value: number]
  | readonly ['flag', path: string, value: boolean]
  | readonly ['text', path: string, value: string]
  | readonly ['count', path: string, value: number]
  | readonly ['floats', path: string, value: Float32Array]
  | readonly ['bytes', path: string, value: Uint8Array]
  | readonly ['other', path: string, got: string]
  /** All options, as those of the engine that a snapshot is of. */
  | readonly ['snapshot', path: '', snapshot: Uint8Array];

/** An engine that runs. */
export interface Running {
  readonly backend: 'native' | 'wasm';
  readonly port: Port;
  /** What holds the engine's block, from `base` on. It never grows nor moves. */
  readonly buffer: ArrayBuffer;
  readonly base: number;
  readonly bytes: number;
  /** The time of the next tick() is put here: a number in memory is no object on the heap. */
  readonly seconds: Float64Array;
  tick(): boolean;
  /**
   * All ticks of a recording, or as many as `changes` has room for; how many ticks and changes that were goes into `done`. Only
   * backends that reach the caller's arrays have it.
   */
  tickMany?(replay: Replay, changes: Uint32Array | undefined, done: Float64Array): boolean;
  /** Bytes written to the start of the buffer; 0: error() says why. */
  snapshotInto(buffer: Uint8Array): number;
  restore(snapshot: Uint8Array): boolean;
  dispose(): void;
}

/** Makes engines. */
export interface Backend {
  create(settings: readonly Setting[], isa: string): Running | Promise<Running>;
  /** What an engine of these settings would take. */
  explain(settings: readonly Setting[], isa: string): ExplainedRow[];
}

/** How a backend gives what is more than a number or a text to the port: through its memory, or as it is. */
export interface Carrier {
  setFloats(path: string, values: Float32Array): boolean;
  setBytes(path: string, values: Uint8Array): boolean;
  setSnapshot(snapshot: Uint8Array): boolean;
}

function apply(port: Port, carrier: Carrier, [kind, path, value]: Setting): boolean {
  switch (kind) {
    case 'number':
      return port.set_number(path, value);
    case 'flag':
      return port.set_flag(path, value);
    case 'text':
      return port.set_text(path, value);
    case 'count':
      return port.set_count(path, value);
    case 'floats':
      return carrier.setFloats(path, value);
    case 'bytes':
      return carrier.setBytes(path, value);
    case 'other':
      return port.set_other(path, value);
    case 'snapshot':
      return carrier.setSnapshot(value);
  }
}

/** Applies settings to a port and returns the bytes its engine needs. */
export function configure(port: Port, carrier: Carrier, settings: readonly Setting[], isa: string): number {
  port.set_isa(isa);
  for (const setting of settings) if (!apply(port, carrier, setting)) throw lastError(port);
  const bytes = port.required_bytes();
  if (bytes === 0) throw lastError(port);
  return bytes;
}

/** What an engine of these settings would take; the port has none of its own. */
export function explained(port: Port, carrier: Carrier, settings: readonly Setting[], isa: string): ExplainedRow[] {
  configure(port, carrier, settings, isa);
  if (!port.explain()) throw lastError(port);
  return Array.from({ length: port.explained_rows() }, (_, index) => port.explained_row(index));
}

/** Which build an addon or module is, if another than this code goes with: its options and columns would be others. */
export function otherBuild(port: Partial<Pick<Port, 'identity'>>): string | undefined {
  const got = port.identity?.() ?? 'one from before builds were told apart';
  return got === identity ? undefined : got;
}

/** Verbs of the core that are called otherwise here. */
const verbs: Readonly<Record<string, string>> = { snapshot_into: 'snapshotInto', reset_agent: 'resetAgent' };

/** Why the port's last verb failed. */
export function lastError(port: Pick<Port, 'error'>): SensoriumError {
  const where = port.error(2);
  return failure(port.error(0) as ErrorCode, port.error(1), Object.hasOwn(verbs, where) ? verbs[where]! : where, port.error(3), port.error(4));
}

const page = 65536;

/** Memory of a fixed size for what `maker` makes: it cannot grow, so views over it never die, and nobody can take its buffer away. */
export function fixedMemory(bytes: number, maker = 'createSensorium'): WasmMemory {
  const pages = Math.ceil(bytes / page);
  const refused = (cause?: unknown) => failure('out_of_memory', 'The memory could not be had', maker, `${bytes} bytes`, 'none', cause);
  if (typeof WebAssembly === 'undefined') {
    const expected = 'WebAssembly, in whose memory the engine lies';
    throw failure('wasm_unsupported', 'This runtime cannot run the engine', maker, expected, 'none');
  }
  if (pages > page) throw refused();
  try {
    return new WebAssembly.Memory({ initial: pages, maximum: pages });
  } catch (cause) {
    throw refused(cause);
  }
}
