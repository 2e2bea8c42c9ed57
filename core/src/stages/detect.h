// detect: the window -> how abnormal its newest value is.
#pragma once

#include "../kernels/zscore.h"
#include "stages.h"

namespace sensorium {

template <class S>
void detect(const Plan& plan, std::byte* block, TileRange range, const BlockSums& sums) {
  const float* inverse_count = reinterpret_cast<const float*>(block + plan.inverse_count);
  const ZScore options = {plan.min_deviation, plan.inverse_largest_z, plan.low, plan.medium, plan.high};
  alignas(64) float full_inverse[kTileRows], own_inverse[kTileRows];
  for (float& value : full_inverse) value = inverse_count[plan.detection_window];
  for (std::uint32_t t = range.first; t < range.end; ++t) {
    const Tile tile(plan, block, t);
    TileHead& head = tile.head();
    head.anomaly_before = head.anomaly;
    const RowMask active = head.active;
    if (!active) continue;

    RowMask scored = head.learning;
    const float* inverse = full_inverse;
    if (head.learning & static_cast<RowMask>(~head.full)) {
      inverse = own_inverse;
      for (std::uint32_t row = 0; row < kTileRows; ++row) {
        const std::uint32_t filled = static_cast<std::uint32_t>(tile.counts()[row]);
        const std::uint32_t count = filled < plan.detection_window ? filled : plan.detection_window;
        own_inverse[row] = inverse_count[count];
        if (count < plan.min_samples) scored &= static_cast<RowMask>(~(1u << row));
      }
    }
    const ZScoreColumns out = {plane<float>(block, plan.results.score, t), plane<float>(block, plan.results.z, t),
                               plane<float>(block, plan.results.mean, t),
                               plane<float>(block, plan.results.deviation, t),
                               plane<std::uint8_t>(block, plan.results.severity, t)};
    const Sums& own = sums.tiles[t - range.first];
    // A blind row is written too, with zeros: it has no score.
    const RowMask anomaly = zscore<S>(tile.fused(), own.d, own.squares, inverse, options, active, scored, out);
    head.scored = (head.scored & static_cast<RowMask>(~active)) | scored;
    head.anomaly = (head.anomaly & static_cast<RowMask>(~active)) | anomaly;
  }
}

}  // namespace sensorium
