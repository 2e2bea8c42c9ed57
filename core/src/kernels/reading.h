// Readings of one linear channel, for the 16 rows of a tile.
#pragma once

#include "simd.h"

namespace sensorium {

struct Linear {
  float offset;
  float scale;
  bool absolute;
  bool clamp;
};

// Rows of `active` whose input is finite have a reading. Their feature becomes (input - offset) * scale, its magnitude if
// `absolute`, limited to 0..1 if `clamp` and always to +-kSaturation; the other rows keep theirs. `consume` leaves NaN in
// the inputs that were read. Returns the rows with a reading.
template <class S>
RowMask read_linear(float* input, RowMask active, const Linear& linear, bool consume, float* feature) {
  using F = typename S::F;
  RowMask fresh = 0;
  for (std::uint32_t at = 0; at < kTileRows; at += S::width) {
    fresh |= S::bits(S::finite(S::load(input + at)), at);
  }
  fresh &= active;
  if (!fresh) return 0;

  const float low = linear.clamp ? 0 : -kSaturation;
  const float high = linear.clamp ? 1 : kSaturation;
  for (std::uint32_t at = 0; at < kTileRows; at += S::width) {
    const F value = S::load(input + at);
    F result = (value - S::all(linear.offset)) * S::all(linear.scale);
    if (linear.absolute) result = S::abs(result);
    S::store(feature + at, S::limit(result, low, high), fresh, at);
    if (consume) S::store(input + at, S::all(std::numeric_limits<float>::quiet_NaN()), fresh, at);
  }
  return fresh;
}

}  // namespace sensorium
