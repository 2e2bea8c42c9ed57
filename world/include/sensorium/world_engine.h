// What joins a world and an engine: readings are copied into the engine's input columns of the same name.
#pragma once

#include "sensorium/engine.h"
#include "sensorium/world.h"

namespace sensorium::world {

// Writes the world's readings, times and positions of this tick into those input columns that the engine has: sensors.*,
// position.* and heading.*. ErrorCode::wrong_count where the engine has another number of agents; then nothing is written.
// The truth is never copied.
[[nodiscard]] Error write_to(const World& world, Engine& engine);

}  // namespace sensorium::world
