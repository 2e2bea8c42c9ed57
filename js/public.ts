// What both entries export beside createSensorium.
export type { CycleResult, Explanation, Sensors, SensoriumEvent, SensoriumOptions, Severity } from './engine.ts';
export { Sensorium } from './engine.ts';
export type { ErrorCode } from './errors.ts';
export { SensoriumError } from './errors.ts';
export type { Place, PlaceColumns, Places, PlacesBatch, PlacesBuffers, PlacesFound } from './places.ts';
export type * from './schema.gen.ts';
export { Flag } from './schema.gen.ts';
export type { WasmSource } from './wasm-module.ts';
