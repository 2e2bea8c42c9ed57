// report: what is so, and what began or ended in this tick, as bits.
#pragma once

#include "../kernels/bits.h"
#include "stages.h"

namespace sensorium {

template <class S>
BlockCounts report(const Plan& plan, std::byte* block, TileRange range) {
  BlockCounts counts = {};
  for (std::uint32_t t = range.first; t < range.end; ++t) {
    const Tile tile(plan, block, t);
    TileHead& head = tile.head();
    const RowMask active = head.active;
    std::uint32_t* changes = plane<std::uint32_t>(block, plan.results.changes, t);
    if (!active) {
      // Nothing changes in a row that sleeps, nor is what changed before told again.
      spread_bits<S>(0, nullptr, 0, kAllRows, changes);
      continue;
    }
    BitRows now[5 + kMaxModalities];
    BitRows changed[3 + kMaxModalities];
    now[0] = {flag::anomaly, head.anomaly};
    now[1] = {flag::blind, head.blind};
    now[2] = {flag::scored, head.scored};
    now[3] = {flag::predicted, head.predicted};
    changed[0] = {flag::anomaly, static_cast<RowMask>((head.anomaly ^ head.anomaly_before) & active)};
    // Before its first reading a row is blind without having become so.
    changed[1] = {flag::blind, static_cast<RowMask>((head.blind ^ head.blind_before) & active & head.known)};
    std::uint32_t more = 0;
    RowMask any = changed[0].rows | changed[1].rows;
    const auto add = [&](std::uint32_t bit, RowMask rows, RowMask rows_before) {
      now[4 + more] = {bit, rows};
      changed[2 + more] = {bit, static_cast<RowMask>((rows ^ rows_before) & active)};
      any |= changed[2 + more].rows;
      ++more;
    };
    if (plan.neighbors.k) {
      head.neighbor_before = head.neighbor;
      head.neighbor = (head.neighbor & static_cast<RowMask>(~active)) |
                      (rows_of_bytes(plane<std::uint8_t>(block, plan.neighbors.count, t)) & active);
      add(flag::neighbor, head.neighbor, head.neighbor_before);
    }
    for (std::uint32_t m = 0; !head.settled && m < plan.modality_count; ++m) {
      const ModalityTile& state = tile.modality(m);
      if (!(state.lost | state.lost_before)) continue;
      add(1u << (kLostShift + m), state.lost, state.lost_before);
      counts.sensors_lost += static_cast<std::uint32_t>(__builtin_popcount(state.lost & ~state.lost_before & active));
      counts.sensors_lost_now += static_cast<std::uint32_t>(__builtin_popcount(state.lost & active));
    }
    spread_bits<S>(flag::active, now, 4 + more, active, plane<std::uint32_t>(block, plan.results.flags, t));
    spread_bits<S>(0, changed, 2 + more, kAllRows, changes);
    counts.active += static_cast<std::uint32_t>(__builtin_popcount(active));
    counts.changed += static_cast<std::uint32_t>(__builtin_popcount(any));
    counts.anomalies += static_cast<std::uint32_t>(__builtin_popcount(changed[0].rows & head.anomaly));
    counts.predictions += static_cast<std::uint32_t>(__builtin_popcount(head.predicted & active));
  }
  return counts;
}

}  // namespace sensorium
