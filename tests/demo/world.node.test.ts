// The demo's simulated world, as a visitor uses it.
import axe from 'axe-core';
import type { Page } from 'playwright';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { Demo, hasChromium, tickOf, ticks, withWorker } from './page.ts';

describe.skipIf(!hasChromium)('the simulated world', () => {
  let demo: Demo;
  let page: Page;
  const text = (id: string) => page.locator(`#${id}`).textContent();
  const soon = (id: string) => expect.poll(() => text(id), { timeout: 60_000 });

  beforeAll(async () => {
    demo = await Demo.start();
    page = await demo.open('#agents=200');
  }, 180_000);
  afterAll(async () => demo?.stop());

  test('ticks by itself, and shows an agent', async () => {
    await ticks(page, 20);
    expect(await page.locator('#sensors tbody tr').count()).toBe(13);
    expect(Number(await text('confidence-value'))).not.toBeNaN();
    expect(await page.locator('#network circle').count()).toBe(14);
    expect(await page.locator('#forecast canvas').count()).toBe(1);
    expect(await page.locator('#truth').isVisible()).toBe(true);
    await soon('throughput').toMatch(/\d/);
  }, 120_000);

  test('the map changes, and shows who is there', async () => {
    const shot = () => page.locator('#map').screenshot();
    const before = await shot();
    await ticks(page, 30);
    expect(Buffer.compare(before, await shot())).not.toBe(0);
  }, 120_000);

  test('pauses and steps', async () => {
    await page.locator('#run').click();
    expect(await text('run')).toBe('Run');
    await expect.poll(async () => (await tickOf(page)) === (await page.waitForTimeout(300), await tickOf(page)), { timeout: 30_000 }).toBe(true);
    const before = await tickOf(page);
    await page.locator('#step').click();
    await expect.poll(() => tickOf(page), { timeout: 30_000 }).toBe(before + 1);
    await page.locator('#step').click();
    await expect.poll(() => tickOf(page), { timeout: 30_000 }).toBe(before + 2);
    await page.locator('#run').click();
    await ticks(page, 2);
  }, 120_000);

  test('chooses an agent by number, by a click on the map, and by an event', async () => {
    await page.locator('#agent').fill('7');
    await page.locator('#agent').press('Enter');
    await expect.poll(() => page.evaluate(() => location.hash)).toContain('agent=7');
    await page.locator('#map').click({ position: { x: 300, y: 200 } });
    await expect.poll(() => page.locator('#agent').inputValue(), { timeout: 30_000 }).not.toBe('7');
    const who = page.locator('#events button').first();
    await who.waitFor({ timeout: 60_000 });
    const agent = await who.getAttribute('data-agent');
    await who.click();
    await expect.poll(() => page.locator('#agent').inputValue()).toBe(agent);
    expect(await text('marked')).toContain(await page.locator('#events :focus time').textContent());
  }, 120_000);

  test('a fault by hand is noticed', async () => {
    await page.locator('#agent').fill('3');
    await page.locator('#agent').press('Enter');
    await page.locator('#modality').selectOption('lidar');
    await page.locator('#fault').selectOption('dropout');
    await page.locator('#seconds').selectOption('20');
    await page.locator('#faults button').click();
    await soon('done').toContain('LiDAR of this agent'.replace('this agent', 'agent 3'));
    await expect.poll(() => page.locator('#truth').textContent(), { timeout: 60_000 }).toContain('lidar dropout');
    await page.locator('#own-events .sensor-lost', { hasText: 'lidar' }).first().waitFor({ timeout: 120_000 });
    await expect.poll(() => page.locator('#sensors tr.lost').count(), { timeout: 60_000 }).toBeGreaterThan(0);
    await page.locator('#fault').selectOption('none');
    await page.locator('#faults button').click();
    await page.locator('#own-events .sensor-lost:not(.on)', { hasText: 'lidar for' }).first().waitFor({ timeout: 120_000 });
  }, 300_000);

  test('a spike raises an anomaly in the list', async () => {
    await page.locator('#modality').selectOption('imu');
    await page.locator('#fault').selectOption('spike');
    const anomalies = page.locator('#own-events .anomaly-begin');
    const before = await anomalies.count();
    await page.locator('#faults button').click();
    await expect.poll(() => anomalies.count(), { timeout: 120_000 }).toBeGreaterThan(before);
  }, 180_000);

  test('other agents, another seed, another world, another engine', async () => {
    await page.locator('#world').selectOption('warehouse');
    await page.locator('#seed').fill('5');
    await page.locator('#seed').press('Enter');
    await page.locator('#agents').fill('9');
    await page.locator('#engine').selectOption('scalar');
    await soon('about').toMatch(/^1,000 agents, WebAssembly without SIMD/);
    await ticks(page, 3);
    expect(await page.evaluate(() => location.hash)).toMatch(/world=warehouse/);
  }, 180_000);

  test('the same in plain JavaScript, beside it', async () => {
    await page.locator('#compared').check();
    await soon('ratio').toMatch(/times as long/);
  }, 120_000);

  test('zooms, moves and follows by keys and buttons', async () => {
    await page.locator('#map').focus();
    for (const key of ['+', 'ArrowLeft', 'ArrowUp', '-', '0']) await page.keyboard.press(key);
    await page.locator('#follow').click();
    await expect.poll(() => page.locator('#follow').getAttribute('aria-pressed'), { timeout: 30_000 }).toBe('true');
    await page.locator('#all').click();
    await expect.poll(() => page.locator('#follow').getAttribute('aria-pressed'), { timeout: 30_000 }).toBe('false');
  }, 120_000);

  test('light and dark', async () => {
    const paper = () => page.evaluate(() => getComputedStyle(document.body.parentElement!).backgroundColor);
    const before = await paper();
    await page.locator('#theme').click();
    await page.locator('#theme').click();
    expect(await text('theme')).toBe('Theme: dark');
    expect(await paper()).not.toBe(before);
  }, 60_000);

  test('nothing went wrong', () => expect(demo.wrong).toEqual([]));
});

describe.skipIf(!hasChromium)('without what the demo needs', () => {
  let demo: Demo;
  beforeAll(async () => {
    demo = await Demo.start();
  }, 180_000);
  afterAll(async () => demo?.stop());

  test('no WebGL2: Canvas 2D draws', async () => {
    const page = await demo.blank();
    await withWorker(page, `{ const get = OffscreenCanvas.prototype.getContext; OffscreenCanvas.prototype.getContext = function (kind, ...rest) { return kind === 'webgl2' ? null : get.call(this, kind, ...rest); }; }`);
    await page.goto(`${demo.server.origin}/#agents=100`);
    await expect.poll(() => page.locator('#about').textContent()).toContain('Canvas 2D');
    await ticks(page, 5);
  }, 120_000);

  test('no WebAssembly SIMD: a clear message', async () => {
    const page = await demo.blank();
    await withWorker(page, 'WebAssembly.validate = () => false;');
    await page.goto(demo.server.origin);
    await expect.poll(() => page.locator('#problem').textContent(), { timeout: 60_000 }).toMatch(/SIMD/);
  }, 120_000);
});

describe.skipIf(!hasChromium)('once loaded', () => {
  let demo: Demo;
  beforeAll(async () => {
    demo = await Demo.start();
  }, 180_000);
  afterAll(async () => demo?.stop());

  test('works without a network', async () => {
    const page = await demo.open('#agents=50');
    await page.evaluate(async () => void (await navigator.serviceWorker.ready));
    await expect.poll(() => page.evaluate(() => navigator.serviceWorker.controller !== null), { timeout: 30_000 }).toBe(true);
    await page.context().setOffline(true);
    await page.reload();
    await expect.poll(() => page.locator('#about').textContent(), { timeout: 60_000 }).toMatch(/^50 agents/);
    await ticks(page, 3);
  }, 180_000);

  test('nothing went wrong', () => expect(demo.wrong.filter((message) => !message.includes('ERR_INTERNET_DISCONNECTED'))).toEqual([]));
});

describe.skipIf(!hasChromium)('for everyone', () => {
  let demo: Demo;
  beforeAll(async () => {
    demo = await Demo.start();
  }, 180_000);
  afterAll(async () => demo?.stop());

  test.each(['light', 'dark'] as const)('no serious finding of axe, %s', async (colorScheme) => {
    const page = await demo.open('#agents=50', { colorScheme });
    await ticks(page, 30);
    await page.locator('#run').click();
    await page.evaluate(axe.source);
    for (const source of ['world', 'live', 'recording']) {
      await page.locator(`#source-${source}`).click();
      const { violations } = await page.evaluate(() => (globalThis as unknown as { axe: typeof axe }).axe.run());
      const serious = violations.filter(({ impact }) => impact === 'serious' || impact === 'critical');
      expect(serious.map(({ id, nodes }) => `${id}: ${nodes.map(({ html }) => html).join(' ')}`)).toEqual([]);
    }
  }, 180_000);

  test('a phone: nothing is wider than the screen', async () => {
    const page = await demo.open('#agents=50', { viewport: { width: 375, height: 700 }, hasTouch: true });
    await ticks(page, 5);
    expect(await page.evaluate(() => document.documentElement.scrollWidth)).toBeLessThanOrEqual(375);
  }, 120_000);
});
