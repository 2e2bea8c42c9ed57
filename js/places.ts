// Questions to the map of places. They and their answers lie in an area of the engine's block: see core/src/space/exchange.h.
import type { Port } from './backend.ts';
import { failure, kindOf, show } from './errors.ts';

/** Places by distance, nearest first. */
export interface PlacesFound {
  readonly ids: Float64Array;
  /** Metres. */
  readonly distances: Float32Array;
  /** How many there are; where that is more than your buffers hold, the nearest are written. */
  readonly count: number;
}

/** Buffers of the caller, of one length; what no place is for becomes -1. */
export interface PlacesBuffers {
  readonly ids: Float64Array;
  readonly distances: Float32Array;
}

/** Buffers for many questions: as many places each as fit, row by row, and how many there are each. */
export interface PlacesBatch extends PlacesBuffers {
  readonly counts: Uint32Array;
}

/** One place, for people and logs. */
export interface Place {
  id: number;
  /** Where it was founded, m. */
  position: { x: number; y: number; z: number };
  /** How often an agent came into it, the founder included. */
  visits: number;
  /** Seconds on your clock. */
  last_seen: number;
  founded: number;
  /** The mean of each feature over all that was sensed here. */
  features: number[];
}

/** All places in a stable order, one value a place; `features` has a column a feature. */
export interface PlaceColumns {
  readonly count: number;
  readonly id: Float64Array;
  readonly x: Float32Array;
  readonly y: Float32Array;
  readonly z: Float32Array;
  readonly visits: Uint32Array;
  readonly last_seen: Float64Array;
  readonly founded: Float64Array;
  readonly features: readonly Float32Array[];
}

/** The area's columns by name, each of the same number of entries. @internal */
export interface Exchange {
  readonly port: Port;
  readonly x: Float32Array;
  readonly y: Float32Array;
  readonly z: Float32Array;
  readonly ids: Float64Array;
  readonly distances: Float32Array;
  readonly counts: Uint32Array;
  readonly last_seen: Float64Array;
  readonly founded: Float64Array;
  readonly features: readonly Float32Array[];
}

/** The most places that nearest() tells; see kMostNearestPlaces. */
const mostNearest = 32;
const noPlace = -1;

/** The map of places, as it is after the last tick. Ids that have gone are no errors: they have no place, links or paths. */
export class Places {
  readonly #look: () => Exchange;

  /** @internal */
  constructor(look: () => Exchange) {
    this.#look = look;
  }

  /** Places there are. */
  get count(): number {
    return this.#look().port.places_count();
  }
  /** Places founded since creation or reset. */
  get made(): number {
    return this.#look().port.places_made();
  }
  /** Places forgotten since creation or reset, for want of room. */
  get gone(): number {
    return this.#look().port.places_gone();
  }

  /** The k (1..32) nearest places. Your buffers need k values. */
  nearest(x: number, y: number, z: number, k: number, into?: PlacesBuffers): PlacesFound {
    const exchange = this.#look();
    const where = 'places.nearest';
    checkNearest(k, where);
    if (into) checkBuffers(into, where, k);
    ask(exchange, where, x, y, z);
    exchange.port.places_nearest(1, k);
    const count = exchange.counts[0]!;
    return answer(exchange, count, into ? k : count, into);
  }

  /** All places within the radius, or as many of the nearest as your buffers hold. */
  within(x: number, y: number, z: number, radius: number, into?: PlacesBuffers): PlacesFound {
    const exchange = this.#look();
    const where = 'places.within';
    checkRadius(radius, where);
    if (into) checkBuffers(into, where);
    ask(exchange, where, x, y, z);
    const room = Math.min(into?.ids.length ?? Infinity, exchange.ids.length);
    exchange.port.places_within(1, radius, room);
    const count = exchange.counts[0]!;
    return answer(exchange, count, into ? room : count, into);
  }

  /** nearest() of many positions; z may be null: 0. Your buffers need k values a position, and counts one. Returns them. */
  nearestMany<Into extends PlacesBatch>(x: Float32Array, y: Float32Array, z: Float32Array | null, k: number, into: Into): Into {
    const exchange = this.#look();
    const where = 'places.nearestMany';
    checkNearest(k, where);
    checkPositions(where, x, y, z);
    checkBuffers(into, where, x.length * k);
    checkArray(into.counts, 'Uint32Array', `${where}, counts`, x.length);
    inPieces(exchange, x, y, z, k, into, (rows) => exchange.port.places_nearest(rows, k));
    return into;
  }

  /** within() of many positions. Each has the same share of your buffers: their length divided by how many positions there are. */
  withinMany<Into extends PlacesBatch>(x: Float32Array, y: Float32Array, z: Float32Array | null, radius: number, into: Into): Into {
    const exchange = this.#look();
    const where = 'places.withinMany';
    checkRadius(radius, where);
    checkPositions(where, x, y, z);
    checkBuffers(into, where);
    checkArray(into.counts, 'Uint32Array', `${where}, counts`, x.length);
    const rows = x.length;
    const room = rows > 0 ? into.ids.length / rows : 0;
    if (!Number.isInteger(room)) {
      throw failure('wrong_count', 'The buffer has another length', `${where}, ids`, `a multiple of ${rows} values`, `${into.ids.length} values`);
    }
    inPieces(exchange, x, y, z, room, into, (piece, most) => exchange.port.places_within(piece, radius, most));
    return into;
  }

  /** The places linked to a place, nearest first. */
  links(id: number, into?: PlacesBuffers): PlacesFound {
    const exchange = this.#look();
    const where = 'places.links';
    checkNumber(id, where);
    if (into) checkBuffers(into, where);
    const count = exchange.port.places_links(id);
    return answer(exchange, count, into?.ids.length ?? count, into);
  }

  /** How many places are linked to a place. */
  degree(id: number): number {
    const { port } = this.#look();
    checkNumber(id, 'places.degree');
    return port.places_degree(id);
  }

  /** Links of the whole map, each once. They are not stored: this counts them. */
  linkCount(): number {
    return this.#look().port.places_link_count();
  }

  meanDegree(): number {
    return this.#look().port.places_mean_degree();
  }

  /** The shortest way over links, both ends included; null where there is none. */
  path(from: number, to: number): { ids: Float64Array; length: number } | null {
    const exchange = this.#look();
    checkNumber(from, 'places.path');
    checkNumber(to, 'places.path');
    const length = exchange.port.places_path(from, to);
    return length < 0 ? null : { ids: exchange.ids.slice(0, exchange.counts[0]!), length };
  }

  /** Which places hang together: a label from 0 on for each, in the order of export(). */
  components(): { count: number; labels: Uint32Array } {
    const exchange = this.#look();
    const count = exchange.port.places_components();
    return { count, labels: exchange.counts.slice(0, exchange.port.places_count()) };
  }

  /** A place by its id; null where there is none, or none any more. */
  place(id: number): Place | null {
    const exchange = this.#look();
    checkNumber(id, 'places.place');
    if (!exchange.port.places_place(id)) return null;
    const { x, y, z, counts, last_seen, founded, features } = exchange;
    return {
      id,
      position: { x: x[0]!, y: y[0]!, z: z[0]! },
      visits: counts[0]!,
      last_seen: last_seen[0]!,
      founded: founded[0]!,
      features: features.map((column) => column[0]!),
    };
  }

  /** All places as columns of your own. */
  export(): PlaceColumns {
    const exchange = this.#look();
    const count = exchange.port.places_export();
    return {
      count,
      id: exchange.ids.slice(0, count),
      x: exchange.x.slice(0, count),
      y: exchange.y.slice(0, count),
      z: exchange.z.slice(0, count),
      visits: exchange.counts.slice(0, count),
      last_seen: exchange.last_seen.slice(0, count),
      founded: exchange.founded.slice(0, count),
      features: exchange.features.map((column) => column.slice(0, count)),
    };
  }
}

/** Puts one position down. One that is no number is an answer of its own: nothing is near it. */
function ask(exchange: Exchange, where: string, x: number, y: number, z: number): void {
  checkNumber(x, `${where}, x`);
  checkNumber(y, `${where}, y`);
  checkNumber(z, `${where}, z`);
  exchange.x[0] = x;
  exchange.y[0] = y;
  exchange.z[0] = z;
}

/** What stands in the columns: `count` places, of which `room` are wanted. */
function answer({ ids, distances }: Exchange, count: number, room: number, into: PlacesBuffers | undefined): PlacesFound {
  if (!into) return { ids: ids.slice(0, room), distances: distances.slice(0, room), count };
  const written = Math.min(count, room);
  into.ids.set(ids.subarray(0, written));
  into.distances.set(distances.subarray(0, written));
  into.ids.fill(noPlace, written);
  into.distances.fill(noPlace, written);
  return { ids: into.ids, distances: into.distances, count };
}

/** Asks for as many positions at a time as have room for their answers. */
function inPieces(
  exchange: Exchange,
  x: Float32Array,
  y: Float32Array,
  z: Float32Array | null,
  room: number,
  into: PlacesBatch,
  question: (rows: number, room: number) => boolean,
): void {
  const entries = exchange.ids.length;
  // No answer has more places than the columns.
  const most = Math.min(room, entries);
  const piece = Math.floor(entries / Math.max(most, 1));
  for (let first = 0; first < x.length; first += piece) {
    const rows = Math.min(piece, x.length - first);
    const end = first + rows;
    exchange.x.set(x.subarray(first, end));
    exchange.y.set(y.subarray(first, end));
    if (z) exchange.z.set(z.subarray(first, end));
    else exchange.z.fill(0, 0, rows);
    question(rows, most);
    into.counts.set(exchange.counts.subarray(0, rows), first);
    into.ids.set(exchange.ids.subarray(0, rows * most), first * room);
    into.distances.set(exchange.distances.subarray(0, rows * most), first * room);
    if (most === room) continue;
    // Then a piece is one row.
    into.ids.fill(noPlace, first * room + most, end * room);
    into.distances.fill(noPlace, first * room + most, end * room);
  }
}

function checkNumber(value: unknown, where: string): void {
  if (typeof value !== 'number') throw failure('wrong_type', 'The value is of another type', where, 'a number', show(value));
}

function checkNearest(k: unknown, where: string): void {
  checkNumber(k, `${where}, k`);
  if (Number.isInteger(k) && (k as number) >= 1 && (k as number) <= mostNearest) return;
  throw failure('out_of_range', 'The number of places is outside its range', `${where}, k`, `a whole number from 1 to ${mostNearest}`, show(k));
}

function checkRadius(radius: unknown, where: string): void {
  checkNumber(radius, `${where}, radius`);
  if ((radius as number) >= 0) return;
  throw failure('out_of_range', 'The radius is outside its range', `${where}, radius`, '0 or more metres', show(radius));
}

/** An array of the wanted class, of at least so many values, or of just as many where `exact`. */
function checkArray(array: unknown, kind: string, where: string, length: number, exact = false): void {
  if (kindOf(array) !== kind) throw failure('wrong_type', 'The buffer is of another type', where, `a ${kind}`, show(array));
  const got = (array as Float32Array).length;
  if (exact ? got === length : got >= length) return;
  const expected = `${exact ? '' : 'at least '}${length} values`;
  throw failure('wrong_count', 'The buffer has another length', where, expected, `${got} values`);
}

function checkBuffers(into: unknown, where: string, length = 0): void {
  if (typeof into !== 'object' || into === null) throw failure('wrong_type', 'The buffers are of another type', where, '{ids, distances}', show(into));
  const { ids, distances } = into as Partial<PlacesBuffers>;
  checkArray(ids, 'Float64Array', `${where}, ids`, length);
  checkArray(distances, 'Float32Array', `${where}, distances`, ids!.length, true);
}

function checkPositions(where: string, x: unknown, y: unknown, z: unknown): void {
  checkArray(x, 'Float32Array', `${where}, x`, 0);
  const { length } = x as Float32Array;
  checkArray(y, 'Float32Array', `${where}, y`, length, true);
  if (z !== null) checkArray(z, 'Float32Array', `${where}, z`, length, true);
}
