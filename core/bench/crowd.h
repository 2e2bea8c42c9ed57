// The scenario `crowd-10k`: 10,000 agents that move about a plane, 16 of them within 10 m on average; the classic stages, the 8
// nearest neighbours, and a map of places whose agents mostly stay in theirs. Seed 1, one thread.
#pragma once

#include <algorithm>
#include <cmath>
#include <cstdlib>
#include <iostream>
#include <random>
#include <string>
#include <vector>

#include "sensorium/simulate.h"

namespace sensorium::bench {

[[noreturn]] inline void fail(const Error& error) {
  std::cerr << error.what.view() << ": " << error.where.view() << ", expected " << error.expected.view() << ", got "
            << error.got.view() << "\n";
  std::exit(1);
}

class Crowd {
 public:
  static constexpr std::uint32_t kAgents = 10'000;
  static constexpr float kRadius = 10;
  // Metres a tick on each axis: one in some thirty leaves its place in a second of 60 ticks
  static constexpr float kStep = 0.05f;
  static constexpr std::uint64_t kSeed = 1;

  explicit Crowd(std::string_view isa) : engine_(make(isa)), x_(kAgents), y_(kAgents) {
    const float side = kRadius * std::sqrt(3.1415927f * static_cast<float>(kAgents) / 16);
    std::uniform_real_distribution<float> anywhere(0, side);
    for (float& x : x_) x = anywhere(random_);
    for (float& y : y_) y = anywhere(random_);
    // Windows fill and places are found before anything is measured.
    for (int tick = 0; tick < 60; ++tick) {
      prepare();
      if (Error error = engine_.tick(seconds())) fail(error);
    }
  }

  // The readings and positions of the next tick.
  void prepare() {
    if (Error error = write_classic_load(engine_, kSeed)) fail(error);
    std::uniform_real_distribution<float> step(-kStep, kStep);
    for (float& x : x_) x += step(random_);
    for (float& y : y_) y += step(random_);
    const Placement at = engine_.placement();
    std::copy(x_.begin(), x_.end(), at.position[0].begin());
    std::copy(y_.begin(), y_.end(), at.position[1].begin());
    ++tick_;
  }
  double seconds() const { return tick_ / 60.0; }
  Engine& engine() { return engine_; }

 private:
  static Engine make(std::string_view isa) {
    auto engine = Engine::create({.agents = kAgents,
                                  .neighbors = {.k = 8, .radius = kRadius},
                                  .map = {.capacity = 65536, .merge_radius = 3, .link_radius = 10}},
                                 isa);
    if (!engine) fail(engine.error());
    return std::move(*engine);
  }

  Engine engine_;
  std::mt19937 random_{static_cast<std::uint32_t>(kSeed)};
  std::vector<float> x_, y_;
  int tick_ = 0;
};

}  // namespace sensorium::bench
