// What several test files share. It runs in Node and in Chromium.
import { createSensorium, SensoriumError, type ModalityOf, type Sensorium, type SensoriumEvent, type SensoriumOptions } from 'sensorium';
import { expect } from 'vitest';

export const inNode = typeof process !== 'undefined' && process.versions?.node !== undefined;

/** Why a comparison of both backends is skipped elsewhere. */
export const oneBackend = 'a browser has one backend';
/** Every suite runs on each of these. */
export const backends: readonly ('native' | 'wasm')[] = inNode ? ['native', 'wasm'] : ['wasm'];

/** One channel whose reading is the fused value itself: detection and prediction can then be checked by hand. */
export const level = { channels: { level: {} } } as const;

/** Ticks once a reading, a second apart from `start` on, and returns what came of the last. */
export function feed(s: Sensorium<'level'>, readings: readonly number[], start = 0): void {
  readings.forEach((reading, index) => {
    s.sensors.level[0] = reading;
    s.tick(start + index);
  });
}

/** The last tick's events, copied: the engine's own object is overwritten by each. */
export function eventsOf<Channel extends string>(s: Sensorium<Channel>): SensoriumEvent<ModalityOf<Channel>>[] {
  return Array.from(s.events(), (event) => ({ ...event }));
}

/** What was thrown, which must be ours. */
export function thrown(work: () => unknown): SensoriumError {
  try {
    work();
  } catch (error) {
    expect(error).toBeInstanceOf(SensoriumError);
    return error as SensoriumError;
  }
  throw new Error('expected a SensoriumError, got none');
}

/** What creating an engine of such options fails with. They may be of any type: JavaScript's users have no compiler. */
export async function refused(options: unknown): Promise<SensoriumError> {
  try {
    const s = await createSensorium(options as SensoriumOptions);
    s.dispose();
  } catch (error) {
    expect(error).toBeInstanceOf(SensoriumError);
    return error as SensoriumError;
  }
  throw new Error(`expected a SensoriumError, got an engine of ${JSON.stringify(options)}`);
}
