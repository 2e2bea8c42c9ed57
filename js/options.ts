// Options as JavaScript has them -> flat values for the core, which does all checking of names, types and ranges.
import type { Setting } from './backend.ts';
import { failure, isPlain, kindOf, privateBytes, show, type SensoriumError } from './errors.ts';
import { bytesPaths, groupPaths, listPaths, mostModelBytes, nullValues, recordPaths, textListPaths } from './schema.gen.ts';

/** Longer texts are cut: no name may be so long, and the core's memory for texts is small. */
const mostText = 1024;

/** Text as the core will have it: UTF-8, in which half a character (a lone surrogate) does not exist. */
function utf8(text: string): string {
  return new TextDecoder('utf-8', { ignoreBOM: true }).decode(new TextEncoder().encode(text.slice(0, mostText)));
}

/** Every option that is given, once, in its object's order. */
export function flatten(options: object): Setting[] {
  const settings: Setting[] = [];
  walkObject(settings, options, '', '');
  return settings;
}

function wrongType(where: string, expected: string, value: unknown): SensoriumError {
  return failure('wrong_type', 'The option is of another type', where, expected, show(value));
}

/** `path` is the core's, with numbers for records; `kind` is the schema's, without. */
function walkObject(settings: Setting[], object: Record<string, unknown> | object, path: string, kind: string): void {
  for (const [key, value] of Object.entries(object)) {
    if (value === undefined) continue;
    const name = utf8(key);
    if (name.includes('.')) {
      throw failure('unknown_option', 'There is no such option', path + name, 'nested objects, without dots in a key', `"${name}"`);
    }
    walkValue(settings, value, path + name, kind + name);
  }
}

function walkValue(settings: Setting[], value: unknown, path: string, kind: string): void {
  if (groupPaths.has(kind)) {
    if (!isPlain(value)) throw wrongType(path, 'an object of options', value);
    walkObject(settings, value, `${path}.`, `${kind}.`);
  } else if (recordPaths.has(kind)) {
    if (!isPlain(value)) throw wrongType(path, 'an object of records by name', value);
    const records = Object.entries(value).filter(([, record]) => record !== undefined);
    settings.push(['count', path, records.length]);
    records.forEach(([name, record], index) => {
      settings.push(['text', `${path}.${index}.name`, utf8(name)]);
      if (!isPlain(record)) throw wrongType(`${path}.${name}`, 'an object of options', record);
      walkObject(settings, record, `${path}.${index}.`, `${kind}.`);
    });
  } else if (listPaths.has(kind)) {
    if (!Array.isArray(value)) throw wrongType(path, 'an array of records', value);
    settings.push(['count', path, value.length]);
    for (const [index, record] of value.entries()) {
      if (!isPlain(record)) throw wrongType(`${path}.${index}`, 'an object of options', record);
      walkObject(settings, record, `${path}.${index}.`, `${kind}.`);
    }
  } else if (textListPaths.has(kind)) {
    if (!Array.isArray(value)) throw wrongType(path, 'an array of names', value);
    settings.push(['count', path, value.length]);
    for (const [index, name] of value.entries()) {
      if (typeof name !== 'string') throw wrongType(`${path}.${index}`, 'text', name);
      settings.push(['text', `${path}.${index}.name`, utf8(name)]);
    }
  } else {
    settings.push(leaf(value, path, kind));
  }
}

function leaf(value: unknown, path: string, kind: string): Setting {
  if (value === null && nullValues.has(kind)) return ['number', path, nullValues.get(kind)!];
  if (typeof value === 'number') return ['number', path, value];
  if (typeof value === 'boolean') return ['flag', path, value];
  if (typeof value === 'string') return ['text', path, utf8(value)];
  const bytes = bytesPaths.has(kind) && bytesOf(value);
  if (bytes) return ['bytes', path, bytes];
  if (bytes === undefined && kindOf(value) === 'Uint8Array' && !privateBytes(value)) throw wrongType(path, 'a Uint8Array or ArrayBuffer, not of shared memory', value);
  const list = numbers(value) ?? rows(value, path);
  if (list) return ['floats', path, list];
  return ['other', path, Array.isArray(value) ? `a list with ${show(value.find((item) => typeof item !== 'number'))} in it` : show(value)];
}

/** A file's bytes, copied, as they are read later; too many are not, as the core refuses them unread. Undefined where it is none. */
function bytesOf(value: unknown): Uint8Array | undefined {
  const kind = kindOf(value);
  if (kind !== 'Uint8Array' && kind !== 'ArrayBuffer') return undefined;
  try {
    const own = kind === 'ArrayBuffer' ? new DataView(value as ArrayBuffer) : privateBytes(value);
    if (!own) return undefined; // of memory that others may write to meanwhile
    const { buffer, byteOffset, byteLength } = own;
    const bytes = new Uint8Array(buffer, byteOffset, byteLength);
    return byteLength <= mostModelBytes ? bytes.slice() : bytes;
  } catch {
    return undefined; // its memory was transferred away
  }
}

/** A list of numbers, copied; undefined where it is none. A hole in an array is no number, and ends the search at once. */
function numbers(value: unknown): Float32Array | undefined {
  if (/^Float(32|64)Array$/.test(kindOf(value))) return Float32Array.from(value as Float32Array);
  return Array.isArray(value) && allOf(value, (item) => typeof item === 'number') ? Float32Array.from(value) : undefined;
}

/** Rows of one length, one after the other. The core sees only how many numbers there are, so ragged rows end here. */
function rows(value: unknown, path: string): Float32Array | undefined {
  if (!Array.isArray(value) || !allOf(value, (row) => Array.isArray(row) || ArrayBuffer.isView(row))) return undefined;
  const lists = value.map(numbers);
  if (!lists.every((list) => list !== undefined)) return undefined;
  const length = lists[0]?.length ?? 0;
  const ragged = lists.findIndex((list) => list.length !== length);
  if (ragged >= 0) {
    const got = `${length} numbers in row 0, ${lists[ragged]!.length} in row ${ragged}`;
    throw failure('wrong_count', 'The rows are not of one length', path, 'rows of one length', got);
  }
  return Float32Array.from(lists.flatMap((list) => [...list]));
}

/** As every(), which passes over holes, and counts all four thousand million of them. */
function allOf(list: readonly unknown[], fits: (item: unknown) => boolean): boolean {
  for (const item of list) if (!fits(item)) return false;
  return true;
}
