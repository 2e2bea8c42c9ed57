// Where on the site one looks, and from how far. Metres are the world's, pixels the canvas's own; y points up in both the world and on the map.

export interface Size {
  /** Device pixels. */
  readonly width: number;
  readonly height: number;
}

const closest = 0.005;

export class Camera {
  x = 0;
  y = 0;
  /** Metres a device pixel. */
  scale = 1;
  #widest = 10;

  /** Shows all of a box, with a margin. */
  fit(left: number, bottom: number, right: number, top: number, { width, height }: Size): void {
    this.x = (left + right) / 2;
    this.y = (bottom + top) / 2;
    this.scale = Math.max((right - left) / width, (top - bottom) / height, closest) * 1.04;
    this.#widest = this.scale * 4;
  }

  /** Shows a place and so many metres about it, or less of them where one was closer already. */
  visit(x: number, y: number, radius: number, { width, height }: Size): void {
    [this.x, this.y] = [x, y];
    this.scale = Math.min(this.scale, (2 * radius) / Math.min(width, height));
  }

  /** Goes a part of the way to a place. */
  approach(x: number, y: number, part: number): void {
    this.x += (x - this.x) * part;
    this.y += (y - this.y) * part;
  }

  /** The circle about all that is seen. */
  sight({ width, height }: Size): { x: number; y: number; radius: number } {
    return { x: this.x, y: this.y, radius: (Math.hypot(width, height) / 2) * this.scale };
  }

  /** Moves what is seen by so many pixels to the right and down. */
  pan(right: number, down: number): void {
    this.x -= right * this.scale;
    this.y += down * this.scale;
  }

  /** Comes closer by a factor; the point under the pixel stays where it is. */
  zoom(factor: number, column: number, row: number, size: Size): void {
    const [x, y] = this.point(column, row, size);
    this.scale = Math.min(Math.max(this.scale / factor, closest), this.#widest);
    const [movedX, movedY] = this.point(column, row, size);
    this.x += x - movedX;
    this.y += y - movedY;
  }

  /** The place under a pixel. */
  point(column: number, row: number, { width, height }: Size): readonly [x: number, y: number] {
    return [this.x + (column - width / 2) * this.scale, this.y - (row - height / 2) * this.scale];
  }

  /** The pixel of a place. */
  pixel(x: number, y: number, { width, height }: Size): readonly [column: number, row: number] {
    return [(x - this.x) / this.scale + width / 2, (this.y - y) / this.scale + height / 2];
  }
}
