// When the readings of a modality were measured, for the 16 rows of a tile, where a column says so.
//
// Times are f64, and only compared and subtracted: plain loops over 16 rows, which compilers make vectors of.
#pragma once

#include "simd.h"

namespace sensorium {

// measured[row] becomes the time in the column, or `now` where that is no number or lies ahead. Returns the rows whose reading
// counts: not older than the one that the row holds, of `held` time where it is among the rows `seen`.
template <class S>
RowMask date_readings(const double* column, double now, const double* held, RowMask seen, double* measured) {
  constexpr double kLowest = std::numeric_limits<double>::lowest();
  RowMask late = 0;
  for (std::uint32_t row = 0; row < kTileRows; ++row) {
    // Written so that NaN fails.
    measured[row] = column[row] >= kLowest && column[row] <= now ? column[row] : now;
    late |= static_cast<RowMask>((measured[row] < held[row]) << row);
  }
  return static_cast<RowMask>(~(late & seen));
}

// The rows of `fresh` were read as of `measured`: `held` becomes so. Returns the rows whose time is more than `lost_after` ago.
template <class S>
RowMask hold_times(const double* measured, RowMask fresh, double now, double lost_after, double* held) {
  RowMask late = 0;
  for (std::uint32_t row = 0; row < kTileRows; ++row) {
    held[row] = fresh >> row & 1 ? measured[row] : held[row];
    late |= static_cast<RowMask>((now - held[row] > lost_after) << row);
  }
  return late;
}

}  // namespace sensorium
