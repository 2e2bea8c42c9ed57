// kernels/bits.h against its twin.
#include "core/kernel_support.h"

namespace sensorium::test {
namespace {

class Bits : public PerRows {};

TEST_P(Bits, SpreadTwin) {
  for (const Probe* probe : probes()) {
    SCOPED_TRACE(probe->isa);
    Random random(9);
    for (std::uint32_t round = 0; round < 100; ++round) {
      const std::uint32_t count = random.below(22);
      std::vector<std::uint32_t> flags(count);
      for (std::uint32_t i = 0; i < count; ++i) flags[i] = 1u << random.below(32);
      for (std::uint32_t tile = 0; tile < std::min(tiles(), 9u); ++tile) {
        std::vector<Mask> masks(count);
        for (Mask& mask : masks) mask = any_rows(random);
        const Mask written = rows(tile) & any_rows(random);
        alignas(64) std::uint32_t column[kRows];
        std::uint32_t before[kRows];
        // Patterns that are signaling NaNs and denormals as floats must pass unharmed.
        constexpr std::uint32_t kOdd[] = {0x7F800001u, 0xFF800001u, 1u, 0x80000001u, 0xFFFFFFFFu, 0u};
        for (std::uint32_t row = 0; row < kRows; ++row) column[row] = before[row] = kOdd[random.below(6)];
        const std::uint32_t everywhere = random.chance(0.5) ? 0 : 1u << random.below(32);
        probe->spread_bits(everywhere, flags.data(), masks.data(), count, written, column);
        for (std::uint32_t row = 0; row < kRows; ++row) {
          std::uint32_t expected = holds(written, row) ? everywhere : before[row];
          for (std::uint32_t i = 0; i < count && holds(written, row); ++i)
            expected |= holds(masks[i], row) ? flags[i] : 0;
          ASSERT_EQ(column[row], expected) << "row " << row;
        }
      }
    }
  }
}

SENSORIUM_ROWS(Bits);

}  // namespace
}  // namespace sensorium::test
