// One dense layer of the network, for the 16 rows of a tile.
#pragma once

#include "math.h"

namespace sensorium {

namespace detail {

// `Units` outputs at once: each input is loaded once for all of them, and their sums do not wait for one another.
template <class S, std::size_t Units>
[[gnu::always_inline]] inline void dense_units(const float* weights, const float* biases, std::size_t inputs,
                                               const float* in, float* out) {
  using F = typename S::F;
  F sums[Units][S::per_tile];
  for (std::size_t u = 0; u < Units; ++u) {
    const F bias = S::all(biases[u]);
    const F weight = S::all(weights[u * inputs]);
    for (std::size_t part = 0; part < S::per_tile; ++part)
      sums[u][part] = bias + weight * S::load(in + part * S::width);
  }
  for (std::size_t i = 1; i < inputs; ++i) {
    in += kTileRows;
    F values[S::per_tile];
    for (std::size_t part = 0; part < S::per_tile; ++part) values[part] = S::load(in + part * S::width);
    for (std::size_t u = 0; u < Units; ++u) {
      const F weight = S::all(weights[u * inputs + i]);
      for (std::size_t part = 0; part < S::per_tile; ++part) sums[u][part] = sums[u][part] + weight * values[part];
    }
  }
  for (std::size_t u = 0; u < Units; ++u) {
    for (std::size_t part = 0; part < S::per_tile; ++part)
      S::store(out + u * kTileRows + part * S::width, sums[u][part]);
  }
}

}  // namespace detail

// out[unit] = bias[unit] + sum of weight[unit][input] * in[input], added in order of the inputs.
// weights [units][inputs], biases [units], in [inputs][16], out [units][16].
template <class S>
void dense(const float* weights, const float* biases, std::size_t inputs, std::size_t units, const float* in,
           float* out) {
  // As many sums as fit in 16 registers beside the inputs and a weight.
  constexpr std::size_t kTogether = S::per_tile <= 2 ? 4 : S::per_tile <= 4 ? 2 : 1;
  std::size_t u = 0;
  for (; u + kTogether <= units; u += kTogether) {
    detail::dense_units<S, kTogether>(weights + u * inputs, biases + u, inputs, in, out + u * kTileRows);
  }
  if constexpr (kTogether > 2) {
    for (; u + 2 <= units; u += 2)
      detail::dense_units<S, 2>(weights + u * inputs, biases + u, inputs, in, out + u * kTileRows);
  }
  for (; u < units; ++u) detail::dense_units<S, 1>(weights + u * inputs, biases + u, inputs, in, out + u * kTileRows);
}

namespace detail {

template <class S, class Function>
void each(float* values, std::size_t units, Function function) {
  for (float* end = values + units * kTileRows; values < end; values += S::width)
    S::store(values, function(S::load(values)));
}

// 0.5 + x / (2 (1 + |x|)): the classic system's activation, a rational curve with the shape of a sigmoid. Two units share
// one division, a / b = a d / (b d), since dividing takes longer than all else here; a unit left over has its own. Sums are
// at most 64 * 1e6 * 1e9, so the products of two stay finite. The half in the numerator is two steps short, so that no
// rounding of the three products leaves 0..1.
template <class S>
void fast_sigmoid(float* values, std::size_t units) {
  using F = typename S::F;
  const F half = S::all(0.5f), one = S::all(1), below_half = S::all(0.49999988f);
  std::size_t u = 0;
  for (; u + 2 <= units; u += 2, values += 2 * kTileRows) {
    for (std::size_t at = 0; at < kTileRows; at += S::width) {
      const F x = S::load(values + at), y = S::load(values + kTileRows + at);
      const F below_x = one + S::abs(x), below_y = one + S::abs(y);
      const F shared = below_half / (below_x * below_y);
      S::store(values + at, half + x * (below_y * shared));
      S::store(values + kTileRows + at, half + y * (below_x * shared));
    }
  }
  if (u < units) each<S>(values, 1, [&](F x) { return half + half * x / (one + S::abs(x)); });
}

// e^(x - largest) / sum, so that nothing overflows.
template <class S>
void softmax(float* values, std::size_t units) {
  using F = typename S::F;
  for (std::size_t at = 0; at < kTileRows; at += S::width) {
    F largest = S::load(values + at);
    for (std::size_t u = 1; u < units; ++u) {
      const F value = S::load(values + u * kTileRows + at);
      largest = S::select(value > largest, value, largest);
    }
    F sum = S::all(0);
    for (std::size_t u = 0; u < units; ++u) {
      float* value = values + u * kTileRows + at;
      const F power = Math<S>::exp(S::load(value) - largest);
      S::store(value, power);
      sum = sum + power;
    }
    for (std::size_t u = 0; u < units; ++u) {
      float* value = values + u * kTileRows + at;
      S::store(value, S::load(value) / sum);
    }
  }
}

}  // namespace detail

// Applies an activation in place to [units][16].
template <class S>
void activate(Activation activation, float* values, std::size_t units) {
  using F = typename S::F;
  switch (activation) {
    case Activation::fast_sigmoid:
      return detail::fast_sigmoid<S>(values, units);
    case Activation::sigmoid:
      return detail::each<S>(values, units, [](F x) { return Math<S>::sigmoid(x); });
    case Activation::tanh:
      return detail::each<S>(values, units, [](F x) { return Math<S>::tanh(x); });
    case Activation::relu:
      return detail::each<S>(values, units, [](F x) { return S::limit(x, 0, kSaturation); });
    case Activation::identity:
      return detail::each<S>(values, units, [](F x) { return S::limit(x, -kSaturation, kSaturation); });
    case Activation::softmax:
      return detail::softmax<S>(values, units);
  }
}

}  // namespace sensorium
