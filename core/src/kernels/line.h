// A straight line through the window's newest values, and where it leads, for the 16 rows of a tile.
#pragma once

#include "simd.h"

namespace sensorium {

// What depends on the number n of values; one value a row.
struct LineCounts {
  alignas(64) float count[kTileRows];           // n
  alignas(64) float inverse_count[kTileRows];   // 1 / n
  alignas(64) float inverse_spread[kTileRows];  // 12 / (n (n^2 - 1))
};

struct LineColumns {
  float* values;         // the first of `horizon` planes
  std::uint64_t stride;  // floats from one plane to the next
  std::uint32_t horizon;
  float* confidence;
  float* trend;
};

// Least squares over the sums of window.h. Times count from the window's middle: an age a is the time (n - 1) / 2 - a, so
// sum(time * d) = (n - 1) / 2 * sum(d) - sum(a * d). Values 1 .. horizon ticks ahead are limited to low .. high. Confidence
// is R^2, 0 where the values are constant to rounding. Rows of `learning` are written, those not in
// `predicted` as if all their values were 0.
template <class S>
void fit_line(const float* newest, const float* d, const float* squares, const float* moments, const LineCounts& counts,
              float low, float high, RowMask learning, RowMask predicted, const LineColumns& out) {
  using F = typename S::F;
  for (std::uint32_t at = 0; at < kTileRows; at += S::width) {
    const F count = S::load(counts.count + at);
    const F inverse_count = S::load(counts.inverse_count + at);
    const F inverse_spread = S::load(counts.inverse_spread + at);
    F last = S::load(newest + at);
    F sum = S::load(d + at);
    F sum_squares = S::load(squares + at);
    F sum_moments = S::load(moments + at);
    if (predicted != kAllRows) {
      const auto valid = S::lanes(predicted, at);
      last = S::select(valid, last, S::all(0));
      sum = S::select(valid, sum, S::all(0));
      sum_squares = S::select(valid, sum_squares, S::all(0));
      sum_moments = S::select(valid, sum_moments, S::all(0));
    }
    const F middle = (count - S::all(1)) * S::all(0.5f);
    const F shift = sum * inverse_count;
    const F slant = middle * sum - sum_moments;
    const F trend = slant * inverse_spread;

    // A deviation under half a step of f32 at this size is rounding, not movement.
    const F variation = sum_squares - sum * shift;
    const F step = S::abs(last) * S::all(std::numeric_limits<float>::epsilon());
    const F floor = count * (step * step) + S::all(1e-30f);
    const auto moves = variation > floor;
    const F explained = slant * (slant * inverse_spread) / S::select(moves, variation, S::all(1));
    S::store(out.confidence + at, S::select(moves, S::limit(explained, 0, 1), S::all(0)), learning, at);
    S::store(out.trend + at, trend, learning, at);

    const F mean = last + shift;
    F time = middle + S::all(1);
    const auto value_at = [&](F when) { return mean + trend * when; };
    // A line is monotone, and so is rounding: where both its ends are within the limits, so is all of it.
    const F first = value_at(time), end = value_at(middle + S::all(static_cast<float>(out.horizon)));
    const auto within = [&](F value) { return (value >= S::all(low)) & (value <= S::all(high)); };
    const bool limited = !xsimd::all(within(first) & within(end));
    float* column = out.values + at;
    for (std::uint32_t ahead = 0; ahead < out.horizon; ++ahead, column += out.stride, time = time + S::all(1)) {
      F value = value_at(time);
      if (limited) value = S::limit(value, low, high);
      S::store(column, value, learning, at);
    }
  }
}

}  // namespace sensorium
