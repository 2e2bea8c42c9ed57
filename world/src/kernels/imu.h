// The inertial measurement unit: specific force and turn rate in the body's axes (x forward, y left, z up; ISO 8855).
#pragma once

#include "lanes.h"
#include "scene.h"

namespace sensorium::world {

// What an accelerometer feels is its acceleration less gravity's, seen from the body, which stands square to the ground. The
// errors are those of IEEE Std 952: white noise N, whose deviation is N sqrt(rate), and a bias that walks at random, K.
template <class S>
void measure_imu(const Scene& scene, std::uint32_t index, std::uint32_t slot) {
  using L = Lanes<S>;
  using F = typename S::F;
  constexpr float kGravity = 9.80665f;  // m/s^2, standard (ISO 80000-3)
  Tile& tile = scene.tiles[index];
  const ImuParameters& imu = scene.world->imu;
  const F one = S::all(1);
  const F white = S::sqrt(S::all(scene.imu_rate)), walk = one / white;
  for (std::uint32_t at = 0; at < kRows; at += S::width) {
    const F vx = S::load(tile.vx + at), vy = S::load(tile.vy + at);
    const F ax = S::load(tile.ax + at), ay = S::load(tile.ay + at), az = S::load(tile.az + at) + S::all(kGravity);
    const F slope_x = S::load(tile.slope_x + at), slope_y = S::load(tile.slope_y + at);
    // up = (-slope, 1) normalised; forward is the level heading laid onto the ground; left = up x forward.
    const F up_z = one / S::sqrt(slope_x * slope_x + slope_y * slope_y + one);
    const F up_x = L::zero() - slope_x * up_z, up_y = L::zero() - slope_y * up_z;
    const F heading_x = S::load(tile.forward_x + at), heading_y = S::load(tile.forward_y + at);
    const F rise = heading_x * slope_x + heading_y * slope_y;
    const F shrink = one / S::sqrt(one + rise * rise);
    const F forward_x = heading_x * shrink, forward_y = heading_y * shrink, forward_z = rise * shrink;
    const F left_x = up_y * forward_z - up_z * forward_y, left_y = up_z * forward_x - up_x * forward_z;
    const F left_z = up_x * forward_y - up_y * forward_x;

    const F shake = S::all(imu.vibration) * S::sqrt(vx * vx + vy * vy);
    const F noise = S::all(imu.accel_noise) * white;
    const F deviation = S::sqrt(noise * noise + shake * shake);
    const auto scrambled = S::U::load_aligned(tile.scrambled + at);
    F n[8];
    for (std::uint32_t i = 0; i < 8; i += 2) L::normal(scene.keys.imu[i / 2], scrambled, n[i], n[i + 1]);
    const F force[3] = {ax * forward_x + ay * forward_y + az * forward_z, ax * left_x + ay * left_y + az * left_z,
                        ax * up_x + ay * up_y + az * up_z};
    for (std::uint32_t i = 0; i < 3; ++i) {
      const F bias = S::load(tile.accel_bias[i] + at) + S::all(imu.accel_walk) * walk * n[4 + i];
      S::store(tile.accel_bias[i] + at, bias);
      S::store(tile.history[9 + i][slot] + at, force[i] + bias + deviation * n[i]);
    }
    const F bias = S::load(tile.gyro_bias + at) + S::all(imu.gyro_walk) * walk * n[7];
    S::store(tile.gyro_bias + at, bias);
    S::store(tile.history[12][slot] + at,
             S::load(tile.turn + at) * up_z + bias + S::all(imu.gyro_noise) * white * n[3]);
  }
}

}  // namespace sensorium::world
