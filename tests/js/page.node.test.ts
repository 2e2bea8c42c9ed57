// A page with a strict policy loads the package as it is, from any plain web server, in the page and in a worker.
import { existsSync, readFileSync } from 'node:fs';
import { extname } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { Browser } from 'playwright';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { hasChromium, launch, mimeTypes, serve } from './chromium.ts';

const dist = fileURLToPath(new URL('../../dist', import.meta.url));

const work = `
  import { createSensorium } from '/dist/browser.js';
  export async function work() {
    try {
      const s = await createSensorium({ agents: 20 });
      s.sensors.lidar.points.fill(750);
      s.tick(0);
      return { backend: s.backend, fused: s.results.fused[19] };
    } catch ({ code, message }) {
      return { code, message };
    }
  }`;
const files: Record<string, string> = {
  '/work.js': work,
  '/page.js': "import { work } from './work.js'; document.body.textContent = JSON.stringify(await work());",
  '/worker.js': "import { work } from './work.js'; postMessage(await work());",
  '/start.js': "new Worker('/worker.js', { type: 'module' }).onmessage = ({ data }) => (document.body.textContent = JSON.stringify(data));",
};
const page = (script: string) => `<!doctype html><meta charset="utf-8"><script type="module" src="${script}"></script><body></body>`;
const strict = "default-src 'none'; script-src 'self' 'wasm-unsafe-eval'; connect-src 'self'; worker-src 'self'";
/** Address → the page's script, its policy, and the type that its server gives to .wasm. */
const pages: Record<string, { script: string; policy: string; type?: string }> = {
  '/page': { script: '/page.js', policy: strict },
  '/worker': { script: '/start.js', policy: strict },
  '/untyped': { script: '/page.js', policy: strict, type: 'application/octet-stream' },
  '/html': { script: '/page.js', policy: strict, type: 'text/html' },
  '/forbidden': { script: '/page.js', policy: strict.replace(" 'wasm-unsafe-eval'", '') },
};

describe.skipIf(!hasChromium)('a strict page', () => {
  let server: { origin: string; close(): void };
  let browser: Browser;
  let shown = '/page';

  beforeAll(async () => {
    server = await serve(({ url = '/' }, response) => {
      const entry = pages[url];
      if (entry) {
        shown = url;
        return response.writeHead(200, { 'content-type': 'text/html', 'content-security-policy': entry.policy }).end(page(entry.script));
      }
      const type = mimeTypes[extname(url)] ?? 'text/plain';
      const headers = { 'content-security-policy': pages[shown]!.policy };
      if (files[url] !== undefined) return response.writeHead(200, { ...headers, 'content-type': type }).end(files[url]);
      if (!url.startsWith('/dist/') || !existsSync(dist + url.slice(5))) return response.writeHead(404).end();
      const given = extname(url) === '.wasm' ? (pages[shown]!.type ?? type) : type;
      // As development servers do with a file they do not know.
      const body = given === 'text/html' ? '<!doctype html><title>App</title>' : readFileSync(dist + url.slice(5));
      return response.writeHead(200, { ...headers, 'content-type': given }).end(body);
    });
    browser = await launch();
  }, 60_000);
  afterAll(async () => {
    await browser?.close();
    server?.close();
  });

  async function answer(path: string): Promise<{ backend?: string; fused?: number; code?: string; message?: string }> {
    const tab = await browser.newPage();
    const wrong: string[] = [];
    tab.on('pageerror', (error) => wrong.push(error.message));
    await tab.goto(server.origin + path);
    const text = await tab.locator('body:has-text("{")').textContent({ timeout: 20_000 });
    await tab.close();
    expect(wrong).toEqual([]);
    return JSON.parse(text!);
  }

  test.each(['/page', '/worker', '/untyped'])(
    '%s',
    async (path) => {
      expect(await answer(path)).toEqual({ backend: 'wasm', fused: 0.5 });
    },
    60_000,
  );

  test('a server that answers with a page: said so', async () => {
    const error = await answer('/html');
    expect(error.code).toBe('wasm_invalid');
    expect(error.message).toContain('Got HTML instead of WebAssembly');
  }, 60_000);

  test('a policy that forbids WebAssembly: said so', async () => {
    const error = await answer('/forbidden');
    expect(error.code).toBe('wasm_unsupported');
    expect(error.message).toContain("'wasm-unsafe-eval'");
  }, 60_000);
});
