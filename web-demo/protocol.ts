// What the page and its worker tell each other. The world, the engine and the drawing are the worker's: columns never cross, only
// what is shown of one agent, the meter, and events.
import type { SensoriumEvent } from 'sensorium';
import type { Fault, Incident, Modality } from 'sensorium/world';
import type { Palette } from './map/picture.ts';
import type { Mapping, Preview } from './scenes/csv.ts';
import type { Settings, Source } from './settings.ts';

/** An event, and on a map where the agent was. */
export type Happening = SensoriumEvent & { readonly x?: number; readonly y?: number };

/** What the page can measure of its visitor's surroundings. */
export type LiveChannel =
  | 'microphone.level' | 'microphone.frequency'
  | 'camera.brightness' | 'camera.motion'
  | 'device.acceleration' | 'device.rotation';

/** Page to worker. */
export type Order =
  | { readonly type: 'open'; readonly canvas: OffscreenCanvas; readonly ratio: number; readonly palette: Palette; readonly settings: Settings; readonly running: boolean }
  /** What is set; a simulated world also begins, if it is not there. */
  | { readonly type: 'change'; readonly settings: Settings }
  | { readonly type: 'live' }
  /** Another agent of a scene that is not the simulated world. */
  | { readonly type: 'choose'; readonly agent: number }
  /** Back to an event of the agent that was chosen last. */
  | { readonly type: 'revisit'; readonly event: Happening }
  | { readonly type: 'reading'; readonly seconds: number; readonly readings: Partial<Record<LiveChannel, number>> }
  | { readonly type: 'preview'; readonly file: File }
  | { readonly type: 'recording'; readonly file: File; readonly preview: Preview; readonly mapping: Mapping }
  | { readonly type: 'seek'; readonly position: number }
  | { readonly type: 'results' }
  | { readonly type: 'run'; readonly running: boolean }
  | { readonly type: 'step' }
  | { readonly type: 'resize'; readonly ratio: number; readonly width: number; readonly height: number }
  | { readonly type: 'palette'; readonly palette: Palette }
  | { readonly type: 'pan'; readonly right: number; readonly down: number }
  | { readonly type: 'zoom'; readonly factor: number; readonly column: number; readonly row: number }
  | { readonly type: 'fit' }
  | { readonly type: 'follow'; readonly following: boolean }
  | { readonly type: 'pick'; readonly column: number; readonly row: number }
  | { readonly type: 'fault'; readonly modality: Modality; readonly fault: Fault; readonly everyone: boolean; readonly magnitude: number; readonly seconds: number }
  | { readonly type: 'incident'; readonly incident: Incident; readonly seconds: number }
  /** The last frame was taken in: the next may come. */
  | { readonly type: 'taken' };

/** One sensor of the agent as the engine has it. */
export interface Sensed {
  readonly channel: string;
  /** The last reading, in its own unit; null before the first. */
  readonly value: number | null;
  /** Seconds since it was read; null before the first. */
  readonly age: number | null;
  /** Its weight in fusion now, and the feature it makes; null where it is not fused. */
  readonly weight: number | null;
  readonly feature: number | null;
  readonly lost: boolean;
}

/** One tick of the agent, for the charts. */
export interface Sample {
  readonly time: number;
  readonly fused: number;
  readonly confidence: number;
  readonly z: number | null;
  readonly severity: number;
  /** Expected 1, 2 … ticks ahead; empty where there is none. */
  readonly predicted: readonly number[];
}

export interface Look {
  readonly agent: number;
  readonly sensors: readonly Sensed[];
  readonly fused: number;
  readonly confidence: number;
  /** The network, layer by layer, the features first. */
  readonly layers: readonly (readonly number[])[];
  readonly severity: string;
  readonly trend: number;
  readonly trust: number;
  /** Metres from the agent, x to the east and y to the north. */
  readonly neighbors: {
    readonly count: number;
    readonly nearest: readonly { readonly agent: number; readonly distance: number; readonly x: number; readonly y: number }[];
    readonly heading: readonly [x: number, y: number];
  } | null;
  /** What is really so, where that is known. */
  readonly truth: { readonly situation: string; readonly faults: readonly string[]; readonly incidents: readonly string[] } | null;
}

/** Where in a recording one is, in ticks; and its times. */
export interface Timeline {
  readonly position: number;
  readonly ticks: number;
  readonly from: number;
  readonly to: number;
}

/** Times in milliseconds are means of the last second or so. */
export interface Meter {
  readonly ticksASecond: number;
  readonly framesASecond: number;
  readonly agentTicksASecond: number;
  /** Times real time; null where there is none. */
  readonly pace: number | null;
  readonly world: number;
  readonly engine: number;
  readonly draw: number;
  /** Of the engine's own histogram. */
  readonly p50: number;
  readonly p95: number;
  readonly p99: number;
  readonly stages: readonly { readonly name: string; readonly seconds: number }[];
  readonly engineBytes: number;
  readonly worldBytes: number;
  /** The classic tick alone, in the engine and in plain JavaScript; null while they are not compared. `measured`: as of `Recent`. */
  readonly compared: { readonly engine: number; readonly plain: number; readonly measured: boolean | undefined } | null;
  readonly anomalies: number;
  readonly lostSensors: number;
}

/** A new scene. */
export interface Ready {
  readonly type: 'ready';
  readonly kind: Source;
  readonly agents: number;
  /** What a recording calls its agents. */
  readonly names: readonly string[] | null;
  readonly isa: string;
  readonly drawing: string;
  /** The network's inputs, and the weights of its layers, [units][inputs] row by row. */
  readonly features: readonly string[];
  readonly weights: readonly (readonly number[])[];
  readonly thresholds: readonly [low: number, medium: number, high: number];
  readonly overview: { readonly time: readonly number[]; readonly fused: readonly number[]; readonly severity: readonly number[] } | null;
}

export interface Frame {
  readonly type: 'frame';
  readonly tick: number;
  readonly time: number;
  readonly weather: { readonly hour: number; readonly light: number; readonly rain: number } | null;
  readonly timeline: Timeline | null;
  readonly look: Look;
  /** Samples since the last frame; `fresh`: of another agent or time than before, so what is shown begins anew. */
  readonly samples: readonly Sample[];
  readonly fresh: boolean;
  readonly events: readonly Happening[];
  readonly meter: Meter;
  readonly following: boolean;
}

/** Worker to page. */
export type News =
  | Ready
  | Frame
  | { readonly type: 'picked'; readonly agent: number }
  | { readonly type: 'preview'; readonly preview: Preview }
  | { readonly type: 'progress'; readonly part: number }
  | { readonly type: 'results'; readonly results: Blob }
  /** The browser took the map's graphics card away, or gave it back. */
  | { readonly type: 'map'; readonly lost: boolean }
  /** The recording is at its end, and stands still. */
  | { readonly type: 'ended' }
  /** `fatal`: nothing runs any more; else only what was asked for last could not be done. */
  | { readonly type: 'problem'; readonly fatal: boolean; readonly code: string; readonly message: string };
