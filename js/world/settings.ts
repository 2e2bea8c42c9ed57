// Options and arguments checked: names and types here, ranges in the module, which knows them.
import { failure, show, type SensoriumError } from '../errors.ts';
import type { WorldSetting } from './port.ts';
import type { WorldOptionsInUse } from './types.ts';

/** The same as in world.h. */
const defaults: WorldOptionsInUse = { world: 'plaza', agents: 100, seed: 0, rate: 60, hour: NaN, rain: NaN, faults: 1, incidents: 1, intervals: 0 };

/** Options as the module takes them, and every option as it then is. */
export function settingsOf(options: Record<string, unknown>): { given: WorldSetting[]; inUse: WorldOptionsInUse } {
  const given: WorldSetting[] = [];
  for (const [name, value] of Object.entries(options)) {
    if (value === undefined) continue;
    if (!Object.hasOwn(defaults, name)) {
      const expected = `one of ${[...Object.keys(defaults), 'isa', 'wasm'].join(', ')}`;
      throw failure('unknown_option', 'There is no such option', name, expected, `"${name.slice(0, 60)}"`);
    }
    const expected = typeof defaults[name as keyof WorldOptionsInUse];
    if (typeof value !== expected) {
      throw failure('wrong_type', 'The option is of another type', name, expected === 'string' ? 'text' : 'a number', show(value));
    }
    // No name is so long, and the module's memory for texts is small.
    given.push([name, typeof value === 'string' ? value.slice(0, 100) : (value as number)]);
  }
  return { given, inUse: { ...defaults, ...Object.fromEntries(given) } };
}

export function wrongValue(where: string, expected: string, value: unknown): SensoriumError {
  return failure(typeof value === 'number' ? 'out_of_range' : 'wrong_type', 'The value cannot be this', where, expected, show(value));
}

/** A number; its range is the module's to check. */
export function number(value: unknown, where: string): number {
  if (typeof value !== 'number') throw wrongValue(where, 'a number', value);
  return value;
}

/** The place of a name in its list; a name that is not there is an error. */
export function numberOf<Name extends string>(names: readonly Name[], name: Name, where: string): number {
  const index = names.indexOf(name);
  if (index < 0) {
    throw failure(typeof name === 'string' ? 'out_of_range' : 'wrong_type', 'There is no such name', where, `one of ${names.join(', ')}`, show(name));
  }
  return index;
}
