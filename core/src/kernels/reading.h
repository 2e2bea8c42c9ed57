// Readings of one channel, for the 16 rows of a tile.
#pragma once

#include "math.h"

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
  for (std::uint32_t at = S::width; at < kTileRows; at += S::width)
    plain = plain & (S::abs(S::load(input + at)) <= S::all(linear.plain));
  if (!xsimd::all(plain)) return false;
  for (std::uint32_t at = 0; at < kTileRows; at += S::width)
    S::store(feature + at, linear_feature<S>(S::load(input + at), linear));
  return true;
}

template <class S>
[[gnu::always_inline]] inline void consume(float* input, RowMask rows) {
  for (std::uint32_t at = 0; at < kTileRows; at += S::width)
    S::store(input + at, S::all(std::numeric_limits<float>::quiet_NaN()), rows, at);
}

template <class S>
[[gnu::always_inline]] inline RowMask finite_rows(const float* input) {
  RowMask rows = 0;
  for (std::uint32_t at = 0; at < kTileRows; at += S::width) rows |= S::bits(S::finite(S::load(input + at)), at);
  return rows;
}

// Rows of `active` whose input is finite have a reading. Their feature becomes (input - offset) * scale, its magnitude if
// `absolute`, limited to 0..1 if `clamp` and always to +-kSaturation; the other rows keep theirs. `once` leaves NaN in
// the inputs that were read. Returns the rows with a reading.
template <class S>
RowMask read_linear(float* input, RowMask active, const Linear& linear, bool once, float* feature) {
  const RowMask fresh = finite_rows<S>(input) & active;
  if (!fresh) return 0;
  const float low = linear.clamp ? 0 : -kSaturation;
  const float high = linear.clamp ? 1 : kSaturation;
  for (std::uint32_t at = 0; at < kTileRows; at += S::width) {
    S::store(feature + at, S::limit(linear_feature<S>(S::load(input + at), linear), low, high), fresh, at);
  }
  if (once) consume<S>(input, fresh);
  return fresh;
}

// The same for an angle: features [2][16], its sine and cosine. Off by 2e-7 at most, and what f32 cannot say of the reading and
// of its distance to the offset. Of 2^20 periods or more it can say nothing: the angle is 0 then.
template <class S>
[[gnu::noinline]] RowMask read_circular(float* input, RowMask active, const Circle& circle, bool once,
                                        float* features) {
  using F = typename S::F;
  using U = typename S::U;
  const RowMask fresh = finite_rows<S>(input) & active;
  if (!fresh) return 0;
  for (std::uint32_t at = 0; at < kTileRows; at += S::width) {
    const F distance = S::load(input + at) - S::all(circle.offset);
    const F turned = distance * S::all(circle.quarters);
    // Also false for the infinite difference of two huge numbers.
    const auto known = S::abs(turned) < S::all(4194304.0f);
    U whole;
    const F quarters = Math<S>::round(S::select(known, turned, S::all(0)), whole);
    const F rest = (distance - quarters * S::all(circle.high)) - quarters * S::all(circle.low);
    F sine, cosine;
    Math<S>::sine_cosine(S::select(known, rest * S::all(circle.radians), S::all(0)), whole, sine, cosine);
    S::store(features + at, sine, fresh, at);
    S::store(features + kTileRows + at, cosine, fresh, at);
  }
  if (once) consume<S>(input, fresh);
  return fresh;
}

// The same for one of `categories`: features [categories][16], 1 for the one that the input is nearest to, halves upwards,
// and 0 for all others.
template <class S>
[[gnu::noinline]] RowMask read_categorical(float* input, RowMask active, std::uint32_t categories, bool once,
                                           float* features) {
  const RowMask fresh = finite_rows<S>(input) & active;
  if (!fresh) return 0;
  for (std::uint32_t category = 0; category < categories; ++category) {
    const auto low = S::all(static_cast<float>(category) - 0.5f), high = S::all(static_cast<float>(category) + 0.5f);
    for (std::uint32_t at = 0; at < kTileRows; at += S::width) {
      const auto value = S::load(input + at);
      const auto nearest = (value >= low) & (value < high);
      S::store(features + category * kTileRows + at, S::select(nearest, S::all(1), S::all(0)), fresh, at);
    }
  }
  if (once) consume<S>(input, fresh);
  return fresh;
}

}  // namespace sensorium
