// e^x in double precision, the same bits on every platform: the library's differs.
#pragma once

#include <cmath>

namespace sensorium::world {

// For |x| <= 700; relative error below 1e-13. Halved until it is small, the Taylor series, squared as often.
inline double exponential(double x) {
  const double whole = std::floor(x);
  const double rest = (x - whole) / 16;
  double term = 1, sum = 1;
  for (int n = 1; n <= 10; ++n) {
    term = term * rest / n;
    sum += term;
  }
  for (int i = 0; i < 4; ++i) sum *= sum;
  double power = 1, base = whole < 0 ? 1 / 2.718281828459045 : 2.718281828459045;
  for (long count = static_cast<long>(std::fabs(whole)); count > 0; count >>= 1) {
    if (count & 1) power *= base;
    base *= base;
  }
  return sum * power;
}

// The square of a sound's pressure in Pa^2; 0 dB are 20 micropascal (ISO 1683).
inline double squared_pressure(double decibel) { return 4e-10 * exponential(decibel * 0.23025850929940458); }

}  // namespace sensorium::world
