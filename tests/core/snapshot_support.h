// Engines with everything that a snapshot can hold, and snapshots with changes that their checksums do not
// tell of.
#pragma once

#include "core/random_config.h"
#include "plan.h"

namespace sensorium::test {

using Snapshot = std::vector<std::byte>;

Snapshot snapshot_of(const Engine& engine);

// Seeded options of any kind, with neighbours and a map in some of them.
RandomConfig random_engine(Random& random, bool wild);

// Seeded readings, positions and rows that sleep, for the next tick.
void random_inputs(Random& random, Engine& engine, double missing);

// Ticks of random_inputs() from the engine's own time on, with rows that are reset now and then.
void run_randomly(Random& random, Engine& engine, int ticks);

// That two engines will do the same for ever: all of their blocks but what is declared not to matter.
testing::AssertionResult same_state(const Engine& a, const Engine& b);

// Puts the checksum right.
void repair(Snapshot& snapshot);

}  // namespace sensorium::test
