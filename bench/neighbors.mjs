// Who is near, beside kdbush and flatbush, in one run on the same moving agents: building and asking for everyone, every tick.
//
// What each does differs. Sensorium: the 8 nearest in order, with distances, and how many are within the radius; its time is a whole
// tick and the copy of the positions into its columns. kdbush: a list of those within the radius, in no order. flatbush: the 9
// nearest within the radius (the agent itself among them), in order.
import Flatbush from 'flatbush';
import KDBush from 'kdbush';
import { makeWorld, nearest, radius, summarise } from './worlds.mjs';

async function sensorium(createSensorium, backend, agents) {
  const channels = { none: {} };
  const s = await createSensorium({ backend, agents, channels, network: { layers: [] }, neighbors: { k: nearest, radius } });
  const { count } = s.results.neighbors;
  let time = 0;
  return {
    name: `sensorium ${backend} ${s.isa}`,
    tick({ x, y }) {
      s.position.x.set(x);
      s.position.y.set(y);
      s.tick(time++);
    },
    within: () => count.reduce((sum, value) => sum + value, 0) / agents,
    dispose: () => s.dispose(),
  };
}

function kdbush(agents) {
  let found = 0;
  return {
    name: 'kdbush',
    tick({ x, y }) {
      const tree = new KDBush(agents, 64, Float32Array);
      for (let i = 0; i < agents; i++) tree.add(x[i], y[i]);
      tree.finish();
      found = 0;
      for (let i = 0; i < agents; i++) found += tree.within(x[i], y[i], radius).length - 1;
    },
    within: () => found / agents,
    dispose() {},
  };
}

function flatbush(agents) {
  let found = 0;
  return {
    name: 'flatbush',
    tick({ x, y }) {
      const tree = new Flatbush(agents, 16, Float32Array);
      for (let i = 0; i < agents; i++) tree.add(x[i], y[i], x[i], y[i]);
      tree.finish();
      found = 0;
      for (let i = 0; i < agents; i++) found += tree.neighbors(x[i], y[i], nearest + 1, radius).length;
    },
    within: () => undefined,
    dispose() {},
  };
}

/** Ticks at least; the first compiles and touches memory, and does not count. */
const fewest = 5;

/** A row a contender, world and size; `seconds` for each. */
export async function benchNeighbors(createSensorium, { sizes, seconds, print }) {
  const rows = [];
  for (const kind of ['even', 'clustered']) {
    for (const agents of sizes) {
      const contenders = [await sensorium(createSensorium, 'native', agents), await sensorium(createSensorium, 'wasm', agents), kdbush(agents), flatbush(agents)];
      const world = makeWorld(agents, { kind });
      const times = contenders.map(() => []);
      const spent = contenders.map(() => 0);
      // In turn, so that a noisy moment is everybody's.
      for (let tick = 0; tick < fewest || spent.some((time) => time < seconds * 1000); tick++) {
        world.move();
        contenders.forEach((contender, c) => {
          if (tick >= fewest && spent[c] >= seconds * 1000) return;
          const start = performance.now();
          contender.tick(world);
          const took = performance.now() - start;
          if (tick === 0) return;
          spent[c] += took;
          times[c].push((1e6 * took) / agents);
        });
        if (tick === 0) check(contenders, kind);
      }
      contenders.forEach((contender, c) => {
        const { least, median } = summarise(times[c]);
        rows.push({ scenario: 'neighbors', world: kind, agents, contender: contender.name, ns_agent_least: least, ns_agent_median: median, ticks: times[c].length });
        print(rows.at(-1));
        contender.dispose();
      });
    }
  }
  return rows;
}

/** Sensorium counts up to 255 and in f32, kdbush in f64: the same but for the last bit at the rim, and for crowds. */
function check(contenders, kind) {
  const counts = contenders.map((contender) => contender.within()).filter((count) => count !== undefined);
  const [least, most] = [Math.min(...counts), Math.max(...counts)];
  if (kind === 'even' && most - least > 0.001 * most) throw new Error(`contenders found ${counts.join(', ')} within the radius`);
}
