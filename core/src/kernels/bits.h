// Row masks into columns of bits, for the 16 rows of a tile.
#pragma once

#include "simd.h"

namespace sensorium {

// One bit of the columns, and the rows in which it is set.
struct BitRows {
  std::uint32_t bit;
  RowMask rows;
};

// column[row] = the bits whose rows hold it. Only the rows of `written` change. Most masks hold none or all of the rows
// that matter, which needs no work a lane.
template <class S>
void spread_bits(const BitRows* bits, std::uint32_t count, RowMask written, std::uint32_t* column) {
  using F = typename S::F;
  using U = typename S::U;
  std::uint32_t everywhere = 0;
  BitRows partial[32];
  std::uint32_t partials = 0;
  for (std::uint32_t i = 0; i < count; ++i) {
    const RowMask rows = bits[i].rows & written;
    if (rows == written) {
      everywhere |= bits[i].bit;
    } else if (rows) {
      partial[partials++] = {bits[i].bit, rows};
    }
  }
  for (std::uint32_t at = 0; at < kTileRows; at += S::width) {
    U value(everywhere);
    for (std::uint32_t i = 0; i < partials; ++i) {
      const F lanes = xsimd::bitwise_cast<float>(U(partial[i].bit));
      const F none = xsimd::bitwise_cast<float>(U(0));
      value = value | xsimd::bitwise_cast<std::uint32_t>(S::select(S::lanes(partial[i].rows, at), lanes, none));
    }
    // Bits travel as floats here: a select never changes them.
    S::store(reinterpret_cast<float*>(column + at), xsimd::bitwise_cast<float>(value), written, at);
  }
}

}  // namespace sensorium
