// The map of places, asked from JavaScript: every question beside a plain loop over what export() gives.
import { createSensorium, type PlaceColumns, type Places, type Sensorium } from 'sensorium';
import { describe, expect, test } from 'vitest';
import { backends, level, thrown } from './support.ts';

/** Numbers from 0 to 1, the same everywhere. */
function* random(seed: number): Generator<number, never> {
  for (let state = seed; ; ) {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    yield state / 2 ** 32;
  }
}

const link = 12;

/** A few hundred places in a cube of 100 m. */
async function world(backend: 'native' | 'wasm', capacity = 4096): Promise<Sensorium<'level'>> {
  const s = await createSensorium({ backend, agents: 400, ...level, map: { capacity, merge_radius: 2, link_radius: link } });
  const numbers = random(5);
  for (let tick = 0; tick < 2; tick++) {
    for (const column of [s.position.x, s.position.y, s.position.z]) for (let i = 0; i < 400; i++) column[i] = 100 * numbers.next().value;
    s.sensors.level.fill(tick / 2);
    s.tick(tick);
  }
  return s;
}

/** Squares as the core has them: in f32, step by step. */
function square(all: PlaceColumns, i: number, x: number, y: number, z: number): number {
  const f = Math.fround;
  const [dx, dy, dz] = [f(all.x[i]! - f(x)), f(all.y[i]! - f(y)), f(all.z[i]! - f(z))];
  return f(f(f(dx * dx) + f(dy * dy)) + f(dz * dz));
}

/** All places by distance and then in their order. */
function byDistance(all: PlaceColumns, x: number, y: number, z: number): { id: number; square: number; distance: number }[] {
  return Array.from(all.id, (id, i) => ({ id, square: square(all, i, x, y, z) }))
    .sort((a, b) => a.square - b.square)
    .map((place) => ({ ...place, distance: Math.fround(Math.sqrt(place.square)) }));
}

const questions = Array.from({ length: 700 }, (_, i) => [(i * 37) % 110, (i * 53) % 97, (i * 71) % 101] as const);
const axis = (which: 0 | 1 | 2) => Float32Array.from(questions, (position) => position[which]);

describe.each(backends)('places, %s', (backend) => {
  test('nearest and within, one by one and many, as a plain loop finds them', async () => {
    const s = await world(backend);
    const { places } = s;
    const all = places.export();
    expect(all.count).toBe(s.statistics.places);
    expect([places.count, places.made, places.gone]).toEqual([all.count, all.count, 0]);
    const k = 7;
    const near = { ids: new Float64Array(700 * k), distances: new Float32Array(700 * k), counts: new Uint32Array(700) };
    expect(places.nearestMany(axis(0), axis(1), axis(2), k, near)).toBe(near);
    const room = 3;
    const within = { ids: new Float64Array(700 * room), distances: new Float32Array(700 * room), counts: new Uint32Array(700) };
    places.withinMany(axis(0), axis(1), axis(2), 15, within);
    questions.forEach(([x, y, z], i) => {
      const expected = byDistance(all, x, y, z);
      const nearest = expected.slice(0, k);
      expect([...near.ids.subarray(i * k, (i + 1) * k)]).toEqual(nearest.map(({ id }) => id));
      expect([...near.distances.subarray(i * k, (i + 1) * k)]).toEqual(nearest.map(({ distance }) => distance));
      expect(near.counts[i]).toBe(k);
      const around = expected.filter((place) => place.square <= 15 * 15);
      expect(within.counts[i]).toBe(around.length);
      const padded = [...around.map(({ id }) => id), -1, -1, -1].slice(0, room);
      expect([...within.ids.subarray(i * room, (i + 1) * room)]).toEqual(padded);
      if (i % 50) return;
      expect(places.nearest(x, y, z, k)).toEqual({ ids: near.ids.slice(i * k, (i + 1) * k), distances: near.distances.slice(i * k, (i + 1) * k), count: k });
      expect([...places.within(x, y, z, 15).ids]).toEqual(around.map(({ id }) => id));
      expect(places.within(x, y, z, 1e30).count).toBe(all.count);
    });
    s.dispose();
  });

  test('buffers of the caller: filled up with -1, cut where they are short', async () => {
    const s = await createSensorium({ backend, agents: 3, ...level, map: { capacity: 10, merge_radius: 1, link_radius: 4 } });
    s.position.x.set([0, 3, 5]);
    s.position.y.fill(0);
    s.tick(0);
    const into = { ids: new Float64Array(5), distances: new Float32Array(5) };
    const found = s.places.nearest(0, 0, 0, 5, into);
    expect(found).toEqual({ ...into, count: 3 });
    expect(found.ids).toBe(into.ids);
    expect([...into.distances]).toEqual([0, 3, 5, -1, -1]);
    expect([...into.ids]).toEqual([...s.results.place.id, -1, -1]);
    const one = { ids: new Float64Array(1), distances: new Float32Array(1) };
    expect(s.places.within(5, 0, 0, 100, one)).toMatchObject({ count: 3 });
    expect([...one.distances]).toEqual([0]);
    const [first, second] = s.results.place.id;
    expect(s.places.links(second!, into).count).toBe(2);
    expect([...into.distances]).toEqual([2, 3, -1, -1, -1]);
    expect([...s.places.links(first!).ids]).toEqual([second]);
    const counts = new Uint32Array(2);
    const none = { ids: new Float64Array(0), distances: new Float32Array(0), counts };
    s.places.withinMany(new Float32Array([0, 100]), new Float32Array(2), null, 4, none);
    expect([...counts]).toEqual([2, 0]);
    // More room than there can be places.
    const wide = { ids: new Float64Array(4096), distances: new Float32Array(4096), counts };
    s.places.withinMany(new Float32Array([0, 5]), new Float32Array(2), null, 4, wide);
    expect([...counts]).toEqual([2, 2]);
    expect([...wide.distances.subarray(0, 3)]).toEqual([0, 3, -1]);
    expect([...wide.distances.subarray(2047, 2051)]).toEqual([-1, 0, 2, -1]);
    s.dispose();
  });

  test('links, degrees, components and ways, as a plain loop finds them', async () => {
    const s = await world(backend);
    const { places } = s;
    const all = places.export();
    const neighbours = Array.from({ length: all.count }, (_, i) =>
      [...all.id.keys()].filter((j) => j !== i && square(all, j, all.x[i]!, all.y[i]!, all.z[i]!) < link * link),
    );
    const links = neighbours.reduce((sum, list) => sum + list.length, 0);
    expect(places.linkCount()).toBe(links / 2);
    expect(places.meanDegree()).toBe(links / all.count);
    const labels = new Array<number>(all.count).fill(-1);
    let components = 0;
    for (let first = 0; first < all.count; first++) {
      if (labels[first]! >= 0) continue;
      const open = [first];
      labels[first] = components;
      for (const at of open) {
        for (const next of neighbours[at]!) {
          if (labels[next]! < 0) open.push(next);
          labels[next] = components;
        }
      }
      components++;
    }
    expect(places.components()).toEqual({ count: components, labels: Uint32Array.from(labels) });
    for (let i = 0; i < all.count; i += 29) {
      expect(places.degree(all.id[i]!)).toBe(neighbours[i]!.length);
      expect(new Set(places.links(all.id[i]!).ids)).toEqual(new Set(neighbours[i]!.map((j) => all.id[j])));
      const way = places.path(all.id[0]!, all.id[i]!);
      expect(way === null).toBe(labels[0] !== labels[i]);
      if (way === null) continue;
      const steps = [...way.ids].map((id) => all.id.indexOf(id));
      expect([steps[0], steps.at(-1)]).toEqual([0, i]);
      let length = 0;
      steps.slice(1).forEach((to, step) => {
        expect(neighbours[steps[step]!]).toContain(to);
        length += Math.hypot(all.x[to]! - all.x[steps[step]!]!, all.y[to]! - all.y[steps[step]!]!, all.z[to]! - all.z[steps[step]!]!);
      });
      expect(way.length).toBeCloseTo(length, 6);
    }
    s.dispose();
  });

  test('a place, its features, and all of them as columns', async () => {
    const channels = { a: { scale: 1 }, b: { scale: 2 } };
    const s = await createSensorium({ backend, agents: 2, channels, map: { capacity: 4, merge_radius: 1, link_radius: 0 } });
    s.position.x.set([1, 7]);
    s.position.y.set([2, 8]);
    s.position.z.set([3, 9]);
    s.sensors.a.set([0.5, 0.25]);
    s.sensors.b.fill(0.5);
    s.tick(3);
    s.position.x.set([1.5, NaN]);
    s.sensors.a[0] = 1;
    s.tick(4);
    const [id, nowhere] = s.results.place.id;
    expect(nowhere).toBe(-1);
    expect(s.agent(0).place).toBe(id);
    expect(s.places.place(id!)).toEqual({ id, position: { x: 1, y: 2, z: 3 }, visits: 1, last_seen: 4, founded: 3, features: [0.75, 1] });
    const all = s.places.export();
    expect(all).toEqual({
      count: 2,
      id: Float64Array.of(id!, all.id[1]!),
      x: Float32Array.of(1, 7),
      y: Float32Array.of(2, 8),
      z: Float32Array.of(3, 9),
      visits: Uint32Array.of(1, 1),
      last_seen: Float64Array.of(4, 3),
      founded: Float64Array.of(3, 3),
      features: [Float32Array.of(0.75, 0.25), Float32Array.of(1, 1)],
    });
    s.reset();
    expect(s.places.export().count).toBe(0);
    expect(s.places.meanDegree()).toBe(0);
    expect(s.places.components()).toEqual({ count: 0, labels: new Uint32Array(0) });
    s.dispose();
  });

  test('ids that have gone, or never were, have no place, links or ways', async () => {
    const s = await createSensorium({ backend, ...level, map: { capacity: 2, merge_radius: 1, link_radius: 100 } });
    const ids = [0, 10, 20].map((x) => {
      s.position.x[0] = x;
      s.position.y[0] = 0;
      s.tick(x);
      return s.results.place.id[0]!;
    });
    expect([s.places.count, s.places.made, s.places.gone]).toEqual([2, 3, 1]);
    expect(s.places.path(ids[1]!, ids[2]!)).toEqual({ ids: Float64Array.of(ids[1]!, ids[2]!), length: 10 });
    for (const id of [ids[0]!, -1, 0.5, NaN, Infinity, 2 ** 60]) {
      expect(s.places.place(id)).toBeNull();
      expect(s.places.degree(id)).toBe(0);
      expect(s.places.links(id)).toEqual({ ids: new Float64Array(0), distances: new Float32Array(0), count: 0 });
      expect(s.places.path(id, ids[2]!)).toBeNull();
      expect(s.places.path(ids[2]!, id)).toBeNull();
    }
    expect(s.places.nearest(NaN, 0, 0, 2).count).toBe(0);
    expect(s.places.within(0, Infinity, 0, 1e9).count).toBe(0);
    // A newcomer in the row is in no place yet, and the map forgets nothing.
    s.resetAgent(0);
    expect([s.results.place.id[0], s.places.count]).toEqual([-1, 2]);
    s.dispose();
  });

  test('a large capacity, and one agent reset, leave each other alone', async () => {
    const s = await createSensorium({ backend, agents: 2000, ...level, map: { capacity: 5, merge_radius: 0 } });
    s.position.x.fill(1);
    s.position.y.fill(1);
    s.tick(0);
    s.resetAgent(1999);
    expect(s.places.count).toBe(5);
    expect(s.statistics.places_gone).toBe(1995);
    s.dispose();
  });

  test('asking changes nothing that a tick gives', async () => {
    const [asked, quiet] = [await world(backend, 64), await world(backend, 64)];
    asked.places.components();
    asked.places.path(asked.results.place.id[398]!, asked.results.place.id[399]!);
    asked.places.export();
    for (const s of [asked, quiet]) {
      s.position.x.fill(1);
      s.tick(9);
    }
    expect(asked.results.place.id).toEqual(quiet.results.place.id);
    expect(asked.places.export()).toEqual(quiet.places.export());
    asked.dispose();
    quiet.dispose();
  });

  test('arguments that cannot be', async () => {
    const s = await world(backend);
    const { places } = s;
    const wrong = places as unknown as Record<keyof Places, (...args: unknown[]) => unknown>;
    const three = new Float32Array(3);
    const buffers = (length: number, counts = 3) => ({ ids: new Float64Array(length), distances: new Float32Array(length), counts: new Uint32Array(counts) });
    const cases: [code: string, where: string, () => unknown][] = [
      ['out_of_range', 'places.nearest, k', () => places.nearest(0, 0, 0, 0)],
      ['out_of_range', 'places.nearest, k', () => places.nearest(0, 0, 0, 33)],
      ['out_of_range', 'places.nearest, k', () => places.nearest(0, 0, 0, 1.5)],
      ['out_of_range', 'places.nearestMany, k', () => places.nearestMany(three, three, three, NaN, buffers(3))],
      ['out_of_range', 'places.within, radius', () => places.within(0, 0, 0, NaN)],
      ['out_of_range', 'places.withinMany, radius', () => places.withinMany(three, three, null, -1, buffers(3))],
      ['wrong_count', 'places.nearest, ids', () => places.nearest(0, 0, 0, 4, buffers(3))],
      ['wrong_count', 'places.nearest, distances', () => places.nearest(0, 0, 0, 2, { ...buffers(3), distances: three.subarray(1) })],
      ['wrong_count', 'places.nearestMany, ids', () => places.nearestMany(three, three, three, 2, buffers(5))],
      ['wrong_count', 'places.nearestMany, y', () => places.nearestMany(three, three.subarray(1), three, 2, buffers(6))],
      ['wrong_count', 'places.nearestMany, counts', () => places.nearestMany(three, three, null, 2, buffers(6, 2))],
      ['wrong_count', 'places.withinMany, ids', () => places.withinMany(three, three, null, 2, buffers(7))],
      ['wrong_type', 'places.nearest, x', () => wrong.nearest('0', 0, 0, 1)],
      ['wrong_type', 'places.nearest, z', () => wrong.nearest(0, 0, undefined, 1)],
      ['wrong_type', 'places.within, radius', () => wrong.within(0, 0, 0, '1')],
      ['wrong_type', 'places.nearestMany, x', () => wrong.nearestMany([1], three, three, 1, buffers(3))],
      ['wrong_type', 'places.nearest, ids', () => wrong.nearest(0, 0, 0, 1, { ids: three, distances: three })],
      ['wrong_type', 'places.withinMany', () => wrong.withinMany(three, three, three, 1)],
      ['wrong_type', 'places.place', () => wrong.place('1')],
      ['wrong_type', 'places.path', () => wrong.path(1)],
    ];
    for (const [code, where, work] of cases) expect(thrown(work)).toMatchObject({ code, where });
    s.dispose();
    expect(thrown(() => places.count).code).toBe('disposed');
    expect(thrown(() => s.places).code).toBe('disposed');
    const without = await createSensorium({ backend, ...level });
    expect(thrown(() => without.places)).toMatchObject({ code: 'absent_column', where: 'places', expected: 'options with map.capacity > 0' });
    without.dispose();
  });
});
