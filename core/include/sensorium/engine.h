// The engine: sensor readings in, awareness out, for every agent at once, in one block of memory.
//
//   auto engine = sensorium::Engine::create({.agents = 10'000});
//   if (!engine) return fail(engine.error());
//   engine->sensors("lidar.points")[42] = 900;   // NaN or infinity: no reading
//   engine->tick(seconds);                       // returns an Error, empty when all is well
//   float trust = engine->results().confidence[42];
//
// Columns are planes of one value an agent, padded to 16 rows and 64-byte aligned. They stay where they are for the
// engine's life. Nothing allocates, throws or logs after create(). An engine is used by one thread at a time; several
// engines are independent.
#pragma once

#include <span>
#include <string_view>

#include "sensorium/history.h"
#include "sensorium/metrics.h"
#include "sensorium/places.h"
#include "sensorium/types.h"

namespace sensorium {

struct Plan;
struct Stages;

// Runs body(context, block) for block = 0 .. blocks - 1, in any order, on any threads, and returns when all are done.
// Results do not depend on how. The default is a plain loop.
using ParallelFor = void (*)(void* pool, std::uint32_t blocks, void (*body)(void* context, std::uint32_t block),
                             void* context);

// Bytes an engine of these options needs, a multiple of 64; or why there can be none.
Result<std::uint64_t> required_bytes(const Config& config);

// The instruction sets that this build holds and this machine runs, best first: "avx512", "avx2", "sse4", "neon", "wasm", "scalar".
std::span<const std::string_view> available_isas();

// Result columns; each pointer is to the first of `agents` values. Lists have one pointer a plane.
struct Results {
  const float* fused;
  const float* confidence;
  // Where readings.columns is set; else null. What goes into fusion: each feature as it is held and its weight in this tick, and
  // seconds since each modality's last reading, -1 before the first.
  std::array<const float*, kMaxFeatures> held;
  std::array<const float*, kMaxModalities> age;
  std::array<const float*, kMaxFeatures> weight;
  std::array<const float*, kMaxUnits> output;
  struct {
    const float* score;
    const float* z;
    const std::uint8_t* severity;
    const float* mean;
    const float* deviation;
  } anomaly;
  struct {
    std::array<const float*, kMaxHorizon> values;
    const float* confidence;
    const float* trend;
  } prediction;
  // Where neighbors.k > 0; else null. index and distance are k values a row.
  struct {
    const std::uint8_t* count;
    const std::uint8_t* valid;
    const std::int32_t* index;
    const float* distance;
  } neighbors;
  const double* place;  // the place each agent is in, where map.capacity > 0; else null
  const std::uint32_t* flags;
  const std::uint32_t* changes;
  const std::uint32_t* unacknowledged;  // where events.acknowledge; else null
};

// Input columns of the neighbour search, `agents` long; empty where these options have none.
struct Placement {
  std::span<float> position[3];
  std::span<float> heading[3];
  std::span<float> radius;
  std::span<std::uint8_t> group;
  std::span<std::uint32_t> interest;
};

struct Statistics {
  std::uint64_t cycles;
  double time;  // of the last tick, s
  std::uint32_t active_agents;
  std::uint32_t changed_agents;
  std::uint64_t anomalies;
  std::uint64_t agent_cycles;
  std::uint64_t predictions;
  std::uint64_t sensors_lost;
  std::uint64_t sensors_lost_now;
};

// The options of the engine that a snapshot is of, to make one like it: Engine::create(*config), then restore(). Weights and
// biases are not among them: they come with restore(). The errors are those of restore().
Result<Config> snapshot_config(std::span<const std::byte> snapshot);

class Engine {
 public:
  // An engine in memory of its own. `isa` is one of available_isas(); empty: what the environment variable SENSORIUM_ISA
  // names, else the best.
  static Result<Engine> create(const Config& config, std::string_view isa = {});

  // An engine in the caller's memory: 64-byte aligned, of at least required_bytes(config), outliving the engine.
  // Creates a new engine there, whatever the memory held.
  static Result<Engine> create_in(std::span<std::byte> block, const Config& config, std::string_view isa = {});

  Engine(Engine&& other) noexcept;
  Engine& operator=(Engine&& other) noexcept;
  Engine(const Engine&) = delete;
  Engine& operator=(const Engine&) = delete;
  ~Engine();

  // One cycle over all active agents at `seconds` on the caller's clock. Equal times pass. A smaller one, NaN or infinity
  // is an error, and then nothing has changed.
  [[nodiscard]] Error tick(double seconds);

  // As after create(): every row unseen, cycle 0, any time may come next. Input columns hold no reading, all rows active.
  void reset();

  // One row as after create(), for a newcomer in its place. Its input columns hold no reading, and its history is blank.
  [[nodiscard]] Error reset_agent(std::uint32_t agent);

  // Somebody has taken notice of what began: clears the bits of `kinds` in results.unacknowledged, of one agent or of all.
  // Without the option events.acknowledge there is nothing to clear.
  [[nodiscard]] Error acknowledge(std::uint32_t agent, std::uint32_t kinds = kChangeMask);
  void acknowledge_all(std::uint32_t kinds = kChangeMask);
  // --- Snapshots: the whole state as bytes, the same on every machine, backend and instruction set (docs/snapshot.md) ---

  // The most bytes that a snapshot of this engine takes: a buffer of as many serves for its life. Where there is a map of
  // places, a snapshot takes less as long as the map is not full.
  std::uint64_t snapshot_bytes() const;

  // Writes a snapshot to the buffer's start and returns how many bytes it takes. It changes nothing in the engine. Inputs and
  // results are part of it; answers of the map, timings and the ISA are not. A smaller buffer is ErrorCode::wrong_count,
  // one in the engine's own block ErrorCode::bad_block.
  Result<std::uint64_t> snapshot_into(std::span<std::byte> buffer) const;

  // Goes on from a snapshot of an engine with the same options, bit for bit: weights and biases come with it, and metrics.* may differ.
  // What follows the snapshot in the span is not looked at. Any bytes may be given: everything is checked before anything is
  // changed. ErrorCode::bad_snapshot: cut, altered, or of a state that cannot be; snapshot_version: of a newer version;
  // snapshot_config: of other options, the first of which the error names. An error leaves the engine as it was.
  [[nodiscard]] Error restore(std::span<const std::byte> snapshot);

  std::uint32_t agents() const;
  std::string_view isa() const;
  Statistics statistics() const;

  // What the ticks so far took, and what they found; made when asked.
  Metrics metrics() const;
  // Forgets how long ticks took, as after warming up; reset() does so too. All else stays.
  void reset_metrics();

  // The input column of a channel, `agents` long; empty if there is no such channel.
  std::span<float> sensors(std::string_view channel);
  // When the readings in a modality's columns were measured, s on tick()'s clock, `agents` long; empty where it is not timed.
  // NaN, which it holds at first, or later than the tick: now. A reading older than what the agent holds is left out.
  std::span<double> sensor_times(std::string_view modality);
  // Which rows take part: 0 or non-zero, `agents` long.
  std::span<std::uint8_t> active();
  // Positions and what else decides who is near.
  Placement placement();
  // The map of places, to be asked; nothing where map.capacity is 0.
  std::optional<Places> places();
  Results results() const;
  // The last ticks of the columns that the options name.
  History history() const { return History(block_.data()); }

  // All columns by name and place, in a stable order; offsets count from block().
  std::span<const Column> layout() const;
  const Column* find_column(std::string_view name) const;
  std::span<std::byte> block() const { return block_; }
  // The modalities' names in the order of their bits in flags and changes.
  std::string_view modality(std::uint32_t index) const;
  std::uint32_t modalities() const;
  // The features' names in their order, which is that of the network's inputs: a linear channel's own, "wind.sin" and "wind.cos"
  // of a circular one, "event=0", "event=1" ... of a categorical one.
  std::string_view feature(std::uint32_t index) const;
  std::uint32_t features() const;

  void set_parallel_for(ParallelFor parallel_for, void* pool);

 private:
  Engine() = default;
  const Plan& plan() const;

  std::span<std::byte> block_;
  bool owned_ = false;
  const Stages* stages_ = nullptr;
  ParallelFor parallel_for_ = nullptr;
  void* pool_ = nullptr;
};

}  // namespace sensorium
