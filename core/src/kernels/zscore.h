// The z-score of the newest value in its window, for the 16 rows of a tile.
#pragma once

#include <cstring>

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

namespace {

// Eight bits as eight bytes of 0 or 1, the lowest bit in the lowest byte.
inline std::uint64_t spread(std::uint32_t bits) {
  const std::uint64_t own = ((bits & 0xFF) * 0x0101010101010101ull) & 0x8040201008040201ull;
  return ((own + 0x7F7F7F7F7F7F7F7Full) >> 7) & 0x0101010101010101ull;
}

}  // namespace

// From the sums of window.h: population mean, deviation and z of the newest value. Rows of `learning` are written, those
// of them not in `scored` with zeros. `newest` and `inverse_count` (1 / n) are one value a row. Returns the rows whose
// severity is not none.
//
// Since the newest value is in the window, |z| <= sqrt(n - 1), so squares / n - (d / n)^2 loses at most a factor of n:
// four bits of 24 for a window of 20.
template <class S>
RowMask zscore(const float* newest, const float* d, const float* squares, const float* inverse_count,
               const ZScore& options, RowMask learning, RowMask scored, const ZScoreColumns& out) {
  using F = typename S::F;
  RowMask low = 0, medium = 0, high = 0;
  for (std::uint32_t at = 0; at < kTileRows; at += S::width) {
    const F part = S::load(inverse_count + at);
    F last = S::load(newest + at);
    F shift = S::load(d + at) * part;
    F variance = S::load(squares + at) * part - shift * shift;
    if (scored != kAllRows) {
      const auto valid = S::lanes(scored, at);
      last = S::select(valid, last, S::all(0));
      shift = S::select(valid, shift, S::all(0));
      variance = S::select(valid, variance, S::all(0));
    }
    const F deviation = S::sqrt(S::select(variance > S::all(0), variance, S::all(0)));
    const auto varies = deviation > S::all(options.min_deviation);
    const F quotient = (S::all(0) - shift) / S::select(varies, deviation, S::all(1));
    const F z = S::select(varies, quotient, S::all(0));
    const F size = S::abs(z);
    const F score = size * S::all(options.inverse_largest_z);
    S::store(out.score + at, S::select(score > S::all(1), S::all(1), score), learning, at);
    S::store(out.z + at, z, learning, at);
    S::store(out.mean + at, last + shift, learning, at);
    S::store(out.deviation + at, deviation, learning, at);
    low |= S::bits(size > S::all(options.low), at);
    medium |= S::bits(size > S::all(options.medium), at);
    high |= S::bits(size > S::all(options.high), at);
  }
  low &= scored;
  for (std::uint32_t half = 0; half < 2; ++half) {
    const std::uint32_t shift = half * 8;
    const std::uint64_t severity =
        spread(low >> shift) + spread((medium & scored) >> shift) + spread((high & scored) >> shift);
    const std::uint64_t written = spread(learning >> shift) * 0xFF;
    std::uint64_t bytes;
    std::memcpy(&bytes, out.severity + half * 8, sizeof bytes);
    bytes = (severity & written) | (bytes & ~written);
    std::memcpy(out.severity + half * 8, &bytes, sizeof bytes);
  }
  return low;
}

}  // namespace sensorium
