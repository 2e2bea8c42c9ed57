// The whole engine once more, slow and obvious, in double precision: plain objects, textbook formulas in two passes, Math.*. Written from
// the semantics (DESIGN.md sections 2 and 3, and the schema's docs), not from the kernels, to check their answers on whole runs.

export interface ReferenceChannel {
  min?: number | null;
  max?: number | null;
  scale?: number;
  offset?: number;
  absolute?: boolean;
  clamp?: boolean;
  weight?: number;
  feature?: boolean;
}
type Activation = 'fast_sigmoid' | 'sigmoid' | 'tanh' | 'relu' | 'identity' | 'softmax';
export interface ReferenceOptions {
  agents?: number;
  channels: Record<string, ReferenceChannel>;
  readings?: { lost_after?: number | null; half_life?: number | null };
  modalities?: Record<string, { lost_after?: number | null; half_life?: number | null }>;
  fusion?: { confidence?: 'fused' | 'freshness' };
  network?: { seed?: number; layers?: { units?: number; activation?: Activation; weights?: number[]; biases?: number[] }[] };
  detection?: { window?: number; min_samples?: number; min_deviation?: number; low?: number; medium?: number; high?: number };
  prediction?: { window?: number; horizon?: number; min?: number | null; max?: number | null };
}

export interface ReferenceCycle {
  fused: number;
  confidence: number;
  output: number[];
  anomaly: { score: number; z: number; severity: string; mean: number; deviation: number } | null;
  /** `deviation` of the values on the line is not among the engine's results: it tells how well they determine it. */
  prediction: { values: number[]; confidence: number; trend: number; deviation: number } | null;
  lost: string[];
}

const saturation = 1e9;
const limit = (value: number, low: number, high: number) => Math.min(Math.max(value, low), high);
const sum = (values: number[]) => values.reduce((total, value) => total + value, 0);
const mean = (values: number[]) => sum(values) / values.length;
/** Options that the engine keeps as f32 are exactly what it works with. */
const f32 = Math.fround;

interface Feature {
  channel: number;
  modality: string;
  weight: number;
  of(value: number): number;
}

function featureOf(name: string, channel: number, options: ReferenceChannel): Feature {
  const { min = null, max = null, scale = 0, offset = 0, absolute = false, clamp = false, weight = 1 } = options;
  const declared = min !== null && max !== null;
  const factor = scale !== 0 ? f32(scale) : declared ? 1 / (f32(max) - f32(min)) : 1;
  const zero = f32(offset) + (scale === 0 && declared ? f32(min) : 0);
  return {
    channel,
    modality: name.split('.')[0]!,
    weight: f32(weight),
    of(value) {
      let feature = (value - zero) * factor;
      if (absolute) feature = Math.abs(feature);
      return clamp ? limit(feature, 0, 1) : limit(feature, -saturation, saturation);
    },
  };
}

interface Agent {
  /** Of each feature the last value; 0 before the first one. */
  features: number[];
  seen: boolean[];
  /** When each modality last read, and which ones are lost. */
  read: Map<string, number>;
  lost: Set<string>;
  fused: number;
  /** Fused values that were learned, the newest last. */
  learned: number[];
}

export class Reference {
  readonly #options: ReferenceOptions;
  readonly #features: Feature[];
  readonly #modalities: string[];
  readonly #layers: { weights: number[][]; biases: number[]; activation: Activation }[];
  readonly #agents = new Map<number, Agent>();

  constructor(options: ReferenceOptions) {
    this.#options = options;
    const channels = Object.entries(options.channels);
    this.#features = channels.flatMap(([name, channel], i) => (channel.feature === false ? [] : [featureOf(name, i, channel)]));
    this.#modalities = [...new Set(channels.map(([name]) => name.split('.')[0]!))];
    const { seed = 1, layers = [{ units: 8 }, { units: 2 }] } = options.network ?? {};
    let inputs = this.#features.length;
    this.#layers = layers.map(({ units = 8, activation = 'fast_sigmoid', weights, biases }, l) => {
      const bound = Math.sqrt(2 / inputs);
      const at = (i: number) => (weights ? f32(weights[i]!) : bound * (2 * randomUnit(seed, i, 0, l) - 1));
      const rows = Array.from({ length: units }, (_, u) => Array.from({ length: inputs }, (_, i) => at(u * inputs + i)));
      inputs = units;
      return { weights: rows, biases: Array.from({ length: units }, (_, u) => f32(biases?.[u] ?? 0)), activation };
    });
  }

  /** One tick of the agents given, each with a reading for each channel, NaN where there is none. Their cycles, in the same order. */
  tick(seconds: number, active: { agent: number; readings: ArrayLike<number> }[]): ReferenceCycle[] {
    return active.map(({ agent, readings }) => this.#cycle(this.#agent(agent), seconds, readings));
  }

  #agent(index: number): Agent {
    let agent = this.#agents.get(index);
    if (!agent) {
      const [features, seen] = [this.#features.map(() => 0), this.#features.map(() => false)];
      agent = { features, seen, read: new Map(), lost: new Set(), fused: 0, learned: [] };
      this.#agents.set(index, agent);
    }
    return agent;
  }

  #cycle(agent: Agent, seconds: number, readings: ArrayLike<number>): ReferenceCycle {
    this.#features.forEach((feature, f) => {
      const value = readings[feature.channel]!;
      if (!Number.isFinite(value)) return;
      agent.features[f] = feature.of(value);
      agent.seen[f] = true;
      agent.read.set(feature.modality, seconds);
      agent.lost.delete(feature.modality);
    });
    for (const [modality, read] of agent.read) if (seconds - read > this.#reading(modality).lostAfter) agent.lost.add(modality);

    const shares = this.#features.flatMap((feature, f) => {
      if (!agent.seen[f] || agent.lost.has(feature.modality)) return [];
      const age = seconds - agent.read.get(feature.modality)!;
      return [{ weight: feature.weight * 2 ** (-age / this.#reading(feature.modality).halfLife), value: agent.features[f]! }];
    });
    const weight = sum(shares.map((share) => share.weight));
    const sighted = weight > 0;
    if (sighted) {
      agent.fused = sum(shares.map((share) => share.weight * share.value)) / weight;
      agent.learned.push(agent.fused);
    }
    const freshness = weight / sum(this.#features.map((feature) => feature.weight));
    return {
      fused: agent.fused,
      confidence: !sighted ? 0 : this.#options.fusion?.confidence === 'fused' ? agent.fused : freshness,
      output: this.#infer(agent.features),
      anomaly: sighted ? this.#detect(agent.learned) : null,
      prediction: sighted ? this.#predict(agent.learned) : null,
      lost: this.#modalities.filter((modality) => agent.lost.has(modality)),
    };
  }

  #reading(modality: string): { lostAfter: number; halfLife: number } {
    const own = this.#options.modalities?.[modality];
    const all = this.#options.readings;
    const value = (mine: number | null | undefined, every: number | null | undefined, otherwise: number) =>
      mine !== undefined ? (mine ?? Infinity) : every !== undefined ? (every ?? Infinity) : otherwise;
    return { lostAfter: value(own?.lost_after, all?.lost_after, 1), halfLife: value(own?.half_life, all?.half_life, Infinity) };
  }

  #infer(features: number[]): number[] {
    let values = features;
    if (this.#layers.length === 0) return [];
    for (const { weights, biases, activation } of this.#layers) {
      const inputs = values;
      values = activate(activation, weights.map((row, u) => biases[u]! + sum(row.map((weight, i) => weight * inputs[i]!))));
    }
    return values;
  }

  #detect(learned: number[]): ReferenceCycle['anomaly'] {
    const { window = 20, min_samples = 3, min_deviation = 1e-4, low = 2, medium = 2.5, high = 3 } = this.#options.detection ?? {};
    const values = learned.slice(-window);
    if (values.length < min_samples) return null;
    const centre = mean(values);
    const deviation = Math.sqrt(mean(values.map((value) => (value - centre) ** 2)));
    const z = deviation > f32(min_deviation) ? (values.at(-1)! - centre) / deviation : 0;
    const size = Math.abs(z);
    const severity = size > high ? 'high' : size > medium ? 'medium' : size > low ? 'low' : 'none';
    return { score: Math.min(size / Math.sqrt(window - 1), 1), z, severity, mean: centre, deviation };
  }

  #predict(learned: number[]): ReferenceCycle['prediction'] {
    const { window = 10, horizon = 5, min = 0, max = 1 } = this.#options.prediction ?? {};
    const values = learned.slice(-window);
    if (values.length < 2) return null;
    const ticks = values.map((_, i) => i);
    const [tick, value] = [mean(ticks), mean(values)];
    const trend = sum(ticks.map((t, i) => (t - tick) * (values[i]! - value))) / sum(ticks.map((t) => (t - tick) ** 2));
    const variation = sum(values.map((v) => (v - value) ** 2));
    const residual = sum(values.map((v, i) => (v - value - trend * (i - tick)) ** 2));
    // Less than a step of f32 is rounding, not movement.
    const deviation = Math.sqrt(variation / values.length);
    const constant = deviation <= Math.abs(values.at(-1)!) * 2 ** -23;
    const low = min ?? -saturation;
    const high = max ?? saturation;
    return {
      values: Array.from({ length: horizon }, (_, h) => limit(value + trend * (values.length + h - tick), low, high)),
      confidence: constant ? 0 : limit(1 - residual / variation, 0, 1),
      trend,
      deviation,
    };
  }
}

function activate(activation: Activation, values: number[]): number[] {
  switch (activation) {
    case 'fast_sigmoid': return values.map((x) => 0.5 + x / (2 * (1 + Math.abs(x))));
    case 'sigmoid': return values.map((x) => 1 / (1 + Math.exp(-x)));
    case 'tanh': return values.map(Math.tanh);
    case 'relu': return values.map((x) => limit(x, 0, saturation));
    case 'identity': return values.map((x) => limit(x, -saturation, saturation));
    case 'softmax': {
      const largest = Math.max(...values);
      const powers = values.map((x) => Math.exp(x - largest));
      return powers.map((power) => power / sum(powers));
    }
  }
}

/** The documented random numbers of core/src/random.h: a function of (seed, agent, tick, channel), 24 bits in 0 .. 1. */
export function randomUnit(seed: number, agent: number, tick: number, channel: number): number {
  const upper = (value: number) => Math.floor(value / 2 ** 32) >>> 0;
  let key = mix((seed >>> 0) + 0x9e3779b9);
  key = mix(key ^ upper(seed));
  key = mix(key + (tick >>> 0));
  key = mix(key ^ upper(tick));
  key = mix(key + Math.imul(channel, 0x85ebca6b));
  return (mix(mix(agent + 0x632be5ab) ^ key) >>> 8) / 2 ** 24;
}

function mix(value: number): number {
  let x = value >>> 0;
  x ^= x >>> 16;
  x = Math.imul(x, 0x7feb352d);
  x ^= x >>> 15;
  x = Math.imul(x, 0x846ca68b);
  x ^= x >>> 16;
  return x >>> 0;
}
