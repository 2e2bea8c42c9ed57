/// <reference lib="esnext.disposable" preserve="true" />
// The facade: names, views and errors over a backend's engine. Columns cross the boundary, never agents.
import { arrays, lastError, viewOf, type Backend, type Column, type Running, type Setting } from './backend.ts';
import { failure, isPlain, kindOf, privateBytes, SensoriumError, show, type ErrorCode } from './errors.ts';
import { alarmBits, alarmsOf, checkOptions, Events, severities, wantedBy } from './events.ts';
import type { Alarm, AlarmKind, EventFilter, EventKind, EventOf, EventStreamOptions, Severity, Wanted } from './events.ts';
import { History, type HistoryLayout } from './history.ts';
import { metricsOf } from './metrics.ts';
import { flatten } from './options.ts';
import { Places, type Exchange } from './places.ts';
import { RecordedScan } from './recorded-events.ts';
import { replay, type ColumnViews, type Recording, type ResultPath, type ResultsAt } from './replay.ts';
import { conditionalColumns, Flag, Statistics } from './schema.gen.ts';
import type { ClassicChannel, EngineOptions, Inputs, Metrics, ModalityOf, Results } from './schema.gen.ts';
import { SharedByStreams, transformOf, type Row, type RowEvent, type RowResult, type TransformOptions } from './transform.ts';
import type { WasmSource } from './wasm-source.ts';

export interface SensoriumOptions<Channel extends string = string> extends EngineOptions<Channel> {
  /** What runs the core. auto, the default: the addon where it loads, else WebAssembly. */
  readonly backend?: 'auto' | 'native' | 'wasm' | undefined;
  /** The instruction set: "avx512", "avx2", "sse4", "neon", "wasm" or "scalar". Default: SENSORIUM_ISA in Node, else the best there is. */
  readonly isa?: string | undefined;
  /** A snapshot to go on from. Options that are not given are those of the engine it is of; one that is given must be the same. */
  readonly snapshot?: Uint8Array | ArrayBuffer | undefined;
  /** Where the WebAssembly module comes from. Default: the file beside this package's code. */
  readonly wasm?: WasmSource | undefined;
}

type Part<Channel extends string, Modality extends string> = Channel extends `${Modality}.${infer Rest}` ? Rest : never;

/**
 * The input columns by modality and channel; a channel of one word is its column itself. NaN and infinity are "no reading". Where a
 * modality is timed, `time` says when its readings were measured; elsewhere it is an error that tells so.
 */
export type Sensors<Channel extends string> = string extends Channel
  ? { readonly [name: string]: Float32Array | { readonly [channel: string]: Float32Array } }
  : {
      readonly [Modality in ModalityOf<Channel>]: Modality extends Channel
        ? Float32Array
        : { readonly [Rest in Part<Channel, Modality> | 'time']: Rest extends Part<Channel, Modality> ? Float32Array : Float64Array };
    };

/** One agent's last cycle, readable, for people and logs. */
export interface CycleResult {
  cycle: number;
  time: number;
  agent: number;
  fused: number;
  confidence: number;
  output: number[];
  /** null where nothing was scored: too few values yet, or blind. */
  anomaly: { score: number; z: number; severity: Severity; mean: number; deviation: number } | null;
  prediction: { values: number[]; confidence: number; trend: number } | null;
  /** The modalities that are lost. */
  lost: string[];
  /** What of each sensor goes into fusion, by the names of features and modalities; age is null before the first reading. Only with `readings.columns`. */
  sensors?: { held: Record<string, number>; age: Record<string, number | null>; weight: Record<string, number> };
  /** How many agents are within the radius, and the nearest of them. Only where the options ask for neighbours. */
  neighbors?: { count: number; nearest: { agent: number; distance: number }[] };
  /** The place that the agent is in; null where it has no position. Only where the options ask for a map. */
  place?: number | null;
}

/** What came of a recording. */
export interface Replayed<Path extends string = string, Modality extends string = string> {
  /** The results asked for, in the shape of `results`: anomaly.score[tick * rows + row], output[j][tick * rows + row]. */
  readonly results: ResultsAt<Path>;
  /** How often something changed, agents times ticks, where `changes` was asked for. */
  readonly changes: number;
  /** What began or ended, in order of ticks and agents: one object that each event overwrites. It looks at the recording's `times` as it goes. */
  events<Kind extends EventKind = EventKind>(filter?: EventFilter<Kind>): IterableIterator<EventOf<Kind, Modality> & { readonly tick: number }>;
}

const simulateOptions = ['pattern'];
const noOptions: { readonly pattern?: 'dense' | 'mixed' | undefined } = {};

/** Names are the user's data: on an object without a prototype, "__proto__" is a name like any other. */
function table(): Record<string, unknown> {
  return Object.create(null) as Record<string, unknown>;
}

function freeze(value: unknown): void {
  if (ArrayBuffer.isView(value)) return;
  for (const inner of Object.values(value as object)) if (typeof inner === 'object') freeze(inner);
  Object.freeze(value);
}

/** All that an engine holds; dispose() lets go of it at once, so that a forgotten facade keeps no memory. */
interface State {
  readonly running: Running;
  readonly agents: number;
  readonly modalities: readonly string[];
  readonly features: readonly string[];
  readonly columns: ReadonlyMap<string, ColumnViews>;
  readonly channels: ReadonlyMap<string, Float32Array>;
  /** By modality. */
  readonly times: ReadonlyMap<string, Float64Array>;
  readonly sensors: object;
  readonly inputs: Inputs;
  readonly results: Results;
  readonly statistics: Statistics;
  /** Only where the options ask for one. */
  readonly history: History | undefined;
  /** What metrics() is answered by. */
  readonly metrics: Float64Array;
  /** Only where there is a map of places. */
  readonly exchange: Exchange | undefined;
}

/** Views over every column of the engine, by its names. */
function stateOf(running: Running): State {
  const { port } = running;
  const columns = new Map<string, ColumnViews>();
  const channels = new Map<string, Float32Array>();
  const times = new Map<string, Float64Array>();
  const statistics = new Map<string, Float64Array>();
  const tables = { sensors: table(), results: table(), inputs: table() };
  const exchange = table();
  const past = new Map<string, Column>();
  for (let index = 0; index < port.columns(); index++) {
    const column = port.column(index);
    if (column.name.startsWith('history.')) {
      // Of very many planes views are made when somebody looks.
      past.set(column.name.slice('history.'.length), column);
      continue;
    }
    const planes = Array.from({ length: column.planes }, (_, plane) => viewOf(running, column, plane));
    columns.set(column.name, { index, list: column.list, planes });
    const dot = column.name.indexOf('.');
    const group = column.name.slice(0, Math.max(dot, 0));
    const name = column.name.slice(dot + 1);
    if (group === 'statistics') statistics.set(name, planes[0] as Float64Array);
    else if (group === 'results') place(tables.results, name.split('.'), column.list ? planes : planes[0]);
    else if (group === 'exchange') exchange[name] = column.list ? planes : planes[0];
    else if (group !== 'sensors') place(tables.inputs, column.name.split('.'), planes[0]);
    else if (planes[0] instanceof Float64Array) times.set(name.slice(0, -'.time'.length), planes[0]);
    else {
      channels.set(name, planes[0] as Float32Array);
      // Only the first dot divides: "air.co2.raw" is the channel "co2.raw" of the modality "air".
      place(tables.sensors, name.includes('.') ? [name.slice(0, name.indexOf('.')), name.slice(name.indexOf('.') + 1)] : [name], planes[0]);
    }
  }
  for (const [path, when] of conditionalColumns) {
    const name = path.slice(path.indexOf('.') + 1);
    explainAbsence(path.startsWith('results.') ? tables.results : tables.inputs, name, path, when);
  }
  const modalities = Array.from({ length: port.modalities() }, (_, index) => port.modality(index));
  for (const modality of modalities) {
    // A modality of one word is its channel's column, beside which nothing has room: sensorTime() has its times.
    const group = tables.sensors[modality] as Record<string, unknown>;
    if (group instanceof Float32Array) continue;
    const time = times.get(modality);
    if (time) group['time'] = time;
    else explainAbsence(group, 'time', `sensors.${modality}.time`, `modalities.${modality}.timed`);
  }
  freeze(tables);
  // Of what an engine has not, there are 0.
  const known = new Statistics((name) => statistics.get(name) ?? new Float64Array(1));
  const inputs = tables.inputs as unknown as Inputs;
  return {
    running,
    agents: inputs.active.length,
    modalities: Object.freeze(modalities),
    features: Object.freeze(Array.from({ length: port.features() }, (_, index) => port.feature(index))),
    columns,
    channels,
    times,
    sensors: tables.sensors,
    inputs,
    results: tables.results as unknown as Results,
    statistics: known,
    history: historyOf(running, past, known),
    metrics: exchange['metrics'] as Float64Array,
    exchange: 'ids' in exchange ? ({ port, ...exchange } as unknown as Exchange) : undefined,
  };
}

function historyOf(running: Running, past: ReadonlyMap<string, Column>, statistics: Statistics): History | undefined {
  const times = past.get('time');
  if (!times) return undefined;
  const layouts = new Map<string, HistoryLayout>();
  for (const [name, column] of past) {
    if (column === times) continue;
    const { type, rows: agents, width, planes, offset, stride: bytes } = column;
    const stride = bytes / arrays[type]!.BYTES_PER_ELEMENT;
    const all = new arrays[type]!(running.buffer, running.base + offset, stride * planes);
    layouts.set(name, { all, planes: planes / times.rows, stride, agents, width });
  }
  return new History(viewOf(running, times, 0) as Float64Array, statistics, layouts);
}

/** An engine: input columns, one tick, result columns. Make one with createSensorium(). */
export class Sensorium<Channel extends string = string> implements Inputs {
  #state: State | undefined;
  readonly #places = new Places(() => exchangeOf(this.#state ?? disposed('places')));
  readonly #events = new Events();
  readonly #streams = new SharedByStreams(() => this.#events.checkTick('tick'));

  /** @internal */
  constructor(running: Running) {
    this.#state = stateOf(running);
  }

  get agents(): number {
    return (this.#state ?? disposed('agents')).agents;
  }
  /** What runs the core here. */
  get backend(): 'native' | 'wasm' {
    return (this.#state ?? disposed('backend')).running.backend;
  }
  /** The instruction set in use. */
  get isa(): string {
    return (this.#state ?? disposed('isa')).running.port.isa();
  }
  /** Bytes of the engine's block. */
  get bytes(): number {
    return (this.#state ?? disposed('bytes')).running.bytes;
  }
  /** Names of the channels, in their order. */
  get channels(): readonly Channel[] {
    return [...(this.#state ?? disposed('channels')).channels.keys()] as Channel[];
  }
  /** Names of the modalities, in the order of their bits in the flags. */
  get modalities(): readonly ModalityOf<Channel>[] {
    return (this.#state ?? disposed('modalities')).modalities as readonly ModalityOf<Channel>[];
  }

  /**
   * Names of the features, in the order of the network's inputs and of `results.held`: a linear channel's own; "wind.sin" and "wind.cos"
   * of a circular one; "event=0", "event=1" … of a categorical one.
   */
  get features(): readonly string[] {
    return (this.#state ?? disposed('features')).features;
  }

  /** Input columns over the engine's own memory, `agents` long. Write readings here before a tick; NaN or infinity is "no reading". */
  get sensors(): Sensors<Channel> {
    return (this.#state ?? disposed('sensors')).sensors as Sensors<Channel>;
  }
  /** The input column of a channel by its whole name. */
  sensor(name: Channel): Float32Array {
    const { channels } = this.#state ?? disposed('sensor');
    const column = channels.get(name);
    if (column) return column;
    const expected = `one of ${[...channels.keys()].join(', ')}`;
    throw failure('unknown_channel', 'There is no such channel', 'sensor', expected, show(name));
  }
  /** When the readings of a modality were measured, s on tick()'s clock: NaN, or a time ahead of the tick, is "now". */
  sensorTime(modality: ModalityOf<Channel>): Float64Array {
    const { times, modalities } = this.#state ?? disposed('sensorTime');
    const column = times.get(modality);
    if (column) return column;
    if (!(modalities as readonly unknown[]).includes(modality)) {
      throw failure('unknown_modality', 'There is no such modality', 'sensorTime', `one of ${modalities.join(', ')}`, show(modality));
    }
    throw absent(`sensors.${modality}.time`, `modalities.${modality}.timed`);
  }
  /** Which agents take part in a tick: 1, the default, or 0. A row that does not keeps its state and results. */
  get active(): Uint8Array {
    return (this.#state ?? disposed('active')).inputs.active;
  }
  /** Where the agents are, m. Here and below: columns that only engines with neighbours have, else an error that says so. */
  get position(): Inputs['position'] {
    return (this.#state ?? disposed('position')).inputs.position;
  }
  /** Where the agents look, of any length; where the view is limited. */
  get heading(): Inputs['heading'] {
    return (this.#state ?? disposed('heading')).inputs.heading;
  }
  /** Each agent's own radius, m. */
  get radius(): Float32Array {
    return (this.#state ?? disposed('radius')).inputs.radius;
  }
  /** The group that an agent belongs to, 0..31. */
  get group(): Uint8Array {
    return (this.#state ?? disposed('group')).inputs.group;
  }
  /** Whom an agent notices: bit g for group g. */
  get interest(): Uint32Array {
    return (this.#state ?? disposed('interest')).inputs.interest;
  }
  /** Result columns over the engine's own memory, rewritten by every tick. */
  get results(): Results {
    return (this.#state ?? disposed('results')).results;
  }
  /** One value an engine, current after each tick. */
  get statistics(): Statistics {
    return (this.#state ?? disposed('statistics')).statistics;
  }

  /** The last ticks of the columns that the options name; an engine without a history says so in an error. */
  get history(): History {
    const { history } = this.#state ?? disposed('history');
    if (history) return history;
    throw failure('absent_column', 'This engine keeps no history', 'history', 'options with history.depth > 0', 'others');
  }

  /** What the ticks so far took and found, and what the engine's memory is for: one plain object, made when asked. */
  metrics(): Metrics {
    const { running, metrics } = this.#state ?? disposed('metrics');
    running.port.metrics();
    return metricsOf(metrics);
  }

  /** Forgets how long ticks took, as after warming up; reset() does so too. All else stays. */
  resetMetrics(): void {
    (this.#state ?? disposed('resetMetrics')).running.port.reset_metrics();
  }

  /** The map of places, to be asked; an engine without one says so in an error. */
  get places(): Places {
    exchangeOf(this.#state ?? disposed('places'));
    return this.#places;
  }

  /** One cycle over all active agents at `seconds` on your clock. Equal times pass; a smaller one is an error and changes nothing. */
  tick(seconds: number): void {
    const state = this.#state ?? disposed('tick');
    const { running } = state;
    if (typeof seconds !== 'number') throw wrongType('tick', 'a number of seconds', seconds);
    this.#events.checkTick('tick');
    running.seconds[0] = seconds;
    if (!running.tick()) throw lastError(running.port);
    this.#events.ticked(state);
  }

  /**
   * A whole recording in one call: what writing its columns and calling tick() for each of its times would be, bit for bit. What
   * can be wrong with it is found before the first tick, and then nothing has changed. Handlers and streams hear of all ticks at its end.
   */
  tickMany<Path extends ResultPath = never>(recording: Recording<Channel, Path>): Replayed<Path, ModalityOf<Channel>> {
    const state = this.#state ?? disposed('tickMany');
    const { modalities } = state;
    const { cycles, time } = state.statistics;
    this.#events.checkTick('tickMany');
    const { results, changes, times } = replay({ ...state, cycles, time, listening: this.#events.listening }, recording);
    const scan = (wanted: Wanted) => new RecordedScan(changes, times, cycles, modalities, wanted);
    this.#events.replayed(scan);
    return {
      results: results as ResultsAt<Path>,
      changes: changes.count,
      events: (filter) => scan(wantedBy(filter, 'events')) as IterableIterator<never>,
    };
  }

  /** One agent's last cycle as plain values. For many agents read the columns: this makes objects. */
  agent(agent: number): CycleResult {
    const state = this.#state ?? disposed('agent');
    const { agents, modalities, results, statistics } = state;
    if (!Number.isInteger(agent) || agent < 0 || agent >= agents) {
      const expected = `a whole number from 0 to ${agents - 1}`;
      throw failure('agent_out_of_range', 'There is no such agent', 'agent', expected, show(agent));
    }
    const { fused, confidence, output, anomaly, prediction, flags } = results;
    const bits = flags[agent]!;
    return {
      cycle: statistics.cycles,
      time: statistics.time,
      agent,
      fused: fused[agent]!,
      confidence: confidence[agent]!,
      output: output.map((column) => column[agent]!),
      anomaly:
        bits & Flag.scored
          ? {
              score: anomaly.score[agent]!,
              z: anomaly.z[agent]!,
              severity: severities[anomaly.severity[agent]!]!,
              mean: anomaly.mean[agent]!,
              deviation: anomaly.deviation[agent]!,
            }
          : null,
      prediction:
        bits & Flag.predicted
          ? {
              values: prediction.values.map((column) => column[agent]!),
              confidence: prediction.confidence[agent]!,
              trend: prediction.trend[agent]!,
            }
          : null,
      lost: modalities.filter((_, index) => bits & (Flag.lost << index)),
      ...sensorsOf(agent, state),
      ...spaceOf(agent, state),
    };
  }

  /**
   * What began or ended in the last tick, agent by agent, to be read before the next. It is one object that each event overwrites, so
   * that a million make no garbage: to keep one, copy it, `{ ...event }`. The iterator is used again too: one that is at its end is the next
   * reading's, so let go of it.
   */
  events<Kind extends EventKind = EventKind>(filter?: EventFilter<Kind>): IterableIterator<EventOf<Kind, ModalityOf<Channel>>> {
    const state = this.#state ?? disposed('events');
    return this.#events.read(state, wantedBy(filter, 'events')) as IterableIterator<unknown> as IterableIterator<EventOf<Kind, ModalityOf<Channel>>>;
  }

  /**
   * Calls `handler` with each event of a kind, or of all, at the end of every tick(), and returns a function that ends that. The object is
   * the next event's too: to keep one, copy it. If handlers throw, the others are called all the same, and then tick() throws the first
   * error; the tick has been. A handler may do anything but tick and restore.
   */
  on<Kind extends EventKind>(kind: Kind | '*', handler: (event: EventOf<Kind, ModalityOf<Channel>>) => void): () => void {
    if (!this.#state) disposed('on');
    return this.#events.on(kind, handler);
  }

  /** Events as they come, each an object of its own, until dispose(), the signal or the loop's end. Several are independent. */
  eventStream<Kind extends EventKind = EventKind>(
    options: EventStreamOptions<Kind> = {},
  ): AsyncIterableIterator<EventOf<Kind, ModalityOf<Channel>>> {
    if (!this.#state) disposed('eventStream');
    return this.#events.stream(options) as AsyncIterableIterator<unknown> as AsyncIterableIterator<EventOf<Kind, ModalityOf<Channel>>>;
  }

  /** What has begun and was not acknowledged since, agent by agent. Only where the options have events.acknowledge. */
  alarms(): IterableIterator<Alarm<ModalityOf<Channel>>> {
    const state = this.#state ?? disposed('alarms');
    // An engine without that column says so, at once.
    void state.results.unacknowledged;
    return alarmsOf(state) as IterableIterator<Alarm<ModalityOf<Channel>>>;
  }

  /** Somebody has taken notice: of everything, of an agent, of one kind there, or of the loss of one modality. */
  acknowledge(agent?: number, kind?: AlarmKind, sensor?: ModalityOf<Channel>): void {
    const { running, results, modalities } = this.#state ?? disposed('acknowledge');
    // An engine without that column says so.
    void results.unacknowledged;
    const bits = alarmBits(kind, sensor, modalities);
    if (agent === undefined) running.port.acknowledge_all(bits);
    else if (typeof agent !== 'number') throw wrongType('acknowledge', 'a number', agent);
    else if (!running.port.acknowledge(agent, bits)) throw lastError(running.port);
  }

  /**
   * A stream: rows in, a result for each out, or the events. Rows of one time are one tick, in which only their agents take part. All
   * streams of an engine know its agents by the same names.
   */
  transform(options?: TransformOptions & { readonly emit?: 'results' | undefined; readonly kinds?: undefined }): TransformStream<Row | readonly Row[], RowResult>;
  transform(options: TransformOptions & { readonly emit: 'events' }): TransformStream<Row | readonly Row[], RowEvent<ModalityOf<Channel>>>;
  transform(options: TransformOptions = {}): TransformStream<Row | readonly Row[], unknown> {
    return transformOf(this as unknown as Sensorium<string>, () => this.#state ?? disposed('transform'), this.#streams, options);
  }

  /** Writes the readings of the classic load for the next tick: seeded, the same everywhere. It is load to try and to measure with. */
  simulate(seed: number, options?: { readonly pattern?: 'dense' | 'mixed' | undefined }): void {
    const { port } = (this.#state ?? disposed('simulate')).running;
    if (options !== undefined) checkOptions(options, 'simulate', simulateOptions);
    const { pattern = 'dense' } = options ?? noOptions;
    if (typeof seed !== 'number') throw wrongType('simulate', 'a number', seed);
    if (pattern !== 'dense' && pattern !== 'mixed') {
      throw failure('out_of_range', 'There is no such pattern', 'simulate', 'dense or mixed', show(pattern));
    }
    if (!port.simulate(seed, pattern === 'mixed')) throw lastError(port);
  }

  /** The engine as after its creation: every row unseen, no readings, all rows active, any time may come next, no names of agents. */
  reset(): void {
    (this.#state ?? disposed('reset')).running.port.reset();
    this.#streams.reset();
  }

  /** One row as after the engine's creation, for a newcomer in its place. */
  resetAgent(agent: number): void {
    const { port } = (this.#state ?? disposed('resetAgent')).running;
    if (typeof agent !== 'number') throw wrongType('resetAgent', 'a number', agent);
    if (!port.reset_agent(agent)) throw lastError(port);
  }

  /**
   * The most bytes that a snapshot of this engine takes: a buffer of as many serves snapshotInto() for the engine's life. Where there is a
   * map, a snapshot takes less as long as the map is not full.
   */
  get snapshotBytes(): number {
    return (this.#state ?? disposed('snapshotBytes')).running.port.most_snapshot_bytes();
  }

  /** The engine's whole state as bytes, the same on every machine and backend: to keep, to send, and to go on from. */
  snapshot(): Uint8Array {
    const { running } = this.#state ?? disposed('snapshot');
    const bytes = new Uint8Array(running.port.snapshot_bytes());
    if (running.snapshotInto(bytes) === 0) throw lastError(running.port);
    return bytes;
  }

  /** Writes a snapshot to the start of a buffer and returns how many bytes it takes. It makes no garbage. */
  snapshotInto(buffer: Uint8Array): number {
    const { running } = this.#state ?? disposed('snapshotInto');
    const bytes = running.snapshotInto(foreignBytes(buffer, running, 'snapshotInto'));
    if (bytes === 0) throw lastError(running.port);
    return bytes;
  }

  /**
   * Goes on from a snapshot of an engine with the same options, bit for bit; what follows it in the bytes is not looked at. Columns stay
   * where they are. Anything may be given: everything is checked before anything is changed.
   */
  restore(snapshot: Uint8Array | ArrayBuffer): void {
    const { running } = this.#state ?? disposed('restore');
    this.#events.checkTick('restore');
    if (!running.restore(foreignBytes(snapshotBytes(snapshot), running, 'restore', 'an ArrayBuffer or Uint8Array'))) throw lastError(running.port);
    this.#events.restored();
    this.#streams.restored();
  }

  /** Lets go of the memory. It may be called again; all else is then an error of code `disposed`. Columns you hold keep their values. */
  dispose(): void {
    this.#state?.running.dispose();
    this.#state = undefined;
    this.#events.end();
  }

  // Declared for types; the method is put there below where the runtime has the symbol.
  declare [Symbol.dispose]: () => void;
}

if (typeof Symbol.dispose === 'symbol') {
  Object.defineProperty(Sensorium.prototype, Symbol.dispose, { value: Sensorium.prototype.dispose, configurable: true, writable: true });
}

/** What an absent group of columns answers to whoever looks for it: which options bring it. */
function explainAbsence(at: Record<string, unknown>, name: string, path: string, when: string): void {
  if (name in at) return;
  const get = () => {
    throw absent(path, when);
  };
  Object.defineProperty(at, name, { get });
}

function absent(path: string, when: string): SensoriumError {
  return failure('absent_column', 'This engine has no such columns', path, `options with ${when}`, 'others');
}

function exchangeOf({ exchange }: State): Exchange {
  if (exchange) return exchange;
  throw failure('absent_column', 'This engine has no map', 'places', 'options with map.capacity > 0', 'others');
}

/** Who is near and where that is, of engines that know. */
function spaceOf(agent: number, { agents, results }: State): Pick<CycleResult, 'neighbors' | 'place'> {
  const known = Object.keys(results);
  const space: Pick<CycleResult, 'neighbors' | 'place'> = {};
  if (known.includes('neighbors')) {
    const { count, valid, index, distance } = results.neighbors;
    const first = (agent * index.length) / agents;
    const nearest = Array.from({ length: valid[agent]! }, (_, i) => ({ agent: index[first + i]!, distance: distance[first + i]! }));
    space.neighbors = { count: count[agent]!, nearest };
  }
  if (known.includes('place')) {
    const id = results.place.id[agent]!;
    space.place = id < 0 ? null : id;
  }
  return space;
}

/** What of an agent's sensors goes into fusion, where there are columns of it. */
function sensorsOf(agent: number, { features, modalities, results }: State): Pick<CycleResult, 'sensors'> {
  if (!Object.keys(results).includes('held')) return {};
  const named = <Value>(names: readonly string[], columns: readonly Float32Array[], of: (value: number) => Value) =>
    // fromEntries, because a name may be __proto__.
    Object.fromEntries(columns.map((column, index) => [names[index]!, of(column[agent]!)]));
  return {
    sensors: {
      held: named(features, results.held, (value) => value),
      age: named(modalities, results.age, (value) => (value < 0 ? null : value)),
      weight: named(features, results.weight, (value) => value),
    },
  };
}

/** A whole ArrayBuffer serves as a snapshot too: it is what fetch() and files give. */
function snapshotBytes(snapshot: unknown): unknown {
  return kindOf(snapshot) === 'ArrayBuffer' ? new Uint8Array(snapshot as ArrayBuffer) : snapshot;
}

function foreignBytes(value: unknown, running: Running | undefined, where: string, kinds = 'a Uint8Array'): Uint8Array {
  const bytes = privateBytes(value);
  if (!bytes) throw wrongType(where, `${kinds}, not of shared memory`, value);
  if (bytes.buffer !== running?.buffer) return bytes;
  throw failure('bad_block', 'The snapshot’s memory is the engine’s own', where, 'memory outside the engine', 'some within it');
}

function disposed(where: string): never {
  throw failure('disposed', 'The engine was disposed of', where, 'no use after dispose()', `a use of ${where}`);
}

function wrongType(where: string, expected: string, value: unknown): SensoriumError {
  return failure('wrong_type', 'The value is of another type', where, expected, show(value));
}

function place(at: Record<string, unknown>, parts: readonly string[], value: unknown): void {
  const last = parts.length - 1;
  for (const part of parts.slice(0, last)) at = (at[part] ??= table()) as Record<string, unknown>;
  at[parts[last]!] = value;
}

/** How a runtime finds its backends. */
export interface Runtime {
  /** Throws a SensoriumError where there is none. */
  native(): Backend;
  wasm(source: WasmSource | undefined): Promise<Backend>;
  /** SENSORIUM_ISA, or ''. */
  isa(): string;
}

const backendNames = ['auto', 'native', 'wasm'];

interface Asked {
  readonly backend: string;
  readonly isa: string | undefined;
  readonly wasm: WasmSource | undefined;
  readonly settings: readonly Setting[];
  /** A copy, since it must stay what it is while the engine is made. */
  readonly snapshot: Uint8Array | undefined;
}

/** The facade's own options, checked, and those for the core. */
function readOptions(options: unknown, where: string): Asked {
  if (!isPlain(options)) throw wrongType(where, 'an object of options', options);
  const { backend = 'auto', isa, wasm, snapshot, ...rest } = options as SensoriumOptions;
  if (!backendNames.includes(backend)) {
    const code: ErrorCode = typeof backend === 'string' ? 'out_of_range' : 'wrong_type';
    throw failure(code, 'There is no such backend', 'backend', `one of ${backendNames.join(', ')}`, show(backend));
  }
  if (isa !== undefined && typeof isa !== 'string') throw wrongType('isa', 'text', isa);
  const settings = flatten(rest);
  const bytes = snapshot === undefined ? undefined : foreignBytes(snapshotBytes(snapshot), undefined, 'snapshot', 'an ArrayBuffer or Uint8Array').slice();
  // Beside a snapshot, what is not given is as in the snapshot.
  if (bytes) settings.unshift(['snapshot', '', bytes]);
  return { backend, isa, wasm, settings, snapshot: bytes };
}

/** createSensorium for a runtime. */
export async function create<Channel extends string = ClassicChannel>(
  runtime: Runtime,
  options: SensoriumOptions<Channel> = {},
): Promise<Sensorium<Channel>> {
  const { backend, isa, wasm, settings, snapshot } = readOptions(options, 'createSensorium');
  try {
    const running = await onBackend(runtime, backend, wasm, (chosen) => chosen.create(settings, isa ?? runtime.isa()));
    if (snapshot && !running.restore(snapshot)) {
      const error = lastError(running.port);
      running.dispose();
      throw error;
    }
    return new Sensorium<Channel>(running);
  } catch (error) {
    throw error instanceof SensoriumError ? inFacadeWords(error, isa) : error;
  }
}

/** What an engine of some options would take. Nothing is made. */
export interface Explanation {
  /** Bytes of the engine's block. */
  readonly bytes: number;
  /** By what they are for; they add up to `bytes`. */
  readonly parts: Readonly<Record<Exclude<keyof Metrics['memory'], 'total'>, number>>;
  /** How much less it would be without each option that costs memory, all others the same. `without`: the value this is compared with. */
  readonly options: readonly { readonly option: string; readonly without: string; readonly bytes: number }[];
}

/** explain() for a runtime. */
export async function explain(runtime: Runtime, options: unknown = {}): Promise<Explanation> {
  const { backend, isa, wasm, settings } = readOptions(options, 'explain');
  try {
    const rows = await onBackend(runtime, backend, wasm, (chosen) => chosen.explain(settings, isa ?? ''));
    const parts = rows.filter(({ without }) => without === '').map(({ name, bytes }) => [name, bytes] as const);
    return {
      bytes: parts.reduce((sum, [, bytes]) => sum + bytes, 0),
      parts: Object.fromEntries(parts) as Explanation['parts'],
      options: rows.filter(({ without }) => without !== '').map(({ name, without, bytes }) => ({ option: name, without, bytes })),
    };
  } catch (error) {
    throw error instanceof SensoriumError ? inFacadeWords(error, isa) : error;
  }
}

/** What runs the core here. */
async function backendOf(runtime: Runtime, backend: string, wasm: WasmSource | undefined): Promise<Backend> {
  if (backend === 'wasm') return runtime.wasm(wasm);
  try {
    return runtime.native();
  } catch (error) {
    if (backend === 'native') throw error;
    return runtime.wasm(wasm);
  }
}

/** The core knows neither the facade's own options nor who said which instruction set. */
function inFacadeWords(error: SensoriumError, isa: string | undefined): SensoriumError {
  const { code, what, where, expected, got } = error;
  if (code === 'unknown_option' && !where.includes('.')) return failure(code, what, where, `${expected}, backend, isa, snapshot, wasm`, got);
  if (code === 'unknown_isa' && isa === undefined) return failure(code, what, 'SENSORIUM_ISA', expected, got);
  return error;
}

async function onBackend<Made>(runtime: Runtime, backend: string, wasm: WasmSource | undefined, make: (chosen: Backend) => Made | Promise<Made>): Promise<Made> {
  const chosen = await backendOf(runtime, backend, wasm);
  try {
    return await make(chosen);
  } catch (error) {
    // "wasm" is an instruction set that only the other backend has.
    if (backend !== 'auto' || !(error instanceof SensoriumError) || error.code !== 'unknown_isa') throw error;
    try {
      return await make(await runtime.wasm(wasm));
    } catch {
      throw error;
    }
  }
}
