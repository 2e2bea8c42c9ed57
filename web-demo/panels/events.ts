// What began, newest first, and how long it went on; a click goes to the agent and the moment.
import { alarm } from '../alarms.ts';
import type { Happening } from '../protocol.ts';
import { byId, grouped, make, show } from './dom.ts';

const most = 200;
interface Entry {
  readonly event: Happening;
  readonly row: HTMLLIElement;
  readonly status: HTMLElement;
}

export class EventsPanel {
  readonly #list = byId<HTMLOListElement>('events');
  readonly #kind = byId<HTMLSelectElement>('kind');
  readonly #only = byId<HTMLInputElement>('only');
  #agent = 0;
  #names: readonly string[] | null = null;
  #entries: Entry[] = [];
  /** What goes on, by what its end will have in common with it. */
  readonly #open = new Map<string, Entry>();
  #hidden = 0;

  /** `revisit` is called with an event that is clicked. */
  constructor(revisit: (event: Happening) => void) {
    this.#kind.addEventListener('change', () => this.#filter());
    this.#only.addEventListener('change', () => this.#filter());
    this.#list.addEventListener('click', ({ target }) => {
      const row = (target as HTMLElement).closest('button')?.closest('li');
      const entry = this.#entries.find((each) => each.row === row);
      if (entry) revisit(entry.event);
    });
  }

  /** `names`: what a recording calls its agents. */
  clear(names: readonly string[] | null): void {
    this.#names = names;
    this.#entries = [];
    this.#open.clear();
    this.#hidden = 0;
    this.#list.replaceChildren();
    this.#say();
  }

  look(agent: number): void {
    if (agent === this.#agent) return;
    this.#agent = agent;
    this.#filter();
  }

  add(events: readonly Happening[], more: number): void {
    if (events.length === 0 && more === 0) return;
    this.#hidden += more;
    const fresh: HTMLLIElement[] = [];
    for (const event of events) {
      const { begins, key, what } = alarm(event);
      if (begins) fresh.unshift(this.#begin(event, key, what));
      else this.#end(event, key);
    }
    this.#list.prepend(...fresh);
    for (const entry of this.#entries.splice(0, Math.max(this.#entries.length - most, 0))) {
      entry.row.remove();
      for (const [key, open] of this.#open) if (open === entry) this.#open.delete(key);
    }
    this.#say();
  }

  #begin(event: Happening, key: string, what: string): HTMLLIElement {
    const row = make('li', '', `${event.kind} on`);
    const who = make('button', `Agent ${this.#names?.[event.agent] ?? event.agent}`);
    who.type = 'button';
    who.dataset['agent'] = String(event.agent);
    const status = make('span', 'now', 'status');
    row.append(make('time', `${event.time.toFixed(2)} s`), who, make('span', what, 'what'), status);
    row.hidden = !this.#wanted(event);
    const entry = { event, row, status };
    this.#entries.push(entry);
    this.#open.set(key, entry);
    return row;
  }

  /** What began so long ago that it is in the list no more ends unseen. */
  #end(event: Happening, key: string): void {
    const entry = this.#open.get(key);
    if (!entry) return;
    this.#open.delete(key);
    entry.row.classList.remove('on');
    show(entry.status, `for ${(event.time - entry.event.time).toFixed(2)} s`);
  }

  #wanted({ kind, agent }: Happening): boolean {
    return kind.startsWith(this.#kind.value) && (!this.#only.checked || agent === this.#agent);
  }

  #filter(): void {
    for (const { event, row } of this.#entries) row.hidden = !this.#wanted(event);
    this.#say();
  }

  #say(): void {
    byId('quiet').hidden = this.#entries.some(({ row }) => !row.hidden);
    show(byId('more'), this.#hidden > 0 ? `and ${grouped(this.#hidden)} more that went by too fast` : '');
  }
}
