// The classic load generator: seeded readings for the classic channels, the same bits everywhere. It is load, to test and
// to measure with; it is no evidence of how well anything is sensed.
#pragma once

#include "sensorium/engine.h"

namespace sensorium {

enum class Load : std::uint32_t {
  dense,  // every sensor of every agent reads at every tick
  mixed,  // visual every 2nd tick, lidar every 3rd, imu and audio at each; sensors drop out for a while; rows sleep and wake
};

// Writes the readings of the engine's next tick into its input columns, and for `mixed` the active column. Needs the classic
// channels, else ErrorCode::wrong_channels. A function of (seed, tick, agent, channel) alone. Uniform: objects 2..10, motion 0..1,
// points 500..1500, max_range 10..100 m, obstacles 0..5, amplitude 0..1, frequency 20..20,000 Hz, event 0..2, accel_x and
// accel_y +-0.5 m/s^2, accel_z 9.8 +- 0.1 m/s^2, gyro +-0.1 rad/s; counts and events are whole. Brightness is
// 0.5 + 0.3 sin(tick / 5), the tick counted from 0.
[[nodiscard]] Error write_classic_load(Engine& engine, std::uint64_t seed, Load load = Load::dense);

}  // namespace sensorium
