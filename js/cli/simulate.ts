// `sensorium simulate`: the classic load generator. It is load, to try and to measure with, and no evidence of how well anything is sensed.
import { createHash } from 'node:crypto';
import { createSensorium, Flag, type Results, type Sensorium } from '../node.ts';
import { decimal } from './decimal.ts';
import { formatOf, makeFormat } from './lines.ts';
import { openMetrics, type MetricsOptions, type MetricsReport } from './metrics.ts';
import { openOutput, type Output } from './output.ts';
import { refuseShared } from './own-files.ts';
import { Interruption } from './signals.ts';
import { brief, counted, duration, grouped, listing, note, Progress } from './terminal.ts';

export interface SimulateOptions extends MetricsOptions {
  agents: number;
  ticks: number;
  seed: number;
  pattern: 'dense' | 'mixed';
  rate: number;
  every: number;
  out?: string;
  backend?: 'auto' | 'native' | 'wasm';
  isa?: string;
  quiet?: boolean;
}

interface Counts {
  ticks: number;
  agentCycles: number;
  /** Within ticks alone, without making the load. */
  milliseconds: number;
}

export async function simulate(options: SimulateOptions): Promise<number> {
  const { agents, backend, isa } = options;
  refuseShared({}, { '--out': options.out, '--metrics-json': options.metricsJson });
  const engine = await createSensorium<string>({ agents, backend, isa });
  let stopped = false;
  const interruption = new Interruption(() => (stopped = true));
  let output: Output | undefined;
  let metrics: MetricsReport | undefined;
  try {
    metrics = openMetrics(options);
    output = openOutput(options.out);
    const start = performance.now();
    const counts = await tickAll(engine, options, output, () => stopped);
    const seconds = (performance.now() - start) / 1000;
    const load = `the classic load, ${options.pattern}, seed ${options.seed}. It is load, not evidence of how well anything is sensed.`;
    const text = `${stopped ? 'Interrupted' : 'Done'}: ${load}\n${listing([...summary(engine, counts, seconds), ...(await metrics.tell(engine))])}`;
    // Without an output file the summary is the output.
    if (options.out !== undefined) note(options.quiet === true, text);
    else output.add(`${text}\n`);
    await output.flush();
    if (!stopped) output.commit();
    return stopped ? interruption.exitCode : 0;
  } finally {
    output?.abandon();
    metrics?.abandon();
    engine.dispose();
    interruption.end();
  }
}

async function tickAll(engine: Sensorium<string>, options: SimulateOptions, output: Output, stopped: () => boolean) {
  const { agents, ticks, seed, pattern, rate, every } = options;
  const format = makeFormat(formatOf(options.out ?? ''), engine.results, engine.modalities);
  const progress = new Progress(options.quiet === true);
  const counts: Counts = { ticks: 0, agentCycles: 0, milliseconds: 0 };
  const lines = options.out !== undefined;
  if (lines) output.add(format.header);
  let breath = performance.now();
  for (let tick = 0; tick < ticks && !stopped(); tick++) {
    engine.simulate(seed, { pattern });
    const before = performance.now();
    engine.tick(tick / rate);
    const after = performance.now();
    counts.milliseconds += after - before;
    counts.ticks++;
    counts.agentCycles += engine.statistics.active_agents;
    if (lines && tick % every === 0) {
      const { flags } = engine.results;
      const { active, statistics } = engine;
      for (let agent = 0; agent < agents; agent++) {
        // Who sleeps has no cycle.
        if (!active[agent] || !(flags[agent]! & Flag.active)) continue;
        output.add(format.line(agent, statistics.cycles, String(statistics.time), String(agent)));
      }
      await output.flush();
    }
    // Signals are only heard between two turns of the event loop.
    if (after - breath > 50) {
      progress.show(() => `${counted(counts.ticks, 'tick')}, ${Math.floor((100 * counts.ticks) / ticks)} %`);
      await new Promise((resolve) => setImmediate(resolve));
      breath = performance.now();
    }
  }
  progress.clear();
  return counts;
}

function summary(engine: Sensorium<string>, { ticks, agentCycles, milliseconds }: Counts, seconds: number): [string, string][] {
  const { statistics, agents } = engine;
  const [rate, nanoseconds] = [agentCycles / (milliseconds / 1000), (1e6 * milliseconds) / agentCycles];
  return [
    ['agents', `${grouped(agents)}, ${counted(ticks, 'tick')}, ${counted(agentCycles, 'agent-cycle')}`],
    ['ran on', `${engine.backend}, ${engine.isa}, ${brief(engine.bytes / 1024)} KiB`],
    ['speed', `${grouped(rate)} agent-cycles/s, ${brief(nanoseconds)} ns an agent-cycle`],
    ['took', `${duration(seconds)}, of them ${duration(milliseconds / 1000)} in ticks, the rest for making the load and writing`],
    ['anomalies', `${grouped(statistics.anomalies)} begun`],
    ['mean fused', decimal(meanFused(engine))],
    ['digest', `${digest(engine.results)} of the last results: the same on every backend and instruction set`],
  ];
}

/** Over the agents of the last tick, in their order, so that it is the same everywhere. */
function meanFused({ results, agents }: Sensorium<string>): number {
  let sum = 0;
  let count = 0;
  for (let agent = 0; agent < agents; agent++) {
    if (!(results.flags[agent]! & Flag.active)) continue;
    sum += results.fused[agent]!;
    count++;
  }
  return count > 0 ? Math.fround(sum / count) : 0;
}

/** Of all result columns, in the order of their names, little-endian as every machine is that Node runs on. */
export function digest({ fused, confidence, output, anomaly, prediction, flags, changes }: Results): string {
  const scores = [anomaly.deviation, anomaly.mean, anomaly.score, anomaly.severity, anomaly.z];
  const line = [prediction.confidence, prediction.trend, ...prediction.values];
  const columns = [...scores, changes, confidence, flags, fused, ...output, ...line];
  const hash = createHash('sha256');
  for (const { buffer, byteOffset, byteLength } of columns) hash.update(new Uint8Array(buffer, byteOffset, byteLength));
  return hash.digest('hex').slice(0, 16);
}
