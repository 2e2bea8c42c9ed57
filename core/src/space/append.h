// Appends chosen lanes to a list, without a branch on which they are.
#pragma once

#include <array>

#include "../kernels/simd.h"

namespace sensorium {
namespace {

// For each of 256 masks, its set lanes in order.
struct LaneTable {
  alignas(32) std::uint32_t lanes[256][8];
};

constexpr LaneTable make_lane_table() {
  LaneTable table = {};
  for (std::uint32_t mask = 0; mask < 256; ++mask) {
    std::uint32_t next = 0;
    for (std::uint32_t lane = 0; lane < 8; ++lane) {
      if (mask >> lane & 1) table.lanes[mask][next++] = lane;
    }
  }
  return table;
}

inline constexpr LaneTable kLaneTable = make_lane_table();

// Stores the lanes of `mask` of both vectors at `size` on, and returns the new size. Up to a vector's width is written
// beyond it.
template <class S>
[[gnu::always_inline]] inline std::uint32_t append(float* squares, std::uint32_t* ids, std::uint32_t size,
                                                   typename S::F square, typename S::U id, std::uint64_t mask) {
  if constexpr (S::width == 16) {
    const auto chosen = S::B::from_mask(mask);
    xsimd::compress(square, chosen).store_unaligned(squares + size);
    xsimd::compress(id, xsimd::batch_bool_cast<std::uint32_t>(chosen)).store_unaligned(ids + size);
    return size + static_cast<std::uint32_t>(__builtin_popcountll(mask));
  } else if constexpr (S::width == 8) {
    const auto lanes = S::U::load_aligned(kLaneTable.lanes[mask]);
    xsimd::swizzle(square, lanes).store_unaligned(squares + size);
    xsimd::swizzle(id, lanes).store_unaligned(ids + size);
    return size + static_cast<std::uint32_t>(__builtin_popcountll(mask));
  } else {
    alignas(64) float each_square[S::width];
    alignas(64) std::uint32_t each_id[S::width];
    S::store(each_square, square);
    id.store_aligned(each_id);
    for (std::uint32_t lane = 0; lane < S::width; ++lane) {
      squares[size] = each_square[lane];
      ids[size] = each_id[lane];
      size += static_cast<std::uint32_t>(mask >> lane & 1);
    }
    return size;
  }
}

}  // namespace
}  // namespace sensorium
