// Circular and categorical channels: their kernels against their twins on every ISA, their features by name and by hand.
#include "core/kernel_support.h"
#include "reference/textbook.h"

namespace sensorium::test {
namespace {

// A channel's features of a tile.
struct alignas(64) Features {
  float at[kMaxCategories][kRows];
};

class Kinds : public PerRows {};

// How far f32 may put the angle of a reading off: by the rounding of its distance to the offset and of whole quarters, half a step
// each at that size, and by 2e-7 of its own.
double angle_off(float input, const ChannelOptions& channel) {
  const double distance = double{input} - double{channel.offset};
  return 2e-7 + 2 * M_PI / channel.period * std::fabs(distance) * 0x1p-23;
}

void check_circular(const Probe& probe, Mask all, Random& random, const std::function<float()>& draw,
                    const ChannelOptions& channel) {
  const Mask active = all & any_rows(random);
  const bool once = random.chance(0.5);
  Lanes input, before;
  Features features;
  for (std::uint32_t row = 0; row < kRows; ++row) {
    input[row] = before[row] = draw();
    features.at[0][row] = features.at[1][row] = 7;
  }
  const Mask read = probe.read_circular(input.at, active, channel, once, features.at[0]);
  for (std::uint32_t row = 0; row < kRows; ++row) {
    SCOPED_TRACE(testing::Message() << "input " << before[row] << ", offset " << channel.offset << ", period "
                                    << channel.period);
    const bool expected = holds(active, row) && std::isfinite(before[row]);
    ASSERT_EQ(holds(read, row), expected);
    const float sine = features.at[0][row], cosine = features.at[1][row];
    EXPECT_EQ(bits(input[row]), expected && once ? bits(kNaN) : bits(before[row]));
    if (!expected) {
      EXPECT_EQ(sine, 7);
      EXPECT_EQ(cosine, 7);
      continue;
    }
    ASSERT_TRUE(std::fabs(sine) <= 1 && std::fabs(cosine) <= 1) << sine << " " << cosine;
    EXPECT_NEAR(double{sine} * sine + double{cosine} * cosine, 1, 4e-7);
    EXPECT_FALSE(sine == 0 && std::signbit(sine)) << "-0";
    // Where f32 cannot tell on which side of the limit it is, it may be either.
    const double turns = std::fabs((double{before[row]} - double{channel.offset}) / channel.period);
    if (std::fabs(turns / 1048576 - 1) < 1e-6) continue;
    const double angle = reference::angle(before[row], channel);
    const double off = turns < 1048576 ? angle_off(before[row], channel) : 0;
    EXPECT_NEAR(sine, std::sin(angle), off);
    EXPECT_NEAR(cosine, std::cos(angle), off);
  }
}

ChannelOptions circular(double period, float offset) {
  return {.name = "x", .kind = Kind::circular, .offset = offset, .period = period};
}

TEST_P(Kinds, CircularTwin) {
  for (const Probe* probe : probes()) {
    SCOPED_TRACE(probe->isa);
    Random random(31);
    for (std::uint32_t round = 0; round < 60; ++round) {
      constexpr double kPeriods[] = {360, 24, 12, 2 * M_PI, 1, 86400, 1e-6, 1e9};
      const double period =
          random.chance(0.5) ? kPeriods[random.below(std::size(kPeriods))] : std::pow(10, random.between(-6, 9));
      const ChannelOptions channel =
          circular(period, random.chance(0.5) ? 0.0f : random.value(-2 * period, 2 * period));
      const double reach = period * std::pow(10, random.between(-3, 5));
      const auto draw = [&] { return random.chance(0.1) ? kNaN : random.value(-reach, reach); };
      for (std::uint32_t tile = 0; tile < tiles(); ++tile) check_circular(*probe, rows(tile), random, draw, channel);
    }
  }
}

TEST_P(Kinds, CircularOfHostileInputs) {
  for (const Probe* probe : probes()) {
    SCOPED_TRACE(probe->isa);
    Random random(32);
    for (std::uint32_t round = 0; round < 60; ++round) {
      const float offset = std::clamp(random.chance(0.3) ? random.hostile() : random.any_size(), -kFloatMax, kFloatMax);
      const ChannelOptions channel =
          circular(std::pow(10, random.between(-6, 9)), std::isfinite(offset) ? offset : kFloatMax);
      const auto draw = [&] { return random.chance(0.5) ? random.hostile() : random.any_size(); };
      for (std::uint32_t tile = 0; tile < tiles(); ++tile) check_circular(*probe, rows(tile), random, draw, channel);
    }
  }
}

// The error that reading.h states, where a reading is exact: whole and half degrees, once around and a thousand times.
TEST(KindsError, CircularIsWithinItsStatedError) {
  for (const Probe* probe : probes()) {
    double worst = 0;
    for (const double period : {360.0, 2 * M_PI}) {
      const ChannelOptions channel = circular(period, 0);
      Lanes input;
      Features features;
      for (std::int32_t half = -720'000; half < 720'000; half += kRows) {
        for (std::uint32_t row = 0; row < kRows; ++row)
          input[row] = static_cast<float>(period / 720 * (half + static_cast<std::int32_t>(row)));
        probe->read_circular(input.at, 0xFFFF, channel, false, features.at[0]);
        for (std::uint32_t row = 0; row < kRows; ++row) {
          const double angle = reference::angle(input[row], channel);
          worst = std::max({worst, std::fabs(features.at[0][row] - std::sin(angle)),
                            std::fabs(features.at[1][row] - std::cos(angle))});
        }
      }
    }
    EXPECT_LE(worst, 2e-7) << probe->isa;
    RecordProperty(std::string("error_") + probe->isa, std::to_string(worst * 1e9) + "e-9");
  }
}

TEST_P(Kinds, CategoricalTwin) {
  for (const Probe* probe : probes()) {
    SCOPED_TRACE(probe->isa);
    Random random(33);
    for (std::uint32_t round = 0; round < 60; ++round) {
      const ChannelOptions channel = {.name = "x", .kind = Kind::categorical, .categories = 2 + random.below(31)};
      for (std::uint32_t tile = 0; tile < tiles(); ++tile) {
        const Mask active = rows(tile) & any_rows(random);
        const bool once = random.chance(0.5);
        Lanes input, before;
        Features features;
        for (std::uint32_t row = 0; row < kRows; ++row) {
          const std::uint32_t choice = random.below(4);
          input[row] = before[row] = choice == 0   ? random.hostile()
                                     : choice == 1 ? random.value(-2, channel.categories + 1.0)
                                     : choice == 2
                                         ? static_cast<float>(random.below(channel.categories))
                                         : static_cast<float>(random.below(2 * channel.categories)) / 2 - 0.5f;
          for (std::uint32_t i = 0; i < channel.categories; ++i) features.at[i][row] = 7;
        }
        const Mask read = probe->read_categorical(input.at, active, channel.categories, once, features.at[0]);
        for (std::uint32_t row = 0; row < kRows; ++row) {
          const auto expected = holds(active, row) ? reference::features(before[row], channel) : std::nullopt;
          ASSERT_EQ(holds(read, row), expected.has_value());
          EXPECT_EQ(bits(input[row]), expected && once ? bits(kNaN) : bits(before[row]));
          for (std::uint32_t i = 0; i < channel.categories; ++i)
            ASSERT_EQ(features.at[i][row], expected ? (*expected)[i] : 7) << "category " << i << " of " << before[row];
        }
      }
    }
  }
}

SENSORIUM_ROWS(Kinds);

TEST(KindsSameBits, OnEveryIsa) {
  if (probes().size() < 2) GTEST_SKIP() << "only one instruction set to compare here";
  Random random(34);
  for (std::uint32_t round = 0; round < 4000; ++round) {
    const ChannelOptions channel =
        circular(std::pow(10, random.between(-6, 9)), random.chance(0.5) ? 0 : random.value(-5, 5));
    Lanes input;
    for (std::uint32_t row = 0; row < kRows; ++row)
      input[row] = random.chance(0.3) ? random.any_size() : random.value(-400, 400);
    Features expected = {}, got = {};
    probes()[0]->read_circular(input.at, 0xFFFF, channel, false, expected.at[0]);
    for (const Probe* probe : probes()) {
      probe->read_circular(input.at, 0xFFFF, channel, false, got.at[0]);
      for (std::uint32_t row = 0; row < 2 * kRows; ++row)
        ASSERT_EQ(bits(got.at[row / kRows][row % kRows]), bits(expected.at[row / kRows][row % kRows]))
            << probe->isa << " at " << input[row % kRows];
    }
  }
}

class KindsEngine : public PerIsa {};
SENSORIUM_EACH_ISA(KindsEngine);

Config weather() {
  return {.readings = {.columns = true},
          .channels = {{.name = "wind.direction", .kind = Kind::circular, .period = 360},
                       {.name = "wind.speed", .scale = 0.1f},
                       {.name = "audio.event", .kind = Kind::categorical, .categories = 3},
                       {.name = "hour", .kind = Kind::circular, .offset = 6, .period = 24, .feature = true}},
          .network = {.layers = {}}};
}

TEST_P(KindsEngine, FeaturesByNameInTheOrderOfTheChannels) {
  const Engine engine = make(weather(), isa());
  const std::vector<std::string> expected = {"wind.direction.sin", "wind.direction.cos", "wind.speed", "audio.event=0",
                                             "audio.event=1",      "audio.event=2",      "hour.sin",   "hour.cos"};
  ASSERT_EQ(engine.features(), expected.size());
  for (std::uint32_t f = 0; f < engine.features(); ++f) EXPECT_EQ(engine.feature(f), expected[f]);
  EXPECT_EQ(engine.feature(8), "");
}

TEST_P(KindsEngine, ValuesByHand) {
  Engine engine = make(weather(), isa());
  engine.sensors("wind.direction")[0] = 450;  // 90 degrees, once around
  engine.sensors("wind.speed")[0] = 5;
  engine.sensors("audio.event")[0] = 2;
  engine.sensors("hour")[0] = 0;  // six hours before the offset
  ASSERT_OK(engine.tick(0));
  const Results results = engine.results();
  const float expected[] = {1, 0, 0.5f, 0, 0, 1, -1, 0};
  for (std::uint32_t f = 0; f < 8; ++f) EXPECT_EQ(results.held[f][0], expected[f]) << engine.feature(f);
  EXPECT_EQ(results.fused[0], 0.5f) << "sines and categories have no weight unless they are given one";
  for (std::uint32_t f = 0; f < 8; ++f) EXPECT_EQ(results.weight[f][0], f == 2 ? 1 : 0);
  for (std::uint32_t m = 0; m < 3; ++m) EXPECT_EQ(results.age[m][0], 0);

  engine.sensors("audio.event")[0] = 7;
  engine.sensors("hour")[0] = kNaN;
  ASSERT_OK(engine.tick(1));
  for (std::uint32_t f = 3; f < 6; ++f) EXPECT_EQ(results.held[f][0], 0) << "an unknown category is a reading of none";
  EXPECT_EQ(results.age[1][0], 0);
  EXPECT_EQ(results.held[6][0], -1) << "held";
  EXPECT_EQ(results.age[2][0], 1);
}

TEST_P(KindsEngine, AGivenWeightIsEachFeatures) {
  Config config = weather();
  config.channels[0].weight = 0.5f;
  config.channels[2].weight = 1;
  Engine engine = make(config, isa());
  for (const char* channel : {"wind.direction", "wind.speed", "audio.event", "hour"}) engine.sensors(channel)[0] = 1;
  engine.sensors("wind.direction")[0] = 180;
  ASSERT_OK(engine.tick(0));
  // (0.5 * 0 + 0.5 * -1 + 1 * 0.1 + 0 + 1 + 0) / (0.5 + 0.5 + 1 + 3)
  EXPECT_NEAR(engine.results().fused[0], 0.6 / 5, 1e-7);
}

// A tile all of whose rows read takes a quicker way: the same bits as beside a row that does not.
TEST_P(KindsEngine, ASettledTileHasTheBitsOfAnyOther) {
  Config config = weather();
  config.agents = 32;
  for (ChannelOptions& channel : config.channels) channel.weight = 0.25f;
  for (const Hold hold : {Hold::latch, Hold::once}) {
    config.readings.hold = hold;
    Engine engine = make(config, isa());
    Random random(35);
    for (int t = 0; t < 30; ++t) {
      for (const ChannelOptions& channel : config.channels) {
        const auto column = engine.sensors(channel.name.view());
        for (std::uint32_t i = 0; i < 16; ++i) column[i] = column[16 + i] = random.value(-500, 500);
      }
      engine.active()[31] = 0;
      ASSERT_OK(engine.tick(t));
      for (std::uint32_t i = 0; i < 15; ++i) ASSERT_EQ(first_difference(engine, i, engine, 16 + i), "") << "tick " << t;
    }
  }
}

TEST_P(KindsEngine, ColumnsAreThereOnlyWhereAskedFor) {
  const Engine engine = make({}, isa());
  for (const char* name : {"results.held", "results.age", "results.weight"})
    EXPECT_EQ(engine.find_column(name), nullptr);
  EXPECT_EQ(engine.results().held[0], nullptr);
  EXPECT_EQ(engine.results().age[0], nullptr);
  EXPECT_EQ(engine.results().weight[0], nullptr);
  Config config;
  config.readings.columns = true;
  const Engine more = make(config, isa());
  EXPECT_EQ(more.find_column("results.held")->planes, 4u);
  EXPECT_EQ(more.find_column("results.age")->planes, 4u);
  EXPECT_EQ(more.results().age[0][0], -1) << "before any tick";
  EXPECT_EQ(more.results().held[3][0], 0);
  EXPECT_EQ(more.results().held[4], nullptr);
}

TEST_P(KindsEngine, ColumnsByHand) {
  Config config = {.readings = {.lost_after = 5, .half_life = 2, .columns = true},
                   .channels = {{.name = "a.x", .scale = 1, .weight = 1},
                                {.name = "b.x", .scale = 2, .weight = 3},
                                {.name = "c.note", .feature = false}},
                   .network = {.layers = {}}};
  Engine engine = make(config, isa());
  const Results results = engine.results();
  engine.sensors("a.x")[0] = 8;
  ASSERT_OK(engine.tick(10));
  EXPECT_EQ(results.held[0][0], 8);
  EXPECT_EQ(results.held[1][0], 0) << "never read";
  EXPECT_EQ(results.age[0][0], 0);
  EXPECT_EQ(results.age[1][0], -1);
  EXPECT_EQ(results.age[2][0], -1) << "nobody looks at it";
  EXPECT_EQ(results.weight[0][0], 1);
  EXPECT_EQ(results.weight[1][0], 0);
  engine.sensors("a.x")[0] = kNaN;
  engine.sensors("b.x")[0] = 4;
  ASSERT_OK(engine.tick(14));
  EXPECT_EQ(results.held[0][0], 8);
  EXPECT_EQ(results.held[1][0], 8);
  EXPECT_EQ(results.age[0][0], 4);
  EXPECT_EQ(results.age[1][0], 0);
  EXPECT_EQ(results.weight[0][0], 0.25f) << "two half-lives";
  EXPECT_EQ(results.weight[1][0], 3);
  ASSERT_OK(engine.tick(16));
  EXPECT_EQ(results.age[0][0], 6);
  EXPECT_EQ(results.weight[0][0], 0) << "lost";
  EXPECT_EQ(results.held[0][0], 8);
}

}  // namespace
}  // namespace sensorium::test
