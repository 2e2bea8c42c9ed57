// Snapshots of 10,000 agents, `classic-10k` and `crowd-10k` with its map of places, beside a copy of as many bytes.
//
//   node bench/snapshot.mjs
import { createSensorium } from '../dist/node.js';
import { makeWorld, nearest, radius, summarise } from './worlds.mjs';

const agents = 10_000;
const scenarios = {
  'classic-10k': {},
  'crowd-10k': { neighbors: { k: nearest, radius }, map: { capacity: 65_536, merge_radius: 3, link_radius: 10 } },
};

function measure(what, bytes, work) {
  const times = Array.from({ length: 300 }, () => {
    const start = performance.now();
    work();
    return performance.now() - start;
  });
  const { least, median } = summarise(times);
  console.log(`  ${what.padEnd(12)} ${least.toFixed(3)} ms (median ${median.toFixed(3)}), ${(bytes / least / 1e6).toFixed(1)} GB/s`);
}

for (const backend of ['native', 'wasm']) {
  for (const [name, options] of Object.entries(scenarios)) {
    const s = await createSensorium({ agents, backend, ...options });
    const world = makeWorld(agents, { step: 0.05 });
    for (let tick = 0; tick < 60; tick++) {
      world.move();
      s.simulate(1);
      if (name === 'crowd-10k') {
        s.position.x.set(world.x);
        s.position.y.set(world.y);
      }
      s.tick(tick / 60);
    }
    const buffer = new Uint8Array(s.snapshotBytes);
    const snapshot = s.snapshot();
    const copy = new Uint8Array(snapshot.length);
    console.log(`${name}, ${backend} ${s.isa}: ${snapshot.length} bytes`);
    measure('snapshotInto', snapshot.length, () => s.snapshotInto(buffer));
    measure('restore', snapshot.length, () => s.restore(snapshot));
    measure('copy', snapshot.length, () => copy.set(snapshot));
    s.dispose();
  }
}
