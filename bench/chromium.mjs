// The scenario crowd-10k in a real Chromium, on a page that only serves the package and the scenario.
import { existsSync, readFileSync } from 'node:fs';
import { createServer } from 'node:http';
import { extname, join, normalize } from 'node:path';
import { fileURLToPath } from 'node:url';

const root = fileURLToPath(new URL('..', import.meta.url));
const executablePath = process.env.CHROMIUM || '/usr/bin/chromium';
const types = { '.js': 'text/javascript', '.mjs': 'text/javascript', '.wasm': 'application/wasm' };
// Only isolated pages have a clock of five microseconds.
const isolated = { 'Cross-Origin-Opener-Policy': 'same-origin', 'Cross-Origin-Embedder-Policy': 'require-corp' };

function answer(request, response) {
  const path = normalize(new URL(request.url, 'http://localhost').pathname);
  if (path === '/') return response.writeHead(200, { ...isolated, 'Content-Type': 'text/html' }).end('<!doctype html><title>crowd-10k</title>');
  const file = join(root, path);
  const type = types[extname(path)];
  if (!type || !/^\/(dist|bench)\//.test(path) || !existsSync(file)) return response.writeHead(404).end();
  return response.writeHead(200, { ...isolated, 'Content-Type': type }).end(readFileSync(file));
}

/** What benchCrowd gives there; undefined where there is no Chromium. */
export async function crowdInChromium() {
  if (!existsSync(executablePath)) return undefined;
  const { chromium } = await import('playwright');
  const server = createServer(answer);
  await new Promise((done) => server.listen(0, '127.0.0.1', done));
  const browser = await chromium.launch({ executablePath, args: ['--no-sandbox', '--disable-gpu', '--disable-quic', '--no-first-run', '--disable-background-networking'] });
  try {
    const page = await browser.newPage();
    await page.goto(`http://127.0.0.1:${server.address().port}/`);
    const result = await page.evaluate(async () => {
      const { createSensorium } = await import('/dist/browser.js');
      const { benchCrowd } = await import('/bench/crowd.mjs');
      return benchCrowd(createSensorium, 'wasm');
    });
    result.row.contender += ` in Chromium ${browser.version().split('.')[0]}`;
    return result;
  } finally {
    await browser.close();
    server.close();
  }
}
