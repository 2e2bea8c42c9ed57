// Rows: inactive ones keep their state and are invisible, and a row's bits never depend on its neighbours.
#include "core/seeded.h"
#include "core/support.h"

namespace sensorium::test {
namespace {

class Rows : public PerIsa {};
SENSORIUM_EACH_ISA(Rows);

// Decaying, consuming and latching modalities, short and long windows: every path a row can take beside its neighbours.
Config mixed(std::uint32_t agents) {
  Config config = {.agents = agents};
  config.readings.lost_after = 0.35;
  config.modalities = {
      {.name = "lidar", .hold = Hold::once}, {.name = "visual", .half_life = 0.5}, {.name = "audio", .lost_after = 2}};
  config.fusion.confidence = Confidence::freshness;
  return config;
}

constexpr const char* kUsed[] = {"visual.objects", "lidar.points", "audio.amplitude", "imu.accel_x"};

TEST_P(Rows, ALoneAgentHasTheBitsItHasAmongAThousand) {
  constexpr std::uint32_t kAgents = 1000;
  constexpr int kTicks = SENSORIUM_LONG_TICKS >= 1'000'000 ? 300 : 50;
  constexpr std::uint32_t kWatched[] = {0, 1, 15, 16, 500, 991, 992, 999};  // 992 .. 999 share a tile half full
  for (const bool fades : {false, true}) {
    const auto config = [&](std::uint32_t agents) { return fades ? mixed(agents) : Config{.agents = agents}; };
    Engine many = make(config(kAgents), isa());
    std::vector<Engine> alone;
    for (std::size_t k = 0; k < std::size(kWatched); ++k) alone.push_back(make(config(1), isa()));
    Random random(20);
    double chance_of_reading = 0.8;
    for (int tick = 0; tick < kTicks; ++tick) {
      // Spells in which everyone reads everything, and spells in which hardly anyone reads anything: tiles take a quicker way
      // through the stages in the former.
      if (tick % 10 == 0) chance_of_reading = random.chance(0.4) ? 1 : random.between(0.05, 1);
      const bool dense = chance_of_reading == 1;
      for (std::uint32_t i = 0; i < kAgents; ++i) {
        many.active()[i] = dense || random.chance(0.85);
        for (const char* channel : kUsed) {
          const double size = channel == kUsed[0] ? 10 : channel == kUsed[1] ? 1500 : 1;
          if (random.chance(chance_of_reading)) many.sensors(channel)[i] = random.value(0, size);
          if (!dense && random.chance(0.2)) many.sensors(channel)[i] = kNaN;
        }
      }
      for (std::size_t k = 0; k < std::size(kWatched); ++k) {
        alone[k].active()[0] = many.active()[kWatched[k]];
        for (const char* channel : kUsed) alone[k].sensors(channel)[0] = many.sensors(channel)[kWatched[k]];
      }
      const double seconds = tick * 0.1;
      ASSERT_OK(many.tick(seconds));
      for (std::size_t k = 0; k < std::size(kWatched); ++k) {
        ASSERT_OK(alone[k].tick(seconds));
        ASSERT_EQ(first_difference(many, kWatched[k], alone[k], 0), "") << "tick " << tick << ", agent " << kWatched[k];
        for (const char* channel : kUsed) {
          ASSERT_EQ(bits(many.sensors(channel)[kWatched[k]]), bits(alone[k].sensors(channel)[0]))
              << channel << " consumed alike";
        }
      }
    }
  }
}

TEST_P(Rows, InactiveRowsKeepStateAndResults) {
  Engine engine = make({.agents = 3}, isa());
  const auto read = [&](float value) {
    for (std::uint32_t i = 0; i < 3; ++i) {
      engine.sensors("visual.objects")[i] = value * 10;
      engine.sensors("lidar.points")[i] = value * 1500;
      engine.sensors("audio.amplitude")[i] = engine.sensors("imu.accel_x")[i] = value;
    }
  };
  for (int t = 0; t < 9; ++t) {
    read(0.1f * static_cast<float>(t));
    ASSERT_OK(engine.tick(t));
  }
  const auto before = row_words(engine, 1);
  engine.active()[1] = 0;
  for (int t = 9; t < 30; ++t) {
    read(0.5f);
    ASSERT_OK(engine.tick(t));
    ASSERT_EQ(row_words(engine, 1), before) << "as it fell asleep";
    ASSERT_EQ(engine.statistics().active_agents, 2u);
  }
  engine.active()[1] = 255;
  read(0.9f);
  ASSERT_OK(engine.tick(30));
  // The window holds 0, 0.1 .. 0.9: nothing of what stood in the inputs while it slept.
  EXPECT_NEAR(engine.results().anomaly.mean[1], 0.45, 1e-6);
  EXPECT_NEAR(engine.results().prediction.trend[1], 0.1, 1e-6);
}

TEST_P(Rows, ASleeperIsNotReadNotConsumedAndNotLost) {
  Config config = {.agents = 2};
  config.readings.hold = Hold::once;
  Engine engine = make(config, isa());
  const auto objects = engine.sensors("visual.objects");
  objects[0] = objects[1] = 5;
  ASSERT_OK(engine.tick(0));
  engine.active()[1] = 0;
  objects[0] = objects[1] = 6;
  ASSERT_OK(engine.tick(10));
  EXPECT_TRUE(std::isnan(objects[0]));
  EXPECT_EQ(objects[1], 6) << "its reading waits";
  EXPECT_EQ(engine.results().fused[1], 0.5f);
  EXPECT_EQ(engine.results().changes[1], 0u);
  ASSERT_OK(engine.tick(20));
  EXPECT_EQ(engine.results().flags[1] >> kLostShift, 0u) << "no event while asleep";

  objects[1] = kNaN;
  engine.active()[1] = 1;
  ASSERT_OK(engine.tick(30));
  EXPECT_EQ(engine.results().changes[1] >> kLostShift, 1u) << "awake, its last reading is 30 s old";
  EXPECT_TRUE(engine.results().flags[1] & flag::blind);
}

TEST_P(Rows, ChangesAreToldOnceAndNotOfSleepers) {
  Config config = {.agents = 17};
  Engine engine = make(config, isa());
  for (float& objects : engine.sensors("visual.objects")) objects = 5;
  ASSERT_OK(engine.tick(0));
  for (float& objects : engine.sensors("visual.objects")) objects = kNaN;
  ASSERT_OK(engine.tick(5));
  for (std::uint32_t i = 0; i < 17; ++i) EXPECT_EQ(engine.results().changes[i], flag::blind | 1u << kLostShift);
  EXPECT_EQ(engine.statistics().changed_agents, 17u);
  // A row that falls asleep just now, alone in its tile or not, does not tell its last change again.
  engine.active()[3] = engine.active()[16] = 0;
  ASSERT_OK(engine.tick(6));
  for (std::uint32_t i = 0; i < 17; ++i) EXPECT_EQ(engine.results().changes[i], 0u) << "agent " << i;
  EXPECT_EQ(engine.statistics().changed_agents, 0u);
}

TEST_P(Rows, AllAsleepIsATick) {
  Engine engine = make({.agents = 33}, isa());
  for (std::uint8_t& active : engine.active()) active = 0;
  for (float& objects : engine.sensors("visual.objects")) objects = 5;
  ASSERT_OK(engine.tick(1));
  EXPECT_EQ(engine.statistics().cycles, 1u);
  EXPECT_EQ(engine.statistics().active_agents, 0u);
  for (std::uint32_t i = 0; i < 33; ++i) {
    for (const std::uint32_t value : row_words(engine, i)) ASSERT_EQ(value, 0u);
  }
}

TEST_P(Rows, NothingIsWrittenBeyondTheLastAgent) {
  Engine engine = make({.agents = 5}, isa());
  // The padding of a column belongs to nobody; a caller may have left anything there.
  for (const char* channel : kUsed) {
    float* column = engine.sensors(channel).data();
    for (std::uint32_t row = 0; row < 16; ++row) column[row] = 0.5f;
  }
  for (std::uint32_t row = 5; row < 16; ++row) engine.active().data()[row] = 1;
  ASSERT_OK(engine.tick(0));
  EXPECT_EQ(engine.statistics().active_agents, 5u);
  for (std::uint32_t row = 5; row < 16; ++row) {
    for (const std::uint32_t value : row_words(engine, row)) ASSERT_EQ(value, 0u);
  }
}

}  // namespace
}  // namespace sensorium::test
