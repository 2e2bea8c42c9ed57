// Rows in, results or events out, as a Web TransformStream. What rows make a tick is as in `sensorium run` (js/cli/feed.ts).
import type { CycleResult, Sensorium } from './engine.ts';
import { isPlain, SensoriumError, failure, show } from './errors.ts';
import { checkOptions, copyOf, wantedKinds, type EventFilter, type ReusedEvent, type SensoriumEvent } from './events.ts';

/**
 * Readings of one agent at one time: { time: 3.5, agent: 'press 4', 'lidar.points': 900, imu: { accel_x: 0.1 } }.
 * Null and what is left out are "no reading". A position, heading, radius, group or interest that is left out stays as it was.
 */
export type Row = Readonly<Record<string, unknown>>;

/** What comes of a row: as agent(i) has it, but with the agent as the rows call it. */
export type RowResult = Omit<CycleResult, 'agent'> & { agent: number | string };
/** An event, with the agent as the rows call it. */
export type RowEvent<Modality extends string = string> = SensoriumEvent<Modality> extends infer Event
  ? Event extends unknown
    ? Omit<Event, 'agent'> & { readonly agent: number | string }
    : never
  : never;

/** As a QueuingStrategy of the Streams standard. */
export interface Strategy<Chunk> {
  readonly highWaterMark?: number;
  readonly size?: (chunk: Chunk) => number;
}

export interface TransformOptions extends EventFilter {
  /** What comes out. Default: results, one a row. */
  readonly emit?: 'results' | 'events' | undefined;
  /** The field with the time, seconds. Default: "time". */
  readonly time?: string | undefined;
  /** The field with the agent: its row, from 0, or a name; names get rows in order of first mention. Default: "agent". */
  readonly agent?: string | undefined;
  /** Whether fields that are nothing to the engine are passed over. Default: false, they are errors. */
  readonly ignoreUnknown?: boolean | undefined;
  /** Told of each bad row, which is then left out. Default: the first bad row ends the stream with its error. */
  readonly onBadRow?: ((error: SensoriumError, row: unknown) => void) | undefined;
  /** How many chunks of rows may wait; as the standard has it, 1 by default. */
  readonly writableStrategy?: Strategy<Row | readonly Row[]> | undefined;
  /** How many results may wait to be read before writing has to wait; as the standard has it, 0 by default. */
  readonly readableStrategy?: Strategy<unknown> | undefined;
}

type Column = Float32Array | Uint8Array | Uint32Array;

/** A field of a row, and where it goes. */
interface Field {
  readonly column: Column;
  /** The largest whole number that fits; a column of f32 takes any number. */
  readonly most: number;
  /** What a row says that does not mention it: of a channel nothing was read, all else stays as it is. */
  readonly absent: number | undefined;
}

/** What of an engine the rows go into. */
export interface RowSink {
  readonly agents: number;
  readonly channels: ReadonlyMap<string, Float32Array>;
  readonly inputs: object;
}

const mostOf = (column: Column) => (column instanceof Uint8Array ? 31 : column instanceof Uint32Array ? 0xffffffff : Infinity);

/** Every field by its whole name. Channels come first: their names are the user's. */
function fieldsOf({ channels, inputs }: RowSink): Map<string, Field> {
  const fields = new Map<string, Field>();
  for (const [name, column] of channels) fields.set(name, { column, most: Infinity, absent: NaN });
  const add = (path: string, value: unknown) => {
    if (!ArrayBuffer.isView(value)) for (const [name, inner] of Object.entries(value as object)) add(`${path}.${name}`, inner);
    else if (!fields.has(path)) fields.set(path, { column: value as Column, most: mostOf(value as Column), absent: undefined });
  };
  for (const [name, value] of Object.entries(inputs)) if (name !== 'active') add(name, value);
  return fields;
}

/** What all streams of an engine share: what rows call its agents, until it is reset, and when its time was set to another. */
export class SharedByStreams {
  /** Names by the engine's row. */
  readonly called: string[] = [];
  readonly rowOf = new Map<string, number>();
  /** Rows call them by number. */
  numbered = false;
  /** How often the engine's time was set to another: rows that were waiting then are of a time that is no more. */
  restarts = 0;
  /** An error where the engine cannot tick now, since it tells of events. */
  readonly checkTick: () => void;

  constructor(checkTick: () => void) {
    this.checkTick = checkTick;
  }

  reset(): void {
    this.called.length = 0;
    this.rowOf.clear();
    this.numbered = false;
    this.restarts++;
  }
  /** No snapshot holds names: they stay. */
  restored(): void {
    this.restarts++;
  }
}

/** A row of the tick that is not complete. */
interface WaitingRow {
  /** The engine's row. */
  readonly agent: number;
  /** Of the stream, from 1; and the row itself, for it may yet be too late. */
  readonly number: number;
  readonly row: unknown;
}

/** Stands among pending values for one that stays as it was: readings that are not finite are NaN there. */
const asItWas = Infinity;

class RowFeed {
  readonly #engine: Sensorium<string>;
  /** An error once the engine is disposed of. */
  readonly #sink: () => RowSink;
  readonly #shared: SharedByStreams;
  readonly #options: TransformOptions;
  readonly #time: string;
  readonly #agent: string;
  readonly #agents: number;
  readonly #names: readonly string[];
  readonly #fields: readonly Field[];
  readonly #indexOf = new Map<string, number>();
  /** By what stands before the first dot: the rest of the name. */
  readonly #groups = new Map<string, Map<string, number>>();
  /** A row's values until all of it has proved good. */
  readonly #values: Float64Array;
  /** In which row each field was given last: twice in one row would be two readings. */
  readonly #givenIn: Float64Array;
  /** The values of the rows of the tick that is not complete. They wait here, since other streams may tick meanwhile. */
  #pending: Float64Array;
  /** The rows of the tick that is not complete, in order, and whose these are. */
  readonly #tick: WaitingRow[] = [];
  readonly #waiting: Uint8Array;
  readonly #active: Uint8Array;
  #seconds = -Infinity;
  #rows = 0;
  /** Of the engine, when this stream last looked. */
  #restarts: number;

  constructor(engine: Sensorium<string>, sinkOf: () => RowSink, shared: SharedByStreams, options: TransformOptions) {
    const sink = sinkOf();
    this.#engine = engine;
    this.#sink = sinkOf;
    this.#shared = shared;
    this.#restarts = shared.restarts;
    this.#options = options;
    this.#time = options.time ?? 'time';
    this.#agent = options.agent ?? 'agent';
    this.#agents = sink.agents;
    const fields = fieldsOf(sink);
    for (const name of [this.#time, this.#agent]) {
      if (typeof name !== 'string') throw failure('wrong_type', 'The name is of another type', 'transform', 'texts as options `time` and `agent`', show(name));
      if (!fields.has(name)) continue;
      throw failure('duplicate_name', 'A field of the rows has the name of a channel', 'transform', 'another name as option `time` or `agent`', show(name));
    }
    if (this.#time === this.#agent) {
      throw failure('duplicate_name', 'Time and agent have the same name', 'transform', 'different texts as options `time` and `agent`', show(this.#time));
    }
    this.#names = [...fields.keys()];
    this.#fields = [...fields.values()];
    this.#names.forEach((name, index) => {
      this.#indexOf.set(name, index);
      const dot = name.indexOf('.');
      if (dot < 0) return;
      const group = name.slice(0, dot);
      if (!this.#groups.has(group)) this.#groups.set(group, new Map());
      this.#groups.get(group)!.set(name.slice(dot + 1), index);
    });
    this.#values = new Float64Array(this.#fields.length);
    this.#givenIn = new Float64Array(this.#fields.length);
    this.#pending = new Float64Array(this.#fields.length);
    this.#waiting = new Uint8Array(this.#agents);
    this.#active = new Uint8Array(this.#agents);
  }

  /** Takes a row in; a bad one is an error or passed over, and then nothing has changed. */
  take(row: unknown, emit: (chunk: unknown) => void): void {
    this.#sink();
    this.#rows++;
    this.#catchUp();
    let read: { readonly seconds: number; readonly agent: number };
    try {
      read = this.#read(row);
    } catch (error) {
      if (!(error instanceof SensoriumError) || error.code !== 'bad_row') throw error;
      return this.#passOver(error, row);
    }
    const { seconds, agent } = read;
    // A row of another time, or a second one of the same agent, completes the tick before it.
    if (this.#tick.length > 0 && (seconds !== this.#seconds || this.#waiting[agent])) this.complete(emit);
    this.#keep();
    this.#seconds = seconds;
    this.#tick.push({ agent, number: this.#rows, row });
    this.#waiting[agent] = 1;
    // Who is alone need not wait for others.
    if (this.#agents === 1) this.complete(emit);
  }

  #read(row: unknown): { readonly seconds: number; readonly agent: number } {
    if (!isPlain(row)) throw this.#bad('', 'an object of readings', show(row));
    const seconds = row[this.#time];
    this.#checkTime(seconds);
    this.#readValues(row);
    return { seconds, agent: this.#rowOfAgent(row[this.#agent]) };
  }

  #passOver(error: SensoriumError, row: unknown): void {
    const { onBadRow } = this.#options;
    if (!onBadRow) throw error;
    onBadRow(error, row);
  }

  /** Since rows began to wait, others may have ticked, reset or restored the engine. */
  #catchUp(): void {
    if (this.#restarts !== this.#shared.restarts) {
      this.#restarts = this.#shared.restarts;
      this.#takeTick();
      this.#seconds = -Infinity;
    }
    if (this.#tick.length === 0 || this.#seconds >= this.#engineTime) return;
    const seconds = this.#seconds;
    for (const { number, row } of this.#takeTick()) this.#passOver(this.#late(seconds, this.#engineTime, number), row);
  }

  /** The rows that waited; none do any more. */
  #takeTick(): WaitingRow[] {
    const rows = this.#tick.splice(0);
    for (const { agent } of rows) this.#waiting[agent] = 0;
    return rows;
  }

  /** Before its first tick any time may come. */
  get #engineTime(): number {
    const { statistics } = this.#engine;
    return statistics.cycles > 0 ? statistics.time : -Infinity;
  }

  /** The row's values wait for its tick. */
  #keep(): void {
    const at = this.#tick.length * this.#values.length;
    if (at + this.#values.length > this.#pending.length) {
      const more = new Float64Array(2 * this.#pending.length);
      more.set(this.#pending);
      this.#pending = more;
    }
    this.#pending.set(this.#values, at);
  }

  #checkTime(value: unknown): asserts value is number {
    if (typeof value !== 'number' || !Number.isFinite(value)) throw this.#bad(this.#time, 'a number of seconds', show(value));
    const earliest = Math.max(this.#seconds, this.#engineTime);
    if (value < earliest) throw this.#late(value, earliest);
  }

  #readValues(row: Record<string, unknown>): void {
    for (let i = 0; i < this.#fields.length; i++) this.#values[i] = this.#fields[i]!.absent ?? asItWas;
    for (const key of Object.keys(row)) {
      if (key === this.#time || key === this.#agent) continue;
      const value = row[key];
      const index = this.#indexOf.get(key);
      if (index !== undefined) {
        this.#readValue(index, value);
        continue;
      }
      const group = this.#groups.get(key);
      if (group && value === undefined) continue;
      if (group && !isPlain(value)) throw this.#bad(key, 'an object of readings', show(value));
      if (!group) this.#unknown(key);
      else for (const inner of Object.keys(value as object)) {
        const at = group.get(inner);
        if (at === undefined) this.#unknown(`${key}.${inner}`);
        else this.#readValue(at, (value as Record<string, unknown>)[inner]);
      }
    }
  }

  #readValue(index: number, value: unknown): void {
    const { most } = this.#fields[index]!;
    if (value === undefined) return;
    if (this.#givenIn[index] === this.#rows) throw this.#bad(this.#names[index]!, 'each value once', 'it twice, with a dot and nested');
    this.#givenIn[index] = this.#rows;
    if (most === Infinity) {
      if (value !== null && typeof value !== 'number') throw this.#bad(this.#names[index]!, 'a number, or null', show(value));
      const finite = Number.isFinite(value);
      // As infinity it would be no reading, and nobody would know why.
      if (finite && !Number.isFinite(Math.fround(value!))) throw this.#bad(this.#names[index]!, 'a number that fits into 32 bits', show(value));
      this.#values[index] = finite ? value! : NaN;
    } else {
      const fits = Number.isInteger(value) && (value as number) >= 0 && (value as number) <= most;
      if (!fits) throw this.#bad(this.#names[index]!, `a whole number from 0 to ${most}`, show(value));
      this.#values[index] = value as number;
    }
  }

  #unknown(name: string): void {
    if (this.#options.ignoreUnknown) return;
    throw this.#bad(name, `one of ${[this.#time, this.#agent, ...this.#names].join(', ')}`, 'another field');
  }

  /** The engine's row of an agent. Names get theirs in order of first mention, once all else of their row has proved good. */
  #rowOfAgent(given: unknown): number {
    if (given === undefined && this.#agents === 1) return 0;
    const names = this.#shared;
    const named = names.called.length > 0;
    if (typeof given === 'string' && given !== '' && !names.numbered) {
      const known = names.rowOf.get(given);
      if (known !== undefined) return known;
      const next = names.called.length;
      if (next >= this.#agents) throw this.#bad(this.#agent, `one of the ${next} agents before it, for there is room for no more`, show(given));
      names.rowOf.set(given, next);
      names.called.push(given);
      return next;
    }
    if (Number.isInteger(given) && (given as number) >= 0 && (given as number) < this.#agents && !named) {
      names.numbered = true;
      return given as number;
    }
    const number = `a whole number from 0 to ${this.#agents - 1}`;
    throw this.#bad(this.#agent, named ? 'a name, as before' : names.numbered ? `${number}, as before` : `a name, or ${number}`, show(given));
  }

  #late(seconds: number, earliest: number, number = this.#rows): SensoriumError {
    return this.#bad(this.#time, `${earliest} or later, for time does not run backwards`, show(seconds), number);
  }

  #bad(field: string, expected: string, got: string, number = this.#rows): SensoriumError {
    return failure('bad_row', 'The row cannot be used', `row ${number}${field && `, ${field}`}`, expected, got);
  }

  /** Ticks with what has been read. Only who has a row takes part; what `active` held is put back. */
  complete(emit: (chunk: unknown) => void): void {
    if (this.#tick.length === 0) return;
    this.#sink();
    this.#catchUp();
    if (this.#tick.length === 0) return;
    this.#shared.checkTick();
    const { active } = this.#engine;
    this.#active.set(active);
    const seconds = this.#seconds;
    let rows: readonly WaitingRow[];
    try {
      active.set(this.#waiting);
      rows = this.#takeTick();
      this.#write(rows);
      this.#engine.tick(seconds);
    } finally {
      active.set(this.#active);
    }
    // A handler of events may have disposed of it.
    this.#sink();
    if (this.#options.emit === 'events') {
      for (const event of this.#engine.events({ kinds: this.#options.kinds })) emit(this.#told(event));
    } else {
      for (const { agent } of rows) emit({ ...this.#engine.agent(agent), agent: this.#shared.called[agent] ?? agent });
    }
  }

  #write(rows: readonly WaitingRow[]): void {
    const { length } = this.#fields;
    rows.forEach(({ agent }, index) => {
      for (let i = 0; i < length; i++) {
        const value = this.#pending[index * length + i]!;
        if (value !== asItWas) this.#fields[i]!.column[agent] = value;
      }
    });
  }

  #told(event: SensoriumEvent): RowEvent {
    return { ...copyOf(event as ReusedEvent), agent: this.#shared.called[event.agent] ?? event.agent };
  }
}

const transformOptions = ['emit', 'kinds', 'time', 'agent', 'ignoreUnknown', 'onBadRow', 'writableStrategy', 'readableStrategy'];

/** What the standard would throw errors of its own for. Other fields are its business: a strategy may be an object of any class. */
function checkStrategy(strategy: unknown, where: string): void {
  if (strategy === undefined) return;
  if (typeof strategy !== 'object' || strategy === null) {
    throw failure('wrong_type', 'The value is of another type', where, 'an object with highWaterMark or size', show(strategy));
  }
  const { highWaterMark, size } = strategy as Record<string, unknown>;
  if (highWaterMark !== undefined && typeof highWaterMark !== 'number') {
    throw failure('wrong_type', 'The value is of another type', `${where}.highWaterMark`, 'a number', show(highWaterMark));
  }
  if (highWaterMark !== undefined && !(highWaterMark >= 0)) {
    throw failure('out_of_range', 'The mark is outside its range', `${where}.highWaterMark`, '0 or more', show(highWaterMark));
  }
  if (size !== undefined && typeof size !== 'function') {
    throw failure('wrong_type', 'The value is of another type', `${where}.size`, 'a function of a chunk', show(size));
  }
}

/** The stream. Bad options are errors at once. */
export function transformOf(
  engine: Sensorium<string>,
  sink: () => RowSink,
  shared: SharedByStreams,
  options: TransformOptions,
): TransformStream<Row | readonly Row[], unknown> {
  sink();
  checkOptions(options, 'transform', transformOptions);
  const { emit = 'results', kinds, ignoreUnknown, onBadRow, writableStrategy, readableStrategy } = options;
  wantedKinds(kinds, 'transform');
  if (emit !== 'results' && emit !== 'events') throw failure('out_of_range', 'The stream cannot give this', 'transform, emit', 'results or events', show(emit));
  if (kinds !== undefined && emit !== 'events') {
    throw failure('unknown_option', 'Results have no kinds', 'transform, kinds', "emit: 'events' beside it", `emit: '${emit}'`);
  }
  if (ignoreUnknown !== undefined && typeof ignoreUnknown !== 'boolean') {
    throw failure('wrong_type', 'The value is of another type', 'transform, ignoreUnknown', 'true or false', show(ignoreUnknown));
  }
  checkStrategy(writableStrategy, 'transform, writableStrategy');
  checkStrategy(readableStrategy, 'transform, readableStrategy');
  if (onBadRow !== undefined && typeof onBadRow !== 'function') {
    throw failure('wrong_type', 'The handler is of another type', 'transform, onBadRow', 'a function of an error and a row', show(onBadRow));
  }
  const feed = new RowFeed(engine, sink, shared, { ...options });
  return new TransformStream<Row | readonly Row[], unknown>(
    {
      transform(chunk, controller) {
        const add = (result: unknown) => controller.enqueue(result);
        for (const row of Array.isArray(chunk) ? chunk : [chunk]) feed.take(row, add);
      },
      flush(controller) {
        feed.complete((result) => controller.enqueue(result));
      },
    },
    writableStrategy as QueuingStrategy | undefined,
    readableStrategy as QueuingStrategy | undefined,
  );
}
