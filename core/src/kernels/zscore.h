// The z-score of the newest value in its window, for the 16 rows of a tile.
#pragma once

#include "simd.h"

namespace sensorium {

struct ZScore {
  float min_deviation;
  float inverse_largest_z;
  float low, medium, high;
};

struct ZScoreColumns {
  float* score;
  float* z;
  float* mean;
  float* deviation;
  std::uint8_t* severity;
};

// From the sums of window.h: population mean, deviation and z of the newest value. Rows of `learning` are written, those
// of them not in `scored` with zeros. `newest` and `inverse_count` (1 / n) are one value a row. Returns the rows whose
// severity is not none.
//
// Since the newest value is in the window, |z| <= sqrt(n - 1), so squares / n - (d / n)^2 loses at most a factor of n:
// four bits of 24 for a window of 20.
template <class S>
RowMask zscore(const float* newest, const float* d, const float* squares, const float* inverse_count, const ZScore& options,
               RowMask learning, RowMask scored, const ZScoreColumns& out) {
  using F = typename S::F;
  RowMask low = 0, medium = 0, high = 0;
  for (std::uint32_t at = 0; at < kTileRows; at += S::width) {
    const F part = S::load(inverse_count + at);
    const F shift = S::load(d + at) * part;
    const F variance = S::load(squares + at) * part - shift * shift;
    const auto valid = S::lanes(scored, at);
    const F deviation = S::sqrt(S::select(variance > S::all(0), variance, S::all(0)));
    const auto varies = deviation > S::all(options.min_deviation);
    const F quotient = (S::all(0) - shift) / S::select(varies, deviation, S::all(1));
    const F z = S::select(valid, S::select(varies, quotient, S::all(0)), S::all(0));
    const F size = S::abs(z);
    const F score = size * S::all(options.inverse_largest_z);
    S::store(out.score + at, S::select(score > S::all(1), S::all(1), score), learning, at);
    S::store(out.z + at, z, learning, at);
    S::store(out.mean + at, S::select(valid, S::load(newest + at) + shift, S::all(0)), learning, at);
    S::store(out.deviation + at, S::select(valid, deviation, S::all(0)), learning, at);
    low |= S::bits(size > S::all(options.low), at);
    medium |= S::bits(size > S::all(options.medium), at);
    high |= S::bits(size > S::all(options.high), at);
  }
  low &= scored;
  medium &= scored;
  high &= scored;
  if (learning == kAllRows && !low) {
    for (std::uint32_t row = 0; row < kTileRows; ++row) out.severity[row] = 0;
    return 0;
  }
  for (std::uint32_t row = 0; row < kTileRows; ++row) {
    const std::uint8_t severity = static_cast<std::uint8_t>((low >> row & 1) + (medium >> row & 1) + (high >> row & 1));
    if (learning >> row & 1) out.severity[row] = severity;
  }
  return low;
}

}  // namespace sensorium
