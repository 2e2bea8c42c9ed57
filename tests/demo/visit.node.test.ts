// What a visitor does with the page as a whole: its address, its keys, and a browser that withholds something.
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { Demo, hasChromium, tickOf, ticks, withWorker } from './page.ts';

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

  test('the browser goes back through worlds and sources, and the address says which', async () => {
    const page = await demo.open('#agents=20');
    const hash = () => page.evaluate(() => location.hash);
    await page.locator('#world').selectOption('forest');
    await page.locator('#agent').fill('5');
    await page.locator('#agent').press('Enter');
    await page.locator('#colouring').selectOption('confidence');
    await page.locator('#source-recording').click();
    await expect.poll(hash).toBe('#source=recording&world=forest&agents=20&colouring=confidence&agent=5');
    await page.goBack();
    expect(await page.locator('#source-world').getAttribute('aria-pressed')).toBe('true');
    await ticks(page, 3);
    await page.goBack();
    await expect.poll(() => page.locator('#world').inputValue()).toBe('plaza');
    expect(await hash()).toBe('#agents=20');
    await page.locator('#agent').fill('7');
    await page.locator('#agent').press('Enter');
    await page.locator('#agent').fill('');
    await page.locator('#agent').press('Tab');
    expect(await page.locator('#agent').inputValue()).toBe('7');
  }, 120_000);

  test('a link to a source of one’s own: says what to do, and shows nobody else’s agent', async () => {
    const page = await demo.blank();
    await page.goto(`${demo.server.origin}/#source=live&agents=20`);
    const nothing = page.locator('#nothing');
    await nothing.waitFor();
    expect(await nothing.textContent()).toMatch(/switch a sensor on/);
    expect(await page.locator('#live-card').isVisible()).toBe(true);
    // Also after a world was there, which an address brings back.
    await page.evaluate(() => (location.hash = '#agents=30'));
    await ticks(page, 3);
    await page.locator('#source-recording').click();
    expect(await nothing.textContent()).toMatch(/choose a file/);
    for (const id of ['agent-card', 'meter-card', 'events-card']) expect(await page.locator(`#${id}`).isVisible(), id).toBe(false);
    await page.evaluate(() => (location.hash = '#agents=30&world=warehouse'));
    await page.locator('#map-card').waitFor();
    await expect.poll(() => page.locator('#about').textContent()).toMatch(/^30 agents/);
    await ticks(page, 3);
  }, 120_000);

  test('plain JavaScript beside the engine: on and off while the world goes on', async () => {
    const page = await demo.open('#agents=2000');
    await ticks(page, 3);
    const ratio = page.locator('#ratio');
    await page.locator('#compared').check();
    const before = await tickOf(page);
    await expect.poll(() => ratio.textContent(), { timeout: 60_000 }).toMatch(/times as long/);
    expect(await tickOf(page)).toBeGreaterThan(before);
    await page.locator('#compared').uncheck();
    await expect.poll(() => ratio.textContent(), { timeout: 30_000 }).toBe('');
    expect(await tickOf(page)).toBeGreaterThan(before);
    await page.locator('#compared').check();
    await page.locator('#agents').fill('0');
    await expect.poll(() => ratio.textContent(), { timeout: 60_000 }).toMatch(/Too short to measure/);
  }, 180_000);

  test('a lost graphics card: said so, and drawn again when it is back', async () => {
    const page = await demo.blank();
    await withWorker(page, `{
      const get = OffscreenCanvas.prototype.getContext;
      const orders = new BroadcastChannel('card');
      OffscreenCanvas.prototype.getContext = function (...all) {
        const context = get.apply(this, all);
        const card = context?.getExtension?.('WEBGL_lose_context');
        if (card) orders.onmessage = ({ data }) => card[data]();
        return context;
      };
    }`);
    await page.goto(`${demo.server.origin}/#agents=100`);
    await ticks(page, 3);
    const order = (name: string) => page.evaluate((data) => new BroadcastChannel('card').postMessage(data), name);
    const map = () => page.locator('#map').screenshot();
    const changes = async () => {
      const before = await map();
      await ticks(page, 20);
      return Buffer.compare(before, await map()) !== 0;
    };
    expect(await changes()).toBe(true);
    await order('loseContext');
    await page.locator('#problem', { hasText: 'graphics card' }).waitFor();
    await page.locator('#theme').click();
    await order('restoreContext');
    await page.locator('#problem').waitFor({ state: 'hidden' });
    expect(await changes()).toBe(true);
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
