// Builds a site from its parameters and seed: what stands where, how far it is, which way leads to where.
#pragma once

#include "scene.h"

namespace sensorium::world {

// Writes obstacles, spots, sources, ground, distance field, ways and lists of near obstacles. The block is zeros before.
void build_site(const Plan& plan, std::byte* block);

}  // namespace sensorium::world
