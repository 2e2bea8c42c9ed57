// What began and ended, newest first; a click looks at the agent.
import type { SensoriumEvent } from 'sensorium';
import { byId, grouped, make, show } from './dom.ts';

const most = 200;
const words: Readonly<Record<string, string>> = {
  'anomaly-begin': 'is abnormal',
  'anomaly-end': 'is normal again',
  'blind-begin': 'is blind',
  'blind-end': 'sees again',
  'neighbor-enter': 'has company',
  'neighbor-leave': 'is alone again',
  'sensor-lost': 'lost its',
  'sensor-back': 'has back its',
};

export class EventsPanel {
  readonly #list = byId<HTMLOListElement>('events');
  readonly #kind = byId<HTMLSelectElement>('kind');
  readonly #only = byId<HTMLInputElement>('only');
  #agent = 0;
  #names: readonly string[] | null = null;
  #events: { readonly event: SensoriumEvent; readonly row: HTMLLIElement }[] = [];
  #hidden = 0;

  /** `choose` is called with the agent of an event that is clicked. */
  constructor(choose: (agent: number) => void) {
    this.#kind.addEventListener('change', () => this.#filter());
    this.#only.addEventListener('change', () => this.#filter());
    this.#list.addEventListener('click', ({ target }) => {
      const agent = (target as HTMLElement).closest('button')?.dataset['agent'];
      if (agent !== undefined) choose(Number(agent));
    });
  }

  /** `names`: what a recording calls its agents. */
  clear(names: readonly string[] | null): void {
    this.#names = names;
    this.#events = [];
    this.#hidden = 0;
    this.#list.replaceChildren();
    this.#say();
  }

  look(agent: number): void {
    if (agent === this.#agent) return;
    this.#agent = agent;
    this.#filter();
  }

  add(events: readonly SensoriumEvent[], more: number): void {
    if (events.length === 0 && more === 0) return;
    this.#hidden += more;
    for (const event of events) this.#events.push({ event, row: this.#row(event) });
    this.#list.prepend(...this.#events.slice(-events.length).reverse().map(({ row }) => row));
    for (const { row } of this.#events.splice(0, Math.max(this.#events.length - most, 0))) row.remove();
    this.#say();
  }

  #row(event: SensoriumEvent): HTMLLIElement {
    const row = make('li', '', event.kind);
    const who = make('button', `Agent ${this.#names?.[event.agent] ?? event.agent}`);
    who.type = 'button';
    who.dataset['agent'] = String(event.agent);
    const detail = 'severity' in event && event.severity ? ` (${event.severity})` : 'sensor' in event && event.sensor ? ` ${event.sensor}` : '';
    row.append(make('time', `${event.time.toFixed(2)} s`), who, `${words[event.kind]}${detail}`);
    row.hidden = !this.#wanted(event);
    return row;
  }

  #wanted({ kind, agent }: SensoriumEvent): boolean {
    return kind.startsWith(this.#kind.value) && (!this.#only.checked || agent === this.#agent);
  }

  #filter(): void {
    for (const { event, row } of this.#events) row.hidden = !this.#wanted(event);
    this.#say();
  }

  #say(): void {
    byId('quiet').hidden = this.#events.some(({ row }) => !row.hidden);
    show(byId('more'), this.#hidden > 0 ? `and ${grouped(this.#hidden)} more that went by too fast` : '');
  }
}
