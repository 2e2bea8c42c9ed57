// What stands in the rows of a simulated world's files.
import { faults, incidents, modalities, situations, type World } from '../world-node.ts';
import type { Field } from './recording.ts';

/** The newest readings since the last row: with --every n a row misses none of those between. */
export class Newest {
  readonly names: readonly string[];
  readonly values: readonly Float32Array[];
  readonly #columns: readonly Float32Array[];
  readonly #times: readonly Float64Array[];

  constructor({ sensors, agents }: World) {
    const channels = modalities.flatMap((modality) =>
      Object.entries(sensors[modality])
        .filter(([name]) => name !== 'time')
        .map(([name, column]) => ({ name: `${modality}.${name}`, column: column as Float32Array })),
    );
    this.names = channels.map(({ name }) => name);
    this.#columns = channels.map(({ column }) => column);
    this.#times = modalities.map((modality) => sensors[modality].time);
    this.values = channels.map(() => new Float32Array(agents).fill(NaN));
  }

  /** Takes what this tick delivered, and counts it by modality. */
  take(readings: number[]): void {
    this.#columns.forEach((column, c) => {
      const values = this.values[c]!;
      for (let agent = 0; agent < column.length; agent++) if (column[agent] === column[agent]) values[agent] = column[agent]!;
    });
    this.#times.forEach((times, m) => {
      for (let agent = 0; agent < times.length; agent++) if (times[agent] === times[agent]) readings[m]!++;
    });
  }

  clear(): void {
    for (const values of this.values) values.fill(NaN);
  }
}

const axes = ['x', 'y', 'z'] as const;

export function recordingFields(world: World, newest: Newest): Field[] {
  return [
    { name: 'time', kind: 'time', of: () => world.time },
    { name: 'agent', kind: 'whole', of: (agent) => agent },
    ...newest.names.map((name, c): Field => ({ name, kind: 'reading', of: (agent) => newest.values[c]![agent]! })),
    ...axes.map((axis): Field => ({ name: `position.${axis}`, kind: 'reading', of: (agent) => world.position[axis][agent]! })),
  ];
}

export function truthFields(world: World): Field[] {
  const { truth } = world;
  const names = (bits: number) => incidents.filter((_, i) => bits & (1 << i)).join(';');
  const incidentsOf = Array.from({ length: 1 << incidents.length }, (_, bits) => names(bits));
  return [
    { name: 'time', kind: 'time', of: () => world.time },
    { name: 'agent', kind: 'whole', of: (agent) => agent },
    { name: 'situation', kind: 'text', of: (agent) => situations[truth.situation[agent]!]! },
    ...modalities.map((modality, m): Field => {
      const of = (agent: number) => (truth.faults[agent]! >>> (8 * m)) & 0xff;
      return { name: `fault.${modality}`, kind: 'text', of: (agent) => (of(agent) === 0 ? '' : faults[of(agent)]!) };
    }),
    { name: 'incidents', kind: 'text', of: (agent) => incidentsOf[truth.incidents[agent]!]! },
    ...axes.map((axis): Field => ({ name: `position.${axis}`, kind: 'reading', of: (agent) => truth.position[axis][agent]! })),
    ...axes.map((axis): Field => ({ name: `velocity.${axis}`, kind: 'reading', of: (agent) => truth.velocity[axis][agent]! })),
    { name: 'heading', kind: 'reading', of: (agent) => truth.heading[agent]! },
  ];
}
