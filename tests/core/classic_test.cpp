// The classic preset by numbers that a person can check.
#include "core/support.h"
#include "random.h"

namespace sensorium::test {
namespace {

class Classic : public PerIsa {
 protected:
  static void read(Engine& engine, float objects, float points, float amplitude, float accel_x,
                   std::uint32_t agent = 0) {
    engine.sensors("visual.objects")[agent] = objects;
    engine.sensors("lidar.points")[agent] = points;
    engine.sensors("audio.amplitude")[agent] = amplitude;
    engine.sensors("imu.accel_x")[agent] = accel_x;
  }
  // Readings that make the fused value exactly `value`: every feature is the value itself.
  static void read_fused(Engine& engine, float value) { read(engine, value * 10, value * 1500, value, value); }
};
SENSORIUM_EACH_ISA(Classic);

TEST_P(Classic, Fusion) {
  Engine engine = make({}, isa());
  read(engine, 5, 900, 0.4f, -0.5f);
  EXPECT_OK(engine.tick(0));
  // Features 5/10, 900/1500, 0.4, |-0.5|: 0.3*0.5 + 0.3*0.6 + 0.2*0.4 + 0.2*0.5 = 0.15 + 0.18 + 0.08 + 0.1
  EXPECT_NEAR(engine.results().fused[0], 0.51, 1e-7);
  EXPECT_EQ(engine.results().confidence[0], engine.results().fused[0]) << "classic calls the fused value confidence";
}

TEST_P(Classic, FusionOfWhatThereIs) {
  Engine engine = make({}, isa());
  read(engine, 5, kNaN, 0.4f, kNaN);
  EXPECT_OK(engine.tick(0));
  // (0.3*0.5 + 0.2*0.4) / (0.3 + 0.2) = 0.23 / 0.5
  EXPECT_NEAR(engine.results().fused[0], 0.46, 1e-7);
}

TEST_P(Classic, NetworkOfGivenWeights) {
  // Two hidden units: f0 + f3 and f1 - f2 - 1; one output of the difference.
  const float hidden[] = {1, 0, 0, 1, 0, 1, -1, 0};
  const float hidden_biases[] = {0, -1};
  const float out[] = {2, -2};
  Config config;
  config.network.layers = {{.units = 2, .weights = hidden, .biases = hidden_biases}, {.units = 1, .weights = out}};
  Engine engine = make(config, isa());
  read(engine, 5, 900, 0.6f, 0.5f);
  EXPECT_OK(engine.tick(0));
  // s(0.5 + 0.5) = 0.5 + 1/4 = 0.75; s(0.6 - 0.6 - 1) = 0.5 - 1/4 = 0.25; s(1.5 - 0.5) = s(1) = 0.75
  EXPECT_NEAR(engine.results().output[0][0], 0.75, 1e-7);
  EXPECT_EQ(engine.results().output[1], nullptr) << "one output, one plane";
}

TEST_P(Classic, NetworkFromTheSeed) {
  Engine engine = make({.network = {.seed = 7}}, isa());
  // 4-8-2, uniform in +-sqrt(2 / inputs): sqrt(2/4) = 0.7071, sqrt(2/8) = 0.5
  const auto hidden = weights(engine, 0), out = weights(engine, 1);
  ASSERT_EQ(hidden.size(), 32u);
  ASSERT_EQ(out.size(), 16u);
  float largest = 0, sum = 0;
  for (const float weight : hidden) largest = std::max(largest, std::fabs(weight)), sum += weight;
  EXPECT_LE(largest, 0.70711f);
  EXPECT_GT(largest, 0.6f);
  EXPECT_LT(std::fabs(sum / 32), 0.2f);
  for (const float weight : out) EXPECT_LE(std::fabs(weight), 0.5f);
  EXPECT_EQ(weights(make({.network = {.seed = 7}}, isa()), 0), hidden);
  EXPECT_NE(weights(make({.network = {.seed = 8}}, isa()), 0), hidden);
  // Biases are 0: nothing sensed gives s(0) = 0.5 from every hidden unit.
  EXPECT_OK(engine.tick(0));
  float expected = 0;
  for (std::size_t i = 0; i < 8; ++i) expected += 0.5f * out[i];
  EXPECT_NEAR(engine.results().output[0][0], 0.5f + expected / (2 * (1 + std::fabs(expected))), 1e-6);
}

TEST_P(Classic, AnomalyOfASpike) {
  Engine engine = make({}, isa());
  const auto anomaly = [&] { return engine.results().anomaly; };
  for (int t = 0; t < 19; ++t) {
    read_fused(engine, 0.5f);
    EXPECT_OK(engine.tick(t));
    EXPECT_EQ(anomaly().z[0], 0) << "constant: deviation 0";
    EXPECT_EQ((engine.results().flags[0] & flag::scored) != 0, t >= 2) << "silent under 3 samples";
  }
  read_fused(engine, 1);
  EXPECT_OK(engine.tick(19));
  // 19 of 0.5 and one of 1: mean 0.525, variance 0.5^2 * 0.05 * 0.95 = 0.011875, z = 0.475 / 0.108972 = sqrt(19)
  EXPECT_NEAR(anomaly().mean[0], 0.525, 1e-6);
  EXPECT_NEAR(anomaly().deviation[0], 0.1089725, 1e-6);
  EXPECT_NEAR(anomaly().z[0], 4.3588989, 1e-4);
  EXPECT_NEAR(anomaly().score[0], 1, 1e-5);
  EXPECT_LE(anomaly().score[0], 1);
  EXPECT_EQ(anomaly().severity[0], 3);
  EXPECT_TRUE(engine.results().flags[0] & flag::anomaly);
  EXPECT_TRUE(engine.results().changes[0] & flag::anomaly);
  EXPECT_EQ(engine.statistics().anomalies, 1u);

  read_fused(engine, 0.5f);
  EXPECT_OK(engine.tick(20));
  // The window now holds 0.5 nineteen times and the 1: z = -0.025 / 0.108972 = -0.229
  EXPECT_NEAR(anomaly().z[0], -0.2294157, 1e-4);
  EXPECT_EQ(anomaly().severity[0], 0);
  EXPECT_FALSE(engine.results().flags[0] & flag::anomaly);
  EXPECT_TRUE(engine.results().changes[0] & flag::anomaly) << "it ended";
  EXPECT_EQ(engine.statistics().anomalies, 1u);
}

TEST_P(Classic, SeverityByItsThresholds) {
  struct Case {
    int constants;  // values of 0 before the 1: z of the newest is sqrt(constants)
    int severity;
  };
  // sqrt(4) = 2 is not above 2; sqrt(5) = 2.24; sqrt(6) = 2.45; sqrt(7) = 2.65; sqrt(8) = 2.83; sqrt(10) = 3.16
  for (const Case& at : {Case{3, 0}, Case{5, 1}, Case{6, 1}, Case{7, 2}, Case{8, 2}, Case{10, 3}}) {
    Engine engine = make({}, isa());
    for (int t = 0; t <= at.constants; ++t) {
      read_fused(engine, t < at.constants ? 0.0f : 1.0f);
      EXPECT_OK(engine.tick(t));
    }
    EXPECT_NEAR(engine.results().anomaly.z[0], std::sqrt(at.constants), 1e-5);
    EXPECT_EQ(engine.results().anomaly.severity[0], at.severity) << at.constants << " constants";
    EXPECT_NEAR(engine.results().anomaly.score[0], std::sqrt(at.constants / 19.0), 1e-6);
  }
}

TEST_P(Classic, SmallDeviationIsNotScored) {
  Engine engine = make({}, isa());
  // Two of 20 are 0.0003 higher: deviation 0.0003 * sqrt(0.1 * 0.9) = 0.00009, not above 0.0001.
  for (int t = 0; t < 20; ++t) {
    read_fused(engine, t < 18 ? 0.5f : 0.5003f);
    EXPECT_OK(engine.tick(t));
  }
  EXPECT_NEAR(engine.results().anomaly.deviation[0], 0.00009, 1e-6);
  EXPECT_EQ(engine.results().anomaly.z[0], 0);
  EXPECT_TRUE(engine.results().flags[0] & flag::scored);
}

TEST_P(Classic, PredictionOfALine) {
  Engine engine = make({}, isa());
  for (int t = 0; t < 15; ++t) {
    read_fused(engine, 0.1f + 0.05f * static_cast<float>(t));
    EXPECT_OK(engine.tick(t));
  }
  // 0.1 .. 0.8 by 0.05: next 0.85, 0.9, 0.95, 1.0, and 1.05 clamped to 1
  const auto& prediction = engine.results().prediction;
  const double expected[] = {0.85, 0.9, 0.95, 1, 1};
  for (std::size_t h = 0; h < 5; ++h) EXPECT_NEAR(prediction.values[h][0], expected[h], 1e-6) << h + 1 << " ahead";
  EXPECT_LE(prediction.values[4][0], 1);
  EXPECT_EQ(prediction.values[5], nullptr);
  EXPECT_NEAR(prediction.trend[0], 0.05, 1e-7);
  EXPECT_NEAR(prediction.confidence[0], 1, 1e-6);
}

TEST_P(Classic, PredictionOfThreeValues) {
  Engine engine = make({}, isa());
  for (int t = 0; t < 3; ++t) {
    read_fused(engine, t == 2 ? 0.6f : 0.0f);
    EXPECT_OK(engine.tick(t));
    EXPECT_EQ((engine.results().flags[0] & flag::predicted) != 0, t >= 1) << "none under 2 samples";
  }
  // 0, 0, 0.6: slope (0.6 - 0) / 2 = 0.3, mean 0.2; one ahead 0.2 + 0.3 * 2 = 0.8, two ahead 1.1 clamped.
  // Explained 0.3^2 * 2 = 0.18 of 2 * 0.04 + 0.16 = 0.24: R squared 0.75.
  const auto& prediction = engine.results().prediction;
  EXPECT_NEAR(prediction.values[0][0], 0.8, 1e-6);
  EXPECT_EQ(prediction.values[1][0], 1);
  EXPECT_NEAR(prediction.trend[0], 0.3, 1e-7);
  EXPECT_NEAR(prediction.confidence[0], 0.75, 1e-6);
}

TEST_P(Classic, AConstantHasNoConfidence) {
  Engine engine = make({}, isa());
  for (int t = 0; t < 12; ++t) {
    read(engine, 7, 1234, 0.3f, -0.123f);
    EXPECT_OK(engine.tick(t));
  }
  EXPECT_EQ(engine.results().prediction.confidence[0], 0);
  EXPECT_NEAR(engine.results().prediction.trend[0], 0, 1e-9);
}

TEST_P(Classic, StatisticsCount) {
  Engine engine = make({.agents = 20}, isa());
  engine.active()[3] = 0;
  for (std::uint32_t i = 0; i < 20; ++i) read(engine, 1, 1, 1, 1, i);
  EXPECT_OK(engine.tick(1.5));
  EXPECT_OK(engine.tick(2.5));
  EXPECT_EQ(engine.statistics().cycles, 2u);
  EXPECT_EQ(engine.statistics().time, 2.5);
  EXPECT_EQ(engine.statistics().active_agents, 19u);
  EXPECT_EQ(engine.statistics().changed_agents, 0u);
}

// The rule of random numbers: it may never change, or every seeded network and load does.
TEST(RandomRule, KnownAnswers) {
  EXPECT_EQ(mix(0), 0u);
  EXPECT_EQ(unit_interval(0), 0.0f);
  EXPECT_EQ(unit_interval(0xFFFFFFFFu), 16777215.0f / 16777216.0f);
  EXPECT_EQ(unit_interval(0x80000000u), 0.5f);
  EXPECT_EQ(random_key(1, 2, 3), random_key(1, 2, 3));
  EXPECT_NE(random_key(1, 2, 3), random_key(1, 3, 2));
  EXPECT_NE(random_key(1, 2, 3), random_key(std::uint64_t{1} << 32 | 1, 2, 3));
  EXPECT_NE(random_key(1, 2, 3), random_key(1, std::uint64_t{1} << 32 | 2, 3));
}

}  // namespace
}  // namespace sensorium::test
