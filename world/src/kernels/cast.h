// Rays among obstacles, by exact geometry.
#pragma once

#include <algorithm>
#include <cmath>

#include "lanes.h"
#include "scene.h"

namespace sensorium::world {

// Rays from one place.
struct Fan {
  alignas(64) float dx[kMostRays], dy[kMostRays];  // their level directions, of length 1
  alignas(64) float length[kMostRays];             // how far each may go, at most the scene's reach; then how far it goes
};
static_assert(kKnown <= kMostRays);

// The ray (from (x, y) in the direction (dx, dy)) and an obstacle: where it goes in and out; false where it does not. From a place
// nearby the numbers are small and exact.
template <class S>
struct Cut {
  using L = Lanes<S>;
  using F = typename S::F;
  using B = typename S::B;
  F in, out;
  B met;

  // A disc: |to + t d| = radius.
  static Cut disc(F along, F across, float radius) {
    const F under = S::all(radius * radius) - across * across;
    const F chord = S::sqrt(L::max(under, L::zero()));
    return {L::zero() - along - chord, chord - along, under >= L::zero()};
  }
  // A rectangle: between its two pairs of sides at once. (u, v) is the place, in its axes.
  static Cut box(const Obstacle& obstacle, float u, float v, F dx, F dy) {
    const F tiny = S::all(1e-12f), cosine = S::all(obstacle.cosine), sine = S::all(obstacle.sine);
    const F du = dx * cosine + dy * sine, dv = dy * cosine - dx * sine;
    const F per_u = S::all(1) / S::select(S::abs(du) < tiny, tiny, du), per_v = S::all(1) / S::select(S::abs(dv) < tiny, tiny, dv);
    const F u1 = S::all(0 - obstacle.half_x - u) * per_u, u2 = S::all(obstacle.half_x - u) * per_u;
    const F v1 = S::all(0 - obstacle.half_y - v) * per_v, v2 = S::all(obstacle.half_y - v) * per_v;
    const F in = L::max(L::min(u1, u2), L::min(v1, v2)), out = L::min(L::max(u1, u2), L::max(v1, v2));
    return {in, out, in <= out};
  }
};

// Shortens rays of a fan from (x, y), on the site, at the height z, which climb by `slope`, to where they meet an obstacle; what is
// lower than a ray does not stop it. The block in which the fan begins lists all within reach, nearest first: when the longest ray
// left is shorter than the way to the next, none can be met any more.
template <class S>
void cast(const Scene& scene, float x, float y, float z, float slope, std::uint32_t rays, Fan& fan) {
  using L = Lanes<S>;
  using F = typename S::F;
  using B = typename S::B;
  const std::uint32_t block = static_cast<std::uint32_t>(y * (1 / kBlock)) * scene.blocks_x + static_cast<std::uint32_t>(x * (1 / kBlock));
  const std::uint32_t* const end = scene.reach_list + scene.reach_first[block + 1];
  for (std::uint32_t at = 0; at < rays; at += S::width) {
    const F dx = S::load(fan.dx + at), dy = S::load(fan.dy + at);
    F length = S::load(fan.length + at);
    std::uint32_t last = farthest_entry(xsimd::reduce_max(length));
    for (const std::uint32_t* entry = scene.reach_list + scene.reach_first[block]; entry != end && *entry <= last; ++entry) {
      const Obstacle& obstacle = scene.obstacles[*entry & kEntryObstacle];
      const float to_x = x - obstacle.x, to_y = y - obstacle.y;
      const F along = S::all(to_x) * dx + S::all(to_y) * dy, across = S::all(to_x) * dy - S::all(to_y) * dx;
      // Most rays pass by the disc around it.
      const bool round = obstacle.round != 0;
      const float around = round ? obstacle.half_x : obstacle.half_x + obstacle.half_y;
      if (xsimd::none((S::abs(across) <= S::all(around)) & (along <= S::all(around)))) continue;
      const float u = to_x * obstacle.cosine + to_y * obstacle.sine, v = to_y * obstacle.cosine - to_x * obstacle.sine;
      const Cut<S> cut = round ? Cut<S>::disc(along, across, obstacle.half_x) : Cut<S>::box(obstacle, u, v, dx, dy);
      const F where = L::max(cut.in, L::zero());
      const B ends = cut.met & (cut.out >= L::zero()) & (S::all(z) + where * S::all(slope) < S::all(obstacle.top)) & (where < length);
      if (xsimd::none(ends)) continue;
      length = S::select(ends, where, length);
      last = farthest_entry(xsimd::reduce_max(length));
    }
    S::store(fan.length + at, length);
  }
}

// One ray, however long: from block to block, as far as their lists reach. Off the site nothing stands.
template <class S>
float cast_far(const Scene& scene, float x, float y, float z, float dx, float dy, float slope, float range) {
  Fan fan = {};
  // All lanes alike, so that none is another ray to be looked at; only the first has a length.
  std::fill(fan.dx, fan.dx + kMostRays, dx);
  std::fill(fan.dy, fan.dy + kMostRays, dy);
  for (float gone = 0; gone < range; gone += scene.reach) {
    const float from_x = x + gone * dx, from_y = y + gone * dy, left = std::fmin(range - gone, scene.reach);
    if (!(from_x >= 0 && from_x < scene.width && from_y >= 0 && from_y < scene.depth)) break;
    fan.length[0] = left;
    cast<S>(scene, from_x, from_y, z + gone * slope, slope, 1, fan);
    if (fan.length[0] < left) return gone + fan.length[0];
  }
  return range;
}

// Level rays of 16 agents, in memory.
template <class S>
void cast_each(const Scene& scene, const float* x, const float* y, const float* z, const float* dx, const float* dy, const float* range,
               std::uint16_t rows, float* lengths) {
  for (std::uint32_t r = 0; r < kRows; ++r) {
    lengths[r] = rows >> r & 1 ? cast_far<S>(scene, x[r], y[r], z[r], dx[r], dy[r], 0, range[r]) : 0;
  }
}

}  // namespace sensorium::world
