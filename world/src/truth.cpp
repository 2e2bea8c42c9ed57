#include "truth.h"

#include <limits>

namespace sensorium::world {
namespace {

// Begins and ends true intervals.
class Recorder {
 public:
  Recorder(const Plan& plan, State& state, std::byte* block)
      : plan_(plan), state_(state), block_(block), now_(static_cast<double>(state.tick) * plan.tick_seconds) {}

  std::uint32_t begin(std::uint32_t agent, std::uint32_t what, float magnitude, float x, float y) {
    const std::uint64_t number = state_.intervals++;
    entry<std::uint32_t>(plan_.at.what, number) = what;
    entry<std::uint32_t>(plan_.at.agent, number) = agent;
    entry<double>(plan_.at.from, number) = now_;
    entry<double>(plan_.at.to, number) = std::numeric_limits<double>::infinity();
    entry<float>(plan_.at.magnitude, number) = magnitude;
    entry<float>(plan_.at.x, number) = x;
    entry<float>(plan_.at.y, number) = y;
    return static_cast<std::uint32_t>(number);
  }
  void end(std::uint32_t number) {
    const std::uint32_t ago = static_cast<std::uint32_t>(state_.intervals) - number;
    // Others may have taken its place.
    if (ago <= plan_.options.intervals) entry<double>(plan_.at.to, state_.intervals - ago) = now_;
  }

 private:
  template <class T>
  T& entry(std::uint64_t column, std::uint64_t number) {
    return reinterpret_cast<T*>(block_ + column)[number % plan_.options.intervals];
  }

  const Plan& plan_;
  State& state_;
  std::byte* block_;
  double now_;
};

bool blind(const Tile& tile, std::uint32_t r) {
  for (const Modality modality : {Modality::visual, Modality::lidar}) {
    const std::uint32_t m = static_cast<std::uint32_t>(modality);
    const bool lost = (tile.faulty[m] >> r & 1) && static_cast<Fault>(tile.fault[m][r]) == Fault::dropout &&
                      tile.fault_magnitude[m][r] >= 0.95f;
    if (!lost) return false;
  }
  return true;
}

}  // namespace

void write_incidents(const Plan& plan, State& state, std::byte* block) {
  Recorder recorder(plan, state, block);
  for (std::uint32_t i = 0; i < kIncidents; ++i) {
    const Happening& happening = state.happenings[i];
    const bool after = state.tick >= happening.from && state.tick < happening.to;
    if (state.going_on[i] && (!after || state.tick == happening.from)) recorder.end(state.open[i]);
    if (after && (!state.going_on[i] || state.tick == happening.from)) {
      state.open[i] = recorder.begin(kEveryAgent, kIncidentCode + i, 1, happening.x, happening.y);
    }
    state.going_on[i] = after;
  }
}

void write_truth(const Plan& plan, const Scene& scene, State& state, std::byte* block, std::uint32_t index) {
  Tile& tile = scene.tiles[index];
  if (!tile.truth_changed) return;
  tile.truth_changed = false;
  const std::size_t row = std::size_t{index} * kRows;
  std::uint8_t* const situations = reinterpret_cast<std::uint8_t*>(block + plan.at.situation) + row;
  std::uint32_t* const faults = reinterpret_cast<std::uint32_t*>(block + plan.at.faults) + row;
  std::uint8_t* const incidents = reinterpret_cast<std::uint8_t*>(block + plan.at.incidents) + row;
  Recorder recorder(plan, state, block);
  for (std::uint32_t r = 0; r < kRows && row + r < scene.agents; ++r) {
    const std::uint32_t agent = static_cast<std::uint32_t>(row) + r;
    std::uint32_t faulty = 0;
    for (std::uint32_t m = 0; m < kModalities; ++m) {
      const std::uint32_t before = faults[r] >> 8 * m & 255, after = tile.faulty[m] >> r & 1 ? tile.fault[m][r] : 0u;
      faulty |= after << 8 * m;
      // One may follow upon another of its kind.
      if (before == after && !(after && tile.fault_from[m][r] == state.tick)) continue;
      if (before) recorder.end(tile.open[m][r]);
      if (after)
        tile.open[m][r] = recorder.begin(agent, 16 * m + after, tile.fault_magnitude[m][r], tile.x[r], tile.y[r]);
    }
    for (std::uint32_t i = 0; i < kIncidents; ++i) {
      const bool before = incidents[r] >> i & 1, after = tile.about[r] >> i & 1;
      std::uint32_t& open = tile.open[kModalities + i][r];
      if (before && !after) recorder.end(open);
      if (!before && after) open = recorder.begin(agent, kIncidentCode + i, 1, tile.x[r], tile.y[r]);
    }
    faults[r] = faulty;
    incidents[r] = tile.about[r];
    const Situation situation = blind(tile, r)           ? Situation::blind
                                : tile.about[r]          ? Situation::threatened
                                : tile.close[1] >> r & 1 ? Situation::crowded
                                : tile.close[0] >> r & 1 ? Situation::alone
                                                         : Situation::calm;
    situations[r] = static_cast<std::uint8_t>(situation);
  }
}

}  // namespace sensorium::world
