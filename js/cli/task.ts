// What a run was told to do: another one cannot go on from it.
import { createHash } from 'node:crypto';
import type { Config } from './config.ts';
import { quote, showJson } from './problem.ts';
import type { TableOptions } from './table.ts';

export type Task = Readonly<Record<string, unknown>>;

/** As it is in a snapshot: JSON, with a hash of a model in its place. */
export function taskOf(config: Config | undefined, { time, agent, position }: Pick<TableOptions, 'time' | 'agent' | 'position'>, format: string): Task {
  return JSON.parse(JSON.stringify({ config: config && withModel(config, hashOf), time, agent, position, format })) as Task;
}

/** A hash says as well which model it is: JSON would make a long list of its bytes. */
function hashOf(model: ArrayBufferView): string {
  const bytes = new Uint8Array(model.buffer, model.byteOffset, model.byteLength);
  return `sha-256 ${createHash('sha256').update(bytes).digest('hex')}`;
}

/** The configuration with something else in a model's place. */
function withModel(config: Config, other: (model: ArrayBufferView) => string | undefined): Config {
  const { engine } = config;
  const model: unknown = engine.network?.model;
  if (!ArrayBuffer.isView(model)) return config;
  return { ...config, engine: { ...engine, network: { ...engine.network, model: other(model) } } as unknown as Config['engine'] };
}

/** What an engine needs to be told that goes on from a snapshot: that brings the network itself. */
export const withoutModel = (config: Config): Config => withModel(config, () => undefined);

/** What another run was told and this one was not, in the words of who tells them: "--time "a", got --time "b""; undefined where there is nothing. */
export function differenceOf(before: Task, now: Task): string | undefined {
  for (const option of ['time', 'agent', 'position']) {
    if (JSON.stringify(before[option]) !== JSON.stringify(now[option])) return `${sayOption(option, before[option])}, got ${sayOption(option, now[option])}`;
  }
  if (before['format'] !== now['format']) return `--out as ${before['format']}, got ${now['format']}`;
  const [one, other] = [before['config'], now['config']];
  if (!isRecord(one) || !isRecord(other)) return one === other ? undefined : `${sayConfig(one)}, got ${sayConfig(other)}`;
  const found = firstOf(one, other, []);
  if (!found) return undefined;
  const name = found.path.filter((key, i) => i > 0 || key !== 'engine').join('.');
  if (name === 'network.model' && found.before !== undefined && found.now !== undefined) return 'the same network.model, got another one';
  return `${name} ${say(found.before)} (--config${name === 'agents' ? ' or --agents' : ''}), got ${say(found.now)}`;
}

const isRecord = (value: unknown): value is Record<string, unknown> => typeof value === 'object' && value !== null;
const say = (value: unknown) => (value === undefined ? 'not given' : showJson(value));

function sayOption(option: string, value: unknown): string {
  if (value === undefined) return `no --${option}`;
  if (value === false) return `--no-${option}`;
  return `--${option} ${quote(Array.isArray(value) ? value.join(',') : String(value))}`;
}

function sayConfig(value: unknown): string {
  if (!isRecord(value)) return 'neither --config nor --agents';
  const { engine, csv } = value as { engine: Record<string, unknown>; csv: object };
  const names = [...Object.keys(engine), ...Object.keys(csv)];
  return names.length === 1 && names[0] === 'agents' ? `--agents ${String(engine['agents'])}` : 'a --config';
}

/** Where two values differ first. */
function firstOf(before: unknown, now: unknown, path: readonly string[]): { path: readonly string[]; before: unknown; now: unknown } | undefined {
  if (!isRecord(before) || !isRecord(now)) return Object.is(before, now) ? undefined : { path, before, now };
  for (const key of new Set([...Object.keys(before), ...Object.keys(now)])) {
    const found = firstOf(before[key], now[key], [...path, key]);
    if (found) return found;
  }
  return undefined;
}
