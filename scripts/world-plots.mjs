#!/usr/bin/env node
// `npm run world:plots`: one story of the simulated world as charts, docs/world/*.svg.
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { build } from './build.mjs';
import { fail, root } from './setup/shell.mjs';

const help = `Usage: npm run world:plots -- [--no-build] [--png]

  --no-build draw with dist/ as it is
  --png      beside each SVG a picture in build/plots, to look at; needs Chromium
  --help     this text`;

async function pictures(files) {
  const { chromium } = await import('playwright');
  const browser = await chromium.launch({ executablePath: process.env.CHROMIUM || '/usr/bin/chromium', args: ['--no-sandbox', '--disable-gpu'] });
  const folder = join(root, 'build/plots');
  mkdirSync(folder, { recursive: true });
  for (const [name, svg] of files) {
    const page = await browser.newPage();
    await page.setContent(`<style>body{margin:0}</style>${svg}`);
    await page.locator('body > svg').screenshot({ path: join(folder, name.replace('.svg', '.png')) });
  }
  await browser.close();
}

async function main() {
  const { values } = parseArgs({ options: { 'no-build': { type: 'boolean' }, png: { type: 'boolean' }, help: { type: 'boolean', short: 'h' } } });
  if (values.help) return console.log(help);
  if (!values['no-build']) await build(['node', 'wasm', 'js']);
  const [{ tell }, { storyPage, mapPage }, world] = await Promise.all([import('./plots/story.mjs'), import('./plots/charts.mjs'), import('../dist/world-node.js')]);
  const told = await tell(await import('../dist/node.js'), world);
  const files = [['story.svg', storyPage(told, world.situations)], ['map.svg', mapPage(told)]];
  const folder = join(root, 'docs/world');
  mkdirSync(folder, { recursive: true });
  for (const [name, svg] of files) {
    writeFileSync(join(folder, name), svg);
    console.log(`wrote docs/world/${name}, ${Math.round(svg.length / 1000)} kB`);
  }
  if (values.png) await pictures(files);
}

main().catch(fail);
