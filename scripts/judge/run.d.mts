// Types for tests/js/judge.node.test.ts.
import type { ScoreResult } from './score.mjs';

export const detectors: Record<string, { about: string; levels: number[]; options(level: number): object }>;

export function judge(
  entries: { sensorium: object; world: object },
  settings: { detector: string; world: string; seeds: readonly number[]; agents: number; minutes: number; trouble: number },
): Promise<{ anomalies: ScoreResult; losses: ScoreResult; levels: (ScoreResult & { level: number })[] }>;
