// Rays through the distance field (sphere tracing, Hart 1996), exact where they come near an obstacle.
#pragma once

#include "lanes.h"
#include "scene.h"

namespace sensorium::world {

// Of a cell, in one byte: how far its centre is from the nearest obstacle, in quarters of a metre and no more than there is, and
// whether the cell has a list. A million cells' bytes stay in a processor's cache, where the field itself would not.
template <class S>
typename Lanes<S>::I clearance_of(const Scene& scene, typename Lanes<S>::I index) {
  using I = typename Lanes<S>::I;
  const I word = Lanes<S>::gather(scene.clearance, index >> 2);
  return (word >> ((index & I(3)) << 3)) & I(255);
}

// How far rays go before they meet an obstacle, at most `range`; 0 in lanes outside `rays`. A ray is at (x + t dx, y + t dy,
// z + t slope). Outside the site nothing stands.
//
// In a cell, the distance at the centre less the way from there is a length that nobody can stand within (the field
// is 1-Lipschitz), so the ray jumps as far. Where that does not lead out of the cell, it meets the obstacles of the cell's list
// exactly, or goes on to the next cell. A ray can miss only what it cuts by less than kSkip within a cell's corner.
template <class S>
typename S::F cast_rays(const Scene& scene, typename S::F x, typename S::F y, typename S::F z, typename S::F dx, typename S::F dy,
                        typename S::F slope, typename S::F range, typename S::B rays) {
  using L = Lanes<S>;
  using F = typename S::F;
  using B = typename S::B;
  using I = typename L::I;
  constexpr float kSkip = 1e-3f;
  const F zero = L::zero();
  const F cell = S::all(scene.cell), per_cell = S::all(1 / scene.cell), half = S::all(0.5f);
  const F width = S::all(scene.width), depth = S::all(scene.depth);
  const I row_cells(static_cast<std::int32_t>(scene.cells_x));
  // A direction that is never 0, to divide by.
  const F tiny = S::all(1e-12f);
  const F safe_x = S::select(S::abs(dx) < tiny, tiny, dx), safe_y = S::select(S::abs(dy) < tiny, tiny, dy);
  const F inverse_x = S::all(1) / safe_x, inverse_y = S::all(1) / safe_y;
  const F ahead_x = L::one_if(safe_x > zero), ahead_y = L::one_if(safe_y > zero);

  F t = zero;
  F length = S::select(rays, range, zero);
  B flying = rays;
  while (xsimd::any(flying)) {
    const F px = x + t * dx, py = y + t * dy;
    const B inside = (px >= zero) & (px < width) & (py >= zero) & (py < depth) & (t < range);
    flying = flying & inside;
    if (xsimd::none(flying)) break;
    const F cx = L::number(L::whole(S::select(flying, px * per_cell, zero))), cy = L::number(L::whole(S::select(flying, py * per_cell, zero)));
    const I index = L::whole(cy) * row_cells + L::whole(cx);
    const F from_x = px - (cx + half) * cell, from_y = py - (cy + half) * cell;
    const I clearance = clearance_of<S>(scene, index);
    const F free = L::number(clearance >> 1) * S::all(1 / kClearanceSteps) - S::sqrt(from_x * from_x + from_y * from_y);
    const F exit_x = ((cx + ahead_x) * cell - x) * inverse_x, exit_y = ((cy + ahead_y) * cell - y) * inverse_y;
    const F exit = L::max(L::min(exit_x, exit_y), t) + S::all(kSkip);
    const F jump = t + free;
    const B close = flying & (jump < exit) & L::more(clearance & I(1), I(0));
    if (xsimd::any(close)) {
      const I first = L::gather(scene.near_first, index), end = L::gather(scene.near_first + 1, index);
      const I count = end - first;
      F hit = S::all(kInfinity);
      for (std::int32_t n = 0;; ++n) {
        const B here = close & L::more(count, I(n));
        if (xsimd::none(here)) break;
        const I obstacle = L::gather(scene.near_list, L::select(here, first + I(n), I(0))) * I(8);
        const float* const base = &scene.obstacles->x;
        const F cosine = L::gather(base + 2, obstacle), sine = L::gather(base + 3, obstacle);
        const F half_x = L::gather(base + 4, obstacle), half_y = L::gather(base + 5, obstacle);
        const F top = L::gather(base + 6, obstacle);
        const B round = L::gather(base + 7, obstacle) > half;
        // From here, not from the ray's beginning: near the obstacle the numbers are small and exact.
        const F to_x = px - L::gather(base, obstacle), to_y = py - L::gather(base + 1, obstacle);
        // A disc: |to + s d| = radius.
        const F along = to_x * dx + to_y * dy;
        const F across = to_x * dy - to_y * dx;
        const F under = half_x * half_x - across * across;
        const F chord = S::sqrt(L::max(under, zero));
        // A rectangle: between its two pairs of sides at once.
        const F u = to_x * cosine + to_y * sine, v = to_y * cosine - to_x * sine;
        const F du = dx * cosine + dy * sine, dv = dy * cosine - dx * sine;
        const F per_u = S::all(1) / S::select(S::abs(du) < tiny, tiny, du), per_v = S::all(1) / S::select(S::abs(dv) < tiny, tiny, dv);
        const F u1 = (zero - half_x - u) * per_u, u2 = (half_x - u) * per_u, v1 = (zero - half_y - v) * per_v, v2 = (half_y - v) * per_v;
        const F box_in = L::max(L::min(u1, u2), L::min(v1, v2)), box_out = L::min(L::max(u1, u2), L::max(v1, v2));
        const F in = S::select(round, zero - along - chord, box_in), out = S::select(round, chord - along, box_out);
        const B met = here & L::select(round, under >= zero, box_in <= box_out) & (t + out >= zero);
        const F where = L::max(t + in, zero);
        const B low = z + where * slope < top;
        hit = S::select(met & low & (where < hit), where, hit);
      }
      const B ended = close & (hit <= exit);
      length = S::select(ended, L::min(hit, range), length);
      flying = flying & ~ended;
    }
    t = L::max(jump, exit);
  }
  return length;
}

// The same for 16 rays in memory.
template <class S>
void cast(const Scene& scene, const float* x, const float* y, const float* z, const float* dx, const float* dy, const float* slope,
          const float* range, std::uint16_t rows, float* lengths) {
  for (std::uint32_t at = 0; at < kRows; at += S::width) {
    const auto load = [at](const float* from) { return S::load(from + at); };
    S::store(lengths + at, cast_rays<S>(scene, load(x), load(y), load(z), load(dx), load(dy), load(slope), load(range), S::lanes(rows, at)));
  }
}

}  // namespace sensorium::world
