// Hands on the map: drag to move, wheel or pinch to zoom, click to choose, and the same by keys and buttons.
import type { Palette } from '../map/picture.ts';
import type { Order } from '../protocol.ts';
import { byId, make } from './dom.ts';

type Send = (order: Order, transfer?: Transferable[]) => void;

const scenes: Readonly<Record<string, readonly (readonly [name: string, label: string])[]>> = {
  situation: [['calm', 'calm'], ['alone', 'alone'], ['crowded', 'crowded'], ['threatened', 'threatened'], ['blind', 'blind']],
  anomaly: [['normal', 'none'], ['low', 'low'], ['medium', 'medium'], ['alarm', 'high']],
  confidence: [['doubt', '0'], ['half', '0.5'], ['trust', '1']],
};

/** What is on the map beside the agents. */
const marks = [['sound', 'a sound'], ['intruder', 'the intruder, an event'], ['chosen', 'who you look at']] as const;

/** The map's colours from the page's style, which knows light and dark. */
export function paletteOf(): Palette {
  const style = getComputedStyle(document.documentElement);
  // "#rrggbb", also where a minified style says "#rgb".
  const color = (name: string) => style.getPropertyValue(`--${name}`).trim().replace(/^#(.)(.)(.)$/, '#$1$1$2$2$3$3');
  const colors = (scene: string) => scenes[scene]!.map(([name]) => color(name));
  return {
    paper: color('site'), obstacle: color('obstacle'), rule: color('sound'), ink: color('ink'), place: color('place'), chosen: color('chosen'), threat: color('alarm'),
    situation: colors('situation'), anomaly: colors('anomaly'), confidence: colors('confidence'),
  };
}

export class MapPanel {
  readonly #canvas = byId<HTMLCanvasElement>('map');
  readonly #send: Send;
  readonly #fingers = new Map<number, PointerEvent>();
  #moved = 0;

  constructor(send: Send) {
    this.#send = send;
    const canvas = this.#canvas;
    canvas.addEventListener('pointerdown', (event) => {
      canvas.setPointerCapture(event.pointerId);
      this.#fingers.set(event.pointerId, event);
      if (this.#fingers.size === 1) this.#moved = 0;
    });
    canvas.addEventListener('pointermove', (event) => this.#drag(event));
    canvas.addEventListener('pointercancel', (event) => this.#fingers.delete(event.pointerId));
    canvas.addEventListener('pointerup', (event) => {
      this.#fingers.delete(event.pointerId);
      // A finger that hardly moved pointed at somebody.
      if (this.#fingers.size === 0 && this.#moved < 6) this.#send({ type: 'pick', ...this.#pixel(event) });
    });
    canvas.addEventListener('wheel', (event) => {
      event.preventDefault();
      this.#send({ type: 'zoom', factor: Math.exp(-event.deltaY * (event.deltaMode === 1 ? 0.05 : 0.0015)), ...this.#pixel(event) });
    }, { passive: false });
    canvas.addEventListener('keydown', (event) => this.#key(event));
    byId('closer').addEventListener('click', () => this.zoom(1.5));
    byId('farther').addEventListener('click', () => this.zoom(1 / 1.5));
    byId('all').addEventListener('click', () => this.#send({ type: 'fit' }));
    const full = byId('full');
    full.hidden = !document.fullscreenEnabled;
    full.addEventListener('click', () => (document.fullscreenElement ? document.exitFullscreen() : byId('map-frame').requestFullscreen()));
    const follow = byId('follow');
    follow.addEventListener('click', () => this.#send({ type: 'follow', following: follow.getAttribute('aria-pressed') !== 'true' }));
    new ResizeObserver(() => this.#send({ type: 'resize', ratio: this.ratio, ...this.size })).observe(canvas);
  }

  /** What the worker draws on. */
  transfer(): OffscreenCanvas {
    return this.#canvas.transferControlToOffscreen();
  }

  /** Device pixels a CSS pixel, which another screen changes; more than two are not seen. */
  get ratio(): number {
    return Math.min(devicePixelRatio, 2);
  }

  get size(): { width: number; height: number } {
    const { clientWidth, clientHeight } = this.#canvas;
    return { width: Math.max(Math.round(clientWidth * this.ratio), 1), height: Math.max(Math.round(clientHeight * this.ratio), 1) };
  }

  legend(colouring: string): void {
    byId('legend').replaceChildren(
      ...scenes[colouring]!.map(([name, label]) => this.#entry(name, label, '')),
      ...marks.map(([name, label]) => this.#entry(name, label, 'ring')),
    );
  }

  #entry(name: string, label: string, kind: string): HTMLLIElement {
    const entry = make('li', label, kind);
    entry.dataset['color'] = name;
    return entry;
  }

  #pixel({ offsetX, offsetY }: MouseEvent): { column: number; row: number } {
    return { column: offsetX * this.ratio, row: offsetY * this.ratio };
  }

  zoom(factor: number): void {
    const { width, height } = this.size;
    this.#send({ type: 'zoom', factor, column: width / 2, row: height / 2 });
  }

  #drag(event: PointerEvent): void {
    const before = this.#fingers.get(event.pointerId);
    if (!before) return;
    const right = event.clientX - before.clientX;
    const down = event.clientY - before.clientY;
    this.#moved += Math.abs(right) + Math.abs(down);
    const [other] = [...this.#fingers.values()].filter(({ pointerId }) => pointerId !== event.pointerId);
    if (other) {
      const distance = (finger: PointerEvent) => Math.hypot(finger.clientX - other.clientX, finger.clientY - other.clientY) || 1;
      this.#send({ type: 'zoom', factor: distance(event) / distance(before), ...this.#pixel(event) });
    } else {
      this.#send({ type: 'pan', right: right * this.ratio, down: down * this.ratio });
    }
    this.#fingers.set(event.pointerId, event);
  }

  #key(event: KeyboardEvent): void {
    const far = 60 * this.ratio;
    const moves: Readonly<Record<string, readonly [number, number]>> = { ArrowLeft: [far, 0], ArrowRight: [-far, 0], ArrowUp: [0, far], ArrowDown: [0, -far] };
    const move = moves[event.key];
    if (move) this.#send({ type: 'pan', right: move[0], down: move[1] });
    else if (event.key === '+' || event.key === '=') this.zoom(1.25);
    else if (event.key === '-') this.zoom(1 / 1.25);
    else if (event.key === '0') this.#send({ type: 'fit' });
    else return;
    event.preventDefault();
  }
}
