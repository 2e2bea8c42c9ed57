// WCAG 1.4.11: what is drawn, and the borders of what is used, are told from what is behind them in both schemes.
import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';

const style = readFileSync(new URL('../../web-demo/style.css', import.meta.url), 'utf8');
const schemes = style.split(/:root[^{]*\{/).slice(1, 4).map((block) => new Map([...block.split('}')[0]!.matchAll(/--([\w-]+): (#[0-9a-f]{6});/g)].map(([, name, value]) => [name!, value!])));

function luminance(colour: string): number {
  const [red, green, blue] = [1, 3, 5].map((at) => {
    const part = Number.parseInt(colour.slice(at, at + 2), 16) / 255;
    return part <= 0.04045 ? part / 12.92 : ((part + 0.055) / 1.055) ** 2.4;
  });
  return 0.2126 * red! + 0.7152 * green! + 0.0722 * blue!;
}

const contrast = (one: string, other: string) => {
  const [low, high] = [luminance(one), luminance(other)].sort((a, b) => a - b);
  return (high! + 0.05) / (low! + 0.05);
};

test.each([['light', 0], ['dark', 1], ['dark by choice', 2]] as const)('%s', (_, scheme) => {
  const of = (name: string) => schemes[scheme]!.get(name)!;
  for (const state of ['calm', 'alone', 'crowded', 'threatened', 'blind', 'normal', 'low', 'medium', 'alarm', 'doubt', 'half', 'trust', 'sound', 'intruder', 'chosen']) {
    for (const behind of ['site', 'obstacle']) expect(contrast(of(state), of(behind)), `${state} on ${behind}`).toBeGreaterThanOrEqual(3);
  }
  expect(contrast(of('place'), of('site')), 'place').toBeGreaterThanOrEqual(3);
  for (const behind of ['card', 'paper']) expect(contrast(of('edge'), of(behind)), `edge on ${behind}`).toBeGreaterThanOrEqual(3);
  // Not by hue alone.
  expect(contrast(of('calm'), of('alone')), 'calm and alone').toBeGreaterThanOrEqual(1.5);
});
