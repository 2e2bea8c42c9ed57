// What can be set on the page, and how it stands in the address, so that it can be shared: #world=forest&agents=5000&seed=7
import { worldNames, type WorldName } from 'sensorium/world';
import { colourings, type Colouring } from './map/picture.ts';

/** Where readings come from. */
export const sources = ['world', 'live', 'recording'] as const;
export type Source = (typeof sources)[number];

/** What runs the tick. */
export const engines = ['wasm', 'scalar'] as const;
export type EngineName = (typeof engines)[number];

export interface Settings {
  readonly source: Source;
  readonly world: WorldName;
  readonly agents: number;
  readonly seed: number;
  readonly engine: EngineName;
  /** Times real time; Infinity: as fast as it goes. */
  readonly speed: number;
  readonly colouring: Colouring;
  /** Whether the classic tick also runs in plain JavaScript, to compare. */
  readonly compare: boolean;
  readonly agent: number;
}

export const mostAgents = 100_000;
export const defaults: Settings = { source: 'world', world: 'plaza', agents: 2000, seed: 1, engine: 'wasm', speed: 1, colouring: 'situation', compare: false, agent: 0 };

const whole = (text: string, least: number, most: number): number | undefined => {
  const number = Number(text);
  return text !== '' && Number.isInteger(number) && number >= least && number <= most ? number : undefined;
};
const oneOf = <T extends string>(text: string, names: readonly T[]): T | undefined => names.find((name) => name === text);

const readers: { readonly [Name in keyof Settings]: (text: string) => Settings[Name] | undefined } = {
  source: (text) => oneOf(text, sources),
  world: (text) => oneOf(text, worldNames),
  agents: (text) => whole(text, 1, mostAgents),
  seed: (text) => whole(text, 0, Number.MAX_SAFE_INTEGER),
  engine: (text) => oneOf(text, engines),
  speed: (text) => (text === 'max' ? Infinity : [0.1, 0.25, 0.5, 1, 2, 5, 10].find((speed) => speed === Number(text))),
  colouring: (text) => oneOf(text, colourings),
  compare: (text) => (text === '1' ? true : text === '0' ? false : undefined),
  agent: (text) => whole(text, 0, mostAgents - 1),
};
const shown = (value: Settings[keyof Settings]): string => (value === Infinity ? 'max' : typeof value === 'boolean' ? String(Number(value)) : String(value));

/** What an address says; the rest, and whatever cannot be so, is as by default. */
export function fromAddress(hash: string): Settings {
  const given = new URLSearchParams(hash.replace(/^#/, ''));
  const settings: Record<string, unknown> = { ...defaults };
  for (const [name, read] of Object.entries(readers)) {
    const value = given.has(name) ? read(given.get(name)!) : undefined;
    if (value !== undefined) settings[name] = value;
  }
  const { agent, agents } = settings as unknown as Settings;
  return { ...(settings as unknown as Settings), agent: Math.min(agent, agents - 1) };
}

/** Whether one begins anew what the other shows. */
export const beginsAnew = (one: Settings, other: Settings): boolean => (['world', 'agents', 'seed', 'engine'] as const).some((name) => one[name] !== other[name]);

/** Only what differs from the defaults. */
export function toAddress(settings: Settings): string {
  const parts = new URLSearchParams();
  for (const name of Object.keys(readers) as (keyof Settings)[]) {
    if (settings[name] !== defaults[name]) parts.set(name, shown(settings[name]));
  }
  const text = parts.toString();
  return text === '' ? '' : `#${text}`;
}
