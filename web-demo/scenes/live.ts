// The visitor's own sensors as one agent: the page measures, this understands. A sensor that is not allowed or not there never reads.
import { createSensorium, type Sensorium } from 'sensorium';
import type { LiveChannel } from '../protocol.ts';
import type { Settings } from '../settings.ts';
import { AgentView } from './agent-view.ts';
import { Recent, type Scene, type Taken, type Tell } from './scene.ts';
import { drawWeights, networkOf } from './weights.ts';

/** What the page can measure, and the range that fills a feature. */
export const liveChannels: Readonly<Record<LiveChannel, { readonly min: number; readonly max: number }>> = {
  'microphone.level': { min: 0, max: 0.5 },
  'microphone.frequency': { min: 0, max: 4000 },
  'camera.brightness': { min: 0, max: 1 },
  'camera.motion': { min: 0, max: 0.3 },
  'device.acceleration': { min: 0, max: 20 },
  'device.rotation': { min: 0, max: 6 },
};

/** Three seconds at twenty readings a second are recent. */
const detection = { window: 60, min_samples: 20, low: 3.5, medium: 4.5, high: 5.5 };

export class LiveScene implements Scene {
  readonly kind = 'live';
  readonly agents = 1;
  readonly thresholds = [detection.low, detection.medium, detection.high] as const;
  readonly tickSeconds = 0;
  readonly weights = drawWeights(Object.keys(liveChannels).length, 1);
  settings: Settings;
  readonly engine: Sensorium<string>;
  readonly #view: AgentView;
  readonly #took = new Recent();
  #time = 0;
  #due = false;

  private constructor(settings: Settings, engine: Sensorium<string>) {
    this.settings = settings;
    this.engine = engine;
    this.#view = new AgentView(engine, this.weights, 0);
  }

  static async open(settings: Settings): Promise<LiveScene> {
    const readings = { hold: 'once', lost_after: 1, columns: true } as const;
    const weights = drawWeights(Object.keys(liveChannels).length, 1);
    const engine = await createSensorium<string>({ isa: settings.engine, channels: liveChannels, readings, detection, network: networkOf(weights) });
    return new LiveScene(settings, engine);
  }

  get time(): number {
    return this.#time;
  }

  /** Readings of one moment; what is left out has none. */
  read(seconds: number, readings: Partial<Record<LiveChannel, number>>): void {
    for (const name of Object.keys(liveChannels) as LiveChannel[]) this.engine.sensor(name)[0] = readings[name] ?? NaN;
    this.#time = Math.max(seconds, this.#time);
    this.#due = true;
  }

  step(tell: Tell): boolean {
    if (!this.#due) return false;
    this.#due = false;
    this.#view.readInputs();
    const begin = performance.now();
    this.engine.tick(this.#time);
    this.#took.add(begin, performance.now());
    for (const event of this.engine.events()) tell(event);
    this.#view.note(this.#time);
    return true;
  }

  choose(): void {}

  takeSamples(): Taken {
    return this.#view.takeSamples();
  }

  look() {
    return this.#view.look();
  }

  took() {
    return { world: 0, engine: this.#took.mean, compared: null };
  }

  dispose(): void {
    this.engine.dispose();
  }
}
