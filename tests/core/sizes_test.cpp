// Sizes: from one agent to a million, and as many channels, features, modalities, layers and windows as there may be.
#include "core/seeded.h"
#include "core/support.h"
#include "reference/compare.h"

namespace sensorium::test {
namespace {

class Agents : public testing::TestWithParam<std::uint32_t> {};
INSTANTIATE_TEST_SUITE_P(Count, Agents, testing::Values(1, 15, 16, 17, 127, 128, 129, 1000),
                         [](const auto& at) { return std::to_string(at.param); });

TEST_P(Agents, RunBesideTheReference) {
  const Config config = {.agents = GetParam()};
  Engine engine = make(config);
  reference::Comparison beside(config, engine);
  for (int t = 0; t < 40; ++t) {
    ASSERT_OK(write_classic_load(engine, 6, Load::mixed));
    ASSERT_TRUE(beside.tick(engine, t * 0.1));
  }
}

TEST_P(Agents, ColumnsAreWhereTheLayoutSays) {
  Engine engine = make({.agents = GetParam()});
  const std::uint64_t rows = (GetParam() + 15) / 16 * 16;
  std::uint64_t end = 0;
  for (const Column& column : engine.layout()) {
    SCOPED_TRACE(column.name.bytes);
    const std::uint64_t bytes = column.type == ElementType::u8 ? 1 : column.type == ElementType::f64 ? 8 : 4;
    EXPECT_EQ(column.offset % 64, 0u);
    EXPECT_EQ(column.stride % 128, 64u) << "an odd multiple of 64";
    const bool each_agent = column.rows == GetParam();
    EXPECT_GE(column.stride, (each_agent ? rows : column.rows) * column.width * bytes);
    EXPECT_GE(column.offset, end) << "columns do not overlap";
    end = column.offset + column.stride * column.planes;
    EXPECT_LE(end, engine.block().size());
    EXPECT_EQ(engine.find_column(column.name.view()), &column);
  }
  EXPECT_EQ(engine.agents(), GetParam());
  EXPECT_EQ(engine.sensors("lidar.points").size(), GetParam());
  EXPECT_EQ(engine.active().size(), GetParam());
  EXPECT_EQ(*required_bytes({.agents = GetParam()}), engine.block().size());
  EXPECT_TRUE(engine.sensors("no.such").empty());
  EXPECT_EQ(engine.find_column("sensors.no.such"), nullptr);
}

TEST(Million, OneTick) {
  constexpr std::uint32_t kAgents = 1'000'000;
  Result<Engine> created = Engine::create({.agents = kAgents});
  if (!created && created.error().code == ErrorCode::out_of_memory)
    GTEST_SKIP() << "this machine has no memory for a million agents";
  ASSERT_TRUE(created) << words(created.error());
  Engine& engine = *created;
  Random random(21);
  const auto objects = engine.sensors("visual.objects"), amplitude = engine.sensors("audio.amplitude");
  for (std::uint32_t i = 0; i < kAgents; ++i) {
    objects[i] = static_cast<float>(i % 11);
    amplitude[i] = static_cast<float>(i % 7) / 7;
  }
  ASSERT_OK(engine.tick(0));
  EXPECT_EQ(engine.statistics().active_agents, kAgents);
  for (std::uint32_t i = 0; i < kAgents; ++i) {
    const double expected = (0.3 * (i % 11) / 10 + 0.2 * (i % 7) / 7) / 0.5;
    ASSERT_NEAR(engine.results().fused[i], expected, 1e-6) << "agent " << i;
  }
}

// 64 channels of 16 modalities, every second one a feature; windows and horizon at their largest, 4 layers of 64.
Config largest() {
  Config config = {.agents = 35, .channels = {}};
  for (std::uint32_t c = 0; c < kMaxChannels; ++c) {
    const std::string name = "sensor " + std::to_string(c % kMaxModalities) + ".channel " + std::to_string(c);
    config.channels.items[c] = {.name = std::string_view(name),
                                .scale = 0.1f * static_cast<float>(c + 1),
                                .offset = 1,
                                .weight = static_cast<float>(c % 5),
                                .feature = c % 2 == 0 || c >= 60};
  }
  config.channels.count = kMaxChannels;
  std::uint32_t features = 0;
  for (ChannelOptions& channel : config.channels)
    features += channel.feature = channel.feature && features < kMaxFeatures;
  config.network.layers = {{.units = 64},
                           {.units = 64, .activation = Activation::tanh},
                           {.units = 64, .activation = Activation::relu},
                           {.units = 64, .activation = Activation::sigmoid}};
  config.detection.window = kMaxWindow;
  config.prediction = {.window = kMaxWindow, .horizon = kMaxHorizon, .min = -kInfinity, .max = kInfinity};
  return config;
}

TEST(Largest, RunsBesideTheReference) {
  const Config config = largest();
  Engine engine = make(config);
  EXPECT_EQ(engine.modalities(), kMaxModalities);
  EXPECT_EQ(engine.modality(3), "sensor 3");
  EXPECT_EQ(engine.modality(16), "");
  reference::Comparison beside(config, engine, {.rounding = true, .output = 1e-3});
  Random random(22);
  for (int t = 0; t < 300; ++t) {
    for (const ChannelOptions& channel : config.channels) {
      for (float& reading : engine.sensors(channel.name.view()))
        reading = random.chance(0.1) ? kNaN : random.value(-5, 5);
    }
    ASSERT_TRUE(beside.tick(engine, t * 0.1));
  }
}

TEST(Largest, UnusedChannelsAreNeverRead) {
  Config config = largest();
  config.readings.hold = Hold::once;
  Engine one = make(config), other = make(config);
  Random random(23);
  for (int t = 0; t < 20; ++t) {
    for (const ChannelOptions& channel : config.channels) {
      const auto to_one = one.sensors(channel.name.view()), to_other = other.sensors(channel.name.view());
      for (std::uint32_t i = 0; i < config.agents; ++i) {
        to_one[i] = to_other[i] = random.value(-5, 5);
        if (!channel.feature) to_other[i] = random.hostile();
      }
    }
    const auto unused = other.sensors(config.channels[1].name.view());
    const std::vector<float> before(unused.begin(), unused.end());
    ASSERT_FALSE(config.channels[1].feature);
    ASSERT_OK(one.tick(t));
    ASSERT_OK(other.tick(t));
    EXPECT_EQ(std::memcmp(before.data(), unused.data(), before.size() * sizeof(float)), 0) << "nor consumed";
    for (std::uint32_t i = 0; i < config.agents; ++i) ASSERT_EQ(first_difference(one, i, other, i), "");
  }
}

TEST(Smallest, OneChannelNoNetwork) {
  Config config = {.channels = {{.name = "co2"}}, .network = {.layers = {}}};
  config.detection.window = 3;
  config.detection.min_samples = 2;
  config.prediction = {.window = 2, .horizon = 1, .min = -1000, .max = 1000};
  Engine engine = make(config);
  reference::Comparison beside(config, engine);
  EXPECT_EQ(engine.modality(0), "co2");
  EXPECT_EQ(engine.results().output[0], nullptr);
  Random random(24);
  for (int t = 0; t < 30; ++t) {
    engine.sensors("co2")[0] = random.value(-100, 100);
    ASSERT_TRUE(beside.tick(engine, t));
  }
}

}  // namespace
}  // namespace sensorium::test
