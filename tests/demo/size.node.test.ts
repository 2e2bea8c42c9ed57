// What a visitor loads, all of it: the page, its scripts and both WebAssembly modules.
import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { brotliCompressSync } from 'node:zlib';
import { build } from 'vite';
import { afterAll, expect, test } from 'vitest';

const folder = mkdtempSync(join(tmpdir(), 'sensorium-size-'));
afterAll(() => rmSync(folder, { recursive: true }));

test('is small: at most 250 kB', async () => {
  process.env.NODE_ENV = 'production';
  await build({ root: fileURLToPath(new URL('../../web-demo', import.meta.url)), logLevel: 'error', build: { outDir: folder, emptyOutDir: true } });
  const files = readdirSync(folder, { recursive: true, withFileTypes: true }).filter((entry) => entry.isFile());
  const sizes = files.map(({ parentPath, name }) => ({ name, bytes: brotliCompressSync(readFileSync(join(parentPath, name))).length }));
  const total = sizes.reduce((sum, { bytes }) => sum + bytes, 0);
  expect(total, JSON.stringify(sizes)).toBeLessThanOrEqual(250_000);
  expect(sizes.filter(({ name }) => name.endsWith('.wasm'))).toHaveLength(2);
}, 120_000);
