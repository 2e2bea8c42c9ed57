// The glue that Emscripten makes from wasm/world.cpp.
import type { WorldPort } from '../world/port.ts';

export default function createModule(module: {
  wasmMemory: WebAssembly.Memory;
  instantiateWasm(imports: WebAssembly.Imports, done: (instance: WebAssembly.Instance) => void): object;
}): Promise<WorldPort>;
