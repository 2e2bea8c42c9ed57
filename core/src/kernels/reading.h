// Readings of one linear channel, for the 16 rows of a tile.
#pragma once

#include "simd.h"

namespace sensorium {

namespace {

template <class S>
[[gnu::always_inline]] inline typename S::F linear_feature(typename S::F input, const Linear& linear) {
  const auto feature = (input - S::all(linear.offset)) * S::all(linear.scale);
  return linear.absolute ? S::abs(feature) : feature;
}

}  // namespace

// The common case of read_linear: where every row has an ordinary reading, sets the features and returns true; else
// changes nothing.
template <class S>
[[gnu::always_inline]] inline bool read_plain(const float* input, const Linear& linear, float* feature) {
  if (linear.clamp) return false;
  auto plain = S::abs(S::load(input)) <= S::all(linear.plain);
  for (std::uint32_t at = S::width; at < kTileRows; at += S::width) plain = plain & (S::abs(S::load(input + at)) <= S::all(linear.plain));
  if (!xsimd::all(plain)) return false;
  for (std::uint32_t at = 0; at < kTileRows; at += S::width) S::store(feature + at, linear_feature<S>(S::load(input + at), linear));
  return true;
}

template <class S>
[[gnu::always_inline]] inline void consume(float* input, RowMask rows) {
  for (std::uint32_t at = 0; at < kTileRows; at += S::width) S::store(input + at, S::all(std::numeric_limits<float>::quiet_NaN()), rows, at);
}

// Rows of `active` whose input is finite have a reading. Their feature becomes (input - offset) * scale, its magnitude if
// `absolute`, limited to 0..1 if `clamp` and always to +-kSaturation; the other rows keep theirs. `once` leaves NaN in
// the inputs that were read. Returns the rows with a reading.
template <class S>
RowMask read_linear(float* input, RowMask active, const Linear& linear, bool once, float* feature) {
  RowMask fresh = 0;
  for (std::uint32_t at = 0; at < kTileRows; at += S::width) fresh |= S::bits(S::finite(S::load(input + at)), at);
  fresh &= active;
  if (!fresh) return 0;
  const float low = linear.clamp ? 0 : -kSaturation;
  const float high = linear.clamp ? 1 : kSaturation;
  for (std::uint32_t at = 0; at < kTileRows; at += S::width) {
    S::store(feature + at, S::limit(linear_feature<S>(S::load(input + at), linear), low, high), fresh, at);
  }
  if (once) consume<S>(input, fresh);
  return fresh;
}

}  // namespace sensorium
