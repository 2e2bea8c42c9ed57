// Sixteen agents at a time: what the world's kernels need beyond the core's. The same bits on every ISA, as there.
#pragma once

#include <array>
#include <bit>

#include "kernels/math.h"
#include "plan.h"

namespace sensorium::world {

template <class S>
struct Lanes {
  using F = typename S::F;
  using U = typename S::U;
  using I = xsimd::as_integer_t<F>;
  using B = typename S::B;

  static F min(F a, F b) { return S::select(b < a, b, a); }
  static F max(F a, F b) { return S::select(a < b, b, a); }
  static F zero() { return S::all(0); }
  // 1 or 0.
  static F one_if(B condition) { return S::select(condition, S::all(1), S::all(0)); }

  static I select(B condition, I yes, I no) {
    return xsimd::select(xsimd::batch_bool_cast<std::int32_t>(condition), yes, no);
  }
  static B select(B condition, B yes, B no) { return (condition & yes) | (~condition & no); }
  static B more(I a, I b) { return xsimd::batch_bool_cast<float>(a > b); }

  static I load(const std::uint32_t* at) { return I::load_aligned(reinterpret_cast<const std::int32_t*>(at)); }

  // The whole part of 0 <= value < 2^31.
  static I whole(F value) { return xsimd::to_int(value); }
  static F number(I value) { return xsimd::to_float(value); }

  static F gather(const float* from, I index) { return F::gather(from, index); }
  static I gather(const std::uint32_t* from, I index) {
    return I::gather(reinterpret_cast<const std::int32_t*>(from), index);
  }

  // Bits of the whole numbers first, first + 1, ...
  static F number_bits(std::uint32_t first) {
    alignas(64) static constexpr std::uint32_t kCount[16] = {0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15};
    return xsimd::bitwise_cast<float>(U::load_aligned(kCount) + U(first));
  }

  // The lanes `which` of a value (`bits` is their mask) in order and without gaps. What follows them at `to` is overwritten, as far as
  // a vector goes.
  static void pack(F value, B which, std::uint64_t bits, float* to) {
    if constexpr (S::width == 16) {
      xsimd::compress(value, which).store_unaligned(to);
    } else if constexpr (S::width == 8) {
      xsimd::swizzle(value, U::load_aligned(kPacked[bits].data())).store_unaligned(to);
    } else {
      alignas(64) float lanes[S::width];
      S::store(lanes, value);
      for (; bits; bits &= bits - 1) *to++ = lanes[std::countr_zero(bits)];
    }
  }

  // ln(x) for normal x > 0: the exponent's ln 2, and of the mantissa m in 0.707 .. 1.414 the series of 2 atanh((m - 1) / (m + 1)),
  // whose first term left out is below 2e-9. Error below 1e-6 relative, or 1e-7 near 1.
  static F log(F x) {
    const U bits = xsimd::bitwise_cast<std::uint32_t>(x);
    // Moves the mantissa's range from 1 .. 2 to sqrt(1/2) .. sqrt(2).
    const U moved = bits - U(0x3F3504F3u);
    const I exponent = xsimd::bitwise_cast<std::int32_t>(moved) >> 23;
    const F mantissa = xsimd::bitwise_cast<float>(bits - (xsimd::bitwise_cast<std::uint32_t>(exponent) << 23));
    const F ratio = (mantissa - S::all(1)) / (mantissa + S::all(1));
    const F square = ratio * ratio;
    F series = S::all(2.0f / 9);
    series = series * square + S::all(2.0f / 7);
    series = series * square + S::all(2.0f / 5);
    series = series * square + S::all(2.0f / 3);
    series = series * square + S::all(2);
    return number(exponent) * S::all(0.693147182f) + ratio * series;
  }

  // Sine and cosine of -100 .. 100, error below 4e-7: the nearest quarter turn is taken off in two parts, Taylor does the rest.
  static void sincos(F x, F& sine, F& cosine) {
    constexpr float kRound = 12582912.0f;  // adding 1.5 * 2^23 leaves the nearest integer in the mantissa's low bits
    const F shifted = x * S::all(0.636619772f) + S::all(kRound);
    const U quarter = xsimd::bitwise_cast<std::uint32_t>(shifted);
    const F quarters = shifted - S::all(kRound);
    const F r = (x - quarters * S::all(1.5703125f)) - quarters * S::all(4.83826792e-4f);
    const F square = r * r;
    F s = S::all(1.0f / 362880);
    s = s * square + S::all(-1.0f / 5040);
    s = s * square + S::all(1.0f / 120);
    s = s * square + S::all(-1.0f / 6);
    s = r + r * (square * s);
    F c = S::all(1.0f / 40320);
    c = c * square + S::all(-1.0f / 720);
    c = c * square + S::all(1.0f / 24);
    c = c * square + S::all(-0.5f);
    c = S::all(1) + square * c;
    const B swap = xsimd::batch_bool_cast<float>((quarter & U(1)) == U(1));
    const U sine_sign = (quarter & U(2)) << 30, cosine_sign = ((quarter + U(1)) & U(2)) << 30;
    sine = flip(S::select(swap, c, s), sine_sign);
    cosine = flip(S::select(swap, s, c), cosine_sign);
  }

  // The shape of random.h, a lane an agent: `scrambled` is mix(agent + 0x632be5ab).
  static U mix(U x) {
    x = x ^ (x >> 16);
    x = x * U(0x7feb352du);
    x = x ^ (x >> 15);
    x = x * U(0x846ca68bu);
    return x ^ (x >> 16);
  }
  static U random(std::uint32_t key, U scrambled) { return mix(scrambled ^ U(key)); }
  static F unit(U bits) { return number(xsimd::bitwise_cast<std::int32_t>(bits >> 8)) * S::all(1.0f / 16777216); }

  // Two independent standard normal numbers (Box and Muller 1958), no further out than 5.8.
  static void normal(std::uint32_t key, U scrambled, F& first, F& second) {
    const U bits = random(key, scrambled);
    // Half a step up: never 0, whose logarithm there is not.
    const F u = unit(bits) + S::all(0.5f / 16777216);
    const F v = unit(mix(bits + U(0x9e3779b9u)));
    const F radius = S::sqrt(S::all(-2) * log(u));
    F sine, cosine;
    sincos((v - S::all(0.5f)) * S::all(6.28318531f), sine, cosine);
    first = radius * cosine;
    second = radius * sine;
  }

 private:
  // For every mask of eight lanes the lanes that are in it, in order.
  static constexpr std::array<std::array<std::uint32_t, 8>, 256> make_packed() {
    std::array<std::array<std::uint32_t, 8>, 256> packed = {};
    for (std::uint32_t mask = 0; mask < 256; ++mask) {
      std::uint32_t count = 0;
      for (std::uint32_t lane = 0; lane < 8; ++lane) {
        if (mask >> lane & 1) packed[mask][count++] = lane;
      }
    }
    return packed;
  }
  alignas(64) static constexpr std::array<std::array<std::uint32_t, 8>, 256> kPacked = make_packed();

  static F flip(F value, U sign) {
    return xsimd::bitwise_cast<float>(xsimd::bitwise_cast<std::uint32_t>(value) ^ sign);
  }
};

}  // namespace sensorium::world
