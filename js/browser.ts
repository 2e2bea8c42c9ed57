// The entry for browsers and their workers: WebAssembly alone.
import { create, explain as explainOptions, type Explanation, type Runtime, type Sensorium, type SensoriumOptions } from './engine.ts';
import { failure } from './errors.ts';
import type { ClassicChannel } from './schema.gen.ts';
import { wasmBackend } from './wasm.ts';

export * from './public.ts';

const runtime: Runtime = {
  native() {
    throw failure('native_unavailable', 'There is no addon in a browser', 'backend', "'auto' or 'wasm'", "'native'");
  },
  wasm: (source) => wasmBackend(source, (address) => fetch(address, { credentials: 'same-origin' })),
  isa: () => '',
};

/** Makes an engine. Every option has a default; a wrong one is an error that says what and where. */
export function createSensorium<Channel extends string = ClassicChannel>(options?: SensoriumOptions<Channel>): Promise<Sensorium<Channel>> {
  return create(runtime, options);
}

/** What an engine of these options would take in memory, before anything is made. A wrong option is the same error as there. */
export function explain<Channel extends string = ClassicChannel>(options?: SensoriumOptions<Channel>): Promise<Explanation> {
  return explainOptions(runtime, options);
}
