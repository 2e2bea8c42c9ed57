// ingest: input columns -> held features, and when each modality was last read.
#pragma once

#include "../kernels/reading.h"
#include "stages.h"

namespace sensorium {

// The rows of a tile that take part, without those beyond the last agent.
static inline RowMask active_rows(const std::uint8_t* active, std::uint32_t agents, std::uint32_t tile) {
  const RowMask rows = rows_of_bytes(active);
  const std::uint32_t left = agents - tile * kTileRows;
  const RowMask exist = left >= kTileRows ? kAllRows : static_cast<RowMask>((1u << left) - 1);
  return rows & exist;
}

// Notes that the rows of `fresh` were read now, and which of the `active` ones are lost.
static inline void keep_time(const Tile& tile, std::uint32_t m, const ModalityPlan& plan, double now, RowMask active, RowMask woken,
                      RowMask fresh) {
  ModalityTile& state = tile.modality(m);
  state.lost_before = state.lost;
  if (fresh && state.newest != now) {
    // Rows that keep their older reading now need a time of their own.
    for (RowMask left = state.at_newest & ~fresh; left; left &= static_cast<RowMask>(left - 1)) {
      tile.times(m)[__builtin_ctz(left)] = state.newest;
    }
    state.at_newest = 0;
    state.newest = now;
  }
  state.at_newest |= fresh;
  state.seen |= fresh;
  state.lost &= static_cast<RowMask>(~fresh);

  const RowMask waiting = active & state.seen & static_cast<RowMask>(~fresh);
  if (!waiting) {
    state.oldest = now;
  } else if (now - state.oldest > plan.lost_after || (woken & waiting)) {
    state.oldest = now;
    for (RowMask left = waiting & static_cast<RowMask>(~state.lost); left; left &= static_cast<RowMask>(left - 1)) {
      const std::uint32_t row = static_cast<std::uint32_t>(__builtin_ctz(left));
      const double read = tile.last_reading(m, row);
      if (now - read > plan.lost_after) {
        state.lost |= static_cast<RowMask>(1u << row);
      } else if (read < state.oldest) {
        state.oldest = read;
      }
    }
  }
}

// Every row reads every feature: true, and the features are set. Else false, and nothing is lost: whatever was set is set
// again from the same inputs.
template <class S>
[[gnu::always_inline]] inline bool ingest_plain(const Plan& plan, std::byte* block, const Tile& tile, std::uint32_t t) {
  for (std::uint32_t f = 0; f < plan.feature_count; ++f) {
    const FeaturePlan& feature = plan.features[f];
    if (!read_plain<S>(plane<float>(block, feature.input, t), feature.linear, tile.feature(f))) return false;
  }
  for (std::uint32_t f = 0; f < plan.feature_count; ++f) {
    if (plan.features[f].once) consume<S>(plane<float>(block, plan.features[f].input, t), kAllRows);
  }
  return true;
}

template <class S>
void ingest(const Plan& plan, std::byte* block, TileRange range, double now) {
  for (std::uint32_t t = range.first; t < range.end; ++t) {
    const Tile tile(plan, block, t);
    TileHead& head = tile.head();
    const RowMask active = active_rows(plane<std::uint8_t>(block, plan.active, t), plan.agents, t);
    const RowMask woken = active & static_cast<RowMask>(~head.active);
    head.active = active;
    if (!active) continue;

    const bool plain = active == kAllRows && ingest_plain<S>(plan, block, tile, t);
    if (plain && head.settled) {
      head.settled_at = now;
      continue;
    }
    unsettle(plan, tile);
    RowMask fresh[kMaxModalities] = {};
    for (std::uint32_t f = 0; f < plan.feature_count; ++f) {
      const FeaturePlan& feature = plan.features[f];
      const RowMask rows =
          plain ? kAllRows : read_linear<S>(plane<float>(block, feature.input, t), active, feature.linear, feature.once, tile.feature(f));
      tile.feature_seen(f) |= rows;
      fresh[feature.modality] |= rows;
    }
    bool changed = false;
    for (std::uint32_t m = 0; m < plan.modality_count; ++m) {
      if (plan.modalities[m].features) keep_time(tile, m, plan.modalities[m], now, active, woken, fresh[m]);
      changed = changed || tile.modality(m).lost_before;
    }
    // From a tick on in which all is read and nothing comes back.
    head.settled = plain && !changed;
    head.settled_at = now;
  }
}

}  // namespace sensorium
