// map: where everyone is -> the map of places, in row order, so that it is the same for any number of threads.
#pragma once

#include "../plan.h"
#include "sensorium/places.h"

namespace sensorium {

PlacesOptions places_options(const Plan& plan);

// An empty map in the engine's block.
void create_map(const Plan& plan, std::byte* block);

void map_places(const Plan& plan, std::byte* block, double seconds);

}  // namespace sensorium
