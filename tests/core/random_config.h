// Seeded configurations, of any size and with any options, that create() must take.
#pragma once

#include <deque>

#include "core/seeded.h"
#include "core/support.h"

namespace sensorium::test {

struct RandomConfig {
  Config config;
  std::deque<std::vector<float>> numbers;  // the weights and biases that the configuration points to
};

// `wild`: options anywhere in their ranges. Else as a person would choose them, so that f32 and double precision agree.
RandomConfig random_config(Random& random, bool wild);

// Times for every modality that is timed: late, early, equal, ahead, and none.
void write_times(Engine& engine, Random& random, double now);

}  // namespace sensorium::test
