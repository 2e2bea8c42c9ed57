// The WebAssembly module of the simulated world: compiled once; each world gets an instance and a memory of exactly its size.
import { fixedMemory, lastError } from '../backend.ts';
import { PackagedModule } from '../wasm-module.ts';
import type { Fetch, WasmSource } from '../wasm-source.ts';
import createModule from '../wasm/sensorium_world.js';
import type { RunningWorld, WorldPort, WorldSetting } from './port.ts';

/** What an instance needs beside its world: the module's own data, its stack, and a heap for names. */
const ownBytes = 1 << 20;

const worldModule = new PackagedModule<WorldPort>({
  file: 'sensorium_world.wasm',
  address: () => new URL('../wasm/sensorium_world.wasm', import.meta.url),
  glue: createModule,
  maker: 'createWorld',
});

/** Applies settings to a port and returns the bytes its world needs. */
function configure(port: WorldPort, settings: readonly WorldSetting[], isa: string): number {
  port.set_isa(isa);
  for (const [name, value] of settings) {
    if (!(typeof value === 'string' ? port.set_text(name, value) : port.set_number(name, value))) throw lastError(port);
  }
  const bytes = port.required_bytes();
  if (bytes === 0) throw lastError(port);
  return bytes;
}

/** One instance a module tells how much memory a world needs. */
const probes = new WeakMap<WebAssembly.Module, Promise<WorldPort>>();

function probeOf(module: WebAssembly.Module): Promise<WorldPort> {
  let probe = probes.get(module);
  if (!probe) probes.set(module, (probe = worldModule.instantiate(module, fixedMemory(ownBytes, 'createWorld'))));
  return probe.catch((error: unknown) => {
    probes.delete(module);
    throw error;
  });
}

export async function startWorld(source: WasmSource | undefined, fetch: Fetch, settings: readonly WorldSetting[], isa: string): Promise<RunningWorld> {
  const module = await worldModule.load(source, fetch);
  const probe = await probeOf(module);
  probe.clear();
  const bytes = configure(probe, settings, isa);
  const memory = fixedMemory(ownBytes + bytes + 65536, 'createWorld');
  const port = await worldModule.instantiate(module, memory);
  configure(port, settings, isa);
  const base = port.create();
  if (base === 0) throw lastError(port);
  const columns = Array.from({ length: port.columns() }, (_, index) => port.column(index));
  return { port, columns, buffer: memory.buffer, base, bytes };
}
