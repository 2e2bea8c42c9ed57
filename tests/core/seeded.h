// Seeded inputs. The library's distributions differ from one to the next; its generators do not.
#pragma once

#include <bit>
#include <cmath>
#include <cstdint>
#include <limits>
#include <random>

namespace sensorium::test {

class Random {
 public:
  explicit Random(std::uint64_t seed) : generator_(seed) {}

  std::uint64_t word() { return generator_(); }
  double unit() { return static_cast<double>(generator_() >> 11) * 0x1p-53; }
  double between(double low, double high) { return low + (high - low) * unit(); }
  float value(double low, double high) { return static_cast<float>(between(low, high)); }
  // 0 .. count - 1
  std::uint32_t below(std::uint32_t count) { return static_cast<std::uint32_t>(generator_() % count); }
  bool chance(double probability) { return unit() < probability; }

  // Mean 0, deviation 1 (Box and Muller).
  double normal() { return std::sqrt(-2 * std::log(1 - unit())) * std::cos(6.283185307179586 * unit()); }

  // From 1e-45 to 1e38 in either sign, evenly in the exponent.
  float any_size() { return static_cast<float>(std::pow(10, between(-45, 38.5)) * (chance(0.5) ? 1 : -1)); }

  // Numbers that break code which never thought of them.
  float hostile() {
    using Limits = std::numeric_limits<float>;
    constexpr float kNumbers[] = {Limits::quiet_NaN(),
                                  std::bit_cast<float>(0xFF800001u),
                                  Limits::infinity(),
                                  -Limits::infinity(),
                                  Limits::max(),
                                  Limits::lowest(),
                                  Limits::denorm_min(),
                                  -Limits::denorm_min(),
                                  Limits::min(),
                                  -Limits::min(),
                                  0.0f,
                                  -0.0f,
                                  1.0f,
                                  -1.0f,
                                  1e9f,
                                  -1e9f,
                                  16777216.0f,
                                  16777217.0f,
                                  0.1f,
                                  2147483648.0f,
                                  -2147483904.0f};
    return kNumbers[below(sizeof kNumbers / sizeof *kNumbers)];
  }

 private:
  std::mt19937_64 generator_;
};

}  // namespace sensorium::test
