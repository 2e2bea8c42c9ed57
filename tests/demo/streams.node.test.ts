// The visitor's own sensors and files, with Chromium's fake microphone and camera.
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Page } from 'playwright';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { Demo, hasChromium, tickOf, ticks } from './page.ts';

describe.skipIf(!hasChromium)('the visitor’s own', () => {
  const folder = mkdtempSync(join(tmpdir(), 'sensorium-files-'));
  let demo: Demo;
  /** One page for many files. */
  let page: Page | undefined;
  beforeAll(async () => {
    demo = await Demo.start(['--use-fake-device-for-media-stream', '--use-fake-ui-for-media-stream']);
  }, 180_000);
  afterAll(async () => {
    await demo?.stop();
    rmSync(folder, { recursive: true });
  });

  test('microphone and camera become an agent’s sensors', async () => {
    const page = await demo.open('#agents=10', { permissions: ['microphone', 'camera'] });
    await page.locator('#source-live').click();
    expect(await page.locator('#map-card').isVisible()).toBe(false);
    await page.locator('#live-microphone').click();
    await page.locator('#live-camera').click();
    await expect.poll(() => page.locator('#live-microphone-status').textContent(), { timeout: 30_000 }).toBe('on');
    await expect.poll(() => page.locator('#live-camera-status').textContent(), { timeout: 30_000 }).toBe('on');
    await expect.poll(() => page.locator('#about').textContent(), { timeout: 30_000 }).toMatch(/^1 agent,/);
    const reading = (channel: string) => page.locator('#sensors tr', { hasText: channel }).locator('td').first().textContent();
    // Chromium's fake devices beep and show a moving picture.
    await expect.poll(() => reading('camera.brightness'), { timeout: 30_000 }).toMatch(/^0\.\d/);
    await expect.poll(() => reading('microphone.level'), { timeout: 30_000 }).toMatch(/^\d/);
    await ticks(page, 20);
    await page.locator('#live-microphone').click();
    await expect.poll(() => page.locator('#sensors tr.lost').count(), { timeout: 30_000 }).toBe(2);
    await page.locator('#live-motion').click();
    await expect.poll(() => page.locator('#live-motion-status').textContent(), { timeout: 30_000 }).toMatch(/no motion sensor|not allowed/);
    await page.locator('#source-world').click();
    await expect.poll(() => page.locator('#about').textContent(), { timeout: 60_000 }).toMatch(/^10 agents/);
    expect(await page.locator('#live-camera').getAttribute('aria-pressed')).toBe('false');
  }, 240_000);

  test('a permission that comes too late, and a device that goes', async () => {
    const page = await demo.blank({ permissions: ['microphone', 'camera'] });
    await page.addInitScript(`
      globalThis.tracks = [];
      const ask = navigator.mediaDevices.getUserMedia.bind(navigator.mediaDevices);
      navigator.mediaDevices.getUserMedia = async (constraints) => {
        await new Promise((done) => setTimeout(done, 700));
        const stream = await ask(constraints);
        tracks.push(...stream.getTracks());
        return stream;
      };`);
    await page.goto(`${demo.server.origin}/#agents=10`);
    await ticks(page, 3);
    const states = () => page.evaluate('tracks.map(({ readyState }) => readyState).join()');
    const status = (name: string) => page.locator(`#live-${name}-status`).textContent();
    // Left while the browser asks.
    await page.locator('#source-live').click();
    await page.locator('#live-camera').click();
    await page.locator('#source-world').click();
    await expect.poll(states, { timeout: 30_000 }).toBe('ended');
    expect(await page.locator('#about').textContent()).toMatch(/^10 agents/);
    await ticks(page, 3);
    // Switched off while it asks, and on again.
    await page.locator('#source-live').click();
    for (let click = 0; click < 3; click++) await page.locator('#live-microphone').click();
    await expect.poll(states, { timeout: 30_000 }).toBe('ended,ended,live');
    await expect.poll(() => status('microphone'), { timeout: 30_000 }).toBe('on');
    const level = page.locator('#sensors tr', { hasText: 'microphone.level' }).locator('td').first();
    await expect.poll(() => level.textContent(), { timeout: 30_000 }).toMatch(/^\d/);
    await page.evaluate('tracks[2].stop()');
    await expect.poll(() => status('microphone'), { timeout: 30_000 }).toBe('The microphone has gone.');
    await expect.poll(() => page.locator('#sensors tr.lost').count(), { timeout: 30_000 }).toBeGreaterThan(0);
    expect(await page.locator('#live-microphone').getAttribute('aria-pressed')).toBe('false');
  }, 120_000);

  test('a CSV file: mapped, run through, played, scrubbed, its results taken', async () => {
    const rows = Array.from({ length: 400 }, (_, i) => `2026-01-01 00:${String(Math.floor(i / 60)).padStart(2, '0')}:${String(i % 60).padStart(2, '0')},${20 + Math.sin(i / 10)},${i === 300 ? 99 : 50 + (i % 3)}`);
    const path = join(folder, 'room.csv');
    writeFileSync(path, `time,temperature,humidity\n${rows.join('\n')}\n`);
    const page = await demo.open('#agents=10');
    await page.locator('#source-recording').click();
    await page.locator('#file').setInputFiles(path);
    await page.locator('#mapping').waitFor({ timeout: 30_000 });
    expect(await page.locator('#time-column option:checked').textContent()).toBe('time');
    expect(await page.locator('#channel-columns input:checked').count()).toBe(2);
    await page.locator('#mapping button').click();
    await page.locator('#player').waitFor({ timeout: 60_000 });
    await ticks(page, 10);
    await page.locator('#run').click();
    await page.locator('#scrubber').fill('305');
    await expect.poll(() => tickOf(page), { timeout: 30_000 }).toBe(306);
    expect(await page.locator('#played').textContent()).toContain('tick 306 of 400, 2026-01-01 00:05:05');
    await page.locator('#scrubber').fill('298');
    await page.locator('#step').click({ clickCount: 4 });
    await page.locator('#events .anomaly-begin').first().click();
    await expect.poll(() => tickOf(page), { timeout: 30_000 }).toBe(301);
    const [download] = await Promise.all([page.waitForEvent('download'), page.locator('#download').click()]);
    const lines = readFileSync(await download.path(), 'utf8').trim().split('\n');
    expect(download.suggestedFilename()).toBe('room-awareness.csv');
    expect(lines.length).toBe(401);
    expect(lines[301]).toMatch(/,high,/);
  }, 240_000);

  test('a file that is none: said so, and the page goes on', async () => {
    const path = join(folder, 'bad.csv');
    // What the first rows show is not what comes later.
    writeFileSync(path, `time,value\n${Array.from({ length: 300 }, (_, i) => `${i},${i === 299 ? 'oops' : i % 7}`).join('\n')}\n`);
    const page = await demo.open('#agents=10');
    await page.locator('#source-recording').click();
    await page.locator('#file').setInputFiles(path);
    await page.locator('#mapping').waitFor({ timeout: 30_000 });
    await page.locator('#mapping button').click();
    await expect.poll(() => page.locator('#file-status').textContent(), { timeout: 30_000 }).toMatch(/row 301, column value: expected a number, or nothing, got "oops"/);
    await page.locator('#source-world').click();
    await ticks(page, 3);
  }, 240_000);

  const empty = async () => {
    const fresh = await demo.blank();
    await fresh.goto(`${demo.server.origin}/#source=recording`);
    return fresh;
  };
  const rows = (count: number, of: (i: number) => string) => Array.from({ length: count }, (_, i) => of(i)).join('\n');
  test.each([
    ['xlsx', `PK\x03\x04${'\0\xff'.repeat(50)}\n1,2`, 0, /xlsx\.csv: expected text, got a file of another kind/],
    ['text', `name,city\n${rows(9, (i) => `x${i},y`)}`, 0, /expected a column of numbers, as 20\.5, got none; a row is "x0 y"/],
    ['commas', `time;temp;hum\n${rows(50, (i) => `${i};20,${i % 10};40,5`)}`, 2, /commas\.csv: 3 columns\. Is this right/],
    ['backwards', 'time,a\n5,1\n4,2\n3,2', 1, /time is no time, so rows are counted: .* got "5" before "4"\. Is this right/],
    ['dates', `day,v\n${rows(60, (i) => `${1 + Math.floor(i / 28)}/${1 + (i % 28)}/2024,${i % 9}`)}`, 1, /day is no time, so rows are counted: .* as 2024-01-31, got "1\/1\/2024"/],
    ['wide', `time,${Array.from({ length: 40 }, (_, i) => `c${i}`).join()}\n${rows(40, (i) => `${i},${Array(40).fill(i % 7).join()}`)}`, 32, /Of 40 columns of numbers the first 32 are chosen/],
    ['one', `v\n${rows(30, (i) => `${i % 7}`)}`, 1, /one\.csv: 1 column\. Is this right/],
  ])('what a file is told: %s', async (name, text, sensors, answer) => {
    page ??= await empty();
    await page.locator('#file').setInputFiles({ name: `${name}.csv`, mimeType: 'text/csv', buffer: Buffer.from(text, 'latin1') });
    await expect.poll(() => page!.locator('#file-status').textContent(), { timeout: 30_000 }).toMatch(answer);
    expect(await page.locator('#mapping').isVisible()).toBe(sensors > 0);
    if (sensors === 0) return;
    expect(await page.locator('#channel-columns input:checked').count()).toBe(sensors);
    await page.locator('#mapping button').click();
    await expect.poll(() => page!.locator('#file-status').textContent(), { timeout: 30_000 }).toContain('Play it');
    const labels = await page.locator('#network text[text-anchor]').evaluateAll((all) => all.map((label) => Number(label.getAttribute('y'))));
    for (let i = 1; i < labels.length; i++) expect(labels[i]! - labels[i - 1]!).toBeGreaterThanOrEqual(11);
  }, 60_000);

  test('agents of a recording are chosen by their names', async () => {
    page ??= await empty();
    const text = `time,device,v\n${rows(600, (i) => `${Math.floor(i / 3)},robot-${'abc'[i % 3]},${i % 9}`)}`;
    await page.locator('#file').setInputFiles({ name: 'robots.csv', mimeType: 'text/csv', buffer: Buffer.from(text) });
    await page.locator('#mapping button').click();
    const names = page.locator('#agent-name');
    await names.waitFor();
    expect(await names.locator('option').allTextContents()).toEqual(['robot-a', 'robot-b', 'robot-c']);
    await page.locator('#run').click();
    await page.locator('#scrubber').fill('100');
    const reading = () => page!.locator('#sensors td').first().textContent();
    const before = await reading();
    await names.selectOption('robot-c');
    await expect.poll(reading, { timeout: 30_000 }).not.toBe(before);
    expect(await page.locator('#agent').isVisible()).toBe(false);
  }, 60_000);

  test('a recording: at its own speed, to its end and again, and there again after the world', async () => {
    const file = (name: string, rows: readonly string[]) => ({ name, mimeType: 'text/csv', buffer: Buffer.from(rows.join('\n')) });
    const page = await demo.open('#agents=10');
    await page.locator('#source-recording').click();
    expect(await page.locator('#speed').isVisible()).toBe(true);
    expect(await page.locator('#seed').isVisible()).toBe(false);
    await page.locator('#speed').selectOption('0.1');
    await page.locator('#file').setInputFiles(file('good.csv', ['time,value', ...Array.from({ length: 100 }, (_, i) => `${i},${i % 7}`)]));
    await page.locator('#mapping button').click();
    await page.locator('#player').waitFor({ timeout: 60_000 });
    const played = async () => Number(/^tick (\d+)/.exec((await page.locator('#played').textContent())!)?.[1]);
    await expect.poll(played, { timeout: 30_000 }).toBeGreaterThan(2);
    expect(await played()).toBeLessThan(50);
    await page.locator('#speed').selectOption('10');
    await expect.poll(() => page.locator('#run').textContent(), { timeout: 30_000 }).toBe('Run');
    expect(await played()).toBe(100);
    await expect.poll(() => page.locator('#pace').textContent(), { timeout: 30_000 }).toBe('paused');
    await page.locator('#speed').selectOption('0.1');
    await page.locator('#run').click();
    await expect.poll(played, { timeout: 30_000 }).toBeLessThan(50);
    // A bad file in its place changes nothing.
    await page.locator('#file').setInputFiles(file('broken.csv', ['time,value', ...Array.from({ length: 300 }, (_, i) => `${i},${i === 299 ? 'oops' : i}`)]));
    await page.locator('#mapping button').click();
    await expect.poll(() => page.locator('#file-status').textContent(), { timeout: 30_000 }).toMatch(/oops.*good\.csv is still there/);
    // Another source runs, also where this one stood still.
    await page.locator('#run').click();
    await page.locator('#source-world').click();
    await ticks(page, 3);
    await page.locator('#source-recording').click();
    await page.locator('#scrubber').fill('60');
    await expect.poll(() => page.locator('#played').textContent(), { timeout: 30_000 }).toMatch(/^tick 6\d of 100/);
    const [download] = await Promise.all([page.waitForEvent('download'), page.locator('#download').click()]);
    expect(download.suggestedFilename()).toBe('good-awareness.csv');
  }, 120_000);

  test('nothing went wrong', () => expect(demo.wrong).toEqual([]));
});
