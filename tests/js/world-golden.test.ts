// The golden hashes of the simulated worlds, from WebAssembly: the same bits as from C++ (tests/world/golden_test.cpp has the scenario).
import { worldNames } from 'sensorium/world';
import { expect, test } from 'vitest';
import { viewOf } from '../../dist/backend.js';
import { startWorld } from '../../dist/world/module.js';
import golden from '../golden/world.json' with { type: 'json' };
import { Hash } from './hash.ts';
import { inNode } from './support.ts';

const agents = 100;

test.each(worldNames)('%s', async (name) => {
  const read = inNode ? (await import('../../dist/node-read.js')).read : fetch;
  const running = await startWorld(undefined, read, [['world', name], ['agents', agents], ['seed', 2], ['rain', 10]], '');
  const { port, columns } = running;
  const everyRow = new Uint8Array(agents).fill(1);
  const views = columns.filter(({ rows }) => rows === agents).map((column) => viewOf(running, column, 0));
  const spots = viewOf(running, columns.find((column) => column.name === 'scene.spots')!, 0);
  const hash = new Hash();
  for (let tick = 0; tick < 300; tick++) {
    if (tick === 60) expect(port.happen('intruder', spots[0]!, spots[1]!, 2)).toBe(true);
    if (tick === 90) expect(port.happen('explosion', spots[2]!, spots[3]!, 3)).toBe(true);
    if (tick === 120) expect(port.inject(3, 'lidar', 'noise', 2, 1)).toBe(true);
    if (tick === 120) expect(port.inject(-1, 'audio', 'reorder', 3, 1)).toBe(true);
    port._sensorium_world_step();
    for (const view of views) hash.add(view, everyRow);
  }
  expect(hash.text).toBe((golden as Record<string, string>)[name]);
}, 60_000);
