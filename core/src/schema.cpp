#include "sensorium/schema.h"

#include <cstddef>

#include "sensorium/metrics.h"

namespace sensorium {

List<ChannelOptions, kMaxChannels> classic_channels() {
  // Only the four with `feature` are fused and cost anything; the weights and scales are the original system's.
  return {
      {.name = "visual.objects", .scale = 1.0f / 10, .weight = 0.3f},
      {.name = "visual.brightness", .feature = false},
      {.name = "visual.motion", .feature = false},
      {.name = "lidar.points", .scale = 1.0f / 1500, .weight = 0.3f},
      {.name = "lidar.max_range", .feature = false},
      {.name = "lidar.obstacles", .feature = false},
      {.name = "audio.amplitude", .scale = 1, .weight = 0.2f},
      {.name = "audio.frequency", .feature = false},
      {.name = "audio.event", .feature = false},
      {.name = "imu.accel_x", .scale = 1, .absolute = true, .weight = 0.2f},
      {.name = "imu.accel_y", .feature = false},
      {.name = "imu.accel_z", .feature = false},
      {.name = "imu.gyro", .feature = false},
  };
}

namespace schema {
namespace {

constexpr double kInf = std::numeric_limits<double>::infinity();
constexpr double kFloatMax = std::numeric_limits<float>::max();

constexpr const char* kKinds[] = {"linear", "circular", "categorical"};
constexpr const char* kHolds[] = {"inherit", "latch", "once"};
constexpr const char* kActivations[] = {"fast_sigmoid", "sigmoid", "tanh", "relu", "identity", "softmax"};
constexpr const char* kPlacesFrom[] = {"position", "features"};
constexpr const char* kConfidences[] = {"auto", "fused", "freshness"};

// Every option record is a standard-layout aggregate but for the nested ones, whose offsets GCC and Clang define all the same.
#if defined(__GNUC__)
#pragma GCC diagnostic ignored "-Winvalid-offsetof"
#endif
#define ROOT(member) Scope::root, #member, offsetof(Config, member)
#define CHANNEL(member) Scope::channel, #member, offsetof(ChannelOptions, member)
#define MODALITY(member) Scope::modality, #member, offsetof(ModalityOptions, member)
#define HISTORY_COLUMN(member) Scope::history_column, #member, 0
#define LAYER(member) Scope::layer, #member, offsetof(LayerOptions, member)

struct Place {
  Scope scope;
  const char* path;
  std::size_t offset;
};

constexpr Option row(Place place, OptionType type, double min, double max, const char* unit, const char* doc,
                     std::span<const char* const> choices = {}) {
  return {place.scope, place.path, type, place.offset, min, max, unit, doc, choices};
}
constexpr Option choice(Place place, std::span<const char* const> choices, const char* doc) {
  return row(place, OptionType::choice, 0, static_cast<double>(choices.size() - 1), "", doc, choices);
}

constexpr Option kOptions[] = {
    row({ROOT(agents)}, OptionType::u32, 1, kMaxAgents, "",
        "How many agents the engine holds: the rows of every column."),

    choice({ROOT(readings.hold)}, kHolds,
           "What a finite value in an input column means. latch: it is read anew by every tick until it is replaced. "
           "once: the tick takes it and leaves NaN, so it counts one time."),
    row({ROOT(readings.lost_after)}, OptionType::f64, 0, kInf, "s",
        "A modality is lost when its last reading is older than this; it takes no part in fusion until it reads "
        "again."),
    row({ROOT(readings.half_life)}, OptionType::f64, 1e-6, kInf, "s",
        "A reading's fusion weight halves each time this much time passes: weight * 2^(-age / half_life)."),
    row({ROOT(readings.timed)}, OptionType::flag, 0, 1, "",
        "Columns sensors.<modality>.time, f64, s on tick()'s clock: when the readings in the modality's columns were "
        "measured. No number: now; "
        "later than the tick: now. One older than what the agent holds is left out; with hold once it is taken all the "
        "same, and its time with it."),
    row({ROOT(readings.columns)}, OptionType::flag, 0, 1, "",
        "Result columns held, age and weight: what of every sensor goes into fusion. Without, they do not exist and "
        "cost nothing."),

    row({CHANNEL(name)}, OptionType::text, 1, 63, "",
        "\"modality.channel\", or one word for a modality of one channel; any UTF-8 text without empty parts."),
    choice({CHANNEL(kind)}, kKinds,
           "linear: one feature, (value - offset) * scale, then absolute, then clamp. circular: an angle, two "
           "features, the sine (name.sin) and the "
           "cosine (name.cos) of 2 pi (value - offset) / period. categorical: a feature a category (name=0, name=1 "
           "...), 1 for the value's own and else "
           "0; all are 0 where a value is nearest to no category."),
    row({CHANNEL(min)}, OptionType::f32, -kInf, kFloatMax, "the channel's",
        "The smallest value the sensor is declared to give; with max it sets the default scale. -Infinity: not "
        "declared."),
    row({CHANNEL(max)}, OptionType::f32, -kFloatMax, kInf, "the channel's",
        "The largest value the sensor is declared to give; must be above min. Infinity: not declared."),
    row({CHANNEL(scale)}, OptionType::f32, -1e9, 1e9, "1 / the channel's",
        "Factor of the feature. 0: (value - min) / (max - min) where both are declared, else 1."),
    row({CHANNEL(offset)}, OptionType::f32, -kFloatMax, kFloatMax, "the channel's",
        "Subtracted from a reading before it is scaled; where scale is 0 and min and max are declared, min is "
        "subtracted too. Linear and circular."),
    row({CHANNEL(absolute)}, OptionType::flag, 0, 1, "", "Take the feature's magnitude."),
    row({CHANNEL(clamp)}, OptionType::flag, 0, 1, "", "Limit the feature to 0..1. All features saturate at +-1e9."),
    row({CHANNEL(period)}, OptionType::f64, 1e-6, 1e9, "the channel's",
        "Circular: how much is once around. 360 for degrees, 24 for the hour of the day."),
    row({CHANNEL(categories)}, OptionType::u32, 0, kMaxCategories, "",
        "Categorical, and then 2 or more: how many there are. Values are 0 to categories - 1, rounded to the nearest, "
        "halves upwards."),
    row({CHANNEL(weight)}, OptionType::f32, 0, 1e6, "",
        "Share of each of the channel's features in the fused value: sum(weight * feature) / sum(weight). 0: an input "
        "of the network only. "
        "Left out: 1 for a linear channel, 0 for others."),
    row({CHANNEL(feature)}, OptionType::flag, 0, 1, "",
        "Whether the channel is a feature. One that is not has its column, is never read and costs nothing."),

    row({MODALITY(name)}, OptionType::text, 1, 63, "",
        "A modality of the channels: what stands before the first dot of their names."),
    choice({MODALITY(hold)}, kHolds, "As readings.hold, for this modality; inherit: as there."),
    row({MODALITY(lost_after)}, OptionType::f64, 0, kInf, "s",
        "As readings.lost_after, for this modality; NaN: as there."),
    row({MODALITY(half_life)}, OptionType::f64, 1e-6, kInf, "s",
        "As readings.half_life, for this modality; NaN: as there."),
    row({MODALITY(timed)}, OptionType::flag, 0, 1, "",
        "As readings.timed, for this modality; true there is true for all."),

    choice({ROOT(fusion.confidence)}, kConfidences,
           "fused: confidence is the fused value, as in the classic system. freshness: the share of all fusion weight "
           "that "
           "fresh readings carry, 0..1. auto: fused for the classic channels, freshness for any others."),

    row({ROOT(network.seed)}, OptionType::u64, 0, 9007199254740991.0, "", "Seed of the weights that are not given."),
    row({ROOT(network.model)}, OptionType::bytes, 10, kMaxModelBytes, "",
        "The bytes of a .safetensors file, whose layers, activations and weights the network has: see models.md. Not "
        "beside layers."),
    row({LAYER(units)}, OptionType::u32, 1, kMaxUnits, "", "Outputs of the layer."),
    choice({LAYER(activation)}, kActivations,
           "fast_sigmoid is 0.5 + x / (2 (1 + |x|)); relu and identity saturate at +-1e9; softmax only in the last "
           "layer."),
    row({LAYER(weights)}, OptionType::floats, -kMaxWeight, kMaxWeight, "",
        "[units][inputs], row-major. Left out: uniform in +-sqrt(2 / inputs), from the seed."),
    row({LAYER(biases)}, OptionType::floats, -kMaxBias, kMaxBias, "", "[units]. Left out: 0."),

    row({ROOT(detection.window)}, OptionType::u32, 3, kMaxWindow, "ticks",
        "The newest fused value is scored against this many last ones, itself among them. |z| cannot exceed "
        "sqrt(window - 1)."),
    row({ROOT(detection.min_samples)}, OptionType::u32, 2, kMaxWindow, "ticks",
        "No score before this many values; at most the window."),
    row({ROOT(detection.min_deviation)}, OptionType::f32, 0, 1e9, "the fused value's",
        "z is 0 where the deviation is not above this."),
    row({ROOT(detection.low)}, OptionType::f32, 0, 1e9, "deviations",
        "|z| above this: severity low, and the anomaly flag."),
    row({ROOT(detection.medium)}, OptionType::f32, 0, 1e9, "deviations",
        "|z| above this: severity medium; not below low."),
    row({ROOT(detection.high)}, OptionType::f32, 0, 1e9, "deviations",
        "|z| above this: severity high; not below medium."),

    row({ROOT(prediction.window)}, OptionType::u32, 2, kMaxWindow, "ticks",
        "Least squares over this many last fused values."),
    row({ROOT(prediction.horizon)}, OptionType::u32, 1, kMaxHorizon, "ticks",
        "How many ticks ahead, each with its own column."),
    row({ROOT(prediction.min)}, OptionType::f32, -kInf, kFloatMax, "the fused value's",
        "Predictions are clamped to min..max."),
    row({ROOT(prediction.max)}, OptionType::f32, -kFloatMax, kInf, "the fused value's",
        "Predictions are clamped to min..max."),

    row({ROOT(events.anomaly.on_delay)}, OptionType::f64, 0, kInf, "s",
        "An anomaly begins when |z| has been above detection.low at every tick for this long. Asleep, a row's delays "
        "start anew. "
        "Infinity, here and below: never."),
    row({ROOT(events.anomaly.off_delay)}, OptionType::f64, 0, kInf, "s",
        "It ends when |z| has been at or below detection.low - deadband, or nothing was scored, at every tick for this "
        "long."),
    row({ROOT(events.anomaly.deadband)}, OptionType::f32, 0, 1e9, "deviations",
        "See off_delay; at most detection.low."),
    row({ROOT(events.blind.on_delay)}, OptionType::f64, 0, kInf, "s",
        "An agent's blindness is told when it has lasted this long."),
    row({ROOT(events.blind.off_delay)}, OptionType::f64, 0, kInf, "s",
        "Its end is told when the agent has seen for this long."),
    row({ROOT(events.neighbor.on_delay)}, OptionType::f64, 0, kInf, "s",
        "A neighbour enters when somebody has been within the radius - deadband at every tick for this long."),
    row({ROOT(events.neighbor.off_delay)}, OptionType::f64, 0, kInf, "s",
        "It leaves when nobody has been within the radius at any tick for this long."),
    row({ROOT(events.neighbor.deadband)}, OptionType::f32, 0, 1e18, "m",
        "See on_delay; at most neighbors.radius. For an agent whose own radius is no larger: only who is on the same "
        "spot enters."),
    row({ROOT(events.lost.on_delay)}, OptionType::f64, 0, kInf, "s",
        "A modality's loss is told this long after it was lost, which is lost_after after its last reading. Fusion "
        "does not wait."),
    row({ROOT(events.lost.off_delay)}, OptionType::f64, 0, kInf, "s",
        "That it is back is told when it has not been lost for this long."),
    row({ROOT(events.acknowledge)}, OptionType::flag, 0, 1, "",
        "A column results.unacknowledged: what has begun and was not acknowledged, also where it has ended since. 4 "
        "bytes an agent."),

    row({ROOT(neighbors.k)}, OptionType::u32, 0, kMaxNeighbors, "",
        "How many nearest neighbours each agent is told of. 0: nobody looks, there are no such columns and no cost."),
    row({ROOT(neighbors.radius)}, OptionType::f32, 1e-6, 1e18, "m",
        "Neighbours are within this distance: d^2 <= radius^2."),
    row({ROOT(neighbors.fov)}, OptionType::f32, 1e-3, 6.2831855, "rad",
        "Full angle of the field of view around the heading. Less than a turn: there are heading columns, and only who "
        "is inside counts."),
    row({ROOT(neighbors.own_radius)}, OptionType::flag, 0, 1, "",
        "A radius column: each agent its own, metres. Not positive or no number: neighbors.radius."),
    row({ROOT(neighbors.groups)}, OptionType::flag, 0, 1, "",
        "Columns group (0..31) and interest (bit g: notices group g; all by default): who notices whom."),

    row({ROOT(map.capacity)}, OptionType::u32, 0, 1048576, "places",
        "Places the map remembers; beyond, the one that was least recently seen goes. 0: no map, and no cost."),
    row({ROOT(map.merge_radius)}, OptionType::f32, 0, 1e18, "m",
        "An agent within this distance of a place is in it, else it founds one. 0: every observation founds a place."),
    row({ROOT(map.link_radius)}, OptionType::f32, 0, 1e18, "m", "Places nearer to each other than this are linked."),
    choice({ROOT(map.from)}, kPlacesFrom,
           "What places are places of. position: the position columns. features: the classic system's, (100 f0, 100 "
           "f1, 10 f2) metres."),

    row({ROOT(history.depth)}, OptionType::optional_u32, 0, kMaxHistory, "ticks",
        "How many of the last ticks are kept. 0: none, and no cost. Left out: 100 for up to 1,000 agents, else 0; "
        "sensorium explain tells the bytes."),
    row({HISTORY_COLUMN(name)}, OptionType::text, 1, 95, "",
        "A result column without \"results.\", such as \"anomaly.score\" or \"prediction.values\" (a list is kept "
        "whole), or an input column, "
        "such as \"sensors.lidar.points\" or \"position.x\"."),

    row({ROOT(metrics.timing)}, OptionType::flag, 0, 1, "",
        "Whether each tick is timed, for latency, rates and stages. Off: nothing reads the clock, and those figures "
        "are 0."),
    row({ROOT(metrics.stages_every)}, OptionType::u32, 0, 1000000, "ticks",
        "The stages of one tick in so many are timed too; a prime, so that sensors that read every few ticks are met "
        "at all their phases. 0: never."),
};

constexpr RecordList kRecordLists[] = {
    {Scope::channel, "channels", true, 1, kMaxChannels,
     "The scalars that sensors report, by name. At most 64, of at most 32 features together, in at most 16 modalities. "
     "Default: the classic system's 13."},
    {Scope::modality, "modalities", true, 0, kMaxModalities,
     "What differs from `readings` for a modality, by its name."},
    {Scope::layer, "network.layers", false, 0, kMaxLayers,
     "The network's layers in order; the first one's inputs are the features. None: no network."},
    {Scope::history_column, "history.columns", false, 0, kMaxHistoryColumns,
     "The columns whose last ticks are kept, by name. Default: fused, confidence, anomaly.score and flags."},
};

constexpr ResultColumn kInputs[] = {
    {"active", ElementType::u8, "", "", "0 or 1",
     "Rows that take part in a tick: 1 (the default) or any other non-zero value. "
     "An inactive row keeps its state and results."},
    {"position.x", ElementType::f32, "", "m", "+-1e18",
     "Where the agent is. Any coordinate no number: it has no neighbours and is nobody's.", When::placed},
    {"position.y", ElementType::f32, "", "m", "+-1e18", "Where the agent is.", When::placed},
    {"position.z", ElementType::f32, "", "m", "+-1e18", "Where the agent is; 0 by default, for two dimensions.",
     When::placed},
    {"heading.x", ElementType::f32, "", "", "+-1e9",
     "Where the agent looks, of any length. Zero or no number: all around.", When::limited_view},
    {"heading.y", ElementType::f32, "", "", "+-1e9", "Where the agent looks.", When::limited_view},
    {"heading.z", ElementType::f32, "", "", "+-1e9", "Where the agent looks; 0 by default.", When::limited_view},
    {"radius", ElementType::f32, "", "m", "0..1e18",
     "The agent's own radius; not positive or no number, the default: neighbors.radius.", When::own_radius},
    {"group", ElementType::u8, "", "", "0..31", "The group the agent belongs to; 0 by default.", When::groups},
    {"interest", ElementType::u32, "", "bits", "", "Bit g: the agent notices group g; all by default.", When::groups},
};

constexpr ResultColumn kResults[] = {
    {"results.fused", ElementType::f32, "", "the features'", "+-1e9",
     "sum(weight * feature) / sum(weight) over the features that are not lost; held while blind."},
    {"results.confidence", ElementType::f32, "", "", "0..1, or fused's",
     "Trust in the fused value; 0 while blind. See fusion.confidence."},
    {"results.held", ElementType::f32, "features", "the feature's", "+-1e9",
     "The features as they are held, one column each: of the last reading, 0 before the first.", When::readings},
    {"results.age", ElementType::f32, "modalities", "s", "-1, or 0 or more",
     "Time since the last reading of each modality, one column each; -1 before the first, and where no channel is a "
     "feature.",
     When::readings},
    {"results.weight", ElementType::f32, "features", "", "0..1e6",
     "The features' weights in the fused value of this tick, after fading, one column each; 0 where one is lost or "
     "unseen.",
     When::readings},
    {"results.output", ElementType::f32, "outputs", "", "the activation's", "The network's outputs, one column each."},
    {"results.anomaly.score", ElementType::f32, "", "", "0..1",
     "|z| as a share of the largest |z| that the window allows, sqrt(window - 1)."},
    {"results.anomaly.z", ElementType::f32, "", "deviations", "+-sqrt(window - 1)",
     "Population z-score of the newest fused value in its window."},
    {"results.anomaly.severity", ElementType::u8, "", "", "0..3", "none, low, medium, high."},
    {"results.anomaly.mean", ElementType::f32, "", "the fused value's", "+-1e9", "Mean of the window."},
    {"results.anomaly.deviation", ElementType::f32, "", "the fused value's", "0..1e9",
     "Population standard deviation of the window."},
    {"results.prediction.values", ElementType::f32, "horizon", "the fused value's", "prediction.min..max",
     "The fused value 1, 2 ... horizon ticks ahead, one column each."},
    {"results.prediction.confidence", ElementType::f32, "", "", "0..1",
     "R squared of the fitted line; 0 where the values are constant to rounding."},
    {"results.prediction.trend", ElementType::f32, "", "the fused value's a tick", "finite",
     "Slope of the fitted line."},
    {"results.neighbors.count", ElementType::u8, "", "agents", "0..255",
     "Agents within the radius, and in view and of interest; 255: that many or more.", When::neighbors},
    {"results.neighbors.valid", ElementType::u8, "", "", "0..k", "How many of the k nearest there are.",
     When::neighbors},
    {"results.neighbors.index", ElementType::i32, "k", "", "-1..agents - 1",
     "The nearest, by distance and then index, row by row; -1 where there is none.", When::neighbors},
    {"results.neighbors.distance", ElementType::f32, "k", "m", "0..radius, or -1",
     "Their distances; -1 where there is none.", When::neighbors},
    {"results.place.id", ElementType::f64, "", "", "-1, or 0..2^52",
     "The place the agent is in: generation * 2^20 + slot, so that an id is never used twice; -1 where it has no "
     "position.",
     When::map},
    {"results.flags", ElementType::u32, "", "bits", "", "What is so after the tick: see Flag."},
    {"results.changes", ElementType::u32, "", "bits", "",
     "Which flags of anomaly, blind, neighbor and the lost modalities began or ended in this tick."},
    {"results.unacknowledged", ElementType::u32, "", "bits", "",
     "Which of these have begun and were not acknowledged since.", When::acknowledge},
};

constexpr ResultColumn kStatistics[] = {
    {"statistics.cycles", ElementType::f64, "", "ticks", "0..2^53", "Ticks since creation or reset."},
    {"statistics.time", ElementType::f64, "", "s", "finite", "The time given to the last tick."},
    {"statistics.active_agents", ElementType::f64, "", "agents", "0..agents", "Active rows in the last tick."},
    {"statistics.changed_agents", ElementType::f64, "", "agents", "0..agents", "Rows with a change in the last tick."},
    {"statistics.anomalies", ElementType::f64, "", "anomalies", "0..2^53",
     "Anomalies begun since creation or reset, over all agents."},
    {"statistics.agent_cycles", ElementType::f64, "", "agent-cycles", "0..2^53",
     "Active rows of all ticks since creation or reset, added up."},
    {"statistics.predictions", ElementType::f64, "", "predictions", "0..2^53",
     "Predictions made since creation or reset, over all agents: one an agent and tick."},
    {"statistics.sensors_lost", ElementType::f64, "", "losses", "0..2^53",
     "How often a modality of an agent was lost since creation or reset: sensor-lost events."},
    {"statistics.sensors_lost_now", ElementType::f64, "", "modalities", "0..agents * modalities",
     "Modalities that are lost, over the agents that were active in the last tick."},
    {"statistics.places", ElementType::f64, "", "places", "0..capacity", "Places in the map.", When::map},
    {"statistics.places_made", ElementType::f64, "", "places", "0..agents", "Places founded in the last tick.",
     When::map},
    {"statistics.places_gone", ElementType::f64, "", "places", "0..agents",
     "Places forgotten in the last tick, for want of room.", When::map},
};

constexpr Metric kMetrics[] = {
    {"cycles", "ticks", "Ticks since creation or reset."},
    {"agent_cycles", "agent-cycles", "Active rows of those ticks, added up."},
    {"anomalies", "anomalies", "Anomalies begun."},
    {"predictions", "predictions", "Predictions made, one an agent and tick."},
    {"sensors_lost", "losses", "How often a modality of an agent was lost."},
    {"sensors_lost_now", "modalities", "Modalities that are lost, over the agents of the last tick."},
    {"places", "places", "Places in the map; 0 without one."},
    {"latency.count", "ticks", "Ticks that were timed since creation, reset or resetMetrics."},
    {"latency.min", "s", "The shortest, exact."},
    {"latency.mean", "s", "Their mean, exact."},
    {"latency.p50", "s", "Half of the ticks took no longer; within 1 %, as the other quantiles."},
    {"latency.p95", "s", "19 in 20 ticks took no longer."},
    {"latency.p99", "s", "99 in 100 ticks took no longer."},
    {"latency.max", "s", "The longest, exact."},
    {"latency.resolution", "s",
     "The clock's smallest step, as measured; no single latency is known any better. 0 where metrics.timing is off."},
    {"rate", "Hz", "Ticks a second of the wall clock, from the start of the first timed tick to that of the last."},
    {"agent_rate", "Hz", "Agent-cycles a second of the time spent in ticks."},
    {"stages.count", "ticks", "Ticks whose stages were timed: one in metrics.stages_every."},
    {"stages.seconds.locate", "s",
     "Mean time a tick in who is near. Stages that run in parallel count the time of every thread."},
    {"stages.seconds.ingest", "s", "Mean time a tick in reading the input columns."},
    {"stages.seconds.fuse", "s", "Mean time a tick in fusion."},
    {"stages.seconds.infer", "s", "Mean time a tick in the network."},
    {"stages.seconds.remember", "s", "Mean time a tick in the windows and their sums."},
    {"stages.seconds.detect", "s", "Mean time a tick in scoring."},
    {"stages.seconds.predict", "s", "Mean time a tick in prediction."},
    {"stages.seconds.report", "s", "Mean time a tick in flags and changes."},
    {"stages.seconds.map", "s", "Mean time a tick in the map of places."},
    {"stages.seconds.history", "s", "Mean time a tick in keeping the history."},
    {"stages.share.locate", "", "Of the time of all stages, 0..1; the shares add up to 1."},
    {"stages.share.ingest", "", "As above."},
    {"stages.share.fuse", "", "As above."},
    {"stages.share.infer", "", "As above."},
    {"stages.share.remember", "", "As above."},
    {"stages.share.detect", "", "As above."},
    {"stages.share.predict", "", "As above."},
    {"stages.share.report", "", "As above."},
    {"stages.share.map", "", "As above."},
    {"stages.share.history", "", "As above."},
    {"memory.total", "bytes", "The engine's block; the parts below add up to it."},
    {"memory.inputs", "bytes", "Input columns."},
    {"memory.results", "bytes", "Result columns."},
    {"memory.state", "bytes", "What agents keep from tick to tick: held readings, windows."},
    {"memory.network", "bytes", "Weights and biases."},
    {"memory.search", "bytes", "What finding neighbours works in."},
    {"memory.map", "bytes", "The map of places."},
    {"memory.history", "bytes", "Past ticks."},
    {"memory.metrics", "bytes", "The histogram of latency, and the stages' times."},
    {"memory.exchange", "bytes", "Where answers to JavaScript are put."},
    {"memory.other", "bytes", "The resolved options, tables, statistics."},
};
static_assert(std::size(kMetrics) * sizeof(double) == sizeof(Metrics), "a row each member");

constexpr EventKind kEventKinds[] = {
    {flag::anomaly, "anomaly", "anomaly-begin", "anomaly-end", "The fused value became abnormal, or is so no longer."},
    {flag::blind, "blind", "blind-begin", "blind-end", "The agent's last sensor was lost, or the first one came back."},
    {flag::neighbor, "neighbor", "neighbor-enter", "neighbor-leave",
     "Somebody came within the radius where nobody was, or the last one left it."},
    {1u << kLostShift, "lost", "sensor-lost", "sensor-back",
     "A modality had no reading for lost_after seconds, or reads again."},
};

constexpr FlagBit kFlagBits[] = {
    {flag::anomaly, "anomaly",
     "Severity is low or worse. This, blind, neighbor and lost begin and end as `events` has it: at once, or with "
     "delays and a deadband."},
    {flag::blind, "blind",
     "Every modality is lost or unseen: fused is held, confidence is 0, nothing is scored or learned."},
    {flag::scored, "scored", "The anomaly columns hold a value."},
    {flag::predicted, "predicted", "The prediction columns hold a value."},
    {flag::active, "active", "The row took part in the tick."},
    {flag::neighbor, "neighbor", "Somebody is within the radius."},
    {1u << kLostShift, "lost", "The first of 16 bits: modality m, in order of first mention, is lost."},
};

}  // namespace

std::span<const Option> options() { return kOptions; }
const std::byte* defaults(Scope scope) {
  static const Config root;
  static const ChannelOptions channel;
  static const ModalityOptions modality;
  static const LayerOptions layer;
  switch (scope) {
    case Scope::root:
    case Scope::history_column:
      break;
    case Scope::channel:
      return reinterpret_cast<const std::byte*>(&channel);
    case Scope::modality:
      return reinterpret_cast<const std::byte*>(&modality);
    case Scope::layer:
      return reinterpret_cast<const std::byte*>(&layer);
  }
  return reinterpret_cast<const std::byte*>(&root);
}
const char* condition(When when) {
  switch (when) {
    case When::always:
      return "";
    case When::readings:
      return "readings.columns";
    case When::placed:
      return "neighbors.k > 0 or map.capacity > 0";
    case When::map:
      return "map.capacity > 0";
    case When::neighbors:
      return "neighbors.k > 0";
    case When::limited_view:
      return "neighbors.k > 0 and neighbors.fov below a turn";
    case When::own_radius:
      return "neighbors.k > 0 and neighbors.own_radius";
    case When::groups:
      return "neighbors.k > 0 and neighbors.groups";
    case When::acknowledge:
      return "events.acknowledge";
  }
  return "";
}
std::span<const RecordList> record_lists() { return kRecordLists; }
std::span<const ResultColumn> inputs() { return kInputs; }
std::span<const ResultColumn> results() { return kResults; }
std::span<const ResultColumn> statistics() { return kStatistics; }
std::span<const Metric> metrics() { return kMetrics; }
std::span<const EventKind> event_kinds() { return kEventKinds; }
std::span<const FlagBit> flag_bits() { return kFlagBits; }

}  // namespace schema
}  // namespace sensorium
