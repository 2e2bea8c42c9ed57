// The visitor's own sensors: which are on, what they say, and why one cannot be had.
import { camera, deviceMotion, microphone, NoSensor, type LiveSensor, type Readings } from '../live/sensors.ts';
import { byId, show } from './dom.ts';

/** Readings a second. */
const rate = 20;

type Name = 'microphone' | 'camera' | 'motion';

export class LivePanel {
  readonly #sensors = new Map<Name, LiveSensor>();
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
    this.#offer('camera', () => camera(video));
    this.#offer('motion', deviceMotion);
  }

  #offer(name: Name, make: () => Promise<LiveSensor>): void {
    const button = byId<HTMLButtonElement>(`live-${name}`);
    const status = byId(`live-${name}-status`);
    button.addEventListener('click', async () => {
      const running = this.#sensors.get(name);
      if (running) {
        running.stop();
        this.#sensors.delete(name);
        button.setAttribute('aria-pressed', 'false');
        show(status, 'off');
        return;
      }
      show(status, 'asking…');
      try {
        this.#sensors.set(name, await make());
        button.setAttribute('aria-pressed', 'true');
        show(status, 'on');
        this.#begin();
      } catch (error) {
        show(status, error instanceof NoSensor ? error.message : `It failed: ${error instanceof Error ? error.message : error}`);
      }
    });
  }

  #begin(): void {
    if (this.#timer !== undefined) return;
    this.#start();
    this.#began = performance.now();
    this.#timer = setInterval(() => {
      const readings = Object.assign({}, ...[...this.#sensors.values()].map((sensor) => sensor.read())) as Readings;
      this.#read((performance.now() - this.#began) / 1000, readings);
    }, 1000 / rate);
  }

  /** Lets go of every sensor. */
  stop(): void {
    clearInterval(this.#timer);
    this.#timer = undefined;
    for (const [name, sensor] of this.#sensors) {
      sensor.stop();
      byId(`live-${name}`).setAttribute('aria-pressed', 'false');
      show(byId(`live-${name}-status`), 'off');
    }
    this.#sensors.clear();
  }
}
