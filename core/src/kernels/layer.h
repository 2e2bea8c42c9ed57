// One dense layer of the network, for the 16 rows of a tile.
#pragma once

#include "math.h"

namespace sensorium {

namespace detail {

// `Units` outputs at once: each input is loaded once for all of them, and their sums do not wait for one another.
template <class S, std::uint32_t Units>
void dense_units(const float* weights, const float* biases, std::uint32_t inputs, const float* in, float* out) {
  using F = typename S::F;
  F sums[Units][S::per_tile];
  for (std::uint32_t u = 0; u < Units; ++u) {
    for (std::uint32_t part = 0; part < S::per_tile; ++part) sums[u][part] = S::all(biases[u]);
  }
  for (std::uint32_t i = 0; i < inputs; ++i) {
    F values[S::per_tile];
    for (std::uint32_t part = 0; part < S::per_tile; ++part) values[part] = S::load(in + i * kTileRows + part * S::width);
    for (std::uint32_t u = 0; u < Units; ++u) {
      const F weight = S::all(weights[u * inputs + i]);
      for (std::uint32_t part = 0; part < S::per_tile; ++part) sums[u][part] = sums[u][part] + weight * values[part];
    }
  }
  for (std::uint32_t u = 0; u < Units; ++u) {
    for (std::uint32_t part = 0; part < S::per_tile; ++part) S::store(out + u * kTileRows + part * S::width, sums[u][part]);
  }
}

}  // namespace detail

// out[unit] = bias[unit] + sum of weight[unit][input] * in[input], added in order of the inputs.
// weights [units][inputs], biases [units], in [inputs][16], out [units][16].
template <class S>
void dense(const float* weights, const float* biases, std::uint32_t inputs, std::uint32_t units, const float* in, float* out) {
  // As many sums as fit in 16 registers beside the inputs and a weight.
  constexpr std::uint32_t kTogether = S::per_tile <= 1 ? 8 : S::per_tile <= 4 ? 8 / S::per_tile : 1;
  std::uint32_t u = 0;
  for (; u + kTogether <= units; u += kTogether) {
    detail::dense_units<S, kTogether>(weights + u * inputs, biases + u, inputs, in, out + u * kTileRows);
  }
  for (; u < units; ++u) detail::dense_units<S, 1>(weights + u * inputs, biases + u, inputs, in, out + u * kTileRows);
}

namespace detail {

template <class S, class Function>
void each(float* values, std::uint32_t units, Function function) {
  for (std::uint32_t i = 0; i < units * kTileRows; i += S::width) S::store(values + i, function(S::load(values + i)));
}

// e^(x - largest) / sum, so that nothing overflows.
template <class S>
void softmax(float* values, std::uint32_t units) {
  using F = typename S::F;
  for (std::uint32_t at = 0; at < kTileRows; at += S::width) {
    F largest = S::load(values + at);
    for (std::uint32_t u = 1; u < units; ++u) {
      const F value = S::load(values + u * kTileRows + at);
      largest = S::select(value > largest, value, largest);
    }
    F sum = S::all(0);
    for (std::uint32_t u = 0; u < units; ++u) {
      float* value = values + u * kTileRows + at;
      const F power = Math<S>::exp(S::load(value) - largest);
      S::store(value, power);
      sum = sum + power;
    }
    for (std::uint32_t u = 0; u < units; ++u) {
      float* value = values + u * kTileRows + at;
      S::store(value, S::load(value) / sum);
    }
  }
}

}  // namespace detail

// Applies an activation in place to [units][16].
template <class S>
void activate(Activation activation, float* values, std::uint32_t units) {
  using F = typename S::F;
  switch (activation) {
    case Activation::fast_sigmoid: return detail::each<S>(values, units, [](F x) { return Math<S>::fast_sigmoid(x); });
    case Activation::sigmoid: return detail::each<S>(values, units, [](F x) { return Math<S>::sigmoid(x); });
    case Activation::tanh: return detail::each<S>(values, units, [](F x) { return Math<S>::tanh(x); });
    case Activation::relu: return detail::each<S>(values, units, [](F x) { return S::limit(x, 0, kSaturation); });
    case Activation::identity: return detail::each<S>(values, units, [](F x) { return S::limit(x, -kSaturation, kSaturation); });
    case Activation::softmax: return detail::softmax<S>(values, units);
  }
}

}  // namespace sensorium
