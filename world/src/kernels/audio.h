// The microphone: how loud it is, what is loudest, and of which class.
#pragma once

#include "lanes.h"
#include "scene.h"

namespace sensorium::world {

inline constexpr float kIntruderPower = 0.0252f;  // Pa^2 at 1 m: 78 dB

// Each source's power falls with the square of the distance (6 dB a doubling); sounds add up by their powers, as independent ones
// do. What is behind an obstacle is weaker by the world's barrier. Of the loudest one the frequency is heard, shifted by the
// listener's own motion (Doppler). Air absorbs nothing.
template <class S>
void measure_audio(const Scene& scene, std::uint32_t index, std::uint32_t slot) {
  using L = Lanes<S>;
  using F = typename S::F;
  using B = typename S::B;
  using I = typename L::I;
  constexpr float kSpeech = 180, kSteps = 90, kAmbient = 100, kBlast = 40, kIntruder = 120;  // Hz
  Tile& tile = scene.tiles[index];
  const State& state = *scene.state;
  const AudioParameters& audio = scene.world->audio;
  const F zero = L::zero(), one = S::all(1);
  for (std::uint32_t at = 0; at < kRows; at += S::width) {
    const F x = S::load(tile.x + at), y = S::load(tile.y + at), vx = S::load(tile.vx + at), vy = S::load(tile.vy + at);
    const F speed_square = vx * vx + vy * vy;
    const I sound_cell = L::whole(y * S::all(1 / kSoundCell)) * I(static_cast<std::int32_t>(scene.sound_x)) +
                         L::whole(x * S::all(1 / kSoundCell));
    const I muffled = L::gather(scene.muffled, sound_cell);
    const F barrier = S::all(scene.barrier);

    F total = S::all(state.ambient), loudest = total, frequency = S::all(kAmbient);
    const auto add = [&](F power, F its_frequency) {
      total = total + power;
      const B louder = power > loudest;
      loudest = S::select(louder, power, loudest);
      frequency = S::select(louder, its_frequency, frequency);
    };
    // A source at a place; nearer than half a metre it gets no louder.
    const auto add_from = [&](float source_x, float source_y, F power, float its_frequency) {
      const F dx = S::all(source_x) - x, dy = S::all(source_y) - y;
      const F square = L::max(dx * dx + dy * dy, S::all(0.25f));
      const F towards = (vx * dx + vy * dy) / S::sqrt(square);
      add(power / square, S::all(its_frequency) * (one + towards * S::all(1 / kSoundSpeed)));
    };
    for (std::uint32_t s = 0; s < state.source_count; ++s) {
      if (!(state.sounding >> s & 1)) continue;
      const Source& source = state.sources[s];
      const B behind = xsimd::batch_bool_cast<float>((muffled & I(static_cast<std::int32_t>(1u << s))) != I(0));
      add_from(source.x, source.y, S::all(source.power) * S::select(behind, barrier, one), source.frequency);
    }
    add(S::load(tile.speech + at) * S::all(scene.talk), S::all(kSpeech));
    // Own steps: 45 dB at 1 m/s.
    add(S::all(1.26e-5f) * speed_square, S::all(kSteps));
    const Happening& intruder = state.happenings[0];
    if (state.tick >= intruder.from && state.tick < intruder.to) {
      add_from(intruder.x, intruder.y,
               S::all(kIntruderPower) * S::select(S::lanes(tile.sees_intruder, at), one, barrier), kIntruder);
    }
    const Happening& blast = state.happenings[1];
    if (scene.since_blast >= 0) {
      // It is heard when it arrives.
      const F dx = S::all(blast.x) - x, dy = S::all(blast.y) - y;
      const F heard = S::all(scene.since_blast) - S::sqrt(dx * dx + dy * dy) * S::all(1 / kSoundSpeed);
      const F power = S::all(kBlastPower) * Math<S>::exp(heard * S::all(-2 / kBlastDecay));
      const B behind = xsimd::batch_bool_cast<float>((muffled & I(std::int32_t{1} << (kBlastBit - 1) << 1)) != I(0));
      add_from(blast.x, blast.y, S::select(heard >= zero, power, zero) * S::select(behind, barrier, one), kBlast);
    }

    const auto scrambled = S::U::load_aligned(tile.scrambled + at);
    F n1, n2;
    L::normal(scene.keys.audio[0], scrambled, n1, n2);
    const F level = S::sqrt(total + S::all(audio.floor * audio.floor)) * (one + S::all(audio.noise) * n1);
    const F amplitude = S::limit(level * S::all(1 / audio.full_scale), 0, 1);
    S::store(tile.history[6][slot] + at, amplitude);
    S::store(tile.history[7][slot] + at, S::limit(frequency * (one + S::all(0.01f) * n2), 0, 20000));
    S::store(tile.history[8][slot] + at,
             L::one_if(level > S::all(scene.quiet)) + L::one_if(level > S::all(scene.loud)));
  }
}

}  // namespace sensorium::world
