// Faults of sensors: when they begin and end, and what they make of a reading.
#pragma once

#include "scene.h"

namespace sensorium::world {

// Draws what goes wrong by itself, and notes which faults are going on at this tick.
void update_faults(const Plan& plan, const Scene& scene, std::uint32_t tile);

// Puts a fault, or none, in the place of what a modality has, from the next tick on.
void set_fault(const Plan& plan, std::uint64_t tick, Tile& tile, std::uint32_t row, std::uint32_t modality, Fault fault,
               float magnitude, double seconds);

// What the faults of a tile's rows make of the reading that was just measured.
void falsify(const Plan& plan, const Scene& scene, std::uint32_t tile, std::uint32_t modality, std::uint32_t slot);

// Which slot of the history row `row` is delivered, where the reading that is due lies in slot `due`; kHistory for none.
std::uint32_t delivered_slot(const Plan& plan, const Tile& tile, std::uint32_t row, std::uint32_t modality,
                             std::uint32_t due);

}  // namespace sensorium::world
