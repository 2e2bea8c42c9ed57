// The golden scenarios of tests/golden through the facade: the same bits as from C++, on every backend and in Chromium.
import { createSensorium, type Sensorium, type SensoriumOptions } from 'sensorium';
import { describe, expect, it } from 'vitest';
import golden from '../golden/golden.json' with { type: 'json' };
import { Hash } from './hash.ts';
import { backends } from './support.ts';

function addResults(hash: Hash, { results, active }: Pick<Sensorium, 'results' | 'active'>): void {
  const { fused, confidence, output, anomaly, prediction, flags, changes } = results;
  const columns = [
    fused, confidence, ...output, anomaly.score, anomaly.z, anomaly.severity, anomaly.mean, anomaly.deviation,
    ...prediction.values, prediction.confidence, prediction.trend, flags, changes,
  ];
  for (const column of columns) hash.add(column, active);
}

interface Run {
  readonly options: SensoriumOptions;
  readonly ticks: number;
  readonly rate: number;
  readonly seed: number;
  readonly pattern: 'dense' | 'mixed';
}

const scenarios: Record<'classic-1' | 'mixed-1000' | 'deep', readonly Run[]> = {
  'classic-1': [{ options: { agents: 1 }, ticks: 10_000, rate: 60, seed: 1, pattern: 'dense' }],
  'mixed-1000': [
    {
      options: {
        agents: 1000,
        modalities: { lidar: { hold: 'once' }, visual: { half_life: 0.5 }, audio: { lost_after: 2 } },
        fusion: { confidence: 'freshness' },
      },
      ticks: 1000,
      rate: 10,
      seed: 2,
      pattern: 'mixed',
    },
  ],
  deep: [
    [11, [[64, 'tanh'], [33, 'sigmoid'], [16, 'relu'], [5, 'softmax']]] as const,
    [12, [[17, 'fast_sigmoid'], [8, 'identity'], [3, 'tanh']]] as const,
  ].map(([seed, layers]) => ({
    options: { agents: 100, network: { seed, layers: layers.map(([units, activation]) => ({ units, activation })) } },
    ticks: 200,
    rate: 10,
    seed: 3,
    pattern: 'dense',
  })),
};

describe.each(backends)('golden hashes on %s', (backend) => {
  it.each(Object.keys(scenarios) as (keyof typeof scenarios)[])('%s', async (name) => {
    const hash = new Hash();
    for (const run of scenarios[name]) {
      const s = await createSensorium({ ...run.options, backend });
      for (let tick = 0; tick < run.ticks; tick++) {
        s.simulate(run.seed, { pattern: run.pattern });
        s.tick(tick / run.rate);
        addResults(hash, s);
      }
      s.dispose();
    }
    expect(hash.text).toBe(golden[name]);
  });

  it('weather', async () => {
    const hash = new Hash();
    const s = await createSensorium({
      agents: 200,
      readings: { lost_after: 1.5, columns: true },
      channels: {
        'wind.direction': { kind: 'circular', offset: 11.25, period: 360, weight: 0.5 },
        'wind.speed': { min: 0, max: 40 },
        hour: { kind: 'circular', period: 24 },
        'audio.event': { kind: 'categorical', categories: 3, weight: 0.25 },
        'station.pressure': { min: 950, max: 1050 },
      },
      modalities: {
        wind: { half_life: 2, timed: true },
        audio: { hold: 'once', lost_after: 0.5 },
        station: { hold: 'once', timed: true },
      },
      network: { layers: [{ units: 4, activation: 'tanh' }, { units: 2 }] },
      prediction: { min: null, max: null },
      backend,
    });
    const { wind, hour, audio, station } = s.sensors;
    for (let tick = 0; tick < 200; tick++) {
      const now = tick / 4;
      for (let i = 0; i < 200; i++) {
        const silent = (i + tick) % 11 === 0;
        const gone = (i + Math.floor(tick / 10)) % 7 === 0;
        wind.direction[i] = silent || gone ? NaN : ((i * 37 + tick * (1 + (i % 5)) * 8) % 5760) / 16;
        wind.speed[i] = silent || gone ? NaN : ((i * 7919 + tick * 31) % 640) / 16;
        hour[i] = i % 10 === 9 && tick > 100 ? NaN : ((tick * 3 + i) % 384) / 16;
        audio.event[i] = (i * 3 + tick) % 4 === 0 ? ((i + Math.floor(tick / 7)) % 5) - 1 : NaN;
        if (!gone) station.pressure[i] = 950 + ((i * 104729 + tick * 17) % 1600) / 16;
        const late = (i * 13 + tick * 7) % 8;
        wind.time[i] = late === 0 ? NaN : late === 1 ? now + 1 : now - late / 8;
        station.time[i] = late === 2 ? Infinity : now - ((i + tick) % 5) / 2;
        s.active[i] = (i + Math.floor(tick / 20)) % 9 !== 0 ? 1 : 0;
      }
      s.tick(now);
      addResults(hash, s);
      for (const column of [...s.results.held, ...s.results.age, ...s.results.weight]) hash.add(column, s.active);
    }
    s.dispose();
    expect(hash.text).toBe(golden.weather);
  });

  // Halfway the engine goes on as a snapshot, on each backend.
  it.each(backends)('crowd, and the second half on %s', async (next) => {
    const hash = new Hash();
    const options = { agents: 500, neighbors: { k: 6, radius: 8 }, map: { capacity: 300, merge_radius: 4, link_radius: 12 } };
    let s = await createSensorium({ ...options, backend });
    for (let tick = 0; tick < 200; tick++) {
      if (tick === 100) {
        const other = await createSensorium({ ...options, backend: next });
        other.restore(s.snapshot());
        s.dispose();
        s = other;
      }
      s.simulate(4);
      for (let i = 0; i < 500; i++) {
        s.position.x[i] = ((i * 7919 + tick * (i % 13)) % 2048) / 16;
        s.position.y[i] = ((i * 104729 + tick * (i % 7)) % 1024) / 16;
        s.active[i] = (i + Math.floor(tick / 20)) % 9 !== 0 ? 1 : 0;
      }
      s.tick(tick);
      addResults(hash, s);
      const { count, valid, index, distance } = s.results.neighbors;
      for (const column of [count, valid, index, distance, s.results.place.id]) hash.add(column, s.active);
    }
    s.dispose();
    expect(hash.text).toBe(golden.crowd);
  });
});
