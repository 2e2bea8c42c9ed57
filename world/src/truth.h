// What is so: labels, faults and incidents of each agent, and the intervals in which they are.
#pragma once

#include "scene.h"

namespace sensorium::world {

void write_truth(const Plan& plan, const Scene& scene, State& state, std::byte* block, std::uint32_t tile);

}  // namespace sensorium::world
