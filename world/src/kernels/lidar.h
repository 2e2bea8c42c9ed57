// The LiDAR: a level turn of beams, of which the world casts `rays`, each for as many beams as there are between two.
#pragma once

#include "cast.h"

namespace sensorium::world {

// A beam comes back from t metres with q times the power that just does, q = (range / t)^2 e^(-2 alpha t): the LiDAR equation for
// a target that fills the beam, and Beer and Lambert's law there and back. It is detected with the chance q^2 / (1 + q^2), which
// is logistic in decibels.
template <class S>
void measure_lidar(const Scene& scene, std::uint32_t index, std::uint32_t slot) {
  using L = Lanes<S>;
  using F = typename S::F;
  using B = typename S::B;
  constexpr float kTurn = 6.28318531f;
  Tile& tile = scene.tiles[index];
  const LidarParameters& lidar = scene.world->lidar;
  const State& state = *scene.state;
  const F zero = L::zero(), one = S::all(1);
  // Beyond this nothing is looked for: in clear air the chance is 1/6 there.
  const F range = S::all(kLidarReach * lidar.range);
  const F beams = S::all(static_cast<float>(lidar.points) / static_cast<float>(lidar.rays));
  // Where the scanner's turn begins is anywhere.
  alignas(64) float first_x[kRows], first_y[kRows], lengths[kMostRays][kRows];
  for (std::uint32_t at = 0; at < kRows; at += S::width) {
    F x, y;
    L::sincos((L::unit(L::random(scene.keys.lidar[0], S::U::load_aligned(tile.scrambled + at))) - S::all(0.5f)) *
                  S::all(kTurn),
              y, x);
    S::store(first_x + at, x);
    S::store(first_y + at, y);
  }
  Fan fan;
  for (std::uint32_t r = 0; r < kRows; ++r) {
    for (std::uint32_t at = 0; at < lidar.rays; at += S::width) {
      const F turn_x = S::load(scene.plan->rays_x + at), turn_y = S::load(scene.plan->rays_y + at);
      S::store(fan.dx + at, S::all(first_x[r]) * turn_x - S::all(first_y[r]) * turn_y);
      S::store(fan.dy + at, S::all(first_y[r]) * turn_x + S::all(first_x[r]) * turn_y);
      S::store(fan.length + at, range);
    }
    cast_fan<S>(scene, tile.x[r], tile.y[r], tile.z[r] + lidar.height, lidar.rays, fan);
    for (std::uint32_t ray = 0; ray < lidar.rays; ++ray) lengths[ray][r] = fan.length[ray];
  }
  for (std::uint32_t at = 0; at < kRows; at += S::width) {
    const F x = S::load(tile.x + at), y = S::load(tile.y + at);
    const auto scrambled = S::U::load_aligned(tile.scrambled + at);
    F points = zero, variance = zero, longest = zero, edges = zero, first = zero, before = zero;
    B any = zero > one, first_hit = any, hit_before = any;
    // Whether any of so many beams comes back from t metres; counts those that do.
    const auto look_at = [&](F t, F count, B lanes, std::uint32_t key) {
      const F ratio = S::all(lidar.range) / L::max(t, S::all(0.1f));
      F q = ratio * ratio;
      if (state.extinction > 0) q = q * Math<S>::exp(S::all(-2 * state.extinction) * t);
      const F square = L::min(q * q, S::all(1e12f));
      const F p = S::select(lanes, square / (one + square), zero);
      points = points + count * p;
      variance = variance + count * p * (one - p);
      // None does with the chance (1 - p)^count = (1 + q^2)^-count.
      const F none = Math<S>::exp(L::max(zero - count * L::log(one + square), S::all(-80)));
      const B hit = lanes & (L::unit(L::random(key, scrambled)) >= none);
      longest = S::select(hit & (t > longest), t, longest);
      any = any | hit;
      return hit;
    };
    for (std::uint32_t ray = 0; ray < lidar.rays; ++ray) {
      const F t = S::load(lengths[ray] + at);
      const B hit = look_at(t, beams, t < range, scene.keys.lidar[3 + ray]);
      // Another obstacle begins where the range jumps.
      if (ray == 0) {
        first = t;
        first_hit = hit;
      } else {
        edges = edges + L::one_if(hit & (~hit_before | (S::abs(t - before) > S::all(1.5f) + S::all(0.1f) * t)));
      }
      before = t;
      hit_before = hit;
    }
    edges =
        edges + L::one_if(first_hit & (~hit_before | (S::abs(first - before) > S::all(1.5f) + S::all(0.1f) * first)));
    // All around is one.
    edges = S::select(any, L::max(edges, one), zero);

    // Others nearby, who are thinner than what is between two rays.
    const auto count = L::load(tile.known_count + at);
    for (std::uint32_t j = 0; j < kKnown; ++j) {
      const B seen = S::lanes(tile.in_sight[j], at) & L::more(count, typename L::I(static_cast<std::int32_t>(j)));
      if (xsimd::none(seen)) continue;
      const auto other = L::load(tile.known[j] + at) * typename L::I(4);
      const F to_x = L::gather(&scene.before->x, other) - x, to_y = L::gather(&scene.before->y, other) - y;
      const F distance = S::sqrt(to_x * to_x + to_y * to_y);
      const F width =
          S::all(2 * kBody * static_cast<float>(lidar.points) / kTurn) / L::max(distance, S::all(2 * kBody));
      edges = edges + L::one_if(look_at(distance, width, seen, scene.keys.lidar[3 + kMostRays + j]));
    }
    F n1, n2, n3, unused;
    L::normal(scene.keys.lidar[1], scrambled, n1, n2);
    L::normal(scene.keys.lidar[2], scrambled, n3, unused);
    const F counted = S::limit(points + S::sqrt(variance) * n1, 0, static_cast<float>(lidar.points));
    // Where a beam comes back, there is a point.
    S::store(tile.history[3][slot] + at,
             S::select(any, L::max(L::number(L::whole(counted + S::all(0.5f))), one), zero));
    S::store(tile.history[4][slot] + at,
             S::select(any, L::max(L::min(longest + S::all(lidar.noise) * n2, range), zero), range));
    S::store(tile.history[5][slot] + at, edges);
  }
}

}  // namespace sensorium::world
