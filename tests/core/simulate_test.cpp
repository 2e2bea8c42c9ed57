// The classic load generator: its ranges, its rule of randomness, and what a mixed load leaves out.
#include "core/support.h"

namespace sensorium::test {
namespace {

struct Range {
  const char* channel;
  float low, high;
  bool whole;
};
constexpr Range kRanges[] = {
    {"visual.objects", 2, 10, true},     {"visual.brightness", 0.2f, 0.8f, false}, {"visual.motion", 0, 1, false},
    {"lidar.points", 500, 1500, true},   {"lidar.max_range", 10, 100, false},      {"lidar.obstacles", 0, 5, true},
    {"audio.amplitude", 0, 1, false},    {"audio.frequency", 20, 20000, false},    {"audio.event", 0, 2, true},
    {"imu.accel_x", -0.5f, 0.5f, false}, {"imu.accel_y", -0.5f, 0.5f, false},      {"imu.accel_z", 9.7f, 9.9f, false},
    {"imu.gyro", -0.1f, 0.1f, false},
};

TEST(Simulate, DenseIsUniformInItsRanges) {
  Engine engine = make({.agents = 2000});
  std::vector<double> sums(std::size(kRanges)), squares(std::size(kRanges));
  std::vector<float> lowest(std::size(kRanges), kFloatMax), highest(std::size(kRanges), -kFloatMax);
  constexpr int kTicks = 40;
  for (int t = 0; t < kTicks; ++t) {
    ASSERT_OK(write_classic_load(engine, 1));
    for (std::size_t c = 0; c < std::size(kRanges); ++c) {
      const Range& range = kRanges[c];
      for (const float reading : engine.sensors(range.channel)) {
        ASSERT_TRUE(reading >= range.low && reading <= range.high) << range.channel << " " << reading;
        ASSERT_TRUE(!range.whole || reading == std::floor(reading)) << range.channel;
        lowest[c] = std::min(lowest[c], reading);
        highest[c] = std::max(highest[c], reading);
        const double unit = (reading - range.low) / (range.high - range.low);
        sums[c] += unit;
        squares[c] += unit * unit;
      }
    }
    ASSERT_OK(engine.tick(t));
  }
  for (std::size_t c = 0; c < std::size(kRanges); ++c) {
    const Range& range = kRanges[c];
    SCOPED_TRACE(range.channel);
    const float reach = 0.01f * (range.high - range.low);
    EXPECT_LE(lowest[c], range.low + reach);
    EXPECT_GE(highest[c], range.high - reach);
    if (c == 1) continue;  // brightness is a wave
    const double n = 2000.0 * kTicks;
    // A uniform number's mean is 1/2 and its variance 1/12; of k whole numbers (k + 1) / (12 (k - 1)).
    const double k = range.high - range.low + 1;
    EXPECT_NEAR(sums[c] / n, 0.5, 0.01);
    EXPECT_NEAR(squares[c] / n - std::pow(sums[c] / n, 2), range.whole ? (k + 1) / (12 * (k - 1)) : 1.0 / 12, 0.003);
  }
}

TEST(Simulate, BrightnessIsAWave) {
  Engine engine = make({.agents = 3});
  for (int t = 0; t < 200; ++t) {
    ASSERT_OK(write_classic_load(engine, 1));
    for (const float brightness : engine.sensors("visual.brightness"))
      ASSERT_NEAR(brightness, 0.5 + 0.3 * std::sin(t / 5.0), 1e-7);
    ASSERT_OK(engine.tick(t));
  }
}

TEST(Simulate, IsAFunctionOfSeedTickAgentAndChannel) {
  Engine small = make({.agents = 5}), large = make({.agents = 500}), other = make({.agents = 5});
  std::uint32_t differing = 0;
  for (int t = 0; t < 10; ++t) {
    ASSERT_OK(write_classic_load(small, 1));
    ASSERT_OK(write_classic_load(large, 1));
    ASSERT_OK(write_classic_load(other, 2));
    for (const Range& range : kRanges) {
      for (std::uint32_t i = 0; i < 5; ++i) {
        ASSERT_EQ(bits(small.sensors(range.channel)[i]), bits(large.sensors(range.channel)[i]))
            << "however many agents there are";
        differing += small.sensors(range.channel)[i] != other.sensors(range.channel)[i];
      }
    }
    ASSERT_OK(small.tick(t));
    ASSERT_OK(large.tick(t));
    ASSERT_OK(other.tick(t));
  }
  EXPECT_GT(differing, 400u) << "another seed, other readings";
  // Writing twice before a tick writes the same.
  ASSERT_OK(write_classic_load(small, 1));
  const float before = small.sensors("visual.motion")[3];
  ASSERT_OK(write_classic_load(small, 1));
  EXPECT_EQ(small.sensors("visual.motion")[3], before);
}

TEST(Simulate, MixedThinsOut) {
  Engine engine = make({.agents = 1000});
  double visual = 0, lidar = 0, audio = 0, active = 0, blackouts = 0;
  constexpr int kTicks = 240;
  std::vector<std::uint8_t> slept(1000);
  for (int t = 0; t < kTicks; ++t) {
    ASSERT_OK(write_classic_load(engine, 2, Load::mixed));
    for (std::uint32_t i = 0; i < 1000; ++i) {
      const bool sees = std::isfinite(engine.sensors("visual.objects")[i]),
                 ranges = std::isfinite(engine.sensors("lidar.points")[i]);
      const bool hears = std::isfinite(engine.sensors("audio.amplitude")[i]),
                 feels = std::isfinite(engine.sensors("imu.accel_x")[i]);
      ASSERT_EQ(sees, std::isfinite(engine.sensors("visual.motion")[i])) << "the channels of a modality come together";
      visual += sees;
      lidar += ranges;
      audio += hears;
      blackouts += !sees && !ranges && !hears && !feels;
      active += engine.active()[i];
      slept[i] |= !engine.active()[i];
    }
    ASSERT_OK(engine.tick(t * 0.1));
  }
  const double n = 1000.0 * kTicks;
  EXPECT_NEAR(visual / n, 0.93 / 2, 0.03);
  EXPECT_NEAR(lidar / n, 0.93 / 3, 0.03);
  EXPECT_NEAR(audio / n, 0.93, 0.03);
  EXPECT_NEAR(active / n, 0.9, 0.03);
  EXPECT_GT(blackouts / n, 0.01);
  EXPECT_GT(engine.statistics().anomalies, 0u);
}

TEST(Simulate, NeedsTheClassicChannels) {
  Engine engine = make(plain_config());
  const Error error = write_classic_load(engine, 1);
  EXPECT_EQ(error.code, ErrorCode::wrong_channels);
  EXPECT_EQ(error.expected.view(), "visual.objects");
}

}  // namespace
}  // namespace sensorium::test
