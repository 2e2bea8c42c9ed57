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
        // Who began on the same spot needs some seconds to part.
        for (std::uint32_t j = 0; tick > 300 && j < i; ++j) pair = std::fmin(pair, std::hypot(x[i] - x[j], y[i] - y[j]));
      }
    }
    EXPECT_GE(outline, 0.05f) << name;
    EXPECT_GE(pair, 0.499f) << name;  // two radii
    int moved = 0;
    for (std::uint32_t i = 0; i < world.agents(); ++i) moved += std::fabs(x[i] - start[i]) > 1;
    EXPECT_GT(moved, 150) << name;
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
    double worst = 0;
    int hard = 0, count = 0, fled = 0;
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
        if (tick < 300) continue;  // until all who began on one spot have parted
        worst = std::fmax(worst, strength);
        hard += strength > 5.1;
        fled += std::hypot(old_vx[i], old_vy[i]) > 2.5;
        ++count;
      }
    }
    EXPECT_GT(fled, 100) << name;
    EXPECT_LT(worst, 9.5) << name;  // m/s^2; f32 velocities, 60 times a second, have steps of 1e-5
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
