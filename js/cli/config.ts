// The configuration file: the options of createSensorium(), and beside them `csv`, how the columns of the file are to be understood.
import { readFileSync, statSync } from 'node:fs';
import { dirname, resolve } from 'node:path';
import type { SensoriumOptions } from '../node.ts';
import { mostModelBytes } from '../schema.gen.ts';
import { timeFormats, type TimeFormat } from './cells.ts';
import { decimalSigns, delimiters } from './dialect.ts';
import { Failure, showJson } from './problem.ts';

/** What is left out is found out from the file. */
export interface CsvOptions {
  delimiter?: string;
  decimal?: '.' | ',';
  /** Whether the first row holds the columns' names. */
  header?: boolean;
  /** The column of the time; null: the row's number is its time in seconds. */
  time?: string | null;
  time_format?: TimeFormat;
  /** The column that names the agent; null: there is one agent. */
  agent?: string | null;
  /** Channel to column, where their names differ. */
  columns?: Record<string, string>;
}

export interface Config {
  engine: SensoriumOptions;
  csv: CsvOptions;
}

type Check = [expected: string, fits: (value: unknown) => boolean];
const isText = (value: unknown) => typeof value === 'string';
const checks: Record<keyof CsvOptions, Check> = {
  delimiter: ['one of , ; | and tab', (value) => (delimiters as readonly unknown[]).includes(value)],
  decimal: ['one of . and ,', (value) => (decimalSigns as readonly unknown[]).includes(value)],
  header: ['true or false', (value) => typeof value === 'boolean'],
  time: ["a column's name or null", (value) => value === null || isText(value)],
  time_format: [`one of ${timeFormats.join(', ')}`, (value) => (timeFormats as readonly unknown[]).includes(value)],
  agent: ["a column's name or null", (value) => value === null || isText(value)],
  columns: ["an object of channels and their columns' names", (value) => isRecord(value) && Object.values(value).every(isText)],
};

const isObject = (value: unknown): value is object => typeof value === 'object' && value !== null;
const isRecord = (value: unknown): value is Record<string, unknown> =>
  isObject(value) && !Array.isArray(value) && !ArrayBuffer.isView(value);

export function readConfig(path: string): Config {
  let text: string;
  try {
    text = readFileSync(path, 'utf8');
  } catch (error) {
    throw new Failure(`${path}: cannot be read: ${error instanceof Error ? error.message : error}`);
  }
  let value: unknown;
  try {
    // Some editors write a mark of the byte order before everything.
    value = JSON.parse(text.replace(/^\ufeff/, ''));
  } catch (error) {
    throw new Failure(`${path}: expected JSON, got something else: ${error instanceof Error ? error.message : error}`);
  }
  if (!isRecord(value)) throw new Failure(`${path}: expected an object of options, got ${showJson(value)}`);
  const { csv = {}, ...engine } = value;
  if (!isRecord(csv)) throw new Failure(`${path}, csv: expected an object, got ${showJson(csv)}`);
  for (const [key, option] of Object.entries(csv)) {
    if (!Object.hasOwn(checks, key)) {
      throw new Failure(`${path}, csv.${key}: expected one of ${Object.keys(checks).join(', ')}, got an unknown option`);
    }
    const [expected, fits] = checks[key as keyof CsvOptions];
    if (!fits(option)) throw new Failure(`${path}, csv.${key}: expected ${expected}, got ${showJson(option)}`);
  }
  // Bytes cannot be told in JSON.
  if (engine['snapshot'] !== undefined) throw new Failure(`${path}, snapshot: expected none, for \`sensorium run --resume\` goes on from snapshots, got ${showJson(engine['snapshot'])}`);
  const { network } = engine;
  if (isRecord(network) && network.model !== undefined) engine.network = { ...network, model: readModel(path, network.model) };
  // The engine's options are checked by the core, which knows them all.
  return { engine: engine as SensoriumOptions, csv: csv as CsvOptions };
}

/** What the configuration says instead of a model's bytes. */
const modelNames = new WeakMap<object, { name: string; file: string }>();

/** Where the configuration's model was read. */
export function modelFileOf(config: Config | undefined): string | undefined {
  const model: unknown = config?.engine.network?.model;
  return isObject(model) ? modelNames.get(model)?.file : undefined;
}

/** The file that `network.model` names, from the configuration's folder on. What is in it the core checks. */
function readModel(path: string, name: unknown): Uint8Array {
  const where = `${path}, network.model`;
  if (!isText(name)) throw new Failure(`${where}: expected the path of a .safetensors file, got ${showJson(name)}`);
  const file = resolve(dirname(path), name as string);
  let bytes: Uint8Array;
  try {
    const stat = statSync(file);
    if (!stat.isFile()) throw new Error('it is no file');
    if (stat.size > mostModelBytes) throw new Error(`expected at most ${mostModelBytes} bytes, got ${stat.size}`);
    bytes = readFileSync(file);
  } catch (error) {
    throw new Failure(`${where}: ${file} cannot be read: ${error instanceof Error ? error.message : error}`);
  }
  modelNames.set(bytes, { name: name as string, file });
  return bytes;
}

/** JSON that people can read: a line for each of the innermost records. */
export function printConfig({ engine, csv }: Config): string {
  return `${print({ ...engine, csv }, '', 2)}\n`;
}

function print(value: unknown, indent: string, depth: number): string {
  if (!isRecord(value) || depth === 0) return spaced(value);
  const inner = `${indent}  `;
  const lines = Object.entries(value).filter(([, item]) => item !== undefined).map(([key, item]) => {
    const open = isRecord(item) && Object.values(item).some(isRecord) && Object.keys(item).length > 0;
    return `${inner}${JSON.stringify(key)}: ${open ? print(item, inner, depth - 1) : spaced(item)}`;
  });
  return `{\n${lines.join(',\n')}\n${indent}}`;
}

/** On one line, with spaces. */
function spaced(value: unknown): string {
  if (Array.isArray(value)) return `[${value.map(spaced).join(', ')}]`;
  if (ArrayBuffer.isView(value)) return JSON.stringify(modelNames.get(value)?.name);
  if (!isRecord(value)) return JSON.stringify(value);
  const entries = Object.entries(value).filter(([, item]) => item !== undefined);
  return entries.length === 0 ? '{}' : `{ ${entries.map(([key, item]) => `${JSON.stringify(key)}: ${spaced(item)}`).join(', ')} }`;
}
