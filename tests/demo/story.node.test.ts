// The story at the opening, which nobody has to watch.
import type { BrowserContextOptions } from 'playwright';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { Demo, hasChromium } from './page.ts';

describe.skipIf(!hasChromium)('the story', () => {
  let demo: Demo;
  beforeAll(async () => {
    demo = await Demo.start();
  }, 180_000);
  afterAll(async () => demo?.stop());

  test('is told, and ends at any input', async () => {
    const page = await demo.open();
    await expect.poll(() => page.locator('#follow').getAttribute('aria-pressed'), { timeout: 30_000 }).toBe('true');
    expect(await page.locator('#story').isVisible()).toBe(true);
    await page.keyboard.press('Shift');
    await page.waitForTimeout(3000);
    expect(await page.locator('#story').textContent()).toBe('');
  }, 60_000);

  test.each<[string, string, BrowserContextOptions]>([
    ['with less motion', '', { reducedMotion: 'reduce' }],
    ['by a link', '#agents=50', {}],
  ])('is not told %s', async (_, hash, options) => {
    const page = await demo.open(hash, options);
    await page.waitForTimeout(4000);
    expect(await page.locator('#story').textContent()).toBe('');
  }, 60_000);

  test('nothing went wrong', () => expect(demo.wrong).toEqual([]));
});
