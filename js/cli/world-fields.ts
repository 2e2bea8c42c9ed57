// What stands in the rows of a simulated world's files.
import { faults, incidents, modalities, situations, type World } from '../world-node.ts';
import type { Field } from './recording.ts';

/** Of each modality the reading measured last of those delivered since the last row. */
export class Newest {
  readonly names: readonly string[];
  readonly values: readonly Float32Array[];
  /** By modality: when this tick's readings were measured, when those that are kept were, and what is copied where. */
  readonly #modalities: readonly { times: Float64Array; newest: Float64Array; channels: readonly { column: Float32Array; values: Float32Array }[] }[];

  constructor({ sensors, agents }: World) {
    const channels = modalities.flatMap((modality) =>
      Object.entries(sensors[modality])
        .filter(([name]) => name !== 'time')
        .map(([name, column]) => ({ modality, name: `${modality}.${name}`, column: column as Float32Array, values: new Float32Array(agents).fill(NaN) })),
    );
    this.names = channels.map(({ name }) => name);
    this.values = channels.map(({ values }) => values);
    this.#modalities = modalities.map((modality) => ({
      times: sensors[modality].time,
      newest: new Float64Array(agents).fill(-Infinity),
      channels: channels.filter((channel) => channel.modality === modality),
    }));
  }

  /** Takes what this tick delivered, and counts it by modality. A reading that comes late, after a newer one, is only counted. */
  take(readings: number[]): void {
    this.#modalities.forEach(({ times, newest, channels }, m) => {
      for (let agent = 0; agent < times.length; agent++) {
        const time = times[agent]!;
        if (time !== time) continue;
        readings[m]!++;
        if (time < newest[agent]!) continue;
        newest[agent] = time;
        for (const { column, values } of channels) values[agent] = column[agent]!;
      }
    });
  }

  clear(): void {
    for (const values of this.values) values.fill(NaN);
    for (const { newest } of this.#modalities) newest.fill(-Infinity);
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
