// Whole scenarios: beside the double-precision reference, then the same bits on every ISA.
#include "golden/golden.h"

#include "core/support.h"
#include "reference/brute_force.h"
#include "reference/compare.h"

namespace sensorium::test {
namespace {

std::vector<std::string> names() {
  std::vector<std::string> all;
  for (const Scenario& scenario : scenarios()) all.push_back(scenario.name);
  return all;
}
const Scenario& named(const std::string& name) {
  for (const Scenario& scenario : scenarios()) {
    if (scenario.name == name) return scenario;
  }
  throw std::runtime_error(name);
}
std::string identifier(std::string name) {
  for (char& c : name) c = c == '-' ? '_' : c;
  return name;
}

// Under an emulator the double-precision reference takes most of the suite's time, and is the same program as elsewhere: it
// follows the scenarios as far as this many rows, the test's name says so, and the hashes are of the whole all the same.
constexpr std::uint64_t kReferenceRows = SENSORIUM_EMULATED ? 200'000 : 100'000'000;
std::uint64_t reference_ticks(const GoldenRun& run) { return std::min(run.ticks, kReferenceRows / run.config.agents); }

std::string reference_name(const std::string& name) {
  const GoldenRun& run = named(name).runs[0];
  const std::uint64_t ticks = reference_ticks(run);
  return identifier(name) + (ticks < run.ticks ? "_first_" + std::to_string(ticks) + "_ticks" : "");
}

// A hash freezes whatever the engine computes: that it computes the right thing is shown here.
class GoldenReference : public testing::TestWithParam<std::string> {};
INSTANTIATE_TEST_SUITE_P(Scenario, GoldenReference, testing::ValuesIn(names()),
                         [](const auto& at) { return reference_name(at.param); });

TEST_P(GoldenReference, Agrees) {
  for (const GoldenRun& run : named(GetParam()).runs) {
    Engine engine = make(run.config);
    reference::Comparison beside(run.config, engine, {.output = 2e-6});
    std::uint32_t flags = 0, changes = 0;
    std::uint64_t sleeping = 0;
    for (std::uint64_t tick = 0; tick < reference_ticks(run); ++tick) {
      ASSERT_OK(write_classic_load(engine, run.seed, run.load));
      ASSERT_TRUE(beside.tick(engine, static_cast<double>(tick) / run.ticks_a_second)) << "tick " << tick;
      for (std::uint32_t i = 0; i < run.config.agents; ++i) {
        flags |= engine.results().flags[i];
        changes |= engine.results().changes[i];
      }
      sleeping += run.config.agents - engine.statistics().active_agents;
    }
    // A scenario must reach what it is there for.
    constexpr std::uint32_t kLost = 0xFu << kLostShift,
                            kAlways = flag::anomaly | flag::scored | flag::predicted | flag::active;
    const bool mixed = run.load == Load::mixed;
    EXPECT_EQ(flags, mixed ? kAlways | flag::blind | kLost : kAlways);
    EXPECT_EQ(changes, mixed ? flag::anomaly | flag::blind | kLost : flag::anomaly);
    EXPECT_GE(sleeping * 20, mixed ? beside.compared() : 0u);
    EXPECT_LT(static_cast<double>(beside.settled()), 1e-3 * static_cast<double>(beside.compared()))
        << "rows at a threshold";
    RecordProperty("rows_at_a_threshold", std::to_string(beside.settled()));
  }
}

class Golden : public testing::TestWithParam<std::tuple<std::string, std::string>> {};
INSTANTIATE_TEST_SUITE_P(Hash, Golden, testing::Combine(testing::ValuesIn(names()), testing::ValuesIn(isas())),
                         [](const auto& at) {
                           return identifier(std::get<0>(at.param)) + "_on_" + std::get<1>(at.param);
                         });

TEST_P(Golden, IsTheSameEverywhere) {
  const auto& [name, isa] = GetParam();
  const std::string hash = hash_of(named(name), isa);
  if (update_golden) {
    EXPECT_EQ(hash, hash_of(named(name), "scalar")) << "the ISAs differ: nothing is recorded";
  } else {
    EXPECT_EQ(hash, read_golden()[name])
        << "If results were meant to change: sensorium_tests --update-golden, and say so in the commit.";
  }
}

class GoldenCrowd : public PerIsa {};
SENSORIUM_EACH_ISA(GoldenCrowd);

TEST_P(GoldenCrowd, IsTheSameEverywhereAndAsBruteForce) {
  std::uint32_t founded = 0, left = 0;
  const std::string hash = crowd_hash(isa(), [&](Engine& engine, std::uint64_t tick) {
    const PlacesCounts places = engine.places()->counts();
    founded += places.tick_made;
    left += places.tick_gone;
    if (tick % 20) return;
    const std::vector<std::uint8_t> active(engine.active().begin(), engine.active().end());
    const Config config = crowd();
    for (std::uint32_t i = 0; i < config.agents; ++i) {
      if (!active[i]) continue;
      const auto near = reference::neighbors_of(engine.placement(), active, i, {config.neighbors.radius, -1});
      ASSERT_EQ(engine.results().neighbors.count[i], near.size());
      for (std::uint32_t n = 0; n < config.neighbors.k; ++n) {
        ASSERT_EQ(engine.results().neighbors.index[i * config.neighbors.k + n],
                  n < near.size() ? static_cast<std::int32_t>(near[n].agent) : -1);
      }
    }
  });
  // The map fills up and forgets: the scenario reaches what it is there for.
  EXPECT_GT(founded, 300u);
  EXPECT_GT(left, 0u);
  EXPECT_EQ(hash, update_golden ? crowd_hash("scalar") : read_golden()["crowd"]);
}

TEST(GoldenReference, Weather) {
  Engine engine = make(weather());
  reference::Comparison beside(weather(), engine, {.output = 2e-6});
  std::uint32_t flags = 0, changes = 0;
  std::uint64_t old = 0, unseen = 0, faded = 0;
  for (std::uint32_t tick = 0; tick < 200; ++tick) {
    write_weather(engine, tick);
    ASSERT_TRUE(beside.tick(engine, tick / 4.0)) << "tick " << tick;
    for (std::uint32_t i = 0; i < engine.agents(); ++i) {
      flags |= engine.results().flags[i];
      changes |= engine.results().changes[i];
      old += engine.results().age[0][i] > 0;
      unseen += engine.results().age[0][i] < 0;
      faded += engine.results().weight[0][i] > 0 && engine.results().weight[0][i] < 0.5f;
    }
  }
  // The scenario reaches what it is there for.
  constexpr std::uint32_t kLost = 0xFu << kLostShift;
  EXPECT_EQ(flags, kLost | flag::anomaly | flag::blind | flag::scored | flag::predicted | flag::active);
  EXPECT_EQ(changes & kLost, kLost);
  EXPECT_GT(old, 1000u);
  EXPECT_GT(unseen, 20u);
  EXPECT_GT(faded, 1000u);
  EXPECT_LT(static_cast<double>(beside.settled()), 1e-3 * static_cast<double>(beside.compared()));
}

class GoldenWeather : public PerIsa {};
SENSORIUM_EACH_ISA(GoldenWeather);

TEST_P(GoldenWeather, IsTheSameEverywhere) {
  EXPECT_EQ(weather_hash(isa()), update_golden ? weather_hash("scalar") : read_golden()["weather"]);
}

TEST(GoldenHash, SeesEveryBitAndTheOrder) {
  const auto of = [](std::initializer_list<std::uint32_t> words) {
    Hash hash;
    for (const std::uint32_t word : words) hash.add(word);
    return hash.text();
  };
  EXPECT_EQ(of({}), "811c9dc59e3779b9");
  // 0x811c9dc5 * 16777619 and 0x9e3779b9 * 16777619, modulo 2^32
  EXPECT_EQ(of({0}), "050c5d1fca549e3b");
  for (std::uint32_t bit = 0; bit < 32; ++bit) EXPECT_NE(of({1u << bit}), of({0}));
  EXPECT_NE(of({1, 2}), of({2, 1}));
  EXPECT_NE(of({0x80000000u, 0x80000000u}), of({0, 0})) << "two high bits do not undo each other";
}

}  // namespace
}  // namespace sensorium::test
