// One agent as the page shows it, read from the engine's results.
import type { Sensorium } from 'sensorium';
import type { Look, Sample, Sensed } from '../protocol.ts';
import type { Taken } from './scene.ts';
import { hiddenUnits, type Weights } from './weights.ts';

/** Ticks that the charts show. */
const past = 600;

export class AgentView {
  readonly #engine: Sensorium<string>;
  readonly #weights: Weights;
  #agent: number;
  #samples: Sample[] = [];
  #fresh = true;
  /** The last reading of each channel and agent, whoever is chosen next: the engine keeps features, not readings that nobody fuses. */
  readonly #values: readonly Float32Array[];

  constructor(engine: Sensorium<string>, weights: Weights, agent: number) {
    this.#engine = engine;
    this.#weights = weights;
    this.#agent = agent;
    this.#values = engine.channels.map((name) => new Float32Array(engine.sensor(name).length).fill(NaN));
  }

  get agent(): number {
    return this.#agent;
  }

  choose(agent: number): void {
    this.#agent = agent;
    this.#samples = this.#past();
    this.#fresh = true;
  }

  /** What the engine remembers of the agent; what was expected it does not. */
  #past(): Sample[] {
    const { history } = this.#engine;
    const [fused, confidence, z, severity] = ['fused', 'confidence', 'anomaly.z', 'anomaly.severity'].map((name) => history.column(name).agent(this.#agent));
    return Array.from({ length: history.length }, (_, i) => ({
      time: history.time(history.length - 1 - i), fused: fused![i]!, confidence: confidence![i]!, z: z![i]!, severity: severity![i]!, predicted: [],
    }));
  }

  /** Before a tick, which may consume readings. */
  readInputs(): void {
    this.#engine.channels.forEach((name, index) => {
      const readings = this.#engine.sensor(name);
      const values = this.#values[index]!;
      for (let i = 0; i < readings.length; i++) if (!Number.isNaN(readings[i]!)) values[i] = readings[i]!;
    });
  }

  /** After a tick. */
  note(time: number): void {
    const { results } = this.#engine;
    const cycle = this.#engine.agent(this.#agent);
    this.#samples.push({
      time,
      fused: cycle.fused,
      confidence: cycle.confidence,
      z: cycle.anomaly?.z ?? null,
      severity: results.anomaly.severity[this.#agent]!,
      predicted: cycle.prediction?.values ?? [],
    });
    if (this.#samples.length > past) this.#samples.shift();
  }

  takeSamples(): Taken {
    const taken = { samples: this.#samples, fresh: this.#fresh };
    this.#samples = [];
    this.#fresh = false;
    return taken;
  }

  look(): Look {
    const engine = this.#engine;
    const cycle = engine.agent(this.#agent);
    const { held, age, weight } = cycle.sensors!;
    const features = engine.features.map((name) => held[name]!);
    const sensors = engine.channels.map((channel, index): Sensed => {
      const modality = channel.split('.')[0]!;
      const value = this.#values[index]![this.#agent]!;
      return {
        channel,
        value: Number.isNaN(value) ? null : value,
        age: age[modality] ?? null,
        weight: weight[channel] ?? null,
        feature: held[channel] ?? null,
        lost: cycle.lost.includes(modality),
      };
    });
    return {
      agent: this.#agent,
      sensors,
      fused: cycle.fused,
      confidence: cycle.confidence,
      layers: [features, hiddenUnits(this.#weights, features), cycle.output],
      severity: cycle.anomaly?.severity ?? 'none',
      trend: cycle.prediction?.trend ?? 0,
      trust: cycle.prediction?.confidence ?? 0,
      neighbors: null,
      truth: null,
    };
  }
}
