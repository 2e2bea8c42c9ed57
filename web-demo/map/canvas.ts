// The map with Canvas 2D, where there is no WebGL2: slower with very many agents, the same to look at.
import type { Camera } from './camera.ts';
import { dotSize, faint, graver, rimOf, type Drawing, type Outline, type Palette, type Picture } from './picture.ts';

export class CanvasDrawing implements Drawing {
  readonly kind = 'Canvas 2D';
  readonly #canvas: OffscreenCanvas;
  readonly #context: OffscreenCanvasRenderingContext2D;
  ratio: number;
  #palette!: Palette;
  #site: readonly Outline[] = [];

  constructor(canvas: OffscreenCanvas, ratio: number) {
    const context = canvas.getContext('2d', { alpha: false });
    if (!context) throw new Error('This browser draws on no canvas');
    this.#canvas = canvas;
    this.#context = context;
    this.ratio = ratio;
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
    const ratio = this.ratio;
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
    context.lineWidth = 0.75 * this.ratio;
    context.beginPath();
    for (let i = 0; i < places.links.length; i += 2) {
      const from = places.links[i]!;
      const to = places.links[i + 1]!;
      context.moveTo(...at(places.x[from]!, places.y[from]!));
      context.lineTo(...at(places.x[to]!, places.y[to]!));
    }
    context.globalAlpha = faint;
    context.stroke();
    context.globalAlpha = 1;
    const size = 3 * this.ratio;
    for (let i = 0; i < places.count; i++) {
      const [column, row] = at(places.x[i]!, places.y[i]!);
      context.fillRect(column - size / 2, row - size / 2, size, size);
    }
  }

  #drawAgents({ agents, x, y, active, values, colouring }: Picture, camera: Camera, at: (x: number, y: number) => readonly [number, number]): void {
    const context = this.#context;
    const graded = colouring === 'confidence';
    const colours = graded ? between(this.#palette[colouring]) : this.#palette[colouring];
    const most = colours.length - 1;
    const rim = rimOf(camera.scale, this.ratio);
    context.strokeStyle = this.#palette.paper;
    context.lineWidth = 2 * rim;
    // Colour by colour, because changing it costs more than a dot; the gravest are drawn last, on top.
    const order = graded ? [...colours.keys()].reverse() : colours.keys();
    for (const number of order) {
      const grave = graded ? 1 - number / most : number / most;
      const radius = (dotSize(camera.scale, this.ratio) / 2) * (grave > 0.5 ? graver : 1);
      context.fillStyle = colours[number]!;
      context.beginPath();
      for (let i = 0; i < agents; i++) {
        if (active[i] === 0 || Math.min(Math.round(values[i]! * (graded ? most : 1)), most) !== number) continue;
        const [column, row] = at(x[i]!, y[i]!);
        context.moveTo(column + radius, row);
        context.arc(column, row, radius, 0, 2 * Math.PI);
      }
      if (rim > 0) context.stroke();
      context.fill();
    }
  }
}

/** Colours of a gradient, in so many steps that none is seen. */
function between(colours: readonly string[], steps = 16): string[] {
  return Array.from({ length: steps + 1 }, (_, i) => {
    const at = (i / steps) * (colours.length - 1);
    const from = Math.min(Math.floor(at), colours.length - 2);
    const part = (colour: string, channel: number) => Number.parseInt(colour.slice(1 + 2 * channel, 3 + 2 * channel), 16);
    return `rgb(${[0, 1, 2].map((channel) => Math.round(part(colours[from]!, channel) * (1 - at + from) + part(colours[from + 1]!, channel) * (at - from)))})`;
  });
}
