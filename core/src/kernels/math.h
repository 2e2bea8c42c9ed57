// Elementary functions from IEEE operations alone, the same bits everywhere.
//
// Largest errors against double precision, measured over every f32 of the stated range (tests/core/math_test.cpp holds a
// sample of them to it): exp2 and exp 1.3 ulp, tanh 2.4 ulp, sigmoid from -87 on 2.5 ulp; sine 0.8 and cosine 1.2 ulp.
#pragma once

#include "simd.h"

namespace sensorium {

template <class S>
struct Math {
  using F = typename S::F;
  using U = typename S::U;

  // 2^x for x in -126 .. 127.
  static F exp2(F x) {
    const F whole = round(x);
    return scale(exp_fraction((x - whole) * S::all(0.693147182f)), x);
  }

  // e^x; x is limited to -87 .. 88, where the result stays a normal number.
  static F exp(F x) {
    x = S::limit(x, -87.0f, 88.0f);
    const F twos = x * S::all(1.44269502f);
    const F whole = round(twos);
    // ln 2 in two parts, the first exact in 9 bits, so that whole * part is exact (Cody and Waite).
    const F rest = (x - whole * S::all(0.693359375f)) - whole * S::all(-2.12194440e-4f);
    return scale(exp_fraction(rest), twos);
  }

  // 1 / (1 + e^-x)
  static F sigmoid(F x) { return S::all(1) / (S::all(1) + exp(S::all(0) - x)); }

  static F tanh(F x) {
    const F size = S::abs(x);
    // Near 0 the quotient below would cancel; the odd Taylor series to x^13 is exact to f32 within 0.3.
    const F square = x * x;
    F series = S::all(21844.0f / 6081075.0f);
    series = series * square + S::all(-1382.0f / 155925.0f);
    series = series * square + S::all(62.0f / 2835.0f);
    series = series * square + S::all(-17.0f / 315.0f);
    series = series * square + S::all(2.0f / 15.0f);
    series = series * square + S::all(-1.0f / 3.0f);
    const F small = x + x * (square * series);
    const F decay = exp(S::all(-2) * S::limit(size, 0, 40));
    const F large = (S::all(1) - decay) / (S::all(1) + decay);
    return S::select(size < S::all(0.3f), small, S::select(x < S::all(0), S::all(0) - large, large));
  }

  // Sine and cosine of x + quarters * pi / 2, for |x| up to a little above pi / 4; of `quarters` the lowest two bits count.
  static void sine_cosine(F x, U quarters, F& sine, F& cosine) {
    const F square = x * x;
    // Taylor series to x^9 and x^10: what is left out is below 2e-9.
    F s = S::all(1.0f / 362880);
    s = s * square + S::all(-1.0f / 5040);
    s = s * square + S::all(1.0f / 120);
    s = s * square + S::all(-1.0f / 6);
    s = x + x * (square * s);
    F c = S::all(-1.0f / 3628800);
    c = c * square + S::all(1.0f / 40320);
    c = c * square + S::all(-1.0f / 720);
    c = c * square + S::all(1.0f / 24);
    c = c * square + S::all(-0.5f);
    c = S::all(1) + square * c;
    const auto odd = xsimd::batch_bool_cast<float>((quarters & U(1)) == U(1));
    sine = signed_by(S::select(odd, c, s), quarters & U(2));
    cosine = signed_by(S::select(odd, s, c), (quarters + U(1)) & U(2));
  }

  // The whole number nearest to x, for |x| up to 2^22; and its lowest bits, also of negative ones.
  static F round(F x, U& whole) {
    const F moved = x + S::all(kRound);
    whole = xsimd::bitwise_cast<std::uint32_t>(moved);
    return moved - S::all(kRound);
  }

 private:
  // -value where bit 1 of `sign` is set. Never -0.
  static F signed_by(F value, U sign) {
    return xsimd::bitwise_cast<float>(xsimd::bitwise_cast<std::uint32_t>(value) ^ (sign << 30)) + S::all(0);
  }

  // 1.5 * 2^23: adding it leaves a number's nearest integer in the low bits of the mantissa.
  static constexpr float kRound = 12582912.0f;

  static F round(F x) { return (x + S::all(kRound)) - S::all(kRound); }

  // e^r for |r| <= ln(2) / 2, by the Taylor series to r^7 (remainder 5e-9).
  static F exp_fraction(F r) {
    F p = S::all(1.0f / 5040);
    p = p * r + S::all(1.0f / 720);
    p = p * r + S::all(1.0f / 120);
    p = p * r + S::all(1.0f / 24);
    p = p * r + S::all(1.0f / 6);
    p = p * r + S::all(0.5f);
    p = p * r + S::all(1);
    return p * r + S::all(1);
  }

  // value * 2^round(x), by adding to the exponent.
  static F scale(F value, F x) {
    const U exponent = xsimd::bitwise_cast<std::uint32_t>(x + S::all(kRound)) << 23;
    return xsimd::bitwise_cast<float>(xsimd::bitwise_cast<std::uint32_t>(value) + exponent);
  }
};

}  // namespace sensorium
