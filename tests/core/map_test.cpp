// The map of places within the engine; the map itself is tested in places_test.cpp.
#include "core/support.h"

namespace sensorium::test {
namespace {

void stand(Engine& engine, std::uint32_t agent, float x, float y) {
  engine.placement().position[0][agent] = x;
  engine.placement().position[1][agent] = y;
}

TEST(Map, TellsEachAgentWhereItIs) {
  Engine engine = make({.agents = 20, .map = {.capacity = 8, .merge_radius = 1, .link_radius = 5}});
  for (std::uint32_t i = 0; i < 20; ++i) stand(engine, i, i < 18 ? 0.1f * static_cast<float>(i % 5) : 3, 0);
  engine.placement().position[0][19] = kNaN;
  ASSERT_OK(engine.tick(0));
  const double* place = engine.results().place;
  for (std::uint32_t i = 0; i < 18; ++i) EXPECT_EQ(place[i], place[0]);
  EXPECT_NE(place[18], place[0]);
  EXPECT_EQ(place[19], kNoPlace);
  EXPECT_EQ(engine.places()->counts().places, 2u);
  EXPECT_EQ(engine.places()->link_count(), 1u);
  const Column* made = engine.find_column("statistics.places_made");
  const auto value = [&](const Column* column) {
    return *reinterpret_cast<const double*>(engine.block().data() + column->offset);
  };
  EXPECT_EQ(value(made), 2);
  ASSERT_OK(engine.tick(1));
  EXPECT_EQ(value(made), 0);
  EXPECT_EQ(value(engine.find_column("statistics.places")), 2);
}

TEST(Map, ForgetsWhatWasLeastRecentlySeen) {
  Engine engine = make({.agents = 1, .map = {.capacity = 2, .merge_radius = 1}});
  double first = 0;
  for (int t = 0; t < 3; ++t) {
    stand(engine, 0, static_cast<float>(10 * t), 0);
    ASSERT_OK(engine.tick(t));
    if (t == 0) first = engine.results().place[0];
  }
  EXPECT_EQ(engine.places()->counts().places, 2u);
  EXPECT_EQ(engine.places()->place(first).id, kNoPlace);
  // Its slot serves again, under an id of its own.
  EXPECT_NE(engine.results().place[0], first);
}

TEST(Map, OfTheClassicSystemIsOneOfFeatures) {
  Engine engine = make(
      {.agents = 1, .map = {.capacity = 4096, .merge_radius = 0, .link_radius = 50, .from = PlacesFrom::features}});
  EXPECT_TRUE(engine.placement().position[0].empty());
  engine.sensors("visual.objects")[0] = 5;
  engine.sensors("lidar.points")[0] = 750;
  engine.sensors("audio.amplitude")[0] = 0.25f;
  for (int t = 0; t < 3; ++t) ASSERT_OK(engine.tick(t));
  const Place place = engine.places()->place(engine.results().place[0]);
  EXPECT_FLOAT_EQ(place.position[0], 50);
  EXPECT_FLOAT_EQ(place.position[1], 50);
  EXPECT_FLOAT_EQ(place.position[2], 2.5f);
  // No merging: each tick founds one, linked to all within 50 m.
  EXPECT_EQ(engine.places()->counts().places, 3u);
  EXPECT_EQ(engine.places()->link_count(), 3u);
}

TEST(Map, IsTheSameInAnyOrderOfBlocksAndAfterReset) {
  const Config config{.agents = 1000, .map = {.capacity = 200, .merge_radius = 3}};
  Engine plain = make(config), reversed = make(config);
  reversed.set_parallel_for(
      [](void*, std::uint32_t blocks, void (*body)(void*, std::uint32_t), void* context) {
        while (blocks) body(context, --blocks);
      },
      nullptr);
  const auto run = [](Engine& engine) {
    for (int t = 0; t < 20; ++t) {
      for (std::uint32_t i = 0; i < engine.agents(); ++i) {
        stand(engine, i, static_cast<float>(i * 7 % 61) + static_cast<float>(t),
              static_cast<float>(i * 13 % 53) - static_cast<float>(t % 5));
      }
      EXPECT_OK(engine.tick(t));
    }
  };
  run(plain);
  run(reversed);
  EXPECT_TRUE(same_bytes(state_bytes(plain), state_bytes(reversed)));
  reversed.reset();
  EXPECT_TRUE(same_bytes(state_bytes(make(config)), state_bytes(reversed)));
  run(reversed);
  EXPECT_TRUE(same_bytes(state_bytes(plain), state_bytes(reversed)));
}

TEST(Map, KeepsNothingOfAnAgentThatIsReset) {
  Engine engine = make({.agents = 2, .map = {.capacity = 8, .merge_radius = 1}});
  stand(engine, 0, 0, 0);
  ASSERT_OK(engine.tick(0));
  ASSERT_OK(engine.reset_agent(0));
  EXPECT_EQ(engine.results().place[0], kNoPlace);
  EXPECT_EQ(engine.places()->place_of(0), kNoPlace);
  EXPECT_EQ(engine.places()->counts().places, 1u);
}

}  // namespace
}  // namespace sensorium::test
