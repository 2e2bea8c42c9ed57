// Weather and light, by themselves: days of them.
#include "../../world/src/air.h"

#include "world/world_support.h"

namespace sensorium::world::test {
namespace {

State air_at(const Plan& plan, double seconds) {
  State state = {};
  state.tick = static_cast<std::uint64_t>(seconds / plan.tick_seconds);
  update_air(plan, state);
  return state;
}

TEST(WorldAir, ItRainsAsOftenAsDeclared) {
  for (const auto& [name, share, heaviest] :
       {std::tuple<std::string_view, double, float>{"plaza", 0.2, 15}, {"forest", 0.4, 25}}) {
    const Result<Plan> plan = make_plan({.world = name, .seed = 2});
    ASSERT_TRUE(plan);
    int wet = 0, minutes = 0;
    float last = 0, most = 0;
    for (double time = 30; time < 60 * 24 * 3600; time += 60, ++minutes) {
      const float rain = air_at(*plan, time).rain;
      wet += rain > 0;
      most = std::fmax(most, rain);
      // It does not begin or end at once.
      EXPECT_LT(std::fabs(rain - last), heaviest * 0.45f) << time;
      last = rain;
    }
    EXPECT_NEAR(wet / double(minutes), share, 0.03) << name;
    EXPECT_GT(most, 0.9f * heaviest);
    EXPECT_LE(most, heaviest);
  }
}

TEST(WorldAir, ItGetsDarkerTowardsTheNightWhateverTheWeather) {
  for (const double rain : {0.0, 1.0, 5.0}) {
    const Result<Plan> plan = make_plan({.world = "plaza", .hour = 12.5, .rain = rain});
    ASSERT_TRUE(plan);
    double last = 1e9;
    for (double time = 0; time < 11 * 3600; time += 10) {
      const State air = air_at(*plan, time);
      const double light = double{air.sunlight} + double{air.skylight};
      ASSERT_LE(light, last * (1 + 1e-6)) << "with " << rain << " mm/h, " << air.hour << " h";
      last = light;
    }
    EXPECT_NEAR(last, 0.3, 0.01);
  }
}

TEST(WorldAir, TheSunStandsWhereAstronomyHasIt) {
  // Latitude 48 degrees, declination 15: at noon 57 degrees high, in the south.
  const Result<Plan> plan = make_plan({.world = "plaza", .hour = 12, .rain = 0});
  ASSERT_TRUE(plan);
  const State noon = air_at(*plan, 0);
  EXPECT_NEAR(std::atan(double{noon.sun_slope}) * 57.29578, 57, 0.01);
  EXPECT_NEAR(noon.sun_x, 0, 1e-6);
  EXPECT_NEAR(noon.sun_y, -1, 1e-6);
  const State morning = air_at(*make_plan({.world = "plaza", .hour = 8, .rain = 0}), 0);
  EXPECT_GT(morning.sun_x, 0.5f) << "in the east";
  EXPECT_LT(morning.sunlight, noon.sunlight);
}

TEST(WorldAir, SourcesAreOnForTheirShare) {
  const Result<Plan> plan = make_plan({.world = "plaza", .seed = 4});
  ASSERT_TRUE(plan);
  double on = 0;
  int times = 0;
  for (double time = 0; time < 24 * 3600; time += 30, ++times) {
    State state = {};
    state.source_count = 20;
    state.tick = static_cast<std::uint64_t>(time / plan->tick_seconds);
    update_air(*plan, state);
    on += std::popcount(state.sounding) / 20.0;
  }
  EXPECT_NEAR(on / times, 0.5, 0.02);
}

}  // namespace
}  // namespace sensorium::world::test
