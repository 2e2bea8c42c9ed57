// The glue that Emscripten makes from wasm/embind.cpp.
import type { Port } from '../backend.ts';

export interface WasmPort extends Port {
  set_floats(path: string, count: number): boolean;
  /** Address of the time of the next tick. */
  seconds(): number;
  set_bytes(path: string, count: number): boolean;
  /** Address of the numbers or bytes that set_floats and set_bytes read. */
  room(): number;
  clear(): void;
  /** Address of the block, or 0. */
  create(): number;
  _sensorium_tick(): number;
}

export default function createModule(module: {
  wasmMemory: WebAssembly.Memory;
  instantiateWasm(imports: WebAssembly.Imports, done: (instance: WebAssembly.Instance) => void): object;
}): Promise<WasmPort>;
