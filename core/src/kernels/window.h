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
    for (std::uint32_t at = 0; at < kTileRows; at += S::width) S::store(window + head * kTileRows + at, S::load(values + at));
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
  alignas(64) float d[kTileRows];           // sum of d, over the detection window
  alignas(64) float squares[kTileRows];     // sum of d^2, likewise
  alignas(64) float line_d[kTileRows];      // the same two over the prediction window
  alignas(64) float line_squares[kTileRows];
  alignas(64) float line_moments[kTileRows];  // sum of age * d, age in ticks
};

namespace detail {

// The sums of `Parts` vectors of a tile's rows, side by side so that additions of one need not wait for the other's.
template <class S, std::uint32_t Parts, bool Full>
struct WindowSums {
  using F = typename S::F;
  const float* window;  // at these rows
  std::uint32_t length;
  std::uint32_t head;
  F age = S::all(1);
  F newest[Parts];
  F counts[Parts];
  F d[Parts];
  F squares[Parts];
  F moments[Parts];

  // Ages `from` .. `end - 1`, whose slots go down from the head and on from the ring's end. Always in order of age, so that
  // the sums do not depend on where the head is.
  template <bool Moments>
  void add_ages(std::uint32_t from, std::uint32_t end) {
    const std::uint32_t turn = end < head + 1 ? end : (from > head + 1 ? from : head + 1);
    add_slots<Moments>(window + static_cast<std::ptrdiff_t>(kTileRows) * (static_cast<std::ptrdiff_t>(head) - static_cast<std::ptrdiff_t>(from)), from, turn);
    add_slots<Moments>(window + static_cast<std::ptrdiff_t>(kTileRows) * static_cast<std::ptrdiff_t>(head + length - turn), turn, end);
  }

  template <bool Moments>
  void add_slots(const float* slot, std::uint32_t from, std::uint32_t end) {
    for (std::uint32_t i = from; i < end; ++i, slot -= kTileRows) {
      for (std::uint32_t part = 0; part < Parts; ++part) {
        F difference = S::load(slot + part * S::width) - newest[part];
        if constexpr (!Full) difference = S::select(age < counts[part], difference, S::all(0));
        d[part] = d[part] + difference;
        squares[part] = squares[part] + difference * difference;
        if constexpr (Moments) moments[part] = moments[part] + age * difference;
      }
      if constexpr (Moments || !Full) age = age + S::all(1);
    }
  }
};

template <class S, bool Full>
void sum_window(const float* window, std::uint32_t length, std::uint32_t head, const float* counts, std::uint32_t detection,
                std::uint32_t line, Sums& sums) {
  constexpr std::uint32_t kParts = S::per_tile < 2 ? 1 : 2;
  for (std::uint32_t at = 0; at < kTileRows; at += kParts * S::width) {
    WindowSums<S, kParts, Full> part;
    part.window = window + at;
    part.length = length;
    part.head = head;
    for (std::uint32_t p = 0; p < kParts; ++p) {
      part.newest[p] = S::load(window + head * kTileRows + at + p * S::width);
      part.counts[p] = S::load(counts + at + p * S::width);
      part.d[p] = part.squares[p] = part.moments[p] = S::all(0);
    }
    const auto keep_line = [&] {
      for (std::uint32_t p = 0; p < kParts; ++p) {
        S::store(sums.line_d + at + p * S::width, part.d[p]);
        S::store(sums.line_squares + at + p * S::width, part.squares[p]);
        S::store(sums.line_moments + at + p * S::width, part.moments[p]);
      }
    };
    const auto keep_detection = [&] {
      for (std::uint32_t p = 0; p < kParts; ++p) {
        S::store(sums.d + at + p * S::width, part.d[p]);
        S::store(sums.squares + at + p * S::width, part.squares[p]);
      }
    };
    // The shorter window's sums are on the way to the longer one's.
    if (line <= detection) {
      part.template add_ages<true>(1, line);
      keep_line();
      part.template add_ages<false>(line, detection);
      keep_detection();
    } else {
      part.template add_ages<true>(1, detection);
      keep_detection();
      part.template add_ages<true>(detection, line);
      keep_line();
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
