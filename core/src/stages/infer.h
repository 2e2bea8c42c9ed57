// infer: held features -> the network's outputs.
#pragma once

#include "../kernels/layer.h"
#include "stages.h"

namespace sensorium {

template <class S>
void infer(const Plan& plan, std::byte* block, TileRange range) {
  if (!plan.layer_count) return;
  alignas(64) float units[2][kMaxUnits * kTileRows];
  for (std::uint32_t t = range.first; t < range.end; ++t) {
    const Tile tile(plan, block, t);
    const RowMask active = tile.head().active;
    if (!active) continue;

    const float* in = tile.features();
    float* out = units[0];
    for (std::uint32_t l = 0; l < plan.layer_count; ++l) {
      const LayerPlan& layer = plan.layers[l];
      out = units[l % 2];
      dense<S>(reinterpret_cast<const float*>(block + layer.weights), reinterpret_cast<const float*>(block + layer.biases),
               layer.inputs, layer.units, in, out);
      activate<S>(layer.activation, out, layer.units);
      in = out;
    }
    for (std::uint32_t u = 0; u < plan.outputs; ++u) {
      float* column = plane<float>(block, plan.results.output + u * plan.output_stride, t);
      for (std::uint32_t at = 0; at < kTileRows; at += S::width) {
        S::store(column + at, S::load(out + u * kTileRows + at), active, at);
      }
    }
  }
}

}  // namespace sensorium
