// Made by scripts/world-names.mjs from world/include/sensorium/world.h; edit that and run: npm run generate

/** The worlds there are. */
export const worldNames = [
  'plaza',
  'warehouse',
  'forest',
] as const;
export type WorldName = (typeof worldNames)[number];

/** A group of sensors, that fail together. */
export const modalities = [
  'visual',
  'lidar',
  'audio',
  'imu',
] as const;
export type Modality = (typeof modalities)[number];

/** What can be wrong with one modality of one agent; the magnitude is in the unit that each says. */
export const faults = [
  'none',
  /** readings are lost; magnitude: the share that is, 0 .. 1 */
  'dropout',
  /** the first reading of the fault is repeated; no magnitude */
  'stuck',
  /** one reading in five jumps up or down; spreads */
  'spike',
  /** an error that grows from zero; spreads a second */
  'drift',
  /** a burst of normal noise; spreads (standard deviation) */
  'noise',
  /** a constant error; spreads */
  'bias',
  /** readings come late; readings, 1 .. 5 */
  'delay',
  /** of each group of magnitude + 1 readings the newest comes in time, then come the others; 1 .. 5 */
  'reorder',
] as const;
export type Fault = (typeof faults)[number];

/** What can happen at a place of the site. */
export const incidents = [
  /** somebody who hunts about the site; agents who see it flee */
  'intruder',
  /** a blast, heard all over the site when its sound arrives; agents near flee */
  'explosion',
  /** everybody near is pressed towards one point */
  'crush',
] as const;
export type Incident = (typeof incidents)[number];

/** What an agent is in: the last of these that is so. */
export const situations = [
  'calm',
  /** nobody within 15 m */
  'alone',
  /** at least 6 others within 3 m */
  'crowded',
  /** an incident is about the agent */
  'threatened',
  /** neither visual nor lidar gives a reading, by a fault */
  'blind',
] as const;
export type Situation = (typeof situations)[number];
