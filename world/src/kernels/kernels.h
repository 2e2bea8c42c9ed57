// The kernels of one ISA: each does its work for one tile of 16 agents.
#pragma once

#include "nearest.h"
#include "scene.h"

namespace sensorium::world {

struct Kernels {
  using Work = void (*)(const Scene& scene, std::uint32_t tile);
  // Measures what the sensor would read now into slot `slot` of its history.
  using Measure = void (*)(const Scene& scene, std::uint32_t tile, std::uint32_t slot);

  const char* isa;
  // How far level rays go from (x, y, z) in the direction (dx, dy), of length 1, before they meet an obstacle, at most `range`. All
  // arrays hold 16 values; rows outside `rows` get 0.
  void (*cast)(const Scene& scene, const float* x, const float* y, const float* z, const float* dx, const float* dy,
               const float* range, std::uint16_t rows, float* lengths);
  // See nearest.h.
  void (*keep_nearest)(const Scene& scene, float x, float y, std::uint32_t self, Found& found);
  Work move;
  Work look;
  Measure measure[kModalities];
};

// Those of the ISA named, or, where the name is empty, of the environment's SENSORIUM_ISA, else of the best there is.
Result<const Kernels*> choose_kernels(std::string_view isa);

}  // namespace sensorium::world
