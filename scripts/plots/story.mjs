// One agent's story on the plaza, told twice: by its sensors and by the truth. A sensor fails, later an intruder comes.

export const story = {
  world: 'plaza', seed: 7, agents: 200, agent: 42, seconds: 90, hour: 12, rain: 0,
  fault: { modality: 'lidar', fault: 'stuck', from: 20, seconds: 15 },
  incident: { incident: 'intruder', from: 55, seconds: 20, distance: 12 },
};

/** Runs the story. Returns what the charts need: readings and the engine's values with their times, the path, the true intervals. */
export async function tell({ createSensorium, Flag }, { createWorld, modalities }) {
  const { agent, agents, seconds, fault, incident } = story;
  const world = await createWorld({ world: story.world, seed: story.seed, agents, hour: story.hour, rain: story.rain, faults: 0, incidents: 0 });
  const engine = await createSensorium({ agents });
  const channels = Object.fromEntries(engine.channels.map((name) => [name, []]));
  const told = { channels, path: [], intruder: [], situation: [], engine: [], begun: [], lost: [], obstacles: [], intervals: [] };
  const ticks = seconds * world.options.rate;
  const at = (time) => Math.round(time * world.options.rate);
  for (let tick = 0; tick < ticks; tick++) {
    if (tick === at(fault.from)) {
      const { from, ...order } = fault;
      world.inject({ agent, ...order });
    }
    if (tick === at(incident.from)) {
      const { x, y } = world.agent(agent).position;
      const heading = world.truth.heading[agent];
      // Ahead of the agent, where it can be seen.
      const [dx, dy] = [incident.distance * Math.cos(heading), incident.distance * Math.sin(heading)];
      world.happen({ incident: incident.incident, x: x + dx, y: y + dy, seconds: incident.seconds });
    }
    world.step();
    world.writeTo(engine);
    engine.tick(world.time);
    const time = world.time;
    for (const modality of modalities) {
      const columns = world.sensors[modality];
      if (Number.isNaN(columns.time[agent])) continue;
      for (const name of Object.keys(columns)) if (name !== 'time') channels[`${modality}.${name}`].push({ time, value: columns[name][agent] });
    }
    const { position, situation } = world.truth;
    if (tick % 6 === 0) {
      told.path.push({ time, x: position.x[agent], y: position.y[agent] });
      if (!Number.isNaN(world.scene.intruder[0])) told.intruder.push({ time, x: world.scene.intruder[0], y: world.scene.intruder[1] });
    }
    told.situation.push({ time, value: situation[agent] });
    const { fused, anomaly, changes, flags } = engine.results;
    told.engine.push({ time, fused: fused[agent], z: Math.abs(anomaly.z[agent]) });
    const began = changes[agent] & flags[agent];
    if (began & Flag.anomaly) told.begun.push({ time, severity: anomaly.severity[agent] });
    if (began >>> 16) told.lost.push({ time });
  }
  told.intervals = [...world.intervals()].filter((interval) => interval.agent === agent).map((interval) => ({ ...interval, to: Math.min(interval.to, seconds) }));
  told.obstacles = world.obstacles;
  engine.dispose();
  world.dispose();
  return told;
}
