// The command line's parts that understand a file: cells, records, columns, and the configuration made from them.
import { parse } from 'csv-parse/sync';
import { describe, expect, test } from 'vitest';
import { readIso, readNumber, readReading, readTime, withPoint } from '../../js/cli/cells.ts';
import { profileColumns, readHeader, type Column } from '../../js/cli/columns.ts';
import { printConfig } from '../../js/cli/config.ts';
import { decimal } from '../../js/cli/decimal.ts';
import { findDialect, textOf } from '../../js/cli/dialect.ts';
import { capacity, inferConfig, lostAfter, slowModalities, nameChannels, robustRange } from '../../js/cli/infer.ts';
import { RecordReader, type Row } from '../../js/cli/records.ts';
import { findAgent, findTime, notAChannel } from '../../js/cli/roles.ts';

describe('decimal', () => {
  const shortest = (value: number) => {
    for (let digits = 1; digits <= 9; digits++) {
      const short = Number(value.toPrecision(digits));
      if (Math.fround(short) === value) return String(short);
    }
    throw new Error('nine digits always suffice');
  };

  test('gives the shortest decimal that is the same f32', () => {
    const bits = new Uint32Array(1);
    const value = new Float32Array(bits.buffer);
    const wrong: string[] = [];
    let state = 1;
    for (let i = 0; i < 200_000; i++) {
      state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
      bits[0] = state;
      if (!Number.isFinite(value[0]!)) continue;
      const text = decimal(value[0]!);
      if (Math.fround(Number(text)) !== value[0] || text !== shortest(value[0]!)) wrong.push(text);
    }
    expect(wrong).toEqual([]);
  });

  test('writes numbers as JSON does, without -0', () => {
    const values = [0, -0, 1, -1, 0.1, -0.5, 0.3, 1e-7, -1.5e-10, 16777216, 1e9, -1e9, 123456.789, 999999.9, 9.999999e-5, 0.001, 100, 1e20];
    expect(values.map((value) => decimal(Math.fround(value)))).toEqual([
      '0', '0', '1', '-1', '0.1', '-0.5', '0.3', '1e-7', '-1.5e-10', '16777216', '1000000000', '-1000000000', '123456.79', '999999.9', '0.00009999999', '0.001', '100', '100000000000000000000',
    ]);
  });

  test('is right at every power of two and ten', () => {
    for (let exponent = -126; exponent <= 127; exponent++) expect(Math.fround(Number(decimal(2 ** exponent)))).toBe(2 ** exponent);
    for (let exponent = -37; exponent <= 38; exponent++) expect(decimal(Math.fround(Number(`1e${exponent}`)))).toBe(String(Number(`1e${exponent}`)));
  });
});

describe('cells', () => {
  test('numbers, no readings, and neither', () => {
    expect(['1', ' -2.5 ', '+3', '1e3', '.5', '5.'].map(readNumber)).toEqual([1, -2.5, 3, 1000, 0.5, 5]);
    for (const nothing of ['', '  ', 'NaN', 'nan', 'null', 'NULL', 'NA', 'n/a', 'None', 'inf', '-Infinity']) expect(readNumber(nothing), nothing).toBeNaN();
    for (const bad of ['abc', '1,5', '0x10', '1 2', '12px', '--1', '1e', 'true', '1_000']) expect(readNumber(bad), bad).toBeUndefined();
    expect(readNumber('1e39')).toBe(1e39);
    expect(readReading('1e39')).toBeUndefined();
    expect(readReading('')).toBeNaN();
  });

  test('ISO times, UTC where no zone is given', () => {
    const shown = (cell: string) => readIso(cell)?.shown;
    expect(shown('2015-02-04 17:51:00')).toBe('"2015-02-04T17:51:00.000Z"');
    expect(shown('2015-02-04T17:51:00Z')).toBe('"2015-02-04T17:51:00.000Z"');
    expect(shown('2015-02-04T17:51')).toBe('"2015-02-04T17:51:00.000Z"');
    expect(shown('2015-02-04')).toBe('"2015-02-04T00:00:00.000Z"');
    expect(shown('2015-02-04T17:51:00.25')).toBe('"2015-02-04T17:51:00.250Z"');
    expect(shown('2015-02-04T17:51:00.123456Z')).toBe('"2015-02-04T17:51:00.123456Z"');
    expect(shown('2015-02-04T00:30:00+02:00')).toBe('"2015-02-03T22:30:00.000Z"');
    expect(shown('2015-02-04T23:30:00-0130')).toBe('"2015-02-05T01:00:00.000Z"');
    expect(shown('2015-12-31T24:00:00')).toBe('"2016-01-01T00:00:00.000Z"');
    expect(shown('1969-12-31 23:59:59.5')).toBe('"1969-12-31T23:59:59.500Z"');
    for (const text of ['2015-02-04T17:51:07.125Z', '2400-02-29T01:02:03Z', '1900-03-01T00:00:00Z', '1969-07-20T20:17:40Z']) expect(readIso(text)!.seconds, text).toBe(Date.parse(text) / 1000);
    for (const bad of ['2015-02-30', '2015-13-01', '2015-02-04 25:00', '2015-02-04 12:60', '2015-02-04 24:00:01', '04.02.2015', '2015-02-04T12:00:00+25:00', '20150204', '12:00']) expect(readIso(bad), bad).toBeUndefined();
  });

  test('times in numbers', () => {
    expect(readTime('1.5', 'seconds')).toEqual({ seconds: 1.5, shown: '1.5' });
    expect(readTime('1423072260000', 'milliseconds')).toEqual({ seconds: 1423072260, shown: '1423072260000' });
    expect(readTime('-0', 'seconds')?.shown).toBe('0');
    expect(readTime('', 'seconds')).toBeUndefined();
    expect(readTime('soon', 'seconds')).toBeUndefined();
  });
});

describe('records', () => {
  const read = (text: string, { chunk = Infinity, delimiter = ',', lineEnd = '\n' as '\n' | '\r' } = {}) => {
    const reader = new RecordReader(delimiter, lineEnd);
    const bytes = Buffer.from(text);
    const rows: Row[] = [];
    for (let at = 0; at < bytes.length; at += chunk) rows.push(...reader.push(bytes.subarray(at, at + chunk)));
    return [...rows, ...reader.end()];
  };
  const good = (rows: Row[]) => rows.map(({ line, fields }) => [line, ...fields]);

  const text = 'a,b\r\n1,"two\nlines"\n\n"say ""hi""",4\n"x\r\n\r\ny",ü\n5,6';
  const wanted = [[1, 'a', 'b'], [2, '1', 'two\nlines'], [5, 'say "hi"', '4'], [6, 'x\r\n\r\ny', 'ü'], [9, '5', '6']];
  test('have the line they begin in, also after fields of several lines', () => expect(good(read(text))).toEqual(wanted));
  test.each([1, 2, 3, 7])('are the same in pieces of %i bytes', (chunk) => expect(good(read(text, { chunk }))).toEqual(wanted));
  test('without quotes are what csv-parse makes of them', () => {
    const pieces = ['1', '-2.5', ' x ', 'ü', '', ',', ',', ';', '\n', '\r\n', '\t'];
    for (let seed = 0; seed < 200; seed++) {
      let state = seed;
      const piece = () => pieces[(state = (Math.imul(state, 1664525) + 1013904223) >>> 0) % pieces.length]!;
      const text = Array.from({ length: 60 }, piece).join('');
      const wanted = parse(text, { delimiter: ',', record_delimiter: ['\r\n', '\n'], relax_column_count: true });
      expect(read(text, { chunk: 7 }).map((row) => row.fields)).toEqual(wanted.filter((fields) => fields.length > 1 || fields[0] !== ''));
    }
  });
  test('of old Macs', () => expect(good(read('a;b\r1;2\r', { delimiter: ';', lineEnd: '\r' }))).toEqual([[1, 'a', 'b'], [2, '1', '2']]));

  test('a complete line is a row at once', () => {
    const reader = new RecordReader(',', '\n');
    expect(good(reader.push(Buffer.from('1,2\n3')))).toEqual([[1, '1', '2']]);
    expect(good(reader.push(Buffer.from(',4\n')))).toEqual([[2, '3', '4']]);
    expect(good(reader.push(Buffer.from('"5",6\n')))).toEqual([[3, '5', '6']]);
  });

  test.each([
    ['a quote that is not closed', '1,2\n3,"4\n5,6\n7,8\n', [2], [1, 3, 4]],
    ['one closed by a later row', '1,2\n3,"4\n5,"a"\n7,8\n', [2], [1, 3, 4]],
    ['a quote inside a field', '1,2\n3,4"5"\n5,6\n', [2], [1, 3]],
    ['text after a quote', '1,2\n3,"4"x\n"5",6\n', [2], [1, 3]],
    ['a quote alone at the end', '1,2\n3,"', [2], [1]],
  ])('%s spoils its own line only', (_, bad, badLines, goodLines) => {
    for (const chunk of [Infinity, 3]) {
      const rows = read(bad, { chunk });
      expect(rows.filter((row) => row.bad).map((row) => row.bad!.line)).toEqual(badLines);
      expect(rows.filter((row) => !row.bad).map((row) => row.line)).toEqual(goodLines);
      expect(rows.find((row) => row.bad)!.bad!.column).toBe('2');
    }
  });

  test('a quote is not waited for without end', () => {
    const reader = new RecordReader(',', '\n');
    const rows = reader.push(Buffer.from(`1,"2\n${'3,4\n'.repeat(20_000)}`));
    expect(rows[0]!.bad?.line).toBe(1);
    expect(rows).toHaveLength(20_001);
  });

  test('a line without end is refused', () => {
    const reader = new RecordReader(',', '\n');
    expect(() => reader.push(Buffer.alloc(2_000_000, 'x'))).toThrow(/line 1: expected lines of at most/);
  });
});

describe('dialect', () => {
  const find = (text: string) => findDialect(Buffer.from(text)).delimiter;
  test('finds the delimiter', () => {
    expect(find('a,b\n1,2\n')).toBe(',');
    expect(find('a;b\n1;2\n')).toBe(';');
    expect(find('a\tb\n1\t2\n')).toBe('\t');
    expect(find('a|b\n1|2\n')).toBe('|');
    expect(find('value\n1\n2\n')).toBe(',');
    expect(find('time;note;x\n2020-01-01 10:00:00;a, b;1.5\n2020-01-01 10:00:01;c, d;2.5\n')).toBe(';');
    expect(find('a;b\n1,5;2,5\n3,5;4,5\n')).toBe(';');
    expect(find('"a,b";c\n"1,2";3\n')).toBe(';');
    expect(find('x,"note"\n1,"a;b;c"\n2,"d;e;f"\n')).toBe(',');
  });
  test('decimal commas', () => {
    expect(findDialect(Buffer.from('a;b\n1,5;2,5\n')).decimal).toBe(',');
    expect(findDialect(Buffer.from('a;b\n1.5;2.5\n')).decimal).toBe('.');
    expect(findDialect(Buffer.from('a,b\n1,5\n')).decimal).toBe('.');
    expect(['1,5', '-,5e3', '1.5', 'a,b', '1,234.5'].map(withPoint)).toEqual(['1.5', '-.5e3', '1.5', 'a,b', '1,234.5']);
  });
  test('line ends', () => {
    expect(findDialect(Buffer.from('a,b\r\n1,2\r\n')).lineEnd).toBe('\n');
    expect(findDialect(Buffer.from('a,b\r1,2\r')).lineEnd).toBe('\r');
  });
  test('refuses what is no UTF-8 text', () => {
    expect(textOf(Buffer.from('\ufeffa,b')).toString()).toBe('a,b');
    expect(() => textOf(Buffer.from([0x1f, 0x8b, 8]))).toThrow(/gzip/);
    expect(() => textOf(Buffer.from('\ufeffa', 'utf16le'))).toThrow(/UTF-16/);
    expect(() => textOf(Buffer.from([65, 0, 66]))).toThrow(/binary/);
  });
});

const table = (text: string, known?: boolean) => {
  const reader = new RecordReader(',', '\n');
  const [first, ...rows] = [...reader.push(Buffer.from(text)), ...reader.end()].map((row) => row.fields);
  const header = readHeader(first!, rows, known);
  return { header, columns: profileColumns(header, header.present ? rows : [first!, ...rows]) };
};
const named = (columns: Column[], name: string) => columns.find((column) => column.name === name)!;

describe('header', () => {
  const names = (text: string, known?: boolean) => table(text, known).header.names;
  test('is found where its cells differ in kind from those below', () => {
    expect(names('a,b\n1,2\n')).toEqual(['a', 'b']);
    expect(names('time,1,2\n0,5,6\n')).toEqual(['time', '1', '2']);
    expect(names('1,2\n3,4\n')).toEqual(['column1', 'column2']);
    expect(names('room,1.5\nhall,2.5\n')).toEqual(['column1', 'column2']);
    expect(names('2020-01-01,1\n2020-01-02,2\n')).toEqual(['column1', 'column2']);
    expect(names('a,b\n')).toEqual(['a', 'b']);
    expect(names('a,b\n1,2\n', false)).toEqual(['column1', 'column2']);
  });
  test('one name short: the first field is a row name', () => {
    const { header } = table('"date","t"\n"1","2020-01-01",5\n"2","2020-01-02",6\n');
    expect(header.names).toEqual([undefined, 'date', 't']);
    expect(header.notes.join()).toMatch(/row name/);
  });
  test('a delimiter too many at the end of the rows is not a row name', () => {
    expect(names('a,b\n1,2,\n3,4,\n')).toEqual(['a', 'b', undefined]);
    expect(names('a,b,\n1,2,\n3,4,\n')).toEqual(['a', 'b', undefined]);
  });
  test('the unnamed index of pandas', () => expect(names(',a,b\n0,1,2\n1,3,4\n')).toEqual([undefined, 'a', 'b']));
  test('names twice, and none', () => expect(names('x,x,,y\n1,2,3,4\n')).toEqual(['x', 'x (2)', 'column3', 'y']));
  test('of another length is a problem', () => expect(table('a,b,c,d\n1,2\n3,4\n').header.problem).toEqual({ expected: "a name for each of the rows' 2 fields", got: '4 names' }));
});

describe('roles', () => {
  const time = (text: string) => {
    const found = findTime(table(text).columns);
    return found && [found.column.name, found.format];
  };
  test('time', () => {
    expect(time('v,when\n1,2020-01-01 10:00:00\n2,2020-01-01 10:00:01\n')).toEqual(['when', 'iso']);
    expect(time('made,timestamp,v\n2020-01-01,2021-01-01,1\n2020-01-01,2021-01-02,2\n')).toEqual(['timestamp', 'iso']);
    expect(time('Time,v\n0,1\n0.5,2\n0.5,2\n')).toEqual(['Time', 'seconds']);
    expect(time('Time (s),v\n0,1\n1,2\n')).toEqual(['Time (s)', 'seconds']);
    expect(time('time_ms,v\n0,1\n20,2\n')).toEqual(['time_ms', 'milliseconds']);
    expect(time('ts,v\n1423072260000,1\n1423072261000,2\n')).toEqual(['ts', 'milliseconds']);
    expect(time('a,b\n1,2\n2,3\n')).toBeUndefined();
    expect(time('time_to_failure,v\n9,1\n8,2\n7,3\n')).toBeUndefined();
    // A step back in a column called just so is a bad line, not another meaning.
    expect(time('time,v\n1,1\n2,2\n1.5,3\n')).toEqual(['time', 'seconds']);
    expect(time('date,v\n04/02/2015,1\n05/02/2015,2\n')).toBeUndefined();
  });

  const agent = (text: string, times: number[] = []) => findAgent(table(text).columns, undefined, times)?.name;
  test('agent', () => {
    expect(agent('device,v\na,1\nb,2\n')).toBe('device');
    expect(agent('Agent ID,v\n7,1\n8,2\n7,3\n')).toBe('Agent ID');
    expect(agent('id,v\n1,1\n2,2\n3,3\n')).toBeUndefined();
    expect(agent('id,v\nx1,1\nx2,2\n')).toBeUndefined();
    expect(agent('id,v\nx1,1\nx2,2\nx1,3\n')).toBe('id');
    expect(agent('device,v\n0.5,1\n0.5,2\n')).toBeUndefined();
    expect(agent('name,v\na,1\na,2\n')).toBeUndefined();
    // A sample of one tick, in which no agent comes again.
    expect(agent('agent,v\n1,1\n2,2\n3,3\n', [0, 0, 0])).toBe('agent');
    expect(agent('agent,v\n1,1\n2,2\n3,3\n', [0, 1, 2])).toBeUndefined();
  });

  test('what is no channel', () => {
    const reasons = table('anomaly,is_target,Occupancy,id,class size,v\n0,1,1,1,3,5\n1,0,0,2,4,6\n').columns.map((column) => notAChannel(column));
    expect(reasons).toEqual(['a label, by its name', 'a label, by its name and its values 0 and 1', undefined, 'the number of the row', undefined, undefined]);
  });

  test('a few bad cells do not change what a column is', () => {
    const { columns } = table('a,b,c,d\n1,x,,2020-01-01\n2,y,,oops\noops,3,,2020-01-02\n');
    expect(columns.map((column) => column.kind)).toEqual(['number', 'text', 'empty', 'time']);
    expect(named(columns, 'a').numbers).toEqual([1, 2]);
  });
});

describe('inference', () => {
  test('robust ranges', () => {
    const plain = Array.from({ length: 1000 }, (_, i) => i / 10);
    expect(robustRange(plain)).toEqual({ min: -24, max: 124 });
    const spike = [...plain];
    spike[500] = 1e9;
    expect(robustRange(spike)).toEqual(robustRange(plain));
    expect(robustRange([5, 5, 5])).toEqual({ min: 1.2, max: 8.8 });
    expect(robustRange([0])).toEqual({ min: -0.8, max: 0.8 });
    expect(robustRange([-20])).toEqual({ min: -35, max: -5 });
    // Nearly always the same: the rare others are the range.
    expect(robustRange([...Array.from({ length: 999 }, () => 1), 3])).toEqual({ min: 0.5, max: 3.5 });
    const { min, max } = robustRange([]);
    expect(min).toBeLessThan(max);
    // Too narrow for f32 counts as constant.
    const narrow = robustRange([1e6, 1e6 + 0.01]);
    expect(Math.fround(narrow.max) - Math.fround(narrow.min)).toBeGreaterThan(1000);
  });

  test('names', () => {
    expect(nameChannels(['a', 'b.c', 'Volume Flow', '__proto__', '1'])).toEqual(['a', 'b.c', 'Volume Flow', '__proto__', '1']);
    expect(nameChannels(['co2', 'co2.raw', '.x', 'a..b', 'csv'])).toEqual(['co2', 'csv.co2.raw', 'csv.x', 'csv.a.b', 'csv.csv']);
    const many = Array.from({ length: 17 }, (_, i) => `c${i}`);
    expect(nameChannels(many)).toEqual(many.map((name) => `csv.${name}`));
    expect(nameChannels(many.slice(1))).toEqual(many.slice(1));
    const long = ['ä'.repeat(40), `${'ä'.repeat(40)}b`];
    const names = nameChannels(long);
    expect(new Set(names).size).toBe(2);
    for (const name of names) expect(Buffer.byteLength(name)).toBeLessThanOrEqual(63);
  });

  test('a name that is cut does not take that of another column', () => {
    const taken = `csv.${'x'.repeat(59)}`;
    const names = nameChannels(['x'.repeat(70), taken]);
    expect(new Set(names).size).toBe(2);
  });

  test('lost_after is five median steps, agent by agent', () => {
    expect(lostAfter([0, 60, 120, 600], undefined)).toBe(300);
    expect(lostAfter([0, 0, 1, 1, 2, 2], [0, 1, 0, 1, 0, 1])).toBe(5);
    expect(lostAfter([3, 3], undefined)).toBe(1);
  });

  test('who reads in fewer rows is lost later', () => {
    const channels = [{ channel: 'imu.x', filled: 60 }, { channel: 'lidar.points', filled: 10 }, { channel: 'lidar.range', filled: 8 }, { channel: 'co2', filled: 50 }];
    expect(slowModalities(channels, 60, 0.0833)).toEqual({ lidar: { lost_after: 0.5 } });
  });

  test('room for agents to come', () => {
    expect(capacity([0, 1, 2])).toBe(64);
    expect(capacity(Array.from({ length: 500 }, (_, i) => i))).toBe(4096);
  });

  test('more columns than there may be features and channels', () => {
    const names = Array.from({ length: 70 }, (_, i) => `s${i}`);
    const { columns } = table(`${names.join(',')}\n${names.join(',').replaceAll('s', '')}\n`);
    const { engine, notes } = inferConfig(columns, [], [1], undefined);
    const channels = Object.values(engine.channels!);
    expect(channels).toHaveLength(64);
    expect(channels.filter((channel) => channel.feature !== false)).toHaveLength(32);
    expect(notes.join('\n')).toMatch(/64 channels: left out 6 columns from "s64"/);
    expect(notes.join('\n')).toMatch(/32 features: the columns from "s32"/);
  });

  test('a printed configuration reads back the same', () => {
    const { columns } = table('time,a.x,__proto__,a\n0,1,2,3\n1,2,3,4\n');
    const { engine, columns: mapping } = inferConfig(columns, [columns[0]], [0, 1], undefined);
    const config = { engine, csv: { delimiter: ',', header: true, time: 'time', time_format: 'seconds' as const, agent: null, columns: mapping } };
    const back = JSON.parse(printConfig(config)) as object;
    expect(JSON.stringify(back)).toBe(JSON.stringify({ ...engine, csv: config.csv }));
    expect(Object.keys((back as { channels: object }).channels)).toEqual(['csv.a.x', '__proto__', 'a']);
  });
});
