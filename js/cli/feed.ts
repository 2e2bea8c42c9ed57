// Rows of the file -> readings, ticks, lines of output. Rows of one time and different agents are one tick; each row has one line, in
// the order of the rows. Without an agent column each row is a tick at once.
import type { InputPath, Results, Sensorium } from '../node.ts';
import { readReading, readTime } from './cells.ts';
import { columnsOfLines, type LineFormat } from './lines.ts';
import { quote, type BadLine } from './problem.ts';
import type { Row } from './records.ts';
import type { Table } from './table.ts';
import { Ticks } from './ticks.ts';

/** Told of each agent's cycle: where it stands in the columns of some results, its row in the engine, and the time of its tick. */
export type Seen = (results: Results, at: number, agent: number, seconds: number) => void;

/** Where a feed is between two ticks. */
export interface FeedState {
  /** The time of the last tick; null: there was none. */
  readonly seconds: number | null;
  readonly shown: string;
  readonly rows: number;
  readonly agents: readonly (readonly [inFile: string, asJson: string])[];
}

export class Feed {
  readonly #engine: Sensorium<string>;
  readonly #table: Table;
  readonly #ticks: Ticks;
  readonly #fields: number[];
  /** What has been read of the tick that is not complete: agents, times as the output shows them, and readings, agent by agent. */
  readonly #agents: number[] = [];
  readonly #times: string[] = [];
  #readings: Float32Array;
  readonly #waiting: Uint8Array;
  #seconds = NaN;
  #shownBefore = '';
  #rows = 0;
  #ticksDone = 0;
  readonly #numbers = new Map<string, number>();
  readonly #names: string[] = [];

  /** `add` gets each line, `seen` each agent's cycle after its tick; both in the order of the rows, at the latest by a flush(). */
  constructor(engine: Sensorium<string>, table: Table, format: (results: Results) => LineFormat, add: (text: string) => void, seen: Seen) {
    this.#engine = engine;
    this.#table = table;
    // A position is read as any other number of a row.
    const channels = table.channels.map(({ name }): [InputPath, Float32Array] => [`sensors.${name}`, engine.sensor(name)]);
    const axes = table.positions.map(({ name }): [InputPath, Float32Array] => [name as 'position.x', engine.position[name.slice('position.'.length) as 'x']]);
    this.#fields = [...table.channels, ...table.positions].map(({ field }) => field);
    this.#readings = new Float32Array(this.#fields.length);
    this.#waiting = new Uint8Array(engine.agents);
    if (table.agent === undefined) this.#names.push('0');
    this.#ticks = new Ticks(engine, [...channels, ...axes], columnsOfLines(engine.results), (results) => {
      const { line } = format(results);
      return (at, agent, shown, seconds, cycle) => {
        add(line(at, cycle, shown, this.#names[agent]!));
        seen(results, at, agent, seconds);
      };
    });
  }

  /** Goes on from where another feed was. */
  goOn(from: FeedState): void {
    this.#seconds = from.seconds ?? NaN;
    this.#shownBefore = from.shown;
    this.#rows = from.rows;
    this.#names.length = 0;
    for (const [name, json] of from.agents) {
      if (this.#table.agent !== undefined) this.#numbers.set(name, this.#names.length);
      this.#names.push(json);
    }
  }

  /** Where it is before the rows of the tick that is not complete. */
  get state(): FeedState {
    const inFile = this.#table.agent === undefined ? [''] : [...this.#numbers.keys()];
    return {
      seconds: Number.isNaN(this.#seconds) ? null : this.#seconds,
      shown: this.#shownBefore,
      rows: this.#rows - this.#agents.length,
      agents: this.#names.map((json, i) => [inFile[i]!, json]),
    };
  }

  /** Ticks that are complete, and rows of the one that is not. */
  get completeTicks(): number {
    return this.#ticksDone;
  }
  get waiting(): number {
    return this.#agents.length;
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
    const first = this.#agents.length * this.#fields.length;
    if (first === this.#readings.length) this.#readings = doubled(this.#readings);
    for (let c = 0; c < this.#fields.length; c++) {
      const cell = fields[this.#fields[c]!]!;
      const reading = readReading(cell);
      if (reading === undefined) return { line, column: names[this.#fields[c]!], expected: 'a number, or nothing', got: quote(cell) };
      this.#readings[first + c] = reading;
    }
    let number = 0;
    if (agent !== undefined) {
      const found = this.#numberOf(fields[agent]!.trim());
      if (typeof found === 'string') return { line, column: names[agent], expected: found, got: quote(fields[agent]!), hint: '--agents N makes room for more.' };
      number = found;
      // A row of another time, or a second one of the same agent, completes the tick before it.
      if (this.#agents.length > 0 && (seconds !== this.#seconds || this.#waiting[number])) {
        this.complete();
        this.#readings.copyWithin(0, first, first + this.#fields.length);
      }
    }

    this.#seconds = seconds;
    this.#shownBefore = shown;
    this.#agents.push(number);
    this.#times.push(shown);
    this.#waiting[number] = 1;
    if (agent === undefined) this.complete();
    return undefined;
  }

  /** What has been read is a tick. */
  complete(): void {
    if (this.#agents.length === 0) return;
    this.#ticksDone++;
    this.#ticks.add(this.#seconds, this.#agents, this.#times, this.#readings, this.#names.length);
    for (const agent of this.#agents) this.#waiting[agent] = 0;
    this.#agents.length = 0;
    this.#times.length = 0;
  }

  /** All complete ticks are done and told. */
  flush(): void {
    this.#ticks.flush();
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

function doubled(array: Float32Array): Float32Array {
  const longer = new Float32Array(2 * array.length);
  longer.set(array);
  return longer;
}
