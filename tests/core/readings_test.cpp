// Readings: latch and once, ages and half-life, lost, back, unseen, blind. Numbers by hand.
#include "core/support.h"

namespace sensorium::test {
namespace {

constexpr std::uint32_t lost(std::uint32_t modality) { return 1u << (kLostShift + modality); }

// Two sensors of weight 1 and 3: a (bit 0), b (bit 1).
Config two_sensors() {
  return {.channels = {{.name = "a.x", .scale = 1, .weight = 1}, {.name = "b.x", .scale = 1, .weight = 3}},
          .network = {.layers = {}}};
}

class Readings : public PerIsa {
 protected:
  // A tick with the two readings given.
  static void tick(Engine& engine, double seconds, float a, float b) {
    engine.sensors("a.x")[0] = a;
    engine.sensors("b.x")[0] = b;
    EXPECT_OK(engine.tick(seconds));
  }
};
SENSORIUM_EACH_ISA(Readings);

TEST_P(Readings, LatchStandsUntilReplaced) {
  Engine engine = make(two_sensors(), isa());
  tick(engine, 0, 8, 4);
  EXPECT_EQ(engine.results().fused[0], 5);  // (8 + 12) / 4
  EXPECT_EQ(engine.sensors("a.x")[0], 8) << "the column is the caller's";
  // A latched reading is read anew by every tick: it never grows old.
  EXPECT_OK(engine.tick(50));
  EXPECT_EQ(engine.results().fused[0], 5);
  EXPECT_EQ(engine.results().flags[0] & 0xFFFF0000u, 0u);
  tick(engine, 51, 0, 4);
  EXPECT_EQ(engine.results().fused[0], 3);
}

TEST_P(Readings, NoReadingKeepsTheFeature) {
  Engine engine = make(two_sensors(), isa());
  tick(engine, 0, 8, 4);
  for (const float none : {kNaN, kInfinity, -kInfinity}) {
    tick(engine, 0.5, none, 12);
    EXPECT_EQ(engine.results().fused[0], 11);  // (8 + 36) / 4: a's last reading still counts
    EXPECT_EQ(bits(engine.sensors("a.x")[0]), bits(none));
  }
}

TEST_P(Readings, OnceIsConsumed) {
  Config config = two_sensors();
  config.modalities = {{.name = "a", .hold = Hold::once}};
  Engine engine = make(config, isa());
  tick(engine, 0, 8, 4);
  EXPECT_TRUE(std::isnan(engine.sensors("a.x")[0]));
  EXPECT_EQ(engine.sensors("b.x")[0], 4);
  EXPECT_OK(engine.tick(1));
  EXPECT_EQ(engine.results().fused[0], 5) << "held";
  EXPECT_OK(engine.tick(1.001));
  EXPECT_EQ(engine.results().flags[0] & lost(0), lost(0)) << "its last reading was at 0 s, and lost_after is 1 s";
  EXPECT_EQ(engine.results().fused[0], 4);
}

TEST_P(Readings, OnceForAllAndLatchForOne) {
  Config config = two_sensors();
  config.readings.hold = Hold::once;
  config.modalities = {{.name = "b", .hold = Hold::latch}};
  Engine engine = make(config, isa());
  tick(engine, 0, 8, 4);
  EXPECT_TRUE(std::isnan(engine.sensors("a.x")[0]));
  EXPECT_EQ(engine.sensors("b.x")[0], 4);
}

TEST_P(Readings, HalfLife) {
  Config config = two_sensors();
  config.readings = {.hold = Hold::latch, .lost_after = 100, .half_life = 2};
  config.modalities = {{.name = "b", .half_life = 4}};
  Engine engine = make(config, isa());
  tick(engine, 0, 8, 4);
  EXPECT_EQ(engine.results().fused[0], 5);
  EXPECT_EQ(engine.results().confidence[0], 1) << "freshness: all weight is fresh";
  tick(engine, 4, kNaN, kNaN);
  // Weights 1 * 2^-2 and 3 * 2^-1: (0.25 * 8 + 1.5 * 4) / 1.75
  EXPECT_NEAR(engine.results().fused[0], 8 / 1.75, 1e-6);
  EXPECT_NEAR(engine.results().confidence[0], 1.75 / 4, 1e-6);
  tick(engine, 4, 16, kNaN);
  // (16 + 1.5 * 4) / 2.5
  EXPECT_NEAR(engine.results().fused[0], 22 / 2.5, 1e-6);
  EXPECT_NEAR(engine.results().confidence[0], 2.5 / 4, 1e-6);
}

TEST_P(Readings, LostAndBack) {
  Engine engine = make(two_sensors(), isa());
  tick(engine, 0, 8, 4);
  tick(engine, 1, kNaN, 4);
  EXPECT_EQ(engine.results().flags[0] & lost(0), 0u) << "a second old is not older than lost_after";
  tick(engine, 1.25, kNaN, 4);
  EXPECT_EQ(engine.results().flags[0] & 0xFFFF0000u, lost(0));
  EXPECT_EQ(engine.results().changes[0], lost(0)) << "sensor-lost";
  EXPECT_EQ(engine.results().fused[0], 4) << "it takes no part";
  EXPECT_EQ(engine.results().confidence[0], 0.75f) << "freshness: 3 of 4";
  EXPECT_EQ(engine.statistics().changed_agents, 1u);
  tick(engine, 2, kNaN, 4);
  EXPECT_EQ(engine.results().flags[0] & lost(0), lost(0));
  EXPECT_EQ(engine.results().changes[0], 0u) << "said once";
  tick(engine, 3, 0, 4);
  EXPECT_EQ(engine.results().flags[0] & lost(0), 0u);
  EXPECT_EQ(engine.results().changes[0], lost(0)) << "sensor-back";
  EXPECT_EQ(engine.results().fused[0], 3);
}

TEST_P(Readings, LostAfterForOne) {
  Config config = two_sensors();
  config.modalities = {{.name = "b", .lost_after = 5}};
  Engine engine = make(config, isa());
  tick(engine, 0, 8, 4);
  tick(engine, 3, kNaN, kNaN);
  EXPECT_EQ(engine.results().flags[0] & 0xFFFF0000u, lost(0));
  tick(engine, 5.5, kNaN, kNaN);
  EXPECT_EQ(engine.results().flags[0] & 0xFFFF0000u, lost(0) | lost(1));
  EXPECT_EQ(engine.results().changes[0], lost(1) | flag::blind);
}

TEST_P(Readings, LostAfterNothingAndNever) {
  Config config = two_sensors();
  config.modalities = {{.name = "a", .lost_after = 0},
                       {.name = "b", .lost_after = std::numeric_limits<double>::infinity()}};
  Engine engine = make(config, isa());
  tick(engine, 0, 8, 4);
  tick(engine, 0, kNaN, kNaN);
  EXPECT_EQ(engine.results().flags[0] & 0xFFFF0000u, 0u) << "no time has passed";
  tick(engine, 1e-9, kNaN, kNaN);
  EXPECT_EQ(engine.results().flags[0] & 0xFFFF0000u, lost(0));
  tick(engine, 1e300, kNaN, kNaN);
  EXPECT_EQ(engine.results().flags[0] & 0xFFFF0000u, lost(0));
}

TEST_P(Readings, UnseenIsNoEvent) {
  Engine engine = make(two_sensors(), isa());
  tick(engine, 0, kNaN, kNaN);
  EXPECT_EQ(engine.results().flags[0], flag::active | flag::blind) << "never seen anything: blind, nothing lost";
  EXPECT_EQ(engine.results().changes[0], 0u);
  EXPECT_EQ(engine.results().confidence[0], 0);
  tick(engine, 100, kNaN, 4);
  EXPECT_EQ(engine.results().flags[0], std::uint32_t{flag::active})
      << "a is unseen, not lost; one sample is neither scored nor predicted";
  EXPECT_EQ(engine.results().changes[0], 0u) << "the first sight is no event";
  EXPECT_EQ(engine.results().fused[0], 4);
  tick(engine, 200, 8, 4);
  EXPECT_EQ(engine.results().changes[0], 0u);
  EXPECT_EQ(engine.results().fused[0], 5);
}

TEST_P(Readings, BlindHoldsFusedAndLearnsNothing) {
  Config config = two_sensors();
  config.detection.min_samples = 2;
  Engine engine = make(config, isa());
  for (int t = 0; t < 6; ++t) tick(engine, t * 0.5, static_cast<float>(t), static_cast<float>(t));
  const float mean = engine.results().anomaly.mean[0];
  EXPECT_EQ(mean, 2.5f);
  tick(engine, 10, kNaN, kNaN);
  const Results results = engine.results();
  EXPECT_EQ(results.flags[0], flag::active | flag::blind | lost(0) | lost(1));
  EXPECT_EQ(results.changes[0], flag::blind | lost(0) | lost(1));
  EXPECT_EQ(results.fused[0], 5) << "held";
  EXPECT_EQ(results.confidence[0], 0);
  for (const float value :
       {results.anomaly.z[0], results.anomaly.score[0], results.anomaly.mean[0], results.anomaly.deviation[0],
        results.prediction.values[0][0], results.prediction.confidence[0], results.prediction.trend[0]}) {
    EXPECT_EQ(value, 0) << "no value";
  }
  for (int t = 0; t < 30; ++t) EXPECT_OK(engine.tick(11 + t));
  tick(engine, 50, 6, 6);
  EXPECT_EQ(results.flags[0] & (flag::blind | flag::anomaly), 0u);
  EXPECT_EQ(results.changes[0], flag::blind | lost(0) | lost(1)) << "blind-end, and both are back";
  EXPECT_NEAR(results.anomaly.mean[0], 3, 1e-6) << "0 .. 6: the blind ticks are not in the window";
}

TEST_P(Readings, ADropoutIsNoAnomaly) {
  Engine engine = make(two_sensors(), isa());
  for (int t = 0; t < 40; ++t) tick(engine, t, 0.5f + 0.01f * static_cast<float>(t % 3), 0.5f);
  for (int t = 40; t < 60; ++t) {
    tick(engine, t, kNaN, kNaN);
    EXPECT_EQ(engine.results().flags[0] & flag::anomaly, 0u);
    EXPECT_EQ(engine.results().anomaly.severity[0], 0);
  }
  tick(engine, 60, 0.51f, 0.5f);
  EXPECT_EQ(engine.results().flags[0] & flag::anomaly, 0u);
  EXPECT_TRUE(engine.results().flags[0] & flag::scored);
}

TEST_P(Readings, AModalityLivesByAnyOfItsFeatures) {
  Config config;
  config.channels = {{.name = "a.x", .scale = 1}, {.name = "a.y", .scale = 1}, {.name = "a.unused", .feature = false}};
  Engine engine = make(config, isa());
  engine.sensors("a.x")[0] = 4;
  engine.sensors("a.unused")[0] = 1;
  EXPECT_OK(engine.tick(0));
  EXPECT_EQ(engine.results().fused[0], 4) << "a.y was never read: it takes no part";
  engine.sensors("a.x")[0] = kNaN;
  engine.sensors("a.y")[0] = 8;
  EXPECT_OK(engine.tick(5));
  EXPECT_EQ(engine.results().flags[0] & lost(0), 0u);
  EXPECT_EQ(engine.results().fused[0], 6) << "a.x keeps its reading";
  engine.sensors("a.y")[0] = kNaN;
  EXPECT_OK(engine.tick(10));
  EXPECT_EQ(engine.results().flags[0] & lost(0), lost(0)) << "a channel that is no feature keeps nothing alive";
}

}  // namespace
}  // namespace sensorium::test
