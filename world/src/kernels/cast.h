// Rays through the distance field (sphere tracing, Hart 1996), exact where they come near an obstacle.
#pragma once

#include "obstacles.h"

namespace sensorium::world {

inline constexpr std::uint32_t kRaysAtOnce = kRows * kMostRays;
static_assert(kKnown <= kMostRays);

// Casts the rays of 16 agents together. They need from one step to hundreds, so rays that have ended make room: what is left moves
// together, and lanes are always full. Rays that come near an obstacle wait until enough of them do. Nothing that a ray comes to
// depends on the others.
//
// In a cell, the distance at the centre less the way from there is a length that nobody can stand within (the field is 1-Lipschitz),
// so the ray goes on as far. Where that is too short it meets the obstacles of the cell's list exactly, then goes on to the next cell.
// It can miss only what it cuts by less than kSkip within a cell's corner, or within 4 mm of the site's edge. Outside the site
// nothing stands.
template <class S>
class Rays {
  using L = Lanes<S>;
  using F = typename S::F;
  using B = typename S::B;
  using I = typename L::I;

 public:
  explicit Rays(const Scene& scene) : scene_(scene), cell_(S::all(scene.cell)), per_cell_(S::all(1 / scene.cell)) {}

  // How far a ray goes, at most its range; by its number, and only of rays that were added. Changed by cast().
  alignas(64) float length[kRaysAtOnce];

  // Rays `first` .. `first + width - 1`, of those lanes: from (x, y) in the level direction (dx, dy) of length 1.
  void add(std::uint32_t first, F x, F y, F dx, F dy, F range, B lanes) {
    const F zero = L::zero(), width = S::all(scene_.width) * per_cell_, depth = S::all(scene_.depth) * per_cell_;
    x = x * per_cell_;
    y = y * per_cell_;
    // The way to the site's edge; what rounding may add to it is less than kEdge.
    const F safe_x = nonzero(dx), safe_y = nonzero(dy);
    const F edge_x = S::select(safe_x > zero, width - S::all(kEdge) - x, S::all(kEdge) - x) / safe_x;
    const F edge_y = S::select(safe_y > zero, depth - S::all(kEdge) - y, S::all(kEdge) - y) / safe_y;
    const F limit = L::min(range * per_cell_, L::min(edge_x, edge_y));
    const B inside = (x >= zero) & (x < width) & (y >= zero) & (y < depth);
    S::store(length + first, range);
    flying_.append({x, y, dx, dy, zero, limit, L::number_bits(first)}, lanes & inside & (limit > zero));
  }

  // Rays begin at z[number % 16] and climb by `slope`; what is lower than a ray does not stop it.
  void cast(const float* z, float slope) {
    while (flying_.count || near_.count) {
      while (flying_.count) advance();
      meet(z, slope);
    }
  }

 private:
  static constexpr float kEdge = 2e-3f;     // cells
  static constexpr float kSkip = 1e-3f;     // m
  static constexpr float kShortest = 0.2f;  // cells: a shorter step in a cell with a list is not worth it

  // Lengths in cells. A ray is at (x + t dx, y + t dy).
  struct Batch {
    F x, y, dx, dy, t, limit;
    F number;  // its bits
  };

  struct Queue {
    std::uint32_t count = 0;
    // Room for a vector more, which append() may write beyond the last.
    alignas(64) float values[7][kRaysAtOnce + kRows];

    Batch load(std::uint32_t at) const {
      return {S::load(values[0] + at), S::load(values[1] + at), S::load(values[2] + at), S::load(values[3] + at),
              S::load(values[4] + at), S::load(values[5] + at), S::load(values[6] + at)};
    }
    // Where `lanes` is a batch loaded from this queue, the queue may be the one that is read: it is overwritten behind that.
    void append(const Batch& batch, B lanes) {
      const std::uint64_t bits = lanes.mask();
      if (!bits) return;
      const F planes[7] = {batch.x, batch.y, batch.dx, batch.dy, batch.t, batch.limit, batch.number};
      for (std::uint32_t plane = 0; plane < 7; ++plane) L::pack(planes[plane], lanes, bits, values[plane] + count);
      count += static_cast<std::uint32_t>(std::popcount(bits));
    }
    // Makes what a vector holds beyond the last ray one that has ended.
    void end() { S::all(-kInfinity).store_unaligned(values[5] + count); }
  };

  // A direction's component, never 0, to divide by.
  static F nonzero(F d) { return S::select(S::abs(d) < S::all(1e-12f), S::all(1e-12f), d); }

  struct Place {
    F x, y, cell_x, cell_y;
    I index;
  };
  Place place(const Batch& ray, B lanes) const {
    Place at;
    at.x = S::select(lanes, ray.x + ray.t * ray.dx, L::zero());
    at.y = S::select(lanes, ray.y + ray.t * ray.dy, L::zero());
    at.cell_x = L::number(L::whole(at.x));
    at.cell_y = L::number(L::whole(at.y));
    // Below 2^24: exact.
    at.index = L::whole(at.cell_y * S::all(static_cast<float>(scene_.cells_x)) + at.cell_x);
    return at;
  }

  // Some steps of every ray that flies.
  void advance() {
    flying_.end();
    const std::uint32_t count = flying_.count;
    // Two at a time; the last few rays need not be moved together.
    const int steps = count > S::width ? 2 : 4;
    flying_.count = 0;
    for (std::uint32_t at = 0; at < count; at += S::width) {
      Batch ray = flying_.load(at);
      B on = ray.t < ray.limit, close = on;
      for (int step = 0; step < steps; ++step) {
        const Place here = place(ray, on);
        step_on(here, ray, on, close);
      }
      near_.append(ray, on & close);
      flying_.append(ray, on & ~close);
    }
  }

  // A step; or, where it would be too short among obstacles, none: `close`, which it will be again.
  void step_on(const Place& here, Batch& ray, B& on, B& close) const {
    const F half = S::all(0.5f);
    const F clearance = clearance_of<S>(scene_, here.index);
    const F from_x = S::abs(here.x - here.cell_x - half), from_y = S::abs(here.y - here.cell_y - half);
    // At least sqrt(from_x^2 + from_y^2), and at most 8.3 % more.
    const F from = from_x + from_y - S::all(0.5857864f) * L::min(from_x, from_y);
    const F free = clearance * S::all(1 / kClearanceSteps) * per_cell_ - from;
    close = on & (clearance <= S::all(scene_.listed)) & (free < S::all(kShortest));
    ray.t = S::select(on & ~close, ray.t + free, ray.t);
    on = on & (ray.t < ray.limit);
  }

  // Rays that are near an obstacle: they end, or fly on from the next cell.
  void meet(const float* z, float slope) {
    const F zero = L::zero();
    near_.end();
    const std::uint32_t count = near_.count;
    near_.count = 0;
    for (std::uint32_t at = 0; at < count; at += S::width) {
      Batch ray = near_.load(at);
      const B on = ray.t < ray.limit;
      const Place here = place(ray, on);
      const I number = xsimd::bitwise_cast<std::int32_t>(ray.number);
      const F start = L::gather(z, number & I(kRows - 1));
      const F safe_x = nonzero(ray.dx), safe_y = nonzero(ray.dy);
      const F exit_x = (here.cell_x + L::one_if(safe_x > zero) - here.x) / safe_x;
      const F exit_y = (here.cell_y + L::one_if(safe_y > zero) - here.y) / safe_y;
      const F exit = L::max(L::min(exit_x, exit_y), zero) * cell_ + S::all(kSkip);
      const F x = here.x * cell_, y = here.y * cell_, t = ray.t * cell_;
      F hit = S::all(kInfinity);
      for_near<S>(scene_, here.index, on, [&](const NearObstacle<S>& obstacle, B there) {
        F in, out;
        const B cut = obstacle.cut(x, y, ray.dx, ray.dy, in, out);
        const B met = cut & there & (t + out >= zero);
        const F where = L::max(t + in, zero);
        hit = S::select(met & (start + where * S::all(slope) < obstacle.top) & (where < hit), where, hit);
      });
      const B ended = on & (hit <= t + exit);
      for (std::uint64_t bits = ended.mask(); bits; bits &= bits - 1) {
        alignas(64) float hits[kRows];
        S::store(hits, hit);
        const std::uint32_t lane = static_cast<std::uint32_t>(std::countr_zero(bits));
        float& farthest = length[std::bit_cast<std::uint32_t>(near_.values[6][at + lane])];
        if (hits[lane] < farthest) farthest = hits[lane];
      }
      ray.t = ray.t + exit * per_cell_;
      flying_.append(ray, on & ~ended & (ray.t < ray.limit));
    }
  }

  const Scene& scene_;
  F cell_, per_cell_;
  Queue flying_, near_;
};

// Of 16 rays in memory.
template <class S>
void cast(const Scene& scene, const float* x, const float* y, const float* z, const float* dx, const float* dy, const float* range,
          std::uint16_t rows, float* lengths) {
  Rays<S> rays(scene);
  for (std::uint32_t at = 0; at < kRows; at += S::width) {
    const auto load = [at](const float* from) { return S::load(from + at); };
    rays.add(at, load(x), load(y), load(dx), load(dy), load(range), S::lanes(rows, at));
  }
  rays.cast(z, 0);
  for (std::uint32_t r = 0; r < kRows; ++r) lengths[r] = rows >> r & 1 ? rays.length[r] : 0;
}

}  // namespace sensorium::world
