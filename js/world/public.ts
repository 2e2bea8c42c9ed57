// What both entries of the simulated world export beside createWorld.
export type { ErrorCode } from '../errors.ts';
export { SensoriumError } from '../errors.ts';
export type { WasmSource } from '../wasm-source.ts';
export { faults, incidents, modalities, situations, worldNames } from '../world.gen.ts';
export type { Fault, Incident, Modality, Situation, WorldName } from '../world.gen.ts';
export type {
  AgentTruth, Axes, FaultToInject, IncidentToHappen, Obstacle, Scene, Timing, Truth, Watcher, WorldInterval, WorldOptions, WorldOptionsInUse, WorldSensors,
} from './types.ts';
export { splitOf, World, type Split } from './world.ts';
