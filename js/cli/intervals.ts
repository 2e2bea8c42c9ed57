// The true anomalies of a simulated world, kept beyond what the world itself has room for.
import { decimal } from './decimal.ts';
import { faults, incidents, type World, type WorldInterval } from '../world-node.ts';

export class IntervalLog {
  readonly #world: World;
  readonly all: WorldInterval[] = [];
  /** How many of each have begun, by their numbers. */
  readonly faults: number[] = faults.map(() => 0);
  readonly incidents: number[] = incidents.map(() => 0);
  /** How many times an agent noticed an incident. */
  noticed = 0;
  #next = 0;
  /** Places in `all` of those that have not ended. */
  #open: number[] = [];

  constructor(world: World) {
    this.#world = world;
  }

  /** Reads what has begun and ended since the last time. */
  read(): void {
    const { begun, options } = this.#world;
    const oldest = this.#open.length > 0 ? this.all[this.#open[0]!]!.number : this.#next;
    if (begun === oldest) return;
    const now = new Map<number, WorldInterval>();
    for (const interval of this.#world.intervals(Math.max(oldest, begun - options.intervals))) now.set(interval.number, interval);
    this.#open = this.#open.filter((place) => {
      // One that lasts longer than the world has room for keeps an open end.
      const interval = (this.all[place] = now.get(this.all[place]!.number) ?? this.all[place]!);
      return interval.to === Infinity;
    });
    for (const interval of now.values()) {
      if (interval.number < this.#next) continue;
      if (interval.to === Infinity) this.#open.push(this.all.length);
      this.all.push(interval);
      if (interval.kind === 'fault') this.faults[faults.indexOf(interval.fault)]!++;
      else if (interval.agent === undefined) this.incidents[incidents.indexOf(interval.incident)]!++;
      else this.noticed++;
    }
    this.#next = begun;
  }
}

/** As CSV: what lasts at the end has no `to`, an incident as such has no `agent`. */
export function intervalsFile(intervals: readonly WorldInterval[]): string {
  const lines = intervals.map((interval) => {
    const { number, agent = '', kind, from, to, x, y } = interval;
    const [modality, what, magnitude] = kind === 'fault' ? [interval.modality, interval.fault, decimal(interval.magnitude)] : ['', interval.incident, ''];
    return `${number},${agent},${kind},${modality},${what},${magnitude},${from},${to === Infinity ? '' : to},${decimal(x)},${decimal(y)}\n`;
  });
  return `number,agent,kind,modality,what,magnitude,from,to,x,y\n${lines.join('')}`;
}
