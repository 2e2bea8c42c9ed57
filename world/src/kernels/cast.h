// Rays among obstacles, by exact geometry.
#pragma once

#include <cmath>

#include "lanes.h"
#include "scene.h"

namespace sensorium::world {

// Level rays from one place.
struct Fan {
  alignas(64) float dx[kMostRays], dy[kMostRays];  // their directions, of length 1
  alignas(64) float length[kMostRays];             // how far each may go, at most Plan::reach; then how far it goes
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
    const F per_u = S::all(1) / S::select(S::abs(du) < tiny, tiny, du),
            per_v = S::all(1) / S::select(S::abs(dv) < tiny, tiny, dv);
    const F u1 = S::all(0 - obstacle.half_x - u) * per_u, u2 = S::all(obstacle.half_x - u) * per_u;
    const F v1 = S::all(0 - obstacle.half_y - v) * per_v, v2 = S::all(obstacle.half_y - v) * per_v;
    const F in = L::max(L::min(u1, u2), L::min(v1, v2)), out = L::min(L::max(u1, u2), L::max(v1, v2));
    return {in, out, in <= out};
  }
};

// Shortens rays from (x, y) at the height z, which climb by `slope`, to where they meet an obstacle; what is lower than a ray does not stop
// it. False where it stops none of them.
template <class S>
bool meet(const Obstacle& obstacle, float x, float y, float z, float slope, typename S::F dx, typename S::F dy,
          typename S::F& length) {
  using L = Lanes<S>;
  using F = typename S::F;
  const float to_x = x - obstacle.x, to_y = y - obstacle.y;
  const F along = S::all(to_x) * dx + S::all(to_y) * dy, across = S::all(to_x) * dy - S::all(to_y) * dx;
  // Most rays pass by the disc around it.
  const bool round = obstacle.round != 0;
  const float around = round ? obstacle.half_x : obstacle.half_x + obstacle.half_y;
  if (xsimd::none((S::abs(across) <= S::all(around)) & (along <= S::all(around)))) return false;
  const float u = to_x * obstacle.cosine + to_y * obstacle.sine, v = to_y * obstacle.cosine - to_x * obstacle.sine;
  const Cut<S> cut = round ? Cut<S>::disc(along, across, obstacle.half_x) : Cut<S>::box(obstacle, u, v, dx, dy);
  const F where = L::max(cut.in, L::zero());
  const typename S::B stops =
      cut.met & (cut.out >= L::zero()) & (S::all(z) + where * S::all(slope) < S::all(obstacle.top)) & (where < length);
  if (xsimd::none(stops)) return false;
  length = S::select(stops, where, length);
  return true;
}

// Casts level rays of a fan from (x, y), on the site. The block in which it begins lists all within reach, nearest first: when the longest
// ray left is shorter than the way to the next, none can be met any more.
template <class S>
void cast_fan(const Scene& scene, float x, float y, float z, std::uint32_t rays, Fan& fan) {
  using F = typename S::F;
  const std::uint32_t block =
      static_cast<std::uint32_t>(y * (1 / kBlock)) * scene.blocks_x + static_cast<std::uint32_t>(x * (1 / kBlock));
  const std::uint32_t* const end = scene.reach_list + scene.reach_first[block + 1];
  for (std::uint32_t at = 0; at < rays; at += S::width) {
    const F dx = S::load(fan.dx + at), dy = S::load(fan.dy + at);
    F length = S::load(fan.length + at);
    std::uint32_t last = farthest_entry(xsimd::reduce_max(length));
    for (const std::uint32_t* entry = scene.reach_list + scene.reach_first[block]; entry != end && *entry <= last;
         ++entry) {
      if (meet<S>(scene.obstacles[*entry & kEntryObstacle], x, y, z, 0, dx, dy, length))
        last = farthest_entry(xsimd::reduce_max(length));
    }
    S::store(fan.length + at, length);
  }
}

// How far one ray goes, at most `range`, however long: from cell to cell (Amanatides and Woo 1987). A cell's list has what is up to kNear
// outside it, too: whichever cell rounding chooses at a corner, nothing is missed. Off the site nothing stands.
template <class S>
float cast_one(const Scene& scene, float x, float y, float z, float dx, float dy, float slope, float range) {
  using F = typename S::F;
  if (!(x >= 0 && x < scene.width && y >= 0 && y < scene.depth)) return range;
  const F all_dx = S::all(dx), all_dy = S::all(dy);
  F length = S::all(range);
  const std::int32_t cells_x = static_cast<std::int32_t>(scene.cells_x),
                     cells_y = static_cast<std::int32_t>(scene.cells_y);
  std::int32_t cell_x = static_cast<std::int32_t>(x / scene.cell), cell_y = static_cast<std::int32_t>(y / scene.cell);
  // The ways to the next column and to the next row, and from one to the next.
  const std::int32_t right = dx > 0, up = dy > 0;
  const float per_x = 1 / std::fmax(std::fabs(dx), 1e-12f), per_y = 1 / std::fmax(std::fabs(dy), 1e-12f);
  const float step_x = scene.cell * per_x, step_y = scene.cell * per_y;
  float next_x = std::fabs(static_cast<float>(cell_x + right) * scene.cell - x) * per_x;
  float next_y = std::fabs(static_cast<float>(cell_y + up) * scene.cell - y) * per_y;
  while (cell_x >= 0 && cell_x < cells_x && cell_y >= 0 && cell_y < cells_y) {
    const std::uint32_t list = scene.near[cell_y * cells_x + cell_x], count = list & kMostNear,
                        first = list >> kNearBits;
    for (std::uint32_t n = 0; n < count; ++n) {
      // A list of one is the obstacle itself.
      const std::uint32_t index = count == 1 ? first : scene.near_list[first + n];
      if (meet<S>(scene.obstacles[index], x, y, z, slope, all_dx, all_dy, length)) range = xsimd::reduce_max(length);
    }
    const bool by_x = next_x < next_y;
    if ((by_x ? next_x : next_y) >= range) break;
    if (by_x) {
      cell_x += right ? 1 : -1;
      next_x += step_x;
    } else {
      cell_y += up ? 1 : -1;
      next_y += step_y;
    }
  }
  return range;
}

// Level rays of 16 agents, in memory.
template <class S>
void cast_each(const Scene& scene, const float* x, const float* y, const float* z, const float* dx, const float* dy,
               const float* range, std::uint16_t rows, float* lengths) {
  for (std::uint32_t r = 0; r < kRows; ++r) {
    lengths[r] = rows >> r & 1 ? cast_one<S>(scene, x[r], y[r], z[r], dx[r], dy[r], 0, range[r]) : 0;
  }
}

}  // namespace sensorium::world
