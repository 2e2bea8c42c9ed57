// `sensorium run`: a CSV file or stream in, a line of output for each row.
import { createSensorium, type Results, type Sensorium } from '../node.ts';
import { modelFileOf, printConfig, readConfig, type Config } from './config.ts';
import { Feed } from './feed.ts';
import { formatOf, makeFormat } from './lines.ts';
import { openMetrics, type MetricsOptions, type MetricsReport } from './metrics.ts';
import { openOutput, type Output } from './output.ts';
import { inputFile, refuseShared } from './own-files.ts';
import { describeBadLine, Failure, type BadLine } from './problem.ts';
import { keptFiles, openKeeping, type Keeping, type KeepingOptions } from './resume.ts';
import { Interruption } from './signals.ts';
import { Summary } from './summary.ts';
import { openTable, type Table } from './table.ts';
import { grouped, note, Progress } from './terminal.ts';

export interface RunOptions extends MetricsOptions, KeepingOptions {
  config?: string;
  backend?: 'auto' | 'native' | 'wasm';
  isa?: string;
  agents?: number;
  time?: string | false;
  agent?: string | false;
  position?: string[];
  skipBad?: boolean;
  quiet?: boolean;
}

/** Returns the exit code. */
export async function run(path: string, options: RunOptions): Promise<number> {
  const quiet = options.quiet === true;
  const config = withAgents(options.config === undefined ? undefined : readConfig(options.config), options.agents);
  const kept = keptFiles(options);
  refuseShared({ ...inputFile(path), '--config': options.config, 'network.model of --config': modelFileOf(config) }, { '--out': options.out, ...kept, '--metrics-json': options.metricsJson });
  const columns = { time: options.time, agent: options.agent, position: options.position };
  const keeping = openKeeping(path, config, columns, options);
  if (keeping?.isComplete()) {
    keeping.end();
    note(quiet, `${options.out} is complete`);
    return 0;
  }
  const table = await (keeping ? keeping.openTable({ config, ...columns }) : openTable(path, { config, ...columns }));
  const before = keeping?.before;
  let output: Output | undefined;
  let metrics: MetricsReport | undefined;
  let engine: Sensorium<string> | undefined;
  const interruption = new Interruption(() => table.input.close());
  try {
    if (!before) tellWhatWasFound(table, config, quiet);
    const { engine: engineOptions } = table.config;
    // Nobody can read it here. Going on from a snapshot, what is not given is as in the snapshot.
    const withoutHistory = before ? {} : { history: { depth: 0 } };
    engine = await createSensorium<string>({ ...withoutHistory, ...engineOptions, backend: options.backend ?? engineOptions.backend, isa: options.isa ?? engineOptions.isa, snapshot: before?.snapshot });
    metrics = openMetrics(options);
    output = keeping ? keeping.openOutput() : openOutput(options.out);
    // By now all of it was found to fit together.
    if (before) note(quiet, `Goes on with line ${before.state.input.line} of ${table.input.name}`);
    const summary = new Summary(engine);
    const feed = await feedRows(table, engine, output, summary, options, keeping, () => interruption.signal !== undefined);
    // Nobody reads any more, and so nobody asks.
    if (output.closed) return 0;
    if (!interruption.signal) {
      output.commit();
      keeping?.end();
    }
    const goesOn = keeping?.isKept ? '; --resume goes on' : '';
    const heading = interruption.signal ? `Interrupted${options.out === undefined ? '' : `: ${options.out} was not written${goesOn}`}. Until then:` : 'Done:';
    note(quiet, `${heading}\n${summary.text(table, feed, await metrics.tell(engine))}`);
    return interruption.signal ? interruption.exitCode : 0;
  } finally {
    output?.abandon();
    metrics?.abandon();
    engine?.dispose();
    table.input.close();
    interruption.end();
  }
}

function withAgents(config: Config | undefined, agents: number | undefined): Config | undefined {
  if (agents === undefined) return config;
  return { engine: { ...config?.engine, agents }, csv: config?.csv ?? {} };
}

function tellWhatWasFound(table: Table, given: Config | undefined, quiet: boolean): void {
  for (const text of table.notes) note(quiet, `${table.input.name}: ${text}`);
  if (given?.engine.channels === undefined) note(quiet, `Configuration inferred from the first rows (sensorium inspect writes it to a file):\n${printConfig(table.config).trimEnd()}`);
}

async function feedRows(table: Table, engine: Sensorium<string>, output: Output, summary: Summary, options: RunOptions, keeping: Keeping | undefined, stopped: () => boolean): Promise<Feed> {
  const format = (results: Results) => makeFormat(formatOf(options.out ?? ''), results, engine.modalities);
  const feed = new Feed(engine, table, format, output.add, (...cycle) => summary.cycle(...cycle));
  const progress = new Progress(options.quiet === true);
  if (keeping?.before) {
    feed.goOn(keeping.before.state.feed);
    summary.goOn(keeping.before.state.summary);
  } else {
    output.add(format(engine.results).header);
  }
  const onBad = async (bad: BadLine) => {
    if (options.skipBad) return summary.skip(bad);
    // What came before a bad line is out.
    feed.complete();
    feed.flush();
    await output.flush();
    throw new Failure(describeBadLine(table.input.name, bad));
  };
  try {
    for await (const rows of table.rows) {
      // An interrupted stream ends as any other, perhaps in the middle of a line and of a tick.
      if (stopped()) return feed;
      for (const row of rows) {
        // Between two ticks; or the row has completed the one before, and is itself the first of the next.
        if (feed.waiting === 0 && keeping?.isDue(feed, row.line)) await keeping.keep(engine, feed, summary);
        const bad = feed.take(row);
        if (bad) await onBad(bad);
        else if (feed.waiting === 1 && keeping?.isDue(feed, row.line)) await keeping.keep(engine, feed, summary);
      }
      keeping?.letGo();
      // Who reads a live stream gets the lines of all ticks that are complete.
      feed.flush();
      await output.flush();
      if (output.closed) return feed;
      progress.show(() => progressText(table, summary));
    }
    if (stopped()) return feed;
    feed.complete();
    feed.flush();
    await output.flush();
    return feed;
  } finally {
    progress.clear();
  }
}

function progressText({ input }: Table, summary: Summary): string {
  const percent = input.size ? `, ${Math.floor((100 * input.read) / input.size)} %` : '';
  return `${grouped(summary.rows)} rows, ${grouped(summary.rate)} rows/s${percent}`;
}
