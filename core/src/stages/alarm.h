// When what is so is told: at once, or after a delay and beyond a deadband, as alarm systems have it (ISA-18.2, IEC 62682:
// on-delay, off-delay, deadband). Only kinds with such options have a slot in the tile, and only they come here.
#pragma once

#include "stages.h"

namespace sensorium {

// Unnamed, as in store.h.
namespace {

// What is told of a kind: rows in which it has begun and not ended, now and a tick ago.
struct Told {
  RowMask rows;
  RowMask before;
};

// `condition`: rows in which it is so now. Rows of `at_once` do not wait.
inline Told delay(const AlarmPlan& alarm, const Tile& tile, std::uint32_t slot, RowMask condition, RowMask at_once,
                  double now) {
  AlarmTile& state = tile.alarm(slot);
  double* since = tile.alarm_since(slot);
  const RowMask before = state.told;
  const RowMask differs = (condition ^ before) & tile.head().active;
  for (RowMask left = differs & static_cast<RowMask>(~state.waiting); left; left &= static_cast<RowMask>(left - 1)) {
    since[__builtin_ctz(left)] = now;
  }
  RowMask due = differs & at_once;
  for (RowMask left = differs & static_cast<RowMask>(~at_once); left; left &= static_cast<RowMask>(left - 1)) {
    const std::uint32_t row = static_cast<std::uint32_t>(__builtin_ctz(left));
    // A sum, not a difference: an infinite delay is never over.
    if (now >= since[row] + (condition >> row & 1 ? alarm.on_delay : alarm.off_delay))
      due |= static_cast<RowMask>(1u << row);
  }
  // A row that sleeps waits no longer: nobody knows what was so meanwhile.
  state.waiting = differs & static_cast<RowMask>(~due);
  state.told ^= due;
  return {state.told, before};
}

// Rows in which an anomaly is so: severity low or worse; and, where one is told, as long as |z| stays above the deadband.
inline RowMask anomaly_condition(const Plan& plan, std::byte* block, const Tile& tile, std::uint32_t t) {
  const AlarmPlan& alarm = plan.alarms.anomaly;
  const TileHead& head = tile.head();
  const float ends_at = plan.low - alarm.deadband;
  const float* z = plane<float>(block, plan.results.z, t);
  RowMask rows = head.anomaly;
  for (RowMask left = tile.alarm(alarm.slot).told & head.scored & static_cast<RowMask>(~rows); left;
       left &= static_cast<RowMask>(left - 1)) {
    const std::uint32_t row = static_cast<std::uint32_t>(__builtin_ctz(left));
    if (z[row] > ends_at || -z[row] > ends_at) rows |= static_cast<RowMask>(1u << row);
  }
  return rows;
}

// Rows in which somebody is near: where nobody is told to be, not before he is within the radius less the deadband. So the
// search need look no further than without one.
inline RowMask neighbor_condition(const Plan& plan, std::byte* block, const Tile& tile, std::uint32_t t) {
  const AlarmPlan& alarm = plan.alarms.neighbor;
  const NeighborPlan& near = plan.neighbors;
  const RowMask within = tile.head().neighbor;
  RowMask rows = within;
  if (alarm.deadband == 0) return rows;
  const float* distance = reinterpret_cast<const float*>(block + near.distance) + std::uint64_t{t} * kTileRows * near.k;
  for (RowMask left = within & static_cast<RowMask>(~tile.alarm(alarm.slot).told); left;
       left &= static_cast<RowMask>(left - 1)) {
    const std::uint32_t row = static_cast<std::uint32_t>(__builtin_ctz(left));
    const float own = near.radius_column ? plane<float>(block, near.radius_column, t)[row] : 0;
    const float radius = own > 0 && own <= kFarthest ? own : near.radius;
    const float begins_at = radius > alarm.deadband ? radius - alarm.deadband : 0;
    if (distance[row * near.k] > begins_at) rows &= static_cast<RowMask>(~(1u << row));
  }
  return rows;
}

}  // namespace
}  // namespace sensorium
