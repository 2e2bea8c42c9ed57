// What goes into a world and what comes out of it, as JavaScript has it.
import type { Sensorium, Sensors } from '../engine.ts';
import type { ClassicChannel } from '../schema.gen.ts';
import type { WasmSource } from '../wasm-source.ts';
import type { Fault, Incident, Modality, Situation, WorldName } from '../world.gen.ts';

/** What a world can be told; what is left out has its default. */
export interface WorldOptions {
  /** Default: plaza. */
  readonly world?: WorldName | undefined;
  /** Range: 1 to 100000. Default: 100. */
  readonly agents?: number | undefined;
  /** Even: for training, odd: unseen; see splitOf(). Range: 0 to 2^53 - 1. Default: 0. */
  readonly seed?: number | undefined;
  /** Ticks a second of the world. Range: 10 to 1000. Unit: Hz. Default: 60. */
  readonly rate?: number | undefined;
  /** Time of day at tick 0. Range: 0 to 24. Unit: h. Default: the world's own. */
  readonly hour?: number | undefined;
  /** Rain, all the time; under a roof (warehouse) there is none. Range: 0 to 100. Unit: mm/h. Default: the world's own weather. */
  readonly rain?: number | undefined;
  /** Times the world's own frequency of sensor faults; 0: none. Range: 0 to 1000. Default: 1. */
  readonly faults?: number | undefined;
  /** Times the world's own frequency of intruders, explosions and crushes; 0: none. Range: 0 to 1000. Default: 1. */
  readonly incidents?: number | undefined;
  /** True intervals that are kept; 0: 4,096 and 16 an agent. Range: 0 to 4194304. Default: 0. */
  readonly intervals?: number | undefined;
  /** The instruction set: "wasm" or "scalar". Default: the best there is. */
  readonly isa?: string | undefined;
  /** Where the WebAssembly module comes from. Default: the file beside this package's code. */
  readonly wasm?: WasmSource | undefined;
}

/** Every option as it is; NaN where the world's own file decides. */
export type WorldOptionsInUse = Required<Omit<WorldOptions, 'isa' | 'wasm'>>;

/**
 * One true anomaly of one agent, or one incident as such, from the first tick at which it is so to the first at which it is so no more;
 * Infinity while it lasts.
 */
export type WorldInterval = {
  /** Counted from 0 in the order of beginning. */
  readonly number: number;
  readonly from: number;
  readonly to: number;
  /** Where the agent, or the incident, was when it began. Unit: m. */
  readonly x: number;
  readonly y: number;
} & (
  | { readonly kind: 'fault'; readonly agent: number; readonly modality: Modality; readonly fault: Fault; readonly magnitude: number }
  /** Without an agent: the incident as such, whoever notices it. */
  | { readonly kind: 'incident'; readonly agent: number | undefined; readonly incident: Incident }
);

export interface FaultToInject {
  /** Left out: every agent. */
  readonly agent?: number | undefined;
  readonly modality: Modality;
  /** none heals. */
  readonly fault: Fault;
  /** In the fault's own unit; see Fault. Range: 0 to 1e6. Default: 1. */
  readonly magnitude?: number | undefined;
  /** Range: 0 to 1e6. Unit: s. */
  readonly seconds: number;
}

export interface IncidentToHappen {
  readonly incident: Incident;
  /** Where on the site. Unit: m. */
  readonly x: number;
  readonly y: number;
  /** An explosion has its own duration. Range: 0 to 3600. Unit: s. Default: 30. */
  readonly seconds?: number | undefined;
}

/** How a sensor of this world keeps time. */
export interface Timing {
  /** Readings a second, as declared; a world of fewer ticks a second reads at each tick. */
  readonly rate: number;
  /** Seconds from the measurement to the tick that has the reading. */
  readonly latency: number;
}

/** A disc, or a rectangle around its centre, turned and upright. */
export interface Obstacle {
  readonly x: number;
  readonly y: number;
  /** Of the rectangle's turn. */
  readonly cosine: number;
  readonly sine: number;
  /** Unit: m; of a disc both are its radius. */
  readonly half_x: number;
  readonly half_y: number;
  /** Height above the zero of position.z, m. */
  readonly top: number;
  readonly round: boolean;
}

export interface Axes {
  readonly x: Float32Array;
  readonly y: Float32Array;
  readonly z: Float32Array;
}

/** When each modality's reading was measured, s; NaN: no reading at this tick. */
interface Times {
  readonly time: Float64Array;
}

/** What the sensors read: NaN where they deliver nothing at this tick. */
export type WorldSensors = Sensors<ClassicChannel> & { readonly [M in Modality]: Times };

/** What is so, whatever the sensors say. */
export interface Truth {
  /** m. */
  readonly position: Axes;
  /** m/s. */
  readonly velocity: Axes;
  /** rad, -pi to pi, from x towards y. */
  readonly heading: Float32Array;
  /** Numbers of `situations`. */
  readonly situation: Uint8Array;
  /** Byte m is the number of the fault, in `faults`, of modality m. */
  readonly faults: Uint32Array;
  /** Bit i: incident i of `incidents` is about the agent. */
  readonly incidents: Uint8Array;
  /** The last true anomalies; intervals() reads them. */
  readonly intervals: {
    readonly what: Uint32Array;
    /** 2^32 - 1: an incident as such. */
    readonly agent: Uint32Array;
    readonly from: Float64Array;
    readonly to: Float64Array;
    readonly magnitude: Float32Array;
    readonly x: Float32Array;
    readonly y: Float32Array;
  };
}

/** The site, for people who want to see it. Rows beyond what there is hold zeros or NaN. */
export interface Scene {
  /** Eight numbers each, as Obstacle. */
  readonly obstacles: Float32Array;
  /** Where agents gather and work: x, y. */
  readonly spots: Float32Array;
  /** Sound sources: x, y, squared pressure at 1 m in Pa^2, frequency in Hz. */
  readonly sources: Float32Array;
  /** Which of them sound: 1. */
  readonly sounding: Uint8Array;
  /** Where the intruder is: x, y; NaN while there is none. */
  readonly intruder: Float32Array;
}

/** A Sensorium engine, of whatever channels. */
export type Watcher = Pick<Sensorium, 'agents' | 'position' | 'heading'> & { readonly sensors: object };

/** One agent at this tick, readable, for people and logs. */
export interface AgentTruth {
  agent: number;
  time: number;
  position: { x: number; y: number; z: number };
  heading: number;
  situation: Situation;
  faults: Partial<Record<Modality, Fault>>;
  incidents: Incident[];
}
