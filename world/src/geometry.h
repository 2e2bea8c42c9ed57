// Plain geometry of a site, one point at a time: for building it, for decisions, and for who asks.
#pragma once

#include <cmath>

#include "random.h"
#include "scene.h"
#include "sine.h"

namespace sensorium::world {

// From a point to an obstacle's outline, negative inside.
inline float distance_to(const Obstacle& obstacle, float x, float y) {
  const float dx = x - obstacle.x, dy = y - obstacle.y;
  if (obstacle.round != 0) return std::sqrt(dx * dx + dy * dy) - obstacle.half_x;
  const float out_x = std::fabs(dx * obstacle.cosine + dy * obstacle.sine) - obstacle.half_x;
  const float out_y = std::fabs(dy * obstacle.cosine - dx * obstacle.sine) - obstacle.half_y;
  const float beyond_x = std::fmax(out_x, 0.0f), beyond_y = std::fmax(out_y, 0.0f);
  return std::sqrt(beyond_x * beyond_x + beyond_y * beyond_y) + std::fmin(std::fmax(out_x, out_y), 0.0f);
}

inline std::uint32_t cell_of(const Scene& scene, float x, float y) {
  const float last_x = static_cast<float>(scene.cells_x - 1), last_y = static_cast<float>(scene.cells_y - 1);
  const float cx = std::fmin(std::fmax(x / scene.cell, 0.0f), last_x),
              cy = std::fmin(std::fmax(y / scene.cell, 0.0f), last_y);
  return static_cast<std::uint32_t>(cy) * scene.cells_x + static_cast<std::uint32_t>(cx);
}

inline double sine_of(double x) { return x < 0 ? -sine(-x) : sine(x); }

inline float ground_height(const Scene& scene, const State& state, float x, float y) {
  double z = 0;
  for (std::uint32_t w = 0; w < scene.waves; ++w) {
    z += sine_of(double{x} * double{state.wave_x[w]} + double{y} * double{state.wave_y[w]} +
                 double{state.wave_phase[w]});
  }
  return scene.wave_height * static_cast<float>(z);
}

// The eight directions of a way, in order of their angle; then none.
inline constexpr std::int32_t kStepX[8] = {1, 1, 0, -1, -1, -1, 0, 1}, kStepY[8] = {0, 1, 1, 1, 0, -1, -1, -1};
inline constexpr std::uint8_t kNoWay = 255, kArrived = 254;

// Random numbers of one purpose, drawn one after another.
class Draws {
 public:
  Draws(std::uint64_t seed, std::uint32_t purpose, std::uint64_t of = 0) : key_(random_key(seed, of, purpose)) {}
  std::uint32_t bits() { return random_bits(key_, next_++); }
  float unit() { return unit_interval(bits()); }
  float between(float low, float high) { return low + (high - low) * unit(); }
  std::uint32_t below(std::uint32_t count) { return static_cast<std::uint32_t>(std::uint64_t{bits()} * count >> 32); }

 private:
  std::uint32_t key_;
  std::uint32_t next_ = 0;
};

// What random numbers are for; each purpose has its own.
enum Purpose : std::uint32_t {
  for_spots = 1,
  for_ground,
  for_buildings,
  for_pillars,
  for_sources,
  for_start,
  for_person,
  for_decision,
  for_sounding,
  for_weather,
  for_happening,
  for_phase,
  for_faults,
  for_fault_noise,
  for_lateness,
  for_bias,
  for_position,
  for_imu,
  for_visual,
  for_lidar,
  for_audio,
};

}  // namespace sensorium::world
