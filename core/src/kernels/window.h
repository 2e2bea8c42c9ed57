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

// The sums of some lanes of a tile. Two of each, so that an addition need not wait for the one before it.
template <class S, bool Full>
struct WindowSums {
  using F = typename S::F;
  const float* lanes;  // the window, at these lanes
  std::uint32_t length;
  std::uint32_t head;
  F newest;
  F count;
  F d[2] = {S::all(0), S::all(0)};
  F squares[2] = {S::all(0), S::all(0)};
  F moments[2] = {S::all(0), S::all(0)};

  template <bool Moments>
  void add(std::uint32_t age, std::uint32_t to) {
    const std::uint32_t slot = age <= head ? head - age : head + length - age;
    const F years = S::all(static_cast<float>(age));
    F difference = S::load(lanes + slot * kTileRows) - newest;
    if constexpr (!Full) difference = S::select(years < count, difference, S::all(0));
    d[to] = d[to] + difference;
    squares[to] = squares[to] + difference * difference;
    if constexpr (Moments) moments[to] = moments[to] + years * difference;
  }

  // Ages `from` .. `end - 1`.
  template <bool Moments>
  void add_ages(std::uint32_t from, std::uint32_t end) {
    std::uint32_t age = from;
    for (; age + 1 < end; age += 2) {
      add<Moments>(age, 0);
      add<Moments>(age + 1, 1);
    }
    if (age < end) add<Moments>(age, 0);
  }
};

template <class S, bool Full>
void sum_window(const float* window, std::uint32_t length, std::uint32_t head, const float* counts, std::uint32_t detection,
                std::uint32_t line, Sums& sums) {
  for (std::uint32_t at = 0; at < kTileRows; at += S::width) {
    WindowSums<S, Full> part{.lanes = window + at, .length = length, .head = head,
                             .newest = S::load(window + head * kTileRows + at), .count = S::load(counts + at)};
    const auto keep_line = [&] {
      S::store(sums.line_d + at, part.d[0] + part.d[1]);
      S::store(sums.line_squares + at, part.squares[0] + part.squares[1]);
      S::store(sums.line_moments + at, part.moments[0] + part.moments[1]);
    };
    const auto keep_detection = [&] {
      S::store(sums.d + at, part.d[0] + part.d[1]);
      S::store(sums.squares + at, part.squares[0] + part.squares[1]);
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
