// Where a WebAssembly module comes from, in types that every reader's compiler knows.
import type { WasmModule } from './backend.ts';

/** Where a module comes from: an address, a file's path in Node, a response, its bytes, or itself compiled. */
export type WasmSource = URL | string | Response | ArrayBuffer | Uint8Array | WasmModule;

/** Reads what lies at an address. */
export type Fetch = (address: URL | string) => Promise<Response | Uint8Array>;
