// Which column is the time, which one names the agent, and which ones are left out of the channels.
import { millisecondsFrom, type TimeFormat } from './cells.ts';
import type { Column } from './columns.ts';
import { Failure } from './problem.ts';

export interface TimeRole {
  column: Column;
  format: TimeFormat;
}

/** A name in its parts: "Time (ms)" and "time_ms" are both time, ms. */
const wordsOf = (name: string) => name.toLowerCase().split(/[^\p{L}\p{N}#]+/u).filter(Boolean);
const plain = (name: string) => wordsOf(name).join('');

const timeNames = new Set(['time', 'timestamp', 'datetime', 'date', 'ts', 'epoch', 'unixtime', 'unix', 'utc', 'seconds', 'secs', 'elapsed']);
const timeFirstWords = new Set(['time', 'timestamp', 'datetime', 'elapsed', 'epoch', 'unix', 'date', 'ts']);
const millisecondWords = new Set(['ms', 'msec', 'millis', 'millisecond', 'milliseconds']);
const agentNouns = ['agent', 'device', 'entity', 'node', 'machine', 'robot', 'vehicle', 'asset', 'station'];
const agentNames = new Set(['id', 'sensorid', 'unitid', ...agentNouns, ...agentNouns.map((noun) => `${noun}id`)]);
const rowNumberNames = new Set(['id', 'index', 'idx', 'row', 'rowid', 'rownumber', 'rownum', 'no', 'nr', '#', 'unnamed0']);
const labelNames = new Set(['anomaly', 'anomalies', 'isanomaly', 'changepoint', 'label', 'labels', 'class', 'target', 'groundtruth']);
const labelWords = /label|class|target|anomal|changepoint/;

export function columnNamed(columns: Column[], name: string, role: string): Column {
  const column = columns.find((candidate) => candidate.name === name);
  if (!column) throw new Failure(`${role}: expected a column of the file, got ${JSON.stringify(name)}. ${columnsThereAre(columns)}`);
  return column;
}

export function columnsThereAre(columns: Column[]): string {
  const names = columns.flatMap((column) => (column.name === undefined ? [] : [column.name]));
  return `The columns there are: ${names.join(', ') || 'none with a name'}`;
}

/** The column with the time, if one is evident: ISO times, best in a column named so, or numbers that rise in a column named so. */
export function findTime(columns: Column[]): TimeRole | undefined {
  const named = columns.filter((column) => column.name !== undefined);
  const calledTime = (column: Column) => timeNames.has(plain(column.name!)) || timeFirstWords.has(wordsOf(column.name!)[0] ?? '');
  const iso = named.filter((column) => column.kind === 'time');
  const numeric = (candidate: Column) => candidate.kind === 'number' && calledTime(candidate) && rises(candidate);
  const column = iso.find(calledTime) ?? iso[0] ?? named.find(numeric);
  return column && { column, format: timeFormatOf(column) };
}

/** Whether a column of numbers goes on as time does. One that is called just "time" may step back here or there: that is a bad line. */
function rises(column: Column): boolean {
  let forward = 0;
  let backward = 0;
  for (let i = 1; i < column.numbers.length; i++) {
    if (column.numbers[i]! > column.numbers[i - 1]!) forward++;
    if (column.numbers[i]! < column.numbers[i - 1]!) backward++;
  }
  return backward === 0 || (timeNames.has(plain(column.name!)) && forward >= backward);
}

export function timeFormatOf(column: Column): TimeFormat {
  if (column.kind === 'time') return 'iso';
  if (column.kind !== 'number') {
    const got = column.kind === 'empty' ? 'empty cells' : 'other text';
    throw new Failure(`time column ${JSON.stringify(column.name)}: expected ISO dates and times, or numbers, got ${got}`);
  }
  const saysSo = wordsOf(column.name ?? '').some((word) => millisecondWords.has(word));
  return saysSo || median(column.numbers.map(Math.abs)) >= millisecondsFrom ? 'milliseconds' : 'seconds';
}

/**
 * The column that says whose row it is: one named so, with text, or with values that come again. In a sample that ends before any agent
 * comes again, many rows of one time say as much. `times` are the sample's, one a row.
 */
export function findAgent(columns: Column[], time: Column | undefined, times: number[]): Column | undefined {
  const asBefore = times.filter((moment, row) => row > 0 && moment === times[row - 1]).length;
  const together = times.length > 1 && asBefore * 2 >= times.length;
  return columns.find((column) => {
    if (column === time || column.name === undefined || !agentNames.has(plain(column.name))) return false;
    const repeats = column.distinct < column.filled || together;
    return column.kind === 'text' ? repeats || plain(column.name) !== 'id' : column.kind === 'number' && column.whole && repeats;
  });
}

/** Why a column of numbers is no channel, or undefined if it may be one. */
export function notAChannel(column: Column): string | undefined {
  const name = plain(column.name!);
  if (labelNames.has(name)) return 'a label, by its name';
  const binary = column.numbers.every((value) => value === 0 || value === 1);
  if (labelWords.test(name) && binary) return 'a label, by its name and its values 0 and 1';
  const counts = column.numbers.length > 1 && column.numbers.every((value, i) => i === 0 || value === column.numbers[i - 1]! + 1);
  if (rowNumberNames.has(name) && counts) return 'the number of the row';
  return undefined;
}

export function median(values: number[]): number {
  if (values.length === 0) return NaN;
  const sorted = Float64Array.from(values).sort();
  const middle = Math.floor(sorted.length / 2);
  return sorted.length % 2 ? sorted[middle]! : (sorted[middle - 1]! + sorted[middle]!) / 2;
}
