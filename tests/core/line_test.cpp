// kernels/line.h, over the sums of kernels/window.h, against the textbook's least squares.
#include "core/tile_window.h"

namespace sensorium::test {
namespace {

constexpr float kStale = 12345;
constexpr std::uint32_t kHorizon = 7;

class LineFit : public PerRows {
 protected:
  static ProbeLineColumns fit(const Probe& probe, const TileWindow& window, std::uint32_t length, float low, float high,
                              Mask learning, Mask predicted) {
    ProbeLineColumns columns;
    for (std::uint32_t row = 0; row < kRows; ++row) {
      columns.confidence[row] = columns.trend[row] = kStale;
      for (auto& plane : columns.values) plane[row] = kStale;
    }
    std::uint32_t counts[kRows];
    for (std::uint32_t row = 0; row < kRows; ++row) counts[row] = std::min(window.count(row), length);
    const bool full = window.at_least(window.length()) == 0xFFFF;
    const ProbeSums sums = window.sums(probe, std::min(window.length(), 3u), length, full);
    const Lanes newest = window.newest();
    probe.fit_line(newest.at, sums, counts, low, high, kHorizon, learning, predicted, columns);
    return columns;
  }
};

TEST_P(LineFit, Twin) {
  for (const Probe* probe : probes()) {
    SCOPED_TRACE(probe->isa);
    Random random(15);
    for (const std::uint32_t length : {2u, 3u, 10u, 64u}) {
      for (const double noise : {0.0, 1e-3, 0.2}) {
        for (std::uint32_t tile = 0; tile < std::min(tiles(), 9u); ++tile) {
          SCOPED_TRACE(testing::Message() << "window " << length << ", noise " << noise);
          TileWindow window(std::max(length, 3u) + random.below(4));
          double slopes[kRows];
          for (double& slope : slopes) slope = random.between(-0.02, 0.02);
          const std::uint32_t ticks = 1 + random.below(2 * length);
          for (std::uint32_t tick = 0; tick < ticks; ++tick) {
            Lanes values;
            for (std::uint32_t row = 0; row < kRows; ++row) {
              values[row] = static_cast<float>(0.5 + slopes[row] * window.count(row) + noise * random.normal());
            }
            window.push(*probe, values, tick == 0 || tick + 1 == ticks ? Mask{0xFFFF} : any_rows(random));
          }
          const Mask learning = rows(tile);
          const Mask predicted = learning & window.at_least(2);
          const ProbeLineColumns got = fit(*probe, window, length, 0, 1, learning, predicted);
          for (std::uint32_t row = 0; row < kRows; ++row) {
            SCOPED_TRACE(testing::Message() << "row " << row << " of " << window.count(row));
            if (!holds(predicted, row)) {
              const float none = holds(learning, row) ? 0 : kStale;
              EXPECT_EQ(got.confidence[row], none);
              EXPECT_EQ(got.trend[row], none);
              for (std::uint32_t h = 0; h < kHorizon; ++h)
                EXPECT_EQ(got.values[h][row], none) << "0 lies within the limits";
              continue;
            }
            const auto values = reference::newest(window.window(row), length);
            const reference::Line line = reference::fit(values);
            EXPECT_NEAR(got.trend[row], line.slope, 1e-6);
            for (std::uint32_t h = 0; h < kHorizon; ++h) {
              EXPECT_NEAR(got.values[h][row], std::clamp(line.at(h + 1.0), 0.0, 1.0), 1e-5) << "ahead " << h + 1;
            }
            // R squared is as sharp as the values' rounding against their spread.
            const double sharp = 1e-5 + 1e-6 / std::max(reference::moments(values).deviation, 1e-9);
            if (sharp < 0.1) {
              EXPECT_NEAR(got.confidence[row], line.r_squared, sharp);
            }
          }
        }
      }
    }
  }
}

TEST_P(LineFit, AGentleLineIsPerfect) {
  for (const Probe* probe : probes()) {
    SCOPED_TRACE(probe->isa);
    TileWindow window(10);
    for (std::uint32_t tick = 0; tick < 10; ++tick) {
      Lanes values;
      for (std::uint32_t row = 0; row < kRows; ++row) values[row] = static_cast<float>(0.1 + 0.05 * row + 0.001 * tick);
      window.push(*probe, values, 0xFFFF);
    }
    const ProbeLineColumns got = fit(*probe, window, 10, 0, 1, 0xFFFF, 0xFFFF);
    for (std::uint32_t row = 0; row < kRows; ++row) {
      EXPECT_NEAR(got.confidence[row], 1, 1e-6);
      EXPECT_NEAR(got.trend[row], 0.001, 1e-8);
    }
  }
}

TEST_P(LineFit, ConstantToRoundingHasNoConfidence) {
  for (const Probe* probe : probes()) {
    SCOPED_TRACE(probe->isa);
    TileWindow window(10);
    for (std::uint32_t tick = 0; tick < 10; ++tick) {
      Lanes values;
      for (std::uint32_t row = 0; row < kRows; ++row) {
        const float value = 0.1f + static_cast<float>(row);
        // One value is a last bit higher: what rounding does to a constant.
        values[row] = tick == row % 10 ? std::nextafter(value, 100.0f) : value;
      }
      window.push(*probe, values, 0xFFFF);
    }
    const ProbeLineColumns got = fit(*probe, window, 10, 0, 1, 0xFFFF, 0xFFFF);
    for (std::uint32_t row = 0; row < kRows; ++row) EXPECT_EQ(got.confidence[row], 0) << "row " << row;
  }
}

TEST_P(LineFit, HostileValuesGiveFinitePredictions) {
  const float kValues[] = {1e9f, -1e9f, 0.0f, -0.0f, std::numeric_limits<float>::denorm_min(), -1e-38f, 1.0f};
  for (const Probe* probe : probes()) {
    SCOPED_TRACE(probe->isa);
    Random random(16);
    for (const std::uint32_t length : {2u, 10u, 256u}) {
      TileWindow window(std::max(length, 3u));
      for (std::uint32_t tick = 0; tick < length; ++tick) {
        Lanes values;
        for (std::uint32_t row = 0; row < kRows; ++row)
          values[row] = kValues[random.below(row % 2 ? 2 : static_cast<std::uint32_t>(std::size(kValues)))];
        window.push(*probe, values, 0xFFFF);
      }
      const ProbeLineColumns got = fit(*probe, window, length, -kSaturation, kSaturation, 0xFFFF, 0xFFFF);
      for (std::uint32_t row = 0; row < kRows; ++row) {
        EXPECT_TRUE(got.confidence[row] >= 0 && got.confidence[row] <= 1) << got.confidence[row];
        EXPECT_TRUE(std::isfinite(got.trend[row]));
        for (std::uint32_t h = 0; h < kHorizon; ++h) EXPECT_LE(std::fabs(got.values[h][row]), kSaturation);
      }
    }
  }
}

SENSORIUM_ROWS(LineFit);

}  // namespace
}  // namespace sensorium::test
