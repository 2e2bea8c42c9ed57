// Who is nearest, of the candidates that lie in the cells about an agent.
#pragma once

#include "lanes.h"
#include "scene.h"

namespace sensorium::world {

// Candidates, and what is left of them.
struct Found {
  static constexpr std::uint32_t kRoom = 96;
  // Room for a vector more, which is written beyond the last.
  alignas(64) std::uint32_t agents[kRoom + kRows];
  alignas(64) float squares[kRoom + kRows];  // m^2, from the agent
  std::uint32_t count = 0;
  std::uint32_t ranked = 0;  // the first so many were left by the last call
  std::uint32_t close = 0;   // within kCloseBy, of all candidates so far
};

// Leaves of the candidates the kKnown nearest within kSight, nearest first; who is as far as another comes after those before it.
// A rank is how many are nearer: that takes more comparisons than sorting, but no branch that a processor could only guess.
template <class S>
void keep_nearest(const Scene& scene, float x, float y, std::uint32_t self, Found& found) {
  using L = Lanes<S>;
  using F = typename S::F;
  using B = typename S::B;
  using I = typename L::I;
  const std::uint32_t given = found.count;
  found.count = 0;
  for (std::uint32_t at = 0; at < given; at += S::width) {
    const I number = xsimd::bitwise_cast<std::int32_t>(L::number_bits(at));
    const B there = L::more(I(static_cast<std::int32_t>(given)), number);
    const I agent = L::select(there, L::load(found.agents + at), I(static_cast<std::int32_t>(self)));
    const F dx = L::gather(&scene.before->x, agent * I(4)) - S::all(x),
            dy = L::gather(&scene.before->y, agent * I(4)) - S::all(y);
    const F square = dx * dx + dy * dy;
    const B other =
        L::more(agent, I(static_cast<std::int32_t>(self))) | L::more(I(static_cast<std::int32_t>(self)), agent);
    const B kept = other & (square <= S::all(kSight * kSight));
    const B fresh = L::more(number, I(static_cast<std::int32_t>(found.ranked) - 1));
    found.close +=
        static_cast<std::uint32_t>(std::popcount(B(kept & fresh & (square < S::all(kCloseBy * kCloseBy))).mask()));
    const std::uint64_t bits = kept.mask();
    // What is overwritten has been read.
    L::pack(square, kept, bits, found.squares + found.count);
    L::pack(xsimd::bitwise_cast<float>(agent), kept, bits, reinterpret_cast<float*>(found.agents) + found.count);
    found.count += static_cast<std::uint32_t>(std::popcount(bits));
  }

  const std::uint32_t count = found.count;
  alignas(64) float ranks[Found::kRoom + kRows];
  for (std::uint32_t at = 0; at < count; at += S::width) {
    const F square = S::load(found.squares + at);
    F rank = L::zero();
    for (std::uint32_t j = 0; j < count; ++j) rank = rank + L::one_if(S::all(found.squares[j]) < square);
    S::store(ranks + at, rank);
  }
  std::uint32_t agents[kKnown];
  float squares[kKnown];
  std::uint32_t taken = 0;
  for (std::uint32_t i = 0; i < count; ++i) {
    std::uint32_t rank = static_cast<std::uint32_t>(ranks[i]);
    while (rank < kKnown && (taken >> rank & 1)) ++rank;
    if (rank >= kKnown) continue;
    taken |= 1u << rank;
    agents[rank] = found.agents[i];
    squares[rank] = found.squares[i];
  }
  found.count = found.ranked = count < kKnown ? count : kKnown;
  for (std::uint32_t i = 0; i < found.count; ++i) {
    found.agents[i] = agents[i];
    found.squares[i] = squares[i];
  }
}

}  // namespace sensorium::world
