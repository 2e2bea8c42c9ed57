// The WebAssembly backend: the module is compiled once, and every engine gets an instance and a memory of exactly its size.
import { configure, fixedMemory, lastError, type Backend, type Running, type SetFloats, type Setting, type WasmModule } from './backend.ts';
import { failure, kindOf, type SensoriumError } from './errors.ts';
import createModule, { type WasmPort } from './wasm/sensorium_wasm.js';

/** Where the module comes from: an address, a file's path in Node, a response, its bytes, or itself compiled. */
export type WasmSource = URL | string | Response | ArrayBuffer | Uint8Array | WasmModule;

/** Reads what lies at an address. */
export type Fetch = (address: URL | string) => Promise<Response | Uint8Array>;

/** What an instance needs beside its engine: the module's own data, its stack, and a heap for names and weights. */
const ownBytes = 1 << 20;
const mostFloats = 4096;

/** The smallest module that uses SIMD: (func (result v128) i32.const 0 i8x16.splat). */
const simdProbe = new Uint8Array([0, 97, 115, 109, 1, 0, 0, 0, 1, 5, 1, 96, 0, 1, 123, 3, 2, 1, 0, 10, 8, 1, 6, 0, 65, 0, 253, 15, 11]);

const messageOf = (error: unknown) => (error instanceof Error ? error.message : String(error));

/** Refuses runtimes that cannot run the module, in words of their own: V8 would say "invalid opcode". */
function checkRuntime(): void {
  const missing =
    typeof WebAssembly === 'undefined' ? 'no WebAssembly' : !WebAssembly.validate(simdProbe) ? 'WebAssembly without SIMD' : undefined;
  if (missing)
    throw failure(
      'wasm_unsupported',
      'This runtime cannot run the engine',
      'wasm',
      'WebAssembly with SIMD, as in every browser since 2023',
      missing,
    );
}

/** Compiles the module from wherever it is. */
async function compile(
  source: WasmSource | undefined,
  fetchDefault: () => Promise<Response | Uint8Array>,
  fetch: Fetch,
): Promise<WebAssembly.Module> {
  checkRuntime();
  const kind = kindOf(source);
  if (kind === 'WebAssembly.Module') return source as WebAssembly.Module;
  if (source === undefined) return compileRead(await read(fetchDefault, 'the package’s own module'));
  if (kind === 'URL' || typeof source === 'string') return compileRead(await read(() => fetch(source as URL | string), String(source)));
  if (kind === 'Response' || kind === 'ArrayBuffer' || kind === 'Uint8Array')
    return compileRead(source as Response | ArrayBuffer | Uint8Array);
  throw failure(
    'wrong_type',
    'The module cannot come from this',
    'wasm',
    'a URL, path, Response, ArrayBuffer, Uint8Array or WebAssembly.Module',
    kind,
  );
}

async function read(get: () => Promise<Response | Uint8Array>, where: string): Promise<Response | Uint8Array> {
  try {
    return await get();
  } catch (cause) {
    throw failure('wasm_not_found', 'The WebAssembly module could not be read', where, 'sensorium_wasm.wasm', messageOf(cause), cause);
  }
}

async function compileRead(read: Response | ArrayBuffer | Uint8Array): Promise<WebAssembly.Module> {
  if (kindOf(read) !== 'Response') return compileBytes(read as ArrayBuffer | Uint8Array, 'wasm');
  const response = read as Response;
  const where = response.url || 'the response';
  if (!response.ok)
    throw failure('wasm_not_found', 'The WebAssembly module could not be read', where, 'status 200', `status ${response.status}`);
  const type = response.headers.get('content-type') ?? '';
  // Compiling while reading needs the right type; servers that do not know it are served well enough by the bytes.
  if (!type.startsWith('application/wasm')) return compileBytes(await response.arrayBuffer(), where);
  try {
    return await WebAssembly.compileStreaming(response);
  } catch (cause) {
    throw refused(cause, where);
  }
}

async function compileBytes(bytes: ArrayBuffer | Uint8Array, where: string): Promise<WebAssembly.Module> {
  const start = new TextDecoder().decode(bytes.slice(0, 64)).trimStart();
  if (start.startsWith('<')) {
    const cause = 'A development server that moved the package answers so: in Vite, add optimizeDeps: { exclude: ["sensorium"] }';
    throw failure(
      'wasm_invalid',
      'Got HTML instead of WebAssembly',
      where,
      `the file sensorium_wasm.wasm. ${cause}`,
      `"${start.slice(0, 20)}…"`,
    );
  }
  try {
    return await WebAssembly.compile(bytes as BufferSource);
  } catch (cause) {
    throw refused(cause, where);
  }
}

function refused(cause: unknown, where: string): SensoriumError {
  const text = messageOf(cause);
  if (/unsafe-eval|Content Security Policy/i.test(text)) {
    return failure('wasm_unsupported', 'The page’s policy forbids WebAssembly', where, "script-src with 'wasm-unsafe-eval'", text, cause);
  }
  return failure('wasm_invalid', 'The WebAssembly module cannot be compiled', where, 'sensorium_wasm.wasm of this version', text, cause);
}

async function instantiate(module: WebAssembly.Module, wasmMemory: WebAssembly.Memory): Promise<WasmPort> {
  try {
    return await new Promise((resolve, reject) => {
      const instantiateWasm = (imports: WebAssembly.Imports, done: (instance: WebAssembly.Instance) => void) => {
        WebAssembly.instantiate(module, imports).then(done).catch(reject);
        return {};
      };
      createModule({ wasmMemory, instantiateWasm }).then(resolve, reject);
    });
  } catch (cause) {
    if (cause instanceof RangeError)
      throw failure(
        'out_of_memory',
        'The memory could not be had',
        'createSensorium',
        `${wasmMemory.buffer.byteLength} bytes`,
        messageOf(cause),
        cause,
      );
    throw failure(
      'wasm_invalid',
      'The WebAssembly module cannot be started',
      'wasm',
      'sensorium_wasm.wasm of this version',
      messageOf(cause),
      cause,
    );
  }
}

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

function settingFloats(port: WasmPort, memory: WebAssembly.Memory): SetFloats {
  return (path, values) => {
    // Too many are only counted: the core refuses them unread.
    if (values.length <= mostFloats) new Float32Array(memory.buffer, port.floats(), mostFloats).set(values);
    return port.set_floats(path, values.length);
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
    return new WasmBackend(module, memory, await instantiate(module, memory));
  }

  async create(settings: readonly Setting[], isa: string): Promise<Running> {
    // An instance without an engine tells how much memory one needs.
    this.#probe.clear();
    const bytes = configure(this.#probe, settingFloats(this.#probe, this.#probeMemory), settings, isa);
    const memory = fixedMemory(ownBytes + bytes + 65536);
    const port = await instantiate(this.#module, memory);
    configure(port, settingFloats(port, memory), settings, isa);
    const base = port.create();
    if (base === 0) throw lastError(port);
    return new WasmRunning(port, memory, base, bytes);
  }
}

const backends = new WeakMap<WebAssembly.Module, Promise<WasmBackend>>();
let ownModule: Promise<WebAssembly.Module> | undefined;

/** The backend of a source. The package's own module is compiled once; a failure is not kept, the next attempt is a new one. */
export async function wasmBackend(source: WasmSource | undefined, fetch: Fetch): Promise<Backend> {
  const fetchDefault = () => fetch(new URL('./wasm/sensorium_wasm.wasm', import.meta.url));
  if (source === undefined) {
    ownModule ??= compile(undefined, fetchDefault, fetch).catch((error: unknown) => {
      ownModule = undefined;
      throw error;
    });
  }
  const module = await (source === undefined ? ownModule! : compile(source, fetchDefault, fetch));
  let backend = backends.get(module);
  if (!backend) backends.set(module, (backend = WasmBackend.of(module)));
  return backend.catch((error: unknown) => {
    backends.delete(module);
    throw error;
  });
}
