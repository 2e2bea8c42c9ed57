// The scenario crowd-10k: 10,000 moving agents, the classic channels and stages, the 8 nearest with 16 within 10 m, and a map in which
// nearly all stay in their place. One thread. It runs in Node and in browsers alike; core/bench has the same in C++.
import { makeWorld, nearest, radius, summarise } from './worlds.mjs';

export const agents = 10_000;
/** Ticks in which windows fill and places are found. */
const warm = 60;

export async function benchCrowd(createSensorium, backend, { ticks = 400 } = {}) {
  const s = await createSensorium({
    backend,
    agents,
    neighbors: { k: nearest, radius },
    map: { capacity: 65_536, merge_radius: 3, link_radius: 10 },
  });
  const world = makeWorld(agents, { step: 0.05 });
  const before = new Float64Array(agents);
  const times = [];
  let stayed = 0;
  for (let tick = 0; tick < ticks; tick++) {
    world.move();
    s.simulate(1);
    s.position.x.set(world.x);
    s.position.y.set(world.y);
    const start = performance.now();
    s.tick(tick / 60);
    const took = performance.now() - start;
    if (tick < warm) continue;
    times.push((1e6 * took) / agents);
    for (let i = 0; times.length > 1 && i < agents; i++) if (s.results.place.id[i] === before[i]) stayed++;
    before.set(s.results.place.id);
  }
  const within = s.results.neighbors.count.reduce((sum, count) => sum + count, 0) / agents;
  const { least, median } = summarise(times);
  const row = {
    scenario: 'crowd-10k',
    world: 'even',
    agents,
    contender: `sensorium ${s.backend} ${s.isa}`,
    ns_agent_least: least,
    ns_agent_median: median,
    ticks: times.length,
  };
  const about = { within, stayed: stayed / (agents * (times.length - 1)), places: s.places.count, bytes: s.bytes };
  s.dispose();
  return { row, about };
}
