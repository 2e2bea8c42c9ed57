// What began or ended: read in a loop, told to handlers, or streamed; and what of it nobody has acknowledged.
import { failure, isPlain, show } from './errors.ts';
import { eventKinds, Flag } from './schema.gen.ts';
import type { Results, Statistics } from './schema.gen.ts';

export type Severity = 'none' | 'low' | 'medium' | 'high';
export const severities: readonly Severity[] = ['none', 'low', 'medium', 'high'];

/** "anomaly-begin", "sensor-lost" and so on. */
export type EventKind = (typeof eventKinds)[number]['begin' | 'end'];
/** What can be acknowledged: "anomaly", "blind", "neighbor", "lost"; as in the options `events`. */
export type AlarmKind = (typeof eventKinds)[number]['kind'];

type Extra<Kind, Modality> = Kind extends 'anomaly-begin'
  ? { readonly severity: Severity }
  : Kind extends 'sensor-lost' | 'sensor-back'
    ? { readonly sensor: Modality }
    : unknown;

/** An event of one of these kinds. */
export type EventOf<Kind extends EventKind, Modality extends string = string> = {
  [Each in Kind]: { readonly kind: Each; readonly agent: number; readonly time: number; readonly cycle: number } & Extra<Each, Modality>;
}[Kind];

/** What began or ended in a tick. */
export type SensoriumEvent<Modality extends string = string> = EventOf<EventKind, Modality>;

/** What began and was not acknowledged. */
export interface Alarm<Modality extends string = string> {
  readonly agent: number;
  readonly kind: AlarmKind;
  /** Whether it is so still. */
  readonly active: boolean;
  /** The modality; of `lost` only. */
  readonly sensor?: Modality;
}

export interface EventFilter<Kind extends EventKind = EventKind> {
  /** Default: all. */
  readonly kinds?: readonly Kind[] | undefined;
}

export interface EventStreamOptions<Kind extends EventKind = EventKind> extends EventFilter<Kind> {
  /** Ends the stream. */
  readonly signal?: AbortSignal | undefined;
  /** How many events may wait to be read; 1 or more, 65,536 by default. Beyond, the stream ends with an error `events_overflow`. */
  readonly limit?: number | undefined;
}

/** What of an engine events are read from. */
export interface EventSource {
  readonly agents: number;
  readonly modalities: readonly string[];
  readonly results: Pick<Results, 'changes' | 'flags' | 'anomaly' | 'unacknowledged'>;
  readonly statistics: Statistics;
}

const lostShift = Math.log2(Flag.lost);
/** By the number of a bit of `changes`. */
const kindsOfBit = Array.from({ length: 32 }, (_, index) => eventKinds.find(({ bit }) => bit === 1 << index) ?? eventKinds.at(-1)!);
const allLost = -Flag.lost;
const bitsOf = ({ bit }: { readonly bit: number }) => (bit === Flag.lost ? allLost : bit);

/** Which bits are told where they begin, and where they end. */
export interface Wanted {
  readonly begins: number;
  readonly ends: number;
}
const everything: Wanted = { begins: -1, ends: -1 };
const wantedOf: ReadonlyMap<unknown, Wanted> = new Map(
  eventKinds.flatMap((row): [EventKind, Wanted][] => [
    [row.begin, { begins: bitsOf(row), ends: 0 }],
    [row.end, { begins: 0, ends: bitsOf(row) }],
  ]),
);

function wantedKind(kind: unknown, where: string): Wanted {
  const wanted = wantedOf.get(kind);
  if (wanted) return wanted;
  throw failure('out_of_range', 'There is no such kind of event', where, `one of ${[...wantedOf.keys()].join(', ')}`, show(kind));
}

/** An object with none but these options. It makes no garbage, since it is asked in every tick: hence for-in, and the prototype first. */
export function checkOptions(options: unknown, where: string, known: readonly string[]): void {
  const plain = typeof options === 'object' && options !== null && (Object.getPrototypeOf(options) === Object.prototype || isPlain(options));
  if (!plain) throw failure('wrong_type', 'The value is of another type', where, 'an object of options', show(options));
  for (const name in options) {
    // As in the options of an engine, what is undefined is not given.
    if (known.includes(name) || (options as Record<string, unknown>)[name] === undefined || !Object.hasOwn(options, name)) continue;
    const expected = known.length > 1 ? `one of ${known.join(', ')}` : known[0]!;
    throw failure('unknown_option', 'There is no such option', where, expected, show(name));
  }
}

const filterOptions = ['kinds'];

/** What a filter asks for; none asks for everything. */
export function wantedBy(filter: EventFilter | undefined, where: string): Wanted {
  if (filter === undefined) return everything;
  checkOptions(filter, where, filterOptions);
  return wantedKinds(filter.kinds, where);
}

/** The kinds asked for. */
export function wantedKinds(kinds: readonly EventKind[] | undefined, where: string): Wanted {
  if (kinds === undefined) return everything;
  if (!Array.isArray(kinds)) throw failure('wrong_type', 'The value is of another type', `${where}, kinds`, 'a list of kinds of events', show(kinds));
  let begins = 0;
  let ends = 0;
  for (const kind of kinds) {
    const wanted = wantedKind(kind, `${where}, kinds`);
    begins |= wanted.begins;
    ends |= wanted.ends;
  }
  return { begins, ends };
}

/** Of one shape whatever the kind, so that writing it makes nothing; the numbers are no integers, so that V8 keeps room for any. */
export class ReusedEvent {
  kind: EventKind = 'anomaly-begin';
  agent = 0;
  time = NaN;
  cycle = NaN;
  severity: Severity | undefined = undefined;
  sensor: string | undefined = undefined;
}

/** What one bit of an agent's changes tells. */
export function fill(event: ReusedEvent, bit: number, begun: boolean, severity: number, modalities: readonly string[]): void {
  const index = 31 - Math.clz32(bit);
  const row = kindsOfBit[index]!;
  event.kind = begun ? row.begin : row.end;
  event.severity = bit === Flag.anomaly && begun ? severities[severity] : undefined;
  event.sensor = index >= lostShift ? modalities[index - lostShift] : undefined;
}

/** Goes from event to event. */
interface Scan {
  readonly event: ReusedEvent;
  /** The event's. */
  readonly bit: number;
  readonly begun: boolean;
  advance(): boolean;
}

/** An event of one's own, with the fields that its kind has. */
export function copyOf({ kind, agent, time, cycle, severity, sensor }: Readonly<ReusedEvent>): SensoriumEvent {
  const base = { kind, agent, time, cycle };
  return (severity !== undefined ? { ...base, severity } : sensor !== undefined ? { ...base, sensor } : base) as SensoriumEvent;
}

/** An iterator at its end; one serves all, and it makes nothing. */
const done = { done: true, value: undefined } as const;
const none: IterableIterator<never> = { next: () => done, [Symbol.iterator]: () => none };

/** How often an engine was restored: its cycles alone do not tell. */
interface Restores {
  readonly restores: number;
}
const never: Restores = { restores: 0 };

/**
 * Goes over the events of the last tick, in one object that each overwrites. It is its own iterator, and the next one's: an iterator for
 * each reading would be garbage in every tick.
 */
class EventScan implements Scan, IterableIterator<ReusedEvent> {
  readonly event = new ReusedEvent();
  readonly #step = { done: false as const, value: this.event };
  #source: EventSource | undefined;
  #changes: Uint32Array = new Uint32Array(0);
  #flags: Uint32Array = this.#changes;
  #wanted = everything;
  #cycle = NaN;
  #restores = 0;
  #engine: Restores = never;
  /** Agents with changes that have not come yet. */
  #left = 0;
  #agent = -1;
  /** Of that agent, what has not come yet. */
  #bits = 0;
  bit = 0;
  begun = false;

  start(source: EventSource, wanted: Wanted, engine: Restores): this {
    this.#source = source;
    this.#engine = engine;
    this.#restores = engine.restores;
    this.#changes = source.results.changes;
    this.#flags = source.results.flags;
    this.#wanted = wanted;
    this.#cycle = source.statistics.cycles;
    this.#left = source.statistics.changed_agents;
    this.#agent = -1;
    this.#bits = 0;
    this.event.time = source.statistics.time;
    this.event.cycle = this.#cycle;
    return this;
  }
  get busy(): boolean {
    return this.#source !== undefined;
  }
  /** It was left in the middle, and there has been a tick since, or another state. */
  get stale(): boolean {
    return this.#source !== undefined && (this.#source.statistics.cycles !== this.#cycle || this.#restored);
  }
  get #restored(): boolean {
    return this.#engine.restores !== this.#restores;
  }

  advance(): boolean {
    const source = this.#source;
    if (!source) return false;
    if (this.stale) {
      this.#source = undefined;
      if (this.#restored) {
        const expected = 'all of a tick’s events before restore(): their columns are overwritten by it';
        throw failure('tick_during_events', 'There was a restore() while the last tick’s events were being read', 'events', expected, 'a restore() between two of them');
      }
      if (source.statistics.cycles === 0) return false;
      const expected = 'all of a tick’s events before the next tick: their columns are overwritten by it';
      throw failure('tick_during_events', 'There was a tick while its last one’s events were being read', 'events', expected, 'a tick between two of them');
    }
    while (this.#bits === 0) {
      if (this.#left === 0 || ++this.#agent >= source.agents) {
        this.#source = undefined;
        return false;
      }
      const changed = this.#changes[this.#agent]!;
      if (changed === 0) continue;
      this.#left--;
      const now = this.#flags[this.#agent]!;
      this.#bits = changed & ((now & this.#wanted.begins) | (~now & this.#wanted.ends));
    }
    const bit = this.#bits & -this.#bits;
    this.#bits ^= bit;
    this.#fill(source, bit);
    return true;
  }

  #fill({ modalities, results }: EventSource, bit: number): void {
    const agent = this.#agent;
    this.bit = bit;
    this.begun = (this.#flags[agent]! & bit) !== 0;
    this.event.agent = agent;
    fill(this.event, bit, this.begun, results.anomaly.severity[agent]!, modalities);
  }

  next(): IteratorResult<ReusedEvent, undefined> {
    return this.advance() ? this.#step : done;
  }
  return(): IteratorResult<ReusedEvent, undefined> {
    this.#source = undefined;
    return done;
  }
  [Symbol.iterator](): this {
    return this;
  }
}

type Handle = (event: ReusedEvent) => void;

interface Handler {
  readonly wanted: Wanted;
  handle: Handle | undefined;
}

/** Events as they come, in objects of their own, until the engine or the reader has enough. */
class EventStream implements AsyncIterableIterator<SensoriumEvent> {
  /** Those that wait to be read, from #first on. */
  #events: SensoriumEvent[] = [];
  #first = 0;
  #dropped = 0;
  readonly #limit: number;
  readonly #readers: ((step: IteratorResult<SensoriumEvent, undefined>) => void)[] = [];
  #ended = false;
  #leave: () => void = () => {};

  constructor(limit: number) {
    this.#limit = limit;
  }
  /** `leave` is called once, at the end. */
  onEnd(leave: () => void): void {
    this.#leave = leave;
  }

  push(event: SensoriumEvent): void {
    const reader = this.#readers.shift();
    if (reader) reader({ done: false, value: event });
    else if (this.#dropped > 0 || this.#events.length - this.#first >= this.#limit) this.#dropped++;
    else this.#events.push(event);
  }

  /** No more will come; what waits can still be read. */
  end(): void {
    if (this.#ended) return;
    this.#ended = true;
    this.#leave();
    for (const reader of this.#readers.splice(0)) reader(done);
  }

  next(): Promise<IteratorResult<SensoriumEvent, undefined>> {
    if (this.#first < this.#events.length) return Promise.resolve({ done: false, value: this.#shift() });
    if (this.#dropped > 0) {
      const dropped = this.#dropped;
      this.#dropped = 0;
      this.end();
      const expected = `at most ${this.#limit} events waiting to be read`;
      return Promise.reject(failure('events_overflow', 'Events were dropped', 'eventStream', expected, `${dropped} more, which were dropped`));
    }
    if (this.#ended) return Promise.resolve(done);
    return new Promise((resolve) => this.#readers.push(resolve));
  }

  #shift(): SensoriumEvent {
    const event = this.#events[this.#first++]!;
    // Moving as many as were read costs each but once.
    if (this.#first * 2 >= this.#events.length) {
      this.#events = this.#events.slice(this.#first);
      this.#first = 0;
    }
    return event;
  }

  return(): Promise<IteratorResult<SensoriumEvent, undefined>> {
    this.#events = [];
    this.#first = 0;
    this.#dropped = 0;
    this.end();
    return Promise.resolve(done);
  }
  [Symbol.asyncIterator](): this {
    return this;
  }
}

const mostWaiting = 65_536;

/** An engine's events and who listens to them. */
export class Events {
  /** Used again and again, unless it is in use. */
  #scan = new EventScan();
  #handlers: Handler[] = [];
  /** By any of them. */
  #wanted: Wanted = { begins: 0, ends: 0 };
  readonly #streams = new Set<EventStream>();
  #telling = false;
  restores = 0;
  /** Some handler was, and is in the list still. */
  #removed = false;

  /** The events of the last tick. */
  read(source: EventSource, wanted: Wanted): IterableIterator<ReusedEvent> {
    // Most ticks bring none, and asking should cost none of them anything.
    return source.statistics.changed_agents === 0 ? none : this.#free().start(source, wanted, this);
  }

  #free(): EventScan {
    if (!this.#scan.busy) return this.#scan;
    if (!this.#scan.stale) return new EventScan();
    return (this.#scan = new EventScan());
  }

  /** Before what changes the columns of the last tick: handlers that are being told of it would be told something else. */
  checkTick(where: 'tick' | 'tickMany' | 'restore'): void {
    if (!this.#telling) return;
    const [did, next] = where === 'restore' ? ['restored', 'restore()'] : ['ticked', 'the next tick'];
    const expected = `${next} after all handlers have been told of the last tick`;
    throw failure('tick_during_events', `A handler of events ${did}`, where, expected, `a ${where} inside a handler`);
  }

  /** After a restore. */
  restored(): void {
    this.restores++;
  }

  /** After a tick: tells the handlers. The first error of one is thrown when all have been told. */
  ticked(source: EventSource): void {
    if (this.listening && source.statistics.changed_agents > 0) this.#tell(this.#free().start(source, this.#wanted, this));
  }

  /** Whether anybody is told. */
  get listening(): boolean {
    return this.#handlers.length > 0;
  }

  /** After a recording: tells the handlers of all its ticks, as ticked() does. */
  replayed(scan: (wanted: Wanted) => Scan): void {
    if (this.listening) this.#tell(scan(this.#wanted));
  }

  #tell(scan: Scan): void {
    const handlers = this.#handlers;
    // Who comes now hears from the next tick on.
    const count = handlers.length;
    let failed = false;
    let first: unknown;
    this.#telling = true;
    while (scan.advance()) {
      for (let i = 0; i < count; i++) {
        const { wanted, handle } = handlers[i]!;
        if (!handle || !((scan.begun ? wanted.begins : wanted.ends) & scan.bit)) continue;
        try {
          handle(scan.event);
        } catch (error) {
          if (!failed) first = error;
          failed = true;
        }
      }
    }
    this.#telling = false;
    if (this.#removed) this.#sweep();
    if (failed) throw first;
  }

  #add(wanted: Wanted, handle: Handle): () => void {
    const handler: Handler = { wanted, handle };
    this.#handlers.push(handler);
    this.#wanted = { begins: this.#wanted.begins | wanted.begins, ends: this.#wanted.ends | wanted.ends };
    return () => {
      handler.handle = undefined;
      this.#removed = true;
      this.#sweep();
    };
  }

  /** Forgets the handlers that were removed; not while the list is being walked. */
  #sweep(): void {
    if (this.#telling) return;
    this.#removed = false;
    const handlers = this.#handlers.filter(({ handle }) => handle);
    this.#handlers = handlers;
    this.#wanted = {
      begins: handlers.reduce((bits, { wanted }) => bits | wanted.begins, 0),
      ends: handlers.reduce((bits, { wanted }) => bits | wanted.ends, 0),
    };
  }

  on(kind: unknown, handle: unknown): () => void {
    const wanted = kind === '*' ? everything : wantedKind(kind, 'on');
    if (typeof handle !== 'function') throw failure('wrong_type', 'The handler is of another type', 'on', 'a function of the event', show(handle));
    return this.#add(wanted, handle as Handle);
  }

  stream(options: EventStreamOptions): AsyncIterableIterator<SensoriumEvent> {
    checkOptions(options, 'eventStream', ['kinds', 'signal', 'limit']);
    const { kinds, signal, limit = mostWaiting } = options;
    const wanted = wantedKinds(kinds, 'eventStream');
    if (signal !== undefined && typeof signal?.addEventListener !== 'function') {
      throw failure('wrong_type', 'The value is of another type', 'eventStream, signal', 'an AbortSignal', show(signal));
    }
    if (!(Number.isInteger(limit) && limit >= 1)) {
      throw failure('out_of_range', 'The limit is outside its range', 'eventStream, limit', 'a whole number of 1 or more', show(limit));
    }
    const stream = new EventStream(limit);
    const remove = this.#add(wanted, (event) => stream.push(copyOf(event)));
    const abort = () => void stream.return();
    this.#streams.add(stream);
    stream.onEnd(() => {
      remove();
      this.#streams.delete(stream);
      signal?.removeEventListener('abort', abort);
    });
    if (signal?.aborted) abort();
    else signal?.addEventListener('abort', abort);
    return stream;
  }

  /** Nobody listens any more; streams end when what waits in them has been read. Nothing of the engine is held. */
  end(): void {
    this.#scan = new EventScan();
    for (const handler of this.#handlers) handler.handle = undefined;
    this.#removed = true;
    for (const stream of this.#streams) stream.end();
    this.#sweep();
  }
}

/** What has begun and was not acknowledged, agent by agent. Objects of their own: people read these, and they are few. */
export function* alarmsOf({ agents, modalities, results: { unacknowledged, flags } }: EventSource): Generator<Alarm, undefined> {
  for (let agent = 0; agent < agents; agent++) {
    for (let left = unacknowledged[agent]! | 0; left !== 0; left &= left - 1) {
      const bit = left & -left;
      const index = 31 - Math.clz32(bit);
      const alarm = { agent, kind: kindsOfBit[index]!.kind, active: (flags[agent]! & bit) !== 0 };
      yield index >= lostShift ? { ...alarm, sensor: modalities[index - lostShift]! } : alarm;
    }
  }
  return undefined;
}

/** The bits of `unacknowledged` that a kind has, all without one; of `lost` all, or that of one modality. */
export function alarmBits(kind: unknown, sensor: unknown, modalities: readonly string[]): number {
  if (kind === undefined && sensor === undefined) return 0xffffffff;
  // A modality alone, of no kind, would otherwise be passed over, and everything be acknowledged.
  if (kind === undefined) throw failure('out_of_range', 'There is a modality but no kind of alarm', 'acknowledge, sensor', 'none, for only `lost` has one', show(sensor));
  const row = eventKinds.find((each) => each.kind === kind);
  if (!row) {
    const expected = `one of ${eventKinds.map((each) => each.kind).join(', ')}`;
    throw failure('out_of_range', 'There is no such kind of alarm', 'acknowledge', expected, show(kind));
  }
  if (sensor === undefined) return bitsOf(row) >>> 0;
  const index = row.kind === 'lost' ? modalities.indexOf(sensor as string) : -1;
  if (index >= 0) return (Flag.lost << index) >>> 0;
  const expected = row.kind === 'lost' ? `one of ${modalities.join(', ')}` : 'none, for only `lost` has one';
  throw failure('out_of_range', 'There is no such modality', 'acknowledge, sensor', expected, show(sensor));
}
