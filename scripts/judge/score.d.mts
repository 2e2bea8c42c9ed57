// Types for tests/js/judge.node.test.ts.
export const grace: number;

export interface KindScore {
  kind: string;
  anomalies: number;
  detected: number;
  /** null where there are none; so too the next three. */
  rate: number | null;
  chance: number | null;
  median: number | null;
  ninety: number | null;
}

export interface ScoreResult {
  kinds: KindScore[];
  alarms: number;
  false_alarms: number;
  clean_hours: number;
  false_alarms_hour: number | null;
}

export class Score {
  constructor(kinds: readonly string[]);
  add(run: { alarms: number[][]; intervals: readonly object[]; from: number; to: number }): void;
  result(): ScoreResult;
}
