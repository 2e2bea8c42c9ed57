// The visitor's own sensors: which are on, what they say, and why one cannot be had.
import { camera, deviceMotion, microphone, NoSensor, type LiveSensor, type Readings } from '../live/sensors.ts';
import { byId, show } from './dom.ts';

/** Readings a second. */
const rate = 20;

type Name = 'microphone' | 'camera' | 'motion';

/** A sensor that is switched on; it has one once the visitor has allowed it. Its end lets go of the device, whenever that comes. */
class Wanted extends AbortController {
  sensor: LiveSensor | undefined;
}

export class LivePanel {
  readonly #wanted = new Map<Name, Wanted>();
  readonly #read: (seconds: number, readings: Readings) => void;
  readonly #start: () => void;
  #timer: ReturnType<typeof setInterval> | undefined;
  #began = 0;

  /** `start` is called when the first sensor is there, `read` for each moment. */
  constructor(start: () => void, read: (seconds: number, readings: Readings) => void) {
    this.#start = start;
    this.#read = read;
    const video = byId<HTMLVideoElement>('preview');
    this.#offer('microphone', microphone);
    this.#offer('camera', (signal) => camera(video, signal));
    this.#offer('motion', deviceMotion);
  }

  #offer(name: Name, make: (signal: AbortSignal) => Promise<LiveSensor>): void {
    byId(`live-${name}`).addEventListener('click', async () => {
      if (this.#wanted.has(name)) return this.#end(name, 'off');
      const wanted = new Wanted();
      this.#wanted.set(name, wanted);
      show(byId(`live-${name}-status`), 'asking…');
      try {
        const sensor = await make(wanted.signal);
        if (wanted.signal.aborted) return;
        wanted.sensor = sensor;
        byId(`live-${name}`).setAttribute('aria-pressed', 'true');
        show(byId(`live-${name}-status`), 'on');
        this.#begin();
      } catch (error) {
        if (!wanted.signal.aborted) this.#fail(name, error);
      }
    });
  }

  #fail(name: Name, error: unknown): void {
    this.#end(name, error instanceof NoSensor ? error.message : `It failed: ${error instanceof Error ? error.message : error}`);
  }

  #end(name: Name, status: string): void {
    this.#wanted.get(name)?.abort();
    this.#wanted.delete(name);
    byId(`live-${name}`).setAttribute('aria-pressed', 'false');
    show(byId(`live-${name}-status`), status);
  }

  #begin(): void {
    if (this.#timer !== undefined) return;
    this.#start();
    this.#began = performance.now();
    this.#timer = setInterval(() => {
      const readings: Readings = {};
      for (const [name, { sensor }] of this.#wanted) {
        try {
          Object.assign(readings, sensor?.read());
        } catch (error) {
          this.#fail(name, error);
        }
      }
      this.#read((performance.now() - this.#began) / 1000, readings);
    }, 1000 / rate);
  }

  /** Lets go of every sensor. */
  stop(): void {
    clearInterval(this.#timer);
    this.#timer = undefined;
    for (const name of this.#wanted.keys()) this.#end(name, 'off');
  }
}
