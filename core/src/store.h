// The state of 16 rows, a tile, and how to reach its parts. Bit r of a row mask is row r of the tile.
#pragma once

#include <cstring>

#include "plan.h"

namespace sensorium {

using RowMask = std::uint16_t;

struct TileHead {
  double settled_at;  // see settled
  // 1: every row reads every feature at every tick, last at settled_at, and ModalityTile is not kept
  std::uint32_t settled;
  std::uint32_t head;    // the window's slot of the newest value
  RowMask active;        // rows that took part in the last tick
  RowMask blind;         // rows without any modality to fuse
  RowMask blind_before;  // the same a tick ago
  RowMask known;         // rows that had a fused value before this tick
  RowMask learning;      // rows whose fused value this tick learns: active and not blind
  RowMask filled;        // rows whose window holds a value
  RowMask full;          // rows whose window is full
  RowMask scored;
  RowMask predicted;
  RowMask anomaly;
  RowMask anomaly_before;
  RowMask neighbor;
  RowMask neighbor_before;
};

// When a modality was last read, unless the tile is settled. Most often all rows of a tile read at the same ticks, so the time is kept once:
// rows of `at_newest` were read at `newest`, the others at their own time in TilePlan::times.
struct ModalityTile {
  double newest;
  double oldest;  // no active row that is neither lost nor unseen was read earlier
  RowMask at_newest;
  RowMask seen;
  RowMask lost;
  RowMask lost_before;
};

// What is told of a kind of event that has delays or a deadband.
struct AlarmTile {
  RowMask told;     // rows in which it has begun and not ended
  RowMask waiting;  // rows whose condition is other than that, since TilePlan::alarm_since
};

// What a block of tiles adds to the statistics; added up in order of the blocks.
struct BlockCounts {
  std::uint32_t active;
  std::uint32_t changed;
  std::uint32_t anomalies;
  std::uint32_t predictions;
  std::uint32_t sensors_lost;
  std::uint32_t sensors_lost_now;
};

// Unnamed, so that every ISA's translation unit has a copy of its own: one compiled for AVX-512 must not be linked into
// what runs on a lesser machine.
namespace {

class Tile {
 public:
  Tile(const Plan& plan, std::byte* block, std::uint32_t index)
      : plan_(plan.tile), at_(block + plan.tile_states + plan.tile.stride * index) {}

  TileHead& head() const { return *reinterpret_cast<TileHead*>(at_); }
  ModalityTile& modality(std::uint32_t m) const { return reinterpret_cast<ModalityTile*>(at_ + plan_.modalities)[m]; }
  RowMask& feature_seen(std::uint32_t f) const { return reinterpret_cast<RowMask*>(at_ + plan_.feature_seen)[f]; }
  double* times(std::uint32_t m) const { return reinterpret_cast<double*>(at_ + plan_.times) + m * kTileRows; }
  float* features() const { return reinterpret_cast<float*>(at_ + plan_.features); }
  float* feature(std::uint32_t f) const { return features() + f * kTileRows; }
  float* fused() const { return reinterpret_cast<float*>(at_ + plan_.fused); }
  float* counts() const { return reinterpret_cast<float*>(at_ + plan_.counts); }
  float* window() const { return reinterpret_cast<float*>(at_ + plan_.window); }
  AlarmTile& alarm(std::uint32_t slot) const { return reinterpret_cast<AlarmTile*>(at_ + plan_.alarms)[slot]; }
  double* alarm_since(std::uint32_t slot) const {
    return reinterpret_cast<double*>(at_ + plan_.alarm_since) + slot * kTileRows;
  }

  double last_reading(std::uint32_t m, std::uint32_t row) const {
    if (head().settled) return head().settled_at;
    const ModalityTile& state = modality(m);
    return state.at_newest >> row & 1 ? state.newest : times(m)[row];
  }

 private:
  const TilePlan& plan_;
  std::byte* at_;
};

// Writes down for each modality what a settled tile knows of all.
inline void unsettle(const Plan& plan, const Tile& tile) {
  TileHead& head = tile.head();
  if (!head.settled) return;
  for (std::uint32_t m = 0; m < plan.modality_count; ++m) {
    if (!plan.modalities[m].features) continue;
    tile.modality(m) = {.newest = head.settled_at,
                        .oldest = head.settled_at,
                        .at_newest = kAllRows,
                        .seen = kAllRows,
                        .lost = 0,
                        .lost_before = 0};
  }
  head.settled = 0;
}

// The rows of a tile whose byte in a column is not zero.
inline RowMask rows_of_bytes(const std::uint8_t* column) {
  RowMask rows = 0;
  for (std::uint32_t half = 0; half < 2; ++half) {
    std::uint64_t bytes;
    std::memcpy(&bytes, column + half * 8, sizeof bytes);
    // The top bit of every byte that is not zero; the product gathers those eight bits into the topmost byte.
    const std::uint64_t low = 0x7F7F7F7F7F7F7F7Full;
    const std::uint64_t tops = (((bytes & low) + low) | bytes) & ~low;
    rows |= static_cast<RowMask>(((tops >> 7) * 0x0102040810204080ull >> 56) << half * 8);
  }
  return rows;
}

template <class T>
inline T* plane(std::byte* block, std::uint64_t offset, std::uint32_t tile) {
  return reinterpret_cast<T*>(block + offset) + std::uint64_t{tile} * kTileRows;
}

}  // namespace
}  // namespace sensorium
