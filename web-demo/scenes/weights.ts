// Weights for a small network, from a seed. Like any that were not trained, they mean nothing.

export interface Weights {
  readonly inputs: number;
  readonly hidden: number;
  readonly outputs: number;
  /** Of each layer, [units][inputs] row by row; without biases. */
  readonly layers: readonly [Float32Array, Float32Array];
}

/** 8 units and 2 outputs, as the classic network has; uniform in ±sqrt(2 / inputs). */
export function drawWeights(inputs: number, seed: number): Weights {
  // Mulberry32, by Tommy Ettinger: small, and good enough for weights without meaning.
  let state = seed >>> 0;
  const random = () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
  const draw = (units: number, width: number) => Float32Array.from({ length: units * width }, () => Math.sqrt(2 / width) * (2 * random() - 1));
  const [hidden, outputs] = [8, 2];
  return { inputs, hidden, outputs, layers: [draw(hidden, inputs), draw(outputs, hidden)] };
}

/** The engine's option `network` with these weights. */
export const networkOf = ({ layers: [first, second], hidden, outputs }: Weights) => ({
  layers: [
    { units: hidden, weights: first },
    { units: outputs, weights: second },
  ],
});

/** The units between, which the engine does not tell: worked out for the one agent that is looked at. */
export function hiddenUnits({ layers: [first], hidden, inputs }: Weights, features: readonly number[]): number[] {
  return Array.from({ length: hidden }, (_, unit) => {
    let sum = 0;
    for (let i = 0; i < inputs; i++) sum += first[unit * inputs + i]! * features[i]!;
    return 0.5 + sum / (2 * (1 + Math.abs(sum)));
  });
}
