// The entry for Node: the addon where it loads, else WebAssembly.
import { readFile } from 'node:fs/promises';
import { create, type Runtime, type Sensorium, type SensoriumOptions } from './engine.ts';
import { nativeBackend } from './native.ts';
import type { ClassicChannel } from './schema.gen.ts';
import { wasmBackend } from './wasm.ts';

export * from './public.ts';

/** Node's fetch reads no files, and people name files by their paths. */
async function read(address: URL | string): Promise<Response | Uint8Array> {
  const text = String(address);
  if (/^(https?|data):/.test(text)) return fetch(text);
  return readFile(text.startsWith('file:') ? new URL(text) : text);
}

const runtime: Runtime = {
  native: nativeBackend,
  wasm: (source) => wasmBackend(source, read),
  isa: () => process.env.SENSORIUM_ISA ?? '',
};

/** Makes an engine. Every option has a default; a wrong one is an error that says what and where. */
export function createSensorium<Channel extends string = ClassicChannel>(options?: SensoriumOptions<Channel>): Promise<Sensorium<Channel>> {
  return create(runtime, options);
}
