// A CSV file as a run needs it: rows in order, which column is what, and the engine's options. Found out from the first rows where the
// configuration does not say.
import type { SensoriumOptions } from '../node.ts';
import { readTime, type TimeFormat } from './cells.ts';
import { profileColumns, readHeader, type Column, type Header } from './columns.ts';
import type { Config, CsvOptions } from './config.ts';
import type { Dialect } from './dialect.ts';
import { capacity, inferConfig } from './infer.ts';
import { openInput, type Input, type Noted } from './input.ts';
import { findPositions, type Position } from './positions.ts';
import { Failure } from './problem.ts';
import type { Row } from './records.ts';
import { columnNamed, columnsThereAre, findAgent, findTime, timeFormatOf, type TimeRole } from './roles.ts';
import { openSource, type Source } from './source.ts';

/** What is known of a file's columns. */
export interface TableState {
  dialect: Dialect;
  /** Everything found out: with it, and nothing else, the same file is understood in the same way. */
  config: Config;
  /** Fields a row has. */
  width: number;
  /** The name of each field, for messages. */
  names: string[];
  time: { field: number; format: TimeFormat } | undefined;
  agent: number | undefined;
  /** One a channel, in the order of the options. */
  channels: { name: string; field: number }[];
  /** Where the agents are: "position.x" and so on, and fields. None where nobody asks. */
  positions: { name: string; field: number }[];
}

export interface Table extends TableState {
  input: Input;
  /** Whether the file has lines, at which one can go on: an Arrow file has none. */
  text: boolean;
  notes: string[];
  /** All rows after the header, in blocks as they arrive. */
  rows: AsyncGenerator<Row[]>;
}

export interface TableOptions {
  config?: Config | undefined;
  /** A column's name; false: none; undefined: as the configuration says, else found out. */
  time?: string | false | undefined;
  agent?: string | false | undefined;
  /** The columns of x, y and perhaps z. */
  position?: string[] | undefined;
  noted?: Noted | undefined;
}

const sampleRows = 1000;

export async function openTable(path: string, options: TableOptions): Promise<Table> {
  const input = openInput(path, options.noted);
  try {
    return await readTable(input, options);
  } catch (error) {
    input.close();
    if (error instanceof Failure && !error.message.startsWith(input.name)) throw new Failure(`${input.name}: ${error.message}`);
    throw error;
  }
}

async function readTable(input: Input, options: TableOptions): Promise<Table> {
  const csv = withArguments(options.config?.csv ?? {}, options);
  const channelsGiven = options.config?.engine.channels !== undefined;
  // Where the configuration says everything, a live stream need not be held up for a sample.
  const timeGiven = csv.time === null || (csv.time !== undefined && csv.time_format !== undefined);
  const allGiven = channelsGiven && options.config?.engine.agents !== undefined && csv.delimiter !== undefined && csv.decimal !== undefined && csv.header !== undefined && timeGiven && csv.agent !== undefined;
  const sampled = allGiven ? 1 : sampleRows;
  const source = await openSource(input, csv, allGiven && csv.header === false ? sampled : sampled + 1);

  const first = source.first[0];
  if (first?.bad) throw new Failure(`line ${first.line}: expected ${first.bad.expected}, got ${first.bad.got}`);
  if (!first) throw new Failure('expected rows, got an empty file');
  const following = source.first.slice(1);
  const header = readHeader(first.fields, readable(following, sampled), csv.header);
  if (header.problem) throw new Failure(`line ${first.line}: expected ${header.problem.expected}, got ${header.problem.got}`);
  const data = header.present ? following : source.first;
  const cells = readable(data, sampled).filter((fields) => fields.length === header.width);
  const columns = profileColumns(header, cells);
  const time = timeRole(columns, csv);
  const times = cells.map((fields, row) => (time ? readTime(fields[time.column.field]!, time.format)?.seconds ?? NaN : row + 1));
  const agent = agentRole(columns, csv, time?.column, times);
  const agents = agent && numberAgents(cells.map((fields) => fields[agent.field]!));
  const roles = { time, agent };
  const notes = [...header.notes, ...describeRoles(roles, csv)];

  let engine: SensoriumOptions = options.config?.engine ?? {};
  let mapping = csv.columns ?? {};
  const positions = findPositions(columns, engine, mapping, options.position);
  if (channelsGiven) {
    engine = { agents: agents ? capacity(agents) : 1, ...engine };
  } else {
    const inferred = inferConfig(columns, [time?.column, agent, ...positions.map(({ column }) => column)], times, agents);
    if (Object.keys(inferred.engine.channels!).length === 0) throw new Failure(`expected a column of numbers, got none. ${columnsThereAre(columns)}`);
    engine = { ...inferred.engine, ...engine };
    mapping = { ...inferred.columns, ...mapping };
    notes.push(...inferred.notes);
  }
  mapping = withPositions(mapping, positions);
  return {
    input,
    text: source.text,
    dialect: source.dialect,
    config: { engine, csv: describeCsv(source.dialect, header, roles, mapping) },
    width: header.width,
    names: header.names.map((name, field) => (name === undefined ? String(field + 1) : `${field + 1} (${name})`)),
    time: time && { field: time.column.field, format: time.format },
    agent: agent?.field,
    channels: findChannels(columns, engine, mapping, positions),
    positions: positions.map(({ name, column }) => ({ name, field: column.field })),
    notes,
    rows: allRows(data, source.rest),
  };
}

/** What the arguments say counts more than what the configuration says. */
function withArguments(csv: CsvOptions, { time, agent }: TableOptions): CsvOptions {
  const merged = { ...csv };
  if (time !== undefined) {
    merged.time = time === false ? null : time;
    if (merged.time !== csv.time) delete merged.time_format;
  }
  if (agent !== undefined) merged.agent = agent === false ? null : agent;
  return merged;
}

const readable = (rows: Row[], count: number) => rows.slice(0, count).flatMap((row) => (row.bad ? [] : [row.fields]));

async function* allRows(first: Row[], rest: Source['rest']): AsyncGenerator<Row[]> {
  yield first;
  yield* rest;
}

interface Roles {
  time: TimeRole | undefined;
  agent: Column | undefined;
}

function timeRole(columns: Column[], csv: CsvOptions): TimeRole | undefined {
  if (csv.time === undefined) return findTime(columns);
  if (csv.time === null) return undefined;
  const column = columnNamed(columns, csv.time, 'time');
  return { column, format: csv.time_format ?? timeFormatOf(column) };
}

function agentRole(columns: Column[], csv: CsvOptions, time: Column | undefined, times: number[]): Column | undefined {
  if (csv.agent === undefined) return findAgent(columns, time, times);
  return csv.agent === null ? undefined : columnNamed(columns, csv.agent, 'agent');
}

function describeRoles({ time, agent }: Roles, csv: CsvOptions): string[] {
  const notes = [];
  if (!time) notes.push("no time column: a row's number is its time in seconds");
  else if (time.format === 'milliseconds') notes.push(`the time in ${JSON.stringify(time.column.name)} is taken for milliseconds`);
  if (agent && csv.agent === undefined) notes.push(`the agents are those of ${JSON.stringify(agent.name)}`);
  return notes;
}

function describeCsv({ delimiter, decimal }: Dialect, header: Header, { time, agent }: Roles, columns: Record<string, string>): CsvOptions {
  return {
    delimiter,
    decimal,
    header: header.present,
    time: time?.column.name ?? null,
    ...(time && { time_format: time.format }),
    agent: agent?.name ?? null,
    ...(Object.keys(columns).length > 0 && { columns }),
  };
}

/** Agents in numbers, in order of first mention. */
function numberAgents(cells: string[]): number[] {
  const numbers = new Map<string, number>();
  return cells.map((cell) => {
    const name = cell.trim();
    if (!numbers.has(name)) numbers.set(name, numbers.size);
    return numbers.get(name)!;
  });
}

/** What the arguments say of positions is kept with the rest. */
function withPositions(mapping: Record<string, string>, positions: Position[]): Record<string, string> {
  const renamed = positions.filter(({ name, column }) => column.name !== (Object.hasOwn(mapping, name) ? mapping[name] : name));
  return { ...mapping, ...Object.fromEntries(renamed.map(({ name, column }) => [name, column.name!])) };
}

function findChannels(columns: Column[], engine: SensoriumOptions, mapping: Record<string, string>, positions: Position[]): Table['channels'] {
  const fields = new Map(columns.map((column) => [column.name, column.field]));
  const missing: string[] = [];
  const channels = Object.keys(engine.channels ?? {}).map((name) => {
    const column = Object.hasOwn(mapping, name) ? mapping[name]! : name;
    const field = fields.get(column);
    if (field === undefined) missing.push(column === name ? name : `${column} (for ${name})`);
    return { name, field: field ?? -1 };
  });
  if (missing.length > 0) throw new Failure(`expected columns for all configured channels, got none for: ${missing.join(', ')}. ${columnsThereAre(columns)}`);
  const known = (name: string) => Object.hasOwn(engine.channels ?? {}, name) || positions.some((position) => position.name === name);
  const unknown = Object.keys(mapping).find((name) => !known(name));
  if (unknown !== undefined) throw new Failure(`csv.columns: expected channels of the configuration, got ${JSON.stringify(unknown)}`);
  return channels;
}
