// The classic tick in plain JavaScript, tuned by hand: what a good JavaScript programmer would write without the engine. Typed arrays,
// one pass over the agents, everything of an agent side by side in memory, no objects and no garbage. It gives the engine's answers on the
// same readings to rounding (tests/demo/plain.node.test.ts), so the page can show the two times beside each other.
import type { Weights } from '../scenes/weights.ts';

/** visual.objects / 10, lidar.points / 1500, audio.amplitude, |imu.accel_x|: weighed 0.3, 0.3, 0.2, 0.2. */
const inputs = 4;
const hidden = 8;
const outputs = 2;
const detectionWindow = 20;
const predictionWindow = 10;
const horizon = 5;
const minSamples = 3;
const minDeviation = 1e-4;
const lostAfter = 1;

/** s(x) = 0.5 + x / (2 (1 + |x|)) */
const fastSigmoid = (x: number) => 0.5 + x / (2 * (1 + (x < 0 ? -x : x)));

export class PlainClassic {
  readonly agents: number;
  readonly fused: Float32Array;
  readonly output: readonly Float32Array[];
  readonly z: Float32Array;
  readonly severity: Uint8Array;
  /** The fused value 1 … 5 ticks ahead, agent by agent. */
  readonly values: Float32Array;
  readonly confidence: Float32Array;
  readonly trend: Float32Array;

  readonly #hidden: Float64Array;
  readonly #output: Float64Array;
  readonly #units = new Float64Array(hidden);
  /** Held features and when each was last read, agent by agent. */
  readonly #held: Float64Array;
  readonly #read: Float64Array;
  readonly #window: Float64Array;
  readonly #filled: Uint8Array;
  readonly #head: Uint8Array;

  constructor(agents: number, { layers }: Weights) {
    this.agents = agents;
    this.fused = new Float32Array(agents);
    this.output = Array.from({ length: outputs }, () => new Float32Array(agents));
    this.z = new Float32Array(agents);
    this.severity = new Uint8Array(agents);
    this.values = new Float32Array(agents * horizon);
    this.confidence = new Float32Array(agents);
    this.trend = new Float32Array(agents);
    this.#hidden = Float64Array.from(layers[0]);
    this.#output = Float64Array.from(layers[1]);
    this.#held = new Float64Array(agents * inputs);
    this.#read = new Float64Array(agents * inputs).fill(-Infinity);
    this.#window = new Float64Array(agents * detectionWindow);
    this.#filled = new Uint8Array(agents);
    this.#head = new Uint8Array(agents);
  }

  /** One cycle over all agents. NaN in a column is no reading. */
  tick(seconds: number, objects: Float32Array, points: Float32Array, amplitude: Float32Array, accelX: Float32Array): void {
    const held = this.#held;
    const read = this.#read;
    const oldest = seconds - lostAfter;
    for (let i = 0, at = 0; i < this.agents; i++, at += inputs) {
      // value - value is 0 for finite values only.
      let value = objects[i]!;
      if (value - value === 0) {
        held[at] = value * 0.1;
        read[at] = seconds;
      }
      value = points[i]!;
      if (value - value === 0) {
        held[at + 1] = value / 1500;
        read[at + 1] = seconds;
      }
      value = amplitude[i]!;
      if (value - value === 0) {
        held[at + 2] = value;
        read[at + 2] = seconds;
      }
      value = accelX[i]!;
      if (value - value === 0) {
        held[at + 3] = value < 0 ? -value : value;
        read[at + 3] = seconds;
      }
      this.#infer(i, at);

      const w0 = read[at]! >= oldest ? 0.3 : 0;
      const w1 = read[at + 1]! >= oldest ? 0.3 : 0;
      const w2 = read[at + 2]! >= oldest ? 0.2 : 0;
      const w3 = read[at + 3]! >= oldest ? 0.2 : 0;
      const total = w0 + w1 + w2 + w3;
      if (total === 0) {
        // Blind: the fused value is held, nothing is scored or learned.
        this.z[i] = 0;
        this.severity[i] = 0;
        continue;
      }
      const fused = (w0 * held[at]! + w1 * held[at + 1]! + w2 * held[at + 2]! + w3 * held[at + 3]!) / total;
      this.fused[i] = fused;
      this.#learn(i, fused);
    }
  }

  #infer(i: number, at: number): void {
    const held = this.#held;
    const units = this.#units;
    const first = this.#hidden;
    const f0 = held[at]!;
    const f1 = held[at + 1]!;
    const f2 = held[at + 2]!;
    const f3 = held[at + 3]!;
    for (let u = 0, w = 0; u < hidden; u++, w += inputs) {
      units[u] = fastSigmoid(first[w]! * f0 + first[w + 1]! * f1 + first[w + 2]! * f2 + first[w + 3]! * f3);
    }
    const second = this.#output;
    let a = 0;
    let b = 0;
    for (let u = 0; u < hidden; u++) {
      a += second[u]! * units[u]!;
      b += second[hidden + u]! * units[u]!;
    }
    this.output[0]![i] = fastSigmoid(a);
    this.output[1]![i] = fastSigmoid(b);
  }

  /** The window's z-score of its newest value, and the line through its last values. */
  #learn(i: number, fused: number): void {
    const window = this.#window;
    const base = i * detectionWindow;
    const head = this.#head[i]! === 0 ? detectionWindow - 1 : this.#head[i]! - 1;
    this.#head[i] = head;
    window[base + head] = fused;
    const filled = this.#filled[i]! < detectionWindow ? ++this.#filled[i]! : detectionWindow;

    // Sums of differences from the newest value: nothing cancels, nothing drifts.
    const lineCount = filled < predictionWindow ? filled : predictionWindow;
    let sum = 0;
    let squares = 0;
    let lineSum = 0;
    let lineSquares = 0;
    let moments = 0;
    for (let age = 0, slot = head; age < filled; age++) {
      const d = window[base + slot]! - fused;
      sum += d;
      squares += d * d;
      if (age < lineCount) {
        lineSum += d;
        lineSquares += d * d;
        moments += age * d;
      }
      if (++slot === detectionWindow) slot = 0;
    }
    let z = 0;
    if (filled >= minSamples) {
      const shift = sum / filled;
      const deviation = Math.sqrt(Math.max(squares / filled - shift * shift, 0));
      if (deviation > minDeviation) z = -shift / deviation;
    }
    const size = z < 0 ? -z : z;
    this.z[i] = z;
    this.severity[i] = size > 3 ? 3 : size > 2.5 ? 2 : size > 2 ? 1 : 0;

    if (lineCount < 2) return;
    const middle = (lineCount - 1) / 2;
    const inverseSpread = 12 / (lineCount * (lineCount * lineCount - 1));
    const slant = middle * lineSum - moments;
    const trend = slant * inverseSpread;
    const shift = lineSum / lineCount;
    const variation = lineSquares - lineSum * shift;
    const step = fused * 1.1920929e-7;
    const moves = variation > lineCount * step * step + 1e-30;
    const explained = moves ? (slant * slant * inverseSpread) / variation : 0;
    this.confidence[i] = explained > 1 ? 1 : explained;
    this.trend[i] = trend;
    const mean = fused + shift;
    for (let ahead = 1, at = i * horizon; ahead <= horizon; ahead++, at++) {
      const predicted = mean + trend * (middle + ahead);
      this.values[at] = predicted < 0 ? 0 : predicted > 1 ? 1 : predicted;
    }
  }
}
