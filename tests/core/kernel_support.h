// What the kernels' tests share: rows in tiles of 16, on every ISA.
#pragma once

#include "core/kernel_probe.h"
#include "core/seeded.h"
#include "core/support.h"

namespace sensorium::test {

// Sixteen numbers where a kernel wants them.
struct alignas(64) Lanes {
  float at[kRows] = {};
  float& operator[](std::size_t row) { return at[row]; }
  float operator[](std::size_t row) const { return at[row]; }
};

// A row count of the tests: 1, 7, 16, 17 and 1000 rows, as the tiles that hold them.
class PerRows : public testing::TestWithParam<std::uint32_t> {
 protected:
  std::uint32_t tiles() const { return (GetParam() + kRows - 1) / kRows; }
  // The rows of a tile that there are.
  Mask rows(std::uint32_t tile) const {
    const std::uint32_t left = GetParam() - tile * kRows;
    return left >= kRows ? Mask{0xFFFF} : static_cast<Mask>((1u << left) - 1);
  }
};
#define SENSORIUM_ROWS(suite)                                                     \
  INSTANTIATE_TEST_SUITE_P(Rows, suite, testing::Values(1u, 7u, 16u, 17u, 1000u), \
                           [](const auto& at) { return std::to_string(at.param) + "_rows"; })

inline bool holds(Mask mask, std::uint32_t row) { return mask >> row & 1; }
inline Mask any_rows(Random& random) {
  // Empty, full and patchy masks take different ways through a kernel.
  const std::uint32_t choice = random.below(4);
  return choice == 0 ? Mask{0xFFFF} : choice == 1 ? Mask{0} : static_cast<Mask>(random.word());
}

// |got - expected| within `steps` steps of f32 at the size of `scale`, the largest number on the way.
testing::AssertionResult near(float got, double expected, double scale, double steps);

}  // namespace sensorium::test
