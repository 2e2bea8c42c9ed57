// What a visitor does with the page as a whole: its address, its keys, and a browser that withholds something.
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { Demo, hasChromium, ticks } from './page.ts';

describe.skipIf(!hasChromium)('a visit', () => {
  let demo: Demo;
  beforeAll(async () => {
    demo = await Demo.start();
  }, 180_000);
  afterAll(async () => demo?.stop());

  test('the link to the agent moves the focus, and changes nothing', async () => {
    const hash = '#world=forest&agents=20&seed=7&agent=4&speed=2';
    const page = await demo.open(hash);
    await page.keyboard.press('Tab');
    await page.keyboard.press('Enter');
    expect(await page.evaluate(() => document.activeElement?.id)).toBe('agent-card');
    expect(await page.evaluate(() => location.hash)).toBe(hash);
    await ticks(page, 5);
    expect(await page.locator('#about').textContent()).toMatch(/^20 agents/);
  }, 120_000);

  test('without storage: it starts, and the theme changes', async () => {
    const page = await demo.blank();
    await page.addInitScript(`Object.defineProperty(globalThis, 'localStorage', { get() { throw new DOMException('blocked', 'SecurityError'); } });`);
    await page.goto(`${demo.server.origin}/#agents=10`);
    await ticks(page, 5);
    await page.locator('#theme').click();
    expect(await page.locator('#theme').textContent()).toBe('Theme: light');
  }, 120_000);

  test('nothing went wrong', () => expect(demo.wrong).toEqual([]));
});
