// Row masks into columns of bits, for the 16 rows of a tile.
#pragma once

#include "simd.h"

namespace sensorium {

// One bit of the columns, and the rows in which it is set.
struct BitRows {
  std::uint32_t bit;
  RowMask rows;
};

// column[row] = `everywhere`, and the bits whose rows hold it. Only the rows of `written` change.
template <class S>
[[gnu::always_inline]] inline void spread_bits(std::uint32_t everywhere, const BitRows* bits, std::uint32_t count,
                                               RowMask written, std::uint32_t* column) {
  using U = typename S::U;
  for (std::uint32_t at = 0; at < kTileRows; at += S::width) {
    U value(everywhere);
    for (std::uint32_t i = 0; i < count; ++i) value = value | (S::lane_bits(bits[i].rows, at) & U(bits[i].bit));
    // Bits travel as floats here: a select never changes them.
    S::store(reinterpret_cast<float*>(column + at), xsimd::bitwise_cast<float>(value), written, at);
  }
}

}  // namespace sensorium
