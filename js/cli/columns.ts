// What the columns of a CSV file are: their names, found in a header or made up, and what their cells hold, from a sample of rows.
import { isMissing, readIso, readReading } from './cells.ts';

export interface Column {
  /** Which field of a row, from 0. */
  field: number;
  /** Unique in the file; undefined for a row name or an empty last field, which nobody can ask for. */
  name: string | undefined;
  kind: 'number' | 'time' | 'text' | 'empty';
  /** The sample's numbers, in order. */
  numbers: number[];
  /** Whether all cells with something in them are whole numbers. */
  whole: boolean;
  /** How many different cells there are, of those with something in them. */
  distinct: number;
  filled: number;
}

export interface Header {
  /** Whether the first row holds the names. */
  present: boolean;
  /** Fields a row has. */
  width: number;
  /** One a field; undefined for fields without a name of their own. */
  names: (string | undefined)[];
  /** What was understood, in words for people. */
  notes: string[];
  /** Set where the first row is a header that cannot belong to the rows. */
  problem?: { expected: string; got: string };
}

const isText = (cell: string) => !isMissing(cell) && readReading(cell) === undefined && !readIso(cell);

/** Whether half of the cells with something in them, or more, are numbers or times. */
function mostlyValues(cells: string[]): boolean {
  const filled = cells.filter((cell) => !isMissing(cell));
  return filled.length > 0 && filled.filter((cell) => !isText(cell)).length * 2 >= filled.length;
}

function commonest(values: number[]): number | undefined {
  const counts = new Map<number, number>();
  for (const value of values) counts.set(value, (counts.get(value) ?? 0) + 1);
  let best: number | undefined;
  for (const [value, count] of counts) if (best === undefined || count > counts.get(best)!) best = value;
  return best;
}

/** `known`: what the configuration says about whether there is a header. */
export function readHeader(first: string[], rows: string[][], known: boolean | undefined): Header {
  const width = commonest(rows.map((fields) => fields.length)) ?? first.length;
  const regular = rows.filter((fields) => fields.length === width);
  // Where the header is one name short, the first fields of the rows are what it has no name for; an empty last field is just a
  // delimiter too many.
  const short = first.length === width - 1;
  const trailing = short && regular.every((fields) => fields[width - 1] === '');
  const shift = short && !trailing ? 1 : 0;
  const overValues = (i: number) => mostlyValues(regular.map((fields) => fields[i + shift] ?? ''));
  const present = known ?? first.some((cell, i) => isText(cell) && (rows.length === 0 || overValues(i)));
  const notes: string[] = [];
  if (!present) {
    notes.push('no header: the columns are called column1, column2 …');
    return { present, width, names: numbered(width), notes };
  }
  const names: (string | undefined)[] = Array.from({ length: width }, () => undefined);
  const taken = new Set<string>();
  first.forEach((cell, i) => {
    const field = i + shift;
    if (field >= width) return;
    let name = cell.trim();
    // pandas leaves the name of its index empty; an empty last field is a delimiter too many.
    if (name === '' && (field === 0 || field === width - 1)) return;
    if (name === '') name = `column${field + 1}`;
    let unique = name;
    for (let n = 2; taken.has(unique); n++) unique = `${name} (${n})`;
    if (unique !== name) notes.push(`the name ${JSON.stringify(name)} occurs twice: the later one is called ${JSON.stringify(unique)}`);
    taken.add(unique);
    names[field] = unique;
  });
  if (shift) notes.push('the header is one name short of its rows: their first field is a row name, not a channel');
  else if (names[0] === undefined) notes.push('the first column has no name: it is a row name, not a channel');
  const header: Header = { present, width, names, notes };
  if (first.length !== width && !short) {
    header.problem = { expected: `a name for each of the rows' ${width} fields`, got: `${first.length} names` };
  }
  return header;
}

function numbered(width: number): string[] {
  return Array.from({ length: width }, (_, i) => `column${i + 1}`);
}

/** `rows` have a field for each name. */
export function profileColumns(header: Header, rows: string[][]): Column[] {
  return header.names.map((name, field) => profile(field, name, rows));
}

function profile(field: number, name: string | undefined, rows: string[][]): Column {
  const numbers: number[] = [];
  const distinct = new Set<string>();
  let times = 0;
  let filled = 0;
  for (const fields of rows) {
    const cell = fields[field]!;
    if (isMissing(cell)) continue;
    filled++;
    distinct.add(cell.trim());
    const number = readReading(cell);
    if (number !== undefined) numbers.push(number);
    else if (readIso(cell)) times++;
  }
  // A few cells that do not fit are bad cells of the column, not another kind of column.
  const kind = filled === 0 ? 'empty' : numbers.length * 2 >= filled ? 'number' : times * 2 >= filled ? 'time' : 'text';
  const whole = numbers.length === filled && numbers.every(Number.isInteger);
  return { field, name, kind, numbers, whole, distinct: distinct.size, filled };
}
