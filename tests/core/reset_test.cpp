// reset() and reset_agent(): as after create(), to the bit.
#include "core/support.h"

namespace sensorium::test {
namespace {

class Reset : public PerIsa {
 protected:
  static Config config(std::uint32_t agents) {
    Config made = {.agents = agents};
    made.modalities = {{.name = "lidar", .hold = Hold::once}, {.name = "visual", .half_life = 0.5}};
    return made;
  }
  static void run(Engine& engine, int ticks, double from, std::uint64_t seed = 4) {
    for (int t = 0; t < ticks; ++t) {
      ASSERT_OK(write_classic_load(engine, seed, Load::mixed));
      ASSERT_OK(engine.tick(from + t * 0.1));
    }
  }
};
SENSORIUM_EACH_ISA(Reset);

TEST_P(Reset, LeavesTheBytesOfANewEngine) {
  const Engine fresh = make(config(37), isa());
  Engine engine = make(config(37), isa());
  run(engine, 60, 1e6);
  EXPECT_FALSE(same_bytes(state_bytes(engine), state_bytes(fresh)));
  engine.reset();
  EXPECT_TRUE(same_bytes(state_bytes(engine), state_bytes(fresh)));
  EXPECT_EQ(engine.statistics().cycles, 0u);
  for (const float reading : engine.sensors("visual.objects")) EXPECT_TRUE(std::isnan(reading));
  for (const std::uint8_t active : engine.active()) EXPECT_EQ(active, 1);
}

TEST_P(Reset, RunsLikeANewEngine) {
  Engine fresh = make(config(37), isa());
  Engine engine = make(config(37), isa());
  run(engine, 60, 1e6);
  engine.reset();
  run(engine, 60, -5);
  run(fresh, 60, -5);
  EXPECT_TRUE(same_bytes(state_bytes(engine), state_bytes(fresh)));
}

TEST_P(Reset, OfAnAgentIsANewAgentAmongOldOnes) {
  constexpr std::uint32_t kAgents = 40;
  for (const std::uint32_t agent : {0u, 7u, 15u, 16u, 39u}) {
    SCOPED_TRACE(agent);
    Engine engine = make(config(kAgents), isa()), untouched = make(config(kAgents), isa());
    run(engine, 47, 3);
    run(untouched, 47, 3);
    ASSERT_OK(engine.reset_agent(agent));
    for (const std::uint32_t value : row_words(engine, agent)) EXPECT_EQ(value, 0u);
    EXPECT_TRUE(std::isnan(engine.sensors("imu.accel_x")[agent]));
    EXPECT_EQ(engine.active()[agent], 1);

    // From here on it is the one agent of a new engine; the others never noticed.
    Engine newcomer = make(config(1), isa());
    for (int t = 0; t < 50; ++t) {
      ASSERT_OK(write_classic_load(engine, 4, Load::mixed));
      ASSERT_OK(write_classic_load(untouched, 4, Load::mixed));
      newcomer.active()[0] = engine.active()[agent];
      for (const ChannelOptions& channel : classic_channels()) {
        newcomer.sensors(channel.name.view())[0] = engine.sensors(channel.name.view())[agent];
      }
      const double seconds = 8 + t * 0.1;
      ASSERT_OK(engine.tick(seconds));
      ASSERT_OK(untouched.tick(seconds));
      ASSERT_OK(newcomer.tick(seconds));
      for (std::uint32_t i = 0; i < kAgents; ++i) {
        const std::string difference =
            i == agent ? first_difference(engine, i, newcomer, 0) : first_difference(engine, i, untouched, i);
        ASSERT_EQ(difference, "") << "tick " << t << ", agent " << i;
      }
    }
  }
}

TEST_P(Reset, OfAnAgentThatIsNot) {
  Engine engine = make(config(17), isa());
  run(engine, 5, 0);
  const auto before = state_bytes(engine);
  for (const std::uint32_t agent : {17u, 31u, 32u, 0xFFFFFFFFu}) {
    const Error error = engine.reset_agent(agent);
    EXPECT_EQ(error.code, ErrorCode::agent_out_of_range) << words(error);
    EXPECT_NE(error.expected.view().find("0 to 16"), std::string_view::npos) << error.expected.bytes;
    EXPECT_EQ(error.got.view(), std::to_string(agent));
  }
  EXPECT_TRUE(same_bytes(state_bytes(engine), before));
}

TEST_P(Reset, OfAnAgentDoesNotCountTheOthersAnew) {
  Engine engine = make(config(17), isa());
  run(engine, 50, 0);
  const Statistics before = engine.statistics();
  ASSERT_OK(engine.reset_agent(3));
  EXPECT_EQ(engine.statistics().cycles, before.cycles);
  EXPECT_EQ(engine.statistics().anomalies, before.anomalies);
  EXPECT_EQ(engine.tick(before.time - 1).code, ErrorCode::time_backwards);
}

}  // namespace
}  // namespace sensorium::test
