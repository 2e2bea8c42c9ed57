// kernels/zscore.h, over the sums of kernels/window.h, against the textbook's two passes over the window.
#include "core/tile_window.h"

namespace sensorium::test {
namespace {

constexpr ProbeScore kOptions = {.min_deviation = 1e-4f, .inverse_largest_z = 0, .low = 2, .medium = 2.5f, .high = 3};

class Score : public PerRows {
 protected:
  struct Scored {
    ProbeScoreColumns columns;
    Mask anomalies;
  };

  static Scored score(const Probe& probe, const TileWindow& window, std::uint32_t detection, Mask learning, Mask scored,
                      float min_deviation = kOptions.min_deviation) {
    ProbeScore options = kOptions;
    options.min_deviation = min_deviation;
    options.inverse_largest_z = static_cast<float>(1 / std::sqrt(detection - 1.0));
    Lanes inverse;
    for (std::uint32_t row = 0; row < kRows; ++row) {
      const std::uint32_t count = std::min(window.count(row), detection);
      inverse[row] = count ? static_cast<float>(1.0 / count) : 0;
    }
    Scored result;
    for (std::uint32_t row = 0; row < kRows; ++row) {
      result.columns.score[row] = result.columns.z[row] = result.columns.mean[row] = result.columns.deviation[row] =
          kStale;
      result.columns.severity[row] = 77;
    }
    const bool full = window.at_least(window.length()) == 0xFFFF;
    const ProbeSums sums = window.sums(probe, detection, std::min(window.length(), 2u), full);
    const Lanes newest = window.newest();
    result.anomalies = probe.zscore(newest.at, sums, inverse.at, options, learning, scored, result.columns);
    return result;
  }

  static void check_row(const Scored& got, const TileWindow& window, std::uint32_t detection, std::uint32_t row) {
    const auto values = reference::newest(window.window(row), detection);
    const auto all = reference::moments(values);
    const double z = reference::z_score(values, kOptions.min_deviation);
    const double size = std::fabs(z);
    // At an offset of 10^4 a step of f32 is 1e-3: no column can hold the mean more sharply than to half of it.
    const double mean_off = 1e-4 * all.deviation + 0.6 * std::fabs(all.mean) * 0x1p-23 + 1e-9;
    const double z_off = 1e-4 * std::max(1.0, size);
    EXPECT_NEAR(got.columns.mean[row], all.mean, mean_off);
    EXPECT_NEAR(got.columns.deviation[row], all.deviation, 1e-4 * all.deviation + 1e-9);
    if (std::fabs(all.deviation - kOptions.min_deviation) < 1e-6) return;
    EXPECT_NEAR(got.columns.z[row], z, z_off);
    EXPECT_NEAR(got.columns.score[row], std::min(1.0, size / std::sqrt(detection - 1.0)), z_off);
    const float own = std::fabs(got.columns.z[row]);
    const int severity = (own > kOptions.low) + (own > kOptions.medium) + (own > kOptions.high);
    EXPECT_EQ(got.columns.severity[row], severity) << "z " << own;
    EXPECT_EQ(holds(got.anomalies, row), severity > 0);
  }

  static constexpr float kStale = 12345;
};

TEST_P(Score, Twin) {
  struct Offset {
    double offset, deviation;
  };
  for (const Probe* probe : probes()) {
    SCOPED_TRACE(probe->isa);
    Random random(13);
    for (const Offset& at : {Offset{0.5, 0.1}, Offset{1e4, 1}, Offset{1e2, 1e-2}, Offset{0, 1e-3}, Offset{-3, 1e6}}) {
      SCOPED_TRACE(testing::Message() << "offset " << at.offset << ", deviation " << at.deviation);
      for (const std::uint32_t detection : {3u, 20u, 64u}) {
        for (std::uint32_t tile = 0; tile < std::min(tiles(), 9u); ++tile) {
          TileWindow window(detection + random.below(3));
          const std::uint32_t ticks = 1 + random.below(2 * detection);
          for (std::uint32_t tick = 0; tick < ticks; ++tick) {
            Lanes values;
            // A third of the last values are far out, so that every severity occurs.
            const bool last = tick + 1 == ticks;
            for (std::uint32_t row = 0; row < kRows; ++row) {
              values[row] =
                  static_cast<float>(at.offset + at.deviation * random.normal() * (last && row % 3 == 0 ? 8 : 1));
            }
            window.push(*probe, values, last || tick == 0 ? Mask{0xFFFF} : any_rows(random));
          }
          const Mask learning = rows(tile);
          const Mask scored = learning & window.at_least(3);
          const Scored got = score(*probe, window, detection, learning, scored);
          EXPECT_EQ(got.anomalies & ~scored, 0);
          for (std::uint32_t row = 0; row < kRows; ++row) {
            SCOPED_TRACE(testing::Message() << "row " << row << " of " << window.count(row));
            if (holds(scored, row)) {
              check_row(got, window, detection, row);
            } else {
              const float none = holds(learning, row) ? 0 : kStale;
              for (const float value :
                   {got.columns.score[row], got.columns.z[row], got.columns.mean[row], got.columns.deviation[row]}) {
                EXPECT_EQ(value, none) << "an unscored row gets zeros, one that does not learn keeps what it has";
              }
              EXPECT_EQ(got.columns.severity[row], holds(learning, row) ? 0 : 77);
            }
          }
        }
      }
    }
  }
}

TEST_P(Score, HostileValuesGiveFiniteScores) {
  const float kValues[] = {1e9f,    -1e9f, 0.0f,     -0.0f, std::numeric_limits<float>::denorm_min(),
                           -1e-38f, 1.0f,  1e9f - 64};
  for (const Probe* probe : probes()) {
    SCOPED_TRACE(probe->isa);
    Random random(14);
    for (const std::uint32_t detection : {3u, 20u, 256u}) {
      for (const float min_deviation : {0.0f, 1e-4f}) {
        TileWindow window(detection);
        for (std::uint32_t tick = 0; tick < detection; ++tick) {
          Lanes values;
          for (std::uint32_t row = 0; row < kRows; ++row)
            values[row] = kValues[random.below(row % 2 ? 2 : static_cast<std::uint32_t>(std::size(kValues)))];
          window.push(*probe, values, 0xFFFF);
        }
        const Scored got = score(*probe, window, detection, 0xFFFF, 0xFFFF, min_deviation);
        for (std::uint32_t row = 0; row < kRows; ++row) {
          EXPECT_TRUE(got.columns.score[row] >= 0 && got.columns.score[row] <= 1) << got.columns.score[row];
          EXPECT_LE(std::fabs(got.columns.z[row]), 1.001 * std::sqrt(detection - 1.0));
          EXPECT_LE(std::fabs(got.columns.mean[row]), 1.0001e9f);
          EXPECT_TRUE(got.columns.deviation[row] >= 0 && got.columns.deviation[row] <= 1.0001e9f)
              << got.columns.deviation[row];
        }
      }
    }
  }
}

SENSORIUM_ROWS(Score);

}  // namespace
}  // namespace sensorium::test
