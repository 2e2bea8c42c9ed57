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
// is R^2, 0 where the values are constant to rounding. Rows of `learning` are written, those not in `predicted` with zeros.
template <class S>
void fit_line(const float* newest, const float* d, const float* squares, const float* moments, const LineCounts& counts, float low,
              float high, RowMask learning, RowMask predicted, const LineColumns& out) {
  using F = typename S::F;
  for (std::uint32_t at = 0; at < kTileRows; at += S::width) {
    const auto valid = S::lanes(predicted, at);
    const F count = S::load(counts.count + at);
    const F inverse_count = S::load(counts.inverse_count + at);
    const F inverse_spread = S::load(counts.inverse_spread + at);
    const F last = S::load(newest + at);
    const F middle = (count - S::all(1)) * S::all(0.5f);
    const F sum = S::load(d + at);
    const F shift = sum * inverse_count;
    const F slant = middle * sum - S::load(moments + at);
    const F trend = S::select(valid, slant * inverse_spread, S::all(0));

    // A deviation under half a step of f32 at this size is rounding, not movement.
    const F variation = S::load(squares + at) - sum * shift;
    const F step = S::abs(last) * S::all(std::numeric_limits<float>::epsilon());
    const F floor = count * (step * step) + S::all(1e-30f);
    const auto moves = variation > floor;
    const F explained = slant * (slant * inverse_spread) / S::select(moves, variation, S::all(1));
    const F confidence = S::select(moves, S::limit(explained, 0, 1), S::all(0));
    S::store(out.confidence + at, S::select(valid, confidence, S::all(0)), learning, at);
    S::store(out.trend + at, trend, learning, at);

    const F mean = last + shift;
    for (std::uint32_t ahead = 0; ahead < out.horizon; ++ahead) {
      const F value = mean + trend * (middle + S::all(static_cast<float>(ahead + 1)));
      S::store(out.values + out.stride * ahead + at, S::select(valid, S::limit(value, low, high), S::all(0)), learning, at);
    }
  }
}

}  // namespace sensorium
