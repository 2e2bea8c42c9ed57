// The simulated world and the engine that senses it, tick by tick; and the classic tick in plain JavaScript beside it where both are
// compared.
import { createSensorium, type Sensorium } from 'sensorium';
import { createWorld, faults, incidents, modalities, situations, type World } from 'sensorium/world';
import type { Picture } from '../map/picture.ts';
import { PlainClassic } from '../plain/classic.ts';
import type { Happening, Look, Meter } from '../protocol.ts';
import { radius } from '../radius.ts';
import type { Settings } from '../settings.ts';
import { AgentView } from './agent-view.ts';
import { Recent, type Scene, type Sight, type Taken, type Tell } from './scene.ts';
import { drawWeights, networkOf } from './weights.ts';

const nearest = 8;
/** A second is recent; sensors are noisy, and sixty times a second even rare noise comes often. */
const detection = { window: 60, min_samples: 30, low: 4, medium: 5, high: 6 };
/** An anomaly that comes again within a second is the same one, and who passes by for a moment is no company. */
const events = { anomaly: { off_delay: 1 }, neighbor: { on_delay: 1, off_delay: 1 } };
/** Ticks from one reading of the map of places to the next, and from one step of the trail to the next. */
const placesEvery = 60;
/** Metres about what one looks at; from farther away places are clutter. */
const placesSight = 150;
const noPlaces: Picture['places'] = { count: 0, x: new Float32Array(), y: new Float32Array(), links: new Uint32Array() };
/** What of the past is kept of everyone, for whoever asks what an agent was aware of: so many bytes an agent and tick, and in all. */
const remembered = { columns: ['fused', 'confidence', 'anomaly.z', 'anomaly.severity'], each: 13, all: 8 * 2 ** 20 };
/** Seconds that the map marks an event, as many as the charts are long. */
const marked = 10;
const trailEvery = 6;
const trailLength = 300;

interface Compared {
  /** The engine without neighbours and places, which is what plain JavaScript does too. */
  readonly bare: Sensorium<string>;
  readonly plain: PlainClassic;
  readonly took: { readonly bare: Recent; readonly plain: Recent };
}

export class WorldScene implements Scene {
  readonly kind = 'world';
  readonly thresholds = [detection.low, detection.medium, detection.high] as const;
  readonly tickSeconds = 1 / 60;
  readonly weights = drawWeights(4, 1);
  settings: Settings;
  readonly world: World;
  readonly engine: Sensorium<string>;
  #comparing = false;
  #compared: Compared | undefined;
  readonly #view: AgentView;
  readonly #took = { world: new Recent(), engine: new Recent() };
  #trail: number[] = [];
  #event: { readonly place: Picture['event']; readonly until: number } | null = null;
  #places = noPlaces;
  /** Where one looked when places were read, and in which tick. */
  #placesRead: { readonly sight: Sight; readonly cycle: number } | undefined;

  private constructor(settings: Settings, world: World, engine: Sensorium<string>) {
    this.settings = settings;
    this.world = world;
    this.engine = engine;
    this.#view = new AgentView(engine, this.weights, settings.agent);
  }

  static async open(settings: Settings): Promise<WorldScene> {
    const { world: name, agents, seed, engine: isa } = settings;
    const weights = drawWeights(4, 1);
    const readings = { timed: true, columns: true } as const;
    // Were there fewer places than agents, some would be founded and forgotten at every tick.
    const map = { capacity: Math.min(Math.max(4 * agents, 4096), 65_536), merge_radius: 6, link_radius: 12 };
    const history = { depth: Math.min(Math.floor(remembered.all / (remembered.each * agents)), 600), columns: remembered.columns };
    // Both are fetched at once.
    const [world, engine] = await Promise.all([
      createWorld({ world: name, agents, seed }),
      createSensorium<string>({ agents, isa, network: networkOf(weights), readings, detection, events, neighbors: { k: nearest, radius }, map, history }),
    ]);
    const scene = new WorldScene(settings, world, engine);
    await scene.compare(settings.compare);
    return scene;
  }

  /** Has the classic tick run beside the world, in the engine and in plain JavaScript, from now on or no more. */
  async compare(wanted: boolean): Promise<void> {
    if (wanted === this.#comparing) return;
    this.#comparing = wanted;
    this.#compared?.bare.dispose();
    this.#compared = undefined;
    if (!wanted) return;
    const { weights, agents } = this;
    const bare = await createSensorium<string>({ agents, isa: this.settings.engine, network: networkOf(weights) });
    // Meanwhile it may be wanted no more, or again.
    if (!this.#comparing || this.#compared) return bare.dispose();
    this.#compared = { bare, plain: new PlainClassic(agents, weights), took: { bare: new Recent(), plain: new Recent() } };
  }

  get agents(): number {
    return this.settings.agents;
  }
  get time(): number {
    return this.world.time;
  }

  step(tell: Tell): boolean {
    const { world, engine } = this;
    const took = this.#took;
    const begin = performance.now();
    world.step();
    world.writeTo(engine);
    const sensed = performance.now();
    this.#view.readInputs();
    const read = performance.now();
    engine.tick(world.time);
    const understood = performance.now();
    took.world.add(begin, sensed);
    took.engine.add(read, understood);
    if (this.#compared) this.#tickBoth(this.#compared);
    const { x, y } = world.position;
    for (const event of engine.events()) tell(event, x[event.agent], y[event.agent]);
    this.#view.note(world.time);
    const { cycles } = engine.statistics;
    if (cycles % trailEvery === 0) this.#leaveTrail();
    return true;
  }

  #tickBoth({ bare, plain, took }: Compared): void {
    const { world } = this;
    world.writeTo(bare);
    const begin = performance.now();
    bare.tick(world.time);
    const middle = performance.now();
    const { visual, lidar, audio, imu } = world.sensors;
    plain.tick(world.time, visual.objects, lidar.points, audio.amplitude, imu.accel_x);
    took.plain.add(middle, performance.now());
    took.bare.add(begin, middle);
  }

  #leaveTrail(): void {
    const { x, y } = this.world.position;
    this.#trail.push(x[this.#view.agent]!, y[this.#view.agent]!);
    if (this.#trail.length > 2 * trailLength) this.#trail.splice(0, 2);
  }

  /** Places within sight and links between them, now and then. */
  #placesIn(sight: Sight): Picture['places'] {
    if (sight.radius > placesSight) return noPlaces;
    const { cycles } = this.engine.statistics;
    const last = this.#placesRead;
    const moved = !last || Math.hypot(sight.x - last.sight.x, sight.y - last.sight.y) + Math.abs(sight.radius - last.sight.radius) > sight.radius / 8;
    if (!moved && cycles < last.cycle + placesEvery) return this.#places;
    this.#placesRead = { sight, cycle: cycles };
    const { places } = this.engine;
    const all = places.export();
    const reach = 1.25 * sight.radius;
    const seen = Array.from(all.id.keys()).filter((i) => Math.hypot(all.x[i]! - sight.x, all.y[i]! - sight.y) <= reach);
    const numbers = new Map(seen.map((i, number) => [all.id[i]!, number]));
    const links: number[] = [];
    seen.forEach((i, number) => {
      for (const linked of places.links(all.id[i]!).ids) {
        const other = numbers.get(linked);
        if (other !== undefined && other > number) links.push(number, other);
      }
    });
    const column = (values: Float32Array) => Float32Array.from(seen, (i) => values[i]!);
    return (this.#places = { count: seen.length, x: column(all.x), y: column(all.y), links: Uint32Array.from(links) });
  }

  choose(agent: number): void {
    this.#view.choose(agent);
    this.#trail = [];
    this.#event = null;
  }

  revisit({ x, y }: Happening): void {
    this.#event = { place: [x!, y!], until: this.time + marked };
  }

  takeSamples(): Taken {
    return this.#view.takeSamples();
  }

  /** The agent nearest to a place. */
  nearestTo(x: number, y: number): number {
    const { position } = this.world;
    let best = Infinity;
    let found = this.#view.agent;
    for (let i = 0; i < this.agents; i++) {
      const distance = (position.x[i]! - x) ** 2 + (position.y[i]! - y) ** 2;
      if (distance < best) [best, found] = [distance, i];
    }
    return found;
  }

  look(): Look {
    const { engine, world } = this;
    const { agent } = this.#view;
    const { position, heading, truth } = world;
    const { count, nearest: near } = engine.agent(agent).neighbors!;
    const wrong = truth.faults[agent]!;
    return {
      ...this.#view.look(),
      neighbors: {
        count,
        nearest: near.map((other) => ({ ...other, x: position.x[other.agent]! - position.x[agent]!, y: position.y[other.agent]! - position.y[agent]! })),
        heading: [heading.x[agent]!, heading.y[agent]!],
      },
      truth: {
        situation: situations[truth.situation[agent]!]!,
        faults: modalities.flatMap((modality, m) => {
          const fault = (wrong >> (8 * m)) & 255;
          return fault ? [`${modality} ${faults[fault]!}`] : [];
        }),
        incidents: incidents.filter((_, i) => truth.incidents[agent]! & (1 << i)),
      },
    };
  }

  picture(sight: Sight): Picture {
    const { engine, world, settings } = this;
    const { agent } = this.#view;
    const { x, y } = world.position;
    const { results } = engine;
    const { index, valid } = results.neighbors;
    const neighbors: number[] = [];
    for (let i = 0; i < valid[agent]!; i++) {
      const other = index[agent * nearest + i]!;
      neighbors.push(x[other]!, y[other]!);
    }
    const { sources, sounding, intruder } = world.scene;
    const sounds: number[] = [];
    sounding.forEach((on, i) => on && sounds.push(sources[4 * i]!, sources[4 * i + 1]!));
    const values = { situation: world.truth.situation, anomaly: results.anomaly.severity, confidence: results.confidence }[settings.colouring];
    return {
      agents: settings.agents,
      x,
      y,
      active: engine.active,
      colouring: settings.colouring,
      values,
      places: this.#placesIn(sight),
      chosen: { agent, x: x[agent]!, y: y[agent]!, radius, neighbors, trail: this.#trail },
      event: this.#event && this.time < this.#event.until ? this.#event.place : null,
      sounds,
      intruder: Number.isNaN(intruder[0]!) ? null : [intruder[0]!, intruder[1]!],
    };
  }

  took() {
    const { world, engine } = this.#took;
    return { world: world.mean, engine: engine.mean, compared: this.#compared ? comparison(this.#compared.took) : null };
  }

  dispose(): void {
    this.engine.dispose();
    this.world.dispose();
    void this.compare(false);
  }
}

const comparison = ({ bare, plain }: Compared['took']): Meter['compared'] => ({ engine: bare.mean, plain: plain.mean, measured: bare.measured && plain.measured });
