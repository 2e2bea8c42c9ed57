// The window of last values, for the 16 rows of a tile: a ring of `length` slots of 16 values. Slot `head` holds the
// newest value of every row, the slot before it the one a tick older, and so on.
#pragma once

#include "simd.h"

namespace sensorium {

// Puts `values` of `rows` in front; the other rows keep their windows. `filled` are the rows that have a window to keep.
// Where nobody has one to keep, the ring just turns; otherwise the windows of `rows` move up by a slot, one by one.
template <class S>
void push(float* window, std::uint32_t length, std::uint32_t& head, const float* values, RowMask rows, RowMask filled) {
  using F = typename S::F;
  if ((filled & ~rows) == 0) {
    head = head + 1 < length ? head + 1 : 0;
    for (std::uint32_t at = 0; at < kTileRows; at += S::width)
      S::store(window + head * kTileRows + at, S::load(values + at));
    return;
  }
  for (std::uint32_t at = 0; at < kTileRows; at += S::width) {
    const auto moving = S::lanes(rows, at);
    F carried = S::load(values + at);
    std::uint32_t slot = head;
    for (std::uint32_t age = 0; age < length; ++age) {
      float* place = window + slot * kTileRows + at;
      const F old = S::load(place);
      S::store(place, S::select(moving, carried, old));
      carried = old;
      slot = slot ? slot - 1 : length - 1;
    }
  }
}

// Sums over the newest values of each row, as differences d from the newest one: exact where values are near each other,
// whatever their offset, and never carried from tick to tick, so nothing drifts and what has left the window is gone.
struct Sums {
  alignas(64) float d[kTileRows];        // sum of d, over the detection window
  alignas(64) float squares[kTileRows];  // sum of d^2, likewise
  alignas(64) float line_d[kTileRows];   // the same two over the prediction window
  alignas(64) float line_squares[kTileRows];
  alignas(64) float line_moments[kTileRows];  // sum of age * d, age in ticks
};

namespace detail {

// Sums over a span of ages, of `Parts` vectors of a tile's rows side by side.
template <class S, std::uint32_t Parts>
struct AgeSums {
  using F = typename S::F;
  F d[Parts];
  F squares[Parts];
  F moments[Parts];
};

template <class S, std::uint32_t Parts>
struct Lanes {
  using F = typename S::F;
  const float* window;  // at these rows
  std::uint32_t length;
  std::uint32_t head;
  F newest[Parts];
  F counts[Parts];
};

// Ages `from` .. `end - 1`, the slots of which lie one below the other.
template <class S, std::uint32_t Parts, bool Full, bool Moments>
[[gnu::always_inline]] inline void add_slots(const Lanes<S, Parts>& lanes, const float* slot, std::uint32_t from,
                                             std::uint32_t end, AgeSums<S, Parts>& sums) {
  using F = typename S::F;
  F age = S::all(static_cast<float>(from));
  for (std::uint32_t i = from; i < end; ++i, slot -= kTileRows) {
    for (std::uint32_t part = 0; part < Parts; ++part) {
      F difference = S::load(slot + part * S::width) - lanes.newest[part];
      if constexpr (!Full) difference = S::select(age < lanes.counts[part], difference, S::all(0));
      sums.d[part] = sums.d[part] + difference;
      sums.squares[part] = sums.squares[part] + difference * difference;
      if constexpr (Moments) sums.moments[part] = sums.moments[part] + age * difference;
    }
    if constexpr (Moments || !Full) age = age + S::all(1);
  }
}

// The sums of ages `from` .. `end - 1`, whose slots go down from the head and on from the ring's end. Always added in order
// of age, so that they do not depend on where the head is.
template <class S, std::uint32_t Parts, bool Full, bool Moments>
[[gnu::always_inline]] inline AgeSums<S, Parts> sum_ages(const Lanes<S, Parts>& lanes, std::uint32_t from,
                                                         std::uint32_t end) {
  AgeSums<S, Parts> sums;
  for (std::uint32_t part = 0; part < Parts; ++part) sums.d[part] = sums.squares[part] = sums.moments[part] = S::all(0);
  const std::uint32_t past_head = lanes.head + 1;
  const std::uint32_t turn = end < past_head ? end : (from > past_head ? from : past_head);
  const auto slot_of = [&](std::uint32_t age, std::uint32_t from_slot) {
    return lanes.window + (static_cast<std::ptrdiff_t>(from_slot) - static_cast<std::ptrdiff_t>(age)) *
                              static_cast<std::ptrdiff_t>(kTileRows);
  };
  add_slots<S, Parts, Full, Moments>(lanes, slot_of(from, lanes.head), from, turn, sums);
  add_slots<S, Parts, Full, Moments>(lanes, slot_of(turn, lanes.head + lanes.length), turn, end, sums);
  return sums;
}

template <class S, bool Full>
void sum_window(const float* window, std::uint32_t length, std::uint32_t head, const float* counts,
                std::uint32_t detection, std::uint32_t line, Sums& sums) {
  constexpr std::uint32_t kParts = S::per_tile < 2 ? 1 : 2;
  for (std::uint32_t at = 0; at < kTileRows; at += kParts * S::width) {
    Lanes<S, kParts> lanes;
    lanes.window = window + at;
    lanes.length = length;
    lanes.head = head;
    for (std::uint32_t part = 0; part < kParts; ++part) {
      lanes.newest[part] = S::load(window + head * kTileRows + at + part * S::width);
      lanes.counts[part] = S::load(counts + at + part * S::width);
    }
    // The shorter window's sums are part of the longer one's, which are the two spans' together: two short chains of
    // additions rather than one long one.
    const std::uint32_t shorter = line < detection ? line : detection;
    const auto near = sum_ages<S, kParts, Full, true>(lanes, 1, shorter);
    if (line <= detection) {
      const auto far = sum_ages<S, kParts, Full, false>(lanes, line, detection);
      for (std::uint32_t part = 0; part < kParts; ++part) {
        const std::uint32_t to = at + part * S::width;
        S::store(sums.line_d + to, near.d[part]);
        S::store(sums.line_squares + to, near.squares[part]);
        S::store(sums.line_moments + to, near.moments[part]);
        S::store(sums.d + to, near.d[part] + far.d[part]);
        S::store(sums.squares + to, near.squares[part] + far.squares[part]);
      }
    } else {
      const auto far = sum_ages<S, kParts, Full, true>(lanes, detection, line);
      for (std::uint32_t part = 0; part < kParts; ++part) {
        const std::uint32_t to = at + part * S::width;
        S::store(sums.d + to, near.d[part]);
        S::store(sums.squares + to, near.squares[part]);
        S::store(sums.line_d + to, near.d[part] + far.d[part]);
        S::store(sums.line_squares + to, near.squares[part] + far.squares[part]);
        S::store(sums.line_moments + to, near.moments[part] + far.moments[part]);
      }
    }
  }
}

}  // namespace detail

// `counts` is how many values each row's window holds; `all_full` says that it is `length` in every row that matters.
template <class S>
void sum_window(const float* window, std::uint32_t length, std::uint32_t head, const float* counts, bool all_full,
                std::uint32_t detection, std::uint32_t line, Sums& sums) {
  if (all_full) {
    detail::sum_window<S, true>(window, length, head, counts, detection, line, sums);
  } else {
    detail::sum_window<S, false>(window, length, head, counts, detection, line, sums);
  }
}

}  // namespace sensorium
