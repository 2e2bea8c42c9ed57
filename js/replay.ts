// Many ticks in one call: a recording in, blocks of results out. The addon goes through it by itself, straight from and into the
// caller's arrays (core/include/sensorium/replay.h). WebAssembly cannot see those, so there the same is done here, tick by tick: a tick
// is one call of a plain export, which costs less than moving all through memory of the instance's own would, and the instance needs none.
import { lastError, type Replay, type Running, type View } from './backend.ts';
import { failure, isPlain, show } from './errors.ts';
import type { Inputs, Results } from './schema.gen.ts';

/** The paths within `T` that lead to columns of a kind. */
type PathsTo<Kind, T> = {
  [Name in keyof T & string]: T[Name] extends Kind
    ? Name
    : T[Name] extends ArrayBufferView | readonly unknown[]
      ? never
      : `${Name}.${PathsTo<Kind, T[Name]>}`;
}[keyof T & string];

/** What a recording may hold: readings, and where the agents are and look. */
export type InputPath<Channel extends string = string> = `sensors.${Channel}` | PathsTo<Float32Array, Inputs>;
/** A column of `results`, or a list of them: "fused", "anomaly.score", "output". */
export type ResultPath = PathsTo<View | readonly View[], Results>;

type Head<Path extends string> = Path extends `${infer First}.${string}` ? First : Path;
type Tail<Path extends string, First extends string> = Path extends `${First}.${infer Rest}` ? Rest : never;
/** `results` with nothing but some of its columns. */
export type ResultsAt<Path extends string, T = Results> = {
  readonly [Name in keyof T & Head<Path>]: Name extends Path ? T[Name] : ResultsAt<Tail<Path, Name>, T[Name]>;
};

export interface Recording<Channel extends string = string, Path extends ResultPath = ResultPath> {
  /** Seconds on your clock, one a tick, none smaller than the one before. */
  readonly times: Float64Array;
  /** [tick][column][row]; NaN or infinity is "no reading". */
  readonly inputs: Float32Array;
  /** The columns of `inputs`: "sensors.lidar.points", "position.x". Default: all channels, in their order. */
  readonly columns?: readonly InputPath<Channel>[] | undefined;
  /** How many agents it is of, the first ones: the columns of the others stay as they are, their results are not returned. Default: all. */
  readonly rows?: number | undefined;
  /** Who takes part, [tick][row]. Default: the `active` column as it is. */
  readonly active?: Uint8Array | undefined;
  /** The results to be returned. Default: none. */
  readonly results?: readonly Path[] | undefined;
  /** Arrays to write them to, as an earlier call returned them for as many ticks or more. Default: new ones. */
  readonly into?: ResultsAt<Path> | undefined;
  /** Whether what began and ended is kept, to be read with events(). Default: false. */
  readonly changes?: boolean | undefined;
}

/** What is known of a column of the engine. @internal */
export interface ColumnViews {
  readonly index: number;
  readonly list: boolean;
  readonly planes: readonly View[];
}

/** What of an engine a replay needs. @internal */
export interface Replayable {
  readonly running: Running;
  readonly agents: number;
  readonly cycles: number;
  readonly time: number;
  /** Whether somebody is told of changes, whoever asks for them here. */
  readonly listening: boolean;
  /** All by name, "results.anomaly.score", in their order. */
  readonly columns: ReadonlyMap<string, ColumnViews>;
  /** Those that are no channels. */
  readonly inputs: object;
}

/** Numbers a change: tick, agent, changes, flags, severity. @internal */
export const changeSize = 5;

/** Rows in which something began or ended. @internal */
export class Changes {
  data: Uint32Array;
  count = 0;

  constructor(room: number) {
    this.data = new Uint32Array(room * changeSize);
  }

  /** Makes room for so many more. */
  need(more: number): void {
    const length = (this.count + more) * changeSize;
    if (length <= this.data.length) return;
    const data = new Uint32Array(Math.max(length, 2 * this.data.length));
    data.set(this.data);
    this.data = data;
  }
}

type Kind = 'Float32Array' | 'Float64Array' | 'Uint8Array' | 'Uint32Array' | 'Int32Array';
// The getter itself, which nobody can answer for a value that is no typed array.
const kindOfArray = Object.getOwnPropertyDescriptor(Object.getPrototypeOf(Uint8Array.prototype), Symbol.toStringTag)!.get!;
const kindOf = (value: unknown) => kindOfArray.call(value) as Kind | undefined;

/** `length`: just as many values, or at least where they are to be written. */
function checkArray(array: unknown, kind: Kind, where: string, shape = '', length?: number, written = false): void {
  if (kindOf(array) !== kind) throw failure('wrong_type', 'The value is of another type', where, `a ${kind}`, show(array));
  const got = (array as View).length;
  if (length === undefined || (written ? got >= length : got === length)) return;
  throw failure('wrong_count', 'The array has another length', where, `${shape}: ${written ? 'at least ' : ''}${length} values`, `${got} values`);
}

/** A list of different texts; a copy, for what is the user's may change as it is looked at. */
function namesOf(list: unknown, where: string): string[] {
  if (!Array.isArray(list)) throw failure('wrong_type', 'The value is of another type', where, 'a list of columns', show(list));
  const names = Array.from(list as unknown[]);
  names.forEach((name, index) => {
    if (typeof name !== 'string') throw failure('wrong_type', 'The value is of another type', `${where}.${index}`, 'a path', show(name));
    if (names.indexOf(name) !== index) throw failure('duplicate_name', 'The column is named twice', `${where}.${index}`, 'each once', show(name));
  });
  return names as string[];
}

function find(columns: ReadonlyMap<string, ColumnViews>, name: string, where: string, shown: string, allowed: (name: string, column: ColumnViews) => boolean): ColumnViews {
  const column = columns.get(name);
  if (column && allowed(name, column)) return column;
  const known = [...columns].filter(([name, column]) => allowed(name, column)).map(([name]) => name.replace(/^results\./, ''));
  throw failure('unknown_column', 'This engine has no such column', where, `one of ${known.join(', ')}`, show(shown));
}

const isResult = (name: string) => name.startsWith('results.');
const isInputOf = (inputs: object) => (name: string, { planes: [column] }: ColumnViews) =>
  column instanceof Float32Array && (name.startsWith('sensors.') || get(inputs, name.split('.')) === column);

function get(from: unknown, path: readonly string[]): unknown {
  for (const part of path) from = typeof from === 'object' && from !== null ? (from as Record<string, unknown>)[part] : undefined;
  return from;
}

function set(to: Record<string, unknown>, path: readonly string[], value: unknown): void {
  const last = path.length - 1;
  for (const part of path.slice(0, last)) to = (to[part] ??= {}) as Record<string, unknown>;
  to[path[last]!] = value;
}

/** Two of them where one is written must not be the same memory: what came of it would depend on which is first. */
function checkOverlap(written: readonly [where: string, array: View][], read: readonly [where: string, array: View][], own: ArrayBuffer): void {
  const all = [...written, ...read];
  all.forEach(([where, a], index) => {
    const fail = (got: string) => failure('overlap', 'Two arrays share memory', where, 'memory of its own', got);
    if (a.buffer === own) throw fail("the engine's");
    for (const [other, b] of all.slice(0, Math.min(index, written.length))) {
      const apart = a.buffer !== b.buffer || a.byteOffset >= b.byteOffset + b.byteLength || b.byteOffset >= a.byteOffset + a.byteLength;
      if (!apart) throw fail(`some of that of ${other}`);
    }
  });
}

function checkTimes(times: Float64Array, { cycles, time }: Replayable): void {
  let last = cycles > 0 ? time : -Number.MAX_VALUE;
  for (let tick = 0; tick < times.length; tick++) {
    const seconds = times[tick]!;
    if (seconds >= last && seconds < Infinity) last = seconds;
    else if (seconds < last && seconds > -Infinity) throw failure('time_backwards', 'The time runs backwards', `tickMany, times.${tick}`, `${last} s or later`, `${seconds} s`);
    else throw failure('time_not_finite', 'The time is not a number', `tickMany, times.${tick}`, 'finite seconds', String(seconds));
  }
}

/** Goes through a recording; all that can be wrong with it is found before its first tick. @internal */
export function replay(engine: Replayable, recording: unknown): { results: object; changes: Changes; times: Float64Array } {
  if (!isPlain(recording)) throw failure('wrong_type', 'The value is of another type', 'tickMany', 'an object with a recording', show(recording));
  const { columns, agents, running } = engine;
  const isInput = isInputOf(engine.inputs);
  const { times, inputs, columns: inputNames, rows = agents, active, results: resultNames, into, changes = false, ...others } = recording;
  const [unknown] = Object.keys(others);
  if (unknown !== undefined) {
    const expected = 'times, inputs, columns, rows, active, results, into or changes';
    throw failure('unknown_option', 'A recording has no such part', 'tickMany', expected, show(unknown));
  }
  if (into !== undefined && resultNames === undefined) {
    throw failure('unknown_option', 'There is nothing to write into the arrays', 'tickMany, into', 'the option `results` beside it', 'no results');
  }
  if (typeof changes !== 'boolean') throw failure('wrong_type', 'The value is of another type', 'tickMany, changes', 'true or false', show(changes));
  if (typeof rows !== 'number') throw failure('wrong_type', 'The value is of another type', 'tickMany, rows', 'a number', show(rows));
  if (!Number.isInteger(rows) || rows < 0 || rows > agents) {
    throw failure('out_of_range', 'The number of rows is outside its range', 'tickMany, rows', `a whole number from 0 to ${agents}`, show(rows));
  }

  // A modality's time is no channel, and f64.
  const channels = () => [...columns.keys()].filter((name) => name.startsWith('sensors.') && isInput(name, columns.get(name)!));
  const from = (inputNames === undefined ? channels() : namesOf(inputNames, 'tickMany, columns')).map((name, index) =>
    find(columns, name, `tickMany, columns.${index}`, name, isInput),
  );
  // First all that may run the user's own code, then the checks.
  const wanted = namesOf(resultNames ?? [], 'tickMany, results').map((name, index) => {
    const { planes, ...column } = find(columns, `results.${name}`, `tickMany, results.${index}`, name, isResult);
    const path = name.split('.');
    const given = into === undefined ? undefined : get(into, path);
    if (into !== undefined && column.list && !Array.isArray(given)) {
      throw failure('wrong_type', 'The value is of another type', `tickMany, into.${name}`, `a list of ${planes.length} arrays`, show(given));
    }
    return { ...column, name, path, planes, given: column.list && given !== undefined ? Array.from(given as unknown[]) : [given] };
  });

  checkArray(times, 'Float64Array', 'tickMany, times');
  const ticks = (times as Float64Array).length;
  checkArray(inputs, 'Float32Array', 'tickMany, inputs', 'ticks * columns * rows', ticks * from.length * rows);
  if (active !== undefined) checkArray(active, 'Uint8Array', 'tickMany, active', 'ticks * rows', ticks * rows);
  const results = {};
  const planes: View[] = [];
  const numbers: number[] = [];
  const arrays: [string, View][] = [];
  for (const column of wanted) {
    const own = column.planes.map((plane, index) => {
      const length = ticks * (plane.length / agents) * rows;
      const where = `tickMany, into.${column.name}${column.list ? `.${index}` : ''}`;
      if (into !== undefined) checkArray(column.given[index], kindOf(plane)!, where, 'ticks * rows', length, true);
      const array = into === undefined ? new (plane.constructor as new (length: number) => View)(length) : (column.given[index] as View);
      planes.push(plane);
      numbers.push(column.index, index);
      arrays.push([where, array.length === length ? array : array.subarray(0, length)]);
      return array;
    });
    set(results, column.path, column.list ? own : own[0]);
  }
  const read: [string, View][] = [['tickMany, times', times as View], ['tickMany, inputs', inputs as View]];
  if (active !== undefined) read.push(['tickMany, active', active as View]);
  checkOverlap(arrays, read, running.buffer);
  checkTimes(times as Float64Array, engine);

  const list = changes || engine.listening ? new Changes(Math.max(agents, 256)) : undefined;
  const job: Replay = {
    times: times as Float64Array,
    inputs: inputs as Float32Array,
    columns: Uint32Array.from(from, ({ index }) => index),
    rows,
    active: active as Uint8Array | undefined,
    planes: Uint32Array.from(numbers),
    into: arrays.map(([, array]) => array),
  };
  if (running.tickMany) inTheCore(running, job, list, agents);
  else tickByTick(engine, job, from.map(({ planes: [column] }) => column as Float32Array), planes, list);
  return { results: into ?? results, changes: list ?? new Changes(0), times: job.times };
}

/** As few calls as the list of changes makes necessary: the core stops where it may be too short. */
function inTheCore(running: Running, job: Replay, list: Changes | undefined, agents: number): void {
  const done = new Float64Array(2);
  const ticks = job.times.length;
  for (let from = 0; from < ticks; ) {
    list?.need(agents);
    const room = list?.data.subarray(list.count * changeSize);
    if (!running.tickMany!(from === 0 ? job : rest(job, from), room, done)) throw lastError(running.port);
    if (list && from > 0) for (let i = 0; i < done[1]!; i++) room![i * changeSize]! += from;
    if (list) list.count += done[1]!;
    from += done[0]!;
  }
}

/** What is left of a replay after some ticks. */
function rest(job: Replay, from: number): Replay {
  const { times, inputs, active, into } = job;
  const cut = <T extends View>(array: T) => array.subarray((array.length / times.length) * from) as T;
  return { ...job, times: cut(times), inputs: cut(inputs), active: active && cut(active), into: into.map(cut) };
}

function tickByTick({ running, agents, columns }: Replayable, job: Replay, from: readonly Float32Array[], planes: readonly View[], list: Changes | undefined): void {
  const { times, inputs, rows, active, into } = job;
  const view = <T extends View>(name: string) => columns.get(name)!.planes[0] as T;
  const asleep = view<Uint8Array>('active');
  const [changes, flags] = [view<Uint32Array>('results.changes'), view<Uint32Array>('results.flags')];
  const severity = view<Uint8Array>('results.anomaly.severity');
  const changed = view<Float64Array>('statistics.changed_agents');
  let at = 0;
  for (let tick = 0; tick < times.length; tick++) {
    for (const column of from) {
      copyFloats(column, 0, inputs, at, rows);
      at += rows;
    }
    if (active) copy(asleep, 0, active, tick * rows, rows);
    running.seconds[0] = times[tick]!;
    if (!running.tick()) throw lastError(running.port);
    for (let i = 0; i < planes.length; i++) {
      const plane = planes[i]!;
      const length = (plane.length / agents) * rows;
      if (plane instanceof Float32Array) copyFloats(into[i] as Float32Array, tick * length, plane, 0, length);
      else copy(into[i]!, tick * length, plane, 0, length);
    }
    if (!list || changed[0] === 0) continue;
    list.need(changed[0]!);
    for (let agent = 0; agent < agents; agent++) {
      if (changes[agent] === 0) continue;
      const next = list.count++ * changeSize;
      list.data[next] = tick;
      list.data[next + 1] = agent;
      list.data[next + 2] = changes[agent]!;
      list.data[next + 3] = flags[agent]!;
      list.data[next + 4] = severity[agent]!;
    }
  }
}

/** Below this a loop is faster than a view of a part, which is also an object to be collected. */
const fewValues = 32;

// Two of a kind: a loop that has seen arrays of five classes is slow, and nearly all columns are of this one.
function copyFloats(to: Float32Array, at: number, from: Float32Array, first: number, count: number): void {
  if (count >= fewValues) to.set(count === from.length ? from : from.subarray(first, first + count), at);
  else for (let i = 0; i < count; i++) to[at + i] = from[first + i]!;
}

function copy(to: View, at: number, from: View, first: number, count: number): void {
  if (count >= fewValues) to.set(count === from.length ? from : from.subarray(first, first + count), at);
  else for (let i = 0; i < count; i++) to[at + i] = from[first + i]!;
}
