// The WebAssembly backend: the module is compiled once, and every engine gets an instance and a memory of exactly its size.
import { configure, explained, fixedMemory, lastError, otherBuild } from './backend.ts';
import { failure } from './errors.ts';
import type { Backend, Carrier, ExplainedRow, Running, Setting } from './backend.ts';
import { identity, mostModelBytes } from './schema.gen.ts';
import { PackagedModule } from './wasm-module.ts';
import type { Fetch, WasmSource } from './wasm-source.ts';
import createModule, { type WasmPort } from './wasm/sensorium_wasm.js';

/** What an instance needs beside its engine: the module's own data, its stack, and a heap for names and weights. */
const ownBytes = 1 << 20;
const mostFloats = 4096;
/** Snapshots cross in pieces of so many bytes: an engine has no memory to hold one. */
const betweenBytes = 65536;

const engineModule = new PackagedModule<WasmPort>({
  file: 'sensorium_wasm.wasm',
  address: () => new URL('./wasm/sensorium_wasm.wasm', import.meta.url),
  glue: createModule,
  maker: 'createSensorium',
});

/** The way of a snapshot between the caller's bytes and the instance's memory, piece by piece, as the core asks for it. */
class SnapshotWay {
  readonly #between: Uint8Array;
  /** Its first 1, 2, 4 ... bytes. */
  readonly #fronts: readonly Uint8Array[];
  #bytes: Uint8Array = nothing;
  #given = 0;

  constructor(memory: WebAssembly.Memory, between: number) {
    this.#between = new Uint8Array(memory.buffer, between, betweenBytes);
    this.#fronts = Array.from({ length: Math.log2(betweenBytes) + 1 }, (_, power) => this.#between.subarray(0, 1 << power));
  }

  /** While `work` runs, snapshots come from these bytes. */
  from(bytes: Uint8Array, work: (size: number) => boolean): boolean {
    this.#bytes = bytes;
    try {
      return work(bytes.byteLength);
    } finally {
      this.#bytes = nothing;
    }
  }
  /** Bytes that the port has written to the buffer's start. */
  to(buffer: Uint8Array, port: WasmPort): number {
    this.#bytes = buffer;
    this.#given = 0;
    try {
      return port._sensorium_snapshot(buffer.byteLength) >>> 0;
    } finally {
      this.#bytes = nothing;
    }
  }

  give(filled: number, more: number): void {
    // A view of what is filled would be an object on the heap. Where enough follows to write over what is too much, all of the memory
    // between goes as it is; at the end by the powers of two that the rest consists of, each moved to the front.
    if (filled + more >= betweenBytes) {
      this.#bytes.set(this.#between, this.#given);
      this.#given += filled;
      return;
    }
    for (let left = filled; left > 0; ) {
      const power = 31 - Math.clz32(left);
      this.#bytes.set(this.#fronts[power]!, this.#given);
      this.#between.copyWithin(0, 1 << power, left);
      this.#given += 1 << power;
      left -= 1 << power;
    }
  }
  fetch(at: number, to: number, bytes: number): void {
    this.#between.set(this.#bytes.subarray(at, at + bytes), to);
  }
}

const nothing = new Uint8Array(0);

class WasmRunning implements Running {
  readonly backend = 'wasm';
  readonly port: WasmPort;
  readonly buffer: ArrayBuffer;
  readonly base: number;
  readonly bytes: number;
  readonly seconds: Float64Array;
  readonly #way: SnapshotWay;

  constructor(port: WasmPort, way: SnapshotWay, memory: WebAssembly.Memory, base: number, bytes: number) {
    this.port = port;
    this.#way = way;
    this.buffer = memory.buffer;
    this.base = base;
    this.bytes = bytes;
    this.seconds = new Float64Array(this.buffer, port.seconds(), 1);
  }

  tick(): boolean {
    return this.port._sensorium_tick() !== 0;
  }

  snapshotInto(buffer: Uint8Array): number {
    return this.#way.to(buffer, this.port);
  }

  restore(snapshot: Uint8Array): boolean {
    return this.#way.from(snapshot, (size) => this.port.restore(size));
  }

  /** Nothing to do: the instance and its memory go when the facade lets go of this. */
  dispose(): void {}
}

/** An instance with its way of snapshots. */
class Instance implements Carrier {
  readonly port: WasmPort;
  readonly memory: WebAssembly.Memory;
  readonly way: SnapshotWay;

  constructor(port: WasmPort, memory: WebAssembly.Memory) {
    this.port = port;
    this.memory = memory;
    this.way = new SnapshotWay(memory, port.between());
    port.snapshotWay = this.way;
  }

  // Too many are only counted: the core refuses them unread.
  setFloats(path: string, values: Float32Array): boolean {
    if (values.length <= mostFloats) new Float32Array(this.memory.buffer, this.port.room(), mostFloats).set(values);
    return this.port.set_floats(path, values.length);
  }
  setBytes(path: string, values: Uint8Array): boolean {
    if (values.length <= mostModelBytes) new Uint8Array(this.memory.buffer, this.port.room(), mostModelBytes).set(values);
    // As many as 32 bits can count are too many.
    return this.port.set_bytes(path, Math.min(values.length, 0xffffffff));
  }
  setSnapshot(snapshot: Uint8Array): boolean {
    return this.way.from(snapshot, (size) => this.port.set_snapshot(size));
  }
}

class WasmBackend implements Backend {
  readonly #module: WebAssembly.Module;
  readonly #probe: Instance;

  private constructor(module: WebAssembly.Module, probe: Instance) {
    this.#module = module;
    this.#probe = probe;
  }

  static async of(module: WebAssembly.Module): Promise<WasmBackend> {
    const memory = fixedMemory(ownBytes);
    const port = await engineModule.instantiate(module, memory);
    const other = otherBuild(port);
    if (other !== undefined) throw failure('wasm_invalid', 'The WebAssembly module is of another build', 'wasm', `build ${identity}`, other);
    return new WasmBackend(module, new Instance(port, memory));
  }

  async create(settings: readonly Setting[], isa: string): Promise<Running> {
    // An instance without an engine tells how much memory one needs.
    this.#probe.port.clear();
    const bytes = configure(this.#probe.port, this.#probe, settings, isa);
    const memory = fixedMemory(ownBytes + bytes + 65536);
    const instance = new Instance(await engineModule.instantiate(this.#module, memory), memory);
    const { port, way } = instance;
    configure(port, instance, settings, isa);
    const base = port.create();
    if (base === 0) throw lastError(port);
    return new WasmRunning(port, way, memory, base, bytes);
  }

  explain(settings: readonly Setting[], isa: string): ExplainedRow[] {
    this.#probe.port.clear();
    return explained(this.#probe.port, this.#probe, settings, isa);
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
