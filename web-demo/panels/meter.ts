// What all this costs: throughput, times apart for world, engine and drawing, and memory.
import type { Meter } from '../protocol.ts';
import { brief, byId, bytes, digits, duration, grouped, make, show } from './dom.ts';

export class MeterPanel {
  readonly #stages = byId('stages');
  /** Figures that change every frame cannot be read. */
  #next = 0;

  show(meter: Meter, now: number): void {
    if (now < this.#next) return;
    this.#next = now + 250;
    show(byId('throughput'), brief(meter.agentTicksASecond));
    show(byId('pace'), meter.ticksASecond === 0 ? 'paused' : `${digits(meter.ticksASecond)} ticks/s${meter.pace === null ? '' : `, ${digits(meter.pace)}× real time`}`);
    show(byId('frames'), digits(meter.framesASecond));
    show(byId('engine-time'), duration(meter.engine));
    show(byId('world-time'), duration(meter.world));
    show(byId('draw-time'), duration(meter.draw));
    show(byId('latency'), [meter.p50, meter.p95, meter.p99].map(duration).join(' · '));
    show(byId('memory'), `${bytes(meter.engineBytes)} + ${bytes(meter.worldBytes)}`);
    show(byId('anomalies'), grouped(meter.anomalies));
    show(byId('lost'), grouped(meter.lostSensors));
    this.#showStages(meter.stages);
    if (meter.compared) {
      const { engine, plain } = meter.compared;
      show(byId('ratio'), engine > 0 ? `Engine ${duration(engine)}, plain JavaScript ${duration(plain)} for the same answers: ${digits(plain / engine)} times as long.` : 'Measuring…');
    }
  }

  #showStages(stages: Meter['stages']): void {
    const total = stages.reduce((sum, { seconds }) => sum + seconds, 0);
    if (this.#stages.children.length !== stages.length) {
      this.#stages.replaceChildren(...stages.map(({ name }) => make('span', name)));
    }
    stages.forEach(({ name, seconds }, index) => {
      const part = total > 0 ? seconds / total : 0;
      const piece = this.#stages.children[index] as HTMLElement;
      piece.style.width = `${(100 * part).toFixed(1)}%`;
      piece.title = `${name}: ${duration(seconds * 1000)} a tick`;
      piece.classList.toggle('narrow', part < 0.09);
    });
  }
}
