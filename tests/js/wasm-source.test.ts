// Where the WebAssembly module may come from, and what is said when it does not.
import { createSensorium, type WasmSource } from 'sensorium';
import { expect, test } from 'vitest';
import { inNode, refused } from './support.ts';

async function bytesOfModule(): Promise<Uint8Array<ArrayBuffer>> {
  const address = new URL('../../dist/wasm/sensorium_wasm.wasm', import.meta.url);
  if (!inNode) return new Uint8Array(await (await fetch(address)).arrayBuffer());
  const { readFile } = await import(/* @vite-ignore */ 'node:' + 'fs/promises');
  return new Uint8Array(await readFile(address));
}

async function works(wasm: WasmSource): Promise<void> {
  const s = await createSensorium({ backend: 'wasm', wasm });
  s.sensors.lidar.points[0] = 750;
  s.tick(0);
  expect(s.results.fused[0]).toBeCloseTo(0.5, 6);
  s.dispose();
}

test('bytes, a buffer, a compiled module, a response of either type', async () => {
  const bytes = await bytesOfModule();
  await works(bytes);
  await works(bytes.buffer);
  await works(await WebAssembly.compile(bytes));
  await works(new Response(bytes, { headers: { 'content-type': 'application/wasm' } }));
  await works(new Response(bytes, { headers: { 'content-type': 'application/octet-stream' } }));
});

test('an address, as a URL or as text', async () => {
  const address = new URL('../../dist/wasm/sensorium_wasm.wasm', import.meta.url);
  await works(address);
  await works(address.href);
});

test('a page instead of the module: says so, and names the cause', async () => {
  const page = '<!doctype html><title>App</title>';
  for (const wasm of [new TextEncoder().encode(`\n${page}`), new Response(page, { headers: { 'content-type': 'text/html' } })]) {
    const error = await refused({ backend: 'wasm', wasm });
    expect(error.code).toBe('wasm_invalid');
    expect(error.message).toContain('Got HTML instead of WebAssembly');
    expect(error.message).toContain('optimizeDeps');
  }
});

test('something else instead of the module', async () => {
  const nonsense = new TextEncoder().encode('not a module');
  const other = Uint8Array.of(0, 97, 115, 109, 1, 0, 0, 0);
  for (const wasm of [
    nonsense,
    nonsense.buffer,
    new Uint8Array(),
    other,
    new WebAssembly.Module(other),
    new Response(nonsense, { headers: { 'content-type': 'application/wasm' } }),
  ]) {
    expect(await refused({ backend: 'wasm', wasm })).toMatchObject({ code: 'wasm_invalid' });
  }
  for (const wasm of [5, null, {}, Symbol('wasm')])
    expect(await refused({ backend: 'wasm', wasm })).toMatchObject({ code: 'wrong_type', where: 'wasm' });
});

test('nothing there', async () => {
  expect(await refused({ backend: 'wasm', wasm: new Response('gone', { status: 404 }) })).toMatchObject({
    code: 'wasm_not_found',
    got: 'status 404',
  });
  const missing = new URL('./no-such-file.wasm', import.meta.url);
  const error = await refused({ backend: 'wasm', wasm: missing });
  // Vite's own server answers with a page.
  expect(['wasm_not_found', 'wasm_invalid']).toContain(error.code);
  expect(error.message).toContain('no-such-file.wasm');
});

test('a failure is not kept: the next engine works', async () => {
  await refused({ backend: 'wasm', wasm: new Uint8Array(3) });
  const s = await createSensorium({ backend: 'wasm' });
  s.dispose();
});
