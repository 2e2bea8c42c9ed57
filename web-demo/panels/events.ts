// What began, newest first, and how long it went on: the chosen agent's in a list of their own, where they stay, and everyone's. A click
// goes to the agent and the moment.
import { alarm } from '../alarms.ts';
import type { Happening } from '../protocol.ts';
import { byId, make, show } from './dom.ts';

/** Of one kind: those of another, however many, push none out. */
const most = 50;
/** Milliseconds from one change of the lists to the next: what changes more often cannot be read. */
const pause = 500;

interface Entry {
  readonly event: Happening;
  readonly what: string;
  seconds?: number;
}

/** Rows that hold still while somebody reads or uses them. One stop for Tab, and arrow keys from there. */
class List {
  readonly #root: HTMLElement;
  readonly #fresh: HTMLElement;
  readonly #who: (agent: number) => string;
  readonly #buttons = new WeakMap<Entry, HTMLButtonElement>();
  #wanted: readonly Entry[] = [];
  #shown: readonly Entry[] = [];

  constructor(id: string, who: (agent: number) => string, revisit: (event: Happening) => void) {
    this.#root = byId(id);
    this.#fresh = byId(`${id}-fresh`);
    this.#who = who;
    this.#root.addEventListener('click', ({ target }) => {
      const entry = this.#shown[this.#at(target)];
      if (entry) revisit(entry.event);
    });
    this.#root.addEventListener('focusin', ({ target }) => this.#stop(this.#at(target)));
    this.#root.addEventListener('keydown', (event) => {
      const at = this.#at(event.target);
      const to = { ArrowDown: at + 1, ArrowUp: at - 1, Home: 0, End: this.#shown.length - 1 }[event.key];
      if (to === undefined) return;
      event.preventDefault();
      this.#buttonOf(to)?.focus();
    });
    this.#fresh.addEventListener('click', ({ detail }) => {
      this.#fill();
      this.#root.scrollTop = 0;
      // The button goes; keys go on from the newest row.
      if (detail === 0) this.#buttonOf(0)?.focus();
    });
  }

  has(entry: Entry): boolean {
    return this.#shown.includes(entry);
  }

  /** Newest first; `anyway`: also where somebody reads. */
  show(entries: readonly Entry[], anyway: boolean): void {
    this.#wanted = entries;
    const held = this.#shown.length > 0 && (this.#root.matches(':hover, :focus-within') || this.#root.scrollTop > 0);
    if (anyway || !held) this.#fill();
    const fresh = this.#shown.length > 0 ? entries.indexOf(this.#shown[0]!) : 0;
    this.#fresh.hidden = fresh === 0;
    show(this.#fresh, `${fresh < 0 ? `${most} or more` : fresh} new`);
    for (const entry of this.#shown) {
      const button = this.#buttons.get(entry)!;
      button.className = `${entry.event.kind}${entry.seconds === undefined ? ' on' : ''}`;
      show(button.lastElementChild!, entry.seconds === undefined ? 'now' : `for ${entry.seconds.toFixed(2)} s`);
    }
  }

  #fill(): void {
    this.#fresh.hidden = true;
    if (this.#wanted.length === this.#shown.length && this.#wanted[0] === this.#shown[0]) return;
    this.#shown = this.#wanted;
    this.#root.replaceChildren(
      ...this.#shown.map((entry) => {
        const row = make('li');
        row.append(this.#make(entry));
        return row;
      }),
    );
    this.#stop(0);
  }

  #make(entry: Entry): HTMLButtonElement {
    let button = this.#buttons.get(entry);
    if (button) return button;
    const { event, what } = entry;
    this.#buttons.set(entry, (button = make('button')));
    button.type = 'button';
    button.dataset['agent'] = String(event.agent);
    button.append(make('time', `${event.time.toFixed(2)} s`), ' ', make('span', this.#who(event.agent)), ' ', make('span', what), ' ', make('span'));
    return button;
  }

  #buttonOf(at: number): HTMLButtonElement | undefined {
    const entry = this.#shown[at];
    return entry && this.#buttons.get(entry);
  }

  #at(target: EventTarget | null): number {
    return this.#shown.findIndex((entry) => this.#buttons.get(entry)!.contains(target as Node));
  }

  #stop(at: number): void {
    this.#shown.forEach((entry, index) => (this.#buttons.get(entry)!.tabIndex = index === at ? 0 : -1));
  }
}

export class EventsPanel {
  readonly #kinds = byId<HTMLSelectElement>('kind');
  readonly #own: List;
  readonly #everyone: List;
  #agent = 0;
  #names: readonly string[] | null = null;
  /** Newest first. */
  #entries: Entry[] = [];
  /** What goes on, by what its end will have in common with it. */
  readonly #open = new Map<string, Entry>();
  #next = 0;
  #stale = false;

  /** `revisit` is called with an event that is clicked. */
  constructor(revisit: (event: Happening) => void) {
    this.#own = new List('own-events', () => '', revisit);
    this.#everyone = new List('events', (agent) => `Agent ${this.#names?.[agent] ?? agent}`, revisit);
    this.#kinds.addEventListener('change', () => this.#show(true));
  }

  /** `names`: what a recording calls its agents. */
  clear(names: readonly string[] | null, agents: number): void {
    this.#names = names;
    // One agent is everyone.
    byId('own-part').hidden = agents === 1;
    this.#entries = [];
    this.#open.clear();
    this.#show(true);
  }

  look(agent: number): void {
    this.#agent = agent;
    this.#show(false, true);
  }

  add(events: readonly Happening[], now: number): void {
    for (const event of events) {
      const { begins, key, what } = alarm(event);
      const entry = this.#open.get(key);
      if (begins) {
        const begun = { event, what };
        this.#entries.unshift(begun);
        this.#open.set(key, begun);
      } else if (entry) {
        entry.seconds = event.time - entry.event.time;
        this.#open.delete(key);
      }
      this.#stale = true;
    }
    if (!this.#stale || now < this.#next) return;
    this.#next = now + pause;
    this.#show(false);
  }

  /** `anyway`: also where somebody reads. */
  #show(anyway: boolean, ownAnyway = anyway): void {
    this.#stale = false;
    this.#forget();
    const wanted = this.#entries.filter(({ event }) => this.#kinds.value.includes(event.kind.split('-')[0]!));
    this.#own.show(wanted.filter(({ event }) => event.agent === this.#agent), ownAnyway);
    this.#everyone.show(wanted.slice(0, most), anyway);
  }

  /** The oldest of each kind, of the chosen agent and of all others. */
  #forget(): void {
    const counts = new Map<string, number>();
    this.#entries = this.#entries.filter(({ event: { kind, agent } }) => {
      const group = `${agent === this.#agent} ${kind}`;
      const count = (counts.get(group) ?? 0) + 1;
      counts.set(group, count);
      return count <= most;
    });
    // What goes on but is seen no more ends unseen.
    const kept = new Set(this.#entries);
    for (const [key, entry] of this.#open) if (!kept.has(entry) && !this.#own.has(entry) && !this.#everyone.has(entry)) this.#open.delete(key);
  }
}
