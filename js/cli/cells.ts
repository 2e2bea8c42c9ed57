// What one cell of a CSV file says: a number, no reading, a time, or neither.

/** The words that programs write where they have no number. An infinity is no reading either, as in the engine's own columns. */
const missingPattern = /^\s*(?:|nan|null|none|na|n\/a|[+-]?inf(?:inity)?)\s*$/i;

/** A finite number, NaN for "no reading", or undefined where the cell is neither. */
export function readNumber(cell: string): number | undefined {
  const text = cell.charCodeAt(0) > 0x20 ? cell : cell.trim();
  if (text === '') return NaN;
  const value = Number(text);
  if (!Number.isFinite(value)) return missingPattern.test(text) ? NaN : undefined;
  // Number() also knows 0x10, 0b1 and 0o7, which no file of readings means.
  const second = text.charCodeAt(1);
  const prefixed = text.charCodeAt(0) === 0x30 && second > 0x39 && (second | 0x20) !== 0x65;
  return prefixed ? undefined : value;
}

/** As readNumber, for a value that will be f32: one that is too large for it is not a reading. */
export function readReading(cell: string): number | undefined {
  const value = readNumber(cell);
  return value !== undefined && Math.abs(Math.fround(value)) === Infinity ? undefined : value;
}

const decimalComma = /^\s*[+-]?\d*,\d+(?:[eE][+-]?\d+)?\s*$/;

/** A number that is written with a decimal comma, with a point; any other cell as it is. */
export const withPoint = (cell: string) => (decimalComma.test(cell) ? cell.replace(',', '.') : cell);

export const isMissing = (cell: string) => missingPattern.test(cell);

export const timeFormats = ['iso', 'seconds', 'milliseconds'] as const;
export type TimeFormat = (typeof timeFormats)[number];

/** A moment: seconds for the engine, and how it stands in the output, a JSON value as text. */
export interface Moment {
  seconds: number;
  shown: string;
}

const isoPattern = /^\s*(\d{4})-(\d\d)-(\d\d)(?:(?:[Tt]| +)(\d\d):(\d\d)(?::(\d\d)(?:[.,](\d+))?)?)?\s*([Zz]|[+-]\d\d(?::?\d\d)?)?\s*$/;
const day = 86_400_000;

/** A time in one of the formats; undefined where the cell is none. A time without a zone is UTC. */
export function readTime(cell: string, format: TimeFormat): Moment | undefined {
  if (format === 'iso') return readIso(cell);
  const value = readNumber(cell);
  if (value === undefined || Number.isNaN(value)) return undefined;
  return { seconds: format === 'milliseconds' ? value / 1000 : value, shown: String(value === 0 ? 0 : value) };
}

export function readIso(cell: string): Moment | undefined {
  const match = isoPattern.exec(cell);
  if (!match) return undefined;
  const [, year, month, date, hour = '0', minute = '0', second = '0', fraction = '', zone = 'Z'] = match;
  const midnight = Date.UTC(Number(year), Number(month) - 1, Number(date));
  // Date.UTC takes 31 February for 3 March, and the years 0 to 99 for 1900 to 1999.
  const calendar = new Date(midnight);
  if (calendar.getUTCDate() !== Number(date) || calendar.getUTCMonth() !== Number(month) - 1 || Number(year) < 100) return undefined;
  const ofDay = (Number(hour) * 60 + Number(minute)) * 60 + Number(second);
  if (Number(minute) > 59 || Number(second) > 59 || ofDay > 86_400 || (ofDay === 86_400 && Number(fraction) > 0)) return undefined;
  const offset = zoneMinutes(zone);
  if (offset === undefined) return undefined;
  const wholeSeconds = midnight / 1000 + ofDay - offset * 60;
  const seconds = fraction ? wholeSeconds + Number(`0.${fraction}`) : wholeSeconds;
  return { seconds, shown: `"${isoSeconds(wholeSeconds)}.${fraction.padEnd(3, '0')}Z"` };
}

function zoneMinutes(zone: string): number | undefined {
  if (zone === 'Z' || zone === 'z') return 0;
  const hours = Number(zone.slice(1, 3));
  const minutes = Number(zone.slice(3).replace(':', '') || '0');
  if (hours > 23 || minutes > 59) return undefined;
  return (zone.startsWith('-') ? -1 : 1) * (hours * 60 + minutes);
}

let lastDay = NaN;
let lastDate = '';

/** "2015-02-04T17:51:00". The date of the last call is kept: most rows are of the same day as the one before. */
function isoSeconds(seconds: number): string {
  const today = Math.floor((seconds * 1000) / day);
  if (today !== lastDay) {
    lastDate = new Date(today * day).toISOString().split('T')[0]!;
    lastDay = today;
  }
  const ofDay = seconds - (today * day) / 1000;
  const two = (value: number) => (value < 10 ? `0${value}` : String(value));
  return `${lastDate}T${two(Math.floor(ofDay / 3600))}:${two(Math.floor(ofDay / 60) % 60)}:${two(ofDay % 60)}`;
}

/** Epoch times of this size can only be milliseconds: as seconds they would lie beyond the year 5000. */
export const millisecondsFrom = 1e11;
