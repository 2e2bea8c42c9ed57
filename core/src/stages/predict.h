// predict: the window -> a line through it, and the values it leads to.
#pragma once

#include "../kernels/line.h"
#include "stages.h"

namespace sensorium {

template <class S>
void predict(const Plan& plan, std::byte* block, TileRange range, const BlockSums& sums) {
  const float* inverse_count = reinterpret_cast<const float*>(block + plan.inverse_count);
  const float* inverse_spread = reinterpret_cast<const float*>(block + plan.inverse_spread);
  const auto set = [&](LineCounts& counts, std::uint32_t row, std::uint32_t count) {
    counts.count[row] = static_cast<float>(count);
    counts.inverse_count[row] = inverse_count[count];
    counts.inverse_spread[row] = inverse_spread[count];
  };
  LineCounts full, own;
  for (std::uint32_t row = 0; row < kTileRows; ++row) set(full, row, plan.prediction_window);
  for (std::uint32_t t = range.first; t < range.end; ++t) {
    const Tile tile(plan, block, t);
    TileHead& head = tile.head();
    const RowMask active = head.active;
    if (!active) continue;

    RowMask predicted = head.learning;
    const bool all_full = (head.learning & static_cast<RowMask>(~head.full)) == 0;
    if (!all_full) {
      for (std::uint32_t row = 0; row < kTileRows; ++row) {
        const std::uint32_t filled = static_cast<std::uint32_t>(tile.counts()[row]);
        const std::uint32_t count = filled < plan.prediction_window ? filled : plan.prediction_window;
        set(own, row, count);
        if (count < 2) predicted &= static_cast<RowMask>(~(1u << row));
      }
    }
    const LineColumns out = {plane<float>(block, plan.results.values, t), plan.values_stride / sizeof(float),
                             plan.horizon, plane<float>(block, plan.results.prediction_confidence, t),
                             plane<float>(block, plan.results.trend, t)};
    const Sums& sum = sums.tiles[t - range.first];
    fit_line<S>(tile.fused(), sum.line_d, sum.line_squares, sum.line_moments, all_full ? full : own,
                plan.prediction_min, plan.prediction_max, active, predicted, out);
    head.predicted = (head.predicted & static_cast<RowMask>(~active)) | predicted;
  }
}

}  // namespace sensorium
