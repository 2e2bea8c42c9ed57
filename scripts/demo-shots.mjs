#!/usr/bin/env node
// `npm run demo:shots`: pictures of the demo and each of its panels, light and dark, at the width of a desk and of a phone.
import { copyFileSync, mkdirSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { parseArgs } from 'node:util';
import { chromium } from 'playwright';
import { buildDemo } from './demo-build.mjs';
import { exists, fail, isMain, root, SetupError } from './setup/shell.mjs';

const help = `Usage: npm run demo:shots -- [--size desk|phone] [--scheme light|dark] [--out <folder>] [--readme]

  --size    only this width, and --scheme only these colours (default both)
  --out     where to (default build/demo-shots)
  --readme  also put the picture of the README in its place, docs/demo.png
  --help    this text

The package must have been built: npm run build.`;

const sizes = { desk: { width: 1440, height: 900 }, phone: { width: 390, height: 844 } };
const schemes = ['light', 'dark'];
const story = '#agents=2000&seed=1';
/** Ticks until windows are full and agents have gone somewhere. */
const ticks = 400;

const recording = () => {
  const rows = Array.from({ length: 1500 }, (_, i) => {
    const at = new Date(Date.UTC(2026, 0, 1) + i * 60_000).toISOString();
    const warm = 21 + 2 * Math.sin(i / 120) + (i > 900 && i < 940 ? 6 : 0);
    return `${at},${warm.toFixed(2)},${(45 + 5 * Math.cos(i / 90)).toFixed(1)},${(400 + 200 * Math.sin(i / 200) ** 2).toFixed(0)}`;
  });
  return { name: 'office.csv', mimeType: 'text/csv', buffer: Buffer.from(`time,temperature,humidity,co2\n${rows.join('\n')}\n`) };
};

async function shoot(browser, origin, folder, size, colorScheme) {
  const context = await browser.newContext({ viewport: sizes[size], deviceScaleFactor: 1, colorScheme, permissions: ['microphone', 'camera'] });
  const page = await context.newPage();
  page.on('pageerror', (error) => console.error(error.message));
  const until = (tick) => page.waitForFunction((wanted) => Number(document.body.dataset.tick) >= wanted, tick, { timeout: 120_000 });
  const path = (name) => join(folder, `${name}-${size}-${colorScheme}.png`);
  await page.goto(`${origin}/${story}`);
  await until(ticks);
  // While it runs, or the meter would show nothing.
  await page.screenshot({ path: path('page') });
  await page.locator('#follow').click();
  for (let i = 0; i < 5; i++) await page.locator('#closer').click();
  await page.locator('#intruder').click();
  await until(ticks + 100);
  await page.evaluate(() => scrollTo(0, 0));
  await page.screenshot({ path: path('intruder') });
  await page.screenshot({ path: path('whole'), fullPage: true });
  for (const card of await page.locator('main > .card:visible').all()) await card.screenshot({ path: path(await card.getAttribute('id')) });
  await page.locator('#source-live').click();
  await page.locator('#live-microphone').click();
  await page.locator('#live-camera').click();
  await page.waitForTimeout(5000);
  await page.screenshot({ path: path('live') });
  await page.locator('#source-recording').click();
  await page.locator('#file').setInputFiles(recording());
  await page.locator('#mapping').waitFor();
  await page.screenshot({ path: path('file-mapping') });
  await page.locator('#mapping button').click();
  await page.locator('#player').waitFor();
  await page.locator('#run').click();
  await page.locator('#scrubber').fill('930');
  await page.waitForTimeout(500);
  await page.screenshot({ path: path('file-player') });
  await context.close();
}

async function main() {
  const { values } = parseArgs({ options: { size: { type: 'string' }, scheme: { type: 'string' }, out: { type: 'string', default: join(root, 'build/demo-shots') }, readme: { type: 'boolean' }, help: { type: 'boolean', short: 'h' } } });
  if (values.help) return console.log(help);
  const only = (name, of) => {
    if (values[name] === undefined) return of;
    if (!of.includes(values[name])) throw new SetupError(`--${name}: expected ${of.join(' or ')}, got '${values[name]}'`);
    return [values[name]];
  };
  const [sizesWanted, schemesWanted] = [only('size', Object.keys(sizes)), only('scheme', schemes)];
  const [readmeSize, readmeScheme] = ['desk', 'light'];
  if (values.readme && !(sizesWanted.includes(readmeSize) && schemesWanted.includes(readmeScheme))) throw new SetupError(`--readme: needs --size ${readmeSize} and --scheme ${readmeScheme}`);
  const out = resolve(values.out);
  if (!exists(join(root, 'dist/world.js'))) throw new SetupError('the package is not built: npm run build');
  mkdirSync(out, { recursive: true });
  const { preview } = await import('vite');
  await buildDemo();
  const server = await preview({ root: join(root, 'web-demo'), preview: { port: 0 }, logLevel: 'error' });
  const drawing = ['--use-angle=swiftshader', '--enable-unsafe-swiftshader', '--ignore-gpu-blocklist'];
  const fake = ['--use-fake-device-for-media-stream', '--use-fake-ui-for-media-stream'];
  const browser = await chromium.launch({ executablePath: process.env.CHROMIUM || '/usr/bin/chromium', args: ['--no-sandbox', '--disable-quic', '--no-first-run', '--disable-background-networking', ...drawing, ...fake] });
  try {
    const origin = server.resolvedUrls.local[0].replace(/\/$/, '');
    for (const size of sizesWanted) for (const scheme of schemesWanted) await shoot(browser, origin, out, size, scheme);
    if (values.readme) copyFileSync(join(out, `intruder-${readmeSize}-${readmeScheme}.png`), join(root, 'docs/demo.png'));
    writeFileSync(join(out, 'about.txt'), `${story}, ${ticks} ticks, Chromium ${browser.version()}\n`);
    console.log(`Pictures: ${out}`);
  } finally {
    await browser.close();
    await server.close();
  }
}

if (isMain(import.meta.url)) main().catch(fail);
