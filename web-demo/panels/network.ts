// The network: units as bright as they are active, connections as strong as what they carry.
import type { Look } from '../protocol.ts';
import { byId, digits, draw, set, show } from './dom.ts';

/** Names get no more room than this, in characters. */
const longest = 15;
const [left, right, top, bottom] = [112, 306, 14, 196];

export class NetworkPanel {
  readonly #svg = byId<SVGSVGElement>('network');
  #weights: readonly (readonly number[])[] = [];
  #units: SVGCircleElement[][] = [];
  #lines: SVGLineElement[][] = [];
  #labels: SVGTextElement[] = [];

  /** `weights` of each layer, [units][inputs] row by row. */
  build(features: readonly string[], weights: readonly (readonly number[])[]): void {
    this.#weights = weights;
    const sizes = [features.length];
    for (const layer of weights) sizes.push(layer.length / sizes.at(-1)!);
    const x = (layer: number) => left + ((right - left) * layer) / 2;
    const y = (layer: number, unit: number) => (top + bottom) / 2 + (unit - (sizes[layer]! - 1) / 2) * Math.min((bottom - top) / Math.max(sizes[layer]! - 1, 1), 44);
    this.#lines = weights.map((layer, l) =>
      layer.map((_, i) => {
        const [unit, input] = [Math.floor(i / sizes[l]!), i % sizes[l]!];
        return draw('line', { x1: x(l), y1: y(l, input), x2: x(l + 1), y2: y(l + 1, unit) });
      }),
    );
    this.#units = sizes.map((size, l) => Array.from({ length: size }, (_, unit) => draw('circle', { cx: x(l), cy: y(l, unit), r: Math.min(8, 80 / sizes[l]!) })));
    this.#labels = [0, 1].map((unit) => draw('text', { x: right + 14, y: y(2, unit) + 4 }));
    // Of very many only some have room for their names.
    const every = Math.ceil((11 * (features.length - 1)) / (bottom - top)) || 1;
    const inputs = features.flatMap((name, unit) => {
      if (unit % every !== 0) return [];
      const label = draw('text', { x: left - 14, y: y(0, unit) + 4, 'text-anchor': 'end' });
      label.textContent = name.length > longest ? `${name.slice(0, longest - 1)}…` : name;
      return label;
    });
    this.#svg.replaceChildren(...this.#lines.flat(), ...this.#units.flat(), ...inputs, ...this.#labels);
  }

  show({ layers }: Look): void {
    layers.forEach((values, l) => values.forEach((value, unit) => set(this.#units[l]![unit]!, 'fill-opacity', Math.min(Math.abs(value), 1).toFixed(2))));
    this.#lines.forEach((lines, l) => {
      const inputs = layers[l]!;
      lines.forEach((line, i) => {
        const carried = this.#weights[l]![i]! * inputs[i % inputs.length]!;
        set(line, 'stroke-opacity', (0.06 + 0.94 * Math.min(Math.abs(carried), 1)).toFixed(2));
        set(line, 'class', carried < 0 ? 'less' : 'more');
      });
    });
    this.#labels.forEach((label, unit) => show(label, digits(layers[2]![unit]!)));
  }
}
