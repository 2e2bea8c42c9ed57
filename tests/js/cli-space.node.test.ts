// `sensorium run` on files that say where the agents are: neighbours and places, on lines and in the summary.
import { describe, expect, test } from 'vitest';
import { cyclesOf, scratch, sensorium } from './cli-support.ts';

const files = scratch();

/** Three agents in a row, of whom one leaves; the fourth is nowhere. */
const rows = ['0,ann,0,0,0.1', '0,bob,3,0,0.2', '0,cid,3,4,0.3', '0,dot,,,0.4', '1,ann,0,0.5,0.1', '1,bob,3,0,0.2', '1,cid,90,0,0.3'];
const csv = (header: string) => `${header}\n${rows.join('\n')}\n`;
const space = { neighbors: { k: 2, radius: 6 }, map: { capacity: 100, merge_radius: 1, link_radius: 4.5 } };
const config = (more: object = {}) => files.write(`${Math.random()}.json`, JSON.stringify({ ...space, ...more }));

async function run(args: string[], input: string) {
  const { code, stdout, stderr } = await sensorium(['run', '-', ...args], input);
  expect(code, stderr).toBe(0);
  return { cycles: cyclesOf(stdout) as (ReturnType<typeof cyclesOf>[number] & { neighbors: unknown; place: number | null })[], stdout, stderr };
}

const expected = [
  { count: 2, index: [1, 2], distance: [3, 5] },
  { count: 2, index: [0, 2], distance: [3, 4] },
  { count: 2, index: [1, 0], distance: [4, 5] },
  { count: 0, index: [], distance: [] },
  { count: 1, index: [1], distance: [3.0413814] },
  { count: 1, index: [0], distance: [3.0413814] },
  { count: 0, index: [], distance: [] },
];

describe.each(['native', 'wasm'])('%s', (backend) => {
  test('columns by their names', async () => {
    const { cycles, stderr } = await run(['--config', config(), '--backend', backend], csv('time,agent,position.x,position.y,level'));
    expect(cycles.map(({ neighbors }) => neighbors)).toEqual(expected);
    expect(cycles.map(({ place }) => place)).toEqual([0, 1, 2, null, 0, 1, 3]);
    expect(Object.keys(cycles[0]!).slice(-3)).toEqual(['lost', 'neighbors', 'place']);
    // Where somebody is, is not what is sensed.
    expect(stderr).toMatch(/"channels": \{\n\s+"level": .*\n\s+\}/);
    expect(stderr).toMatch(/densest +2 around agent "ann" at 0 s/);
    expect(stderr).toMatch(/places +4, founded 4, forgotten 0\n +links +2, 1 a place/);
  });
});

test('columns that the arguments name, or the configuration maps, in two and three dimensions', async () => {
  const named = await run(['--config', config(), '--position', 'east, north'], csv('time,agent,east,north,level'));
  expect(named.cycles.map(({ neighbors }) => neighbors)).toEqual(expected);
  // What was found out is a configuration for the same.
  const inferred = JSON.parse(named.stderr.slice(named.stderr.indexOf('{'), named.stderr.lastIndexOf('}\nDone') + 1)) as object;
  expect(inferred).toMatchObject({ csv: { columns: { 'position.x': 'east', 'position.y': 'north' } } });
  const again = await run(['--config', files.write('inferred.json', JSON.stringify(inferred))], csv('time,agent,east,north,level'));
  expect(again.stdout).toBe(named.stdout);
  const given = config({ channels: { v: { min: 0, max: 1 } }, csv: { columns: { v: 'level', 'position.x': 'a', 'position.y': 'c', 'position.z': 'b' } } });
  const mapped = await run(['--config', given], 'time,agent,a,b,c,level\n0,1,0,0,0,0.5\n0,2,3,4,0,0.5\n');
  expect(mapped.cycles.map(({ neighbors }) => neighbors)).toEqual([{ count: 1, index: [1], distance: [5] }, { count: 1, index: [0], distance: [5] }]);
});

test('flat columns', async () => {
  const out = files.path('space.csv');
  const { stderr } = await run(['--config', config(), '--out', out], csv('time,agent,position.x,position.y,level'));
  expect(stderr).toContain('Done');
  const { readFileSync } = await import('node:fs');
  const lines = readFileSync(out, 'utf8').trimEnd().split('\n');
  expect(lines[0]).toMatch(/,lost,neighbors\.count,neighbors\.index\.0,neighbors\.index\.1,neighbors\.distance\.0,neighbors\.distance\.1,place$/);
  expect(lines[1]).toMatch(/,,2,1,2,3,5,0$/);
  expect(lines[4]).toMatch(/,,0,,,,,$/);
  expect(new Set(lines.map((line) => line.split(',').length)).size).toBe(1);
});

test('only one of the two, and places of features, which need no positions', async () => {
  const text = csv('time,agent,position.x,position.y,level');
  const near = await run(['--config', files.write('near.json', JSON.stringify({ neighbors: space.neighbors }))], text);
  expect(Object.keys(near.cycles[0]!)).not.toContain('place');
  expect(near.stderr).not.toMatch(/places|links/);
  const places = await run(['--config', files.write('map.json', JSON.stringify({ map: { capacity: 9, from: 'features' } }))], 'time,level\n0,1\n1,1\n2,9\n');
  expect(Object.keys(places.cycles[0]!).at(-1)).toBe('place');
  expect(places.stderr).not.toMatch(/densest/);
});

test('what cannot be is said', async () => {
  const text = csv('time,agent,east,north,level');
  const none = await sensorium(['run', '-', '--config', config()], text);
  expect(none.code).toBe(1);
  expect(none.stderr).toMatch(/got none for position.x and position.y. --position x,y,z names them. The columns there are: time, agent, east/);
  const wrong = await sensorium(['run', '-', '--config', config(), '--position', 'east,south'], text);
  expect(wrong.stderr).toMatch(/position: expected a column of the file, got "south"/);
  const unasked = await sensorium(['run', '-', '--position', 'east,north'], text);
  expect(unasked.code).toBe(1);
  expect(unasked.stderr).toMatch(/--position: expected a configuration with neighbors or map/);
  const one = await sensorium(['run', '-', '--position', 'east'], text);
  expect(one.code).toBe(2);
  const bad = await sensorium(['run', '-', '--config', config(), '--position', 'east,north'], `${text}2,ann,here,0,0.1\n`);
  expect(bad.stderr).toMatch(/line 9, column 3 \(east\): expected a number, or nothing, got "here"/);
});

test('a file with such names and no such options is as it was', async () => {
  const { cycles, stderr } = await run([], csv('time,agent,position.x,position.y,level'));
  expect(Object.keys(cycles[0]!).at(-1)).toBe('lost');
  expect(stderr).toMatch(/"position.x"/);
  expect(stderr).not.toMatch(/densest|places/);
});
