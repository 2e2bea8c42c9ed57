// What is so: labels, faults and incidents of each agent, and the intervals in which they are.
#pragma once

#include "scene.h"

namespace sensorium::world {

// Incidents as such, whoever notices.
void write_incidents(const Plan& plan, State& state, std::byte* block);

// What is so of the agents of a tile.
void write_truth(const Plan& plan, const Scene& scene, State& state, std::byte* block, std::uint32_t tile);

}  // namespace sensorium::world
