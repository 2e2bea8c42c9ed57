// What both entries export beside createSensorium.
export type { CycleResult, Explanation, Replayed, Sensors, SensoriumOptions } from './engine.ts';
export { Sensorium } from './engine.ts';
export type { History, HistoryColumn } from './history.ts';
export type { ErrorCode } from './errors.ts';
export { SensoriumError } from './errors.ts';
export type { Alarm, AlarmKind, EventFilter, EventKind, EventOf, EventStreamOptions, SensoriumEvent, Severity } from './events.ts';
export type { Place, PlaceColumns, Places, PlacesBatch, PlacesBuffers, PlacesFound } from './places.ts';
export type { InputPath, Recording, ResultPath, ResultsAt } from './replay.ts';
export type * from './schema.gen.ts';
export { Flag } from './schema.gen.ts';
export type { Row, RowEvent, RowResult, Strategy, TransformOptions } from './transform.ts';
export type { WasmSource } from './wasm-source.ts';
