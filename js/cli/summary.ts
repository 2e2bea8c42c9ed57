// What a run comes to, counted as it goes and told at its end.
import { Flag, type Results, type Sensorium } from '../node.ts';
import type { Feed } from './feed.ts';
import { severities } from './lines.ts';
import { describeBadLine, type BadLine } from './problem.ts';
import { brief, counted, duration, grouped, listing } from './terminal.ts';
import type { Table } from './table.ts';

const badLinesShown = 5;
/** A count of neighbours says no more than this. */
const saturated = 255;
const lostBits = ~0 << 16;

/** What has been counted. */
export interface SummaryState {
  readonly rows: number;
  readonly firstTime: number | null;
  readonly lastTime: number | null;
  readonly confidence: number;
  readonly begun: readonly number[];
  readonly lost: readonly (readonly [sensor: string, times: number])[];
  readonly densest: { readonly count: number; readonly agent: number; readonly seconds: number | null };
  readonly skipped: number;
  readonly firstSkipped: readonly BadLine[];
}

const orNull = (time: number) => (Number.isNaN(time) ? null : time);

export class Summary {
  rows = 0;
  /** Of them, those that another run has counted. */
  #rowsBefore = 0;
  #firstTime = NaN;
  #lastTime = NaN;
  #confidence = 0;
  readonly #begun = [0, 0, 0, 0];
  readonly #lost = new Map<string, number>();
  /** The largest neighbourhood so far. */
  #densest = { count: 0, agent: 0, seconds: NaN };
  readonly #near: boolean;
  #skipped = 0;
  readonly #firstSkipped: BadLine[] = [];
  readonly #start = performance.now();
  readonly #engine: Sensorium<string>;
  readonly #modalities: readonly string[];

  constructor(engine: Sensorium<string>) {
    this.#engine = engine;
    this.#modalities = engine.modalities;
    this.#near = Object.keys(engine.results).includes('neighbors');
  }

  /** A cycle of an agent: what stands at `at` in the columns of `results`. */
  cycle(results: Results, at: number, agent: number, seconds: number): void {
    this.rows++;
    if (this.rows === 1) this.#firstTime = seconds;
    this.#lastTime = seconds;
    this.#confidence += results.confidence[at]!;
    if (this.#near && results.neighbors.count[at]! > this.#densest.count) this.#densest = { count: results.neighbors.count[at]!, agent, seconds };
    const changes = results.changes[at]!;
    if (changes === 0) return;
    const begun = changes & results.flags[at]!;
    if (begun & Flag.anomaly) this.#begun[results.anomaly.severity[at]!]!++;
    if (begun & lostBits) {
      this.#modalities.forEach((name, m) => {
        if (begun & (Flag.lost << m)) this.#lost.set(name, (this.#lost.get(name) ?? 0) + 1);
      });
    }
  }

  skip(bad: BadLine): void {
    this.#skipped++;
    if (this.#firstSkipped.length < badLinesShown) this.#firstSkipped.push(bad);
  }

  get state(): SummaryState {
    return {
      rows: this.rows,
      firstTime: orNull(this.#firstTime),
      lastTime: orNull(this.#lastTime),
      confidence: this.#confidence,
      begun: this.#begun,
      lost: [...this.#lost],
      densest: { ...this.#densest, seconds: orNull(this.#densest.seconds) },
      skipped: this.#skipped,
      firstSkipped: this.#firstSkipped,
    };
  }

  /** Goes on from what another run has counted. */
  goOn(from: SummaryState): void {
    this.rows = this.#rowsBefore = from.rows;
    this.#firstTime = from.firstTime ?? NaN;
    this.#lastTime = from.lastTime ?? NaN;
    this.#confidence = from.confidence;
    from.begun.forEach((count, severity) => (this.#begun[severity] = count));
    for (const [sensor, times] of from.lost) this.#lost.set(sensor, times);
    this.#densest = { ...from.densest, seconds: from.densest.seconds ?? NaN };
    this.#skipped = from.skipped;
    this.#firstSkipped.push(...from.firstSkipped);
  }

  get rate(): number {
    return (this.rows - this.#rowsBefore) / ((performance.now() - this.#start) / 1000);
  }

  /** For people; `feed` knows the agents that were met, `more` is what else was asked for. */
  text(table: Table, feed: Feed, more: readonly [string, string][]): string {
    const iso = table.time?.format === 'iso';
    const shown = (seconds: number) => (iso ? new Date(seconds * 1000).toISOString() : `${seconds} s`);
    const features = Object.values(table.config.engine.channels ?? {}).filter((channel) => channel.feature !== false).length;
    const anomalies = this.#begun.reduce((sum, count) => sum + count, 0);
    const lost = [...this.#lost].map(([name, count]) => `${name} ${grouped(count)}×`);
    const rows: [string, string][] = [
      ['rows', `${grouped(this.rows)} in ${counted(this.#engine.statistics.cycles, 'tick')}, ${grouped(this.rate)} rows/s`],
      ['agents', grouped(feed.agents)],
      ['time', this.rows > 0 ? `${shown(this.#firstTime)} to ${shown(this.#lastTime)} (${duration(this.#lastTime - this.#firstTime)})` : 'none'],
      ['channels', `${table.channels.length}, of them ${features} fused`],
      ['ran on', `${this.#engine.backend}, ${this.#engine.isa}`],
      ['anomalies', anomalies > 0 ? `${grouped(anomalies)} begun: ${severities.slice(1).map((name, i) => `${grouped(this.#begun[i + 1]!)} ${name}`).join(', ')}` : 'none'],
      ['sensors lost', lost.length > 0 ? lost.join(', ') : 'none'],
      ['confidence', this.rows > 0 ? `${brief(this.#confidence / this.rows)} on average` : 'none'],
    ];
    rows.push(...this.#space(feed, shown), ...more);
    if (this.#skipped > 0) {
      rows.push(['skipped', counted(this.#skipped, 'bad line')]);
      for (const bad of this.#firstSkipped) rows.push(['', describeBadLine(table.input.name, bad)]);
      if (this.#skipped > this.#firstSkipped.length) rows.push(['', `and ${grouped(this.#skipped - this.#firstSkipped.length)} more`]);
    }
    return listing(rows);
  }

  /** Who was near and where that was, of engines that know. */
  #space(feed: Feed, shown: (seconds: number) => string): [string, string][] {
    const rows: [string, string][] = [];
    if (this.#near) {
      const { count, agent, seconds } = this.#densest;
      const most = count === saturated ? `${count} or more` : String(count);
      rows.push(['densest', count > 0 ? `${most} around agent ${feed.nameOf(agent)} at ${shown(seconds)}` : 'nobody was near anybody']);
    }
    if (Object.keys(this.#engine.results).includes('place')) {
      const { places } = this.#engine;
      const links = places.linkCount();
      const each = places.count > 0 ? `${brief((2 * links) / places.count)} a place` : 'none';
      rows.push(['places', `${grouped(places.count)}, founded ${grouped(places.made)}, forgotten ${grouped(places.gone)}`]);
      rows.push(['links', `${grouped(links)}, ${each}`]);
    }
    return rows;
  }
}
