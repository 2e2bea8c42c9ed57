// What the map shows of a tick: the engine's and the world's own columns, as they are, and a few marks.

/** What an agent's colour says. */
export const colourings = ['situation', 'anomaly', 'confidence'] as const;
export type Colouring = (typeof colourings)[number];

/** Colours as "#rrggbb", from the page's style. */
export interface Palette {
  readonly paper: string;
  readonly obstacle: string;
  readonly rule: string;
  readonly ink: string;
  readonly place: string;
  readonly chosen: string;
  readonly threat: string;
  /** Of what `values` hold: one a number for situations and severities, else from lowest to highest. */
  readonly situation: readonly string[];
  readonly anomaly: readonly string[];
  readonly confidence: readonly string[];
}

/** A convex outline, corner by corner: x, y, x, y … */
export type Outline = readonly number[];

export interface Picture {
  readonly agents: number;
  readonly x: Float32Array;
  readonly y: Float32Array;
  readonly active: Uint8Array;
  readonly colouring: Colouring;
  /** One a row: confidence 0 … 1, or the number of a situation or severity. */
  readonly values: Float32Array | Uint8Array;
  /** Places within sight, none from afar, where they would be clutter: x and y of so many; and links as pairs of their numbers. */
  readonly places: { readonly count: number; readonly x: Float32Array; readonly y: Float32Array; readonly links: Uint32Array };
  /** What is about the agent one looks at. */
  readonly chosen: {
    readonly agent: number;
    readonly x: number;
    readonly y: number;
    readonly radius: number;
    /** x, y of each neighbour. */
    readonly neighbors: readonly number[];
    /** Where it has been, oldest first: x, y, x, y … */
    readonly trail: readonly number[];
  } | null;
  /** Where the event was that one looks back to. */
  readonly event: readonly [x: number, y: number] | null;
  /** Sounding sources, x and y, and where the intruder is. */
  readonly sounds: readonly number[];
  readonly intruder: readonly [x: number, y: number] | null;
}

/** Draws pictures on a canvas. */
export interface Drawing {
  readonly kind: 'WebGL2' | 'Canvas 2D';
  /** Device pixels a CSS pixel. */
  ratio: number;
  /** The outlines that stay. */
  setSite(outlines: readonly Outline[]): void;
  setPalette(palette: Palette): void;
  draw(picture: Picture, camera: import('./camera.ts').Camera): void;
}

/** The diameter of an agent in pixels: half a metre, but larger where that would be too small to be seen. */
export const dotSize = (scale: number, ratio: number) => Math.min(Math.max(0.6 / scale, Math.min(1.4 / scale, 8 * ratio), 4 * ratio), 24 * ratio);

/** How opaque links between places are, so that agents stand out. */
export const faint = 0.5;

/** Agents to look after are drawn last and by so much larger: where `grave`, of 0 … 1, is more than a half. */
export const graver = 1.5;

/** From close by dots have a rim of so many pixels, so that one is told from the next. */
export const rimOf = (scale: number, ratio: number) => (dotSize(scale, ratio) > 5 * ratio ? ratio : 0);
