// From what is to what is read: sensors measure at their own ticks, and readings arrive later.
#pragma once

#include "kernels/kernels.h"
#include "scene.h"

namespace sensorium::world {

// Whether the sensor of phase `phase` measures at this tick.
inline bool measures(const SensorPlan& sensor, std::uint32_t phase, std::uint64_t tick) {
  // How far the tick's share of readings has got, modulo 2^32: it steps where that wraps. A whole share always does.
  if (sensor.share >> 32) return true;
  return static_cast<std::uint32_t>(tick * sensor.share + phase) < sensor.share;
}

// Measures what is due for a tile's agents and writes what is delivered at this tick to the columns; NaN elsewhere.
void sense(const Plan& plan, const Scene& scene, const Kernels& kernels, std::byte* block, std::uint32_t tile);

}  // namespace sensorium::world
