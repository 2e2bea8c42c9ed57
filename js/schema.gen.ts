// Made by scripts/generate.mjs from the schema of the C++ core (core/src/schema.cpp); edit that and run: npm run generate

/** A layer's weights or biases: flat, row-major; or one row a unit. */
export type Numbers = Float32Array | Float64Array | readonly number[] | readonly (readonly number[] | Float32Array)[];

/** Which build the addon and the module must be, to go with this: the version, and a checksum of the schema's names. @internal */
export const identity = '0.1.0-4cb230cd';

/** Longer files are no models. */
export const mostModelBytes = 132104;

/** The channels of the classic four-sensor system, which an engine has where none are given. */
export type ClassicChannel =
  | 'visual.objects'
  | 'visual.brightness'
  | 'visual.motion'
  | 'lidar.points'
  | 'lidar.max_range'
  | 'lidar.obstacles'
  | 'audio.amplitude'
  | 'audio.frequency'
  | 'audio.event'
  | 'imu.accel_x'
  | 'imu.accel_y'
  | 'imu.accel_z'
  | 'imu.gyro';

/** What stands before the first dot of a channel's name. */
export type ModalityOf<Channel extends string> = Channel extends `${infer Modality}.${string}` ? Modality : Channel;

/** One of `channels`. */
export interface ChannelOptions {
  /**
   * linear: one feature, (value - offset) * scale, then absolute, then clamp. circular: an angle, two features,
   * the sine (name.sin) and the cosine (name.cos) of 2 pi (value - offset) / period. categorical: a feature a
   * category (name=0, name=1 ...), 1 for the value's own and else 0; all are 0 where a value is nearest to no
   * category. Default: linear.
   */
  readonly kind?: 'linear' | 'circular' | 'categorical' | undefined;
  /**
   * The smallest value the sensor is declared to give; with max it sets the default scale. -Infinity: not
   * declared. Range: any finite number or -Infinity. Unit: the channel's. Default: -Infinity.
   */
  readonly min?: number | null | undefined;
  /**
   * The largest value the sensor is declared to give; must be above min. Infinity: not declared. Range: any
   * finite number or Infinity. Unit: the channel's. Default: Infinity.
   */
  readonly max?: number | null | undefined;
  /**
   * Factor of the feature. 0: (value - min) / (max - min) where both are declared, else 1. Range: -1e9 to 1e9.
   * Unit: 1 / the channel's. Default: 0.
   */
  readonly scale?: number | undefined;
  /**
   * Subtracted from a reading before it is scaled; where scale is 0 and min and max are declared, min is
   * subtracted too. Linear and circular. Range: any finite number. Unit: the channel's. Default: 0.
   */
  readonly offset?: number | undefined;
  /** Take the feature's magnitude. Default: false. */
  readonly absolute?: boolean | undefined;
  /** Limit the feature to 0..1. All features saturate at +-1e9. Default: false. */
  readonly clamp?: boolean | undefined;
  /**
   * Circular: how much is once around. 360 for degrees, 24 for the hour of the day. Range: 1e-6 to 1e9. Unit: the
   * channel's. Default: 6.283185.
   */
  readonly period?: number | undefined;
  /**
   * Categorical, and then 2 or more: how many there are. Values are 0 to categories - 1, rounded to the nearest,
   * halves upwards. Range: 0 to 32. Default: 0.
   */
  readonly categories?: number | undefined;
  /**
   * Share of each of the channel's features in the fused value: sum(weight * feature) / sum(weight). 0: an input
   * of the network only. Left out: 1 for a linear channel, 0 for others. Range: 0 to 1000000.
   */
  readonly weight?: number | undefined;
  /**
   * Whether the channel is a feature. One that is not has its column, is never read and costs nothing. Default:
   * true.
   */
  readonly feature?: boolean | undefined;
}

/** One of `modalities`. */
export interface ModalityOptions {
  /** As readings.hold, for this modality; inherit: as there. Default: inherit. */
  readonly hold?: 'inherit' | 'latch' | 'once' | undefined;
  /** As readings.lost_after, for this modality; NaN: as there. Range: 0 or more, Infinity too. Unit: s. */
  readonly lost_after?: number | null | undefined;
  /** As readings.half_life, for this modality; NaN: as there. Range: 1e-6 or more, Infinity too. Unit: s. */
  readonly half_life?: number | null | undefined;
  /** As readings.timed, for this modality; true there is true for all. Default: false. */
  readonly timed?: boolean | undefined;
}

/** One of `network.layers`. */
export interface LayerOptions {
  /** Outputs of the layer. Range: 1 to 64. Default: 8. */
  readonly units?: number | undefined;
  /**
   * fast_sigmoid is 0.5 + x / (2 (1 + |x|)); relu and identity saturate at +-1e9; softmax only in the last layer.
   * Default: fast_sigmoid.
   */
  readonly activation?: 'fast_sigmoid' | 'sigmoid' | 'tanh' | 'relu' | 'identity' | 'softmax' | undefined;
  /** [units][inputs], row-major. Left out: uniform in +-sqrt(2 / inputs), from the seed. Range: -1e6 to 1000000. */
  readonly weights?: Numbers | undefined;
  /** [units]. Left out: 0. Range: -1e9 to 1e9. */
  readonly biases?: Numbers | undefined;
}

/** Options `readings`. */
export interface ReadingsOptions {
  /**
   * What a finite value in an input column means. latch: it is read anew by every tick until it is replaced.
   * once: the tick takes it and leaves NaN, so it counts one time. Default: latch.
   */
  readonly hold?: 'inherit' | 'latch' | 'once' | undefined;
  /**
   * A modality is lost when its last reading is older than this; it takes no part in fusion until it reads again.
   * Range: 0 or more, Infinity too. Unit: s. Default: 1.
   */
  readonly lost_after?: number | null | undefined;
  /**
   * A reading's fusion weight halves each time this much time passes: weight * 2^(-age / half_life). Range: 1e-6
   * or more, Infinity too. Unit: s. Default: Infinity.
   */
  readonly half_life?: number | null | undefined;
  /**
   * Columns sensors.<modality>.time, f64, s on tick()'s clock: when the readings in the modality's columns were
   * measured. No number: now; later than the tick: now. One older than what the agent holds is left out; with
   * hold once it is taken all the same, and its time with it. Default: false.
   */
  readonly timed?: boolean | undefined;
  /**
   * Result columns held, age and weight: what of every sensor goes into fusion. Without, they do not exist and
   * cost nothing. Default: false.
   */
  readonly columns?: boolean | undefined;
}

/** Options `fusion`. */
export interface FusionOptions {
  /**
   * fused: confidence is the fused value, as in the classic system. freshness: the share of all fusion weight
   * that fresh readings carry, 0..1. auto: fused for the classic channels, freshness for any others. Default:
   * auto.
   */
  readonly confidence?: 'auto' | 'fused' | 'freshness' | undefined;
}

/** Options `network`. */
export interface NetworkOptions {
  /** Seed of the weights that are not given. Range: 0 to 2^53 - 1. Default: 1. */
  readonly seed?: number | undefined;
  /**
   * The bytes of a .safetensors file, whose layers, activations and weights the network has: see models.md. Not
   * beside layers. Range: 10 to 132104 bytes.
   */
  readonly model?: Uint8Array | ArrayBuffer | undefined;
  /** The network's layers in order; the first one's inputs are the features. None: no network. */
  readonly layers?: readonly LayerOptions[] | undefined;
}

/** Options `detection`. */
export interface DetectionOptions {
  /**
   * The newest fused value is scored against this many last ones, itself among them. |z| cannot exceed
   * sqrt(window - 1). Range: 3 to 256. Unit: ticks. Default: 20.
   */
  readonly window?: number | undefined;
  /** No score before this many values; at most the window. Range: 2 to 256. Unit: ticks. Default: 3. */
  readonly min_samples?: number | undefined;
  /** z is 0 where the deviation is not above this. Range: 0 to 1e9. Unit: the fused value's. Default: 0.0001. */
  readonly min_deviation?: number | undefined;
  /** |z| above this: severity low, and the anomaly flag. Range: 0 to 1e9. Unit: deviations. Default: 2. */
  readonly low?: number | undefined;
  /** |z| above this: severity medium; not below low. Range: 0 to 1e9. Unit: deviations. Default: 2.5. */
  readonly medium?: number | undefined;
  /** |z| above this: severity high; not below medium. Range: 0 to 1e9. Unit: deviations. Default: 3. */
  readonly high?: number | undefined;
}

/** Options `prediction`. */
export interface PredictionOptions {
  /** Least squares over this many last fused values. Range: 2 to 256. Unit: ticks. Default: 10. */
  readonly window?: number | undefined;
  /** How many ticks ahead, each with its own column. Range: 1 to 32. Unit: ticks. Default: 5. */
  readonly horizon?: number | undefined;
  /**
   * Predictions are clamped to min..max. Range: any finite number or -Infinity. Unit: the fused value's. Default:
   * 0.
   */
  readonly min?: number | null | undefined;
  /**
   * Predictions are clamped to min..max. Range: any finite number or Infinity. Unit: the fused value's. Default:
   * 1.
   */
  readonly max?: number | null | undefined;
}

/** Options `events`. */
export interface EventsOptions {
  /**
   * A column results.unacknowledged: what has begun and was not acknowledged, also where it has ended since. 4
   * bytes an agent. Default: false.
   */
  readonly acknowledge?: boolean | undefined;
  readonly anomaly?: EventsAnomalyOptions | undefined;
  readonly blind?: EventsBlindOptions | undefined;
  readonly neighbor?: EventsNeighborOptions | undefined;
  readonly lost?: EventsLostOptions | undefined;
}

/** Options `events.anomaly`. */
export interface EventsAnomalyOptions {
  /**
   * An anomaly begins when |z| has been above detection.low at every tick for this long. Asleep, a row's delays
   * start anew. Infinity, here and below: never. Range: 0 or more, Infinity too. Unit: s. Default: 0.
   */
  readonly on_delay?: number | null | undefined;
  /**
   * It ends when |z| has been at or below detection.low - deadband, or nothing was scored, at every tick for this
   * long. Range: 0 or more, Infinity too. Unit: s. Default: 0.
   */
  readonly off_delay?: number | null | undefined;
  /** See off_delay; at most detection.low. Range: 0 to 1e9. Unit: deviations. Default: 0. */
  readonly deadband?: number | undefined;
}

/** Options `events.blind`. */
export interface EventsBlindOptions {
  /**
   * An agent's blindness is told when it has lasted this long. Range: 0 or more, Infinity too. Unit: s. Default:
   * 0.
   */
  readonly on_delay?: number | null | undefined;
  /** Its end is told when the agent has seen for this long. Range: 0 or more, Infinity too. Unit: s. Default: 0. */
  readonly off_delay?: number | null | undefined;
}

/** Options `events.neighbor`. */
export interface EventsNeighborOptions {
  /**
   * A neighbour enters when somebody has been within the radius - deadband at every tick for this long. Range: 0
   * or more, Infinity too. Unit: s. Default: 0.
   */
  readonly on_delay?: number | null | undefined;
  /**
   * It leaves when nobody has been within the radius at any tick for this long. Range: 0 or more, Infinity too.
   * Unit: s. Default: 0.
   */
  readonly off_delay?: number | null | undefined;
  /**
   * See on_delay; at most neighbors.radius. For an agent whose own radius is no larger: only who is on the same
   * spot enters. Range: 0 to 1e18. Unit: m. Default: 0.
   */
  readonly deadband?: number | undefined;
}

/** Options `events.lost`. */
export interface EventsLostOptions {
  /**
   * A modality's loss is told this long after it was lost, which is lost_after after its last reading. Fusion
   * does not wait. Range: 0 or more, Infinity too. Unit: s. Default: 0.
   */
  readonly on_delay?: number | null | undefined;
  /**
   * That it is back is told when it has not been lost for this long. Range: 0 or more, Infinity too. Unit: s.
   * Default: 0.
   */
  readonly off_delay?: number | null | undefined;
}

/** Options `neighbors`. */
export interface NeighborsOptions {
  /**
   * How many nearest neighbours each agent is told of. 0: nobody looks, there are no such columns and no cost.
   * Range: 0 to 32. Default: 0.
   */
  readonly k?: number | undefined;
  /** Neighbours are within this distance: d^2 <= radius^2. Range: 1e-6 to 1e18. Unit: m. Default: 10. */
  readonly radius?: number | undefined;
  /**
   * Full angle of the field of view around the heading. Less than a turn: there are heading columns, and only who
   * is inside counts. Range: 0.001 to 6.283186. Unit: rad. Default: 6.283185.
   */
  readonly fov?: number | undefined;
  /** A radius column: each agent its own, metres. Not positive or no number: neighbors.radius. Default: false. */
  readonly own_radius?: boolean | undefined;
  /**
   * Columns group (0..31) and interest (bit g: notices group g; all by default): who notices whom. Default:
   * false.
   */
  readonly groups?: boolean | undefined;
}

/** Options `map`. */
export interface MapOptions {
  /**
   * Places the map remembers; beyond, the one that was least recently seen goes. 0: no map, and no cost. Range: 0
   * to 1048576. Unit: places. Default: 0.
   */
  readonly capacity?: number | undefined;
  /**
   * An agent within this distance of a place is in it, else it founds one. 0: every observation founds a place.
   * Range: 0 to 1e18. Unit: m. Default: 2.
   */
  readonly merge_radius?: number | undefined;
  /** Places nearer to each other than this are linked. Range: 0 to 1e18. Unit: m. Default: 10. */
  readonly link_radius?: number | undefined;
  /**
   * What places are places of. position: the position columns. features: the classic system's, (100 f0, 100 f1,
   * 10 f2) metres. Default: position.
   */
  readonly from?: 'position' | 'features' | undefined;
}

/** Options `history`. */
export interface HistoryOptions {
  /**
   * How many of the last ticks are kept. 0: none, and no cost. Left out: 100 for up to 1,000 agents, else 0;
   * sensorium explain tells the bytes. Range: 0 to 100000. Unit: ticks.
   */
  readonly depth?: number | undefined;
  /** The columns whose last ticks are kept, by name. Default: fused, confidence, anomaly.score and flags. */
  readonly columns?: readonly string[] | undefined;
}

/** Options `metrics`. */
export interface MetricsOptions {
  /**
   * Whether each tick is timed, for latency, rates and stages. Off: nothing reads the clock, and those figures
   * are 0. Default: true.
   */
  readonly timing?: boolean | undefined;
  /**
   * The stages of one tick in so many are timed too; a prime, so that sensors that read every few ticks are met
   * at all their phases. 0: never. Range: 0 to 1000000. Unit: ticks. Default: 61.
   */
  readonly stages_every?: number | undefined;
}

/** Everything that an engine can be told; what is left out has its default. */
export interface EngineOptions<Channel extends string = string> {
  /** How many agents the engine holds: the rows of every column. Range: 1 to 1000000. Default: 1. */
  readonly agents?: number | undefined;
  /**
   * The scalars that sensors report, by name. At most 64, of at most 32 features together, in at most 16
   * modalities. Default: the classic system's 13.
   */
  readonly channels?: Readonly<Record<Channel, ChannelOptions>> | undefined;
  /** What differs from `readings` for a modality, by its name. */
  readonly modalities?: Readonly<Partial<Record<ModalityOf<Channel>, ModalityOptions>>> | undefined;
  readonly readings?: ReadingsOptions | undefined;
  readonly fusion?: FusionOptions | undefined;
  readonly network?: NetworkOptions | undefined;
  readonly detection?: DetectionOptions | undefined;
  readonly prediction?: PredictionOptions | undefined;
  readonly events?: EventsOptions | undefined;
  readonly neighbors?: NeighborsOptions | undefined;
  readonly map?: MapOptions | undefined;
  readonly history?: HistoryOptions | undefined;
  readonly metrics?: MetricsOptions | undefined;
}

/** Input columns beside the channels' own: views over the engine's own memory, one value an agent. */
export interface Inputs {
  /**
   * Rows that take part in a tick: 1 (the default) or any other non-zero value. An inactive row keeps its state
   * and results. Range: 0 or 1.
   */
  readonly active: Uint8Array;
  readonly position: {
    /**
     * Where the agent is. Any coordinate no number: it has no neighbours and is nobody's. Range: +-1e18. Unit: m.
     * Only where neighbors.k > 0 or map.capacity > 0.
     */
    readonly x: Float32Array;
    /** Where the agent is. Range: +-1e18. Unit: m. Only where neighbors.k > 0 or map.capacity > 0. */
    readonly y: Float32Array;
    /**
     * Where the agent is; 0 by default, for two dimensions. Range: +-1e18. Unit: m. Only where neighbors.k > 0 or
     * map.capacity > 0.
     */
    readonly z: Float32Array;
  };
  readonly heading: {
    /**
     * Where the agent looks, of any length. Zero or no number: all around. Range: +-1e9. Only where neighbors.k > 0
     * and neighbors.fov below a turn.
     */
    readonly x: Float32Array;
    /** Where the agent looks. Range: +-1e9. Only where neighbors.k > 0 and neighbors.fov below a turn. */
    readonly y: Float32Array;
    /**
     * Where the agent looks; 0 by default. Range: +-1e9. Only where neighbors.k > 0 and neighbors.fov below a turn.
     */
    readonly z: Float32Array;
  };
  /**
   * The agent's own radius; not positive or no number, the default: neighbors.radius. Range: 0..1e18. Unit: m.
   * Only where neighbors.k > 0 and neighbors.own_radius.
   */
  readonly radius: Float32Array;
  /** The group the agent belongs to; 0 by default. Range: 0..31. Only where neighbors.k > 0 and neighbors.groups. */
  readonly group: Uint8Array;
  /**
   * Bit g: the agent notices group g; all by default. Unit: bits. Only where neighbors.k > 0 and
   * neighbors.groups.
   */
  readonly interest: Uint32Array;
}

/** Result columns: views over the engine's own memory, one value an agent, rewritten by every tick. */
export interface Results {
  /**
   * sum(weight * feature) / sum(weight) over the features that are not lost; held while blind. Range: +-1e9.
   * Unit: the features'.
   */
  readonly fused: Float32Array;
  /** Trust in the fused value; 0 while blind. See fusion.confidence. Range: 0..1, or fused's. */
  readonly confidence: Float32Array;
  /**
   * The features as they are held, one column each: of the last reading, 0 before the first. Range: +-1e9. Unit:
   * the feature's. Only where readings.columns.
   */
  readonly held: readonly Float32Array[];
  /**
   * Time since the last reading of each modality, one column each; -1 before the first, and where no channel is a
   * feature. Range: -1, or 0 or more. Unit: s. Only where readings.columns.
   */
  readonly age: readonly Float32Array[];
  /**
   * The features' weights in the fused value of this tick, after fading, one column each; 0 where one is lost or
   * unseen. Range: 0..1e6. Only where readings.columns.
   */
  readonly weight: readonly Float32Array[];
  /** The network's outputs, one column each. Range: the activation's. */
  readonly output: readonly Float32Array[];
  readonly anomaly: {
    /** |z| as a share of the largest |z| that the window allows, sqrt(window - 1). Range: 0..1. */
    readonly score: Float32Array;
    /** Population z-score of the newest fused value in its window. Range: +-sqrt(window - 1). Unit: deviations. */
    readonly z: Float32Array;
    /** none, low, medium, high. Range: 0..3. */
    readonly severity: Uint8Array;
    /** Mean of the window. Range: +-1e9. Unit: the fused value's. */
    readonly mean: Float32Array;
    /** Population standard deviation of the window. Range: 0..1e9. Unit: the fused value's. */
    readonly deviation: Float32Array;
  };
  readonly prediction: {
    /**
     * The fused value 1, 2 ... horizon ticks ahead, one column each. Range: prediction.min..max. Unit: the fused
     * value's.
     */
    readonly values: readonly Float32Array[];
    /** R squared of the fitted line; 0 where the values are constant to rounding. Range: 0..1. */
    readonly confidence: Float32Array;
    /** Slope of the fitted line. Range: finite. Unit: the fused value's a tick. */
    readonly trend: Float32Array;
  };
  readonly neighbors: {
    /**
     * Agents within the radius, and in view and of interest; 255: that many or more. Range: 0..255. Unit: agents.
     * Only where neighbors.k > 0.
     */
    readonly count: Uint8Array;
    /** How many of the k nearest there are. Range: 0..k. Only where neighbors.k > 0. */
    readonly valid: Uint8Array;
    /**
     * The nearest, by distance and then index, row by row; -1 where there is none. Values a row: k. Range:
     * -1..agents - 1. Only where neighbors.k > 0.
     */
    readonly index: Int32Array;
    /**
     * Their distances; -1 where there is none. Values a row: k. Range: 0..radius, or -1. Unit: m. Only where
     * neighbors.k > 0.
     */
    readonly distance: Float32Array;
  };
  readonly place: {
    /**
     * The place the agent is in: generation * 2^20 + slot, so that an id is never used twice; -1 where it has no
     * position. Range: -1, or 0..2^52. Only where map.capacity > 0.
     */
    readonly id: Float64Array;
  };
  /** What is so after the tick: see Flag. Unit: bits. */
  readonly flags: Uint32Array;
  /** Which flags of anomaly, blind, neighbor and the lost modalities began or ended in this tick. Unit: bits. */
  readonly changes: Uint32Array;
  /** Which of these have begun and were not acknowledged since. Unit: bits. Only where events.acknowledge. */
  readonly unacknowledged: Uint32Array;
}

/** One value an engine, current after each tick. */
export class Statistics {
  readonly #cycles: Float64Array;
  readonly #time: Float64Array;
  readonly #active_agents: Float64Array;
  readonly #changed_agents: Float64Array;
  readonly #anomalies: Float64Array;
  readonly #agent_cycles: Float64Array;
  readonly #predictions: Float64Array;
  readonly #sensors_lost: Float64Array;
  readonly #sensors_lost_now: Float64Array;
  readonly #places: Float64Array;
  readonly #places_made: Float64Array;
  readonly #places_gone: Float64Array;

  /** @internal */
  constructor(column: (name: string) => Float64Array) {
    this.#cycles = column('cycles');
    this.#time = column('time');
    this.#active_agents = column('active_agents');
    this.#changed_agents = column('changed_agents');
    this.#anomalies = column('anomalies');
    this.#agent_cycles = column('agent_cycles');
    this.#predictions = column('predictions');
    this.#sensors_lost = column('sensors_lost');
    this.#sensors_lost_now = column('sensors_lost_now');
    this.#places = column('places');
    this.#places_made = column('places_made');
    this.#places_gone = column('places_gone');
  }

  /** Ticks since creation or reset. Range: 0..2^53. Unit: ticks. */
  get cycles(): number {
    return this.#cycles[0]!;
  }
  /** The time given to the last tick. Range: finite. Unit: s. */
  get time(): number {
    return this.#time[0]!;
  }
  /** Active rows in the last tick. Range: 0..agents. Unit: agents. */
  get active_agents(): number {
    return this.#active_agents[0]!;
  }
  /** Rows with a change in the last tick. Range: 0..agents. Unit: agents. */
  get changed_agents(): number {
    return this.#changed_agents[0]!;
  }
  /** Anomalies begun since creation or reset, over all agents. Range: 0..2^53. Unit: anomalies. */
  get anomalies(): number {
    return this.#anomalies[0]!;
  }
  /** Active rows of all ticks since creation or reset, added up. Range: 0..2^53. Unit: agent-cycles. */
  get agent_cycles(): number {
    return this.#agent_cycles[0]!;
  }
  /**
   * Predictions made since creation or reset, over all agents: one an agent and tick. Range: 0..2^53. Unit:
   * predictions.
   */
  get predictions(): number {
    return this.#predictions[0]!;
  }
  /**
   * How often a modality of an agent was lost since creation or reset: sensor-lost events. Range: 0..2^53. Unit:
   * losses.
   */
  get sensors_lost(): number {
    return this.#sensors_lost[0]!;
  }
  /**
   * Modalities that are lost, over the agents that were active in the last tick. Range: 0..agents * modalities.
   * Unit: modalities.
   */
  get sensors_lost_now(): number {
    return this.#sensors_lost_now[0]!;
  }
  /** Places in the map. Range: 0..capacity. Unit: places. Only where map.capacity > 0. */
  get places(): number {
    return this.#places[0]!;
  }
  /** Places founded in the last tick. Range: 0..agents. Unit: places. Only where map.capacity > 0. */
  get places_made(): number {
    return this.#places_made[0]!;
  }
  /**
   * Places forgotten in the last tick, for want of room. Range: 0..agents. Unit: places. Only where map.capacity
   * > 0.
   */
  get places_gone(): number {
    return this.#places_gone[0]!;
  }

  toJSON(): Record<'cycles' | 'time' | 'active_agents' | 'changed_agents' | 'anomalies' | 'agent_cycles' | 'predictions' | 'sensors_lost' | 'sensors_lost_now' | 'places' | 'places_made' | 'places_gone', number> {
    return {
      cycles: this.cycles,
      time: this.time,
      active_agents: this.active_agents,
      changed_agents: this.changed_agents,
      anomalies: this.anomalies,
      agent_cycles: this.agent_cycles,
      predictions: this.predictions,
      sensors_lost: this.sensors_lost,
      sensors_lost_now: this.sensors_lost_now,
      places: this.places,
      places_made: this.places_made,
      places_gone: this.places_gone,
    };
  }
}

/** What an engine has done and what that took: see Sensorium.metrics(). What was not timed, or is not there, is 0. */
export interface Metrics {
  /** Ticks since creation or reset. Unit: ticks. */
  cycles: number;
  /** Active rows of those ticks, added up. Unit: agent-cycles. */
  agent_cycles: number;
  /** Anomalies begun. Unit: anomalies. */
  anomalies: number;
  /** Predictions made, one an agent and tick. Unit: predictions. */
  predictions: number;
  /** How often a modality of an agent was lost. Unit: losses. */
  sensors_lost: number;
  /** Modalities that are lost, over the agents of the last tick. Unit: modalities. */
  sensors_lost_now: number;
  /** Places in the map; 0 without one. Unit: places. */
  places: number;
  latency: {
    /** Ticks that were timed since creation, reset or resetMetrics. Unit: ticks. */
    count: number;
    /** The shortest, exact. Unit: s. */
    min: number;
    /** Their mean, exact. Unit: s. */
    mean: number;
    /** Half of the ticks took no longer; within 1 %, as the other quantiles. Unit: s. */
    p50: number;
    /** 19 in 20 ticks took no longer. Unit: s. */
    p95: number;
    /** 99 in 100 ticks took no longer. Unit: s. */
    p99: number;
    /** The longest, exact. Unit: s. */
    max: number;
    /**
     * The clock's smallest step, as measured; no single latency is known any better. 0 where metrics.timing is off.
     * Unit: s.
     */
    resolution: number;
  };
  /** Ticks a second of the wall clock, from the start of the first timed tick to that of the last. Unit: Hz. */
  rate: number;
  /** Agent-cycles a second of the time spent in ticks. Unit: Hz. */
  agent_rate: number;
  stages: {
    /** Ticks whose stages were timed: one in metrics.stages_every. Unit: ticks. */
    count: number;
    seconds: {
      /** Mean time a tick in who is near. Stages that run in parallel count the time of every thread. Unit: s. */
      locate: number;
      /** Mean time a tick in reading the input columns. Unit: s. */
      ingest: number;
      /** Mean time a tick in fusion. Unit: s. */
      fuse: number;
      /** Mean time a tick in the network. Unit: s. */
      infer: number;
      /** Mean time a tick in the windows and their sums. Unit: s. */
      remember: number;
      /** Mean time a tick in scoring. Unit: s. */
      detect: number;
      /** Mean time a tick in prediction. Unit: s. */
      predict: number;
      /** Mean time a tick in flags and changes. Unit: s. */
      report: number;
      /** Mean time a tick in the map of places. Unit: s. */
      map: number;
      /** Mean time a tick in keeping the history. Unit: s. */
      history: number;
    };
    share: {
      /** Of the time of all stages, 0..1; the shares add up to 1. */
      locate: number;
      /** As above. */
      ingest: number;
      /** As above. */
      fuse: number;
      /** As above. */
      infer: number;
      /** As above. */
      remember: number;
      /** As above. */
      detect: number;
      /** As above. */
      predict: number;
      /** As above. */
      report: number;
      /** As above. */
      map: number;
      /** As above. */
      history: number;
    };
  };
  memory: {
    /** The engine's block; the parts below add up to it. Unit: bytes. */
    total: number;
    /** Input columns. Unit: bytes. */
    inputs: number;
    /** Result columns. Unit: bytes. */
    results: number;
    /** What agents keep from tick to tick: held readings, windows. Unit: bytes. */
    state: number;
    /** Weights and biases. Unit: bytes. */
    network: number;
    /** What finding neighbours works in. Unit: bytes. */
    search: number;
    /** The map of places. Unit: bytes. */
    map: number;
    /** Past ticks. Unit: bytes. */
    history: number;
    /** The histogram of latency, and the stages' times. Unit: bytes. */
    metrics: number;
    /** Where answers to JavaScript are put. Unit: bytes. */
    exchange: number;
    /** The resolved options, tables, statistics. Unit: bytes. */
    other: number;
  };
}

/** Where each figure stands, in the core's order. */
export const metricPaths: readonly string[] = [
  'cycles',
  'agent_cycles',
  'anomalies',
  'predictions',
  'sensors_lost',
  'sensors_lost_now',
  'places',
  'latency.count',
  'latency.min',
  'latency.mean',
  'latency.p50',
  'latency.p95',
  'latency.p99',
  'latency.max',
  'latency.resolution',
  'rate',
  'agent_rate',
  'stages.count',
  'stages.seconds.locate',
  'stages.seconds.ingest',
  'stages.seconds.fuse',
  'stages.seconds.infer',
  'stages.seconds.remember',
  'stages.seconds.detect',
  'stages.seconds.predict',
  'stages.seconds.report',
  'stages.seconds.map',
  'stages.seconds.history',
  'stages.share.locate',
  'stages.share.ingest',
  'stages.share.fuse',
  'stages.share.infer',
  'stages.share.remember',
  'stages.share.detect',
  'stages.share.predict',
  'stages.share.report',
  'stages.share.map',
  'stages.share.history',
  'memory.total',
  'memory.inputs',
  'memory.results',
  'memory.state',
  'memory.network',
  'memory.search',
  'memory.map',
  'memory.history',
  'memory.metrics',
  'memory.exchange',
  'memory.other',
];

/** Bits of the columns `flags` and `changes`. */
export const Flag = {
  /**
   * Severity is low or worse. This, blind, neighbor and lost begin and end as `events` has it: at once, or with
   * delays and a deadband.
   */
  anomaly: 1,
  /** Every modality is lost or unseen: fused is held, confidence is 0, nothing is scored or learned. */
  blind: 2,
  /** The anomaly columns hold a value. */
  scored: 4,
  /** The prediction columns hold a value. */
  predicted: 8,
  /** The row took part in the tick. */
  active: 16,
  /** Somebody is within the radius. */
  neighbor: 32,
  /** The first of 16 bits: modality m, in order of first mention, is lost. */
  lost: 65536,
} as const;

/** What begins and ends: its bit in `changes`, its record in the options `events`, and the kinds of its two events. */
export const eventKinds = [
  { bit: 1, kind: 'anomaly', begin: 'anomaly-begin', end: 'anomaly-end' },
  { bit: 2, kind: 'blind', begin: 'blind-begin', end: 'blind-end' },
  { bit: 32, kind: 'neighbor', begin: 'neighbor-enter', end: 'neighbor-leave' },
  { bit: 65536, kind: 'lost', begin: 'sensor-lost', end: 'sensor-back' },
] as const;

/** Columns that only some engines have: their path without what they have in common, and where there are any. */
export const conditionalColumns: readonly (readonly [path: string, when: string])[] = [
  ['position', 'neighbors.k > 0 or map.capacity > 0'],
  ['heading', 'neighbors.k > 0 and neighbors.fov below a turn'],
  ['radius', 'neighbors.k > 0 and neighbors.own_radius'],
  ['group', 'neighbors.k > 0 and neighbors.groups'],
  ['interest', 'neighbors.k > 0 and neighbors.groups'],
  ['results.held', 'readings.columns'],
  ['results.age', 'readings.columns'],
  ['results.weight', 'readings.columns'],
  ['results.neighbors', 'neighbors.k > 0'],
  ['results.place', 'map.capacity > 0'],
  ['results.unacknowledged', 'events.acknowledge'],
];

/** Codes of the core's errors. */
export type CoreErrorCode =
  /** no option of that name */
  | 'unknown_option'
  /** a number where text is wanted, and so on */
  | 'wrong_type'
  /** outside the option's stated range, or not finite */
  | 'out_of_range'
  /** empty, too long, or with an empty part */
  | 'bad_name'
  /** a channel, modality, feature or column of times named twice */
  | 'duplicate_name'
  /** options for a modality that no channel belongs to */
  | 'unknown_modality'
  /** more channels, features, modalities or layers than there may be */
  | 'too_many'
  /** an option of channels of another kind */
  | 'wrong_kind'
  /** weights, biases or buffers of another length than what they are for */
  | 'wrong_count'
  /** no feature, or none with a positive weight */
  | 'nothing_to_fuse'
  /** the memory block is too small, null or not 64-byte aligned */
  | 'bad_block'
  /** the memory could not be had */
  | 'out_of_memory'
  /** tick(NaN) or tick(infinity) */
  | 'time_not_finite'
  /** tick() with a smaller time than the last one */
  | 'time_backwards'
  /** an agent's index outside 0 .. agents - 1 */
  | 'agent_out_of_range'
  /** SENSORIUM_ISA names one that this machine or build does not have */
  | 'unknown_isa'
  /** the classic load generator on an engine without the classic channels */
  | 'wrong_channels'
  /** no column of that name in this engine, or none that may be used so */
  | 'unknown_column'
  /** a .safetensors file that is broken, not understood, or of another shape or other features than the engine's */
  | 'bad_model'
  /** two blocks of which one is written share memory, or one shares the engine's */
  | 'overlap'
  /** the bytes are no snapshot, cut, altered, or of a state that no engine can be in */
  | 'bad_snapshot'
  /** the snapshot is of a newer version */
  | 'snapshot_version'
  /** the snapshot is of an engine with other options */
  | 'snapshot_config';

/** Paths whose value is an object of options. */
export const groupPaths: ReadonlySet<string> = new Set(['readings', 'fusion', 'network', 'detection', 'prediction', 'events', 'events.anomaly', 'events.blind', 'events.neighbor', 'events.lost', 'neighbors', 'map', 'history', 'metrics']);

/** Paths whose value is an object of records by name. */
export const recordPaths: ReadonlySet<string> = new Set(['channels', 'modalities']);

/** Paths whose value is an array of records. */
export const listPaths: ReadonlySet<string> = new Set(['network.layers']);

/** Paths whose value is an array of text. */
export const textListPaths: ReadonlySet<string> = new Set(['history.columns']);

/** Paths whose value is a file's bytes. */
export const bytesPaths: ReadonlySet<string> = new Set(['network.model']);

/** The infinity that null stands for, where a range ends in one: JSON has none. Within a record, its list's path comes first. */
export const nullValues: ReadonlyMap<string, number> = new Map([
  ['readings.lost_after', Infinity],
  ['readings.half_life', Infinity],
  ['channels.min', -Infinity],
  ['channels.max', Infinity],
  ['modalities.lost_after', Infinity],
  ['modalities.half_life', Infinity],
  ['prediction.min', -Infinity],
  ['prediction.max', Infinity],
  ['events.anomaly.on_delay', Infinity],
  ['events.anomaly.off_delay', Infinity],
  ['events.blind.on_delay', Infinity],
  ['events.blind.off_delay', Infinity],
  ['events.neighbor.on_delay', Infinity],
  ['events.neighbor.off_delay', Infinity],
  ['events.lost.on_delay', Infinity],
  ['events.lost.off_delay', Infinity],
]);
