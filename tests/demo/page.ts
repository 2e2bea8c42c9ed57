// The demo as a visitor has it: built by Vite, served by a plain server with a strict policy, in a real Chromium.
import { existsSync, mkdtempSync, readFileSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { extname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { chromium, type Browser, type BrowserContext, type BrowserContextOptions, type Page } from 'playwright';
import { build } from 'vite';
import { expect } from 'vitest';
import { mimeTypes, serve } from '../js/chromium.ts';

export { hasChromium } from '../js/chromium.ts';

const executablePath = process.env.CHROMIUM || '/usr/bin/chromium';
const strict = "default-src 'none'; script-src 'self' 'wasm-unsafe-eval'; style-src 'self'; img-src 'self'; media-src 'self' blob:; connect-src 'self'; worker-src 'self'";

export class Demo {
  readonly #folder: string;
  readonly #server: { origin: string; close(): void };
  readonly #browser: Browser;
  #context: BrowserContext | undefined;
  /** Errors of all pages so far: there should be none. */
  readonly wrong: string[] = [];

  private constructor(folder: string, server: Demo['server'], browser: Browser) {
    this.#folder = folder;
    this.#server = server;
    this.#browser = browser;
  }

  /** Builds the demo and starts a server and a browser; `args` are Chromium's. */
  static async start(args: readonly string[] = []): Promise<Demo> {
    const folder = mkdtempSync(join(tmpdir(), 'sensorium-demo-'));
    // Tests set another; what visitors have is this.
    process.env.NODE_ENV = 'production';
    await build({ root: fileURLToPath(new URL('../../web-demo', import.meta.url)), logLevel: 'error', build: { outDir: folder, emptyOutDir: true } });
    const server = await serve(({ url = '/' }, response) => {
      const path = join(folder, url === '/' ? 'index.html' : url.replace(/[?#].*/, ''));
      if (!path.startsWith(folder) || !existsSync(path) || !statSync(path).isFile()) return response.writeHead(404).end();
      response.writeHead(200, { 'content-type': mimeTypes[extname(path)] ?? 'text/plain', 'content-security-policy': strict }).end(readFileSync(path));
    });
    const drawing = ['--use-angle=swiftshader', '--enable-unsafe-swiftshader', '--ignore-gpu-blocklist'];
    const quiet = ['--no-sandbox', '--disable-quic', '--no-first-run', '--disable-background-networking'];
    return new Demo(folder, server, await chromium.launch({ executablePath, args: [...quiet, ...drawing, ...args] }));
  }

  get folder(): string {
    return this.#folder;
  }
  get server(): { origin: string; close(): void } {
    return this.#server;
  }

  /** A page with the demo, ready. */
  async open(hash = '', options: BrowserContextOptions = {}): Promise<Page> {
    const page = await this.blank(options);
    await page.goto(`${this.#server.origin}/${hash}`);
    await page.locator('#about', { hasText: 'WebAssembly' }).waitFor({ timeout: 60_000 });
    return page;
  }

  /** A page with nothing, in the place of the one before: where software draws, several that run hold each other up for minutes. */
  async blank(options: BrowserContextOptions = {}): Promise<Page> {
    await this.#context?.close();
    this.#context = await this.#browser.newContext({ viewport: { width: 1280, height: 900 }, ...options });
    const page = await this.#context.newPage();
    page.on('pageerror', (error) => this.wrong.push(error.message));
    page.on('console', (message) => message.type() === 'error' && this.wrong.push(message.text()));
    return page;
  }

  async stop(): Promise<void> {
    await this.#browser.close();
    this.#server.close();
    rmSync(this.#folder, { recursive: true, force: true });
  }
}

/** Runs code in the page's worker before its own. */
export const withWorker = (page: Page, code: string) =>
  page.route(/worker.*\.js/, async (route) => {
    const response = await route.fetch();
    await route.fulfill({ response, body: `${code}\n${await response.text()}` });
  });

/** The tick that the page shows. */
export const tickOf = async (page: Page): Promise<number> => Number(await page.locator('body').getAttribute('data-tick'));

/** Waits until so many more ticks have been shown. */
export async function ticks(page: Page, more: number): Promise<void> {
  const before = await tickOf(page);
  await expect.poll(() => tickOf(page), { timeout: 60_000 }).toBeGreaterThanOrEqual(before + more);
}
