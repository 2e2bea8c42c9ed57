#include "truth.h"

#include <limits>

namespace sensorium::world {
namespace {

class Recorder {
 public:
  Recorder(const Plan& plan, const Scene& scene, State& state, std::byte* block, std::uint32_t index)
      : plan_(plan), tile_(scene.tiles[index]), state_(state), block_(block), first_(index * kRows),
        now_(static_cast<double>(state.tick) * plan.tick_seconds) {}

  // `kind`: a modality, or after them an incident.
  void change(std::uint32_t r, std::uint32_t kind, std::uint32_t before, std::uint32_t after, std::uint32_t what, float magnitude) {
    if (before == after) return;
    if (before) end(tile_.open[kind][r]);
    if (after) tile_.open[kind][r] = begin(first_ + r, what, magnitude);
  }

 private:
  template <class T>
  T& entry(std::uint64_t column, std::uint64_t number) {
    return reinterpret_cast<T*>(block_ + column)[number % plan_.options.intervals];
  }
  std::uint32_t begin(std::uint32_t agent, std::uint32_t what, float magnitude) {
    const std::uint64_t number = state_.intervals++;
    entry<std::uint32_t>(plan_.at.what, number) = what;
    entry<std::uint32_t>(plan_.at.agent, number) = agent;
    entry<double>(plan_.at.from, number) = now_;
    entry<double>(plan_.at.to, number) = std::numeric_limits<double>::infinity();
    entry<float>(plan_.at.magnitude, number) = magnitude;
    return static_cast<std::uint32_t>(number);
  }
  void end(std::uint32_t number) {
    const std::uint32_t ago = static_cast<std::uint32_t>(state_.intervals) - number;
    // Others may have taken its place.
    if (ago <= plan_.options.intervals) entry<double>(plan_.at.to, state_.intervals - ago) = now_;
  }

  const Plan& plan_;
  Tile& tile_;
  State& state_;
  std::byte* block_;
  std::uint32_t first_;
  double now_;
};

bool blind(const Tile& tile, std::uint32_t r) {
  for (const Modality modality : {Modality::visual, Modality::lidar}) {
    const std::uint32_t m = static_cast<std::uint32_t>(modality);
    const bool lost = (tile.faulty[m] >> r & 1) && static_cast<Fault>(tile.fault[m][r]) == Fault::dropout && tile.fault_magnitude[m][r] >= 0.95f;
    if (!lost) return false;
  }
  return true;
}

}  // namespace

void write_truth(const Plan& plan, const Scene& scene, State& state, std::byte* block, std::uint32_t index) {
  Tile& tile = scene.tiles[index];
  if (!tile.truth_changed) return;
  tile.truth_changed = false;
  const std::size_t row = std::size_t{index} * kRows;
  std::uint8_t* const situations = reinterpret_cast<std::uint8_t*>(block + plan.at.situation) + row;
  std::uint32_t* const faults = reinterpret_cast<std::uint32_t*>(block + plan.at.faults) + row;
  std::uint8_t* const incidents = reinterpret_cast<std::uint8_t*>(block + plan.at.incidents) + row;
  Recorder recorder(plan, scene, state, block, index);
  for (std::uint32_t r = 0; r < kRows && row + r < scene.agents; ++r) {
    std::uint32_t faulty = 0;
    for (std::uint32_t m = 0; m < kModalities; ++m) {
      const std::uint32_t fault = tile.faulty[m] >> r & 1 ? tile.fault[m][r] : 0u;
      recorder.change(r, m, faults[r] >> 8 * m & 255, fault, 16 * m + fault, tile.fault_magnitude[m][r]);
      faulty |= fault << 8 * m;
    }
    for (std::uint32_t i = 0; i < kIncidents; ++i) {
      recorder.change(r, kModalities + i, incidents[r] >> i & 1, tile.about[r] >> i & 1u, kIncidentCode + i, 1);
    }
    faults[r] = faulty;
    incidents[r] = tile.about[r];
    const Situation situation = blind(tile, r)                ? Situation::blind
                                : tile.about[r]               ? Situation::threatened
                                : tile.close[1] >> r & 1      ? Situation::crowded
                                : tile.close[0] >> r & 1      ? Situation::alone
                                                              : Situation::calm;
    situations[r] = static_cast<std::uint8_t>(situation);
  }
}

}  // namespace sensorium::world
