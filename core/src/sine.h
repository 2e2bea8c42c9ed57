// Sine in double precision, the same bits on every platform.
#pragma once

#include <cstdint>

namespace sensorium {

// sin(x) from IEEE operations alone, for x >= 0: the library's differs from platform to platform. Error below 1e-9 up to 1e6.
inline double sine(double x) {
  constexpr double kTurn = 6.283185307179586;
  const double turns = x / kTurn;
  double angle = x - kTurn * static_cast<double>(static_cast<std::int64_t>(turns));
  double sign = 1;
  if (angle > kTurn / 2) {
    angle -= kTurn / 2;
    sign = -1;
  }
  if (angle > kTurn / 4) angle = kTurn / 2 - angle;
  // Taylor: the last term's error is (pi / 2)^17 / 17! = 6e-12.
  const double square = angle * angle;
  double term = angle;
  double sum = angle;
  for (int n = 3; n <= 15; n += 2) {
    term = -term * square / static_cast<double>(n * (n - 1));
    sum += term;
  }
  return sign * sum;
}

// For 0 <= x.
inline double cosine(double x) { return sine(x + 1.5707963267948966); }

}  // namespace sensorium
