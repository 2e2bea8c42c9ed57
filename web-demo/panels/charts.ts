// The agent's last ten seconds: the forecast over what then happened, and the anomaly score against its thresholds.
import uPlot from 'uplot';
import 'uplot/dist/uPlot.min.css';
import type { Look, Sample } from '../protocol.ts';
import { byId, digits, show } from './dom.ts';

const length = 600;
const ahead = 5;
/** Deviations that the chart of anomalies shows. */
const edge = 9;

/** Colours of the style: to ask for one has the browser bring the whole page's style up to date. */
const colours = new Map<string, string>();

function color(name: string): string {
  let value = colours.get(name);
  if (value === undefined) colours.set(name, (value = getComputedStyle(document.documentElement).getPropertyValue(`--${name}`).trim()));
  return value;
}

function axes(dated: boolean): uPlot.Axis[] {
  const stroke = color('muted');
  const grid = { stroke: color('rule'), width: 1 };
  const font = '11px system-ui, sans-serif';
  // Text is what takes longest to draw: labels so many pixels apart.
  return [
    { stroke, grid, ticks: { show: false }, font, space: 80, size: dated ? 36 : 24, ...(dated ? {} : { values: (_: uPlot, values: number[]) => values.map((value) => `${Math.round(value * 10) / 10} s`) }) },
    { stroke, grid, ticks: { show: false }, font, space: 40, size: 36 },
  ];
}

/** A chart as large as its place, made anew when the colours change. */
class Chart {
  readonly #root: HTMLElement;
  readonly #options: () => Omit<uPlot.Options, 'width' | 'height'>;
  #plot!: uPlot;

  constructor(id: string, options: () => Omit<uPlot.Options, 'width' | 'height'>) {
    this.#root = byId(id);
    this.#options = options;
    this.recolour();
    new ResizeObserver(() => this.#plot.setSize(this.#size)).observe(this.#root);
  }

  get #size(): { width: number; height: number } {
    return { width: this.#root.clientWidth, height: this.#root.clientHeight };
  }

  recolour(): void {
    this.#plot?.destroy();
    this.#plot = new uPlot({ ...this.#options(), ...this.#size }, [[], []], this.#root);
  }

  show(data: uPlot.AlignedData): void {
    // At once, and not after all that this frame changes on the page.
    this.#plot.batch(() => this.#plot.setData(data));
  }
}

export class Charts {
  #samples: Sample[] = [];
  /** Charts that do not show yet what there is: while all stands still, none is drawn. */
  #stale = 0;
  #forecastNext = false;
  /** Times are those of a calendar, not seconds since the beginning. */
  #dated = false;
  /** Until then agents set off and sensors are read for the first time: what is fused jumps, and would make all that follows flat. */
  #settled = -Infinity;
  /** When the event was that one looks back to, and until when that is said where the charts do not reach back so far. */
  #moment: number | null = null;
  #until = 0;
  /** When something was wrong with the agent by hand. */
  #faults: { from: number; to: number }[] = [];
  #faulty = false;
  readonly #forecast = new Chart('forecast', () => ({
    axes: axes(this.#dated),
    cursor: { show: false },
    legend: { show: false },
    scales: { x: { time: this.#dated }, y: { range: () => this.#fusedRange() } },
    series: [
      {},
      { stroke: color('accent'), width: 2, points: { show: false } },
      { stroke: color('low'), width: 1.5, dash: [4, 3], points: { show: false } },
    ],
    hooks: { drawClear: [(plot) => this.#drawFaults(plot)], draw: [(plot) => this.#drawMoment(plot)] },
  }));
  readonly #anomaly: Chart;

  constructor(thresholds: () => readonly number[]) {
    this.#anomaly = new Chart('anomaly', () => ({
      axes: axes(this.#dated),
      cursor: { show: false },
      legend: { show: false },
      scales: { x: { time: this.#dated }, y: { range: [-edge, edge] } },
      series: [{}, { stroke: color('accent'), width: 1.5, points: { show: false } }],
      hooks: { drawClear: [(plot) => this.#drawFaults(plot), (plot) => this.#drawThresholds(plot, thresholds())], draw: [(plot) => this.#drawMoment(plot)] },
    }));
  }

  recolour(): void {
    colours.clear();
    this.#stale = 2;
    this.#forecast.recolour();
    this.#anomaly.recolour();
  }

  /** What is before this time may leave the chart. */
  settle(time: number): void {
    this.#settled = time;
  }

  #fusedRange(): uPlot.Range.MinMax {
    const later = this.#samples.filter(({ time }) => time >= this.#settled);
    const values = (later.length > 1 ? later : this.#samples).map(({ fused }) => fused).filter(Number.isFinite);
    return values.length > 0 ? (uPlot.rangeNum(Math.min(...values), Math.max(...values), 0.1, true) as uPlot.Range.MinMax) : [0, 1];
  }

  add(samples: readonly Sample[], fresh: boolean): void {
    if (fresh) [this.#samples, this.#faults, this.#faulty] = [[], [], false];
    const dated = (samples[0]?.time ?? 0) > 1e8;
    if (samples.length > 0 && dated !== this.#dated) {
      this.#dated = dated;
      this.recolour();
    }
    if (fresh || samples.length > 0) this.#stale = 2;
    this.#samples.push(...samples);
    if (this.#samples.length > length) this.#samples.splice(0, this.#samples.length - length);
    this.#sayMoment();
  }

  show({ trend, trust, severity, truth }: Look): void {
    const samples = this.#samples;
    if (samples.length < 2) return;
    this.#noteFaults(samples.at(-1)!.time, truth !== null && truth.faults.length > 0);
    // A chart takes longer to draw than all else on the page, so each time it is one of the two.
    if (this.#stale > 0) {
      this.#stale--;
      this.#forecastNext = !this.#forecastNext;
      if (this.#forecastNext) this.#showForecast(samples);
      else this.#anomaly.show([samples.map(({ time }) => time), samples.map(({ z }) => z)]);
    }
    show(byId('trend'), `${trend >= 0 ? '+' : '−'}${digits(Math.abs(trend))} a tick, R² ${trust.toFixed(2)}`);
    const badge = byId('severity');
    show(badge, severity);
    badge.dataset['severity'] = severity;
  }

  /** Marks a moment; null: none. */
  mark(moment: number | null): void {
    this.#moment = moment;
    this.#until = Math.max(this.#samples.at(-1)?.time ?? 0, moment ?? 0) + 10;
    this.#stale = 2;
    this.#sayMoment();
  }

  #sayMoment(): void {
    const [from, to] = [this.#samples[0]?.time ?? 0, this.#samples.at(-1)?.time ?? 0];
    const old = this.#moment !== null && this.#moment < from;
    if (old && to > this.#until) this.#moment = null;
    const when = this.#moment?.toFixed(2);
    show(byId('marked'), this.#moment === null ? '' : `${old ? 'Earlier' : 'Line'}: event at ${when} s`);
  }

  #noteFaults(time: number, wrong: boolean): void {
    if (wrong && !this.#faulty) this.#faults.push({ from: time, to: time });
    if (wrong) this.#faults.at(-1)!.to = time;
    this.#faulty = wrong;
    if (this.#faults[0] && this.#faults[0].to < this.#samples[0]!.time) this.#faults.shift();
  }

  /** The cause beside the effect. */
  #drawFaults({ ctx, bbox, valToPos }: uPlot): void {
    const high = 5 * devicePixelRatio;
    ctx.save();
    ctx.fillStyle = color('place');
    for (const { from, to } of this.#faults) {
      const begin = Math.max(valToPos(from, 'x', true), bbox.left);
      const end = valToPos(to, 'x', true);
      ctx.fillRect(begin, bbox.top + bbox.height - high, end - begin, high);
    }
    ctx.restore();
  }

  #drawMoment(plot: uPlot): void {
    const { min, max } = plot.scales['x']!;
    if (this.#moment === null || !(this.#moment >= min! && this.#moment <= max!)) return;
    const { ctx } = plot;
    const { top, height } = plot.bbox;
    const x = plot.valToPos(this.#moment, 'x', true);
    ctx.save();
    ctx.strokeStyle = color('ink');
    ctx.lineWidth = 1.5 * devicePixelRatio;
    ctx.setLineDash([]);
    ctx.beginPath();
    ctx.moveTo(x, top);
    ctx.lineTo(x, top + height);
    ctx.stroke();
    ctx.restore();
  }

  #showForecast(samples: readonly Sample[]): void {
    const time = samples.map((sample) => sample.time);
    const step = time.at(-1)! - time.at(-2)!;
    for (let i = 1; i <= ahead; i++) time.push(time[samples.length - 1]! + i * step);
    const fused: (number | null)[] = samples.map((sample) => sample.fused);
    // What was expected of each moment five ticks before it.
    const expected: (number | null)[] = time.map((_, i) => samples[i - ahead]?.predicted[ahead - 1] ?? null);
    for (let i = 0; i < ahead; i++) fused.push(null);
    this.#forecast.show([time, fused, expected]);
  }

  /** Thresholds as lines; where an anomaly was on, a band from its begin to its end. */
  #drawThresholds(plot: uPlot, thresholds: readonly number[]): void {
    const { ctx } = plot;
    const { left, top, width, height } = plot.bbox;
    ctx.save();
    const samples = this.#samples;
    ctx.fillStyle = color('band');
    for (let i = 0, from = -1; i <= samples.length; i++) {
      const on = i < samples.length && samples[i]!.severity > 0;
      if (on && from < 0) from = i;
      if (on || from < 0) continue;
      const begin = plot.valToPos(samples[from]!.time, 'x', true);
      const end = plot.valToPos(samples[Math.min(i, samples.length - 1)]!.time, 'x', true);
      ctx.fillRect(begin, top, Math.max(end - begin, 4 * devicePixelRatio), height);
      from = -1;
    }
    this.#drawBeyond(plot);
    ctx.lineWidth = devicePixelRatio;
    thresholds.forEach((threshold, i) => {
      ctx.strokeStyle = color(['low', 'medium', 'alarm'][i]!);
      // As in the key above the chart: dotted, dashed, solid.
      ctx.setLineDash([[1, 2], [4, 3], []][i]!.map((length) => length * devicePixelRatio));
      for (const value of [threshold, -threshold]) {
        const y = plot.valToPos(value, 'y', true);
        ctx.beginPath();
        ctx.moveTo(left, y);
        ctx.lineTo(left + width, y);
        ctx.stroke();
      }
    });
    ctx.restore();
  }

  /** A triangle at the edge where the score leaves the chart. */
  #drawBeyond(plot: uPlot): void {
    const { ctx } = plot;
    const { top, height } = plot.bbox;
    const size = 5 * devicePixelRatio;
    ctx.fillStyle = color('alarm');
    ctx.beginPath();
    for (const { time, z } of this.#samples) {
      if (z === null || Math.abs(z) <= edge) continue;
      const x = plot.valToPos(time, 'x', true);
      const [y, inward] = z > 0 ? [top, size] : [top + height, -size];
      ctx.moveTo(x, y);
      ctx.lineTo(x - size, y + inward);
      ctx.lineTo(x + size, y + inward);
    }
    ctx.fill();
  }
}
