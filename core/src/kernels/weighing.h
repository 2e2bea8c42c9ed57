// The weighted mean of features, for the 16 rows of a tile.
#pragma once

#include "math.h"

namespace sensorium {

// 2^(age * decay), where decay is -1 / half_life, so 1 at age 0; 0 beyond a hundred half-lives.
template <class S>
void fade(const float* age, float decay, float* factor) {
  using F = typename S::F;
  for (std::uint32_t at = 0; at < kTileRows; at += S::width) {
    const F halvings = S::load(age + at) * S::all(decay);
    const F limited = S::limit(halvings, -100, 0);
    S::store(factor + at, S::select(halvings < S::all(-100), S::all(0), Math<S>::exp2(limited)));
  }
}

// One feature's part in the mean.
struct Share {
  const float* feature;
  const float* factor;  // null: 1 in every row
  float weight;
  RowMask usable;  // rows in which it takes part
};

// sum(weight * factor * feature) / sum(weight * factor), added in order. Rows in which nothing takes part get mean 0 and
// total 0.
template <class S>
void weighted_mean(const Share* shares, std::uint32_t count, float* mean, float* total) {
  using F = typename S::F;
  for (std::uint32_t at = 0; at < kTileRows; at += S::width) {
    F sum = S::all(0);
    F weights = S::all(0);
    for (std::uint32_t i = 0; i < count; ++i) {
      const Share& share = shares[i];
      F weight = S::all(share.weight);
      if (share.factor) weight = weight * S::load(share.factor + at);
      weight = S::select(S::lanes(share.usable, at), weight, S::all(0));
      weights = weights + weight;
      sum = sum + weight * S::load(share.feature + at);
    }
    const auto some = weights > S::all(0);
    S::store(mean + at, S::select(some, sum / S::select(some, weights, S::all(1)), S::all(0)));
    S::store(total + at, weights);
  }
}

}  // namespace sensorium
