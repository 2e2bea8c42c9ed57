// Sixteen agents at a time: the few SIMD operations that kernels use, over xsimd, with the same bits on every ISA.
//
// Only operations that IEEE 754 defines to the last bit are used: add, subtract, multiply, divide, square root, compare,
// select and bit operations. Minimum and maximum are compare-and-select, because the instructions of different ISAs differ
// in NaN and -0. Nothing is fused, nothing is summed across lanes.
#pragma once

#include <cstdint>
#include <limits>

#include "../store.h"
#include "xsimd/xsimd.hpp"

#if XSIMD_WITH_NEON64
// On NEON xsimd divides by a refined estimate, as 32-bit ARM must: often a bit off. aarch64 has the exact instruction.
template <>
inline xsimd::batch<float, xsimd::neon64>& xsimd::batch<float, xsimd::neon64>::operator/=(const batch& other) noexcept {
  return *this = batch(vdivq_f32(*this, other));
}
#endif

namespace sensorium {

template <class Arch>
struct Simd {
  using F = xsimd::batch<float, Arch>;
  using U = xsimd::batch<std::uint32_t, Arch>;
  using B = xsimd::batch_bool<float, Arch>;
  static constexpr std::uint32_t width = F::size;
  static constexpr std::uint32_t per_tile = kTileRows / width;

  static F load(const float* at) { return F::load_aligned(at); }
  static void store(float* at, F value) { value.store_aligned(at); }
  static F all(float value) { return F(value); }

  // Lanes `at` .. `at + width - 1` of a row mask.
  static B lanes(RowMask rows, std::uint32_t at) { return xsimd::batch_bool_cast<float>(lane_mask(rows, at)); }
  // The same as all bits or none.
  static U lane_bits(RowMask rows, std::uint32_t at) {
    return xsimd::select(lane_mask(rows, at), U(0xFFFFFFFFu), U(0));
  }
  // The same lanes as bits of a row mask.
  static RowMask bits(B lanes, std::uint32_t at) { return static_cast<RowMask>(lanes.mask() << at); }

  static F select(B condition, F yes, F no) { return xsimd::select(condition, yes, no); }
  // Clears the sign bit, also a NaN's.
  static F abs(F value) {
    return xsimd::bitwise_cast<float>(xsimd::bitwise_cast<std::uint32_t>(value) & U(0x7FFFFFFFu));
  }
  static F sqrt(F value) {
#if XSIMD_WITH_NEON64
    // As division: xsimd's is an estimate.
    if constexpr (std::is_same_v<Arch, xsimd::neon64>) return F(vsqrtq_f32(value));
#endif
    return xsimd::sqrt(value);
  }
  static F limit(F value, float low, float high) {
    const F atleast = select(value < all(low), all(low), value);
    return select(atleast > all(high), all(high), atleast);
  }
  // False for NaN and infinities.
  static B finite(F value) { return abs(value) <= all(std::numeric_limits<float>::max()); }

  // Stores the lanes of `rows` and leaves the others as they are.
  static void store(float* at, F value, RowMask rows, std::uint32_t lane) {
    if (rows != kAllRows) value = select(lanes(rows, lane), value, load(at));
    store(at, value);
  }

 private:
  static xsimd::batch_bool<std::uint32_t, Arch> lane_mask(RowMask rows, std::uint32_t at) {
    alignas(64) static constexpr std::uint32_t kBits[16] = {1,   2,   4,    8,    16,   32,   64,    128,
                                                            256, 512, 1024, 2048, 4096, 8192, 16384, 32768};
    const U bits = U::load_aligned(kBits);
    return (U(static_cast<std::uint32_t>(rows) >> at) & bits) == bits;
  }
};

}  // namespace sensorium
