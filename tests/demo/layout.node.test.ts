// Where things are: on phones, on narrow screens, and after a change of size.
import type { Page } from 'playwright';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { Demo, hasChromium, ticks } from './page.ts';

const phone = { viewport: { width: 390, height: 844 }, hasTouch: true };

describe.skipIf(!hasChromium)('layout', () => {
  let demo: Demo;
  beforeAll(async () => {
    demo = await Demo.start();
  }, 180_000);
  afterAll(async () => demo?.stop());

  const pick = (page: Page, agent: number) =>
    page.evaluate((value) => {
      const input = document.getElementById('agent') as HTMLInputElement;
      input.value = String(value);
      input.dispatchEvent(new Event('change'));
    }, agent);

  test('a phone: the map first, Pause in reach, a swipe scrolls, and to look at others moves nothing', async () => {
    const page = await demo.open('#agents=500', phone);
    await ticks(page, 60);
    const map = (await page.locator('#map').boundingBox())!;
    expect(map.y).toBeLessThan(300);
    expect((await page.locator('#run').boundingBox())!.y).toBeGreaterThan(700);
    const touch = () => page.locator('#map').evaluate((canvas) => getComputedStyle(canvas).touchAction);
    expect(await touch()).toBe('pan-y');
    await page.locator('#map').tap({ position: { x: 60, y: 60 } });
    expect(await touch()).toBe('none');
    await page.locator('#network-card').scrollIntoViewIfNeeded();
    await page.evaluate(() => {
      (globalThis as unknown as { moved: number }).moved = 0;
      new PerformanceObserver((list) => list.getEntries().forEach((entry) => ((globalThis as unknown as { moved: number }).moved += (entry as unknown as { value: number }).value))).observe({ type: 'layout-shift' });
    });
    for (const agent of [3, 17, 99]) {
      await pick(page, agent);
      await ticks(page, 30);
    }
    expect(await page.evaluate(() => (globalThis as unknown as { moved: number }).moved)).toBeLessThan(0.005);
  }, 180_000);

  test('320 pixels: nothing is wider than its card, whatever is shown', async () => {
    const page = await demo.open('#agents=50', { viewport: { width: 320, height: 640 } });
    await ticks(page, 5);
    for (const source of ['world', 'live', 'recording']) {
      await page.locator(`#source-${source}`).click();
      expect(await page.evaluate(() => document.documentElement.scrollWidth)).toBeLessThanOrEqual(320);
      const wide = await page.evaluate(() => [...document.querySelectorAll('.card :is(input, select, table, dl, ol)')].filter((each) => each.getBoundingClientRect().right > each.closest('.card')!.getBoundingClientRect().right).map(({ id }) => id));
      expect(wide).toEqual([]);
    }
    await page.locator('#source-world').click();
    const narrow = await page.evaluate(() => {
      const figure = document.getElementById('latency')!;
      figure.textContent = '112.3 · 150.9 · 174.2';
      return figure.scrollWidth - figure.clientWidth;
    });
    expect(narrow).toBeLessThanOrEqual(0);
  }, 120_000);

  test('another size shows the whole site again, until somebody zooms', async () => {
    const page = await demo.open('#agents=100');
    await ticks(page, 5);
    await page.locator('#run').click();
    const shot = async () => (await page.waitForTimeout(500), (await page.locator('#map').screenshot()).toString('base64'));
    await page.setViewportSize({ width: 700, height: 900 });
    const resized = await shot();
    await page.evaluate(() => document.getElementById('all')!.click());
    expect((await shot()) === resized).toBe(true);
  }, 120_000);

  test('an agent chosen while all stands still has readings; the mark of an event goes when the chart has passed it', async () => {
    const page = await demo.open('#agents=50&speed=max');
    await page.locator('#events button').first().waitFor({ timeout: 60_000 });
    await page.locator('#run').click();
    await page.waitForTimeout(500);
    await pick(page, 7);
    await page.waitForTimeout(500);
    const readings = await page.locator('#sensors td:nth-child(2)').allTextContents();
    expect(readings.filter((text) => text === '–')).toEqual([]);
    await page.locator('#events button').first().click();
    expect(await page.locator('#marked').textContent()).toMatch(/event at/);
    await page.locator('#run').click();
    await expect.poll(() => page.locator('#marked').textContent(), { timeout: 60_000 }).toBe('');
  }, 180_000);

  test('what to watch is told of each fault', async () => {
    const page = await demo.open('#agents=10');
    const before = await page.locator('#hint').textContent();
    await page.locator('#fault').selectOption('drift');
    expect(await page.locator('#hint').textContent()).not.toBe(before);
  }, 60_000);

  test('nothing went wrong', () => expect(demo.wrong).toEqual([]));
});
