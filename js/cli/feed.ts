// Rows of the file -> readings, ticks, lines of output. Rows of one time and different agents are one tick; each row has one line, in
// the order of the rows. Without an agent column each row is a tick at once.
import type { Sensorium } from '../node.ts';
import { readReading, readTime } from './cells.ts';
import type { LineFormat } from './lines.ts';
import { quote, type BadLine } from './problem.ts';
import type { Row } from './records.ts';
import type { Table } from './table.ts';

/** Told of each agent's cycle: its row in the engine's columns, and the time of the tick. */
export type Seen = (row: number, seconds: number) => void;

export class Feed {
  readonly #engine: Sensorium<string>;
  readonly #table: Table;
  readonly #format: LineFormat;
  readonly #add: (text: string) => void;
  readonly #seen: Seen;
  readonly #columns: Float32Array[];
  readonly #fields: number[];
  readonly #readings: Float32Array;
  /** What has been read of the tick that is not complete: agents and, as the output shows them, times. */
  readonly #agents: number[] = [];
  readonly #times: string[] = [];
  readonly #waiting: Uint8Array;
  #seconds = NaN;
  #shownBefore = '';
  #rows = 0;
  readonly #numbers = new Map<string, number>();
  readonly #names: string[] = [];

  /** `add` gets each line, `seen` each agent's cycle after its tick. */
  constructor(engine: Sensorium<string>, table: Table, format: LineFormat, add: (text: string) => void, seen: Seen) {
    this.#engine = engine;
    this.#table = table;
    this.#format = format;
    this.#add = add;
    this.#seen = seen;
    // A position is read as any other number of a row.
    const axes = table.positions.map(({ name }) => engine.position[name.slice('position.'.length) as 'x' | 'y' | 'z']);
    this.#columns = [...table.channels.map(({ name }) => engine.sensor(name)), ...axes];
    this.#fields = [...table.channels, ...table.positions].map(({ field }) => field);
    this.#readings = new Float32Array(this.#columns.length);
    this.#waiting = new Uint8Array(engine.agents);
    if (table.agent === undefined) this.#names.push('0');
    // Who takes part is who has a row.
    engine.active.fill(0);
  }

  /** Agents met so far. */
  get agents(): number {
    return this.#names.length;
  }

  /** What the file calls an agent, as JSON. */
  nameOf(agent: number): string {
    return this.#names[agent]!;
  }

  /** Takes a row in, or says what is wrong with it; then nothing has changed but the number of the next row. */
  take(row: Row): BadLine | undefined {
    this.#rows++;
    if (row.bad) return row.bad;
    const { fields, line } = row;
    const { width, names, time, agent } = this.#table;
    if (fields.length !== width) return { line, expected: `${width} fields`, got: `${fields.length}` };

    let seconds = this.#rows;
    let shown = String(seconds);
    if (time) {
      const cell = fields[time.field]!;
      const moment = readTime(cell, time.format);
      if (!moment) {
        const expected = time.format === 'iso' ? 'an ISO date and time' : `a time in ${time.format}`;
        return { line, column: names[time.field], expected, got: quote(cell) };
      }
      ({ seconds, shown } = moment);
      if (seconds < this.#seconds) {
        const expected = `${JSON.parse(this.#shownBefore)} or later, for time does not run backwards`;
        return { line, column: names[time.field], expected, got: quote(cell), hint: '--no-time takes the number of the row for its time.' };
      }
    }
    for (let c = 0; c < this.#fields.length; c++) {
      const cell = fields[this.#fields[c]!]!;
      const reading = readReading(cell);
      if (reading === undefined) return { line, column: names[this.#fields[c]!], expected: 'a number, or nothing', got: quote(cell) };
      this.#readings[c] = reading;
    }
    let number = 0;
    if (agent !== undefined) {
      const found = this.#numberOf(fields[agent]!.trim());
      if (typeof found === 'string') return { line, column: names[agent], expected: found, got: quote(fields[agent]!), hint: '--agents N makes room for more.' };
      number = found;
      // A row of another time, or a second one of the same agent, completes the tick before it.
      if (this.#agents.length > 0 && (seconds !== this.#seconds || this.#waiting[number])) this.complete();
    }

    for (let c = 0; c < this.#columns.length; c++) this.#columns[c]![number] = this.#readings[c]!;
    this.#seconds = seconds;
    this.#shownBefore = shown;
    this.#agents.push(number);
    this.#times.push(shown);
    this.#waiting[number] = 1;
    if (agent === undefined) this.complete();
    return undefined;
  }

  /** Ticks with what has been read. */
  complete(): void {
    if (this.#agents.length === 0) return;
    const { active } = this.#engine;
    for (const agent of this.#agents) active[agent] = 1;
    this.#engine.tick(this.#seconds);
    const cycle = this.#engine.statistics.cycles;
    for (let i = 0; i < this.#agents.length; i++) {
      const row = this.#agents[i]!;
      this.#add(this.#format.line(row, cycle, this.#times[i]!, this.#names[row]!));
      this.#seen(row, this.#seconds);
      this.#waiting[row] = 0;
      active[row] = 0;
    }
    this.#agents.length = 0;
    this.#times.length = 0;
  }

  /** The agent's row in the engine, in order of first mention; or what would have been expected instead. */
  #numberOf(name: string): number | string {
    const known = this.#numbers.get(name);
    if (known !== undefined) return known;
    if (name === '') return "an agent's name";
    const number = this.#names.length;
    if (number >= this.#engine.agents) return `one of the ${number} agents before it, for there is room for no more`;
    this.#numbers.set(name, number);
    // A whole number stays a number.
    this.#names.push(/^(?:0|-?[1-9]\d{0,14})$/.test(name) ? name : JSON.stringify(name));
    return number;
  }
}
