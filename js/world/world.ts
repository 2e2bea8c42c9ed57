/// <reference lib="esnext.disposable" preserve="true" />
// The simulated world's facade: names, views and errors over its WebAssembly module. Columns cross the boundary, never agents.
import { lastError, viewOf, type View } from '../backend.ts';
import { failure, isPlain, kindOf, SensoriumError, show } from '../errors.ts';
import type { Fetch } from '../wasm-source.ts';
import { faults, incidents, modalities, situations, type Modality } from '../world.gen.ts';
import { startWorld } from './module.ts';
import type { RunningWorld } from './port.ts';
import { checkArgument, number, numberOf, settingsOf, wrongValue } from './settings.ts';
import type { AgentTruth, Axes, FaultToInject, IncidentToHappen, Obstacle, Scene, Timing, Truth, Watcher, WorldInterval, WorldOptions, WorldOptionsInUse, WorldSensors } from './types.ts';

/** What a seed is for: detectors and models are made with training seeds and judged on unseen ones. */
export type Split = 'training' | 'unseen';

export function splitOf(seed: number): Split {
  if (!Number.isSafeInteger(seed) || seed < 0) throw wrongValue('splitOf', 'a whole number from 0 to 2^53 - 1', seed);
  return seed % 2 === 0 ? 'training' : 'unseen';
}

/** To the port. */
const everyAgent = -1;
/** In the intervals, of an incident as such. */
const noAgent = 2 ** 32 - 1;
const incidentCode = 64;

interface Pair {
  readonly from: View;
  readonly to: View;
}

interface State {
  readonly running: RunningWorld;
  readonly sensors: WorldSensors;
  readonly position: Axes;
  readonly heading: Axes;
  readonly truth: Truth;
  readonly scene: Scene;
  readonly ticks: Float64Array;
  readonly time: Float64Array;
  readonly begun: Float64Array;
  readonly hour: Float64Array;
  readonly light: Float64Array;
  readonly rain: Float64Array;
  readonly obstacles: readonly Obstacle[];
  /** What an engine may know: the columns by their names, "sensors.lidar.points". */
  readonly known: ReadonlyMap<string, View>;
  /** What is copied into which engine. */
  readonly pairs: WeakMap<object, readonly Pair[]>;
}

function table(): Record<string, unknown> {
  return Object.create(null) as Record<string, unknown>;
}

function put(at: Record<string, unknown>, parts: readonly string[], value: View): void {
  const last = parts.length - 1;
  for (const part of parts.slice(0, last)) at = (at[part] ??= table()) as Record<string, unknown>;
  at[parts[last]!] = value;
}

function freeze(value: unknown): void {
  if (ArrayBuffer.isView(value)) return;
  for (const inner of Object.values(value as object)) freeze(inner);
  Object.freeze(value);
}

function stateOf(running: RunningWorld): State {
  const all = table();
  const known = new Map<string, View>();
  for (const column of running.columns) {
    const view = viewOf(running, column, 0);
    put(all, column.name.split('.'), view);
    if (/^(?:sensors|position|heading)\./.test(column.name)) known.set(column.name, view);
  }
  freeze(all);
  const { sensors, position, heading, truth, scene, statistics } = all as unknown as {
    sensors: WorldSensors;
    position: Axes;
    heading: Axes;
    truth: Truth;
    scene: Scene;
    statistics: Record<'ticks' | 'time' | 'intervals' | 'obstacles' | 'hour' | 'light' | 'rain', Float64Array>;
  };
  const { ticks, time, intervals: begun, hour, light, rain } = statistics;
  const obstacles = obstaclesOf(scene.obstacles, statistics.obstacles[0]!);
  return { running, sensors, position, heading, truth, scene, ticks, time, begun, hour, light, rain, obstacles, known, pairs: new WeakMap() };
}

function obstaclesOf(values: Float32Array, count: number): readonly Obstacle[] {
  const one = (index: number): Obstacle => {
    const [x, y, cosine, sine, half_x, half_y, top, round] = values.subarray(8 * index, 8 * index + 8) as unknown as number[];
    return Object.freeze({ x: x!, y: y!, cosine: cosine!, sine: sine!, half_x: half_x!, half_y: half_y!, top: top!, round: round === 1 });
  };
  return Object.freeze(Array.from({ length: count }, (_, index) => one(index)));
}

/** A seeded site with agents, what their sensors read, and the truth. Make one with createWorld(). */
export class World {
  #state: State | undefined;
  readonly #options: WorldOptionsInUse;

  /** @internal */
  constructor(running: RunningWorld, options: WorldOptionsInUse) {
    this.#state = stateOf(running);
    this.#options = Object.freeze({ ...options, intervals: this.#state.truth.intervals.what.length });
  }

  get options(): WorldOptionsInUse {
    return this.#options;
  }
  get agents(): number {
    return this.#options.agents;
  }
  /** The instruction set in use. */
  get isa(): string {
    return (this.#state ?? disposed('isa')).running.port.isa();
  }
  /** Bytes of the world's block. */
  get bytes(): number {
    return (this.#state ?? disposed('bytes')).running.bytes;
  }

  /** One tick of 1 / rate seconds. Columns then hold the readings that are delivered at `time`, and the truth at `time`. */
  step(): void {
    (this.#state ?? disposed('step')).running.port._sensorium_world_step();
  }

  /** Ticks so far. */
  get ticks(): number {
    return (this.#state ?? disposed('ticks')).ticks[0]!;
  }
  /** Seconds since tick 0. */
  get time(): number {
    return (this.#state ?? disposed('time')).time[0]!;
  }
  /** Time of day, 0 to 24 h. */
  get hour(): number {
    return (this.#state ?? disposed('hour')).hour[0]!;
  }
  /** lx on level ground. */
  get light(): number {
    return (this.#state ?? disposed('light')).light[0]!;
  }
  /** mm/h. */
  get rain(): number {
    return (this.#state ?? disposed('rain')).rain[0]!;
  }

  /** What the sensors read at this tick, columns over the world's own memory, `agents` long. NaN: no reading. */
  get sensors(): WorldSensors {
    return (this.#state ?? disposed('sensors')).sensors;
  }
  /** Where the agents say they are, m. */
  get position(): Axes {
    return (this.#state ?? disposed('position')).position;
  }
  /** Where the agents look. */
  get heading(): Axes {
    return (this.#state ?? disposed('heading')).heading;
  }
  /** What is so. writeTo() never copies any of it. */
  get truth(): Truth {
    return (this.#state ?? disposed('truth')).truth;
  }
  get scene(): Scene {
    return (this.#state ?? disposed('scene')).scene;
  }
  get obstacles(): readonly Obstacle[] {
    return (this.#state ?? disposed('obstacles')).obstacles;
  }

  /** One agent at this tick. For many agents read the columns: this makes objects. */
  agent(agent: number): AgentTruth {
    const { truth, time } = this.#state ?? disposed('agent');
    const { agents } = this.#options;
    if (!Number.isInteger(agent) || agent < 0 || agent >= agents) {
      throw failure('agent_out_of_range', 'There is no such agent', 'agent', `a whole number from 0 to ${agents - 1}`, show(agent));
    }
    const [wrong, about] = [truth.faults[agent]!, truth.incidents[agent]!];
    const numbers = modalities.map((modality, m) => [modality, (wrong >>> (8 * m)) & 0xff] as const).filter(([, fault]) => fault > 0);
    return {
      agent,
      time: time[0]!,
      position: { x: truth.position.x[agent]!, y: truth.position.y[agent]!, z: truth.position.z[agent]! },
      heading: truth.heading[agent]!,
      situation: situations[truth.situation[agent]!]!,
      faults: Object.fromEntries(numbers.map(([modality, fault]) => [modality, faults[fault]!])),
      incidents: incidents.filter((_, i) => about & (1 << i)),
    };
  }

  /** How many of intervals() have begun. */
  get begun(): number {
    return (this.#state ?? disposed('begun')).begun[0]!;
  }
  /** The true anomalies of agents, and the incidents as such, in the order of beginning, from number `from` on, a whole one; the last `options.intervals` are kept. Makes an object each. */
  *intervals(from = 0): Generator<WorldInterval, undefined> {
    const { truth, begun } = this.#state ?? disposed('intervals');
    if (!Number.isSafeInteger(from) || from < 0) throw wrongValue('intervals', 'a whole number from 0 on', from);
    const { what, agent, from: begin, to, magnitude, x, y } = truth.intervals;
    const room = what.length;
    for (let number = Math.max(from, begun[0]! - room); number < begun[0]!; number++) {
      const row = number % room;
      const when = { number, from: begin[row]!, to: to[row]!, x: x[row]!, y: y[row]! };
      const [code, who] = [what[row]!, agent[row]!];
      if (code >= incidentCode) yield { ...when, kind: 'incident', agent: who === noAgent ? undefined : who, incident: incidents[code - incidentCode]! };
      else yield { ...when, kind: 'fault', agent: who, modality: modalities[code >> 4]!, fault: faults[code & 15]!, magnitude: magnitude[row]! };
    }
    return undefined;
  }

  /**
   * Writes this tick's readings, their times, positions and headings into the engine's input columns of the same name. Columns that the
   * engine lacks are passed over. The engine has as many agents, or nothing is written.
   */
  writeTo(engine: Watcher): void {
    const state = this.#state ?? disposed('writeTo');
    if (!isTable(engine) || typeof engine.agents !== 'number' || !isTable(engine.sensors)) {
      throw failure('wrong_type', 'The value is of another type', 'writeTo', 'an engine, as createSensorium() makes it', show(engine));
    }
    if (engine.agents !== this.#options.agents) {
      throw failure('wrong_count', 'The engine has another number of agents', 'writeTo', `${this.#options.agents}`, `${engine.agents}`);
    }
    let pairs = state.pairs.get(engine);
    if (!pairs) state.pairs.set(engine, (pairs = pairsOf(state.known, engine)));
    for (let i = 0; i < pairs.length; i++) pairs[i]!.to.set(pairs[i]!.from);
  }

  /** Makes a sensor faulty from the next tick on. It takes the place of the fault that the modality has. */
  inject(order: FaultToInject): void {
    const { port } = (this.#state ?? disposed('inject')).running;
    checkArgument(order, 'inject', ['agent', 'modality', 'fault', 'magnitude', 'seconds']);
    const { agent, modality, fault, magnitude = 1, seconds } = order;
    // The port's number for every agent is also what a search finds that fails, so nobody says it in numbers.
    if (agent !== undefined && !(Number.isInteger(agent) && agent >= 0 && agent < this.agents)) {
      throw failure('agent_out_of_range', 'There is no such agent', 'inject.agent', `a whole number from 0 to ${this.agents - 1}, or nothing for every agent`, show(agent));
    }
    numberOf(modalities, modality, 'inject.modality');
    numberOf(faults, fault, 'inject.fault');
    const amounts = [number(magnitude, 'inject.magnitude'), number(seconds, 'inject.seconds')] as const;
    if (!port.inject(agent ?? everyAgent, modality, fault, ...amounts)) throw lastError(port);
  }

  /** Lets something happen from the next tick on. It takes the place of the one of its kind that is going on. */
  happen(order: IncidentToHappen): void {
    const { port } = (this.#state ?? disposed('happen')).running;
    checkArgument(order, 'happen', ['incident', 'x', 'y', 'seconds']);
    const { incident, x, y, seconds = 30 } = order;
    const place = [number(x, 'happen.x'), number(y, 'happen.y'), number(seconds, 'happen.seconds')] as const;
    numberOf(incidents, incident, 'happen.incident');
    if (!port.happen(incident, ...place)) throw lastError(port);
  }

  timing(modality: Modality): Timing {
    const { port } = (this.#state ?? disposed('timing')).running;
    const number = numberOf(modalities, modality, 'timing');
    return { rate: port.rate(number), latency: port.latency(number) };
  }

  /** Lets go of the memory. It may be called again; all else is then an error of code `disposed`. Columns you hold keep their values. */
  dispose(): void {
    this.#state = undefined;
  }

  // Declared for types; the method is put there below where the runtime has the symbol.
  declare [Symbol.dispose]: () => void;
}

if (typeof Symbol.dispose === 'symbol') {
  Object.defineProperty(World.prototype, Symbol.dispose, { value: World.prototype.dispose, configurable: true, writable: true });
}

/** The world's columns that an engine has too, by name and type. */
function pairsOf(known: ReadonlyMap<string, View>, engine: Watcher): Pair[] {
  const groups: Record<string, object | undefined> = {
    sensors: engine.sensors,
    position: present(() => engine.position),
    heading: present(() => engine.heading),
  };
  const pairs: Pair[] = [];
  for (const [name, from] of known) {
    const to = name.split('.').reduce((at: unknown, part) => (isTable(at) && part in at ? present(() => at[part]) : undefined), groups);
    if (ArrayBuffer.isView(to) && kindOf(to) === kindOf(from)) pairs.push({ from, to: to as View });
  }
  return pairs;
}

const isTable = (value: unknown): value is Record<string, unknown> => typeof value === 'object' && value !== null && !ArrayBuffer.isView(value);

/** Columns that the engine's options may not bring. */
function present<T>(get: () => T): T | undefined {
  try {
    return get();
  } catch (error) {
    if (error instanceof SensoriumError && error.code === 'absent_column') return undefined;
    throw error;
  }
}

function disposed(where: string): never {
  throw failure('disposed', 'The world was disposed of', where, 'no use after dispose()', `a use of ${where}`);
}

/** createWorld for a runtime. */
export async function create(fetch: Fetch, options: WorldOptions = {}): Promise<World> {
  if (!isPlain(options)) throw failure('wrong_type', 'The value is of another type', 'createWorld', 'an object of options', show(options));
  const { isa = '', wasm, ...rest } = options as WorldOptions;
  if (typeof isa !== 'string') throw failure('wrong_type', 'The option is of another type', 'isa', 'text', show(isa));
  const { given, inUse } = settingsOf(rest);
  // No name is so long, and the module's memory for texts is small.
  return new World(await startWorld(wasm, fetch, given, isa.slice(0, 100)), inUse);
}
