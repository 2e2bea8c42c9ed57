#include "state_checks.h"

#include <cmath>
#include <cstring>

#include "../format.h"
#include "../store.h"

namespace sensorium {
namespace {

template <class T>
T load(const std::byte* at, std::size_t index = 0) {
  T value;
  std::memcpy(&value, at + index * sizeof value, sizeof value);
  return value;
}

// Whether all values are in low .. high; NaN never is.
template <class T>
bool all_within(const std::byte* values, std::size_t count, T low, T high) {
  bool within = true;
  for (std::size_t i = 0; i < count; ++i) {
    const T value = load<T>(values, i);
    within &= value >= low && value <= high;
  }
  return within;
}

Error impossible(std::string_view where, std::string_view expected) {
  return make_error(ErrorCode::bad_snapshot, "The snapshot holds what no engine can", where, expected, "others");
}

// Rounding may carry a mean of saturated features a little beyond.
constexpr float kMost = 1.001f * kSaturation;

struct Range {
  std::string_view column;
  double low, high;
};

// Of the columns that somebody counts or looks up by.
Range range_of(const Plan& plan, const Column& column) {
  const Range ranges[] = {
      {"results.anomaly.severity", 0, 3},
      {"results.neighbors.valid", 0, static_cast<double>(plan.neighbors.k)},
      {"results.neighbors.index", -1, plan.agents - 1.0},
      {"results.place.id", -1, 0x1p52},
      {"statistics.time", -std::numeric_limits<double>::max(), std::numeric_limits<double>::max()},
  };
  for (const Range& range : ranges) {
    if (column.name == range.column) return range;
  }
  if (column.name.view().starts_with("statistics.")) return {{}, 0, 0x1p53};
  switch (column.type) {
    case ElementType::f32:
      return {{}, -std::numeric_limits<float>::max(), std::numeric_limits<float>::max()};
    case ElementType::f64:
      return {{}, -std::numeric_limits<double>::max(), std::numeric_limits<double>::max()};
    case ElementType::u8:
    case ElementType::u32:
    case ElementType::i32:
      break;
  }
  return {{}, -0x1p31, 0x1p32};
}

bool input(const Column& column) {
  const std::string_view name = column.name.view();
  return !name.starts_with("results.") && !name.starts_with("statistics.");
}

}  // namespace

Error check_values(const Plan& plan, const Column& column, const std::byte* values, std::size_t count) {
  // Inputs are the caller's, who may write anything.
  if (input(column)) return {};
  const Range range = range_of(plan, column);
  bool within = true;
  switch (column.type) {
    case ElementType::f32:
      within = all_within(values, count, static_cast<float>(range.low), static_cast<float>(range.high));
      break;
    case ElementType::f64:
      within = all_within(values, count, range.low, range.high);
      break;
    case ElementType::u8:
      within = range.high >= 255 || all_within(values, count, std::uint8_t{0}, static_cast<std::uint8_t>(range.high));
      break;
    case ElementType::i32:
      within = all_within(values, count, static_cast<std::int32_t>(range.low),
                          range.high >= 0x1p31 ? 0x7FFFFFFF : static_cast<std::int32_t>(range.high));
      break;
    case ElementType::u32:
      break;
  }
  return within ? Error{} : impossible(column.name.view(), Words() << range.low << " to " << range.high);
}

Error check_tile(const Plan& plan, std::uint32_t index, const std::byte* tile) {
  const Words where = Words() << "tile " << index;
  const std::uint32_t left = plan.agents - index * kTileRows;
  const RowMask none = left >= kTileRows ? RowMask{0} : static_cast<RowMask>(~((1u << left) - 1));
  const TilePlan& at = plan.tile;

  const TileHead head = load<TileHead>(tile);
  if (head.settled > 1 || (head.settled && (none || plan.timed)) || head.head >= plan.ring ||
      !std::isfinite(head.settled_at)) {
    return impossible(where, Words() << "a window of " << plan.ring << " slots, at a time");
  }
  RowMask rows = 0;
  for (const RowMask some :
       {head.active, head.blind, head.blind_before, head.known, head.learning, head.filled, head.full, head.scored,
        head.predicted, head.anomaly, head.anomaly_before, head.neighbor, head.neighbor_before}) {
    rows |= some;
  }
  for (std::uint32_t m = 0; m < plan.modality_count; ++m) {
    const ModalityTile state = load<ModalityTile>(tile + at.modalities, m);
    rows |= state.at_newest | state.seen | state.lost | state.lost_before;
    if (!std::isfinite(state.newest) || !std::isfinite(state.oldest)) return impossible(where, "finite times");
  }
  for (std::uint32_t f = 0; f < plan.feature_count; ++f) rows |= load<RowMask>(tile + at.feature_seen, f);
  for (std::uint32_t slot = 0; slot < plan.alarms.slots; ++slot) {
    const AlarmTile alarm = load<AlarmTile>(tile + at.alarms, slot);
    rows |= alarm.told | alarm.waiting;
  }
  if (rows & none) return impossible(where, "rows of agents only");

  // How many values a row's window holds goes into tables by number.
  for (std::uint32_t row = 0; row < kTileRows; ++row) {
    const float count = load<float>(tile + at.counts, row);
    const bool whole = count >= 0 && count <= static_cast<float>(plan.ring) && count == std::floor(count);
    const bool filled = head.filled >> row & 1, full = head.full >> row & 1;
    if (!whole || filled != (count > 0) || full != (count == static_cast<float>(plan.ring))) {
      return impossible(where, Words() << "0 to " << plan.ring << " values a window");
    }
  }
  constexpr double kLatest = std::numeric_limits<double>::max();
  if (!all_within(tile + at.times, std::size_t{plan.modality_count} * kTileRows, -kLatest, kLatest) ||
      !all_within(tile + at.alarm_since, std::size_t{plan.alarms.slots} * kTileRows, -kLatest, kLatest)) {
    return impossible(where, "finite times");
  }
  if (!all_within(tile + at.features, std::size_t{plan.feature_count} * kTileRows, -kMost, kMost) ||
      !all_within(tile + at.fused, kTileRows, -kMost, kMost) ||
      !all_within(tile + at.window, std::size_t{plan.ring} * kTileRows, -kMost, kMost)) {
    return impossible(where, "features and fused values of at most 1e9");
  }
  return {};
}

Error check_weights(const std::byte* values, std::size_t count) {
  return all_within(values, count, -kSaturation, kSaturation) ? Error{}
                                                              : impossible("weights", "numbers of at most 1e9");
}

}  // namespace sensorium
