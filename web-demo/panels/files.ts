// A CSV file of the visitor's: dropped, its columns said, run through, played, and its results taken away.
import uPlot from 'uplot';
import type { Order, Ready, Timeline } from '../protocol.ts';
import type { Mapping, Preview } from '../scenes/csv.ts';
import { byId, digits, grouped, make, show } from './dom.ts';

type Send = (order: Order) => void;
type Recording = Order & { readonly type: 'recording' };

const none = 'none';

export class FilesPanel {
  readonly #send: Send;
  #file: File | undefined;
  #preview: Preview | undefined;
  /** What is run through, and what was last run through to its end. */
  #asked: Recording | undefined;
  #played: Recording | undefined;
  #plot: uPlot | undefined;
  #overview: Ready['overview'] = null;
  readonly #scrubber = byId<HTMLInputElement>('scrubber');

  constructor(send: Send) {
    this.#send = send;
    const drop = byId('drop');
    const input = byId<HTMLInputElement>('file');
    input.addEventListener('change', () => input.files?.[0] && this.#take(input.files[0]));
    for (const type of ['dragover', 'dragleave', 'drop'] as const) {
      addEventListener(type, (event) => {
        event.preventDefault();
        drop.classList.toggle('over', type === 'dragover');
        const file = type === 'drop' ? event.dataTransfer?.files[0] : undefined;
        if (file) this.#take(file);
      });
    }
    byId<HTMLFormElement>('mapping').addEventListener('submit', (event) => {
      event.preventDefault();
      this.#askFor();
    });
    this.#scrubber.addEventListener('input', () => this.#send({ type: 'seek', position: Number(this.#scrubber.value) }));
    byId('download').addEventListener('click', () => this.#send({ type: 'results' }));
    new ResizeObserver(() => this.#plot?.setSize({ width: byId('overview').clientWidth, height: byId('overview').clientHeight })).observe(byId('overview'));
  }

  #take(file: File): void {
    this.#file = file;
    byId('mapping').hidden = true;
    show(byId('file-status'), `Reading ${file.name}…`);
    byId('files-card').scrollIntoView({ block: 'nearest' });
    this.#send({ type: 'preview', file });
  }

  /** Asks which column is what, with a guess. */
  ask(preview: Preview): void {
    this.#preview = preview;
    const { names, guess, rows, notes } = preview;
    const choices = (first: string, chosen: number | null) =>
      [make('option', first), ...names.map((name) => make('option', name))].map((option, i) => {
        option.value = i === 0 ? none : String(i - 1);
        option.selected = option.value === String(chosen ?? none);
        return option;
      });
    byId('time-column').replaceChildren(...choices('the row’s number', guess.time));
    byId('agent-column').replaceChildren(...choices('only one agent', guess.agent));
    byId('channel-columns').replaceChildren(
      ...names.map((name, i) => {
        const label = make('label', '', 'check');
        const box = make('input');
        box.type = 'checkbox';
        box.value = String(i);
        box.checked = guess.channels.includes(i);
        label.append(box, ` ${name} `, make('span', rows.slice(0, 3).map((row) => row[i]).join(', '), 'muted'));
        return label;
      }),
    );
    byId('mapping').hidden = false;
    show(byId('file-status'), `${this.#file!.name}: ${names.length} column${names.length === 1 ? '' : 's'}. ${[...notes, 'Is this right?'].join(' ')}`);
  }

  #askFor(): void {
    const column = (id: string) => {
      const { value } = byId<HTMLSelectElement>(id);
      return value === none ? null : Number(value);
    };
    const boxes = [...byId('channel-columns').querySelectorAll('input')];
    const mapping: Mapping = { time: column('time-column'), agent: column('agent-column'), channels: boxes.filter(({ checked }) => checked).map(({ value }) => Number(value)) };
    if (mapping.channels.length === 0 || mapping.channels.length > 32) {
      return show(byId('file-status'), `Expected 1 to 32 sensors, got ${mapping.channels.length}.`);
    }
    this.#runThrough({ type: 'recording', file: this.#file!, preview: this.#preview!, mapping });
  }

  #runThrough(recording: Recording): void {
    this.#asked = recording;
    show(byId('file-status'), 'Running through it…');
    this.#send(recording);
  }

  /** After something else was shown: from the beginning, as before. */
  resume(): void {
    if (this.#played) this.#runThrough(this.#played);
  }

  progress(part: number): void {
    show(byId('file-status'), `Running through it: ${Math.floor(100 * part)} %`);
  }

  /** A recording was run through: it can be played. */
  enter({ overview, agents }: Ready): void {
    this.#played = this.#asked!;
    byId('mapping').hidden = true;
    byId('player').hidden = false;
    this.#overview = overview;
    show(byId('file-status'), `${this.#played!.file.name}: ${grouped(agents)} agent${agents === 1 ? '' : 's'}. Play it, move the slider, or take the results.`);
    this.recolour();
  }

  leave(): void {
    byId('player').hidden = true;
  }

  fail(message: string): void {
    show(byId('file-status'), byId('player').hidden ? message : `${message} ${this.#played!.file.name} is still there.`);
  }

  recolour(): void {
    this.#plot?.destroy();
    this.#plot = undefined;
    if (!this.#overview) return;
    const color = (name: string) => getComputedStyle(document.documentElement).getPropertyValue(`--${name}`).trim();
    const { time, fused, severity } = this.#overview;
    const axis = { stroke: color('muted'), grid: { stroke: color('rule'), width: 1 }, ticks: { show: false }, font: '11px system-ui, sans-serif' };
    const root = byId('overview');
    // The axis says days beneath hours.
    const dated = time[0]! > 1e8;
    this.#plot = new uPlot(
      {
        width: root.clientWidth, height: root.clientHeight, legend: { show: false }, cursor: { show: false },
        scales: { x: { time: dated } },
        axes: [{ ...axis, size: dated ? 36 : 24 }, { ...axis, size: 40 }],
        series: [{}, { stroke: color('accent'), width: 1.25, points: { show: false } }, { stroke: color('alarm'), paths: () => null, points: { show: true, size: 5, fill: color('alarm') } }],
      },
      [[...time], [...fused], fused.map((value, i) => (severity[i]! > 1 ? value : null))],
      root,
    );
  }

  show({ position, ticks, from, to }: Timeline, time: number): void {
    this.#scrubber.max = String(ticks - 1);
    if (document.activeElement !== this.#scrubber || !this.#scrubber.matches(':active')) this.#scrubber.value = String(position);
    const seconds = to > 1e8 ? new Date(time * 1000).toISOString().replace('T', ' ').slice(0, 19) : `${digits(time)} s`;
    show(byId('played'), `tick ${grouped(position + 1)} of ${grouped(ticks)}, ${seconds}${position + 1 === ticks ? ', the end' : ''}`);
    this.#scrubber.setAttribute('aria-valuetext', `tick ${position + 1} of ${ticks}`);
    byId('played').title = `${digits(to - from)} s in all`;
  }

  /** Saves the results. */
  save(results: Blob): void {
    const link = make('a');
    link.href = URL.createObjectURL(results);
    link.download = `${this.#played!.file.name.replace(/\.[^.]*$/, '')}-awareness.csv`;
    link.click();
    setTimeout(() => URL.revokeObjectURL(link.href), 10_000);
  }
}
