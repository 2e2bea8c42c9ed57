// The map with Canvas 2D, where there is no WebGL2: slower with very many agents, the same to look at.
import type { Camera } from './camera.ts';
import { dotSize, type Drawing, type Outline, type Palette, type Picture } from './picture.ts';

export class CanvasDrawing implements Drawing {
  readonly kind = 'Canvas 2D';
  readonly #canvas: OffscreenCanvas;
  readonly #context: OffscreenCanvasRenderingContext2D;
  readonly #ratio: number;
  #palette!: Palette;
  #site: readonly Outline[] = [];

  constructor(canvas: OffscreenCanvas, ratio: number) {
    const context = canvas.getContext('2d', { alpha: false });
    if (!context) throw new Error('This browser draws on no canvas');
    this.#canvas = canvas;
    this.#context = context;
    this.#ratio = ratio;
  }

  setSite(outlines: readonly Outline[]): void {
    this.#site = outlines;
  }

  setPalette(palette: Palette): void {
    this.#palette = palette;
  }

  draw(picture: Picture, camera: Camera): void {
    const context = this.#context;
    const palette = this.#palette;
    const ratio = this.#ratio;
    const at = (x: number, y: number) => camera.pixel(x, y, this.#canvas);
    const path = (points: ArrayLike<number>, close: boolean) => {
      context.beginPath();
      for (let i = 0; i < points.length; i += 2) context.lineTo(...at(points[i]!, points[i + 1]!));
      if (close) context.closePath();
    };
    const ring = (x: number, y: number, radius: number) => {
      context.beginPath();
      context.arc(...at(x, y), radius, 0, 2 * Math.PI);
    };

    context.fillStyle = palette.paper;
    context.fillRect(0, 0, this.#canvas.width, this.#canvas.height);
    context.fillStyle = palette.obstacle;
    for (const outline of this.#site) {
      path(outline, true);
      context.fill();
    }
    this.#drawPlaces(picture, at);
    this.#drawAgents(picture, camera, at);

    context.lineWidth = 1.5 * ratio;
    context.strokeStyle = palette.rule;
    for (let i = 0; i < picture.sounds.length; i += 2) {
      ring(picture.sounds[i]!, picture.sounds[i + 1]!, 9 * ratio);
      context.stroke();
    }
    if (picture.intruder) {
      context.strokeStyle = palette.threat;
      context.lineWidth = 3 * ratio;
      ring(...picture.intruder, 11 * ratio);
      context.stroke();
    }
    if (picture.event) {
      context.strokeStyle = palette.threat;
      context.lineWidth = 1.5 * ratio;
      for (const radius of [12, 16]) {
        ring(...picture.event, radius * ratio);
        context.stroke();
      }
    }
    const { chosen } = picture;
    if (!chosen) return;
    context.strokeStyle = palette.chosen;
    context.lineWidth = 1.25 * ratio;
    path(chosen.trail, false);
    context.stroke();
    for (let i = 0; i < chosen.neighbors.length; i += 2) {
      path([chosen.x, chosen.y, chosen.neighbors[i]!, chosen.neighbors[i + 1]!], false);
      context.stroke();
    }
    ring(chosen.x, chosen.y, chosen.radius / camera.scale);
    context.stroke();
    context.lineWidth = 2.5 * ratio;
    ring(chosen.x, chosen.y, dotSize(camera.scale, ratio) / 2 + 4 * ratio);
    context.stroke();
  }

  #drawPlaces({ places }: Picture, at: (x: number, y: number) => readonly [number, number]): void {
    const context = this.#context;
    context.strokeStyle = context.fillStyle = this.#palette.place;
    context.lineWidth = 0.75 * this.#ratio;
    context.beginPath();
    for (let i = 0; i < places.links.length; i += 2) {
      const from = places.links[i]!;
      const to = places.links[i + 1]!;
      context.moveTo(...at(places.x[from]!, places.y[from]!));
      context.lineTo(...at(places.x[to]!, places.y[to]!));
    }
    context.stroke();
    const size = 3 * this.#ratio;
    for (let i = 0; i < places.count; i++) {
      const [column, row] = at(places.x[i]!, places.y[i]!);
      context.fillRect(column - size / 2, row - size / 2, size, size);
    }
  }

  #drawAgents({ agents, x, y, active, values, colouring }: Picture, camera: Camera, at: (x: number, y: number) => readonly [number, number]): void {
    const context = this.#context;
    const colours = this.#palette[colouring];
    const size = dotSize(camera.scale, this.#ratio);
    const steps = colouring === 'confidence' ? colours.length - 1 : 1;
    // Colour by colour, because changing it costs more than a rectangle; the gravest are drawn last, on top.
    const order = colouring === 'confidence' ? [...colours.keys()].reverse() : colours.keys();
    for (const number of order) {
      context.fillStyle = colours[number]!;
      for (let i = 0; i < agents; i++) {
        if (active[i] === 0 || Math.round(values[i]! * steps) !== number) continue;
        const [column, row] = at(x[i]!, y[i]!);
        context.fillRect(column - size / 2, row - size / 2, size, size);
      }
    }
  }
}
