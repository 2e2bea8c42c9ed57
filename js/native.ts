// The native backend: the addon, in Node. The engine's block lies in the buffer of a WebAssembly.Memory, which nobody can take away.
import { createRequire } from 'node:module';
import { fileURLToPath } from 'node:url';
import { configure, explained, fixedMemory, lastError, otherBuild } from './backend.ts';
import type { Backend, Carrier, ExplainedRow, Port, Replay, Running, Setting, View } from './backend.ts';
import { failure } from './errors.ts';
import { identity } from './schema.gen.ts';

interface NativePort extends Port {
  set_floats(path: string, values: Float32Array): boolean;
  set_bytes(path: string, values: Uint8Array): boolean;
  snapshot(buffer: Uint8Array): number;
  restore(snapshot: Uint8Array): boolean;
  set_snapshot(snapshot: Uint8Array): boolean;
  /** The block is all of the buffer but its last 64 bytes, where the time of the next tick is put. */
  create(buffer: ArrayBuffer): boolean;
  tick(): boolean;
  tick_many(
    times: Float64Array,
    columns: Uint32Array,
    inputs: Float32Array,
    rows: number,
    active: Uint8Array | undefined,
    planes: Uint32Array,
    into: readonly View[],
    changes: Uint32Array | undefined,
    done: Float64Array,
  ): boolean;
  dispose(): void;
}
interface Addon {
  Port: new () => NativePort;
}

const timeBytes = 64;

class NativeRunning implements Running {
  readonly backend = 'native';
  readonly port: NativePort;
  readonly buffer: ArrayBuffer;
  readonly base = 0;
  readonly bytes: number;
  readonly seconds: Float64Array;

  constructor(port: NativePort, buffer: ArrayBuffer, bytes: number) {
    this.port = port;
    this.buffer = buffer;
    this.bytes = bytes;
    this.seconds = new Float64Array(buffer, buffer.byteLength - timeBytes, 1);
  }

  tick(): boolean {
    return this.port.tick();
  }

  tickMany({ times, columns, inputs, rows, active, planes, into }: Replay, changes: Uint32Array | undefined, done: Float64Array): boolean {
    return this.port.tick_many(times, columns, inputs, rows, active, planes, into, changes, done);
  }

  snapshotInto(buffer: Uint8Array): number {
    return this.port.snapshot(buffer);
  }

  restore(snapshot: Uint8Array): boolean {
    return this.port.restore(snapshot);
  }

  dispose(): void {
    this.port.dispose();
  }
}

function carrierTo(port: NativePort): Carrier {
  return {
    setFloats: (path, values) => port.set_floats(path, values),
    setBytes: (path, values) => port.set_bytes(path, values),
    setSnapshot: (snapshot) => port.set_snapshot(snapshot),
  };
}

class NativeBackend implements Backend {
  readonly #addon: Addon;

  constructor(addon: Addon) {
    this.#addon = addon;
  }

  create(settings: readonly Setting[], isa: string): Running {
    const port = new this.#addon.Port();
    const bytes = configure(port, carrierTo(port), settings, isa);
    const { buffer } = fixedMemory(bytes + timeBytes);
    if (!port.create(buffer)) throw lastError(port);
    return new NativeRunning(port, buffer, bytes);
  }

  explain(settings: readonly Setting[], isa: string): ExplainedRow[] {
    const port = new this.#addon.Port();
    return explained(port, carrierTo(port), settings, isa);
  }
}

let loaded: NativeBackend | undefined;

/** The addon of this platform; an error lists every path tried and why it would not load. */
export function nativeBackend(): Backend {
  if (loaded) return loaded;
  const platform = `${process.platform}-${process.arch}`;
  const require = createRequire(import.meta.url);
  const reasons: string[] = [];
  for (const url of [new URL(`./native/${platform}/sensorium.node`, import.meta.url)]) {
    const path = fileURLToPath(url);
    try {
      const addon = require(path) as Addon;
      const other = otherBuild(new addon.Port());
      if (other === undefined) return (loaded = new NativeBackend(addon));
      reasons.push(`${path}: expected build ${identity}, got ${other}`);
    } catch (error) {
      reasons.push(`${path}: ${error instanceof Error ? error.message.split('\n')[0] : error}`);
    }
  }
  const expected = `an addon for ${platform}; or backend: 'wasm'`;
  throw failure('native_unavailable', 'The addon cannot be loaded', 'backend', expected, reasons.join('; '));
}
