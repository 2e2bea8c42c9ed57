// Light, weather, and which sounds are on: what is the same for everyone at a tick.
#pragma once

#include "state.h"

namespace sensorium::world {

void update_air(const Plan& plan, State& state);

}  // namespace sensorium::world
