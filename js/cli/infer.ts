// A configuration for a file that comes without one, from a sample of its rows.
import type { ChannelOptions, EngineOptions } from '../schema.gen.ts';
import type { Column } from './columns.ts';
import { median, notAChannel } from './roles.ts';

/** The core's limits; see types.h. */
const most = { agents: 1_000_000, channels: 64, features: 32, modalities: 16, nameBytes: 63 };

export interface Inferred {
  engine: EngineOptions;
  /** Channel to column, where their names differ. */
  columns: Record<string, string>;
  notes: string[];
}

/** `times` and `agents` are the sample's, one a row, in seconds and in numbers of agents; `agents` is undefined where there is one. */
export function inferConfig(columns: Column[], roles: (Column | undefined)[], times: number[], agents: number[] | undefined): Inferred {
  const notes: string[] = [];
  const usable: Column[] = [];
  const left: string[] = [];
  for (const column of columns) {
    if (column.name === undefined || roles.includes(column)) continue;
    const reason = reasonToLeaveOut(column);
    if (reason) left.push(`${column.name} (${reason})`);
    else usable.push(column);
  }
  if (left.length > 0) notes.push(`left out: ${left.join(', ')}`);
  if (usable.length > most.channels) {
    const [left, from] = [usable.length - most.channels, JSON.stringify(usable[most.channels]!.name)];
    notes.push(`there may be ${most.channels} channels: left out ${left} columns from ${from} on`);
    usable.length = most.channels;
  }
  if (usable.length > most.features) {
    const from = JSON.stringify(usable[most.features]!.name);
    notes.push(`there may be ${most.features} features: the columns from ${from} on are channels that nothing reads`);
  }

  const names = nameChannels(usable.map((column) => column.name!));
  const renamed = usable.flatMap((column, i) => (column.name === names[i] ? [] : [[names[i]!, column.name!] as const]));
  const channels = usable.map((column, i): [string, ChannelOptions] => {
    const range = robustRange(column.numbers);
    return [names[i]!, i < most.features ? range : { ...range, feature: false }];
  });
  const lost_after = lostAfter(times, agents);
  const modalities = slowModalities(usable.map(({ filled }, i) => ({ channel: names[i]!, filled })), times.length, lost_after);
  return {
    engine: {
      agents: agents ? capacity(agents) : 1,
      // fromEntries, because a channel may be called __proto__.
      channels: Object.fromEntries(channels),
      readings: { lost_after },
      ...(Object.keys(modalities).length > 0 ? { modalities } : {}),
      prediction: { min: null, max: null },
    },
    columns: Object.fromEntries(renamed),
    notes,
  };
}

function reasonToLeaveOut(column: Column): string | undefined {
  switch (column.kind) {
    case 'number': return notAChannel(column);
    case 'time': return 'a time';
    case 'text': return 'text';
    case 'empty': return 'no values';
  }
}

/** Room for agents to come: a sample of a thousand rows does not see all of them. */
export function capacity(agents: number[]): number {
  const seen = new Set(agents).size;
  return Math.min(most.agents, Math.max(64, 2 ** Math.ceil(Math.log2(8 * seen))));
}

/** Five of the median steps in time: a sensor that misses three readings is not lost yet. */
export function lostAfter(times: number[], agents: number[] | undefined): number {
  const last = new Map<number, number>();
  const steps: number[] = [];
  times.forEach((time, i) => {
    const agent = agents?.[i] ?? 0;
    const before = last.get(agent);
    if (before !== undefined && time > before) steps.push(time - before);
    last.set(agent, time);
  });
  return steps.length > 0 ? Number((5 * median(steps)).toPrecision(3)) : 1;
}

/** Modalities that read in fewer rows than two of three, as a LiDAR at 10 Hz in rows at 60 Hz: they are lost as much later. */
export function slowModalities(channels: readonly { channel: string; filled: number }[], rows: number, lostAfter: number): Record<string, { lost_after: number }> {
  const filledOf = new Map<string, number>();
  for (const { channel, filled } of channels) {
    const modality = channel.split('.')[0]!;
    filledOf.set(modality, Math.max(filledOf.get(modality) ?? 0, filled));
  }
  const slow = [...filledOf].filter(([, filled]) => filled > 0 && 3 * filled < 2 * rows);
  return Object.fromEntries(slow.map(([modality, filled]) => [modality, { lost_after: Number(((lostAfter * rows) / filled).toPrecision(3)) }]));
}

/**
 * The range that a sensor is taken to have: from the 1 % to the 99 % quantile, so that a single spike does not make all else small,
 * and a quarter of that wider on both sides, to two digits of its width. Values may lie outside: nothing is clamped.
 */
export function robustRange(numbers: number[]): { min: number; max: number } {
  const sorted = Float64Array.from(numbers).sort();
  const at = (share: number) => sorted[Math.round(share * (sorted.length - 1))] ?? 0;
  let [low, high] = [at(0.01), at(0.99)];
  // Nearly always the same value: then the rare others are the range.
  if (!(high - low > resolution(low, high))) [low, high] = [at(0), at(1)];
  if (!(high - low > resolution(low, high))) {
    const half = Math.abs(low) > 0 ? Math.abs(low) / 2 : 0.5;
    [low, high] = [low - half, high + half];
  }
  const width = high - low;
  const unit = 10 ** (Math.floor(Math.log10(width)) - 1);
  // The division and its way back leave digits like 0.30000000000000004.
  const round = (value: number, direction: (value: number) => number) => Number((direction(value / unit) * unit).toPrecision(12));
  return { min: round(low - width / 4, Math.floor), max: round(high + width / 4, Math.ceil) };
}

/** The core's numbers are f32: a range must be many of their steps wide. */
const resolution = (low: number, high: number) => Math.max(Math.abs(low), Math.abs(high)) * 1e-5;

/**
 * Channels are called as their columns, where that can be: a name is "modality.channel" or one word, of at most 63 bytes, and there
 * are at most 16 modalities. What cannot be goes into the modality "csv".
 */
export function nameChannels(columns: string[]): string[] {
  const modality = (name: string) => name.split('.')[0]!;
  const whole = (name: string) => name.split('.').every((part) => part !== '');
  const fits = (name: string) => Buffer.byteLength(name) <= most.nameBytes && !name.includes('\0') && whole(name);
  const bare = new Set(columns.filter((name) => fits(name) && !name.includes('.')));
  // "co2" is a modality of one channel, so "co2.x" cannot stand beside it.
  const free = (name: string) => fits(name) && modality(name) !== 'csv' && (!name.includes('.') || !bare.has(modality(name)));
  const modalities = new Set(columns.map((name) => (free(name) ? modality(name) : 'csv')));
  const taken = new Set(columns.filter(free));
  const all = modalities.size > most.modalities;
  if (all) taken.clear();
  return columns.map((name) => {
    if (!all && free(name)) return name;
    const parts = name.replaceAll('\0', '').split('.').filter((part) => part !== '');
    return unique(`csv.${parts.join('.') || 'column'}`, taken);
  });
}

/** `name`, or its beginning, with a number where it is taken; at most 63 bytes. */
function unique(name: string, taken: Set<string>): string {
  for (let n = 1; ; n++) {
    const suffix = n > 1 ? `~${n}` : '';
    const candidate = cut(name, most.nameBytes - suffix.length) + suffix;
    if (taken.has(candidate)) continue;
    taken.add(candidate);
    return candidate;
  }
}

/** At most `bytes` bytes of UTF-8, in whole characters. */
function cut(text: string, bytes: number): string {
  let kept = '';
  let length = 0;
  for (const character of text) {
    length += Buffer.byteLength(character);
    if (length > bytes) break;
    kept += character;
  }
  // A name may not end in a dot.
  return kept.replace(/\.+$/, '');
}
