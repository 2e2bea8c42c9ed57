// Many ticks in one call: a recorded block of readings in, blocks of results out.
//
//   const std::string_view inputs[] = {"sensors.lidar.points", "sensors.imu.accel_x"};
//   std::vector<float> fused(ticks * rows), z(ticks * rows);
//   const Wanted wanted[] = {{"results.fused", std::as_writable_bytes(std::span(fused))},
//                            {"results.anomaly.z", std::as_writable_bytes(std::span(z))}};
//   const auto done = tick_many(engine, {.times = times, .inputs = inputs, .values = readings, .rows = rows}, wanted);
//   if (!done) return fail(done.error());
//
// It is what writing the columns and calling Engine::tick() for each of the times would be, bit for bit.
#pragma once

#include "sensorium/engine.h"

namespace sensorium {

// What was recorded, of the first `rows` agents: the columns of the others stay as they are, and their results are not asked for.
// None of it lies in the engine's own block.
struct Recording {
  std::span<const double> times = {};             // s, one a tick, none smaller than the one before or the engine's
  std::span<const std::string_view> inputs = {};  // f32 input columns, each once: "sensors.lidar.points", "position.x"
  std::span<const float> values = {};             // [tick][input][row]; NaN or infinity: no reading
  std::uint32_t rows = 0;                         // 0 to agents
  std::span<const std::uint8_t> active = {};      // [tick][row]; empty: the active column stays as it is
};

// A result column and where it goes, tick by tick.
struct Wanted {
  std::string_view column;    // "results.anomaly.score"
  std::span<std::byte> into;  // [tick][row * width], of the column's own type; overlaps nothing else
  std::uint32_t plane = 0;    // of a list: results.output has one a unit
};

// An agent, within the recording or not, of which something began or ended.
struct Change {
  std::uint32_t tick;  // of this call, from 0
  std::uint32_t agent;
  // As in the columns results.changes, results.flags and results.anomaly.severity after the tick.
  std::uint32_t changes;
  std::uint32_t flags;
  std::uint32_t severity;
};

struct Replayed {
  std::size_t ticks = 0;    // done; fewer than there are times only where the list of changes has no room
  std::size_t changes = 0;  // written
};

// The most columns that one call can want.
inline constexpr std::uint32_t kMostWanted = 512;

// Ticks once for each of the times. All that can be wrong is found before the first tick, and then nothing has changed:
// unknown_column, duplicate_name, wrong_count (a span of another length than its shape says), out_of_range (rows, plane),
// overlap, time_not_finite, time_backwards. `changes` takes rows with a change, in order of ticks and agents; empty, they are not
// listed. As each agent may change in a tick, it stops before one for which less room than `agents` is left: empty the list and go
// on with the rest of the recording. Less room than that to begin with is wrong_count.
[[nodiscard]] Result<Replayed> tick_many(Engine& engine, const Recording& recording,
                                         std::span<const Wanted> wanted = {}, std::span<Change> changes = {});

}  // namespace sensorium
