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
  /** Address of the bytes that snapshots go through, `betweenBytes` of them. */
  between(): number;
  /** Whether the snapshot that snapshotWay fetches could be restored. */
  restore(size: number): boolean;
  set_snapshot(size: number): boolean;
  /** `more` bytes follow those given. */
  snapshotWay: { give(filled: number, more: number): void; fetch(at: number, to: number, bytes: number): void };
  _sensorium_tick(): number;
  /** Bytes given to snapshotWay; 0 where they are more than `room`. */
  _sensorium_snapshot(room: number): number;
}

export default function createModule(module: {
  wasmMemory: WebAssembly.Memory;
  instantiateWasm(imports: WebAssembly.Imports, done: (instance: WebAssembly.Instance) => void): object;
}): Promise<WasmPort>;
