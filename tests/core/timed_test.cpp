// Columns of times: when a reading was measured. Numbers by hand, and the kernels by row.
#include "core/kernel_support.h"
#include "core/random_config.h"

namespace sensorium::test {
namespace {

constexpr std::uint32_t lost(std::uint32_t modality) { return 1u << (kLostShift + modality); }
constexpr double kNever = std::numeric_limits<double>::quiet_NaN();
constexpr double kForever = std::numeric_limits<double>::infinity();

// a says when it was measured, b does not.
Config timed(Hold hold = Hold::latch) {
  return {.readings = {.hold = hold, .lost_after = 2, .columns = true},
          .channels = {{.name = "a.x", .scale = 1}, {.name = "b.x", .scale = 1, .weight = 0}},
          .modalities = {{.name = "a", .timed = true}},
          .network = {.layers = {}}};
}

class Timed : public PerIsa {
 protected:
  // A tick with a reading of a, measured at `measured`.
  static void tick(Engine& engine, double seconds, float reading, double measured) {
    engine.sensors("a.x")[0] = reading;
    engine.sensor_times("a")[0] = measured;
    EXPECT_OK(engine.tick(seconds));
  }
  static float held(const Engine& engine) { return engine.results().held[0][0]; }
  static float age(const Engine& engine) { return engine.results().age[0][0]; }
};
SENSORIUM_EACH_ISA(Timed);

TEST_P(Timed, TheColumnIsThereOnlyWhereAskedFor) {
  Engine engine = make(timed(), isa());
  ASSERT_EQ(engine.sensor_times("a").size(), 1u);
  EXPECT_TRUE(std::isnan(engine.sensor_times("a")[0]));
  EXPECT_TRUE(engine.sensor_times("b").empty());
  EXPECT_TRUE(engine.sensor_times("nobody").empty());
  EXPECT_TRUE(engine.sensors("a.time").empty()) << "it is no channel";
  Config all = timed();
  all.readings.timed = true;
  EXPECT_EQ(make(all, isa()).sensor_times("b").size(), 1u);
}

TEST_P(Timed, AgeCountsFromTheMeasurement) {
  Engine engine = make(timed(), isa());
  tick(engine, 10, 5, 9.5);
  EXPECT_EQ(held(engine), 5);
  EXPECT_EQ(age(engine), 0.5f);
  // Latched, with the same time: the same reading, which grows old.
  ASSERT_OK(engine.tick(11));
  EXPECT_EQ(age(engine), 1.5f);
  EXPECT_EQ(engine.results().flags[0] & lost(0), 0u);
  ASSERT_OK(engine.tick(11.75));
  EXPECT_EQ(engine.results().changes[0], lost(0) | flag::blind) << "2.25 s old";
  tick(engine, 12, 6, 11);
  EXPECT_EQ(engine.results().changes[0], lost(0) | flag::blind) << "back";
  EXPECT_EQ(held(engine), 6);
  EXPECT_EQ(age(engine), 1);
}

TEST_P(Timed, OlderThanWhatIsHeldIsLeftOut) {
  Engine engine = make(timed(), isa());
  tick(engine, 10, 5, 9);
  tick(engine, 10, 7, 8.9);
  EXPECT_EQ(held(engine), 5);
  EXPECT_EQ(age(engine), 1);
  EXPECT_EQ(engine.sensors("a.x")[0], 7) << "latch leaves the column as it is";
  tick(engine, 10, 8, 9);
  EXPECT_EQ(held(engine), 8) << "of the same time: it counts";
  // A late one does not keep alive what is silent.
  tick(engine, 11.5, 9, 8);
  EXPECT_EQ(engine.results().flags[0] & lost(0), lost(0));
  EXPECT_EQ(held(engine), 8);
}

TEST_P(Timed, NoTimeAndTimesAheadAreNow) {
  for (const double none : {kNever, kForever, -kForever, 10.5}) {
    Engine engine = make(timed(), isa());
    tick(engine, 10, 5, none);
    EXPECT_EQ(held(engine), 5);
    EXPECT_EQ(age(engine), 0) << none;
    tick(engine, 10.25, 6, 9);
    EXPECT_EQ(held(engine), 5) << "measured before 10 s";
  }
}

TEST_P(Timed, ATimeAheadStandsUntilItIsReached) {
  Engine engine = make(timed(), isa());
  tick(engine, 10, 5, 11);
  ASSERT_OK(engine.tick(10.5));
  EXPECT_EQ(age(engine), 0);
  ASSERT_OK(engine.tick(12));
  EXPECT_EQ(age(engine), 1) << "as of 11 s";
}

TEST_P(Timed, OnceTakesTheTimeToo) {
  Engine engine = make(timed(Hold::once), isa());
  tick(engine, 10, 5, 9);
  EXPECT_TRUE(std::isnan(engine.sensors("a.x")[0]));
  EXPECT_TRUE(std::isnan(engine.sensor_times("a")[0]));
  tick(engine, 10, 6, 8);
  EXPECT_EQ(held(engine), 5);
  EXPECT_TRUE(std::isnan(engine.sensors("a.x")[0])) << "too late, and taken all the same";
  EXPECT_TRUE(std::isnan(engine.sensor_times("a")[0]));
  // A time without a reading waits for one; what is no reading stays, too.
  tick(engine, 10, kInfinity, 9.5);
  EXPECT_EQ(engine.sensor_times("a")[0], 9.5);
  EXPECT_EQ(engine.sensors("a.x")[0], kInfinity);
  EXPECT_EQ(age(engine), 1);
}

TEST_P(Timed, AFirstReadingMayBeLostAtOnce) {
  Engine engine = make(timed(), isa());
  tick(engine, 10, 5, 0);
  EXPECT_EQ(engine.results().flags[0], flag::active | flag::blind | lost(0));
  EXPECT_EQ(engine.results().changes[0], lost(0));
  EXPECT_EQ(age(engine), 10);
  EXPECT_EQ(engine.results().weight[0][0], 0);
  tick(engine, 10, 6, 9);
  EXPECT_EQ(engine.results().changes[0], lost(0)) << "back; the first sight is no event";
  EXPECT_EQ(engine.results().fused[0], 6);
}

TEST_P(Timed, WeightHalvesFromTheMeasurement) {
  Config config = timed();
  config.readings.half_life = 0.5;
  Engine engine = make(config, isa());
  tick(engine, 10, 5, 9);
  EXPECT_EQ(engine.results().weight[0][0], 0.25f);
  EXPECT_EQ(engine.results().confidence[0], 0.25f);
  EXPECT_EQ(engine.results().fused[0], 5);
}

TEST_P(Timed, ASleeperKeepsItsTimeAndIsJudgedWhenItWakes) {
  Engine engine = make(timed(Hold::once), isa());
  tick(engine, 10, 5, 9);
  engine.active()[0] = 0;
  tick(engine, 20, 6, 19);
  EXPECT_EQ(engine.sensors("a.x")[0], 6) << "its reading waits";
  EXPECT_EQ(engine.sensor_times("a")[0], 19);
  EXPECT_EQ(engine.results().flags[0] & lost(0), 0u);
  engine.active()[0] = 1;
  engine.sensors("a.x")[0] = kNaN;
  ASSERT_OK(engine.tick(21));
  EXPECT_EQ(engine.results().changes[0], lost(0) | flag::blind);
  EXPECT_EQ(age(engine), 12);
}

TEST_P(Timed, ANewcomerKnowsNoTime) {
  Engine engine = make(timed(), isa());
  tick(engine, 10, 5, 9.5);
  ASSERT_OK(engine.reset_agent(0));
  EXPECT_TRUE(std::isnan(engine.sensor_times("a")[0]));
  EXPECT_EQ(age(engine), -1);
  tick(engine, 10, 6, 9);
  EXPECT_EQ(held(engine), 6) << "older than what another agent of this row held";
  engine.reset();
  EXPECT_TRUE(std::isnan(engine.sensor_times("a")[0]));
  tick(engine, 1, 7, 0.5);
  EXPECT_EQ(held(engine), 7);
}

TEST_P(Timed, AllOfAModalityIsOfOneTime) {
  Config config = timed();
  config.channels = {{.name = "a.x", .scale = 1}, {.name = "a.y", .scale = 1}};
  Engine engine = make(config, isa());
  engine.sensors("a.y")[0] = 3;
  tick(engine, 10, 5, 9);
  engine.sensors("a.y")[0] = 4;
  tick(engine, 10, kNaN, 9.5);
  EXPECT_EQ(engine.results().held[0][0], 5);
  EXPECT_EQ(engine.results().held[1][0], 4);
  EXPECT_EQ(age(engine), 0.5f) << "as old as the newest of any";
  engine.sensors("a.y")[0] = kNaN;
  tick(engine, 10, 6, 9.25);
  EXPECT_EQ(engine.results().held[0][0], 5) << "y was read later";
}

TEST_P(Timed, TimesAtTheEndsOfWhatADoubleCanSay) {
  Engine engine = make(timed(), isa());
  constexpr double kMost = std::numeric_limits<double>::max();
  tick(engine, -1e300, 5, -kMost);
  EXPECT_TRUE(std::isfinite(age(engine)));
  tick(engine, kMost, 5, -kMost);
  EXPECT_EQ(age(engine), kFloatMax);
  EXPECT_EQ(engine.results().flags[0] & lost(0), lost(0));
  EXPECT_TRUE(std::isfinite(engine.results().weight[0][0]));
}

// A row has the bits that it has alone, whoever is beside it in the tile.
TEST_P(Timed, ALoneAgentHasTheBitsItHasAmongMany) {
  for (std::uint32_t seed = 0; seed < 12; ++seed) {
    Random random(3600 + seed);
    RandomConfig made = random_config(random, false);
    made.config.readings.timed = true;
    made.config.readings.columns = true;
    made.config.agents = 40;
    Engine many = make(made.config, isa());
    made.config.agents = 1;
    Engine alone = make(made.config, isa());
    const std::uint32_t watched = random.below(40);
    for (int t = 0; t < 60; ++t) {
      write_times(many, random, t * 0.2);
      for (std::uint32_t i = 0; i < 40; ++i) many.active()[i] = random.chance(0.9);
      for (const ChannelOptions& channel : made.config.channels) {
        for (float& reading : many.sensors(channel.name.view()))
          reading = random.chance(0.3) ? kNaN : random.value(-3, 3);
        alone.sensors(channel.name.view())[0] = many.sensors(channel.name.view())[watched];
      }
      for (std::uint32_t m = 0; m < many.modalities(); ++m)
        alone.sensor_times(many.modality(m))[0] = many.sensor_times(many.modality(m))[watched];
      alone.active()[0] = many.active()[watched];
      ASSERT_OK(many.tick(t * 0.2));
      ASSERT_OK(alone.tick(t * 0.2));
      ASSERT_EQ(first_difference(many, watched, alone, 0), "") << "seed " << seed << ", tick " << t;
    }
  }
}

TEST(TimedKernels, RowByRow) {
  for (const Probe* probe : probes()) {
    SCOPED_TRACE(probe->isa);
    Random random(36);
    for (std::uint32_t round = 0; round < 500; ++round) {
      const double now = random.between(-5, 5), lost_after = random.chance(0.1) ? kForever : random.between(0, 3);
      alignas(64) double column[kRows], held[kRows], before[kRows], measured[kRows];
      const double odd[] = {kNever, kForever, -kForever, now, now + 1, -1e300, 1e300};
      const Mask seen = any_rows(random), fresh = any_rows(random);
      for (std::uint32_t row = 0; row < kRows; ++row) {
        column[row] = random.chance(0.4) ? odd[random.below(std::size(odd))] : random.between(-8, 8);
        held[row] = before[row] =
            random.chance(0.2) && column[row] <= now ? column[row] : std::min(now, random.between(-8, 8));
      }
      const Mask counts = probe->date_readings(column, now, held, seen, measured);
      const Mask late = probe->hold_times(measured, fresh, now, lost_after, held);
      for (std::uint32_t row = 0; row < kRows; ++row) {
        const double expected = std::isfinite(column[row]) && column[row] <= now ? column[row] : now;
        ASSERT_EQ(measured[row], expected);
        ASSERT_EQ(holds(counts, row), !holds(seen, row) || expected >= before[row]);
        ASSERT_EQ(held[row], holds(fresh, row) ? expected : before[row]);
        ASSERT_EQ(holds(late, row), now - held[row] > lost_after);
      }
    }
  }
}

}  // namespace
}  // namespace sensorium::test
