// How agents move: not through obstacles, not through each other, and as their inertial sensors feel it.
#include <cmath>

#include "world/world_support.h"

namespace sensorium::world::test {
namespace {

TEST(WorldMotion, NobodyIsInsideAnObstacleOrAnother) {
  for (const std::string_view name : kAllWorlds) {
    World world = make({.world = name, .agents = 250, .seed = 4});
    const auto x = column(world, "truth.position.x"), y = column(world, "truth.position.y");
    std::vector<float> start(x.begin(), x.end());
    float outline = 1e9f, pair = 1e9f;
    for (int tick = 0; tick < 1200; ++tick) {
      world.step();
      if (tick % 60 != 59) continue;
      for (std::uint32_t i = 0; i < world.agents(); ++i) {
        outline = std::fmin(outline, world.distance_at(x[i], y[i]));
        for (std::uint32_t j = 0; j < i; ++j) pair = std::fmin(pair, std::hypot(x[i] - x[j], y[i] - y[j]));
      }
    }
    EXPECT_GE(outline, 0.05f) << name;
    EXPECT_GE(pair, 0.499f) << name;  // two radii
    int moved = 0;
    for (std::uint32_t i = 0; i < world.agents(); ++i) moved += std::fabs(x[i] - start[i]) > 1;
    EXPECT_GT(moved, 150) << name;
  }
}

TEST(WorldMotion, NobodyBeginsOnAnother) {
  for (const std::string_view name : kAllWorlds) {
    const World world = make({.world = name, .agents = 3000, .seed = 1});
    const auto x = column(world, "truth.position.x"), y = column(world, "truth.position.y");
    float pair = 1e9f;
    for (std::uint32_t i = 0; i < world.agents(); ++i) {
      for (std::uint32_t j = 0; j < i; ++j) pair = std::fmin(pair, std::hypot(x[i] - x[j], y[i] - y[j]));
    }
    EXPECT_GE(pair, 0.5f) << name;
  }
}

TEST(WorldMotion, PositionsAreTheSumOfVelocities) {
  for (const double rate : {60.0, 1000.0}) {
    World world = make({.world = "forest", .agents = 100, .seed = 2, .rate = rate});
    const auto x = column(world, "truth.position.x"), vx = column(world, "truth.velocity.x");
    std::vector<double> sum(x.begin(), x.end());
    for (int tick = 0; tick < static_cast<int>(10 * rate); ++tick) {
      world.step();
      for (std::uint32_t i = 0; i < world.agents(); ++i) sum[i] += double{vx[i]} / rate;
    }
    // Positions have steps of 0.06 mm; who is stopped loses as much.
    for (std::uint32_t i = 0; i < world.agents(); ++i) EXPECT_NEAR(sum[i], double{x[i]}, 2e-3) << rate << " " << i;
  }
}

TEST(WorldMotion, IsTheSameOnEveryIsaAndInEveryRun) {
  for (const std::string_view name : kAllWorlds) {
    std::vector<std::byte> first;
    for (const std::string& isa : isas()) {
      World world = make({.world = name, .agents = 60, .seed = 5}, isa);
      for (int tick = 0; tick < 120; ++tick) world.step();
      // Its columns: between the members of what else the block holds there is padding, which may be anything.
      std::vector<std::byte> columns;
      for (const Column& column : world.layout()) {
        const auto bytes = world.block().subspan(column.offset, column.planes * column.stride);
        columns.insert(columns.end(), bytes.begin(), bytes.end());
      }
      if (first.empty()) first = columns;
      EXPECT_TRUE(columns == first) << name << " " << isa;
    }
  }
}

TEST(WorldMotion, AcceleratesAsAPersonDoes) {
  for (const std::string_view name : kAllWorlds) {
    World world = make({.world = name, .agents = 250, .seed = 3});
    const auto x = column(world, "truth.position.x"), y = column(world, "truth.position.y");
    const auto vx = column(world, "truth.velocity.x"), vy = column(world, "truth.velocity.y");
    std::vector<double> old_vx(world.agents()), old_vy(world.agents());
    int hard = 0, count = 0, fled = 0, bumps = 0;
    for (int tick = 0; tick < 1800; ++tick) {
      // Some flee, and calm down.
      if (tick == 400) {
        ASSERT_FALSE(world.happen(Incident::intruder, double{x[0]}, double{y[0]}, 5));
      }
      world.step();
      for (std::uint32_t i = 0; i < world.agents(); ++i) {
        const double strength = std::hypot(double{vx[i]} - old_vx[i], double{vy[i]} - old_vy[i]) * 60;
        old_vx[i] = double{vx[i]};
        old_vy[i] = double{vy[i]};
        if (strength > 9.5) {
          // Only who touches another is stopped at once.
          float nearest = 1e9f;
          for (std::uint32_t j = 0; j < world.agents(); ++j) {
            if (j != i) nearest = std::fmin(nearest, std::hypot(x[i] - x[j], y[i] - y[j]));
          }
          ASSERT_LT(nearest, 0.51f) << name << " " << i << " at " << tick;
          ++bumps;
        }
        hard += strength > 5.1;
        fled += std::hypot(old_vx[i], old_vy[i]) > 2.5;
        ++count;
      }
    }
    EXPECT_GT(fled, 100) << name;
    EXPECT_LT(bumps, count / 10'000) << name;
    EXPECT_LT(hard, count / 500) << name;
  }
}

TEST(WorldMotion, HundredThousandAgentsStep) {
  World world = make({.agents = kMaxAgents, .seed = 2});
  for (int tick = 0; tick < 3; ++tick) world.step();
  const auto x = column(world, "truth.position.x"), y = column(world, "truth.position.y");
  for (std::uint32_t i = 0; i < kMaxAgents; ++i) {
    ASSERT_TRUE(x[i] > 0 && x[i] < 1000 && y[i] > 0 && y[i] < 1000) << i;
  }
  EXPECT_FALSE(std::isnan(world.sensors("imu.gyro")[kMaxAgents - 1]));
}

}  // namespace
}  // namespace sensorium::world::test
