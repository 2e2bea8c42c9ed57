// The engine beside its double-precision reference, over seeded configurations of every shape and readings that come and go.
#include "core/random_config.h"
#include "reference/compare.h"

namespace sensorium::test {
namespace {

class Differential : public testing::TestWithParam<std::uint32_t> {};
INSTANTIATE_TEST_SUITE_P(Seed, Differential, testing::Range(0u, 60u),
                         [](const auto& at) { return std::to_string(at.param); });

TEST_P(Differential, EngineAndReferenceAgree) {
  Random random(1000 + GetParam());
  const RandomConfig made = random_config(random, false);
  const std::vector<std::string> all = isas();
  Engine engine = make(made.config, all[GetParam() % all.size()]);
  SCOPED_TRACE(std::string(engine.isa()) + ", " + std::to_string(made.config.agents) + " agents");
  reference::Comparison beside(made.config, engine, {.rounding = true, .output = 1e-4});
  double seconds = random.between(-100, 100);
  double chance_of_reading = 1;
  for (int t = 0; t < 150; ++t) {
    if (t % 30 == 0) chance_of_reading = random.chance(0.4) ? 1 : random.between(0.02, 1);
    const bool dense = chance_of_reading == 1;
    for (std::uint32_t i = 0; i < engine.agents(); ++i) engine.active()[i] = dense || random.chance(0.9);
    for (const ChannelOptions& channel : made.config.channels) {
      for (float& reading : engine.sensors(channel.name.view())) {
        if (random.chance(chance_of_reading)) reading = random.value(-3, 3);
        if (!dense && random.chance(0.1)) reading = kNaN;
      }
    }
    write_times(engine, random, seconds);
    if (random.chance(0.03)) {
      const std::uint32_t agent = random.below(engine.agents());
      ASSERT_OK(engine.reset_agent(agent));
      beside.reference().reset_agent(agent);
    }
    if (random.chance(0.03)) {
      const std::uint32_t agent = random.below(engine.agents());
      ASSERT_OK(engine.acknowledge(agent, flag::anomaly));
      beside.reference().acknowledge(agent, flag::anomaly);
    }
    ASSERT_TRUE(beside.tick(engine, seconds)) << "tick " << t;
    seconds += random.chance(0.1) ? 0 : random.between(0, 0.5);
  }
  EXPECT_LT(static_cast<double>(beside.settled()), 0.01 * static_cast<double>(beside.compared()));
}

}  // namespace
}  // namespace sensorium::test
