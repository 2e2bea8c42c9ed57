// A recording of the classic channels, with sensors that do not read at every tick, in one call of tickMany() and as a loop over tick():
// the same ticks, the same two results copied out.
import { summarise } from './worlds.mjs';

const channels = 13;
/** Numbers of a recording: small enough to lie in memory, large enough that the first call does not count. */
const numbers = 2_600_000;
const most = 20_000;

function record(agents) {
  const ticks = Math.min(most, Math.floor(numbers / (channels * agents)));
  let state = 1;
  const next = () => (state = (Math.imul(state, 1664525) + 1013904223) >>> 0) / 2 ** 32;
  const inputs = Float32Array.from({ length: ticks * channels * agents }, () => (next() < 0.2 ? NaN : next()));
  return { ticks, inputs, times: new Float64Array(ticks), fused: new Float32Array(ticks * agents), z: new Float32Array(ticks * agents) };
}

/** As someone would write it for whom speed matters. */
function loop(s, recording) {
  const columns = s.channels.map((name) => s.sensor(name));
  const { agents } = s;
  const { fused, anomaly } = s.results;
  const few = agents < 32;
  return () => {
    const { times, inputs } = recording;
    for (let tick = 0, from = 0; tick < times.length; tick++) {
      for (const column of columns) {
        if (few) for (let i = 0; i < agents; i++) column[i] = inputs[from + i];
        else column.set(inputs.subarray(from, from + agents));
        from += agents;
      }
      s.tick(times[tick]);
      const at = tick * agents;
      if (few) {
        for (let i = 0; i < agents; i++) {
          recording.fused[at + i] = fused[i];
          recording.z[at + i] = anomaly.z[i];
        }
      } else {
        recording.fused.set(fused, at);
        recording.z.set(anomaly.z, at);
      }
    }
  };
}

function many(s, { times, inputs, fused, z }) {
  return () => s.tickMany({ times, inputs, results: ['fused', 'anomaly.z'], into: { fused, anomaly: { z } } });
}

/** A row a contender and size; `seconds` for each. */
export async function benchReplay(createSensorium, { seconds, print }) {
  const rows = [];
  for (const agents of [1, 100, 10_000]) {
    const recording = record(agents);
    const contenders = [];
    for (const backend of ['native', 'wasm']) {
      for (const [name, work] of Object.entries({ tickMany: many, tick: loop })) {
        const s = await createSensorium({ backend, agents });
        contenders.push({ name: `${name} ${backend} ${s.isa}`, s, run: work(s, recording), times: [], last: [] });
      }
    }
    let clock = 0;
    // In turn, so that a noisy moment is everybody's. The first round compiles and does not count.
    for (let round = 0, spent = 0; round < 5 || spent < seconds * contenders.length * 1000; round++) {
      for (let tick = 0; tick < recording.ticks; tick++) recording.times[tick] = clock++ / 60;
      for (const contender of contenders) {
        const start = performance.now();
        contender.run();
        const took = performance.now() - start;
        if (round > 0) contender.times.push((1e6 * took) / recording.ticks);
        spent += took;
        contender.last = [recording.fused.at(-1), recording.z.at(-1)].join();
      }
    }
    if (new Set(contenders.map(({ last }) => last)).size !== 1) throw new Error('contenders came to different results');
    for (const { name, s, times } of contenders) {
      const { least, median } = summarise(times);
      rows.push({ scenario: 'replay', agents, contender: name, ns_tick_least: least, ns_tick_median: median, ticks_a_second: Math.round(1e9 / least), calls: times.length, ticks_a_call: recording.ticks });
      print(rows.at(-1));
      s.dispose();
    }
  }
  return rows;
}
