// The entry of the simulated world for Node.
import { read } from './node-read.ts';
import type { WorldOptions } from './world/types.ts';
import { create, type World } from './world/world.ts';

export * from './world/public.ts';

/** Makes a world at tick 0. Every option has a default; a wrong one is an error that says what and where. */
export function createWorld(options?: WorldOptions): Promise<World> {
  return create(read, options);
}
