// Intruders, explosions and crushes: when they happen, and where the intruder is.
#pragma once

#include "scene.h"

namespace sensorium::world {

// What happens by itself, and what goes on, at the state's tick.
void update_incidents(const Plan& plan, const Scene& scene, State& state);

// Lets one begin at the next tick.
void begin_incident(const Plan& plan, State& state, Incident incident, float x, float y, double seconds);

}  // namespace sensorium::world
