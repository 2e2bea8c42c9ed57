// What the worker shows, whatever it comes from: the simulated world, live sensors, or a recording.
import type { Sensorium, SensoriumEvent } from 'sensorium';
import type { World } from 'sensorium/world';
import type { Picture } from '../map/picture.ts';
import type { Happening, Look, Meter, Sample, Timeline } from '../protocol.ts';
import type { Settings, Source } from '../settings.ts';
import type { Weights } from './weights.ts';

/** Told of an event, and where there is a map of where its agent is. */
export type Tell = (event: SensoriumEvent, x?: number, y?: number) => void;

export interface Taken {
  readonly samples: readonly Sample[];
  /** They are of another agent, or of another part of the recording, than those before. */
  readonly fresh: boolean;
}

/** What the map shows: so many metres about a point. */
export interface Sight {
  readonly x: number;
  readonly y: number;
  readonly radius: number;
}

export interface Scene {
  readonly kind: Source;
  settings: Settings;
  readonly engine: Sensorium<string>;
  readonly agents: number;
  /** What the recording calls its agents. */
  readonly names?: readonly string[];
  readonly weights: Weights;
  readonly thresholds: readonly [low: number, medium: number, high: number];
  /** Seconds from one tick to the next; 0: ticks come when there are readings. */
  readonly tickSeconds: number;
  readonly time: number;
  /** False where there was no tick, for want of readings. */
  step(tell: Tell): boolean;
  choose(agent: number): void;
  /** Shows what was then, where more than what the charts show has to change. */
  revisit?(event: Happening): void;
  takeSamples(): Taken;
  look(): Look;
  /** The simulated world has a map. */
  readonly world?: World;
  picture?(sight: Sight): Picture;
  /** A recording has a beginning and an end. */
  readonly timeline?: Timeline;
  /** Mean milliseconds a tick of late: of the world, the engine, and of both sides where they are compared. */
  took(): Pick<Meter, 'world' | 'engine' | 'compared'>;
  dispose(): void;
}

/** The mean length of what happened in a second: the last whole one, or the first as far as it went. */
export class Recent {
  #since = 0;
  #sum = 0;
  #count = 0;
  #seen = 0;
  #last: number | undefined;
  /** Whether the clock, whose steps may be longer than what is timed, says something of it; undefined before the first whole second. */
  measured: boolean | undefined;

  /** Of something that began and ended at these times, ms. */
  add(begin: number, end: number): void {
    if (this.#count === 0) this.#since = begin;
    this.#sum += end - begin;
    this.#count++;
    if (end > begin) this.#seen++;
    if (end - this.#since < 1000) return;
    this.#last = this.#sum / this.#count;
    // Of 60 ticks, 15 that were seen to take a step of the clock tell the mean within a quarter.
    this.measured = this.#seen >= this.#count / 4;
    this.#sum = this.#count = this.#seen = 0;
  }
  get mean(): number {
    return this.#last ?? (this.#count > 0 ? this.#sum / this.#count : 0);
  }
}
