// A WebAssembly module of this package: read from wherever it is, compiled once, started in a memory of its own.
import { failure, kindOf, type SensoriumError } from './errors.ts';
import type { Fetch, WasmSource } from './wasm-source.ts';

/** The function that Emscripten's glue exports. */
type Glue<Port> = (module: {
  wasmMemory: WebAssembly.Memory;
  instantiateWasm(imports: WebAssembly.Imports, done: (instance: WebAssembly.Instance) => void): object;
}) => Promise<Port>;

interface About<Port> {
  /** The file's name: "sensorium_wasm.wasm". */
  readonly file: string;
  /** Where it lies beside this package's code. A literal `new URL(…, import.meta.url)`, which bundlers look for. */
  readonly address: () => URL;
  readonly glue: Glue<Port>;
  /** The function that users call: "createSensorium". */
  readonly maker: string;
}

/** The smallest module that uses SIMD: (func (result v128) i32.const 0 i8x16.splat). */
const simdProbe = new Uint8Array([0, 97, 115, 109, 1, 0, 0, 0, 1, 5, 1, 96, 0, 1, 123, 3, 2, 1, 0, 10, 8, 1, 6, 0, 65, 0, 253, 15, 11]);

const messageOf = (error: unknown) => (error instanceof Error ? error.message : String(error));

/** Refuses runtimes that cannot run a module, in words of their own: V8 would say "invalid opcode". */
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

export class PackagedModule<Port> {
  readonly #about: About<Port>;
  #own: Promise<WebAssembly.Module> | undefined;

  constructor(about: About<Port>) {
    this.#about = about;
  }

  /** The package's own module is compiled once; a failure is not kept, the next attempt is a new one. */
  async load(source: WasmSource | undefined, fetch: Fetch): Promise<WebAssembly.Module> {
    checkRuntime();
    if (source !== undefined) return this.#compile(source, fetch);
    this.#own ??= this.#read(() => fetch(this.#about.address()), 'the package’s own module')
      .then((read) => this.#compileRead(read))
      .catch((error: unknown) => {
        this.#own = undefined;
        throw error;
      });
    return this.#own;
  }

  /** An instance in `wasmMemory`. */
  async instantiate(module: WebAssembly.Module, wasmMemory: WebAssembly.Memory): Promise<Port> {
    const { glue, maker } = this.#about;
    try {
      return await new Promise((resolve, reject) => {
        const instantiateWasm = (imports: WebAssembly.Imports, done: (instance: WebAssembly.Instance) => void) => {
          WebAssembly.instantiate(module, imports).then(done).catch(reject);
          return {};
        };
        glue({ wasmMemory, instantiateWasm }).then(resolve, reject);
      });
    } catch (cause) {
      if (cause instanceof RangeError)
        throw failure('out_of_memory', 'The memory could not be had', maker, `${wasmMemory.buffer.byteLength} bytes`, messageOf(cause), cause);
      throw this.#invalid('The WebAssembly module cannot be started', 'wasm', messageOf(cause), cause);
    }
  }

  /** Compiles the module from wherever it is. */
  async #compile(source: WasmSource, fetch: Fetch): Promise<WebAssembly.Module> {
    const kind = kindOf(source);
    if (kind === 'WebAssembly.Module') return source as WebAssembly.Module;
    if (kind === 'URL' || typeof source === 'string')
      return this.#compileRead(await this.#read(() => fetch(source as URL | string), String(source)));
    if (kind === 'Response' || kind === 'ArrayBuffer' || kind === 'Uint8Array')
      return this.#compileRead(source as Response | ArrayBuffer | Uint8Array);
    throw failure(
      'wrong_type',
      'The module cannot come from this',
      'wasm',
      'a URL, path, Response, ArrayBuffer, Uint8Array or WebAssembly.Module',
      kind,
    );
  }

  async #read(get: () => Promise<Response | Uint8Array>, where: string): Promise<Response | Uint8Array> {
    try {
      return await get();
    } catch (cause) {
      throw failure('wasm_not_found', 'The WebAssembly module could not be read', where, this.#about.file, messageOf(cause), cause);
    }
  }

  async #compileRead(read: Response | ArrayBuffer | Uint8Array): Promise<WebAssembly.Module> {
    if (kindOf(read) !== 'Response') return this.#compileBytes(read as ArrayBuffer | Uint8Array, 'wasm');
    const response = read as Response;
    const where = response.url || 'the response';
    if (!response.ok)
      throw failure('wasm_not_found', 'The WebAssembly module could not be read', where, 'status 200', `status ${response.status}`);
    const type = response.headers.get('content-type') ?? '';
    // Compiling while reading needs the right type; servers that do not know it are served well enough by the bytes.
    if (!type.startsWith('application/wasm')) return this.#compileBytes(await response.arrayBuffer(), where);
    try {
      return await WebAssembly.compileStreaming(response);
    } catch (cause) {
      throw this.#refused(cause, where);
    }
  }

  async #compileBytes(bytes: ArrayBuffer | Uint8Array, where: string): Promise<WebAssembly.Module> {
    const start = new TextDecoder().decode(bytes.slice(0, 64)).trimStart();
    if (start.startsWith('<')) {
      const cause = 'A development server that moved the package answers so: in Vite, add optimizeDeps: { exclude: ["sensorium"] }';
      const expected = `the file ${this.#about.file}. ${cause}`;
      throw failure('wasm_invalid', 'Got HTML instead of WebAssembly', where, expected, `"${start.slice(0, 20)}…"`);
    }
    try {
      return await WebAssembly.compile(bytes as BufferSource);
    } catch (cause) {
      throw this.#refused(cause, where);
    }
  }

  #refused(cause: unknown, where: string): SensoriumError {
    const text = messageOf(cause);
    if (/unsafe-eval|Content Security Policy/i.test(text)) {
      return failure('wasm_unsupported', 'The page’s policy forbids WebAssembly', where, "script-src with 'wasm-unsafe-eval'", text, cause);
    }
    return this.#invalid('The WebAssembly module cannot be compiled', where, text, cause);
  }

  #invalid(what: string, where: string, got: string, cause: unknown): SensoriumError {
    return failure('wasm_invalid', what, where, `${this.#about.file} of this version`, got, cause);
  }
}
