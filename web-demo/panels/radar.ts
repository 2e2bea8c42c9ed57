// Who is near: the agent in the middle, its neighbours around it as seen from above, north up.
import type { Look } from '../protocol.ts';
import { byId, draw, set, show } from './dom.ts';

const edge = 100;

export class RadarPanel {
  readonly #svg = byId<SVGSVGElement>('radar');
  readonly #dots: SVGCircleElement[] = [];
  readonly #heading = draw('line', { x1: 0, y1: 0, x2: 0, y2: -22, class: 'heading' });

  readonly #radius: number;

  constructor(radius: number) {
    this.#radius = radius;
    const rings = [1 / 3, 2 / 3, 1].map((part) => draw('circle', { cx: 0, cy: 0, r: edge * part, class: 'ring' }));
    const label = draw('text', { x: 4, y: -edge + 12 });
    label.textContent = `${radius} m`;
    this.#svg.append(...rings, label, this.#heading, draw('circle', { cx: 0, cy: 0, r: 5, class: 'self' }));
  }

  show({ neighbors }: Look): void {
    if (!neighbors) return;
    const { count, nearest, heading } = neighbors;
    show(byId('near'), count === 0 ? `nobody within ${this.#radius} m` : `${count}${count === 255 ? ' or more' : ''} within ${this.#radius} m, nearest ${nearest[0]!.distance.toFixed(1)} m`);
    while (this.#dots.length < nearest.length) {
      const dot = draw('circle', { r: 4, class: 'near' });
      this.#dots.push(dot);
      this.#svg.append(dot);
    }
    this.#dots.forEach((dot, index) => {
      const other = nearest[index];
      set(dot, 'visibility', other ? 'visible' : 'hidden');
      if (!other) return;
      set(dot, 'cx', ((other.x / this.#radius) * edge).toFixed(1));
      set(dot, 'cy', ((-other.y / this.#radius) * edge).toFixed(1));
    });
    const length = Math.hypot(...heading) || 1;
    set(this.#heading, 'x2', ((22 * heading[0]) / length).toFixed(1));
    set(this.#heading, 'y2', ((-22 * heading[1]) / length).toFixed(1));
  }
}
