// kernels/window.h against its twins.
#include "core/tile_window.h"

namespace sensorium::test {
namespace {

class Window : public PerRows {};

TEST_P(Window, PushKeepsEveryRowsOwnOrder) {
  for (const Probe* probe : probes()) {
    SCOPED_TRACE(probe->isa);
    Random random(10);
    for (const std::uint32_t length : {2u, 3u, 10u, 20u, 256u}) {
      for (std::uint32_t tile = 0; tile < std::min(tiles(), 4u); ++tile) {
        TileWindow window(length);
        // Mostly all rows learn, sometimes some: the ring turns, then rows move alone, then it turns again.
        for (std::uint32_t tick = 0; tick < length + 40; ++tick) {
          Lanes values;
          for (std::uint32_t row = 0; row < kRows; ++row) values[row] = random.value(-1, 1);
          window.push(*probe, values, rows(tile) & (random.chance(0.7) ? Mask{0xFFFF} : any_rows(random)));
        }
        for (std::uint32_t row = 0; row < kRows; ++row) {
          for (std::uint32_t age = 0; age < window.count(row); ++age) {
            ASSERT_EQ(window.value(row, age), window.window(row)[window.count(row) - 1 - age])
                << "row " << row << ", age " << age;
          }
        }
      }
    }
  }
}

TEST_P(Window, SumsTwin) {
  for (const Probe* probe : probes()) {
    SCOPED_TRACE(probe->isa);
    Random random(11);
    for (const WindowLengths& lengths : kWindowLengths) {
      for (const bool full : {false, true}) {
        TileWindow window(lengths.ring());
        const std::uint32_t ticks = full ? lengths.ring() : 1 + random.below(lengths.ring());
        for (std::uint32_t tick = 0; tick < ticks; ++tick) {
          Lanes values;
          for (std::uint32_t row = 0; row < kRows; ++row) values[row] = random.value(5, 7);
          window.push(*probe, values, full || tick == 0 ? Mask{0xFFFF} : any_rows(random));
        }
        const ProbeSums sums = window.sums(*probe, lengths.detection, lengths.line, full);
        for (std::uint32_t row = 0; row < kRows; ++row) {
          double d = 0, squares = 0, line_d = 0, line_squares = 0, moments = 0;
          const auto& values = window.window(row);
          for (std::uint32_t age = 0; age < window.count(row); ++age) {
            const double difference = values[values.size() - 1 - age] - values.back();
            if (age < lengths.detection) d += difference, squares += difference * difference;
            if (age < lengths.line)
              line_d += difference, line_squares += difference * difference, moments += age * difference;
          }
          const double steps = lengths.ring();
          EXPECT_TRUE(near(sums.d[row], d, 4, steps)) << lengths.detection << ", " << lengths.line;
          EXPECT_TRUE(near(sums.squares[row], squares, squares, steps));
          EXPECT_TRUE(near(sums.line_d[row], line_d, 4, steps));
          EXPECT_TRUE(near(sums.line_squares[row], line_squares, line_squares, steps));
          EXPECT_TRUE(near(sums.line_moments[row], moments, 4 * lengths.line, steps));
        }
      }
    }
  }
}

TEST_P(Window, FullAndPartialSumsAreTheSameToTheBit) {
  for (const Probe* probe : probes()) {
    SCOPED_TRACE(probe->isa);
    Random random(12);
    for (const WindowLengths& lengths : kWindowLengths) {
      TileWindow window(lengths.ring());
      for (std::uint32_t tick = 0; tick < lengths.ring() + 3; ++tick) {
        Lanes values;
        for (std::uint32_t row = 0; row < kRows; ++row) values[row] = random.chance(0.2) ? 0.25f : random.value(-1, 1);
        window.push(*probe, values, 0xFFFF);
      }
      const ProbeSums full = window.sums(*probe, lengths.detection, lengths.line, true);
      const ProbeSums partial = window.sums(*probe, lengths.detection, lengths.line, false);
      for (std::uint32_t row = 0; row < kRows; ++row) {
        EXPECT_EQ(bits(full.d[row]), bits(partial.d[row]));
        EXPECT_EQ(bits(full.squares[row]), bits(partial.squares[row]));
        EXPECT_EQ(bits(full.line_d[row]), bits(partial.line_d[row]));
        EXPECT_EQ(bits(full.line_squares[row]), bits(partial.line_squares[row]));
        EXPECT_EQ(bits(full.line_moments[row]), bits(partial.line_moments[row]));
      }
    }
  }
}

SENSORIUM_ROWS(Window);

}  // namespace
}  // namespace sensorium::test
