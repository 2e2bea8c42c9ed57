// The WebAssembly backend: the module is compiled once, and every engine gets an instance and a memory of exactly its size.
import { configure, explained, fixedMemory, lastError } from './backend.ts';
import type { Backend, ExplainedRow, Running, SetArrays, Setting } from './backend.ts';
import { mostModelBytes } from './schema.gen.ts';
import { PackagedModule } from './wasm-module.ts';
import type { Fetch, WasmSource } from './wasm-source.ts';
import createModule, { type WasmPort } from './wasm/sensorium_wasm.js';

/** What an instance needs beside its engine: the module's own data, its stack, and a heap for names and weights. */
const ownBytes = 1 << 20;
const mostFloats = 4096;

const engineModule = new PackagedModule<WasmPort>({
  file: 'sensorium_wasm.wasm',
  address: () => new URL('./wasm/sensorium_wasm.wasm', import.meta.url),
  glue: createModule,
  maker: 'createSensorium',
});

class WasmRunning implements Running {
  readonly backend = 'wasm';
  readonly port: WasmPort;
  readonly buffer: ArrayBuffer;
  readonly base: number;
  readonly bytes: number;
  readonly seconds: Float64Array;

  constructor(port: WasmPort, memory: WebAssembly.Memory, base: number, bytes: number) {
    this.port = port;
    this.buffer = memory.buffer;
    this.base = base;
    this.bytes = bytes;
    this.seconds = new Float64Array(this.buffer, port.seconds(), 1);
  }

  tick(): boolean {
    return this.port._sensorium_tick() !== 0;
  }

  /** Nothing to do: the instance and its memory go when the facade lets go of this. */
  dispose(): void {}
}

/** Too many are only counted: the core refuses them unread. */
function settingArrays(port: WasmPort, memory: WebAssembly.Memory): SetArrays {
  return {
    floats(path, values) {
      if (values.length <= mostFloats) new Float32Array(memory.buffer, port.room(), mostFloats).set(values);
      return port.set_floats(path, values.length);
    },
    bytes(path, values) {
      if (values.length <= mostModelBytes) new Uint8Array(memory.buffer, port.room(), mostModelBytes).set(values);
      // As many as 32 bits can count are too many.
      return port.set_bytes(path, Math.min(values.length, 0xffffffff));
    },
  };
}

class WasmBackend implements Backend {
  readonly #module: WebAssembly.Module;
  readonly #probeMemory: WebAssembly.Memory;
  readonly #probe: WasmPort;

  private constructor(module: WebAssembly.Module, probeMemory: WebAssembly.Memory, probe: WasmPort) {
    this.#module = module;
    this.#probeMemory = probeMemory;
    this.#probe = probe;
  }

  static async of(module: WebAssembly.Module): Promise<WasmBackend> {
    const memory = fixedMemory(ownBytes);
    return new WasmBackend(module, memory, await engineModule.instantiate(module, memory));
  }

  async create(settings: readonly Setting[], isa: string): Promise<Running> {
    // An instance without an engine tells how much memory one needs.
    this.#probe.clear();
    const bytes = configure(this.#probe, settingArrays(this.#probe, this.#probeMemory), settings, isa);
    const memory = fixedMemory(ownBytes + bytes + 65536);
    const port = await engineModule.instantiate(this.#module, memory);
    configure(port, settingArrays(port, memory), settings, isa);
    const base = port.create();
    if (base === 0) throw lastError(port);
    return new WasmRunning(port, memory, base, bytes);
  }

  explain(settings: readonly Setting[]): ExplainedRow[] {
    this.#probe.clear();
    return explained(this.#probe, settingArrays(this.#probe, this.#probeMemory), settings);
  }
}

const backends = new WeakMap<WebAssembly.Module, Promise<WasmBackend>>();

/** The backend of a source. A failure is not kept: the next attempt is a new one. */
export async function wasmBackend(source: WasmSource | undefined, fetch: Fetch): Promise<Backend> {
  const module = await engineModule.load(source, fetch);
  let backend = backends.get(module);
  if (!backend) backends.set(module, (backend = WasmBackend.of(module)));
  return backend.catch((error: unknown) => {
    backends.delete(module);
    throw error;
  });
}
