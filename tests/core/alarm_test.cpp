// When events are told: delays, deadbands, acknowledgement. Random ones stand beside the reference in differential_test.cpp.
#include "core/seeded.h"
#include "core/support.h"

namespace sensorium::test {
namespace {

constexpr double kNever = std::numeric_limits<double>::infinity();

class Alarm : public PerIsa {};
SENSORIUM_EACH_ISA(Alarm);

// The channel is lost half a second after its last reading, so at the next tick without one; ticks are a second apart.
Config losing_config(std::uint32_t agents, EventDelays lost, EventDelays blind = {}) {
  Config config = plain_config(agents);
  config.readings = {.hold = Hold::once, .lost_after = 0.5};
  config.events.lost = lost;
  config.events.blind = blind;
  return config;
}

// Ticks once a character: '1' reads, '.' does not. Returns a character a tick: 'b' where `bit` began, 'e' where it ended, else
// '1' or '.' for what the flag shows.
std::string told(Engine& engine, std::string_view readings, std::uint32_t bit, double start = 0,
                 std::uint32_t agent = 0) {
  std::string text;
  for (const char reading : readings) {
    engine.sensors(kPlain)[agent] = reading == '1' ? 1.0f : kNaN;
    EXPECT_OK(engine.tick(start++));
    const Results results = engine.results();
    const bool so = results.flags[agent] & bit;
    text += results.changes[agent] & bit ? (so ? 'b' : 'e') : so ? '1' : '.';
  }
  return text;
}

constexpr std::uint32_t kLost = 1u << kLostShift;

TEST_P(Alarm, BeginsAndEndsAtOnceWithoutDelays) {
  Engine engine = make(losing_config(1, {}), isa());
  EXPECT_EQ(told(engine, "11..11.1", kLost), "..b1e.be");
}

TEST_P(Alarm, BeginsWhenItHasBeenSoForTheOnDelay) {
  Engine engine = make(losing_config(1, {.on_delay = 2}), isa());
  // Two ticks of loss are too few; the second loss is told two seconds after it began, and ends at once.
  EXPECT_EQ(told(engine, "1..1....1..", kLost), "......b1e..");
}

TEST_P(Alarm, EndsWhenItHasBeenGoneForTheOffDelay) {
  Engine engine = make(losing_config(1, {.off_delay = 2}), isa());
  EXPECT_EQ(told(engine, "1.1.11111.", kLost), ".b1111e..b");
}

TEST_P(Alarm, AnInfiniteDelayIsNeverOver) {
  Engine never = make(losing_config(1, {.on_delay = kNever}), isa());
  EXPECT_EQ(told(never, "1....", kLost), ".....");
  EXPECT_OK(never.tick(1e300));
  EXPECT_EQ(never.results().flags[0] & kLost, 0u);
  Engine latched = make(losing_config(1, {.off_delay = kNever}), isa());
  EXPECT_EQ(told(latched, "1.111", kLost), ".b111");
}

TEST_P(Alarm, FusionDoesNotWait) {
  Engine engine = make(losing_config(1, {.on_delay = 5}, {.on_delay = 5}), isa());
  EXPECT_EQ(told(engine, "1.", flag::blind), "..");
  EXPECT_EQ(engine.results().confidence[0], 0.0f);
  EXPECT_EQ(engine.results().flags[0] & flag::scored, 0u);
}

TEST_P(Alarm, BeforeItsFirstReadingAnAgentIsBlindAtOnceAndWithoutAnEvent) {
  Engine engine = make(losing_config(1, {}, {.on_delay = 3, .off_delay = 2}), isa());
  EXPECT_EQ(told(engine, "..11.....1111", flag::blind), "11.....b111e.");
}

TEST_P(Alarm, ASleepingRowStartsItsDelaysAnew) {
  for (const std::uint32_t agents : {1u, 17u}) {
    Engine engine = make(losing_config(agents, {.on_delay = 3}), isa());
    EXPECT_EQ(told(engine, "1..", kLost), "...");
    engine.active()[0] = 0;
    EXPECT_EQ(told(engine, "...", kLost, 3), "...");
    engine.active()[0] = 1;
    EXPECT_EQ(told(engine, "....", kLost, 6), "...b");
  }
}

TEST_P(Alarm, ResetAgentForgetsWhatItWaitsForAndWhatIsTold) {
  Config config = losing_config(20, {.on_delay = 2, .off_delay = 2});
  config.events.acknowledge = true;
  Engine engine = make(config, isa());
  EXPECT_EQ(told(engine, "1....", kLost, 0, 18), "...b1");
  EXPECT_EQ(engine.results().unacknowledged[18], kLost | flag::blind);
  ASSERT_OK(engine.reset_agent(18));
  EXPECT_EQ(engine.results().unacknowledged[18], 0u);
  EXPECT_EQ(told(engine, "1....", kLost, 5, 18), "...b1");
}

TEST_P(Alarm, ADeadbandKeepsAnAnomaly) {
  Config config = plain_config();
  config.detection = {.window = 4, .min_samples = 2, .low = 1.2f, .medium = 1.2f, .high = 1.2f};
  config.events.anomaly.deadband = 0.7f;
  Stream stream(config, isa());
  const auto add = [&](float value) {
    stream.add(value);
    return std::pair(stream.results().flags[0] & flag::anomaly, stream.results().changes[0] & flag::anomaly);
  };
  for (int i = 0; i < 4; ++i) stream.add(0);
  // z is sqrt(3), then 1, then 1 / sqrt(3), then 0: below low from the second on, beyond the deadband at the last.
  EXPECT_EQ(add(1), std::pair(flag::anomaly, flag::anomaly));
  EXPECT_EQ(add(1), std::pair(flag::anomaly, 0u));
  EXPECT_EQ(stream.results().anomaly.severity[0], 0);
  EXPECT_EQ(add(1), std::pair(flag::anomaly, 0u));
  EXPECT_EQ(add(1), std::pair(0u, flag::anomaly));
  EXPECT_EQ(stream.engine().statistics().anomalies, 1u);
}

TEST_P(Alarm, AnAnomalyThatIsNotToldIsNotCounted) {
  Config config = plain_config();
  config.events.anomaly.on_delay = 1;
  Stream stream(config, isa());
  for (int i = 0; i < 40; ++i) stream.add(i == 30 ? 1.0f : 0.0f);
  EXPECT_EQ(stream.engine().statistics().anomalies, 0u);
}

TEST_P(Alarm, AcknowledgedIsWhatSomebodyTookNoticeOf) {
  Config config = losing_config(18, {}, {});
  config.events.acknowledge = true;
  Engine engine = make(config, isa());
  EXPECT_EQ(told(engine, "1.1", kLost, 0, 17), ".be");
  const std::uint32_t* unacknowledged = engine.results().unacknowledged;
  EXPECT_EQ(unacknowledged[17], kLost | flag::blind);
  ASSERT_OK(engine.acknowledge(17, kLost));
  EXPECT_EQ(unacknowledged[17], flag::blind);
  EXPECT_EQ(engine.acknowledge(18).code, ErrorCode::agent_out_of_range);
  engine.acknowledge_all(kLost);
  EXPECT_EQ(unacknowledged[17], flag::blind);
  engine.acknowledge_all();
  EXPECT_EQ(unacknowledged[17], 0u);
  EXPECT_EQ(told(engine, ".", kLost, 3, 17), "b");
  EXPECT_EQ(unacknowledged[17], kLost | flag::blind);
}

TEST_P(Alarm, WithoutTheOptionThereIsNothingToAcknowledge) {
  Engine engine = make(losing_config(1, {}), isa());
  EXPECT_EQ(engine.results().unacknowledged, nullptr);
  EXPECT_EQ(engine.find_column("results.unacknowledged"), nullptr);
  EXPECT_EQ(told(engine, "1.", kLost), ".b");
  EXPECT_OK(engine.acknowledge(0));
  engine.acknowledge_all();
}

TEST(AlarmMemory, WhatIsNotAskedForTakesNone) {
  const auto bytes = [](auto ask) {
    Config config = plain_config(160);
    ask(config.events);
    return *required_bytes(config);
  };
  const std::uint64_t plain = bytes([](EventOptions&) {});
  EXPECT_GT(bytes([](EventOptions& events) { events.anomaly.on_delay = 1; }), plain);
  EXPECT_GE(bytes([](EventOptions& events) { events.acknowledge = true; }), plain + 160 * 4);
  // Nobody looks for neighbours.
  EXPECT_EQ(bytes([](EventOptions& events) { events.neighbor = {1, 1, 1}; }), plain);
}

// Agents that wander about each other, beside what the options' words say, looked up in the columns of the search.
TEST_P(Alarm, NeighboursEnterBelowTheDeadbandAndLeaveBeyondTheRadius) {
  for (const std::uint64_t seed : {1u, 2u, 3u, 4u}) {
    Random random(seed);
    Config config = plain_config(1 + random.below(60));
    config.neighbors = {.k = 1 + random.below(3), .radius = 3, .own_radius = random.chance(0.5)};
    config.events.neighbor = {random.chance(0.5) ? 0 : 0.3, random.chance(0.5) ? 0 : 0.3,
                              random.chance(0.2) ? 0 : random.value(0, 3)};
    const LevelEventDelays& delays = config.events.neighbor;
    Engine engine = make(config, isa());
    const Placement at = engine.placement();
    for (std::uint32_t i = 0; i < config.agents; ++i) {
      for (const auto& axis : at.position) axis[i] = random.value(0, 10);
      if (config.neighbors.own_radius) at.radius[i] = random.chance(0.3) ? kNaN : random.value(0, 6);
    }
    struct Row {
      bool told = false;
      std::optional<double> since;
    };
    std::vector<Row> rows(config.agents);
    std::uint64_t changes = 0;
    for (int t = 0; t < 300; ++t) {
      const double now = t * 0.1;
      for (std::uint32_t i = 0; i < config.agents; ++i) {
        for (const auto& axis : at.position) axis[i] += random.value(-0.3, 0.3);
        engine.active()[i] = random.chance(0.95);
      }
      ASSERT_OK(engine.tick(now));
      const Results results = engine.results();
      for (std::uint32_t i = 0; i < config.agents; ++i) {
        Row& row = rows[i];
        bool changed = false;
        if (engine.active()[i]) {
          const float own = config.neighbors.own_radius && at.radius[i] > 0 ? at.radius[i] : config.neighbors.radius;
          const bool within = results.neighbors.count[i] > 0;
          const bool close =
              within && results.neighbors.distance[i * config.neighbors.k] <= std::max(0.0f, own - delays.deadband);
          if ((row.told ? within : close) == row.told) {
            row.since.reset();
          } else {
            if (!row.since) row.since = now;
            changed = now >= *row.since + (row.told ? delays.off_delay : delays.on_delay);
          }
          if (changed) row = {.told = !row.told, .since = {}};
        } else {
          row.since.reset();
        }
        changes += changed;
        ASSERT_EQ((results.flags[i] & flag::neighbor) != 0, row.told)
            << "seed " << seed << ", agent " << i << ", tick " << t;
        ASSERT_EQ((results.changes[i] & flag::neighbor) != 0, changed)
            << "seed " << seed << ", agent " << i << ", tick " << t;
      }
    }
    if (config.agents > 10) {
      EXPECT_GT(changes, 10u);
    }
  }
}

}  // namespace
}  // namespace sensorium::test
