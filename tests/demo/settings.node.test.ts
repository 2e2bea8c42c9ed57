// What can be set stands in the address and comes back from it; what cannot be so is left at its default.
import { expect, test } from 'vitest';
import { defaults, fromAddress, toAddress, type Settings } from '../../web-demo/settings.ts';

test('there and back', () => {
  const settings: Settings = { source: 'live', world: 'forest', agents: 5000, seed: 42, engine: 'scalar', speed: Infinity, colouring: 'anomaly', compare: true, agent: 17 };
  expect(fromAddress(toAddress(settings))).toEqual(settings);
  expect(toAddress(defaults)).toBe('');
  expect(fromAddress('')).toEqual(defaults);
});

test.each(['#agents=0', '#agents=1e9', '#agents=ten', '#seed=-1', '#seed=1.5', '#world=__proto__', '#speed=3', '#engine=avx', '#nonsense=1', '#%E0%A4%A'])('%s is as by default', (hash) => {
  expect(fromAddress(hash)).toEqual(defaults);
});

test('an agent that is not there', () => {
  expect(fromAddress('#agents=10&agent=99').agent).toBe(9);
});
