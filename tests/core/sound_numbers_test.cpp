// The figures that the engine promises: no drift, no memory of what has left the window, no line too gentle.
#include "core/seeded.h"
#include "core/support.h"
#include "reference/textbook.h"

namespace sensorium::test {
namespace {

// A stream's values: normal, of this offset and deviation, as f32 holds them.
struct Noise {
  double offset;
  double deviation;
};

// The name of this suite's instance says how many ticks it takes: 10^7 where the build is optimised, fewer elsewhere.
class Drift : public testing::TestWithParam<std::uint64_t> {};
INSTANTIATE_TEST_SUITE_P(Ticks, Drift, testing::Values(SENSORIUM_LONG_TICKS),
                         [](const auto& at) { return std::to_string(at.param); });

TEST_P(Drift, NoneAtLargeOffsets) {
  // One engine, one agent a stream: rows do not know each other.
  constexpr Noise kStreams[] = {{1e4, 1}, {1e2, 1e-2}};
  constexpr std::uint32_t kAgents = std::size(kStreams);
  Engine engine = make(plain_config(kAgents));
  const std::span<float> input = engine.sensors(kPlain);
  const Results results = engine.results();
  const DetectionOptions options;
  Random random(30);
  reference::Window windows[kAgents];
  double worst_z = 0, worst_mean = 0;
  for (std::uint64_t tick = 0; tick < GetParam(); ++tick) {
    // Two normal numbers of one draw (Box and Muller); 1 in 1,000 is a hundred deviations out.
    const double radius = std::sqrt(-2 * std::log(1 - random.unit())) * (random.below(1000) ? 1 : 100);
    const double angle = 6.283185307179586 * random.unit();
    input[0] = static_cast<float>(kStreams[0].offset + kStreams[0].deviation * radius * std::cos(angle));
    input[1] = static_cast<float>(kStreams[1].offset + kStreams[1].deviation * radius * std::sin(angle));
    for (std::uint32_t i = 0; i < kAgents; ++i) {
      windows[i].push_back(input[i]);
      if (windows[i].size() > options.window) windows[i].pop_front();
    }
    ASSERT_OK(engine.tick(static_cast<double>(tick) / 60));
    if (tick + 1 < options.min_samples) continue;
    for (std::uint32_t i = 0; i < kAgents; ++i) {
      const double z = reference::z_score(windows[i], options.min_deviation);
      worst_z = std::max(worst_z, std::fabs(results.anomaly.z[i] - z) / std::max(1.0, std::fabs(z)));
      // In deviations of the stream: at offset 10^4 a column of f32 is itself only as fine as 1e-3.
      const double mean = reference::moments(windows[i]).mean;
      worst_mean = std::max(worst_mean, std::fabs(results.anomaly.mean[i] - mean) / kStreams[i].deviation);
    }
  }
  RecordProperty("worst_z", std::to_string(worst_z));
  RecordProperty("worst_mean", std::to_string(worst_mean));
  EXPECT_LE(worst_z, 1e-3);
  EXPECT_LE(worst_mean, 1e-3);
  EXPECT_EQ(engine.statistics().cycles, GetParam());
}

class Forgets : public PerIsa {};
SENSORIUM_EACH_ISA(Forgets);

TEST_P(Forgets, ASpikeOrNaNAfterOneWindow) {
  for (const float bad : {1e6f, -1e6f, 1e9f, kNaN, kInfinity}) {
    SCOPED_TRACE(bad);
    Stream disturbed(plain_config(), isa()), quiet(plain_config(), isa());
    Random random(31);
    constexpr int kBadTick = 40, kWindow = 20;
    for (int tick = 0; tick < kBadTick + 3 * kWindow; ++tick) {
      const float value = random.value(0.4, 0.6);
      disturbed.add(tick == kBadTick ? bad : value);
      quiet.add(value);
      // What is not a number never counted; what is has left the window once 20 others have come.
      if (tick < kBadTick + kWindow) continue;
      for (const auto column :
           {disturbed.results().anomaly.z, disturbed.results().anomaly.mean, disturbed.results().anomaly.deviation}) {
        ASSERT_TRUE(std::isfinite(column[0]));
      }
      if (!std::isfinite(bad)) continue;  // one value fewer has gone through that window
      ASSERT_EQ(first_difference(disturbed.engine(), 0, quiet.engine(), 0), "") << "tick " << tick;
    }
    EXPECT_NEAR(disturbed.results().anomaly.deviation[0], 0.06, 0.03);
  }
}

TEST_P(Forgets, NaNTakesOneTickOnly) {
  // A tick without a reading holds the last value (latched less than a second ago), and learns it again.
  Stream stream(plain_config(), isa());
  reference::Window window;
  Random random(32);
  float last = 0;
  for (int tick = 0; tick < 80; ++tick) {
    const bool missing = tick == 30;
    if (!missing) last = random.value(0.4, 0.6);
    stream.add(missing ? kNaN : last);
    window.push_back(last);
    const auto newest = reference::newest(window, 20);
    if (tick < 2) continue;
    ASSERT_NEAR(stream.results().anomaly.z[0], reference::z_score(newest, 1e-4), 1e-4) << "tick " << tick;
  }
}

TEST_P(Forgets, NoScoreIsTooLateAfterALongSilence) {
  Stream stream(plain_config(), isa());
  for (int tick = 0; tick < 30; ++tick) stream.add(0.5f + 0.01f * static_cast<float>(tick % 2));
  const float mean = stream.results().anomaly.mean[0];
  for (int tick = 0; tick < 1000; ++tick) stream.add(kNaN);
  stream.add(0.5f);
  EXPECT_NEAR(stream.results().anomaly.mean[0], mean, 1e-6);
}

class Lines : public PerIsa {};
SENSORIUM_EACH_ISA(Lines);

TEST_P(Lines, OfASlopeOfAThousandthAreCertain) {
  Engine engine = make({}, isa());
  for (int tick = 0; tick < 700; ++tick) {
    const float value = 0.1f + 0.001f * static_cast<float>(tick);
    engine.sensors("visual.objects")[0] = value * 10;
    engine.sensors("lidar.points")[0] = value * 1500;
    engine.sensors("audio.amplitude")[0] = engine.sensors("imu.accel_x")[0] = value;
    ASSERT_OK(engine.tick(tick));
    if (tick < 9) continue;
    ASSERT_NEAR(engine.results().prediction.confidence[0], 1, 1e-6) << "tick " << tick;
    ASSERT_NEAR(engine.results().prediction.trend[0], 0.001, 1e-7);
  }
}

TEST_P(Lines, AreFoundAtOffsetsToo) {
  // Values at 100 are rounded to 7.6e-6, a 380th of the line's deviation of 0.0029: that much R squared may fall short of 1.
  Stream stream(plain_config(), isa());
  for (int tick = 0; tick < 300; ++tick) {
    stream.add(static_cast<float>(100 + 0.001 * tick));
    if (tick < 9) continue;
    ASSERT_NEAR(stream.results().prediction.confidence[0], 1, 1e-5) << "tick " << tick;
  }
}

TEST_P(Lines, AConstantToRoundingHasNone) {
  Random random(33);
  for (const float value : {0.1f, 100.1f, 1e-6f, 12345.67f, -3.3f}) {
    Stream stream(plain_config(), isa());
    for (int tick = 0; tick < 60; ++tick) stream.add(random.chance(0.1) ? std::nextafter(value, 1e9f) : value);
    EXPECT_EQ(stream.results().prediction.confidence[0], 0) << value;
    EXPECT_EQ(stream.results().anomaly.z[0], 0) << value;
  }
}

}  // namespace
}  // namespace sensorium::test
