#include "air.h"

#include <algorithm>
#include <cmath>

#include "exponential.h"
#include "geometry.h"

namespace sensorium::world {
namespace {

// Rain in mm/h: every while has its own, or none; in the first quarter of a while it comes, in the last it goes.
double rain_of(const Plan& plan, double now) {
  const WeatherParameters& weather = plan.parameters().weather;
  if (plan.parameters().site.roof) return 0;
  if (!std::isnan(plan.options.rain)) return plan.options.rain;
  const double whiles = now / double{weather.while_seconds};
  const std::uint64_t number = static_cast<std::uint64_t>(whiles);
  const double along = whiles - static_cast<double>(number);
  Draws draws(plan.options.seed, for_weather, number);
  if (draws.unit() >= weather.share) return 0;
  return double{draws.unit()} * double{weather.heaviest} * std::min({1.0, 4 * along, 4 * (1 - along)});
}

// The sun's place from hour angle, latitude and declination; the light of a clear and of an overcast sky by the IES's formulas
// (Lighting Handbook, daylight): direct 127.5 e^(-0.21 / s) klx on a plane square to it, sky 0.8 + 15.5 sqrt(s) klx where it is
// clear and 0.3 + 21 s klx where it is overcast, s the sine of the sun's height. It is overcast from 2 mm/h of rain on.
void shine(const Plan& plan, State& state) {
  const LightParameters& light = plan.parameters().light;
  if (plan.parameters().site.roof) {
    state.skylight = light.indoor;
    state.sunlight = 0;
    state.lamps = 0;
    return;
  }
  constexpr double kDegree = 0.017453292519943295;
  const double latitude = double{light.latitude} * kDegree, declination = double{light.declination} * kDegree;
  const double angle = (state.hour - 12) * 15 * kDegree;
  const double cos_angle = cosine(std::fabs(angle)), sin_angle = sine_of(angle);
  const double sin_latitude = sine_of(latitude), cos_latitude = cosine(std::fabs(latitude));
  const double sin_declination = sine_of(declination), cos_declination = cosine(std::fabs(declination));
  const double height = sin_latitude * sin_declination + cos_latitude * cos_declination * cos_angle;
  // East is x, north is y.
  const double east = -cos_declination * sin_angle;
  const double north = sin_declination * cos_latitude - cos_declination * cos_angle * sin_latitude;
  const double level = std::sqrt(std::max(east * east + north * north, 1e-12));
  const double overcast = std::min(double{state.rain} / 2, 1.0), up = std::max(height, 0.0);
  const double sky = (800 + 15'500 * std::sqrt(up)) * (1 - overcast) + (300 + 21'000 * up) * overcast;
  // Dusk: half an hour or so in which the sky dims to the night's.
  const double dusk = std::clamp((height + 0.12) / 0.12, 0.0, 1.0);
  state.sunlight =
      static_cast<float>(height > 0.02 ? 127'500 * exponential(-0.21 / height) * height * (1 - overcast) : 0);
  state.skylight = static_cast<float>(double{light.night} + sky * dusk * dusk * dusk * dusk);
  state.sun_x = static_cast<float>(east / level);
  state.sun_y = static_cast<float>(north / level);
  state.sun_slope = static_cast<float>(std::max(height, 0.02) / level);
  state.lamps = state.skylight < 50 ? light.lamps : 0;
}

}  // namespace

void update_air(const Plan& plan, State& state) {
  const Parameters& world = plan.parameters();
  const double now = static_cast<double>(state.tick) * plan.tick_seconds;
  const double hour = (std::isnan(plan.options.hour) ? double{world.light.hour} : plan.options.hour) + now / 3600;
  state.hour = hour - 24 * std::floor(hour / 24);
  const double rain = rain_of(plan, now);
  state.rain = static_cast<float>(rain);
  // Light of about 0.9 um loses 1.076 R^0.67 dB/km (Carbonneau, in ITU-R P.1814); 4.343 dB are a factor e.
  state.extinction = rain > 0 ? static_cast<float>(1.076 * exponential(0.67 * logarithm(rain)) / 4342.9448) : 0;
  // Rain on the ground: 55 dB at 10 mm/h.
  state.ambient = static_cast<float>(squared_pressure(double{world.audio.ambient}) + squared_pressure(45) * rain);
  shine(plan, state);
  state.sounding = 0;
  for (std::uint32_t s = 0; s < state.source_count; ++s) {
    // Their whiles do not begin together.
    const double begin = double{unit_interval(random_bits(random_key(plan.options.seed, 0, for_phase), 1000 + s))};
    const std::uint64_t number = static_cast<std::uint64_t>(now / double{world.sources.while_seconds} + begin);
    Draws draws(plan.options.seed, for_sounding, number << 8 | s);
    if (draws.unit() < world.sources.share) state.sounding |= 1u << s;
  }
}

}  // namespace sensorium::world
