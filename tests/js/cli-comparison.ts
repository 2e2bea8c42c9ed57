// The output of a run against the reference in double precision: how far apart the figures may be, and why.
import { expect } from 'vitest';
import type { ReferenceCycle } from '../reference/reference.ts';
import type { cyclesOf } from './cli-support.ts';

type Cycle = ReturnType<typeof cyclesOf>[number];

/** The largest differences seen, and how many values were too near a threshold to be compared. */
export class Comparison {
  readonly worst: Record<string, number> = {};
  unsure = 0;
  readonly #thresholds: number[];

  /** `thresholds` of the severities. */
  constructor(thresholds = [2, 2.5, 3]) {
    this.#thresholds = thresholds;
  }

  near(what: string, got: number, wanted: number, tolerance: number): void {
    const share = Math.abs(got - wanted) / tolerance;
    this.worst[what] = Math.max(this.worst[what] ?? 0, share);
    if (!(share <= 1)) throw new Error(`${what}: expected ${wanted} within ${tolerance}, got ${got}`);
  }

  cycle(got: Cycle, wanted: ReferenceCycle): void {
    // What rounding to f32 may do to a fused value: features, their sum and its quotient, some steps of 2^-24.
    const rounding = 3e-7 * Math.max(1, Math.abs(wanted.fused));
    this.near('fused', got.fused, wanted.fused, rounding);
    this.near('confidence', got.confidence, wanted.confidence, 1e-7);
    wanted.output.forEach((value, i) => this.near('output', got.output[i]!, value, 5e-7));
    expect(got.lost).toEqual(wanted.lost);
    expect(got.anomaly === null).toBe(wanted.anomaly === null);
    expect(got.prediction === null).toBe(wanted.prediction === null);
    if (got.anomaly && wanted.anomaly) this.#anomaly(got.anomaly, wanted.anomaly, rounding);
    if (got.prediction && wanted.prediction) this.#prediction(got.prediction, wanted.prediction, rounding);
  }

  #anomaly(got: NonNullable<Cycle['anomaly']>, wanted: NonNullable<ReferenceCycle['anomaly']>, rounding: number): void {
    this.near('mean', got.mean, wanted.mean, 1e-3 * wanted.deviation + rounding);
    this.near('deviation', got.deviation, wanted.deviation, 1e-3 * wanted.deviation + rounding);
    // Below this deviation z is 0.
    if (Math.abs(wanted.deviation - 1e-4) < rounding) return void this.unsure++;
    const tolerance = 1e-3 * Math.max(1, Math.abs(wanted.z)) + (2 * rounding) / Math.max(wanted.deviation, 1e-4);
    this.near('z', got.z, wanted.z, tolerance);
    this.near('score', got.score, wanted.score, tolerance);
    if (this.#thresholds.some((threshold) => Math.abs(Math.abs(wanted.z) - threshold) < tolerance)) return void this.unsure++;
    expect(got.severity).toBe(wanted.severity);
  }

  #prediction(got: NonNullable<Cycle['prediction']>, wanted: NonNullable<ReferenceCycle['prediction']>, rounding: number): void {
    this.near('trend', got.trend, wanted.trend, rounding);
    // The line reaches up to five ticks beyond its newest value.
    wanted.values.forEach((value, i) => this.near('values', got.values[i]!, value, 10 * rounding));
    // Where the values hardly move, rounding decides how well a line fits them.
    if (wanted.deviation < 100 * rounding) return void this.unsure++;
    this.near('R²', got.confidence, wanted.confidence, 1e-6 + (4 * rounding) / wanted.deviation);
  }
}
