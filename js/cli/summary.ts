// What a run comes to, counted as it goes and told at its end.
import { Flag, type Sensorium } from '../node.ts';
import { severities } from './lines.ts';
import { describeBadLine, type BadLine } from './problem.ts';
import { brief, counted, duration, grouped, listing } from './terminal.ts';
import type { Table } from './table.ts';

const badLinesShown = 5;
const lostBits = ~0 << 16;

export class Summary {
  rows = 0;
  #firstTime = NaN;
  #lastTime = NaN;
  #confidence = 0;
  readonly #begun = [0, 0, 0, 0];
  readonly #lost = new Map<string, number>();
  #skipped = 0;
  readonly #firstSkipped: BadLine[] = [];
  readonly #start = performance.now();
  readonly #engine: Sensorium<string>;
  readonly #modalities: readonly string[];

  constructor(engine: Sensorium<string>) {
    this.#engine = engine;
    this.#modalities = engine.modalities;
  }

  cycle(row: number, seconds: number): void {
    const { results } = this.#engine;
    this.rows++;
    if (this.rows === 1) this.#firstTime = seconds;
    this.#lastTime = seconds;
    this.#confidence += results.confidence[row]!;
    const changes = results.changes[row]!;
    if (changes === 0) return;
    const begun = changes & results.flags[row]!;
    if (begun & Flag.anomaly) this.#begun[results.anomaly.severity[row]!]!++;
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

  get rate(): number {
    return this.rows / ((performance.now() - this.#start) / 1000);
  }

  /** For people; `agents` that were met. */
  text(table: Table, agents: number): string {
    const iso = table.time?.format === 'iso';
    const shown = (seconds: number) => (iso ? new Date(seconds * 1000).toISOString() : `${seconds} s`);
    const features = Object.values(table.config.engine.channels ?? {}).filter((channel) => channel.feature !== false).length;
    const anomalies = this.#begun.reduce((sum, count) => sum + count, 0);
    const lost = [...this.#lost].map(([name, count]) => `${name} ${grouped(count)}×`);
    const rows: [string, string][] = [
      ['rows', `${grouped(this.rows)} in ${counted(this.#engine.statistics.cycles, 'tick')}, ${grouped(this.rate)} rows/s`],
      ['agents', grouped(agents)],
      ['time', this.rows > 0 ? `${shown(this.#firstTime)} to ${shown(this.#lastTime)} (${duration(this.#lastTime - this.#firstTime)})` : 'none'],
      ['channels', `${table.channels.length}, of them ${features} fused`],
      ['ran on', `${this.#engine.backend}, ${this.#engine.isa}`],
      ['anomalies', anomalies > 0 ? `${grouped(anomalies)} begun: ${severities.slice(1).map((name, i) => `${grouped(this.#begun[i + 1]!)} ${name}`).join(', ')}` : 'none'],
      ['sensors lost', lost.length > 0 ? lost.join(', ') : 'none'],
      ['confidence', this.rows > 0 ? `${brief(this.#confidence / this.rows)} on average` : 'none'],
    ];
    if (this.#skipped > 0) {
      rows.push(['skipped', counted(this.#skipped, 'bad line')]);
      for (const bad of this.#firstSkipped) rows.push(['', describeBadLine(table.input.name, bad)]);
      if (this.#skipped > this.#firstSkipped.length) rows.push(['', `and ${grouped(this.#skipped - this.#firstSkipped.length)} more`]);
    }
    return listing(rows);
  }
}
