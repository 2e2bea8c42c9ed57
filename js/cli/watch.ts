// What an engine makes of a simulated world, live, counted as it goes.
import { Flag, type Sensorium } from '../node.ts';
import type { World } from '../world-node.ts';
import { decimal } from './decimal.ts';
import { severities } from './lines.ts';
import { digest } from './simulate.ts';
import { brief, counted, grouped } from './terminal.ts';

export class Watch {
  readonly #engine: Sensorium;
  readonly #begun = [0, 0, 0, 0];
  readonly #lost: number[];
  #blind = 0;
  #cycles = 0;
  #confidence = 0;
  #milliseconds = 0;
  #densest = { count: 0, agent: 0, seconds: 0 };

  constructor(engine: Sensorium) {
    this.#engine = engine;
    this.#lost = engine.modalities.map(() => 0);
  }

  tick(world: World): void {
    const engine = this.#engine;
    world.writeTo(engine);
    const start = performance.now();
    engine.tick(world.time);
    this.#milliseconds += performance.now() - start;
    const { confidence, changes, flags, anomaly, neighbors } = engine.results;
    for (let agent = 0; agent < engine.agents; agent++) {
      this.#confidence += confidence[agent]!;
      if (neighbors.count[agent]! > this.#densest.count) this.#densest = { count: neighbors.count[agent]!, agent, seconds: world.time };
      const begun = changes[agent]! & flags[agent]!;
      if (begun === 0) continue;
      if (begun & Flag.anomaly) this.#begun[anomaly.severity[agent]!]!++;
      if (begun & Flag.blind) this.#blind++;
      for (let m = 0; m < this.#lost.length; m++) if (begun & (Flag.lost << m)) this.#lost[m]!++;
    }
    this.#cycles += engine.agents;
  }

  summary(): [string, string][] {
    const { modalities, backend, isa, results } = this.#engine;
    const anomalies = this.#begun.reduce((sum, count) => sum + count, 0);
    const lost = this.#lost.map((count, m) => `${modalities[m]} ${grouped(count)}×`).filter((_, m) => this.#lost[m]! > 0);
    const { count, agent, seconds } = this.#densest;
    return [
      ['engine', `${backend}, ${isa}, ${brief((1e6 * this.#milliseconds) / this.#cycles)} ns an agent-tick`],
      ['anomalies', anomalies > 0 ? `${grouped(anomalies)} begun: ${severities.slice(1).map((name, i) => `${grouped(this.#begun[i + 1]!)} ${name}`).join(', ')}` : 'none'],
      ['sensors lost', `${lost.join(', ') || 'none'}; ${counted(this.#blind, 'agent')} went blind`],
      ['densest', count > 0 ? `${count} around agent ${agent} at ${decimal(Math.fround(seconds))} s` : 'nobody was near anybody'],
      ['confidence', `${brief(this.#confidence / this.#cycles)} on average`],
      ['digest', `${digest(results)} of the last results: the same on every backend and instruction set`],
    ];
  }
}
