// Worlds for benchmarks, seeded: agents on a plane, 16 within 10 m of each on average, all of whom move before each tick.
export const radius = 10;
export const perRadius = 16;
export const nearest = 8;

/** Numbers from 0 to 1 (mulberry32). */
export function generator(seed) {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let t = Math.imul(state ^ (state >>> 15), state | 1);
    t ^= t + Math.imul(t ^ (t >>> 7), t | 61);
    return ((t ^ (t >>> 14)) >>> 0) / 4294967296;
  };
}

/** `kind`: even over a square, or in clusters of 200 as wide and as far apart as gives the same number within the radius. */
export function makeWorld(agents, { kind = 'even', seed = 1, step = 0.5 } = {}) {
  const random = generator(seed);
  const side = radius * Math.sqrt((Math.PI * agents) / perRadius);
  const x = new Float32Array(agents);
  const y = new Float32Array(agents);
  if (kind === 'even') {
    for (let i = 0; i < agents; i++) [x[i], y[i]] = [side * random(), side * random()];
  } else {
    const middles = Array.from({ length: Math.floor(agents / 200) + 1 }, () => [1.5 * side * random(), 1.5 * side * random()]);
    for (let i = 0; i < agents; i++) {
      const [middleX, middleY] = middles[Math.floor(random() * middles.length)];
      // Box and Muller's normal distribution, two at a time.
      const away = 2.2 * radius * Math.sqrt(-2 * Math.log(1 - random()));
      const turn = 2 * Math.PI * random();
      [x[i], y[i]] = [middleX + away * Math.cos(turn), middleY + away * Math.sin(turn)];
    }
  }
  const move = () => {
    for (let i = 0; i < agents; i++) {
      x[i] += step * (2 * random() - 1);
      y[i] += step * (2 * random() - 1);
    }
  };
  return { agents, kind, x, y, move };
}

/** Least and median of measurements. */
export function summarise(values) {
  const sorted = Float64Array.from(values).sort();
  return { least: sorted[0], median: sorted[sorted.length >> 1] };
}
