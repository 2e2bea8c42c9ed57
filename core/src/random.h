// Counter-based random numbers: a pure function of (seed, agent, tick, channel), so any agent's numbers can be made
// in any order, on any platform, with the same bits.
#pragma once

#include <cstdint>

namespace sensorium {

// Mixes 32 bits so that every input bit affects every output bit with a probability near one half. The shape and
// constants are the "lowbias32" of Chris Wellons' hash prospector (public domain).
constexpr std::uint32_t mix(std::uint32_t x) {
  x ^= x >> 16;
  x *= 0x7feb352du;
  x ^= x >> 15;
  x *= 0x846ca68bu;
  x ^= x >> 16;
  return x;
}

// The part of the key that all agents of a tick share.
constexpr std::uint32_t random_key(std::uint64_t seed, std::uint64_t tick, std::uint32_t channel) {
  std::uint32_t key = mix(static_cast<std::uint32_t>(seed) + 0x9e3779b9u);
  key = mix(key ^ static_cast<std::uint32_t>(seed >> 32));
  key = mix(key + static_cast<std::uint32_t>(tick));
  key = mix(key ^ static_cast<std::uint32_t>(tick >> 32));
  return mix(key + channel * 0x85ebca6bu);
}

constexpr std::uint32_t random_bits(std::uint32_t key, std::uint32_t agent) {
  return mix(mix(agent + 0x632be5abu) ^ key);
}

// The integer-to-float rule: the upper 24 bits as a fraction of 2^24, so 0 <= u < 1 and every step is exact.
constexpr float unit_interval(std::uint32_t bits) { return static_cast<float>(bits >> 8) * (1.0f / 16777216.0f); }

constexpr float random_unit(std::uint64_t seed, std::uint32_t agent, std::uint64_t tick, std::uint32_t channel) {
  return unit_interval(random_bits(random_key(seed, tick, channel), agent));
}

}  // namespace sensorium
