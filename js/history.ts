// The past of an engine: columns as they were in each of the last ticks, as views over the engine's own memory.
import { failure, kindOf, show } from './errors.ts';
import type { Statistics } from './schema.gen.ts';

type View = Float32Array | Float64Array | Uint8Array | Uint32Array | Int32Array;

/** A column "history.*" as the engine holds it: slot after slot, and in each slot plane after plane. */
export interface HistoryLayout {
  /** All of it, as one. */
  readonly all: View;
  readonly planes: number;
  /** Values from one plane to the next. */
  readonly stride: number;
  readonly agents: number;
  /** Values a row. */
  readonly width: number;
}

/** The ticks that are kept. */
class Ring {
  readonly depth: number;
  readonly times: Float64Array;
  readonly #statistics: Statistics;

  constructor(times: Float64Array, statistics: Statistics) {
    this.depth = times.length;
    this.times = times;
    this.#statistics = statistics;
  }

  // Whole numbers below stay such for V8, and so are no objects on the heap.
  get length(): number {
    const { cycles } = this.#statistics;
    return cycles < this.depth ? cycles | 0 : this.depth;
  }

  /** The slot of the tick `ago` ticks before the last one. */
  slot(ago: number, where: string): number {
    if (!(ago >= 0 && ago < this.length && Number.isInteger(ago))) throw outside('There is no such tick', where, this.length, ago);
    return this.slotOf(ago);
  }

  /** The same of one that is known to be kept. */
  slotOf(ago: number): number {
    return (this.#statistics.cycles - 1 - ago) % this.depth | 0;
  }
}

function outside(what: string, where: string, count: number, value: unknown) {
  const expected = count > 0 ? `a whole number from 0 to ${count - 1}` : 'a tick before that';
  return failure(typeof value === 'number' ? 'out_of_range' : 'wrong_type', what, where, expected, show(value));
}

/** The past of one column. */
export class HistoryColumn<Values extends View = Float32Array> {
  readonly name: string;
  /** How many columns of that name there are: 1, or the length of a list, as of `output` and `prediction.values`. */
  readonly planes: number;
  readonly #ring: Ring;
  readonly #layout: HistoryLayout;
  /** A view a slot and plane, made when first asked for. */
  readonly #views: (Values | undefined)[] = [];

  /** @internal */
  constructor(name: string, ring: Ring, layout: HistoryLayout) {
    this.name = name;
    this.planes = layout.planes;
    this.#ring = ring;
    this.#layout = layout;
  }

  /**
   * All agents `ago` ticks before the last one, which is 0. The view is over the engine's own memory, and after `depth` more ticks
   * holds another tick. Of inputs it is what the tick was told.
   */
  ago(ago: number, plane = 0): Values {
    const { all, agents, width } = this.#layout;
    const index = this.#plane(this.#ring.slot(ago, 'ago'), plane);
    return (this.#views[index] ??= all.subarray(index * this.#layout.stride, index * this.#layout.stride + agents * width) as Values);
  }

  /** One agent's values in all ticks that are kept, oldest first: a new array, or the beginning of yours. */
  agent(agent: number, into?: Values, plane = 0): Values {
    const { all, stride, agents, width } = this.#layout;
    const { length } = this.#ring;
    if (!(Number.isInteger(agent) && agent >= 0 && agent < agents)) {
      throw failure('agent_out_of_range', 'There is no such agent', 'agent', `a whole number from 0 to ${agents - 1}`, show(agent));
    }
    this.#plane(0, plane);
    const values = into ?? (new (all.constructor as new (length: number) => Values)(length * width) as Values);
    if (values.constructor !== all.constructor && kindOf(values) !== kindOf(all)) throw failure('wrong_type', 'The values are of another type', 'agent', `a ${kindOf(all)}`, show(into));
    if (values.length < length * width) {
      throw failure('wrong_count', 'The array is too short', 'agent', `${length * width} values or more`, `${values.length}`);
    }
    let slot = length > 0 ? this.#ring.slotOf(length - 1) : 0;
    for (let tick = 0; tick < length; tick++) {
      const first = (slot * this.planes + plane) * stride + agent * width;
      for (let value = 0; value < width; value++) values[tick * width + value] = all[first + value]!;
      slot = slot + 1 === this.#ring.depth ? 0 : slot + 1;
    }
    return values;
  }

  #plane(slot: number, plane: number): number {
    if (!(Number.isInteger(plane) && plane >= 0 && plane < this.planes)) throw outside('There is no such column of the list', this.name, this.planes, plane);
    return slot * this.planes + plane;
  }
}

/** The last ticks of an engine. What it is asked for again makes no garbage. */
export class History {
  readonly #ring: Ring;
  readonly #columns = new Map<string, HistoryColumn>();

  /** @internal */
  constructor(times: Float64Array, statistics: Statistics, layouts: ReadonlyMap<string, HistoryLayout>) {
    this.#ring = new Ring(times, statistics);
    for (const [name, layout] of layouts) this.#columns.set(name, new HistoryColumn(name, this.#ring, layout));
  }

  /** Ticks that can be kept. */
  get depth(): number {
    return this.#ring.depth;
  }
  /** Ticks that are kept: all since creation or reset, at most `depth`. */
  get length(): number {
    return this.#ring.length;
  }
  /** Names of the columns that are kept, as in the options. */
  get columns(): string[] {
    return [...this.#columns.keys()];
  }

  /** The time of the tick `ago` ticks before the last one, s. */
  time(ago: number): number {
    return this.#ring.times[this.#ring.slot(ago, 'time')]!;
  }

  /** The past of a column by its name in the options. The type is that of the column itself: `column<Uint32Array>('flags')`. */
  column<Values extends View = Float32Array>(name: string): HistoryColumn<Values> {
    const column = this.#columns.get(name);
    if (column) return column as unknown as HistoryColumn<Values>;
    const expected = this.#columns.size > 0 ? `one of ${this.columns.join(', ')}; more with the option history.columns` : 'names in the option history.columns';
    throw failure('absent_column', 'No such column is kept', 'history.column', expected, show(name));
  }
}
