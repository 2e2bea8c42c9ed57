// s.history: the last ticks of chosen columns.
import { createSensorium, explain, type Sensorium } from 'sensorium';
import { describe, expect, test } from 'vitest';
import { backends, refused, thrown } from './support.ts';

/** Ticks of the classic load, and what each left behind. */
function run(s: Sensorium, ticks: number): { points: Float32Array; score: Float32Array; flags: Uint32Array; output: Float32Array; time: number }[] {
  return Array.from({ length: ticks }, (_, tick) => {
    s.simulate(1, { pattern: 'mixed' });
    const points = s.sensor('lidar.points').slice();
    s.tick(tick / 10);
    const { anomaly, flags, output } = s.results;
    return { points, score: anomaly.score.slice(), flags: flags.slice(), output: output[1]!.slice(), time: tick / 10 };
  });
}

describe.each(backends)('history, %s', (backend) => {
  test('of columns of every sort', async () => {
    const columns = ['sensors.lidar.points', 'anomaly.score', 'flags', 'output'];
    const s: Sensorium = await createSensorium<string>({ backend, agents: 20, channels: undefined, history: { depth: 7, columns } });
    expect([s.history.depth, s.history.length, s.history.columns]).toEqual([7, 0, columns]);
    const past = run(s, 23).reverse();
    expect(s.history.length).toBe(7);
    for (let ago = 0; ago < 7; ago++) {
      expect(s.history.time(ago)).toBe(past[ago]!.time);
      expect(s.history.column('sensors.lidar.points').ago(ago)).toEqual(past[ago]!.points);
      expect(s.history.column('anomaly.score').ago(ago)).toEqual(past[ago]!.score);
      expect(s.history.column<Uint32Array>('flags').ago(ago)).toEqual(past[ago]!.flags);
      expect(s.history.column('output').ago(ago, 1)).toEqual(past[ago]!.output);
    }
    expect(s.history.column('output').planes).toBe(2);
    const oldestFirst = past.slice(0, 7).reverse();
    for (const agent of [0, 7, 19]) {
      expect([...s.history.column('anomaly.score').agent(agent)]).toEqual(oldestFirst.map(({ score }) => score[agent]));
      expect([...s.history.column('output').agent(agent, undefined, 1)]).toEqual(oldestFirst.map(({ output }) => output[agent]));
      const flags = s.history.column<Uint32Array>('flags').agent(agent);
      expect(flags).toEqual(Uint32Array.from(oldestFirst, (tick) => tick.flags[agent]!));
    }
    const into = new Float32Array(9).fill(-1);
    expect(s.history.column('anomaly.score').agent(3, into)).toBe(into);
    expect([...into]).toEqual([...oldestFirst.map(({ score }) => score[3]), -1, -1]);

    const view = s.history.column('anomaly.score').ago(2);
    expect(s.history.column('anomaly.score').ago(2)).toBe(view);
    expect(s.history).toBe(s.history);
    s.resetAgent(3);
    expect([...s.history.column('anomaly.score').agent(3)]).toEqual([0, 0, 0, 0, 0, 0, 0]);
    expect(s.history.column('sensors.lidar.points').agent(3)).toEqual(new Float32Array(7).fill(NaN));
    s.reset();
    expect(s.history.length).toBe(0);
    expect(s.history.column('anomaly.score').agent(3)).toEqual(new Float32Array(0));
    s.dispose();
    expect(thrown(() => s.history).code).toBe('disposed');
  });

  test('neighbours: as many values a row as there are', async () => {
    const s = await createSensorium({ backend, agents: 3, neighbors: { k: 2, radius: 10 }, history: { depth: 4, columns: ['neighbors.index', 'position.x'] } });
    s.position.y.fill(0);
    for (let tick = 0; tick < 2; tick++) {
      s.position.x.set([0, 1, tick === 0 ? 3 : 90]);
      s.tick(tick);
    }
    const index = s.history.column<Int32Array>('neighbors.index');
    expect([...index.ago(1)]).toEqual([1, 2, 0, 2, 1, 0]);
    expect([...index.ago(0)]).toEqual([1, -1, 0, -1, -1, -1]);
    expect([...index.agent(2)]).toEqual([1, 0, -1, -1]);
    expect([...s.history.column('position.x').agent(2)]).toEqual([3, 90]);
    s.dispose();
  });

  test('defaults: 100 ticks for up to 1,000 agents', async () => {
    const s = await createSensorium({ backend, agents: 1000 });
    expect([s.history.depth, s.history.columns]).toEqual([100, ['fused', 'confidence', 'anomaly.score', 'flags']]);
    s.dispose();
    const many = await createSensorium({ backend, agents: 1001 });
    expect(thrown(() => many.history)).toMatchObject({ code: 'absent_column', where: 'history', expected: 'options with history.depth > 0' });
    many.dispose();
    const none = await createSensorium({ backend, history: { depth: 0 } });
    expect(thrown(() => none.history).code).toBe('absent_column');
    none.dispose();
  });

  test('wrong questions', async () => {
    const s = await createSensorium({ backend, agents: 2, history: { depth: 3, columns: ['fused'] } });
    const fused = s.history.column('fused');
    expect(thrown(() => fused.ago(0))).toMatchObject({ code: 'out_of_range', expected: 'a tick before that' });
    s.tick(0);
    s.tick(1);
    for (const ago of [2, 3, -1, 0.5, NaN, Infinity]) {
      expect(thrown(() => fused.ago(ago))).toMatchObject({ code: 'out_of_range', expected: 'a whole number from 0 to 1' });
      expect(thrown(() => s.history.time(ago)).code).toBe('out_of_range');
    }
    expect(thrown(() => fused.ago('1' as never)).code).toBe('wrong_type');
    expect(thrown(() => fused.ago(0, 1))).toMatchObject({ code: 'out_of_range', where: 'fused' });
    expect(thrown(() => fused.agent(2))).toMatchObject({ code: 'agent_out_of_range', expected: 'a whole number from 0 to 1' });
    expect(thrown(() => fused.agent(0, new Float32Array(1)))).toMatchObject({ code: 'wrong_count', expected: '2 values or more', got: '1' });
    expect(thrown(() => fused.agent(0, new Float64Array(5) as never)).code).toBe('wrong_type');
    expect(thrown(() => fused.agent(0, [0, 0] as never)).code).toBe('wrong_type');
    expect(thrown(() => s.history.column('confidence'))).toMatchObject({ code: 'absent_column', expected: 'one of fused; more with the option history.columns' });
    s.dispose();
  });

  test('wrong options', async () => {
    const of = (history: unknown) => refused({ backend, history });
    expect(await of({ columns: ['fuesd'] })).toMatchObject({ code: 'unknown_column', where: 'history.columns.0', got: '"fuesd"' });
    expect(await of({ columns: ['fused', 'fused'] })).toMatchObject({ code: 'duplicate_name', where: 'history.columns.1' });
    expect(await of({ columns: 'fused' })).toMatchObject({ code: 'wrong_type', where: 'history.columns', expected: 'an array of names' });
    expect(await of({ columns: ['fused', 5] })).toMatchObject({ code: 'wrong_type', where: 'history.columns.1', expected: 'text' });
    expect(await of({ columns: new Array(33).fill('fused') })).toMatchObject({ code: 'too_many', where: 'history.columns' });
    expect(await of({ columns: ['x'.repeat(5000)] })).toMatchObject({ code: 'bad_name' });
    expect(await of({ columns: new Array(4e9) })).toMatchObject({ code: 'wrong_type', where: 'history.columns.0' });
    for (const depth of [-1, 0.5, 100_001, NaN]) expect(await of({ depth })).toMatchObject({ code: 'out_of_range', where: 'history.depth' });
    expect(await of({ depth: '5' })).toMatchObject({ code: 'wrong_type', where: 'history.depth' });
    expect(await of({ depht: 5 })).toMatchObject({ code: 'unknown_option', expected: 'one of depth, columns' });
    const many = { backend, agents: 1001, history: { columns: ['fused'] } } as const;
    expect(await refused(many)).toMatchObject({ code: 'out_of_range', where: 'history.depth', got: 'none' });
    await expect(explain(many)).rejects.toMatchObject({ code: 'out_of_range', where: 'history.depth' });
    const kept = await createSensorium({ ...many, history: { depth: 3, columns: ['fused'] } });
    // From a snapshot the depth is the snapshot's.
    const copy = await createSensorium({ ...many, snapshot: kept.snapshot() });
    expect([kept.history.depth, copy.history.depth]).toEqual([3, 3]);
    for (const s of [kept, copy, await createSensorium({ ...many, history: { columns: [] } })]) s.dispose();
  });
});
