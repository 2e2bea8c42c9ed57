// ingest: input columns -> held features, and when each modality was last read.
#pragma once

#include "../kernels/dating.h"
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
static inline void keep_time(const Tile& tile, std::uint32_t m, const ModalityPlan& plan, double now, RowMask active,
                             RowMask woken, RowMask fresh) {
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

template <class S>
[[gnu::always_inline]] inline RowMask read_channel(const ChannelPlan& channel, float* input, RowMask active, bool once,
                                                   float* features) {
  switch (channel.kind) {
    case Kind::linear:
      break;
    case Kind::circular:
      return read_circular<S>(input, active, channel.circle, once, features);
    case Kind::categorical:
      return read_categorical<S>(input, active, channel.features, once, features);
  }
  return read_linear<S>(input, active, channel.linear, once, features);
}

// ingest_plain for what is not linear.
template <class S>
[[gnu::noinline]] bool ingest_others(const Plan& plan, std::byte* block, const Tile& tile, std::uint32_t t) {
  for (std::uint32_t i = plan.linear_channels; i < plan.read_channels; ++i) {
    const ChannelPlan& channel = plan.reads[i];
    float* input = plane<float>(block, channel.input, t);
    if (read_channel<S>(channel, input, kAllRows, false, tile.feature(channel.feature)) != kAllRows) return false;
  }
  return true;
}

// Every row reads every feature: true, and the features are set. Else false, and nothing is lost: whatever was set is set
// again from the same inputs.
template <class S>
[[gnu::always_inline]] inline bool ingest_plain(const Plan& plan, std::byte* block, const Tile& tile, std::uint32_t t) {
  for (std::uint32_t i = 0; i < plan.linear_channels; ++i) {
    const ChannelPlan& channel = plan.reads[i];
    if (!read_plain<S>(plane<float>(block, channel.input, t), channel.linear, tile.feature(channel.feature)))
      return false;
  }
  if (plan.linear_channels < plan.read_channels && !ingest_others<S>(plan, block, tile, t)) return false;
  for (std::uint32_t i = 0; plan.consumes && i < plan.read_channels; ++i) {
    if (plan.reads[i].once) consume<S>(plane<float>(block, plan.reads[i].input, t), kAllRows);
  }
  return true;
}

// These rows have a reading of the channel, and so of its modality.
static inline void note_reading(const Tile& tile, const ChannelPlan& channel, RowMask rows, RowMask* fresh) {
  for (std::uint32_t f = 0; f < channel.features; ++f) tile.feature_seen(channel.feature + f) |= rows;
  fresh[channel.modality] |= rows;
}

// Where some modality has a column of times: every reading has its own, and no tile settles.
template <class S>
[[gnu::noinline]] void ingest_timed(const Plan& plan, std::byte* block, const Tile& tile, std::uint32_t t, double now,
                                    RowMask active, RowMask woken) {
  alignas(64) double measured[kMaxModalities][kTileRows];
  RowMask counts[kMaxModalities];  // rows whose reading is not older than what they hold
  RowMask fresh[kMaxModalities] = {};
  RowMask taken[kMaxModalities] = {};  // fresh, and too old
  for (std::uint32_t m = 0; m < plan.modality_count; ++m) {
    const ModalityPlan& modality = plan.modalities[m];
    counts[m] = active;
    if (!modality.timed || !modality.features) continue;
    counts[m] &= date_readings<S>(plane<double>(block, modality.time, t), now, tile.times(m), tile.modality(m).seen,
                                  measured[m]);
  }
  for (std::uint32_t i = 0; i < plan.read_channels; ++i) {
    const ChannelPlan& channel = plan.reads[i];
    float* input = plane<float>(block, channel.input, t);
    const RowMask late = active & static_cast<RowMask>(~counts[channel.modality]);
    if (channel.once && late) {
      const RowMask rows = finite_rows<S>(input) & late;
      consume<S>(input, rows);
      taken[channel.modality] |= rows;
    }
    note_reading(tile, channel,
                 read_channel<S>(channel, input, counts[channel.modality], channel.once, tile.feature(channel.feature)),
                 fresh);
  }
  for (std::uint32_t m = 0; m < plan.modality_count; ++m) {
    const ModalityPlan& modality = plan.modalities[m];
    if (!modality.features) continue;
    if (!modality.timed) {
      keep_time(tile, m, modality, now, active, woken, fresh[m]);
      continue;
    }
    ModalityTile& state = tile.modality(m);
    state.lost_before = state.lost;
    state.seen |= fresh[m];
    const RowMask late = hold_times<S>(measured[m], fresh[m], now, modality.lost_after, tile.times(m));
    state.lost = (state.lost & static_cast<RowMask>(~active)) | (late & active & state.seen);
    if (!modality.once) continue;
    double* times = plane<double>(block, modality.time, t);
    for (RowMask left = fresh[m] | taken[m]; left; left &= static_cast<RowMask>(left - 1)) {
      times[__builtin_ctz(left)] = std::numeric_limits<double>::quiet_NaN();
    }
  }
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
    if (plan.timed) {
      ingest_timed<S>(plan, block, tile, t, now, active, woken);
      continue;
    }

    const bool plain = active == kAllRows && ingest_plain<S>(plan, block, tile, t);
    if (plain && head.settled) {
      head.settled_at = now;
      continue;
    }
    unsettle(plan, tile);
    RowMask fresh[kMaxModalities] = {};
    for (std::uint32_t i = 0; i < plan.linear_channels; ++i) {
      const ChannelPlan& channel = plan.reads[i];
      float* feature = tile.feature(channel.feature);
      const RowMask rows =
          plain ? kAllRows
                : read_linear<S>(plane<float>(block, channel.input, t), active, channel.linear, channel.once, feature);
      tile.feature_seen(channel.feature) |= rows;
      fresh[channel.modality] |= rows;
    }
    for (std::uint32_t i = plan.linear_channels; i < plan.read_channels; ++i) {
      const ChannelPlan& channel = plan.reads[i];
      float* input = plane<float>(block, channel.input, t);
      note_reading(
          tile, channel,
          plain ? kAllRows : read_channel<S>(channel, input, active, channel.once, tile.feature(channel.feature)),
          fresh);
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
