// Neighbours: the search against looking at everyone, in worlds kind and hostile, on every ISA.
#include <random>
#include <thread>

#include "core/support.h"
#include "reference/brute_force.h"

namespace sensorium::test {
namespace {

enum class World { even, clustered, line, diagonal, coincident, jittered, lattice, huge, far_apart };
constexpr World kWorlds[] = {World::even,     World::clustered, World::line, World::diagonal, World::coincident,
                             World::jittered, World::lattice,   World::huge, World::far_apart};
constexpr float kRadius = 10;

void place(Engine& engine, World world, bool flat, std::uint32_t seed) {
  std::mt19937 random(seed);
  std::uniform_real_distribution<float> unit(0, 1);
  std::normal_distribution<float> normal;
  const Placement at = engine.placement();
  const std::uint32_t n = engine.agents();
  const float side = kRadius * std::sqrt(3.14f * static_cast<float>(n) / 16);
  const float far[] = {0, 1e6f, -1e6f, 1e30f, -kFloatMax, 1e18f, 4e9f};
  for (std::uint32_t i = 0; i < n; ++i) {
    float p[3] = {};
    const float step = static_cast<float>(i);
    switch (world) {
      case World::even:
        p[0] = unit(random) * side;
        p[1] = unit(random) * side;
        p[2] = unit(random) * kRadius * 3;
        break;
      case World::clustered:
        for (float& c : p) c = static_cast<float>(random() % 3) * 70 + normal(random) * 6;
        break;
      case World::line:
        p[0] = 3;
        p[1] = unit(random) * side * 4;
        p[2] = unit(random) < 0.5f ? 0.0f : 5.0f;
        break;
      case World::diagonal:
        p[0] = p[1] = p[2] = step * 1.5f;
        break;
      case World::coincident:
        p[0] = 5;
        p[1] = 7;
        p[2] = 1;
        break;
      case World::jittered:
        for (float& c : p) c = unit(random) * 1e-3f;
        break;
      // Many at exactly the same distances, and at exactly the radius.
      case World::lattice:
        p[0] = static_cast<float>(i % 13) * 2.5f;
        p[1] = static_cast<float>(i / 13 % 11) * 2.5f;
        p[2] = static_cast<float>(i / 143) * 5;
        break;
      case World::huge:
        for (float& c : p) c = far[random() % 7] + unit(random) * 3 * kRadius;
        break;
      case World::far_apart:
        for (float& c : p) c = step * 1000 * kRadius + unit(random);
        break;
    }
    for (int axis = 0; axis < 3; ++axis) at.position[axis][i] = axis == 2 && flat ? 0 : p[axis];
  }
}

void expect_as_brute_force(Engine& engine, const Config& config) {
  const std::vector<std::uint8_t> active(engine.active().begin(), engine.active().end());
  const Results results = engine.results();
  const float cos_half_fov = static_cast<float>(std::cos(config.neighbors.fov / 2.0));
  for (std::uint32_t i = 0; i < config.agents; ++i) {
    if (!active[i]) continue;
    const auto expected =
        reference::neighbors_of(engine.placement(), active, i, {config.neighbors.radius, cos_half_fov});
    ASSERT_EQ(results.neighbors.count[i], std::min<std::size_t>(expected.size(), kMostCounted)) << "agent " << i;
    const std::uint32_t valid = static_cast<std::uint32_t>(std::min<std::size_t>(expected.size(), config.neighbors.k));
    ASSERT_EQ(results.neighbors.valid[i], valid) << "agent " << i;
    for (std::uint32_t n = 0; n < config.neighbors.k; ++n) {
      const std::size_t at = std::size_t{i} * config.neighbors.k + n;
      ASSERT_EQ(results.neighbors.index[at], n < valid ? static_cast<std::int32_t>(expected[n].agent) : -1)
          << "agent " << i << ", " << n;
      ASSERT_EQ(results.neighbors.distance[at], n < valid ? std::sqrt(expected[n].square) : -1.0f)
          << "agent " << i << ", " << n;
    }
    ASSERT_EQ((results.flags[i] & flag::neighbor) != 0, !expected.empty());
  }
}

class Neighbors : public PerIsa {};

TEST_P(Neighbors, AreThoseOfBruteForceInEveryWorld) {
  for (const World world : kWorlds) {
    for (const bool flat : {true, false}) {
      for (const std::uint32_t agents : {1u, 7u, 16u, 17u, 900u}) {
        for (const std::uint32_t k : {1u, 8u, 32u}) {
          SCOPED_TRACE(testing::Message() << "world " << static_cast<int>(world) << (flat ? " 2-D, " : " 3-D, ")
                                          << agents << " agents, k " << k);
          const Config config{.agents = agents, .neighbors = {.k = k, .radius = kRadius}};
          Engine engine = make(config, isa());
          place(engine, world, flat, agents + k);
          ASSERT_OK(engine.tick(0));
          expect_as_brute_force(engine, config);
          if (HasFatalFailure()) return;
        }
      }
    }
  }
}

TEST_P(Neighbors, RespectViewRadiusInterestActivityAndMissingPositions) {
  for (const World world : {World::even, World::clustered, World::lattice, World::coincident}) {
    for (const bool flat : {true, false}) {
      SCOPED_TRACE(testing::Message() << "world " << static_cast<int>(world) << (flat ? " 2-D" : " 3-D"));
      const Config config{.agents = 700,
                          .neighbors = {.k = 5, .radius = kRadius, .fov = 2, .own_radius = true, .groups = true}};
      Engine engine = make(config, isa());
      place(engine, world, flat, 3);
      std::mt19937 random(4);
      std::uniform_real_distribution<float> unit(-1, 1);
      const Placement at = engine.placement();
      for (std::uint32_t i = 0; i < config.agents; ++i) {
        for (const auto& heading : at.heading) heading[i] = random() % 7 ? unit(random) : 0;
        if (i % 11 == 0) at.heading[i % 3][i] = kNaN;
        const float radii[] = {0, kNaN, -3, kInfinity, 2, 25, 10, 10};
        at.radius[i] = radii[random() % 8];
        at.group[i] = static_cast<std::uint8_t>(random() % 40);
        at.interest[i] = static_cast<std::uint32_t>(random());
        if (i % 13 == 0) at.position[i % 3][i] = i % 2 ? kNaN : kInfinity;
        engine.active()[i] = random() % 5 != 0;
      }
      ASSERT_OK(engine.tick(0));
      expect_as_brute_force(engine, config);
      if (HasFatalFailure()) return;
    }
  }
}

TEST_P(Neighbors, OfManyOnOneSpotAreFoundInTime) {
  // Without ending early this is 10^10 distances. Fewer where nothing is optimised, or an emulator runs it.
  constexpr std::uint32_t kAgents = SENSORIUM_LONG_TICKS >= 10'000'000 ? 100'000 : 10'000;
  const Config config{.agents = kAgents, .network = {.layers = {}}, .neighbors = {.k = 8, .radius = 1}};
  Engine engine = make(config, isa());
  for (float& x : engine.placement().position[0]) x = 3;
  for (float& y : engine.placement().position[1]) y = 4;
  ASSERT_OK(engine.tick(0));
  const Results results = engine.results();
  EXPECT_EQ(results.neighbors.count[kAgents / 2], 255);
  for (std::int32_t n = 0; n < 8; ++n) {
    EXPECT_EQ(results.neighbors.index[kAgents / 2 * 8 + static_cast<std::uint32_t>(n)], n);
    EXPECT_EQ(results.neighbors.index[3 * 8 + n], n < 3 ? n : n + 1);
    EXPECT_EQ(results.neighbors.distance[(kAgents - 1) * 8 + static_cast<std::uint32_t>(n)], 0);
  }
}
SENSORIUM_EACH_ISA(Neighbors);

TEST(NeighborChanges, TellWhoComesAndGoes) {
  Engine engine = make({.agents = 2, .neighbors = {.k = 1, .radius = 5}});
  const Placement at = engine.placement();
  at.position[0][0] = at.position[1][0] = at.position[1][1] = 0;
  const auto tick_at = [&](double time, float x) {
    at.position[0][1] = x;
    EXPECT_OK(engine.tick(time));
    return engine.results().changes[0] & flag::neighbor;
  };
  EXPECT_EQ(tick_at(0, 6), 0u);
  EXPECT_EQ(tick_at(1, 5), flag::neighbor);  // enters: at exactly the radius is within
  EXPECT_TRUE(engine.results().flags[0] & flag::neighbor);
  EXPECT_EQ(tick_at(2, 4), 0u);
  EXPECT_EQ(tick_at(3, kNaN), flag::neighbor);  // leaves: nobody knows where it is
  EXPECT_FALSE(engine.results().flags[0] & flag::neighbor);
  EXPECT_EQ(tick_at(4, 0), flag::neighbor);
  engine.active()[1] = 0;
  EXPECT_EQ(tick_at(5, 0), flag::neighbor);  // who sleeps is invisible
}

TEST(NeighborChannels, AreReadingsLikeAnyOther) {
  Config config{.agents = 3, .neighbors = {.k = 2, .radius = 5}};
  config.channels = {{.name = "neighbors.count", .scale = 0.5f}, {.name = "neighbors.distance", .scale = 1}};
  Engine engine = make(config);
  const Placement at = engine.placement();
  for (std::uint32_t i = 0; i < 3; ++i) {
    at.position[0][i] = i < 2 ? 3 * static_cast<float>(i) : 100;
    at.position[1][i] = 0;
  }
  ASSERT_OK(engine.tick(0));
  EXPECT_EQ(engine.sensors("neighbors.count")[0], 1);
  EXPECT_EQ(engine.sensors("neighbors.distance")[1], 3);
  EXPECT_FLOAT_EQ(engine.results().fused[0], (0.5f * 1 + 3) / 2);
  // Alone: a count of 0 is a reading, a distance there is none.
  EXPECT_EQ(engine.sensors("neighbors.count")[2], 0);
  EXPECT_TRUE(std::isnan(engine.sensors("neighbors.distance")[2]));
  EXPECT_EQ(engine.results().fused[2], 0);
}

TEST(NeighborOptions, ThatAskForNothingHaveNoColumns) {
  Engine off = make({.agents = 3});
  EXPECT_EQ(off.find_column("position.x"), nullptr);
  EXPECT_EQ(off.find_column("results.neighbors.count"), nullptr);
  Engine plain = make({.agents = 3, .neighbors = {.k = 2}});
  EXPECT_NE(plain.find_column("position.z"), nullptr);
  EXPECT_EQ(plain.find_column("heading.x"), nullptr);
  EXPECT_EQ(plain.find_column("group"), nullptr);
  EXPECT_EQ(plain.find_column("results.neighbors.index")->width, 2u);
  EXPECT_EQ(plain.results().neighbors.index[0], -1);
}

TEST(NeighborThreads, DoNotChangeABit) {
  const Config config{.agents = 5000, .neighbors = {.k = 8, .radius = kRadius}};
  Engine plain = make(config), threaded = make(config);
  place(plain, World::clustered, true, 9);
  place(threaded, World::clustered, true, 9);
  threaded.set_parallel_for(
      [](void*, std::uint32_t blocks, void (*body)(void*, std::uint32_t), void* context) {
        std::vector<std::thread> threads;
        for (std::uint32_t t = 0; t < 3; ++t) {
          threads.emplace_back([=] {
            for (std::uint32_t block = t; block < blocks; block += 3) body(context, block);
          });
        }
        for (std::thread& thread : threads) thread.join();
      },
      nullptr);
  ASSERT_OK(plain.tick(0));
  ASSERT_OK(threaded.tick(0));
  EXPECT_TRUE(same_bytes(state_bytes(plain), state_bytes(threaded)));
}

}  // namespace
}  // namespace sensorium::test
