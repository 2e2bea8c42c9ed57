// What stands near a place: the obstacles of its cell's list.
#pragma once

#include "lanes.h"
#include "scene.h"

namespace sensorium::world {

template <class S>
struct NearObstacle {
  using L = Lanes<S>;
  using F = typename S::F;
  using B = typename S::B;
  F x, y, cosine, sine, half_x, half_y;
  B round;
};

// Calls visit(obstacle, lanes) for each obstacle in the lists of these lanes' cells.
template <class S, class Visit>
void for_near(const Scene& scene, typename Lanes<S>::I cell, typename S::B lanes, Visit&& visit) {
  using L = Lanes<S>;
  using B = typename S::B;
  using I = typename L::I;
  const I zero(0), list = L::gather(scene.near, L::select(lanes, cell, zero));
  const I count = list & I(kMostNear), first = list >> kNearBits;
  for (std::int32_t n = 0;; ++n) {
    const B there = lanes & L::more(count, I(n));
    if (xsimd::none(there)) break;
    // A list of one is the obstacle itself.
    const B listed = there & L::more(count, I(1));
    I index = first;
    if (xsimd::any(listed))
      index = L::select(listed, L::gather(scene.near_list, L::select(listed, first + I(n), zero)), first);
    index = L::select(there, index, zero) * I(8);
    const float* const base = &scene.obstacles->x;
    const auto value = [&](int member) { return L::gather(base + member, index); };
    visit(NearObstacle<S>{value(0), value(1), value(2), value(3), value(4), value(5), value(7) > S::all(0.5f)}, there);
  }
}

}  // namespace sensorium::world
