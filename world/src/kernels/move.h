// How agents move for a tick: they steer towards what they wish, keep clear of each other and of obstacles, and turn.
#pragma once

#include "obstacles.h"

namespace sensorium::world {

template <class S>
struct Outline {
  typename S::F distance, away_x, away_y;  // away from the nearest obstacle, of length 1
};

// The nearest of the obstacles in the lists of these lanes' cells; infinitely far where the lists are empty.
template <class S>
Outline<S> nearest_outline(const Scene& scene, typename S::F x, typename S::F y, typename S::B lanes) {
  using L = Lanes<S>;
  using F = typename S::F;
  using B = typename S::B;
  using I = typename L::I;
  const F zero = L::zero(), per_cell = S::all(1 / scene.cell);
  const I index = L::whole(y * per_cell) * I(static_cast<std::int32_t>(scene.cells_x)) + L::whole(x * per_cell);
  Outline<S> nearest = {S::all(kInfinity), zero, zero};
  for_near<S>(scene, index, lanes, [&](const NearObstacle<S>& obstacle, B here) {
    const F dx = x - obstacle.x, dy = y - obstacle.y;
    const F cosine = obstacle.cosine, sine = obstacle.sine, half_x = obstacle.half_x, half_y = obstacle.half_y;
    const B round = obstacle.round;
    // In the rectangle's own axes; a disc is a rectangle of no size, with a margin.
    const F u = dx * cosine + dy * sine, v = dy * cosine - dx * sine;
    const F out_u = S::abs(u) - S::select(round, zero, half_x), out_v = S::abs(v) - S::select(round, zero, half_y);
    const F beyond_u = L::max(out_u, zero), beyond_v = L::max(out_v, zero);
    const F outside = S::sqrt(beyond_u * beyond_u + beyond_v * beyond_v);
    const F distance = outside + L::min(L::max(out_u, out_v), zero) - S::select(round, half_x, zero);
    // Inside, the nearest side is the way out.
    const B in = outside <= zero, by_u = out_u > out_v;
    const F away_u = S::select(in, L::one_if(by_u), beyond_u / L::max(outside, S::all(1e-9f)));
    const F away_v = S::select(in, S::all(1) - L::one_if(by_u), beyond_v / L::max(outside, S::all(1e-9f)));
    const F signed_u = S::select(u < zero, zero - away_u, away_u),
            signed_v = S::select(v < zero, zero - away_v, away_v);
    const B nearer = here & (distance < nearest.distance);
    nearest.distance = S::select(nearer, distance, nearest.distance);
    nearest.away_x = S::select(nearer, signed_u * cosine - signed_v * sine, nearest.away_x);
    nearest.away_y = S::select(nearer, signed_u * sine + signed_v * cosine, nearest.away_y);
  });
  return nearest;
}

// The ground's height and slope.
template <class S>
void ground(const Scene& scene, typename S::F x, typename S::F y, typename S::F& z, typename S::F& slope_x,
            typename S::F& slope_y) {
  using F = typename S::F;
  const State& state = *scene.state;
  z = slope_x = slope_y = S::all(0);
  for (std::uint32_t w = 0; w < scene.waves; ++w) {
    const F kx = S::all(state.wave_x[w]), ky = S::all(state.wave_y[w]);
    F sine, cosine;
    Lanes<S>::sincos(x * kx + y * ky + S::all(state.wave_phase[w]), sine, cosine);
    z = z + sine;
    slope_x = slope_x + cosine * kx;
    slope_y = slope_y + cosine * ky;
  }
  const F height = S::all(scene.wave_height);
  z = z * height;
  slope_x = slope_x * height;
  slope_y = slope_y * height;
}

// Makes a vector no longer than `length`.
template <class S>
void shorten(typename S::F& x, typename S::F& y, typename S::F length) {
  using L = Lanes<S>;
  const typename S::F within = L::min(S::all(1), length / L::max(S::sqrt(x * x + y * y), S::all(1e-6f)));
  x = x * within;
  y = y * within;
}

// Steering is the social force model (Helbing and Molnar 1995): the velocity relaxes towards the wished one, others repel. The
// forces make agents polite; what keeps them apart is a bound on the velocity: on the way to another, nobody goes further in a
// tick than half of the gap between them (buffered Voronoi cells, Zhou and others 2017). Who obeys it, and all do at once and from
// the same positions, never overlaps one of the kAvoided nearest. Long before, everyone is slow enough to brake within that half, so
// that nobody is stopped dead.
template <class S>
void move(const Scene& scene, std::uint32_t index) {
  Tile& tile = scene.tiles[index];
  using L = Lanes<S>;
  using F = typename S::F;
  using B = typename S::B;
  using I = typename L::I;
  constexpr float kRelaxation = 0.5f;               // s
  constexpr float kRepulsion = 7, kFallOff = 0.3f;  // m/s^2 where bodies touch, m
  constexpr float kAside = 0.3f;                    // of the repulsion, to the right: who meets head-on passes
  constexpr float kStrongest = 5, kJerk = 60;       // m/s^2, m/s^3, of steering
  constexpr float kBrake = 4, kHardest = 9;         // m/s^2, planned before others and walls; when that comes too late
  constexpr float kClear = 0.05f;                   // m from an outline that nobody goes nearer
  constexpr float kMostTurn = 2.5f;                 // rad/s
  const F zero = L::zero(), one = S::all(1);
  const F dt = S::all(scene.tick_seconds), rate = S::all(scene.ticks_a_second);
  for (std::uint32_t at = 0; at < kRows; at += S::width) {
    const F x = S::load(tile.x + at), y = S::load(tile.y + at);
    const F old_vx = S::load(tile.vx + at), old_vy = S::load(tile.vy + at);
    F ax = (S::load(tile.wish_x + at) - old_vx) * S::all(1 / kRelaxation);
    F ay = (S::load(tile.wish_y + at) - old_vy) * S::all(1 / kRelaxation);

    // Towards others.
    F away_x[kAvoided], away_y[kAvoided], gaps[kAvoided];
    const I count = L::load(tile.known_count + at);
    std::uint32_t others = 0;
    for (; others < kAvoided; ++others) {
      const B there = L::more(count, I(static_cast<std::int32_t>(others)));
      if (xsimd::none(there)) break;
      const I other = L::load(tile.known[others] + at) * I(4);
      const F dx = x - L::gather(&scene.before->x, other), dy = y - L::gather(&scene.before->y, other);
      const F distance = S::sqrt(dx * dx + dy * dy);
      const F inverse = L::one_if(there) / L::max(distance, S::all(1e-6f));
      const F gap = distance - S::all(2 * kBody);
      away_x[others] = dx * inverse;
      away_y[others] = dy * inverse;
      gaps[others] = S::select(there, L::max(gap, zero), S::all(1e9f));
      const F push = S::all(kRepulsion) * Math<S>::exp(L::max(gap, S::all(-0.3f)) * S::all(-1 / kFallOff));
      ax = ax + push * (away_x[others] + S::all(kAside) * away_y[others]);
      ay = ay + push * (away_y[others] - S::all(kAside) * away_x[others]);
    }
    // From the acceleration of the last tick to this one.
    const F old_ax = S::load(tile.ax + at), old_ay = S::load(tile.ay + at);
    shorten<S>(ax, ay, S::all(kStrongest));
    F more_x = ax - old_ax, more_y = ay - old_ay;
    shorten<S>(more_x, more_y, S::all(kJerk) * dt);
    F vx = old_vx + (old_ax + more_x) * dt, vy = old_vy + (old_ay + more_y) * dt;
    // Who was faster slows down.
    const F old_speed = S::sqrt(old_vx * old_vx + old_vy * old_vy);
    shorten<S>(vx, vy, L::max(S::load(tile.top_speed + at), old_speed - S::all(kStrongest) * dt));

    // Along obstacles, not into them.
    const Outline<S> outline = nearest_outline<S>(scene, x, y, zero < one);
    const F room = outline.distance - S::all(kBody);
    const F approach_wall = L::min(room * S::all(0.5f) * rate, S::sqrt(L::max(room, zero) * S::all(2 * kBrake)));
    const F least = S::select(room < zero, room * S::all(-4), zero - approach_wall);
    const F leaving = vx * outline.away_x + vy * outline.away_y;
    const F correction = S::select((leaving < least) & (outline.distance < S::all(kInfinity)), least - leaving, zero);
    vx = vx + correction * outline.away_x;
    vy = vy + correction * outline.away_y;

    // Past others: what is too fast towards one is taken away, as fast as brakes can. Where that is not enough to keep them apart, all
    // is slowed down until it is.
    for (std::uint32_t j = 0; j < others; ++j) {
      const F approach = zero - vx * away_x[j] - vy * away_y[j];
      const F soft = L::min(S::all(0.5f) * gaps[j] * rate, S::sqrt(gaps[j] * S::all(kBrake)));
      const F excess = L::max(approach - soft, zero);
      vx = vx + excess * away_x[j];
      vy = vy + excess * away_y[j];
    }
    F change_x = vx - old_vx, change_y = vy - old_vy;
    shorten<S>(change_x, change_y, S::all(kHardest) * dt);
    vx = old_vx + change_x;
    vy = old_vy + change_y;
    F share = one;
    for (std::uint32_t j = 0; j < others; ++j) {
      const F approach = zero - vx * away_x[j] - vy * away_y[j];
      const F allowed = S::all(0.5f) * gaps[j] * rate;
      share = L::min(share, S::select(approach > allowed, allowed / L::max(approach, S::all(1e-6f)), one));
    }
    vx = vx * share;
    vy = vy * share;

    // Whatever that led to: nobody enters an obstacle or leaves the site.
    const F step_x = vx * dt + S::load(tile.rest_x + at), step_y = vy * dt + S::load(tile.rest_y + at);
    F new_x = x + step_x, new_y = y + step_y;
    const F step = S::sqrt(vx * vx + vy * vy) * dt;
    const B risky = outline.distance < step + S::all(2 * kClear);
    const B blocked = (nearest_outline<S>(scene, new_x, new_y, risky).distance < S::all(kClear)) | (new_x < one) |
                      (new_y < one) | (new_x > S::all(scene.width) - one) | (new_y > S::all(scene.depth) - one);
    vx = S::select(blocked, zero, vx);
    vy = S::select(blocked, zero, vy);
    // Sums of small steps would drift from the velocity's by what rounding takes from each.
    S::store(tile.rest_x + at, S::select(blocked, zero, step_x - (new_x - x)));
    S::store(tile.rest_y + at, S::select(blocked, zero, step_y - (new_y - y)));
    new_x = S::select(blocked, x, new_x);
    new_y = S::select(blocked, y, new_y);

    // The body turns to where it goes.
    const F speed = S::sqrt(vx * vx + vy * vy);
    const F forward_x = S::load(tile.forward_x + at), forward_y = S::load(tile.forward_y + at);
    const F inverse = one / L::max(speed, S::all(1e-6f));
    const F sine = (forward_x * vy - forward_y * vx) * inverse, cosine = (forward_x * vx + forward_y * vy) * inverse;
    const F hard = S::select(sine < zero, S::all(-kMostTurn), S::all(kMostTurn));
    F wanted = S::select(cosine < zero, hard, S::limit(sine * S::all(4), -kMostTurn, kMostTurn));
    wanted = S::select(speed > S::all(0.1f), wanted, zero);
    F turn = S::load(tile.turn + at);
    turn = turn + (wanted - turn) * L::min(one, S::all(6) * dt);
    F angle = S::load(tile.angle + at) + turn * dt;
    angle = S::select(angle > S::all(3.14159265f), angle - S::all(6.28318531f), angle);
    angle = S::select(angle < S::all(-3.14159265f), angle + S::all(6.28318531f), angle);
    F new_sine, new_cosine;
    L::sincos(angle, new_sine, new_cosine);

    F z, slope_x, slope_y;
    ground<S>(scene, new_x, new_y, z, slope_x, slope_y);
    const F vz = slope_x * vx + slope_y * vy;

    F noise_x, noise_y;
    L::normal(scene.keys.position, S::U::load_aligned(tile.scrambled + at), noise_x, noise_y);
    const F deviation = S::all(scene.world->agents.position_noise);
    S::store(tile.said_x + at, new_x + deviation * noise_x);
    S::store(tile.said_y + at, new_y + deviation * noise_y);

    S::store(tile.ax + at, (vx - old_vx) * rate);
    S::store(tile.ay + at, (vy - old_vy) * rate);
    S::store(tile.az + at, (vz - S::load(tile.vz + at)) * rate);
    S::store(tile.x + at, new_x);
    S::store(tile.y + at, new_y);
    S::store(tile.z + at, z);
    S::store(tile.vx + at, vx);
    S::store(tile.vy + at, vy);
    S::store(tile.vz + at, vz);
    S::store(tile.slope_x + at, slope_x);
    S::store(tile.slope_y + at, slope_y);
    S::store(tile.turn + at, turn);
    S::store(tile.angle + at, angle);
    S::store(tile.forward_x + at, new_cosine);
    S::store(tile.forward_y + at, new_sine);
  }
  Body* const bodies = scene.now + std::size_t{index} * kRows;
  for (std::uint32_t r = 0; r < kRows; ++r) bodies[r] = {tile.x[r], tile.y[r], tile.vx[r], tile.vy[r]};
}

}  // namespace sensorium::world
