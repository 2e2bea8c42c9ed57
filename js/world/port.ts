// What the facade needs of a world's module.
import type { Column } from '../backend.ts';

/** The verbs of world/src/port.h as Embind has them. Those that can fail return false, and error() says why. */
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

/** A world that runs. */
export interface RunningWorld {
  readonly port: WorldPort;
  readonly columns: readonly Column[];
  /** What holds the world's block, from `base` on. It never grows nor moves. */
  readonly buffer: ArrayBuffer;
  readonly base: number;
  readonly bytes: number;
}

/** An option that was given, by its name. */
export type WorldSetting = readonly [name: string, value: number | string];
