// What agents know of each other and what they decide, some ten times a second.
#pragma once

#include "kernels/kernels.h"
#include "scene.h"

namespace sensorium::world {

// Where every agent begins, and as whom. Writes both buffers of bodies.
void place_agents(const Plan& plan, const Scene& scene, std::byte* block);

// Sorts the agents into buckets by where they are.
void sort_agents(const Plan& plan, const Scene& scene, std::byte* block);

// For the agents of a tile: who is near, what is about them, what to do and which way.
void think(const Plan& plan, const Scene& scene, const Kernels& kernels, std::byte* block, std::uint32_t index);

}  // namespace sensorium::world
