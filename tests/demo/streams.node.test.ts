// The visitor's own sensors and files, with Chromium's fake microphone and camera.
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { Demo, hasChromium, tickOf, ticks } from './page.ts';

describe.skipIf(!hasChromium)('the visitor’s own', () => {
  const folder = mkdtempSync(join(tmpdir(), 'sensorium-files-'));
  let demo: Demo;
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
    await page.locator('#events .anomaly-begin button').first().click();
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
