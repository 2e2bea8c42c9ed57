// remember: the fused value -> each agent's window, and the sums over it that detect and predict share.
#pragma once

#include "stages.h"

namespace sensorium {

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
    sum_window<S>(tile.window(), plan.ring, head.head, tile.counts(), all_full, plan.detection_window, plan.prediction_window,
                  sums.tiles[t - range.first]);
  }
}

}  // namespace sensorium
