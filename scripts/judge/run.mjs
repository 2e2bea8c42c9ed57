// One detector on one world: an engine fed by unseen seeds, and the times at which its alarms began.
import { Score } from './score.mjs';

/**
 * Every detector that is judged: the options of an engine, beside `agents`, that alarms from `level` on. The first level is the detector's own,
 * the others show what it can do with fewer alarms. A new detector is a new row.
 */
export const detectors = {
  classic: {
    about: 'the classic preset: z-score of the fused value over the last 20 ticks, alarm from severity low on',
    levels: [2, 2.5, 3, 3.5, 4, 4.3],
    options: (level) => ({ detection: { low: level, medium: Math.max(level, 2.5), high: Math.max(level, 3) } }),
  },
  never: { about: 'never alarms: what a detector must better', levels: [1e9], options: (level) => ({ detection: { low: level, medium: level, high: level }, readings: { lost_after: null } }) },
};

/** Seconds at the beginning in which nothing is judged: sensors and windows fill. */
const warmUp = 10;

/**
 * What a detector comes to: { anomalies, losses, levels }, the first two as Score.result() at its own level, `levels` a result with its `level` for each. `sensorium` and `world` are the two entries of the package;
 * seeds must be unseen ones.
 */
export async function judge({ sensorium, world: simulated }, { detector, world: name, seeds, agents, minutes, trouble }) {
  const { modalities, faults, incidents, splitOf } = simulated;
  const seen = seeds.find((seed) => splitOf(seed) !== 'unseen');
  if (seen !== undefined) throw new Error(`seeds: expected unseen ones, for which splitOf(seed) is 'unseen', got ${seen}`);
  const faultKinds = modalities.flatMap((modality) => faults.filter((fault) => fault !== 'none').map((fault) => `${modality} ${fault}`));
  const levels = detectors[detector].levels.map((level) => ({ level, score: new Score([...faultKinds, ...incidents]) }));
  const losses = new Score(modalities.map((modality) => `${modality} dropout`));
  for (const seed of seeds) {
    const { alarms, lost, intervals, to } = await watch({ sensorium, simulated }, { detector, name, seed, agents, minutes, trouble });
    for (const [l, { score }] of levels.entries()) score.add({ alarms: alarms[l], intervals, from: warmUp, to });
    // A modality at a time: the loss of one does not answer for that of another.
    for (const [m, modality] of modalities.entries()) {
      const own = intervals.filter((interval) => interval.modality === modality && interval.fault === 'dropout');
      losses.add({ alarms: lost[m], intervals: own, from: warmUp, to });
    }
  }
  const results = levels.map(({ level, score }) => ({ level, ...score.result() }));
  const { level, ...anomalies } = results[0];
  return { anomalies, losses: losses.result(), levels: results };
}

async function watch({ sensorium, simulated }, { detector, name, seed, agents, minutes, trouble }) {
  const world = await simulated.createWorld({ world: name, seed, agents, faults: trouble, incidents: trouble, intervals: 4096 + 1024 * agents });
  const { levels, options } = detectors[detector];
  const engines = await Promise.all(levels.map((level) => sensorium.createSensorium({ ...options(level), agents })));
  try {
    const alarms = levels.map(() => lists(agents));
    const lost = simulated.modalities.map(() => lists(agents));
    const bits = simulated.modalities.map((modality) => sensorium.Flag.lost << engines[0].modalities.indexOf(modality));
    const ticks = Math.round(minutes * 60 * world.options.rate);
    for (let tick = 0; tick < ticks; tick++) {
      world.step();
      for (const [l, engine] of engines.entries()) {
        world.writeTo(engine);
        engine.tick(world.time);
        if (engine.statistics.changed_agents === 0) continue;
        const { changes, flags } = engine.results;
        for (let agent = 0; agent < agents; agent++) {
          const begun = changes[agent] & flags[agent];
          if (begun === 0) continue;
          if (begun & sensorium.Flag.anomaly) alarms[l][agent].push(world.time);
          // Losses are the same at every level.
          for (let m = 0; l === 0 && m < bits.length; m++) if (begun & bits[m]) lost[m][agent].push(world.time);
        }
      }
    }
    if (world.begun > world.options.intervals) throw new Error(`${name}, seed ${seed}: ${world.begun} true anomalies, and room for ${world.options.intervals}`);
    // Of an incident as such nobody is judged: of whom it is about is told beside it.
    return { alarms, lost, intervals: [...world.intervals()].filter((interval) => interval.agent !== undefined), to: world.time };
  } finally {
    for (const engine of engines) engine.dispose();
    world.dispose();
  }
}

const lists = (count) => Array.from({ length: count }, () => []);
