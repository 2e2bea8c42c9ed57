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

}  // namespace
}  // namespace sensorium::world::test
