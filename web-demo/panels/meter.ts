// What all this costs: throughput, times apart for world, engine and drawing, and memory.
import type { Meter } from '../protocol.ts';
import { brief, byId, digits, duration, grouped, make, seriesColours, show } from './dom.ts';

const mebibytes = (bytes: number) => digits(bytes / 1024 / 1024);

export class MeterPanel {
  readonly #stages = byId('stages');
  readonly #names = byId('stage-names');
  /** Figures that change every frame cannot be read. */
  #next = 0;

  show(meter: Meter, now: number): void {
    if (now < this.#next) return;
    this.#next = now + 250;
    show(byId('throughput'), brief(meter.agentTicksASecond));
    show(byId('pace'), meter.ticksASecond === 0 ? 'paused' : `${digits(meter.ticksASecond)}${meter.pace === null ? '' : ` · ${meter.pace.toFixed(2)}×`}`);
    show(byId('frames'), digits(meter.framesASecond));
    show(byId('engine-time'), duration(meter.engine));
    show(byId('world-time'), meter.world > 0 ? duration(meter.world) : '–');
    show(byId('draw-time'), meter.draw > 0 ? duration(meter.draw) : '–');
    show(byId('latency'), [meter.p50, meter.p95, meter.p99].map((time) => time.toFixed(time < 1 ? 2 : 1)).join(' · '));
    show(byId('memory'), `${mebibytes(meter.engineBytes)} + ${mebibytes(meter.worldBytes)}`);
    show(byId('anomalies'), grouped(meter.anomalies));
    show(byId('lost'), grouped(meter.lostSensors));
    this.#showStages(meter.stages);
    show(byId('ratio'), this.#ratio(meter.compared));
  }

  #ratio(compared: Meter['compared']): string {
    if (!compared) return '';
    const { engine, plain, measured } = compared;
    if (measured === undefined) return 'Measuring…';
    if (!measured) return 'Too short to measure with this browser’s clock: take more agents.';
    return `Engine ${duration(engine)}, plain JavaScript ${duration(plain)} for the same answers: ${digits(plain / engine)} times as long.`;
  }

  #showStages(stages: Meter['stages']): void {
    const total = stages.reduce((sum, { seconds }) => sum + seconds, 0);
    // A browser's clock has steps of up to 0.1 ms: where most stages were never seen to take one, no share is known.
    const known = 2 * stages.filter(({ seconds }) => seconds > 0).length > stages.length;
    if (this.#stages.children.length !== stages.length) {
      this.#stages.replaceChildren(...stages.map((_, index) => this.#colour(make('span'), index)));
      this.#names.replaceChildren(...stages.map((_, index) => this.#colour(make('li'), index)));
    }
    stages.forEach(({ name, seconds }, index) => {
      const part = known && seconds > 0 ? (100 * seconds) / total : 0;
      (this.#stages.children[index] as HTMLElement).style.width = `${part.toFixed(1)}%`;
      // Shares: stages are timed in other ticks, and over a longer time, than the engine's tick above.
      show(this.#names.children[index]!, `${name} ${part > 0 ? `${part.toFixed(0)} %` : '–'}`);
    });
  }

  #colour(element: HTMLElement, index: number): HTMLElement {
    element.dataset['series'] = String(index % seriesColours);
    return element;
  }
}
