// e^x and ln(x) in double precision, the same bits on every platform: the library's differ.
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

// For normal x > 0; relative error below 1e-13 but near 1: the exponent, and 2 atanh((m - 1) / (m + 1)) of the mantissa.
inline double logarithm(double x) {
  int exponent;
  double mantissa = std::frexp(x, &exponent);
  if (mantissa < 0.7071067811865476) {
    mantissa *= 2;
    --exponent;
  }
  const double ratio = (mantissa - 1) / (mantissa + 1);
  double power = ratio, sum = 0;
  for (int n = 1; n <= 17; n += 2) {
    sum += power / n;
    power *= ratio * ratio;
  }
  return exponent * 0.6931471805599453 + 2 * sum;
}

// The square of a sound's pressure in Pa^2; 0 dB are 20 micropascal (ISO 1683).
inline double squared_pressure(double decibel) { return 4e-10 * exponential(decibel * 0.23025850929940458); }

}  // namespace sensorium::world
