// A world and an engine side by side: what crosses, and what it costs.
#include "core/allocations.h"
#include "sensorium/world_engine.h"
#include "world/world_support.h"

namespace sensorium::world::test {
namespace {

using sensorium::test::allocations;

Engine make_engine(std::uint32_t agents) {
  Result<Engine> engine = Engine::create({.agents = agents});
  if (!engine) throw std::runtime_error(std::string(engine.error().what.view()));
  return std::move(*engine);
}

TEST(WorldEngine, ReadingsAreCopiedAndTheTruthIsNot) {
  World world = make({.world = "plaza", .agents = 33, .seed = 4});
  Engine engine = make_engine(33);
  for (int tick = 0; tick < 30; ++tick) {
    world.step();
    ASSERT_FALSE(write_to(world, engine));
    for (const std::string_view channel : {"visual.objects", "lidar.points", "audio.amplitude", "imu.accel_x"}) {
      const std::span<const float> from = world.sensors(channel), to = engine.sensors(channel);
      for (std::uint32_t i = 0; i < 33; ++i) {
        ASSERT_EQ(std::bit_cast<std::uint32_t>(from[i]), std::bit_cast<std::uint32_t>(to[i])) << channel;
      }
    }
    ASSERT_FALSE(engine.tick(world.time()));
  }
  for (const Column& column : engine.layout()) EXPECT_FALSE(column.name.view().starts_with("truth."));
  Engine other = make_engine(34);
  EXPECT_EQ(write_to(world, other).code, ErrorCode::wrong_count);
}

TEST(WorldEngine, NothingIsAllocatedAfterCreate) {
  const Options options = {.world = "warehouse", .agents = 100, .seed = 4};
  const std::uint64_t before_create = allocations;
  Result<World> world = World::create(options);
  ASSERT_TRUE(world);
  EXPECT_EQ(allocations - before_create, 1u) << "the block, and nothing else";
  Engine engine = make_engine(100);
  const auto spots = column(*world, "scene.spots");
  const std::uint64_t before = allocations;
  bool failed = false;
  for (int tick = 0; tick < 120; ++tick) {
    if (tick == 20) failed |= static_cast<bool>(world->inject(kEveryAgent, Modality::lidar, Fault::noise, 2, 1));
    if (tick == 40)
      failed |= static_cast<bool>(world->happen(Incident::intruder, double{spots[0]}, double{spots[1]}, 1));
    world->step();
    failed |= static_cast<bool>(write_to(*world, engine)) || engine.tick(world->time());
  }
  failed |= !world->inject(1000, Modality::lidar, Fault::noise, 2, 1);
  EXPECT_EQ(allocations, before);
  EXPECT_FALSE(failed);
}

}  // namespace
}  // namespace sensorium::world::test
