/// <reference lib="esnext.disposable" preserve="true" />
// The facade: names, views and errors over a backend's engine. Columns cross the boundary, never agents.
import { lastError, type Backend, type Column, type Running, type Setting } from './backend.ts';
import { SensoriumError, show, type ErrorCode } from './errors.ts';
import { flatten, isObject } from './options.ts';
import { eventKinds, Flag, type ClassicChannel, type EngineOptions, type ModalityOf, type Results, type Statistics } from './schema.gen.ts';
import type { WasmSource } from './wasm.ts';

export interface SensoriumOptions<Channel extends string = string> extends EngineOptions<Channel> {
  /** What runs the core. auto, the default: the addon where it loads, else WebAssembly. */
  readonly backend?: 'auto' | 'native' | 'wasm' | undefined;
  /** The instruction set: "avx512", "avx2", "sse4", "neon", "wasm" or "scalar". Default: SENSORIUM_ISA in Node, else the best there is. */
  readonly isa?: string | undefined;
  /** Where the WebAssembly module comes from. Default: the file beside this package's code. */
  readonly wasm?: WasmSource | undefined;
}

type Part<Channel extends string, Modality extends string> = Channel extends `${Modality}.${infer Rest}` ? Rest : never;

/** The input columns by modality and channel; a channel of one word is its column itself. NaN and infinity are "no reading". */
export type Sensors<Channel extends string> = string extends Channel
  ? { readonly [name: string]: Float32Array | { readonly [channel: string]: Float32Array } }
  : { readonly [Modality in ModalityOf<Channel>]: Modality extends Channel ? Float32Array : { readonly [Rest in Part<Channel, Modality>]: Float32Array } };

export type Severity = 'none' | 'low' | 'medium' | 'high';
const severities: readonly Severity[] = ['none', 'low', 'medium', 'high'];

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
}

interface EventBase {
  readonly agent: number;
  readonly time: number;
  readonly cycle: number;
}

/** What began or ended in the last tick. */
export type SensoriumEvent<Modality extends string = string> =
  | (EventBase & { readonly kind: 'anomaly-begin'; readonly severity: Severity })
  | (EventBase & { readonly kind: 'anomaly-end' | 'blind-begin' | 'blind-end' })
  | (EventBase & { readonly kind: 'sensor-lost' | 'sensor-back'; readonly sensor: Modality });

const arrays = [Float32Array, Float64Array, Uint8Array, Uint32Array] as const;
type View = InstanceType<(typeof arrays)[number]>;

function view(running: Running, column: Column, plane: number): View {
  return new arrays[column.type]!(running.buffer, running.base + column.offset + plane * column.stride, column.rows);
}

/** Names are the user's data: on an object without a prototype, "__proto__" is a name like any other. */
function table(): Record<string, unknown> {
  return Object.create(null) as Record<string, unknown>;
}

function freeze(value: unknown): void {
  if (ArrayBuffer.isView(value)) return;
  for (const inner of Object.values(value as object)) if (typeof inner === 'object') freeze(inner);
  Object.freeze(value);
}

/** An engine: input columns, one tick, result columns. Make one with createSensorium(). */
export class Sensorium<Channel extends string = string> {
  #running: Running | undefined;
  readonly #tables = { sensors: table(), results: table(), statistics: table() };
  readonly #channels = new Map<string, Float32Array>();
  readonly #modalities: readonly string[];
  readonly #active: Uint8Array;
  readonly #statistics: Statistics;
  readonly #agents: number;

  /** @internal */
  constructor(running: Running) {
    this.#running = running;
    const { port } = running;
    this.#modalities = Object.freeze(Array.from({ length: port.modalities() }, (_, index) => port.modality(index)));
    let active: View | undefined;
    for (let index = 0; index < port.columns(); index++) {
      const column = port.column(index);
      const planes = Array.from({ length: column.planes }, (_, plane) => view(running, column, plane));
      const [group, ...parts] = column.name.split('.');
      if (group === 'active') active = planes[0];
      else if (group === 'sensors') this.#addChannel(parts, planes[0] as Float32Array);
      else if (group === 'results') place(this.#tables.results, parts, column.list ? planes : planes[0]);
      else if (group === 'statistics') getter(this.#tables.statistics, parts.join('.'), planes[0] as Float64Array);
    }
    this.#active = active as Uint8Array;
    this.#agents = this.#active.length;
    this.#statistics = this.#tables.statistics as unknown as Statistics;
    for (const made of Object.values(this.#tables)) freeze(made);
  }

  #addChannel([modality, ...rest]: string[], column: Float32Array): void {
    // Only the first dot divides: "air.co2.raw" is the channel "co2.raw" of the modality "air".
    const parts = rest.length > 0 ? [modality!, rest.join('.')] : [modality!];
    this.#channels.set(parts.join('.'), column);
    place(this.#tables.sensors, parts, column);
  }

  #alive(where: string): Running {
    return this.#running ?? disposed(where);
  }

  get agents(): number {
    this.#alive('agents');
    return this.#agents;
  }
  /** What runs the core here. */
  get backend(): 'native' | 'wasm' {
    return this.#alive('backend').backend;
  }
  /** The instruction set in use. */
  get isa(): string {
    return this.#alive('isa').port.isa();
  }
  /** Bytes of the engine's block. */
  get bytes(): number {
    return this.#alive('bytes').bytes;
  }
  /** Names of the channels, in their order. */
  get channels(): readonly Channel[] {
    this.#alive('channels');
    return [...this.#channels.keys()] as Channel[];
  }
  /** Names of the modalities, in the order of their bits in the flags. */
  get modalities(): readonly ModalityOf<Channel>[] {
    this.#alive('modalities');
    return this.#modalities as readonly ModalityOf<Channel>[];
  }

  /** Input columns over the engine's own memory, `agents` long. Write readings here before a tick; NaN or infinity is "no reading". */
  get sensors(): Sensors<Channel> {
    this.#alive('sensors');
    return this.#tables.sensors as Sensors<Channel>;
  }
  /** The input column of a channel by its whole name. */
  sensor(name: Channel): Float32Array {
    this.#alive('sensor');
    const column = this.#channels.get(name);
    if (column) return column;
    const names = [...this.#channels.keys()].join(', ');
    throw new SensoriumError({ code: 'unknown_channel', what: 'There is no such channel', where: 'sensor', expected: `one of ${names}`, got: show(name) });
  }
  /** Which agents take part in a tick: 1, the default, or 0. A row that does not keeps its state and results. */
  get active(): Uint8Array {
    this.#alive('active');
    return this.#active;
  }
  /** Result columns over the engine's own memory, rewritten by every tick. */
  get results(): Results {
    this.#alive('results');
    return this.#tables.results as unknown as Results;
  }
  /** One value an engine, current after each tick. */
  get statistics(): Statistics {
    this.#alive('statistics');
    return this.#statistics;
  }

  /** One cycle over all active agents at `seconds` on your clock. Equal times pass; a smaller one is an error, and then nothing has changed. */
  tick(seconds: number): void {
    const running = this.#running ?? disposed('tick');
    if (typeof seconds !== 'number') throw wrongType('tick', 'a number of seconds', seconds);
    running.seconds[0] = seconds;
    if (!running.tick()) throw lastError(running.port);
  }

  /** One agent's last cycle as plain values. For many agents read the columns: this makes objects. */
  agent(agent: number): CycleResult {
    this.#alive('agent');
    if (!Number.isInteger(agent) || agent < 0 || agent >= this.#agents) {
      const expected = `a whole number from 0 to ${this.#agents - 1}`;
      throw new SensoriumError({ code: 'agent_out_of_range', what: 'There is no such agent', where: 'agent', expected, got: show(agent) });
    }
    const { fused, confidence, output, anomaly, prediction, flags } = this.results;
    const bits = flags[agent]!;
    return {
      cycle: this.#statistics.cycles,
      time: this.#statistics.time,
      agent,
      fused: fused[agent]!,
      confidence: confidence[agent]!,
      output: output.map((column) => column[agent]!),
      anomaly: bits & Flag.scored
        ? {
            score: anomaly.score[agent]!,
            z: anomaly.z[agent]!,
            severity: severities[anomaly.severity[agent]!]!,
            mean: anomaly.mean[agent]!,
            deviation: anomaly.deviation[agent]!,
          }
        : null,
      prediction: bits & Flag.predicted
        ? { values: prediction.values.map((column) => column[agent]!), confidence: prediction.confidence[agent]!, trend: prediction.trend[agent]! }
        : null,
      lost: this.#modalities.filter((_, index) => bits & (Flag.lost << index)),
    };
  }

  /** What began or ended in the last tick, agent by agent. Read it before the next tick: it looks at the columns as it goes. */
  events(): IterableIterator<SensoriumEvent<ModalityOf<Channel>>> {
    this.#alive('events');
    return this.#scan();
  }

  *#scan(): Generator<SensoriumEvent<ModalityOf<Channel>>, undefined> {
    const { changes, flags, anomaly } = this.#tables.results as unknown as Results;
    const { time, cycles: cycle } = this.#statistics;
    let left = this.#statistics.changed_agents;
    for (let agent = 0; left > 0 && agent < this.#agents; agent++) {
      const changed = changes[agent]!;
      if (changed === 0) continue;
      left--;
      for (const { bit, begin, end } of eventKinds) {
        if (bit === Flag.lost) break;
        if (!(changed & bit)) continue;
        const kind = flags[agent]! & bit ? begin : end;
        yield kind === 'anomaly-begin'
          ? { kind, agent, time, cycle, severity: severities[anomaly.severity[agent]!]! }
          : { kind: kind as 'anomaly-end', agent, time, cycle };
      }
      for (const [index, name] of this.#modalities.entries()) {
        const bit = Flag.lost << index;
        if (changed & bit) yield { kind: flags[agent]! & bit ? 'sensor-lost' : 'sensor-back', agent, time, cycle, sensor: name as ModalityOf<Channel> };
      }
    }
    return undefined;
  }

  /** Writes the readings of the classic load for the next tick: seeded, the same everywhere. It is load to try and to measure with. */
  simulate(seed: number, { pattern = 'dense' }: { readonly pattern?: 'dense' | 'mixed' } = {}): void {
    const { port } = this.#alive('simulate');
    if (typeof seed !== 'number') throw wrongType('simulate', 'a number', seed);
    if (pattern !== 'dense' && pattern !== 'mixed') {
      throw new SensoriumError({ code: 'out_of_range', what: 'There is no such pattern', where: 'simulate', expected: 'dense or mixed', got: show(pattern) });
    }
    if (!port.simulate(seed, pattern === 'mixed')) throw lastError(port);
  }

  /** The engine as after its creation: every row unseen, no readings, all rows active, any time may come next. */
  reset(): void {
    this.#alive('reset').port.reset();
  }

  /** One row as after the engine's creation, for a newcomer in its place. */
  resetAgent(agent: number): void {
    const { port } = this.#alive('resetAgent');
    if (typeof agent !== 'number') throw wrongType('resetAgent', 'a number', agent);
    if (!port.reset_agent(agent)) throw lastError(port);
  }

  /** Lets go of the memory. May be called again; anything else then throws an error of code `disposed`. Columns you still hold keep their values. */
  dispose(): void {
    this.#running?.dispose();
    this.#running = undefined;
  }

  // Declared for types; the method is put there below where the runtime has the symbol.
  declare [Symbol.dispose]: () => void;
}

if (typeof Symbol.dispose === 'symbol') {
  Object.defineProperty(Sensorium.prototype, Symbol.dispose, { value: Sensorium.prototype.dispose, configurable: true, writable: true });
}

function disposed(where: string): never {
  throw new SensoriumError({ code: 'disposed', what: 'The engine was disposed of', where, expected: 'no use after dispose()', got: `a use of ${where}` });
}

function wrongType(where: string, expected: string, value: unknown): SensoriumError {
  return new SensoriumError({ code: 'wrong_type', what: 'The value is of another type', where, expected, got: show(value) });
}

function place(at: Record<string, unknown>, parts: readonly string[], value: unknown): void {
  const last = parts.length - 1;
  for (const part of parts.slice(0, last)) at = (at[part] ??= table()) as Record<string, unknown>;
  at[parts[last]!] = value;
}

function getter(at: Record<string, unknown>, name: string, column: Float64Array): void {
  Object.defineProperty(at, name, { get: () => column[0], enumerable: true });
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

/** createSensorium for a runtime. */
export async function create<Channel extends string = ClassicChannel>(runtime: Runtime, options: SensoriumOptions<Channel> = {}): Promise<Sensorium<Channel>> {
  if (!isObject(options)) throw wrongType('createSensorium', 'an object of options', options);
  const { backend = 'auto', isa, wasm, ...rest } = options as SensoriumOptions;
  if (!backendNames.includes(backend)) {
    const code: ErrorCode = typeof backend === 'string' ? 'out_of_range' : 'wrong_type';
    throw new SensoriumError({ code, what: 'There is no such backend', where: 'backend', expected: `one of ${backendNames.join(', ')}`, got: show(backend) });
  }
  if (isa !== undefined && typeof isa !== 'string') throw wrongType('isa', 'text', isa);
  const settings = flatten(rest);
  return new Sensorium<Channel>(await start(runtime, backend, wasm, settings, isa ?? runtime.isa()));
}

async function start(runtime: Runtime, backend: string, wasm: WasmSource | undefined, settings: readonly Setting[], isa: string): Promise<Running> {
  if (backend === 'wasm') return (await runtime.wasm(wasm)).create(settings, isa);
  let native: Backend;
  try {
    native = runtime.native();
  } catch (error) {
    if (backend === 'native') throw error;
    return (await runtime.wasm(wasm)).create(settings, isa);
  }
  try {
    return await native.create(settings, isa);
  } catch (error) {
    // "wasm" is an instruction set that only the other backend has.
    if (backend === 'native' || !(error instanceof SensoriumError) || error.code !== 'unknown_isa') throw error;
    try {
      return await (await runtime.wasm(wasm)).create(settings, isa);
    } catch {
      throw error;
    }
  }
}
