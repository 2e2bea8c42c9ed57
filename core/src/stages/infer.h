// infer: held features -> the network's outputs.
#pragma once

#include "../kernels/layer.h"
#include "stages.h"

namespace sensorium {

// A few tiles go through a layer together: the units of one tile wait for each other, those of several do not.
inline constexpr std::uint32_t kInferTiles = 4;

template <class S>
void infer(const Plan& plan, std::byte* block, TileRange range) {
  if (!plan.layer_count) return;
  alignas(64) float units[2][kInferTiles][kMaxUnits * kTileRows];
  for (std::uint32_t first = range.first; first < range.end; first += kInferTiles) {
    const std::uint32_t tiles = range.end - first < kInferTiles ? range.end - first : kInferTiles;
    for (std::uint32_t l = 0; l < plan.layer_count; ++l) {
      const LayerPlan& layer = plan.layers[l];
      for (std::uint32_t i = 0; i < tiles; ++i) {
        const Tile tile(plan, block, first + i);
        if (!tile.head().active) continue;
        dense<S>(reinterpret_cast<const float*>(block + layer.weights),
                 reinterpret_cast<const float*>(block + layer.biases), layer.inputs, layer.units,
                 l ? units[(l + 1) % 2][i] : tile.features(), units[l % 2][i]);
      }
      for (std::uint32_t i = 0; i < tiles; ++i) {
        if (Tile(plan, block, first + i).head().active) activate<S>(layer.activation, units[l % 2][i], layer.units);
      }
    }
    for (std::uint32_t i = 0; i < tiles; ++i) {
      const RowMask active = Tile(plan, block, first + i).head().active;
      if (!active) continue;
      const float* out = units[(plan.layer_count + 1) % 2][i];
      for (std::uint32_t u = 0; u < plan.outputs; ++u) {
        float* column = plane<float>(block, plan.results.output + u * plan.output_stride, first + i);
        for (std::uint32_t at = 0; at < kTileRows; at += S::width)
          S::store(column + at, S::load(out + u * kTileRows + at), active, at);
      }
    }
  }
}

}  // namespace sensorium
