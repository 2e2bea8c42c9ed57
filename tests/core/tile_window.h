// A tile's windows beside sixteen deques that hold the same.
#pragma once

#include "core/kernel_support.h"
#include "reference/textbook.h"

namespace sensorium::test {

class TileWindow {
 public:
  explicit TileWindow(std::uint32_t length) : length_(length), slots_(length) {}

  // A tick in which `rows` learn a value each.
  void push(const Probe& probe, const Lanes& values, Mask rows) {
    Lanes given = values;
    probe.push(slots_[0].at, length_, head_, given.at, rows, filled_);
    filled_ |= rows;
    for (std::uint32_t row = 0; row < kRows; ++row) {
      if (!holds(rows, row)) continue;
      windows_[row].push_back(values[row]);
      if (windows_[row].size() > length_) windows_[row].pop_front();
    }
  }

  // The value of a row that is `age` ticks of its own old.
  float value(std::uint32_t row, std::uint32_t age) const { return slots_[(head_ + length_ - age) % length_][row]; }
  const reference::Window& window(std::uint32_t row) const { return windows_[row]; }
  std::uint32_t count(std::uint32_t row) const { return static_cast<std::uint32_t>(windows_[row].size()); }
  std::uint32_t length() const { return length_; }
  Lanes newest() const { return slots_[head_]; }

  Lanes counts() const {
    Lanes counts;
    for (std::uint32_t row = 0; row < kRows; ++row) counts[row] = static_cast<float>(count(row));
    return counts;
  }
  // Rows whose windows hold at least so many values.
  Mask at_least(std::uint32_t number) const {
    Mask rows = 0;
    for (std::uint32_t row = 0; row < kRows; ++row) rows |= static_cast<Mask>((count(row) >= number) << row);
    return rows;
  }

  ProbeSums sums(const Probe& probe, std::uint32_t detection, std::uint32_t line, bool all_full) const {
    ProbeSums sums;
    const Lanes filled = counts();
    probe.sum_window(slots_[0].at, length_, head_, filled.at, all_full, detection, line, sums);
    return sums;
  }

 private:
  std::uint32_t length_;
  std::uint32_t head_ = 0;
  Mask filled_ = 0;
  std::vector<Lanes> slots_;
  reference::Window windows_[kRows];
};

// Pairs of windows (detection, prediction) in either order of length.
struct WindowLengths {
  std::uint32_t detection, line;
  std::uint32_t ring() const { return std::max(detection, line); }
};
inline constexpr WindowLengths kWindowLengths[] = {{20, 10}, {10, 20}, {3, 2},     {3, 3},
                                                   {5, 64},  {64, 5},  {255, 256}, {256, 31}};

}  // namespace sensorium::test
