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
    const TileHead& head = tile.head();
    const RowMask active = head.active;
    std::uint32_t* changes = plane<std::uint32_t>(block, plan.results.changes, t);
    if (!active) {
      // Nothing changes in a row that sleeps, nor is what changed before told again.
      spread_bits<S>(0, nullptr, 0, kAllRows, changes);
      continue;
    }
    BitRows now[4 + kMaxModalities];
    BitRows changed[2 + kMaxModalities];
    now[0] = {flag::anomaly, head.anomaly};
    now[1] = {flag::blind, head.blind};
    now[2] = {flag::scored, head.scored};
    now[3] = {flag::predicted, head.predicted};
    changed[0] = {flag::anomaly, static_cast<RowMask>((head.anomaly ^ head.anomaly_before) & active)};
    // Before its first reading a row is blind without having become so.
    changed[1] = {flag::blind, static_cast<RowMask>((head.blind ^ head.blind_before) & active & head.known)};
    std::uint32_t lost = 0;
    RowMask any = changed[0].rows | changed[1].rows;
    for (std::uint32_t m = 0; !head.settled && m < plan.modality_count; ++m) {
      const ModalityTile& state = tile.modality(m);
      if (!(state.lost | state.lost_before)) continue;
      const std::uint32_t bit = 1u << (kLostShift + m);
      now[4 + lost] = {bit, state.lost};
      changed[2 + lost] = {bit, static_cast<RowMask>((state.lost ^ state.lost_before) & active)};
      any |= changed[2 + lost].rows;
      ++lost;
    }
    spread_bits<S>(flag::active, now, 4 + lost, active, plane<std::uint32_t>(block, plan.results.flags, t));
    spread_bits<S>(0, changed, 2 + lost, kAllRows, changes);
    counts.active += static_cast<std::uint32_t>(__builtin_popcount(active));
    counts.changed += static_cast<std::uint32_t>(__builtin_popcount(any));
    counts.anomalies += static_cast<std::uint32_t>(__builtin_popcount(changed[0].rows & head.anomaly));
  }
  return counts;
}

}  // namespace sensorium
