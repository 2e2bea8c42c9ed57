// Complete ticks on their way through the engine, and their results told row by row. Small ticks are gathered and go in one call;
// those of very many agents, or of a few of many, go one by one, for there copying costs more than a call.
import type { InputPath, ResultPath, Results, Sensorium } from '../node.ts';

/** Told of each agent's cycle: its place in the columns, its row in the engine, and its tick. */
export type Teller = (at: number, agent: number, shown: string, seconds: number, cycle: number) => void;

/** Numbers that a block may hold: few enough to stay in the processor's cache, whatever the file. */
const mostNumbers = 65_536;
/** Fewer than one in so many of a block's rows are few. */
const sparse = 8;

/** Room for some ticks of the first `rows` agents. */
interface Block {
  readonly rows: number;
  readonly ticks: number;
  readonly times: Float64Array;
  readonly inputs: Float32Array;
  readonly active: Uint8Array;
  readonly results: Results;
  readonly tell: Teller;
}

export class Ticks {
  readonly #engine: Sensorium<string>;
  readonly #paths: readonly InputPath[];
  readonly #columns: readonly Float32Array[];
  readonly #wanted: readonly ResultPath[];
  readonly #tellerOf: (results: Results) => Teller;
  /** Of a tick that goes by itself. */
  readonly #tell: Teller;
  #block: Block;
  /** What is in the block: how many agents each tick has, who they are, and their times as they are shown. */
  readonly #sizes: number[] = [];
  readonly #agents: number[] = [];
  readonly #shown: string[] = [];

  /** `inputs`: what an agent's values are for, as tickMany() names it and as the engine has it; `wanted`: the results that are told. */
  constructor(engine: Sensorium<string>, inputs: readonly [InputPath, Float32Array][], wanted: readonly ResultPath[], tellerOf: (results: Results) => Teller) {
    this.#engine = engine;
    this.#paths = inputs.map(([path]) => path);
    this.#columns = inputs.map(([, column]) => column);
    this.#wanted = wanted;
    this.#tellerOf = tellerOf;
    this.#tell = tellerOf(engine.results);
    this.#block = this.#room(1);
    // Who takes part is who has a row.
    engine.active.fill(0);
  }

  /** A tick of these agents, of the first `known`; `values` are theirs, agent by agent. It is told of by the next flush() at the latest. */
  add(seconds: number, agents: readonly number[], shown: readonly string[], values: Float32Array, known: number): void {
    if (known > this.#block.rows) {
      this.flush();
      this.#block = this.#room(Math.min(this.#engine.agents, 2 ** Math.ceil(Math.log2(known))));
    }
    if (this.#block.ticks < 2 || agents.length * sparse < this.#block.rows) {
      this.flush();
      this.#tick(seconds, agents, shown, values);
      return;
    }
    this.#put(seconds, agents, values);
    this.#sizes.push(agents.length);
    for (let i = 0; i < agents.length; i++) {
      this.#agents.push(agents[i]!);
      this.#shown.push(shown[i]!);
    }
    if (this.#sizes.length === this.#block.ticks) this.flush();
  }

  /** Ticks with all that was added. */
  flush(): void {
    const ticks = this.#sizes.length;
    if (ticks === 0) return;
    const { rows, times, inputs, active, results, tell } = this.#block;
    const before = this.#engine.statistics.cycles;
    this.#engine.tickMany({
      times: times.subarray(0, ticks),
      inputs: inputs.subarray(0, ticks * this.#paths.length * rows),
      columns: this.#paths,
      rows,
      active: active.subarray(0, ticks * rows),
      results: this.#wanted,
      into: results,
    });
    let next = 0;
    for (let t = 0; t < ticks; t++) {
      for (const end = next + this.#sizes[t]!; next < end; next++) {
        const agent = this.#agents[next]!;
        tell(t * rows + agent, agent, this.#shown[next]!, times[t]!, before + t + 1);
      }
    }
    active.fill(0);
    this.#engine.active.fill(0, 0, rows);
    this.#sizes.length = this.#agents.length = this.#shown.length = 0;
  }

  #put(seconds: number, agents: readonly number[], values: Float32Array): void {
    const { rows, times, inputs, active } = this.#block;
    const tick = this.#sizes.length;
    const columns = this.#paths.length;
    times[tick] = seconds;
    // What is left in the rows of others is of no account: they sleep in this tick.
    for (let i = 0; i < agents.length; i++) {
      const agent = agents[i]!;
      active[tick * rows + agent] = 1;
      for (let c = 0; c < columns; c++) inputs[(tick * columns + c) * rows + agent] = values[i * columns + c]!;
    }
  }

  #tick(seconds: number, agents: readonly number[], shown: readonly string[], values: Float32Array): void {
    const { active, statistics } = this.#engine;
    const columns = this.#columns;
    for (let i = 0; i < agents.length; i++) {
      active[agents[i]!] = 1;
      for (let c = 0; c < columns.length; c++) columns[c]![agents[i]!] = values[i * columns.length + c]!;
    }
    this.#engine.tick(seconds);
    const { cycles } = statistics;
    for (let i = 0; i < agents.length; i++) {
      this.#tell(agents[i]!, agents[i]!, shown[i]!, seconds, cycles);
      active[agents[i]!] = 0;
    }
  }

  #room(rows: number): Block {
    const { agents, results } = this.#engine;
    const columns = this.#paths.length;
    const ticks = Math.floor(mostNumbers / (rows * (columns + numbersIn(results) / agents)));
    // A block of one tick would be a copy for nothing.
    const length = ticks < 2 ? 0 : ticks * rows;
    const room = roomLike(results, length, agents) as Results;
    return {
      rows,
      ticks,
      times: new Float64Array(length / rows),
      inputs: new Float32Array(length * columns),
      active: new Uint8Array(length),
      results: room,
      tell: this.#tellerOf(room),
    };
  }
}

/** How many numbers there are in a table of columns. */
function numbersIn(table: object): number {
  if (ArrayBuffer.isView(table)) return (table as Float32Array).length;
  return Object.values(table).reduce<number>((sum, part: object) => sum + numbersIn(part), 0);
}

/** Columns as in a table of those of some agents, for `rows` of them. */
function roomLike(table: object, rows: number, agents: number): unknown {
  if (ArrayBuffer.isView(table)) return new (table.constructor as typeof Float32Array)(((table as Float32Array).length * rows) / agents);
  if (Array.isArray(table)) return table.map((part: object) => roomLike(part, rows, agents));
  return Object.fromEntries(Object.entries(table).map(([name, part]) => [name, roomLike(part as object, rows, agents)]));
}
