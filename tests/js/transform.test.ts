// Rows in, results or events out: a Web TransformStream.
import { createSensorium, type Row, type RowEvent, type RowResult, type SensoriumError } from 'sensorium';
import { describe, expect, test } from 'vitest';
import { backends, level, thrown } from './support.ts';

function source(rows: readonly unknown[]): ReadableStream<Row> {
  return new ReadableStream({
    start(controller) {
      for (const row of rows) controller.enqueue(row as Row);
      controller.close();
    },
  });
}

async function collect<T>(stream: ReadableStream<T>): Promise<T[]> {
  const all: T[] = [];
  const reader = stream.getReader();
  for (let step = await reader.read(); !step.done; step = await reader.read()) all.push(step.value);
  return all;
}

const failed = (work: Promise<unknown>): Promise<SensoriumError> => work.then(() => Promise.reject(new Error('expected an error')), (error) => error);

describe.each(backends)('rows through an engine, %s', (backend) => {
  test('of one agent: a result for each at once, flat or nested, the same as by columns', async () => {
    const rows = [
      { time: 0, 'lidar.points': 750, imu: { accel_x: -0.5 } },
      { time: 0.5, lidar: { points: 900 }, 'imu.accel_x': null },
      { time: 0.5, visual: { objects: NaN, motion: undefined } },
      { time: 9 },
    ];
    const s = await createSensorium({ backend });
    const results: RowResult[] = await collect(source(rows).pipeThrough(s.transform()));
    const twin = await createSensorium({ backend });
    const expected = rows.map(({ time }, index) => {
      twin.sensors.lidar.points[0] = [750, 900, NaN, NaN][index]!;
      twin.sensors.imu.accel_x[0] = [-0.5, NaN, NaN, NaN][index]!;
      twin.tick(time);
      return twin.agent(0);
    });
    expect(results).toEqual(expected);
    expect(results.at(-1)!.lost).toEqual(['lidar', 'imu']);
    s.dispose();
    twin.dispose();
  });

  test('of many agents: rows of one time are one tick, in which only their agents take part', async () => {
    const s = await createSensorium({ backend, agents: 3, ...level });
    const rows = [
      { time: 1, agent: 'press', level: 1 },
      { time: 1, agent: 'pump', level: 2 },
      { time: 2, agent: 'pump', level: 3 },
      // The same agent again, so another tick of the same time.
      { time: 2, agent: 'pump', level: 4 },
      { time: 2, agent: 'press', level: 5 },
    ];
    s.active[2] = 0;
    const results = await collect(source(rows).pipeThrough(s.transform()));
    expect(results.map(({ cycle, time, agent, fused }) => [cycle, time, agent, fused])).toEqual([
      [1, 1, 'press', 1],
      [1, 1, 'pump', 2],
      [2, 2, 'pump', 3],
      [3, 2, 'pump', 4],
      [3, 2, 'press', 5],
    ]);
    // What the column held is back.
    expect([...s.active]).toEqual([1, 1, 0]);
    s.dispose();
  });

  test('agents by number, chunks of many rows, fields of other names', async () => {
    const s = await createSensorium({ backend, agents: 3, ...level });
    const rows = [2, 0].map((device) => ({ at: 5, device, level: device + 0.5, note: 'x' }));
    const stream = s.transform({ time: 'at', agent: 'device', ignoreUnknown: true });
    const results = await collect(source([rows]).pipeThrough(stream));
    expect(results.map(({ agent, fused }) => [agent, fused])).toEqual([[2, 2.5], [0, 0.5]]);
    s.dispose();
  });

  test('positions stay where they were until a row moves them', async () => {
    const s = await createSensorium({ backend, agents: 2, ...level, neighbors: { k: 1, radius: 2, groups: true } });
    const rows = [
      { time: 0, agent: 0, position: { x: 0, y: 0 }, group: 3 },
      { time: 0, agent: 1, 'position.x': 1, 'position.y': 0 },
      { time: 1, agent: 0 },
      { time: 1, agent: 1 },
      { time: 2, agent: 0 },
      { time: 2, agent: 1, position: { x: 9 } },
    ];
    const results = await collect(source(rows).pipeThrough(s.transform()));
    expect(results.map(({ neighbors }) => neighbors!.count)).toEqual([1, 1, 1, 1, 0, 0]);
    expect(s.group[0]).toBe(3);
    s.dispose();
  });

  test('events instead of results, of the kinds asked for', async () => {
    const s = await createSensorium({ backend, agents: 2, ...level });
    const rows = [0, 5, 6].flatMap((time) => ['a', 'b'].map((agent) => ({ time, agent, level: time === 5 ? null : 1 })));
    const events: RowEvent<'level'>[] = await collect(source(rows).pipeThrough(s.transform({ emit: 'events', kinds: ['sensor-lost', 'blind-end'] })));
    expect(events).toEqual([
      { kind: 'sensor-lost', agent: 'a', time: 5, cycle: 2, sensor: 'level' },
      { kind: 'sensor-lost', agent: 'b', time: 5, cycle: 2, sensor: 'level' },
      { kind: 'blind-end', agent: 'a', time: 6, cycle: 3 },
      { kind: 'blind-end', agent: 'b', time: 6, cycle: 3 },
    ]);
    expect(Object.keys(events[2]!)).not.toContain('sensor');
    s.dispose();
  });

  test('a reader that is slow holds the writer', async () => {
    const s = await createSensorium({ backend, ...level });
    const { readable, writable } = s.transform({ writableStrategy: { highWaterMark: 2 }, readableStrategy: { highWaterMark: 3 } });
    const writer = writable.getWriter();
    let written = 0;
    const writing = (async () => {
      for (let time = 0; time < 100; time++) {
        await writer.ready;
        void writer.write({ time, level: time });
        written++;
      }
      await writer.close();
    })();
    const settle = () => new Promise((resolve) => setTimeout(resolve, 20));
    await settle();
    // Three results wait to be read, and two rows to be ticked with.
    expect(written).toBeLessThanOrEqual(6);
    expect(s.statistics.cycles).toBeLessThanOrEqual(4);
    const reader = readable.getReader();
    for (let i = 0; i < 10; i++) await reader.read();
    await settle();
    expect(written).toBeLessThanOrEqual(16);
    let read = 10;
    while (!(await reader.read()).done) read++;
    await writing;
    expect(read).toBe(100);
    s.dispose();
  });

  const bad: readonly [name: string, row: unknown, where: string, expected: string, got: string][] = [
    ['no object', 5, 'row 2', 'an object of readings', 'the number 5'],
    ['null', null, 'row 2', 'an object of readings', 'null'],
    ['no time', { level: 1 }, 'row 2, time', 'a number of seconds', 'undefined'],
    ['no number for a time', { time: '3' }, 'row 2, time', 'a number of seconds', 'the text "3"'],
    ['an endless time', { time: Infinity }, 'row 2, time', 'a number of seconds', 'the number Infinity'],
    ['time that runs backwards', { time: 0.5 }, 'row 2, time', '1 or later, for time does not run backwards', 'the number 0.5'],
    ['text for a reading', { time: 2, agent: 0, level: '7' }, 'row 2, level', 'a number, or null', 'the text "7"'],
    ['a misspelt field', { time: 2, agent: 0, levle: 7 }, 'row 2, levle', 'one of time, agent, level', 'another field'],
    ['no agent', { time: 2 }, 'row 2, agent', 'a whole number from 0 to 1, as before', 'undefined'],
    ['an agent too many', { time: 2, agent: 2 }, 'row 2, agent', 'a whole number from 0 to 1, as before', 'the number 2'],
    ['a name where others have numbers', { time: 2, agent: 'x' }, 'row 2, agent', 'a whole number from 0 to 1, as before', 'the text "x"'],
  ];
  test.each(bad)('a bad row, %s: the stream ends, or goes on without it', async (_, row, where, expected, got) => {
    const s = await createSensorium({ backend, agents: 2, ...level });
    const rows = [{ time: 1, agent: 0, level: 1 }, row, { time: 3, agent: 0, level: 2 }];
    const error = await failed(collect(source(rows).pipeThrough(s.transform())));
    expect(error).toMatchObject({ name: 'SensoriumError', code: 'bad_row', where, expected, got });
    s.reset();
    const skipped: unknown[] = [];
    const stream = s.transform({ onBadRow: (told, what) => skipped.push([told.where, what]) });
    const results = await collect(source(rows).pipeThrough(stream));
    expect(results.map(({ time, fused }) => [time, fused])).toEqual([[1, 1], [3, 2]]);
    expect(skipped).toEqual([[where, row]]);
    s.dispose();
  });

  test('names: no more of them than agents, and a bad row takes none', async () => {
    const s = await createSensorium({ backend, agents: 2, ...level });
    const told: SensoriumError[] = [];
    const rows = [
      { time: 0, agent: 'a', level: 'bad' },
      { time: 0, agent: 'b', level: 1 },
      { time: 0, agent: 'c', level: 2 },
      { time: 0, agent: 'd', level: 3 },
      { time: 0, agent: 1, level: 3 },
    ];
    const results = await collect(source(rows).pipeThrough(s.transform({ onBadRow: (error) => told.push(error) })));
    expect(results.map(({ agent }) => agent)).toEqual(['b', 'c']);
    expect(told.map(({ where, expected }) => [where, expected])).toEqual([
      ['row 1, level', 'a number, or null'],
      ['row 4, agent', 'one of the 2 agents before it, for there is room for no more'],
      ['row 5, agent', 'a name, as before'],
    ]);
    s.dispose();
  });

  test('nested readings and whole columns are checked too', async () => {
    const s = await createSensorium({ backend, neighbors: { k: 1, groups: true } });
    const wrong = async (row: Row) => (await failed(collect(source([{ time: 0, ...row }]).pipeThrough(s.transform())))).where;
    expect(await wrong({ lidar: 5 })).toBe('row 1, lidar');
    expect(await wrong({ lidar: { points: true } })).toBe('row 1, lidar.points');
    expect(await wrong({ lidar: { pionts: 5 } })).toBe('row 1, lidar.pionts');
    expect(await wrong({ group: 32 })).toBe('row 1, group');
    expect(await wrong({ interest: 0.5 })).toBe('row 1, interest');
    expect(s.statistics.cycles).toBe(0);
    s.dispose();
  });

  test('options are checked at once', async () => {
    const s = await createSensorium({ backend, ...level });
    expect(thrown(() => s.transform({ emit: 'alarms' as 'events' })).where).toBe('transform, emit');
    expect(thrown(() => s.transform({ time: 'level' })).code).toBe('duplicate_name');
    expect(thrown(() => s.transform({ time: 5 as unknown as string })).code).toBe('wrong_type');
    expect(thrown(() => s.transform({ onBadRow: 'skip' as unknown as () => void })).code).toBe('wrong_type');
    expect(thrown(() => s.transform({ emit: 'events', kinds: ['x' as 'blind-end'] })).code).toBe('out_of_range');
    const wrong: readonly [options: unknown, code: string, where: string][] = [
      [{ typo: 1 }, 'unknown_option', 'transform'],
      [null, 'wrong_type', 'transform'],
      [{ kinds: ['blind-end'] }, 'unknown_option', 'transform, kinds'],
      [{ ignoreUnknown: 'no' }, 'wrong_type', 'transform, ignoreUnknown'],
      [{ time: 'x', agent: 'x' }, 'duplicate_name', 'transform'],
      [{ time: 'agent' }, 'duplicate_name', 'transform'],
      [{ writableStrategy: 5 }, 'wrong_type', 'transform, writableStrategy'],
      [{ readableStrategy: { highWaterMark: NaN } }, 'out_of_range', 'transform, readableStrategy.highWaterMark'],
      [{ readableStrategy: { size: 1 } }, 'wrong_type', 'transform, readableStrategy.size'],
    ];
    for (const [options, code, where] of wrong) expect(thrown(() => s.transform(options as object)), where).toMatchObject({ code, where });
    s.transform({ writableStrategy: new CountQueuingStrategy({ highWaterMark: 4 }), onBadRow: undefined });
    s.dispose();
  });

  test('all streams of an engine know its agents by the same names, until it is reset', async () => {
    const s = await createSensorium({ backend, agents: 2, ...level });
    const through = async (...rows: Row[]) => (await collect(source(rows).pipeThrough(s.transform()))).map(({ agent, fused }) => [agent, fused]);
    expect(await through({ time: 0, agent: 'A', level: 1 })).toEqual([['A', 1]]);
    expect(await through({ time: 1, agent: 'B', level: 2 }, { time: 1, agent: 'A' })).toEqual([['B', 2], ['A', 1]]);
    expect([...s.results.fused]).toEqual([1, 2]);
    expect((await failed(through({ time: 2, agent: 'C' }))).where).toBe('row 1, agent');
    expect((await failed(through({ time: 2, agent: 0 }))).expected).toBe('a name, as before');
    s.reset();
    expect(await through({ time: 0, agent: 'C', level: 3 })).toEqual([['C', 3]]);
    expect(s.results.fused[0]).toBe(3);
    s.dispose();
  });

  test('two open streams do not take each other’s rows', async () => {
    const s = await createSensorium({ backend, agents: 2, ...level });
    const [one, two] = [s.transform({ readableStrategy: { highWaterMark: 9 } }), s.transform({ readableStrategy: { highWaterMark: 9 } })];
    const [first, second] = [one.writable.getWriter(), two.writable.getWriter()];
    await first.write({ time: 0, agent: 'A', level: 1 });
    await second.write({ time: 0, agent: 'B', level: 2 });
    await second.write({ time: 0, agent: 'A', level: 3 });
    await Promise.all([second.close(), collect(two.readable).then((results) => expect(results.map(({ agent, fused }) => [agent, fused])).toEqual([['B', 2], ['A', 3]]))]);
    await Promise.all([first.close(), collect(one.readable).then((results) => expect(results.map(({ agent, fused }) => [agent, fused])).toEqual([['A', 1]]))]);
    s.dispose();
  });

  test('rows that come too late, since another stream or a tick was faster, are bad rows and leave no readings behind', async () => {
    const s = await createSensorium({ backend, agents: 2, channels: { level: {} }, modalities: { level: { hold: 'once' } } });
    const told: [string, string, string, unknown][] = [];
    const wide = { readableStrategy: { highWaterMark: 9 } };
    const one = s.transform({ ...wide, onBadRow: ({ where, expected, got }, row) => told.push([where, expected, got, row]) });
    const [two, three] = [s.transform(wide), s.transform(wide)];
    const [first, second, third] = [one.writable.getWriter(), two.writable.getWriter(), three.writable.getWriter()];
    const late = { time: 0, agent: 'a', level: 10 };
    await first.write(late);
    await third.write({ time: 0, agent: 'a', level: 20 });
    for (const time of [0, 1, 2]) await second.write({ time, agent: 'b', level: 1 });
    await first.write({ time: 1, agent: 'a', level: 11 });
    expect(told).toEqual([['row 1, time', '1 or later, for time does not run backwards', 'the number 0', late]]);
    expect(s.sensors.level[0]).toBeNaN();
    expect(await failed(third.close())).toMatchObject({ code: 'bad_row', where: 'row 1, time', expected: '1 or later, for time does not run backwards' });
    s.tick(1.5);
    await first.close();
    expect(told.slice(1)).toEqual([['row 2, time', '1.5 or later, for time does not run backwards', 'the number 1', { time: 1, agent: 'a', level: 11 }]]);
    await second.close();
    expect((await collect(two.readable)).map(({ time, agent }) => [time, agent])).toEqual([[0, 'b'], [1, 'b'], [2, 'b']]);
    expect(await collect(one.readable)).toEqual([]);
    expect(s.sensors.level[0]).toBeNaN();
    s.dispose();
  });

  test('a row that would tick inside a handler leaves nothing behind, and an error of onBadRow is its own', async () => {
    const s = await createSensorium({ backend, channels: { level: {} }, modalities: { level: { hold: 'once' } } });
    const { writable, readable } = s.transform({ readableStrategy: { highWaterMark: 9 } });
    const writer = writable.getWriter();
    // Only a stream that has started takes a row at once.
    await new Promise((resolve) => setTimeout(resolve));
    let write: Promise<unknown> | undefined;
    s.on('sensor-lost', () => (write = failed(writer.write({ time: 9, level: 5 }))));
    s.sensors.level[0] = 1;
    s.tick(0);
    s.tick(8);
    expect(await write).toMatchObject({ code: 'tick_during_events', where: 'tick' });
    expect(s.sensors.level[0]).toBeNaN();
    await failed(readable.getReader().read());

    const calls: string[] = [];
    const strict = s.transform({
      onBadRow: (error) => {
        calls.push(error.where);
        throw error;
      },
    });
    expect((await failed(collect(source([{ time: 1 }]).pipeThrough(strict)))).where).toBe('row 1, time');
    expect(calls).toEqual(['row 1, time']);
    s.dispose();
  });

  test('reset and restore drop the rows that wait, and any time may come next as the engine has it', async () => {
    const s = await createSensorium({ backend, agents: 2, ...level });
    const { writable, readable } = s.transform({ readableStrategy: { highWaterMark: 9 } });
    const writer = writable.getWriter();
    await writer.write([{ time: 100, agent: 'north', level: 1 }, { time: 101, agent: 'south', level: 111 }]);
    s.reset();
    await writer.write([{ time: 4, agent: 'north', level: 2 }, { time: 5, agent: 'south', level: 3 }]);
    const snapshot = s.snapshot();
    await writer.write([{ time: 8, agent: 'north', level: 4 }, { time: 9, agent: 'south', level: 5 }]);
    s.restore(snapshot);
    await writer.write({ time: 5, agent: 'south', level: 6 });
    await writer.close();
    expect((await collect(readable)).map(({ time, agent, fused }) => [time, agent, fused])).toEqual([
      [100, 'north', 1],
      [4, 'north', 2],
      [5, 'south', 3],
      [8, 'north', 4],
      [5, 'south', 6],
    ]);
    s.dispose();
  });

  test('a value given twice, and one that is too large, are bad; an infinity is no reading', async () => {
    const s = await createSensorium({ backend, channels: { 'tank.level': {} }, map: { capacity: 4, merge_radius: 1 } });
    const wrong = async (row: Row) => await failed(collect(source([{ time: 0, ...row }]).pipeThrough(s.transform())));
    expect(await wrong({ 'tank.level': 1, tank: { level: 1 } })).toMatchObject({ code: 'bad_row', where: 'row 1, tank.level', expected: 'each value once' });
    expect(await wrong({ tank: { level: 1 }, 'tank.level': null })).toMatchObject({ code: 'bad_row', where: 'row 1, tank.level' });
    expect(await wrong({ tank: { level: 1e300 } })).toMatchObject({ code: 'bad_row', expected: 'a number that fits into 32 bits' });
    expect(s.statistics.cycles).toBe(0);
    const rows = [{ time: 0, tank: { level: 1, }, position: { x: 1, y: 0 } }, { time: 5, 'tank.level': Infinity }, { time: 6, tank: { level: 2 }, 'tank.level': undefined, 'position.x': -Infinity }];
    const results = await collect(source(rows).pipeThrough(s.transform()));
    expect(results.map(({ lost, place }) => [lost, place])).toEqual([[[], 0], [['tank'], 0], [[], null]]);
    s.dispose();
  });

  test('an engine that is disposed of ends its stream', async () => {
    const s = await createSensorium({ backend, ...level });
    const stream = s.transform();
    s.dispose();
    expect(await failed(collect(source([{ time: 0 }]).pipeThrough(stream)))).toMatchObject({ code: 'disposed', got: 'a use of transform' });
  });

  test('text of a response, line by line', async () => {
    const s = await createSensorium({ backend, ...level });
    const text = new Response('time,level\n0,0.5\n1,0.25\n2,\n').body!.pipeThrough(new TextDecoderStream() as unknown as TransformStream<Uint8Array, string>);
    let rest = '';
    let line = 0;
    const rows = new TransformStream<string, Row>({
      transform(chunk, controller) {
        const lines = (rest + chunk).split('\n');
        rest = lines.pop()!;
        for (const [time, reading] of lines.map((cells) => cells.split(','))) {
          if (line++ > 0) controller.enqueue({ time: Number(time), level: reading === '' ? null : Number(reading) });
        }
      },
    });
    const results = await collect(text.pipeThrough(rows).pipeThrough(s.transform()));
    expect(results.map(({ fused }) => fused)).toEqual([0.5, 0.25, 0.25]);
    s.dispose();
  });
});
