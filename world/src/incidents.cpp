#include "incidents.h"

#include <algorithm>

#include "geometry.h"

namespace sensorium::world {
namespace {

// The schedule is drawn anew for every minute: at most one of a kind begins in it, and none while one is going on.
constexpr double kMinute = 60;
constexpr float kIntruderSpeed = 2.2f;  // m/s

void begin(State& state, Incident incident, float x, float y, std::uint64_t from, std::uint64_t to) {
  state.happenings[static_cast<std::size_t>(incident)] = {
      .x = x, .y = y, .from = from, .to = to, .spot = state.spot_count, .vx = 0, .vy = 0};
}

void draw_schedule(const Plan& plan, const Scene& scene, State& state, std::uint64_t minute,
                   std::uint64_t minute_ticks) {
  const TroubleParameters& trouble = plan.parameters().trouble;
  const float rates[kIncidents] = {trouble.intruders, trouble.explosions, trouble.crushes};
  for (std::uint32_t i = 0; i < kIncidents; ++i) {
    Draws draws(plan.options.seed, for_happening, minute * kIncidents + i);
    const double chance = double{rates[i]} * plan.options.incidents / 60;
    const Happening& last = state.happenings[i];
    if (double{draws.unit()} >= chance || state.tick < last.to) continue;
    const std::uint64_t from =
        state.tick + static_cast<std::uint64_t>(double{draws.unit()} * 0.25 * static_cast<double>(minute_ticks));
    const Incident incident = static_cast<Incident>(i);
    const double seconds = incident == Incident::intruder ? double{draws.between(20, 45)}
                           : incident == Incident::crush  ? double{draws.between(15, 30)}
                                                          : plan.blast_seconds;
    const std::uint32_t spot = draws.below(state.spot_count);
    float x = state.spots_x[spot], y = state.spots_y[spot];
    const float spread = incident == Incident::crush ? 2.0f : plan.parameters().spots.spread / 2;
    for (std::uint32_t attempt = 0; attempt < 10; ++attempt) {
      const float here_x = state.spots_x[spot] + draws.between(-spread, spread),
                  here_y = state.spots_y[spot] + draws.between(-spread, spread);
      if (here_x < 2 || here_y < 2 || here_x > scene.width - 2 || here_y > scene.depth - 2) continue;
      if (scene.distance[cell_of(scene, here_x, here_y)] < 1 + scene.cell) continue;
      x = here_x;
      y = here_y;
      break;
    }
    begin(state, incident, x, y, from, from + static_cast<std::uint64_t>(seconds / plan.tick_seconds));
  }
}

// From spot to spot, as agents go.
void hunt(const Plan& plan, const Scene& scene, State& state, Happening& intruder) {
  const auto choose = [&] {
    Draws draws(plan.options.seed, for_happening, state.tick << 8 | 255);
    return draws.below(state.spot_count);
  };
  if (intruder.spot >= state.spot_count) intruder.spot = choose();
  const std::size_t cells = std::size_t{plan.cells_x} * plan.cells_y;
  const std::uint32_t cell = cell_of(scene, intruder.x, intruder.y);
  const std::uint8_t way = scene.ways[intruder.spot * cells + cell];
  if (way >= 8) {
    intruder.vx = intruder.vy = 0;
    intruder.spot = choose();
    return;
  }
  // To the middle of the next cell.
  const float to_x =
      (static_cast<float>(static_cast<std::int32_t>(cell % plan.cells_x) + kStepX[way]) + 0.5f) * scene.cell -
      intruder.x;
  const float to_y =
      (static_cast<float>(static_cast<std::int32_t>(cell / plan.cells_x) + kStepY[way]) + 0.5f) * scene.cell -
      intruder.y;
  const float length = std::max(std::sqrt(to_x * to_x + to_y * to_y), 1e-3f);
  intruder.vx = to_x / length * kIntruderSpeed;
  intruder.vy = to_y / length * kIntruderSpeed;
  intruder.x += intruder.vx * scene.tick_seconds;
  intruder.y += intruder.vy * scene.tick_seconds;
}

}  // namespace

void update_incidents(const Plan& plan, const Scene& scene, State& state) {
  const std::uint64_t minute_ticks = static_cast<std::uint64_t>(kMinute * plan.options.rate);
  if (state.tick % minute_ticks == 0) draw_schedule(plan, scene, state, state.tick / minute_ticks, minute_ticks);
  Happening& intruder = state.happenings[static_cast<std::size_t>(Incident::intruder)];
  if (state.tick >= intruder.from && state.tick < intruder.to) hunt(plan, scene, state, intruder);
}

void begin_incident(const Plan& plan, State& state, Incident incident, float x, float y, double seconds) {
  if (incident == Incident::explosion) seconds = plan.blast_seconds;
  const std::uint64_t from = state.tick + 1;
  begin(state, incident, x, y, from, from + static_cast<std::uint64_t>(std::ceil(seconds / plan.tick_seconds)));
}

}  // namespace sensorium::world
