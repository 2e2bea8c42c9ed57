// remember: the fused value -> each agent's window, and the sums over it that detect and predict share.
#pragma once

#include "stages.h"

namespace sensorium {

// The windows are most of an engine's memory, and read from end to end: with 10,000 agents they come from the second-level
// cache or beyond, which takes longer than to add them up.
[[gnu::always_inline]] static inline void fetch_ahead(const float* window, std::uint32_t slots) {
  for (std::uint32_t slot = 0; slot < slots; ++slot) __builtin_prefetch(window + slot * kTileRows);
}

template <class S>
void remember(const Plan& plan, std::byte* block, TileRange range, BlockSums& sums) {
  for (std::uint32_t t = range.first; t < range.end; ++t) {
    const Tile tile(plan, block, t);
    TileHead& head = tile.head();
    const RowMask learning = head.learning;
    if (!head.active) continue;
    if (!learning) {
      sums.tiles[t - range.first] = {};
      continue;
    }

    if (t + 1 < plan.tiles) fetch_ahead(Tile(plan, block, t + 1).window(), plan.ring);
    push<S>(tile.window(), plan.ring, head.head, tile.fused(), learning, head.filled);
    head.filled |= learning;
    if (learning & static_cast<RowMask>(~head.full)) {
      const float most = static_cast<float>(plan.ring);
      for (std::uint32_t at = 0; at < kTileRows; at += S::width) {
        const auto count = S::limit(S::load(tile.counts() + at) + S::all(1), 0, most);
        S::store(tile.counts() + at, count, learning, at);
        head.full |= static_cast<RowMask>(S::bits(count >= S::all(most), at) & learning);
      }
    }
    const bool all_full = (learning & static_cast<RowMask>(~head.full)) == 0;
    sum_window<S>(tile.window(), plan.ring, head.head, tile.counts(), all_full, plan.detection_window,
                  plan.prediction_window, sums.tiles[t - range.first]);
  }
}

}  // namespace sensorium
