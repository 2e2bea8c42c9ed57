// fuse: held features -> the fused value and the confidence in it.
#pragma once

#include "../kernels/weighing.h"
#include "stages.h"

namespace sensorium {

template <class S>
void fuse(const Plan& plan, std::byte* block, TileRange range, double now) {
  using F = typename S::F;
  for (std::uint32_t t = range.first; t < range.end; ++t) {
    const Tile tile(plan, block, t);
    TileHead& head = tile.head();
    head.blind_before = head.blind;
    const RowMask active = head.active;
    if (!active) continue;

    alignas(64) float factors[kMaxModalities][kTileRows];
    if (plan.decays) {
      for (std::uint32_t m = 0; m < plan.modality_count; ++m) {
        if (plan.modalities[m].decay == 0 || !plan.modalities[m].features) continue;
        alignas(64) float ages[kTileRows];
        for (std::uint32_t row = 0; row < kTileRows; ++row) ages[row] = static_cast<float>(now - tile.last_reading(m, row));
        fade<S>(ages, plan.modalities[m].decay, factors[m]);
      }
    }

    Share shares[kMaxFeatures];
    std::uint32_t count = 0;
    bool everything = !plan.decays;
    for (std::uint32_t f = 0; f < plan.feature_count; ++f) {
      const FeaturePlan& feature = plan.features[f];
      if (feature.weight == 0) continue;
      const std::uint32_t m = feature.modality;
      const RowMask usable = tile.feature_seen(f) & static_cast<RowMask>(~tile.modality(m).lost);
      shares[count++] = {tile.feature(f), plan.modalities[m].decay == 0 ? nullptr : factors[m], feature.weight, usable};
      everything = everything && (active & static_cast<RowMask>(~usable)) == 0;
    }
    alignas(64) float mean[kTileRows], total[kTileRows];
    weighted_mean<S>(shares, count, everything, plan.total_weight, mean, total);

    RowMask sighted = 0;
    for (std::uint32_t at = 0; at < kTileRows; at += S::width) sighted |= S::bits(S::load(total + at) > S::all(0), at);
    sighted &= active;
    head.known = head.filled;
    head.learning = sighted;
    head.blind = (head.blind & static_cast<RowMask>(~active)) | (active & static_cast<RowMask>(~sighted));

    for (std::uint32_t at = 0; at < kTileRows; at += S::width) {
      S::store(tile.fused() + at, S::load(mean + at), sighted, at);
      const F fused = S::load(tile.fused() + at);
      const F share = S::load(total + at) * S::all(plan.inverse_total_weight);
      const F trust = plan.confidence_is_fused ? fused : S::limit(share, 0, 1);
      S::store(plane<float>(block, plan.results.fused, t) + at, fused, active, at);
      S::store(plane<float>(block, plan.results.confidence, t) + at, S::select(S::lanes(sighted, at), trust, S::all(0)), active, at);
    }
  }
}

}  // namespace sensorium
