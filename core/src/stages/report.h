// report: what is so, and what began or ended in this tick, as bits.
#pragma once

#include "../kernels/bits.h"
#include "alarm.h"

namespace sensorium {

template <class S>
BlockCounts report(const Plan& plan, std::byte* block, TileRange range, double seconds) {
  BlockCounts counts = {};
  // Noted here, for the compiler cannot know that the columns written below are not the plan.
  const AlarmsPlan alarms = plan.alarms;
  const bool delayed_loss = alarms.lost.slot != AlarmPlan::kAtOnce;
  for (std::uint32_t t = range.first; t < range.end; ++t) {
    const Tile tile(plan, block, t);
    TileHead& head = tile.head();
    const RowMask active = head.active;
    std::uint32_t* changes = plane<std::uint32_t>(block, plan.results.changes, t);
    if (!active) {
      // Nothing changes in a row that sleeps, nor is what changed before told again, nor does a delay run.
      spread_bits<S>(0, nullptr, 0, kAllRows, changes);
      for (std::uint32_t slot = 0; slot < alarms.slots; ++slot) tile.alarm(slot).waiting = 0;
      continue;
    }
    BitRows now[5 + kMaxModalities];
    BitRows changed[3 + kMaxModalities];
    std::uint32_t kinds = 0;
    RowMask any = 0;
    const auto tell = [&](std::uint32_t bit, Told told, RowMask changeable) {
      now[kinds] = {bit, told.rows};
      changed[kinds] = {bit, static_cast<RowMask>((told.rows ^ told.before) & changeable)};
      any |= changed[kinds].rows;
      ++kinds;
    };
    Told anomaly = {head.anomaly, head.anomaly_before};
    if (alarms.anomaly.slot != AlarmPlan::kAtOnce) {
      anomaly = delay(alarms.anomaly, tile, alarms.anomaly.slot, anomaly_condition(plan, block, tile, t), 0, seconds);
    }
    tell(flag::anomaly, anomaly, active);
    Told blind = {head.blind, head.blind_before};
    // Before its first reading a row is blind without having become so.
    if (alarms.blind.slot != AlarmPlan::kAtOnce) {
      blind = delay(alarms.blind, tile, alarms.blind.slot, head.blind, static_cast<RowMask>(~head.known), seconds);
    }
    tell(flag::blind, blind, static_cast<RowMask>(active & head.known));
    if (plan.neighbors.k) {
      head.neighbor_before = head.neighbor;
      head.neighbor = (head.neighbor & static_cast<RowMask>(~active)) |
                      (rows_of_bytes(plane<std::uint8_t>(block, plan.neighbors.count, t)) & active);
      Told neighbor = {head.neighbor, head.neighbor_before};
      if (alarms.neighbor.slot != AlarmPlan::kAtOnce) {
        neighbor =
            delay(alarms.neighbor, tile, alarms.neighbor.slot, neighbor_condition(plan, block, tile, t), 0, seconds);
      }
      tell(flag::neighbor, neighbor, active);
    }
    for (std::uint32_t m = 0; (!head.settled || delayed_loss) && m < plan.modality_count; ++m) {
      const ModalityTile& state = tile.modality(m);
      Told lost = head.settled ? Told{0, 0} : Told{state.lost, state.lost_before};
      if (delayed_loss) lost = delay(alarms.lost, tile, alarms.lost.slot + m, lost.rows, 0, seconds);
      if (!(lost.rows | lost.before)) continue;
      tell(1u << (kLostShift + m), lost, active);
      counts.sensors_lost += static_cast<std::uint32_t>(__builtin_popcount(lost.rows & ~lost.before & active));
      counts.sensors_lost_now += static_cast<std::uint32_t>(__builtin_popcount(lost.rows & active));
    }
    counts.active += static_cast<std::uint32_t>(__builtin_popcount(active));
    counts.changed += static_cast<std::uint32_t>(__builtin_popcount(any));
    counts.anomalies += static_cast<std::uint32_t>(__builtin_popcount(changed[0].rows & anomaly.rows));
    counts.predictions += static_cast<std::uint32_t>(__builtin_popcount(head.predicted & active));
    spread_bits<S>(0, changed, kinds, kAllRows, changes);
    now[kinds++] = {flag::scored, head.scored};
    now[kinds++] = {flag::predicted, head.predicted};
    std::uint32_t* flags = plane<std::uint32_t>(block, plan.results.flags, t);
    spread_bits<S>(flag::active, now, kinds, active, flags);
    if (alarms.unacknowledged && any) {
      std::uint32_t* unacknowledged = plane<std::uint32_t>(block, alarms.unacknowledged, t);
      for (std::uint32_t row = 0; row < kTileRows; ++row) unacknowledged[row] |= changes[row] & flags[row];
    }
  }
  return counts;
}

}  // namespace sensorium
