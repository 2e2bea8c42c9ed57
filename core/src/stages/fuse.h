// fuse: held features -> the fused value and the confidence in it.
#pragma once

#include "../kernels/layer.h"
#include "../kernels/weighing.h"
#include "stages.h"

namespace sensorium {

// The columns of what goes into fusion, for those who ask for them: held, age and weight.
//
// `ages` and `factors`, [modalities][16]: null where every row has just read every feature. A modality whose weight stays has no factor.
template <class S>
[[gnu::noinline]] void report_readings(const Plan& plan, std::byte* block, const Tile& tile, std::uint32_t t,
                                       const float (*ages)[kTileRows], const float (*factors)[kTileRows]) {
  const RowMask active = tile.head().active;
  for (std::uint32_t f = 0; f < plan.feature_count; ++f) {
    const std::uint32_t m = plan.feature_modality[f];
    const RowMask usable = ages ? tile.feature_seen(f) & static_cast<RowMask>(~tile.modality(m).lost) : kAllRows;
    const float* factor = factors && plan.modalities[m].decay != 0 ? factors[m] : nullptr;
    float* held = plane<float>(block, plan.results.held + f * plan.readings_stride, t);
    float* weight = plane<float>(block, plan.results.weight + f * plan.readings_stride, t);
    for (std::uint32_t at = 0; at < kTileRows; at += S::width) {
      S::store(held + at, S::load(tile.feature(f) + at), active, at);
      const auto whole = S::all(plan.weights[f]);
      const auto left = factor ? whole * S::load(factor + at) : whole;
      S::store(weight + at, S::select(S::lanes(usable, at), left, S::all(0)), active, at);
    }
  }
  for (std::uint32_t m = 0; m < plan.modality_count; ++m) {
    const bool watched = plan.modalities[m].features > 0;
    const RowMask seen = !watched ? RowMask{0} : ages ? tile.modality(m).seen : kAllRows;
    float* age = plane<float>(block, plan.results.age + m * plan.readings_stride, t);
    for (std::uint32_t at = 0; at < kTileRows; at += S::width) {
      const auto since =
          ages && watched ? S::limit(S::load(ages[m] + at), 0, std::numeric_limits<float>::max()) : S::all(0);
      S::store(age + at, S::select(S::lanes(seen, at), since, S::all(-1)), active, at);
    }
  }
}

// Where every row has just read every feature: each takes part with its whole weight.
template <class S>
[[gnu::always_inline]] inline void fuse_all(const Plan& plan, std::byte* block, const Tile& tile, std::uint32_t t) {
  constexpr float kNoBias = 0;
  float* fused = tile.fused();
  detail::dense_units<S, 1>(plan.weights.data(), &kNoBias, plan.feature_count, tile.features(), fused);
  for (std::uint32_t at = 0; at < kTileRows; at += S::width) {
    const auto mean = S::load(fused + at) / S::all(plan.total_weight);
    S::store(fused + at, mean);
    S::store(plane<float>(block, plan.results.fused, t) + at, mean);
    S::store(plane<float>(block, plan.results.confidence, t) + at, plan.confidence_is_fused ? mean : S::all(1));
  }
}

// Where some may be lost, unseen or aged.
template <class S>
[[gnu::noinline]] void fuse_some(const Plan& plan, std::byte* block, const Tile& tile, std::uint32_t t, double now) {
  using F = typename S::F;
  alignas(64) float ages[kMaxModalities][kTileRows], factors[kMaxModalities][kTileRows];
  for (std::uint32_t m = 0; m < plan.modality_count; ++m) {
    const bool decays = plan.modalities[m].decay != 0;
    if ((!decays && !plan.results.held) || !plan.modalities[m].features) continue;
    for (std::uint32_t row = 0; row < kTileRows; ++row)
      ages[m][row] = static_cast<float>(now - tile.last_reading(m, row));
    if (decays) fade<S>(ages[m], plan.modalities[m].decay, factors[m]);
  }
  Share shares[kMaxFeatures];
  std::uint32_t count = 0;
  for (std::uint32_t f = 0; f < plan.feature_count; ++f) {
    if (plan.weights[f] == 0) continue;
    const std::uint32_t m = plan.feature_modality[f];
    const RowMask usable = tile.feature_seen(f) & static_cast<RowMask>(~tile.modality(m).lost);
    shares[count++] = {tile.feature(f), plan.modalities[m].decay == 0 ? nullptr : factors[m], plan.weights[f], usable};
  }
  alignas(64) float mean[kTileRows], total[kTileRows];
  weighted_mean<S>(shares, count, mean, total);
  if (plan.results.held) report_readings<S>(plan, block, tile, t, ages, factors);

  TileHead& head = tile.head();
  const RowMask active = head.active;
  RowMask sighted = 0;
  for (std::uint32_t at = 0; at < kTileRows; at += S::width) sighted |= S::bits(S::load(total + at) > S::all(0), at);
  sighted &= active;
  head.learning = sighted;
  head.blind = (head.blind & static_cast<RowMask>(~active)) | (active & static_cast<RowMask>(~sighted));

  for (std::uint32_t at = 0; at < kTileRows; at += S::width) {
    S::store(tile.fused() + at, S::load(mean + at), sighted, at);
    const F fused = S::load(tile.fused() + at);
    const F share = S::limit(S::load(total + at) / S::all(plan.total_weight), 0, 1);
    const F trust = S::select(S::lanes(sighted, at), plan.confidence_is_fused ? fused : share, S::all(0));
    S::store(plane<float>(block, plan.results.fused, t) + at, fused, active, at);
    S::store(plane<float>(block, plan.results.confidence, t) + at, trust, active, at);
  }
}

template <class S>
void fuse(const Plan& plan, std::byte* block, TileRange range, double now) {
  for (std::uint32_t t = range.first; t < range.end; ++t) {
    const Tile tile(plan, block, t);
    TileHead& head = tile.head();
    head.blind_before = head.blind;
    if (!head.active) continue;
    head.known = head.filled;

    if (head.settled) {
      head.learning = kAllRows;
      head.blind = 0;
      fuse_all<S>(plan, block, tile, t);
    } else {
      fuse_some<S>(plan, block, tile, t, now);
    }
  }
  for (std::uint32_t t = range.first; plan.results.held && t < range.end; ++t) {
    const Tile tile(plan, block, t);
    if (tile.head().active && tile.head().settled) report_readings<S>(plan, block, tile, t, nullptr, nullptr);
  }
}

}  // namespace sensorium
