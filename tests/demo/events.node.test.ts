// The lists of events among two thousand agents, of whom something happens to somebody all the time.
import type { Page } from 'playwright';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { Told } from '../../web-demo/alarms.ts';
import { Demo, hasChromium } from './page.ts';

test('of each kind so many are told, and all of the chosen agent', () => {
  const told = new Told(1);
  told.agent = 3;
  for (const kind of ['anomaly-begin', 'blind-begin'] as const) for (const agent of [1, 2, 3]) told.hear({ kind, agent, time: 0 } as Parameters<Told['hear']>[0]);
  expect(told.take().map(({ kind, agent }) => `${kind} ${agent}`)).toEqual(['anomaly-begin 1', 'anomaly-begin 3', 'blind-begin 1', 'blind-begin 3']);
});

describe.skipIf(!hasChromium)('events', () => {
  let demo: Demo;
  let page: Page;
  const first = () => page.locator('#events button').first().textContent();
  const soon = <T>(get: () => Promise<T>) => expect.poll(get, { timeout: 60_000 });
  beforeAll(async () => {
    demo = await Demo.start();
    page = await demo.open('#agents=2000&agent=3');
    await page.locator('#events button').nth(5).waitFor({ timeout: 60_000 });
  }, 180_000);
  afterAll(async () => demo?.stop());

  test('those of the chosen agent stay', async () => {
    await page.locator('#modality').selectOption('lidar');
    await page.locator('#seconds').selectOption('20');
    await page.locator('#faults button').click();
    const lost = page.locator('#own-events .sensor-lost.on', { hasText: 'lidar' });
    await lost.waitFor({ timeout: 60_000 });
    // As long as it takes to push all others out of everyone's.
    const before = await first();
    await soon(async () => (await page.locator('#events').textContent())!.includes(before!)).toBe(false);
    expect(await lost.count()).toBe(1);
    expect(await page.locator('.neighbor-enter').count()).toBe(0);
  }, 180_000);

  test('hold still under the mouse, and say how many are new', async () => {
    await page.locator('#events').hover();
    const before = await first();
    await page.locator('#events-fresh').waitFor({ timeout: 60_000 });
    expect(await first()).toBe(before);
    await page.locator('#events-fresh').click();
    expect(await first()).not.toBe(before);
  }, 120_000);

  test('one stop for Tab, arrow keys from there, and a focused row stays', async () => {
    await page.locator('#events [tabindex="0"]').focus();
    await page.keyboard.press('ArrowDown');
    await page.locator('#events-fresh').waitFor({ timeout: 60_000 });
    expect(await page.evaluate(() => [...document.querySelectorAll('#events button')].indexOf(document.activeElement!))).toBe(1);
    expect(await page.locator('#events [tabindex="0"]').count()).toBe(1);
  }, 120_000);

  test('nothing went wrong', () => expect(demo.wrong).toEqual([]));
});
