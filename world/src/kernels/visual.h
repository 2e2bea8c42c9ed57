// The camera: how bright it is, how many it recognises, how much moves.
#pragma once

#include "cast.h"

namespace sensorium::world {

// Whom of those they know of agents could see, with nothing between their eyes.
template <class S>
void look(const Scene& scene, std::uint32_t index) {
  using L = Lanes<S>;
  using F = typename S::F;
  using I = typename L::I;
  Tile& tile = scene.tiles[index];
  for (std::uint16_t& rows : tile.in_sight) rows = 0;
  Fan fan;
  alignas(64) float distances[kKnown];
  for (std::uint32_t r = 0; r < kRows; ++r) {
    const std::uint32_t count = tile.known_count[r];
    for (std::uint32_t at = 0; at < count; at += S::width) {
      const I number = xsimd::bitwise_cast<std::int32_t>(L::number_bits(at));
      const I other = L::gather(tile.known[0] + r, number * I(kRows)) * I(4);
      const F dx = L::gather(&scene.before->x, other) - S::all(tile.x[r]),
              dy = L::gather(&scene.before->y, other) - S::all(tile.y[r]);
      const F distance =
          S::select(L::more(I(static_cast<std::int32_t>(count)), number), S::sqrt(dx * dx + dy * dy), L::zero());
      const F inverse = S::all(1) / L::max(distance, S::all(1e-6f));
      S::store(fan.dx + at, dx * inverse);
      S::store(fan.dy + at, dy * inverse);
      S::store(fan.length + at, distance);
      S::store(distances + at, distance);
    }
    cast_fan<S>(scene, tile.x[r], tile.y[r], tile.z[r] + scene.world->visual.eye, count, fan);
    for (std::uint32_t j = 0; j < count; ++j) {
      if (fan.length[j] >= distances[j]) tile.in_sight[j] = static_cast<std::uint16_t>(tile.in_sight[j] | 1u << r);
    }
  }
}

// How far shadows are followed: beyond, the sun's rays are above all that stands.
inline float shadow_range(const State& state, float z) {
  return std::fmax((state.highest - z) / state.sun_slope, 0.0f);
}

// Light in lux at the eyes: the sky's, the sun's where nothing is in between, the lamps' by the cosine law on level ground.
template <class S>
typename S::F illuminance(const Scene& scene, typename S::F x, typename S::F y, typename S::B sunny) {
  using L = Lanes<S>;
  using F = typename S::F;
  const State& state = *scene.state;
  F light = S::all(state.skylight);
  light = light + S::select(sunny, S::all(state.sunlight), L::zero());
  if (state.lamps > 0) {
    const F height = S::all(scene.world->light.lamp_height);
    for (std::uint32_t s = 0; s < state.spot_count; ++s) {
      const F dx = x - S::all(state.spots_x[s]), dy = y - S::all(state.spots_y[s]);
      const F square = dx * dx + dy * dy + height * height;
      light = light + S::all(state.lamps) * height / (square * S::sqrt(square));
    }
  }
  return light;
}

template <class S>
void measure_visual(const Scene& scene, std::uint32_t index, std::uint32_t slot) {
  using L = Lanes<S>;
  using F = typename S::F;
  using B = typename S::B;
  constexpr float kMeanDepth = 10;       // m, of what is in the picture
  constexpr float kEnoughLight = 0.35f;  // brightness from which on nothing is missed for want of light
  Tile& tile = scene.tiles[index];
  const VisualParameters& visual = scene.world->visual;
  const State& state = *scene.state;
  const F zero = L::zero(), one = S::all(1);
  std::uint16_t lit_rows = 0;
  for (std::uint32_t r = 0; r < kRows && state.sunlight > 0; ++r) {
    const float z = tile.z[r] + visual.eye, range = shadow_range(state, z);
    if (cast_one<S>(scene, tile.x[r], tile.y[r], z, state.sun_x, state.sun_y, state.sun_slope, range) >= range) {
      lit_rows = static_cast<std::uint16_t>(lit_rows | 1u << r);
    }
  }
  for (std::uint32_t at = 0; at < kRows; at += S::width) {
    const F x = S::load(tile.x + at), y = S::load(tile.y + at);
    const F vx = S::load(tile.vx + at), vy = S::load(tile.vy + at);
    const F forward_x = S::load(tile.forward_x + at), forward_y = S::load(tile.forward_y + at);
    const auto scrambled = S::U::load_aligned(tile.scrambled + at);
    // Six decades of light, 0.1 lx to 100,000 lx, are 0 .. 1.
    const F light = illuminance<S>(scene, x, y, S::lanes(lit_rows, at));
    const F brightness = S::limit((L::log(light) * S::all(0.434294482f) + one) * S::all(1.0f / 6), 0, 1);

    const F lit = L::min(one, brightness * S::all(1 / kEnoughLight));
    F objects = zero;
    F flow = S::abs(S::load(tile.turn + at)) + S::sqrt(vx * vx + vy * vy) * S::all(1 / kMeanDepth);
    const F per_range = S::all(1 / visual.range), per_fov = S::all(1 / visual.fov),
            cos_half_fov = S::all(scene.cos_half_fov);
    // One that is (dx, dy) away and moves so towards the eyes, where it is `seen`.
    const auto add = [&](F dx, F dy, F dvx, F dvy, B seen, std::uint32_t key) {
      const F square = dx * dx + dy * dy, distance = S::sqrt(square);
      const B in_view =
          seen & (distance < S::all(visual.range)) & (dx * forward_x + dy * forward_y >= cos_half_fov * distance);
      if (xsimd::none(in_view)) return;
      const F far = distance * per_range;
      const F chance = lit * (one - S::all(0.5f) * far * far);
      objects = objects + L::one_if(in_view & (L::unit(L::random(key, scrambled)) < chance));
      const F per_square = one / L::max(square, S::all(0.25f));
      const F width = S::all(2 * kBody) / L::max(distance, S::all(0.5f));
      flow = flow + S::select(in_view, S::abs(dx * dvy - dy * dvx) * per_square * width * per_fov, zero);
    };
    const auto count = L::load(tile.known_count + at);
    for (std::uint32_t j = 0; j < kKnown; ++j) {
      const B seen = S::lanes(tile.in_sight[j], at) & L::more(count, typename L::I(static_cast<std::int32_t>(j)));
      if (xsimd::none(seen)) continue;
      const auto other = L::load(tile.known[j] + at) * typename L::I(4);
      add(L::gather(&scene.before->x, other) - x, L::gather(&scene.before->y, other) - y,
          L::gather(&scene.before->vx, other) - vx, L::gather(&scene.before->vy, other) - vy, seen,
          scene.keys.visual[j]);
    }
    if (tile.sees_intruder) {
      const Happening& intruder = scene.state->happenings[0];
      add(S::all(intruder.x) - x, S::all(intruder.y) - y, S::all(intruder.vx) - vx, S::all(intruder.vy) - vy,
          S::lanes(tile.sees_intruder, at), scene.keys.visual[kKnown]);
    }
    F n1, n2;
    L::normal(scene.keys.visual[kKnown + 1], scrambled, n1, n2);
    // In the dark a picture is three times as noisy.
    const F deviation = S::all(visual.noise) * (S::all(3) - S::all(2) * brightness);
    S::store(tile.history[0][slot] + at, objects);
    S::store(tile.history[1][slot] + at, S::limit(brightness + deviation * n1, 0, 1));
    S::store(tile.history[2][slot] + at, S::limit(flow + deviation * n2, 0, 1));
  }
}

}  // namespace sensorium::world
