// The page of live cycles: built by Vite, served with a strict policy, used as a person would.
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { extname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { Browser, Page } from 'playwright';
import { build } from 'vite';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { hasChromium, launch, mimeTypes, serve } from './chromium.ts';

const policy = "default-src 'none'; script-src 'self' 'wasm-unsafe-eval'; style-src 'self'; img-src 'self'; connect-src 'self'";

describe.skipIf(!hasChromium)('the page of live cycles', () => {
  const outDir = mkdtempSync(join(tmpdir(), 'sensorium-demo-'));
  const wrong: string[] = [];
  let server: { origin: string; close(): void };
  let browser: Browser;
  let page: Page;

  beforeAll(async () => {
    await build({
      root: fileURLToPath(new URL('../../web-demo', import.meta.url)),
      logLevel: 'error',
      build: { outDir, emptyOutDir: true },
    });
    server = await serve(({ url = '/' }, response) => {
      const file = url === '/' ? '/index.html' : url;
      response.writeHead(200, { 'content-type': mimeTypes[extname(file)] ?? 'text/plain', 'content-security-policy': policy });
      response.end(readFileSync(outDir + file));
    });
    browser = await launch();
    page = await browser.newPage();
    page.on('pageerror', (error) => wrong.push(error.message));
    page.on('console', (message) => message.type() === 'error' && wrong.push(message.text()));
    await page.goto(server.origin);
  }, 120_000);
  afterAll(async () => {
    await browser?.close();
    server?.close();
    rmSync(outDir, { recursive: true });
  });

  const number = async (id: string) => Number((await page.locator(`#${id}`).textContent())!.replaceAll(',', ''));
  const more = (id: string, than: number) => expect.poll(() => number(id), { timeout: 20_000 }).toBeGreaterThan(than);

  test('cycles by itself', async () => {
    await more('cycle', 20);
    expect(await page.locator('#engine').textContent()).toMatch(/Backend wasm.*1,000 agents/);
    expect(await page.locator('#readings tr').count()).toBe(13);
    expect(JSON.parse((await page.locator('#output').textContent())!)).toMatchObject({ agent: 0 });
    await expect.poll(() => page.locator('#events li').count(), { timeout: 20_000 }).toBeGreaterThan(5);
  }, 60_000);

  test('pauses and steps', async () => {
    await page.locator('#run').click();
    const before = await number('cycle');
    await page.locator('#step').click();
    await page.locator('#step').click();
    expect(await number('cycle')).toBe(before + 2);
    expect(await page.locator('#run').textContent()).toBe('Run');
  }, 60_000);

  test('looks at another agent, by number and by an event', async () => {
    await page.locator('#agent').fill('7');
    await page.locator('#agent').press('Enter');
    expect(JSON.parse((await page.locator('#output').textContent())!).agent).toBe(7);
    const who = page.locator('#events button').first();
    const name = await who.textContent();
    await who.click();
    expect(`Agent ${await page.locator('#agent').inputValue()}`).toBe(name);
  }, 60_000);

  test('begins anew with other agents and another seed', async () => {
    await page.locator('#seed').fill('5');
    await page.locator('#agents').selectOption('10000');
    await page.locator('#run').click();
    await expect.poll(() => page.locator('#active').textContent(), { timeout: 20_000 }).toMatch(/of 10,000/);
    await page.locator('#rate').selectOption('Infinity');
    await more('cycle', 30);
    expect(await page.locator('#problem').isHidden()).toBe(true);
    expect(wrong).toEqual([]);
  }, 60_000);
});
