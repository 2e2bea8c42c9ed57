// `--metrics`: how long ticks took and what the memory is for, told with the summary or written as JSON.
import type { Metrics, Sensorium } from '../node.ts';
import { openOutput } from './output.ts';
import { brief, bytesText, counted, grouped } from './terminal.ts';

export interface MetricsOptions {
  metrics?: boolean;
  metricsJson?: string;
}

/** Three digits, in the unit that suits. */
export function brieflyTimed(seconds: number): string {
  const [unit, factor] = seconds < 1e-6 ? ['ns', 1e9] : seconds < 1e-3 ? ['µs', 1e6] : seconds < 1 ? ['ms', 1e3] : ['s', 1];
  return `${brief(seconds * Number(factor))} ${unit}`;
}

/** The largest first, without those that are next to nothing. */
function shares(parts: Record<string, number>): string {
  const shown = Object.entries(parts).filter(([, share]) => share >= 0.0005).sort(([, a], [, b]) => b - a);
  return shown.map(([name, share]) => `${name} ${(100 * share).toFixed(share < 0.1 ? 1 : 0)} %`).join(', ');
}

/** Rows of a summary. */
export function metricRows({ latency, rate, agent_rate, stages, memory: { total, ...parts } }: Metrics): [string, string][] {
  const times = `p50 ${brieflyTimed(latency.p50)}, p95 ${brieflyTimed(latency.p95)}, p99 ${brieflyTimed(latency.p99)}, max ${brieflyTimed(latency.max)}, mean ${brieflyTimed(latency.mean)}`;
  const whole = Object.fromEntries(Object.entries(parts).map(([name, bytes]) => [name, bytes / total]));
  return [
    ['tick latency', latency.count > 0 ? `${times} (the clock's step: ${brieflyTimed(latency.resolution)})` : 'not timed'],
    ['tick rate', latency.count > 1 ? `${brief(rate)} ticks/s with all that is done between them, ${grouped(agent_rate)} agent-cycles/s in them` : 'not timed'],
    ['stages', stages.count > 0 ? `${shares(stages.share)} (of ${counted(stages.count, 'tick')} that ${stages.count === 1 ? 'was' : 'were'} looked into)` : 'not timed: too few ticks'],
    ['memory', `${bytesText(total)}: ${shares(whole)}`],
  ];
}

/** What was asked for. */
export interface MetricsReport {
  /** Writes the file, and returns rows for the summary. */
  tell(engine: Sensorium<string>): Promise<[string, string][]>;
  /** Leaves no half file behind. */
  abandon(): void;
}

/** To be opened before the run, so that a file that cannot be written costs none of it. */
export function openMetrics({ metrics, metricsJson }: MetricsOptions): MetricsReport {
  const output = metricsJson === undefined ? undefined : openOutput(metricsJson, '--metrics-json');
  return {
    async tell(engine) {
      if (!metrics && !output) return [];
      const figures = engine.metrics();
      output?.add(`${JSON.stringify(figures, null, 2)}\n`);
      await output?.flush();
      output?.commit();
      return metrics ? metricRows(figures) : [];
    },
    abandon: () => output?.abandon(),
  };
}
