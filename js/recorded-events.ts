// The events of a recording, from the list of its changes.
import { fill, ReusedEvent, type Wanted } from './events.ts';
import { changeSize, type Changes } from './replay.ts';

class RecordedEvent extends ReusedEvent {
  /** Of the recording, from 0. */
  tick = 0;
}

/** Goes over the events of a recording, in one object that each overwrites. */
export class RecordedScan implements IterableIterator<RecordedEvent> {
  readonly event = new RecordedEvent();
  readonly #step = { done: false as const, value: this.event };
  readonly #list: Changes;
  readonly #times: Float64Array;
  /** Before the recording. */
  readonly #cycles: number;
  readonly #modalities: readonly string[];
  readonly #wanted: Wanted;
  #next = 0;
  #flags = 0;
  #severity = 0;
  /** Of the change before #next, what has not come yet. */
  #bits = 0;
  bit = 0;
  begun = false;

  constructor(list: Changes, times: Float64Array, cycles: number, modalities: readonly string[], wanted: Wanted) {
    this.#list = list;
    this.#times = times;
    this.#cycles = cycles;
    this.#modalities = modalities;
    this.#wanted = wanted;
  }

  advance(): boolean {
    const { data, count } = this.#list;
    const { event } = this;
    while (this.#bits === 0) {
      if (this.#next === count) return false;
      const at = this.#next++ * changeSize;
      const tick = data[at]!;
      this.#flags = data[at + 3]!;
      this.#severity = data[at + 4]!;
      this.#bits = data[at + 2]! & ((this.#flags & this.#wanted.begins) | (~this.#flags & this.#wanted.ends));
      event.agent = data[at + 1]!;
      event.tick = tick;
      event.time = this.#times[tick]!;
      event.cycle = this.#cycles + tick + 1;
    }
    this.bit = this.#bits & -this.#bits;
    this.#bits ^= this.bit;
    this.begun = (this.#flags & this.bit) !== 0;
    fill(event, this.bit, this.begun, this.#severity, this.#modalities);
    return true;
  }

  next(): IteratorResult<RecordedEvent, undefined> {
    return this.advance() ? this.#step : { done: true, value: undefined };
  }
  [Symbol.iterator](): this {
    return this;
  }
}
