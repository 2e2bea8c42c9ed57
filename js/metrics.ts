// Figures of an engine, from the numbers that the core fills in -> one plain object.
import { metricPaths, type Metrics } from './schema.gen.ts';

/** "latency.p95" is `latency: { p95 }`. */
export function metricsOf(values: Float64Array): Metrics {
  const metrics = {};
  metricPaths.forEach((path, index) => {
    const parts = path.split('.');
    const last = parts.pop()!;
    let at = metrics as Record<string, unknown>;
    for (const part of parts) at = (at[part] ??= {}) as Record<string, unknown>;
    at[last] = values[index]!;
  });
  return metrics as Metrics;
}
