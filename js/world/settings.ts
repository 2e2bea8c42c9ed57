// Options and arguments checked: names and types here, ranges in the module, which knows them.
import { failure, isPlain, show, type SensoriumError } from '../errors.ts';
import { worldNames, type WorldName } from '../world.gen.ts';
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
    // Here, as the module's texts end at a zero and have no room for long ones.
    if (name === 'world') numberOf(worldNames, value as WorldName, name);
    given.push([name, value as number | string]);
  }
  return { given, inUse: { ...defaults, ...Object.fromEntries(given) } };
}

export function wrongValue(where: string, expected: string, value: unknown): SensoriumError {
  return failure(typeof value === 'number' ? 'out_of_range' : 'wrong_type', 'The value cannot be this', where, expected, show(value));
}

/** An argument that is an object: of these keys and, as a misspelt one would change nothing, of no others. */
export function checkArgument(value: unknown, where: string, keys: readonly string[]): void {
  if (!isPlain(value)) throw failure('wrong_type', 'The value is of another type', where, `an object of ${keys.join(', ')}`, show(value));
  const other = Object.keys(value).find((key) => value[key] !== undefined && !keys.includes(key));
  if (other === undefined) return;
  const name = other.slice(0, 60);
  throw failure('unknown_option', 'There is no such option', `${where}.${name}`, `one of ${keys.join(', ')}`, `"${name}"`);
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
