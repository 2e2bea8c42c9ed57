// What stands near a place: the clearance of its cell, and the obstacles of the cell's list.
#pragma once

#include "lanes.h"
#include "scene.h"

namespace sensorium::world {

// In steps of 1 / kClearanceSteps metres, no more than there is. A million cells' bytes stay in a processor's cache, where the
// field itself would not.
template <class S>
typename S::F clearance_of(const Scene& scene, typename Lanes<S>::I cell) {
  using L = Lanes<S>;
  using I = typename L::I;
  const I word = L::gather(scene.clearance, cell >> 2);
  return L::number((word >> ((cell & I(3)) << 3)) & I(255));
}

template <class S>
struct NearObstacle {
  using L = Lanes<S>;
  using F = typename S::F;
  using B = typename S::B;
  F x, y, cosine, sine, half_x, half_y, top;
  B round;

  // Where the line (from_x + s dx, from_y + s dy) goes in and out; false where it does not. From a place nearby the numbers are small
  // and exact.
  B cut(F from_x, F from_y, F dx, F dy, F& in, F& out) const {
    const F zero = L::zero();
    const F to_x = from_x - x, to_y = from_y - y;
    // A disc: |to + s d| = radius.
    const F along = to_x * dx + to_y * dy;
    const F across = to_x * dy - to_y * dx;
    const F under = half_x * half_x - across * across;
    const F chord = S::sqrt(L::max(under, zero));
    in = zero - along - chord;
    out = chord - along;
    B met = under >= zero;
    if (xsimd::all(round)) return met;
    // A rectangle: between its two pairs of sides at once.
    const F tiny = S::all(1e-12f);
    const F u = to_x * cosine + to_y * sine, v = to_y * cosine - to_x * sine;
    const F du = dx * cosine + dy * sine, dv = dy * cosine - dx * sine;
    const F per_u = S::all(1) / S::select(S::abs(du) < tiny, tiny, du), per_v = S::all(1) / S::select(S::abs(dv) < tiny, tiny, dv);
    const F u1 = (zero - half_x - u) * per_u, u2 = (half_x - u) * per_u, v1 = (zero - half_y - v) * per_v, v2 = (half_y - v) * per_v;
    const F box_in = L::max(L::min(u1, u2), L::min(v1, v2)), box_out = L::min(L::max(u1, u2), L::max(v1, v2));
    met = L::select(round, met, box_in <= box_out);
    in = S::select(round, in, box_in);
    out = S::select(round, out, box_out);
    return met;
  }
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
    if (xsimd::any(listed)) index = L::select(listed, L::gather(scene.near_list, L::select(listed, first + I(n), zero)), first);
    index = L::select(there, index, zero) * I(8);
    const float* const base = &scene.obstacles->x;
    const auto value = [&](int member) { return L::gather(base + member, index); };
    visit(NearObstacle<S>{value(0), value(1), value(2), value(3), value(4), value(5), value(6), value(7) > S::all(0.5f)}, there);
  }
}

}  // namespace sensorium::world
