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

/** A page whose worker runs the scenario as often as asked; undefined where there is no Chromium. */
export async function openCrowdPage() {
  if (!existsSync(executablePath)) return undefined;
  const { chromium } = await import('playwright');
  const server = createServer(answer);
  await new Promise((done) => server.listen(0, '127.0.0.1', done));
  const browser = await chromium.launch({ executablePath, args: ['--no-sandbox', '--disable-gpu', '--disable-quic', '--no-first-run', '--disable-background-networking'] });
  const page = await browser.newPage();
  await page.goto(`http://127.0.0.1:${server.address().port}/`);
  return {
    /** What benchCrowd gives there. */
    async crowd(options) {
      const result = await page.evaluate(
        (wanted) =>
          new Promise((resolve, reject) => {
            const worker = new Worker('/bench/crowd-worker.mjs', { type: 'module' });
            worker.onmessage = ({ data }) => {
              worker.terminate();
              resolve(data);
            };
            worker.onerror = ({ message }) => reject(new Error(message));
            worker.postMessage(wanted);
          }),
        options,
      );
      result.row.contender += ` in a worker of Chromium ${browser.version().split('.')[0]}`;
      return result;
    },
    async close() {
      await browser.close();
      server.close();
    },
  };
}

/** What benchCrowd gives in a worker of Chromium; undefined where there is none. */
export async function crowdInChromium() {
  const page = await openCrowdPage();
  try {
    return await page?.crowd();
  } finally {
    await page?.close();
  }
}
