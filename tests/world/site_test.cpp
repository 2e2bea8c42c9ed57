// Rays beside exact geometry: every obstacle asked, in double precision.
#include <cmath>
#include <random>

#include "world/world_support.h"

namespace sensorium::world::test {
namespace {

double exact_ray(const World& world, double x, double y, double z, double dx, double dy, double range) {
  double nearest = range;
  for (const Obstacle& obstacle : world.obstacles()) {
    if (z >= double{obstacle.top}) continue;
    const double to_x = x - double{obstacle.x}, to_y = y - double{obstacle.y};
    const double half_x = double{obstacle.half_x}, half_y = double{obstacle.half_y};
    double in = -1e30, out = 1e30;
    if (obstacle.round != 0) {
      const double across = to_x * dy - to_y * dx, along = to_x * dx + to_y * dy,
                   under = half_x * half_x - across * across;
      if (under < 0) continue;
      in = -along - std::sqrt(under);
      out = -along + std::sqrt(under);
    } else {
      const double cosine = double{obstacle.cosine}, sine = double{obstacle.sine};
      const double position[2] = {to_x * cosine + to_y * sine, to_y * cosine - to_x * sine};
      const double direction[2] = {dx * cosine + dy * sine, dy * cosine - dx * sine};
      const double half[2] = {half_x, half_y};
      for (int axis = 0; axis < 2; ++axis) {
        if (std::fabs(direction[axis]) < 1e-14) {
          if (std::fabs(position[axis]) > half[axis]) in = 1e30;
          continue;
        }
        const double one = (-half[axis] - position[axis]) / direction[axis],
                     other = (half[axis] - position[axis]) / direction[axis];
        in = std::fmax(in, std::fmin(one, other));
        out = std::fmin(out, std::fmax(one, other));
      }
    }
    if (in <= out && out >= 0) nearest = std::fmin(nearest, std::fmax(in, 0.0));
  }
  return nearest;
}

TEST(WorldSite, RaysAreAsLongAsExactGeometrySays) {
  for (const std::string_view name : kAllWorlds) {
    const float width = name == "warehouse" ? 480 : 1000, depth = name == "warehouse" ? 320 : 1000;
    for (const std::string& isa : isas()) {
      const World world = make({.world = name, .agents = 1, .seed = 3}, isa);
      std::mt19937 random(1);
      std::uniform_real_distribution<float> unit(0, 1);
      int rays = 0, ended = 0;
      double worst = 0;
      while (rays < 2000) {
        // Along the axes and from the site's corners, too.
        const float turn = rays % 20 == 0 ? 1.57079633f * static_cast<float>(rays / 20 % 4) : unit(random) * 6.2831853f;
        const float x = (rays % 50 == 1 ? std::round(unit(random)) : unit(random)) * (width - 0.01f);
        const float y = (rays % 50 == 1 ? std::round(unit(random)) : unit(random)) * (depth - 0.01f);
        const float dx = rays % 40 == 0 ? 0 : std::cos(turn), dy = rays % 40 == 0 ? 1 : std::sin(turn);
        // As far as an agent sees, as its LiDAR does, and across the site.
        const float range = rays % 3 == 0 ? 15 : rays % 3 == 1 ? 60 : 1500;
        const float z = rays % 7 == 0 ? 8 : 1;
        ++rays;
        const double exact = exact_ray(world, double{x}, double{y}, double{z}, double{dx}, double{dy}, double{range});
        worst = std::fmax(worst, std::fabs(exact - double{world.ray(x, y, z, dx, dy, range)}));
        ended += exact < double{range};
      }
      EXPECT_GT(ended, 500) << name;
      // f32 at a kilometre has steps of 0.06 mm; a ray that grazes a trunk magnifies them.
      EXPECT_LT(worst, 5e-3) << name << " " << isa;
    }
  }
}

TEST(WorldSite, IsThatOfItsSeed) {
  const World one = make({.agents = 1, .seed = 8}), same = make({.agents = 1000, .seed = 8}),
              other = make({.agents = 1, .seed = 9});
  ASSERT_EQ(one.obstacles().size(), same.obstacles().size());
  EXPECT_EQ(std::memcmp(one.obstacles().data(), same.obstacles().data(), one.obstacles().size_bytes()), 0);
  EXPECT_NE(std::memcmp(one.obstacles().data(), other.obstacles().data(), sizeof(Obstacle) * 100), 0);
}

}  // namespace
}  // namespace sensorium::world::test
