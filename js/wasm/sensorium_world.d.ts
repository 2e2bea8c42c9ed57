// The glue that Emscripten makes from wasm/world.cpp: the verbs of world/src/port.h.
import type { Column } from '../backend.ts';

export interface WorldPort {
  clear(): void;
  set_number(option: string, value: number): boolean;
  set_text(option: string, value: string): boolean;
  set_isa(isa: string): void;
  /** 0 where the options make no world. */
  required_bytes(): number;
  /** Address of the block, or 0. */
  create(): number;
  isa(): string;
  columns(): number;
  column(index: number): Column;
  /** `agent` -1: every one. */
  inject(agent: number, modality: string, fault: string, magnitude: number, seconds: number): boolean;
  happen(incident: string, x: number, y: number, seconds: number): boolean;
  rate(modality: number): number;
  latency(modality: number): number;
  /** Of "world", "modality", "fault", "incident" or "situation"; "" after the last. */
  name(of: string, number: number): string;
  /** 0 to 4: code, what, where, expected, got. */
  error(part: number): string;
  _sensorium_world_step(): void;
}

export default function createModule(module: {
  wasmMemory: WebAssembly.Memory;
  instantiateWasm(imports: WebAssembly.Imports, done: (instance: WebAssembly.Instance) => void): object;
}): Promise<WorldPort>;
