// What a configuration comes to: every number a tick needs and where everything lies in the engine's block.
// Made once by create(), never changed, without pointers, and itself the first thing in the block.
#pragma once

#include "sensorium/types.h"

namespace sensorium {

inline constexpr std::uint32_t kTileRows = 16;
inline constexpr std::uint32_t kBlockTiles = 8;  // tiles a block: 128 rows, whose state and results stay in a 48 KB L1
inline constexpr std::uint16_t kAllRows = 0xFFFF;

// What the block consists of, in the order of addresses. Memory is only given out as part of an area, so nothing in the block
// can be forgotten when an engine is saved.
enum class Area : std::uint32_t {
  plan,
  config,
  tables,
  weights,
  counts,
  columns,
  history,
  exchange,
  search,
  map,
  tiles,
  timing
};
inline constexpr std::uint32_t kAreas = 12;

// How an area comes into a snapshot (docs/snapshot.md).
enum class Saved : std::uint32_t {
  no,       // it follows from the configuration, or no tick reads what an earlier one has left there
  config,   // to be compared
  bytes,    // as it lies there
  columns,  // column by column
  places,   // the map: its places, in an order of its own
};

struct AreaKind {
  const char* name;
  Saved saved;
  std::uint32_t layout;  // goes up with any change in what its bytes mean
};
inline constexpr AreaKind kAreaKinds[kAreas] = {
    {"plan", Saved::no, 0},         {"config", Saved::config, 1}, {"tables", Saved::no, 0},
    {"weights", Saved::bytes, 1},   {"counts", Saved::no, 0},     {"columns", Saved::columns, 1},
    {"history", Saved::columns, 1}, {"exchange", Saved::no, 0},   {"search", Saved::no, 0},
    {"map", Saved::places, 1},      {"tiles", Saved::bytes, 1},   {"timing", Saved::no, 0},
};

struct AreaPlan {
  std::uint64_t offset;
  std::uint64_t bytes;
};

// How a reading becomes a feature.
struct Linear {
  float offset;
  float scale;
  bool absolute;
  bool clamp;
  float plain = 0;  // a reading of at most this magnitude cannot saturate; 0: ask each time
};

// How a reading becomes an angle: in quarters of the period, which `high` and `low` are together, the first of 12 bits.
struct Circle {
  float offset;
  float quarters;  // 4 / period
  float high, low;
  float radians;  // 2 pi / period
};

// A channel that is read.
struct ChannelPlan {
  std::uint64_t input;   // its column
  std::uint32_t number;  // in the configuration
  std::uint32_t modality;
  std::uint32_t feature;   // the first of its features
  std::uint32_t features;  // how many it has
  Kind kind;
  bool once;
  Linear linear;
  Circle circle;
};

struct ModalityPlan {
  Name name;
  double lost_after;
  float decay;  // -1 / half_life, 0 where readings keep their weight
  bool once;
  bool timed;
  std::uint32_t features;  // how many features it has; one without any is not watched
  std::uint64_t time;      // the column of when its readings were measured, where it is timed
};

struct LayerPlan {
  std::uint32_t inputs;
  std::uint32_t units;
  Activation activation;
  std::uint64_t weights;  // offset of [units][inputs]
  std::uint64_t biases;   // offset of [units]
};

// Where each part of a tile's state lies, in bytes from the tile's start. Arrays are [..][16 rows].
struct TilePlan {
  std::uint64_t modalities;    // ModalityTile a modality
  std::uint64_t feature_seen;  // u16 a feature: rows in which it has ever had a reading
  // F64 a modality: the last reading's time, where ModalityTile does not say it for all, and of timed ones
  std::uint64_t times;
  std::uint64_t features;     // f32 a feature, held
  std::uint64_t fused;        // f32, held
  std::uint64_t counts;       // f32: values in the window, up to its length
  std::uint64_t window;       // f32 a slot
  std::uint64_t alarms;       // AlarmTile a slot of AlarmPlan; only where some kind has one
  std::uint64_t alarm_since;  // f64 a slot: when the condition became other than what is told
  std::uint64_t stride;       // an odd multiple of 64
};

struct ResultOffsets {
  std::uint64_t held, age, weight;  // 0 without readings.columns
  std::uint64_t fused, confidence, output, score, z, severity, mean, deviation, values, prediction_confidence, trend,
      flags, changes;
};

// When a kind of event is told, where that is not as soon as its condition changes.
struct AlarmPlan {
  static constexpr std::uint32_t kAtOnce = 0xFFFFFFFFu;
  std::uint32_t slot = kAtOnce;  // in the tile; of lost the first, a modality each
  double on_delay = 0;
  double off_delay = 0;
  float deadband = 0;
};

struct AlarmsPlan {
  AlarmPlan anomaly, blind, neighbor, lost;
  std::uint32_t slots;           // of all
  std::uint64_t unacknowledged;  // offset of the column, 0: there is none
};

// Offsets; 0 where these options have no such column.
struct NeighborPlan {
  std::uint32_t k;  // 0: nobody looks
  float radius;
  float cos_half_fov;
  std::uint64_t position[3], heading[3], radius_column, group, interest;
  std::uint64_t count, valid, index, distance;
  // Channels that the search fills in: "neighbors.count" and "neighbors.distance", where the user has them.
  std::uint64_t count_channel, distance_channel;
  // Working memory: see SearchMemory.
  std::uint64_t keys[2], ids[2], y_strips, z_strips, sweep, y, z, sorted_agents, sorted_groups, strips;
};

// Offsets of what questions to the map and their answers cross the port by: see space/exchange.h.
struct ExchangePlan {
  std::uint32_t entries;
  std::uint64_t position[3], ids, distances, counts, last_seen, founded, features;
  std::uint64_t feature_stride;  // bytes from one feature to the next
  std::uint64_t scratch;
};

struct MapPlan {
  std::uint32_t capacity;  // 0: there is no map
  float merge_radius;
  float link_radius;
  bool from_features;
  std::uint64_t memory;              // offset of what Places works in
  std::uint64_t id;                  // offset of the result column
  std::uint64_t places, made, gone;  // offsets of the statistics
  ExchangePlan exchange;
};

// What names of columns of the past begin with.
inline constexpr std::string_view kHistoryPrefix = "history.";

// A column whose last ticks are kept: slot after slot, each all of its planes as they lie.
struct HistoryColumnPlan {
  std::uint64_t source;  // offset of the column
  std::uint64_t slots;   // offset of the first slot
  std::uint64_t bytes;   // a slot
  std::uint32_t column;  // which of Plan::columns, "history.*", this is
  bool input;
};

struct HistoryPlan {
  std::uint32_t depth;  // 0: there is none
  std::uint64_t times;  // offset of a time a slot, f64
  List<HistoryColumnPlan, kMaxHistoryColumns> columns;
};

// The parts of an engine's block, in the order of Metrics::Memory.
enum class Part : std::uint32_t { inputs, results, state, network, search, map, history, metrics, exchange, other };
inline constexpr std::uint32_t kParts = 10;

struct TimingPlan {
  bool on;
  std::uint32_t stages_every;  // 0: stages are not timed
  std::uint64_t memory;        // offset of Timing
  std::uint64_t blocks;        // offset of StageTimes a block
};

struct Plan {
  std::uint32_t agents;
  std::uint32_t tiles;
  std::uint32_t blocks;
  std::uint32_t channels;
  std::uint32_t feature_count;
  std::uint32_t modality_count;
  std::uint32_t layer_count;
  std::uint32_t outputs;
  std::uint32_t read_channels;    // those that are features
  std::uint32_t linear_channels;  // of them; they come first
  bool decays;                    // some modality's weight halves with age
  bool timed;                     // some modality that is read has a column of times
  bool consumes;                  // some is read once
  bool confidence_is_fused;
  float total_weight;  // of all features, added in their order

  std::uint32_t ring;  // slots of the window: the longer of the two below
  std::uint32_t detection_window;
  std::uint32_t min_samples;
  float min_deviation, low, medium, high;
  float inverse_largest_z;  // 1 / sqrt(detection_window - 1)
  std::uint32_t prediction_window;
  std::uint32_t horizon;
  float prediction_min, prediction_max;

  std::array<ChannelPlan, kMaxFeatures> reads;
  std::array<float, kMaxFeatures> weights;  // of the features in fusion
  std::array<std::uint32_t, kMaxFeatures> feature_modality;
  std::array<ModalityPlan, kMaxModalities> modalities;
  std::array<LayerPlan, kMaxLayers> layers;

  AlarmsPlan alarms;
  NeighborPlan neighbors;
  MapPlan map;
  HistoryPlan history;
  TimingPlan timing;
  TilePlan tile;
  ResultOffsets results;
  std::uint64_t active;         // offset of the active column
  std::uint64_t statistics;     // offset of the first statistics column
  std::uint64_t output_stride;  // bytes from one plane to the next
  std::uint64_t values_stride;
  std::uint64_t readings_stride;
  std::uint64_t inverse_count;   // table: 1 / n for n = 0 .. ring (0 at 0)
  std::uint64_t inverse_spread;  // table: 12 / (n (n^2 - 1)), the inverse of a line's sum of squared times (0 below 2)
  std::uint64_t block_counts;    // BlockCounts a block
  std::uint64_t tile_states;     // the tiles
  std::uint64_t metrics;         // offset of the column exchange.metrics
  std::uint64_t bytes;           // of the whole block
  std::uint64_t untimed_bytes;   // of the block without what timing brings, which comes last
  std::array<std::uint64_t, kParts> parts;  // bytes of each Part; they add up to `bytes`
  std::uint64_t config;                     // the configuration as bytes: see snapshot/config_bytes.h
  std::uint64_t config_bytes;
  std::array<AreaPlan, kAreas> areas;

  std::array<Text<71>, kMaxFeatures> feature_names;
  List<Column, 160> columns;
};

// Checks a configuration and resolves it.
Result<Plan> make_plan(const Config& config);

inline const AreaPlan& area(const Plan& plan, Area which) { return plan.areas[static_cast<std::uint32_t>(which)]; }

std::uint64_t element_bytes(ElementType type);

// Ticks that are kept: as the configuration says, or what it leaves to us.
std::uint32_t history_depth(const Config& config);

// Rows of a column as in an engine that has just been made.
void clear_rows(const Column& column, std::byte* block, std::uint32_t first, std::uint32_t count);

// Fills the configuration, tables and weights of a block that holds `plan`.
void write_tables(const Plan& plan, const Config& config, std::byte* block);

}  // namespace sensorium
