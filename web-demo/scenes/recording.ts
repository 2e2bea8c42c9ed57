// A file's readings: the engine runs through all of them at once, and what it made of each row is kept, so that one can play it at any
// speed, jump about in it and take the results away.
import { createSensorium, type Sensorium, type SensoriumEvent } from 'sensorium';
import type { Happening, Look, Sample, Sensed, Timeline } from '../protocol.ts';
import type { Settings } from '../settings.ts';
import { BadFile, type Columns } from './csv.ts';
import { Recent, type Scene, type Taken, type Tell } from './scene.ts';
import { drawWeights, hiddenUnits, networkOf, type Weights } from './weights.ts';

const past = 600;
const mostAgents = 10_000;
const overviewPoints = 800;
const detection = { window: 60, min_samples: 20, low: 3.5, medium: 4.5, high: 5.5 };
const severities = ['none', 'low', 'medium', 'high'] as const;
/** Where the modalities' bits begin in `results.flags`. */
const lostShift = 16;

/** What the engine made of each row. */
interface Rows {
  readonly tick: Uint32Array;
  readonly fused: Float32Array;
  readonly confidence: Float32Array;
  readonly z: Float32Array;
  readonly severity: Uint8Array;
  readonly trend: Float32Array;
  readonly trust: Float32Array;
  readonly lost: Uint16Array;
  /** Five ticks ahead. */
  readonly predicted: readonly Float32Array[];
  readonly outputs: readonly Float32Array[];
}

/** What fills a feature; nothing where a column holds no number. */
interface Range {
  readonly min?: number;
  readonly max?: number;
}

function rowsOf(count: number): Rows {
  const floats = () => new Float32Array(count);
  return {
    tick: new Uint32Array(count), fused: floats(), confidence: floats(), z: floats(), severity: new Uint8Array(count), trend: floats(), trust: floats(),
    lost: new Uint16Array(count), predicted: Array.from({ length: 5 }, floats), outputs: [floats(), floats()],
  };
}

/** Names the engine takes: "air.co2" is the channel co2 of the modality air. Where there would be too many modalities they are all one. */
function channelNames(names: readonly string[]): string[] {
  const taken = new Set<string>();
  const clean = names.map((name, i) => {
    let tidy = name.split('.').filter(Boolean).join('.').slice(0, 50) || `column${i + 1}`;
    while (taken.has(tidy)) tidy += '_';
    taken.add(tidy);
    return tidy;
  });
  const modalities = new Set(clean.map((name) => name.split('.')[0]!));
  const clash = clean.some((name) => !name.includes('.') && clean.some((other) => other.startsWith(`${name}.`)));
  return modalities.size > 16 || clash ? clean.map((name) => `csv.${name}`) : clean;
}

/** From the 1 % to the 99 % quantile, and a quarter of that wider on both sides: what fills a feature. */
function rangeOf(values: Float32Array): Range {
  const step = Math.max(Math.floor(values.length / 10_000), 1);
  const sample = values.filter((value, i) => i % step === 0 && Number.isFinite(value)).sort();
  if (sample.length === 0) return {};
  const at = (part: number) => sample[Math.round(part * (sample.length - 1))]!;
  const [low, high] = [at(0.01), at(0.99)];
  const wider = high > low ? (high - low) / 4 : Math.abs(high) / 4 || 1;
  return { min: low - wider, max: high + wider };
}

function medianStep(time: Float64Array): number {
  const steps = Array.from({ length: Math.min(time.length - 1, 1000) }, (_, i) => time[i + 1]! - time[i]!).filter((step) => step > 0).sort((a, b) => a - b);
  return steps[Math.floor(steps.length / 2)] ?? 1;
}

export class RecordingScene implements Scene {
  readonly kind = 'recording';
  readonly tickSeconds = 1 / 60;
  readonly thresholds = [detection.low, detection.medium, detection.high] as const;
  settings: Settings;
  readonly engine: Sensorium<string>;
  readonly weights: Weights;
  readonly names: readonly string[];
  readonly #columns: Columns;
  readonly #ranges: readonly Range[];
  readonly #rows: Rows;
  readonly #ticks: number;
  readonly #events: readonly (SensoriumEvent & { readonly tick: number })[];
  /** Of each agent, its rows. */
  readonly #of: readonly number[][];
  readonly #took = new Recent();
  readonly overview: { readonly time: readonly number[]; readonly fused: readonly number[]; readonly severity: readonly number[] };
  #position = 0;
  #agent = 0;
  #nextEvent = 0;
  #samples: Sample[] = [];
  #fresh = true;

  private constructor(settings: Settings, columns: Columns, engine: Sensorium<string>, weights: Weights, ranges: readonly Range[], progress: (part: number) => void) {
    this.settings = settings;
    this.engine = engine;
    this.weights = weights;
    this.names = columns.agents;
    this.#columns = columns;
    this.#ranges = ranges;
    this.#rows = rowsOf(columns.rows);
    const events: (SensoriumEvent & { tick: number })[] = [];
    this.#ticks = this.#runThrough(events, progress);
    this.#events = events;
    const of: number[][] = columns.agents.map(() => []);
    columns.agent.forEach((agent, row) => of[agent]!.push(row));
    this.#of = of;
    this.overview = this.#survey();
    this.seek(0);
  }

  static async open(settings: Settings, columns: Columns, progress: (part: number) => void): Promise<RecordingScene> {
    if (columns.channels.length === 0) throw new BadFile('Expected one column of numbers or more to be sensors, got none');
    if (columns.agents.length > mostAgents) throw new BadFile(`Expected at most ${mostAgents.toLocaleString('en')} agents, got ${columns.agents.length}. Is the column of agents right?`);
    const names = channelNames(columns.channels.map(({ name }) => name));
    const ranges = columns.channels.map(({ values }) => rangeOf(values));
    const weights = drawWeights(names.length, 1);
    const engine = await createSensorium<string>({
      agents: columns.agents.length,
      isa: settings.engine,
      channels: Object.fromEntries(names.map((name, c) => [name, ranges[c]!])),
      readings: { hold: 'once', lost_after: 5 * medianStep(columns.time) },
      detection,
      prediction: { min: null, max: null },
      network: networkOf(weights),
    });
    return new RecordingScene(settings, columns, engine, weights, ranges, progress);
  }

  /** Every row through the engine; rows of one time and different agents are one tick. Returns how many ticks there were. */
  #runThrough(events: (SensoriumEvent & { tick: number })[], progress: (part: number) => void): number {
    const { rows, time, agent, channels } = this.#columns;
    const { engine } = this;
    const { active, results } = engine;
    const inputs = engine.channels.map((name) => engine.sensor(name));
    const waiting = new Uint8Array(engine.agents);
    active.fill(0);
    let ticks = 0;
    for (let first = 0; first < rows; ) {
      let end = first;
      while (end < rows && time[end] === time[first] && !waiting[agent[end]!]) {
        const who = agent[end]!;
        waiting[who] = active[who] = 1;
        for (let c = 0; c < inputs.length; c++) inputs[c]![who] = channels[c]!.values[end]!;
        end++;
      }
      const begin = performance.now();
      engine.tick(time[first]!);
      this.#took.add(begin, performance.now());
      for (const event of engine.events()) if (events.length < 200_000) events.push({ ...event, tick: ticks });
      for (let row = first; row < end; row++) {
        const who = agent[row]!;
        const kept = this.#rows;
        kept.tick[row] = ticks;
        kept.fused[row] = results.fused[who]!;
        kept.confidence[row] = results.confidence[who]!;
        kept.z[row] = results.anomaly.z[who]!;
        kept.severity[row] = results.anomaly.severity[who]!;
        kept.trend[row] = results.prediction.trend[who]!;
        kept.trust[row] = results.prediction.confidence[who]!;
        kept.lost[row] = results.flags[who]! >>> lostShift;
        kept.predicted.forEach((column, h) => (column[row] = results.prediction.values[h]![who]!));
        kept.outputs.forEach((column, u) => (column[row] = results.output[u]![who]!));
        waiting[who] = active[who] = 0;
      }
      ticks++;
      first = end;
      if (ticks % 4096 === 0) progress(end / rows);
    }
    return ticks;
  }

  /** The whole recording in a few hundred points: the mean of what is fused there, and the worst that happened. */
  #survey(): RecordingScene['overview'] {
    const { rows, time } = this.#columns;
    const each = Math.max(Math.ceil(rows / overviewPoints), 1);
    const overview = { time: [] as number[], fused: [] as number[], severity: [] as number[] };
    for (let first = 0; first < rows; first += each) {
      const end = Math.min(first + each, rows);
      let sum = 0;
      let worst = 0;
      for (let row = first; row < end; row++) {
        sum += this.#rows.fused[row]!;
        worst = Math.max(worst, this.#rows.severity[row]!);
      }
      overview.time.push(time[first]!);
      overview.fused.push(sum / (end - first));
      overview.severity.push(worst);
    }
    return overview;
  }

  get agents(): number {
    return this.names.length;
  }
  get time(): number {
    return this.#columns.time[this.#rowAt(this.#position)]!;
  }
  get timeline(): Timeline {
    const { time, rows } = this.#columns;
    return { position: this.#position, ticks: this.#ticks, from: time[0]!, to: time[rows - 1]! };
  }

  /** The first row of a tick. */
  #rowAt(tick: number): number {
    return firstWhere(this.#columns.rows - 1, (row) => this.#rows.tick[row]! >= tick);
  }

  /** The agent's last row up to the tick that is shown; undefined before its first. */
  #ownRow(): number | undefined {
    const own = this.#of[this.#agent]!;
    const after = firstWhere(own.length, (i) => this.#rows.tick[own[i]!]! > this.#position);
    return after > 0 ? own[after - 1] : undefined;
  }

  get ended(): boolean {
    return this.#position + 1 >= this.#ticks;
  }

  step(tell: Tell): boolean {
    if (this.ended) return false;
    this.#position++;
    for (; this.#nextEvent < this.#events.length && this.#events[this.#nextEvent]!.tick <= this.#position; this.#nextEvent++) tell(this.#events[this.#nextEvent]!);
    const row = this.#ownRow();
    if (row !== undefined && this.#rows.tick[row] === this.#position) this.#samples.push(this.#sample(row));
    return true;
  }

  seek(position: number): void {
    this.#position = Math.min(Math.max(Math.round(position), 0), this.#ticks - 1);
    this.#nextEvent = firstWhere(this.#events.length, (i) => this.#events[i]!.tick > this.#position);
    const own = this.#of[this.#agent]!;
    const after = firstWhere(own.length, (i) => this.#rows.tick[own[i]!]! > this.#position);
    this.#samples = own.slice(Math.max(after - past, 0), after).map((row) => this.#sample(row));
    this.#fresh = true;
  }

  choose(agent: number): void {
    this.#agent = agent;
    this.seek(this.#position);
  }

  revisit({ time }: Happening): void {
    this.seek(this.#rows.tick[firstWhere(this.#columns.rows - 1, (row) => this.#columns.time[row]! >= time)]!);
  }

  #sample(row: number): Sample {
    const { fused, confidence, z, severity, predicted } = this.#rows;
    return {
      time: this.#columns.time[row]!,
      fused: fused[row]!,
      confidence: confidence[row]!,
      z: z[row]!,
      severity: severity[row]!,
      predicted: predicted.map((column) => column[row]!),
    };
  }

  takeSamples(): Taken {
    const taken = { samples: this.#samples, fresh: this.#fresh };
    this.#samples = [];
    this.#fresh = false;
    return taken;
  }

  look(): Look {
    const row = this.#ownRow() ?? this.#of[this.#agent]![0]!;
    const kept = this.#rows;
    const sensors = this.engine.channels.map((channel, c) => this.#sensed(channel, c, row));
    const features = sensors.map(({ feature }) => feature ?? 0);
    return {
      agent: this.#agent,
      sensors,
      fused: kept.fused[row]!,
      confidence: kept.confidence[row]!,
      layers: [features, hiddenUnits(this.weights, features), kept.outputs.map((column) => column[row]!)],
      severity: severities[kept.severity[row]!]!,
      trend: kept.trend[row]!,
      trust: kept.trust[row]!,
      neighbors: null,
      truth: null,
    };
  }

  /** A channel's last reading up to a row. */
  #sensed(channel: string, c: number, row: number): Sensed {
    const { channels, time } = this.#columns;
    const own = this.#of[this.#agent]!;
    const values = channels[c]!.values;
    let i = firstWhere(own.length, (index) => own[index]! > row) - 1;
    while (i > 0 && !Number.isFinite(values[own[i]!]!)) i--;
    const read = own[Math.max(i, 0)]!;
    const value = values[read]!;
    const seen = Number.isFinite(value);
    const { min = 0, max = 1 } = this.#ranges[c]!;
    const lost = Boolean(this.#rows.lost[row]! & (1 << this.engine.modalities.indexOf(channel.split('.')[0]!)));
    return { channel, value: seen ? value : null, age: seen ? time[row]! - time[read]! : null, weight: seen && !lost ? 1 : 0, feature: seen ? (value - min) / (max - min) : null, lost };
  }

  /** Results row by row, as a CSV file. */
  results(): Blob {
    const { time, agent, rows } = this.#columns;
    const { fused, confidence, z, severity, trend, trust, predicted } = this.#rows;
    const parts = ['time,agent,fused,confidence,anomaly.z,anomaly.severity,prediction.values.0,prediction.values.4,prediction.confidence,prediction.trend\n'];
    const quoted = this.names.map((name) => (/[",\n]/.test(name) ? `"${name.replaceAll('"', '""')}"` : name));
    for (let row = 0; row < rows; row++) {
      const numbers = [fused, confidence, z].map((column) => column[row]!);
      const rest = [predicted[0]!, predicted[4]!, trust, trend].map((column) => column[row]!);
      parts.push(`${time[row]},${quoted[agent[row]!]},${numbers.join()},${severities[severity[row]!]},${rest.join()}\n`);
    }
    return new Blob(parts, { type: 'text/csv' });
  }

  took() {
    return { world: 0, engine: this.#took.mean, compared: null };
  }

  dispose(): void {
    this.engine.dispose();
  }
}

/** The first of 0 … count for which something is so, where it is so for all after it. */
function firstWhere(count: number, isSo: (index: number) => boolean): number {
  let [low, high] = [0, count];
  while (low < high) {
    const middle = (low + high) >>> 1;
    if (isSo(middle)) high = middle;
    else low = middle + 1;
  }
  return low;
}
