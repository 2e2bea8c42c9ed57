// Who is near and where one is, as JavaScript sees it: columns of their own, rows of k, events.
import { createSensorium, Flag } from 'sensorium';
import { describe, expect, test } from 'vitest';
import { backends, eventsOf, level, thrown } from './support.ts';

describe.each(backends)('space, %s', (backend) => {
  test('the nearest by distance, row by row; -1 where there is none', async () => {
    const s = await createSensorium({ backend, agents: 5, ...level, neighbors: { k: 2, radius: 10 } });
    s.position.x.set([0, 1, 3, 50, 51]);
    s.position.y.fill(0);
    s.tick(0);
    expect([...s.results.neighbors.index]).toEqual([1, 2, 0, 2, 1, 0, 4, -1, 3, -1]);
    expect([...s.results.neighbors.distance.subarray(0, 2)]).toEqual([1, 3]);
    expect([...s.results.neighbors.count]).toEqual([2, 2, 2, 1, 1]);
    expect(s.agent(3).neighbors).toEqual({ count: 1, nearest: [{ agent: 4, distance: 1 }] });
    expect(s.results.flags[0]! & Flag.neighbor).toBe(Flag.neighbor);
    s.dispose();
  });

  test('company comes and goes as events', async () => {
    const s = await createSensorium({ backend, agents: 2, ...level, neighbors: { k: 1, radius: 2 } });
    s.position.x.set([0, 9]);
    s.position.y.fill(0);
    s.tick(0);
    expect(eventsOf(s)).toEqual([]);
    s.position.x[1] = 1;
    s.tick(1);
    expect(eventsOf(s).map(({ kind, agent }) => `${kind} ${agent}`)).toEqual(['neighbor-enter 0', 'neighbor-enter 1']);
    s.position.x[1] = 9;
    s.tick(2);
    expect(eventsOf(s).map(({ kind, agent }) => `${kind} ${agent}`)).toEqual(['neighbor-leave 0', 'neighbor-leave 1']);
    s.dispose();
  });

  test('all columns where the options ask for them', async () => {
    const s = await createSensorium({ backend, agents: 20, ...level, neighbors: { k: 3, fov: 1, own_radius: true, groups: true } });
    for (const column of [s.position.z, s.heading.x, s.radius, s.group, s.interest]) expect(column).toHaveLength(20);
    expect(s.results.neighbors.index).toHaveLength(60);
    s.dispose();
    for (const name of ['position', 'heading', 'radius', 'group', 'interest'] as const) expect(thrown(() => s[name]).code).toBe('disposed');
  });

  test('a map of places: the same place while one stays, another one elsewhere', async () => {
    const s = await createSensorium({ backend, agents: 3, ...level, map: { capacity: 100, merge_radius: 2 } });
    s.position.x.set([0, 1, 50]);
    s.position.y.set([0, 0, 0]);
    s.tick(0);
    const [first, second, third] = s.results.place.id;
    expect(second).toBe(first);
    expect(third).not.toBe(first);
    expect(s.statistics.places).toBe(2);
    expect(s.agent(0).place).toBe(first);
    s.position.x.fill(NaN);
    s.tick(1);
    expect(s.agent(0).place).toBeNull();
    s.dispose();
  });

  test('without them there are none, and looking for one says which option brings it', async () => {
    const s = await createSensorium({ backend, ...level });
    const looks = {
      position: () => s.position,
      heading: () => s.heading,
      group: () => s.group,
      'results.neighbors': () => s.results.neighbors,
    };
    for (const [where, look] of Object.entries(looks)) {
      expect(thrown(look)).toMatchObject({ code: 'absent_column', where, expected: expect.stringContaining('neighbors.k > 0') });
    }
    expect(Object.keys(s.results)).not.toContain('neighbors');
    expect('neighbors' in s.agent(0)).toBe(false);
    s.dispose();
  });
});
