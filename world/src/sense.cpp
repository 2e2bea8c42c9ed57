#include "sense.h"

#include <algorithm>
#include <limits>

#include "faults.h"

namespace sensorium::world {
namespace {

constexpr float kNoReading = std::numeric_limits<float>::quiet_NaN();

// Rows whose readings are lost or come from another slot than the one that is due.
void deliver_faulty(const Plan& plan, const Tile& tile, std::byte* block, std::uint32_t index, std::uint32_t m,
                    std::uint32_t due) {
  for (std::uint32_t r = 0; r < kRows; ++r) {
    if (!(tile.faulty[m] >> r & 1)) continue;
    const std::uint32_t slot = delivered_slot(plan, tile, r, m, due);
    if (slot == due) continue;
    const std::size_t row = std::size_t{index} * kRows + r;
    const bool lost = slot == kHistory;
    reinterpret_cast<double*>(block + plan.at.times[m])[row] =
        lost ? double{kNoReading} : static_cast<double>(tile.measured[m][slot]) * plan.tick_seconds;
    for (std::uint32_t c = kFirstChannel[m]; c < kFirstChannel[m + 1]; ++c) {
      reinterpret_cast<float*>(block + plan.at.channels[c])[row] = lost ? kNoReading : tile.history[c][slot][r];
    }
  }
}

}  // namespace

void sense(const Plan& plan, const Scene& scene, const Kernels& kernels, std::byte* block, std::uint32_t index) {
  Tile& tile = scene.tiles[index];
  const std::uint64_t tick = scene.state->tick;
  const std::size_t row = std::size_t{index} * kRows;
  for (std::uint32_t m = 0; m < kModalities; ++m) {
    const SensorPlan& sensor = plan.sensors[m];
    if (measures(sensor, tile.phase[m], tick)) {
      ++tile.readings[m];
      const std::uint32_t newest = newest_slot(tile, m);
      tile.measured[m][newest] = tick;
      kernels.measure[m](scene, index, newest);
      if (tile.faulty[m]) falsify(plan, scene, index, m, newest);
    }
    double* const times = reinterpret_cast<double*>(block + plan.at.times[m]) + row;
    const std::uint64_t* const measured = tile.measured[m];
    const std::uint32_t slot =
        static_cast<std::uint32_t>(std::find(measured, measured + kHistory, tick - sensor.latency) - measured);
    const bool delivered = slot < kHistory && tick > sensor.latency;
    if (!delivered && tile.silent[m]) continue;
    tile.silent[m] = !delivered;
    std::fill(times, times + kRows,
              delivered ? static_cast<double>(tick - sensor.latency) * plan.tick_seconds : double{kNoReading});
    for (std::uint32_t c = kFirstChannel[m]; c < kFirstChannel[m + 1]; ++c) {
      float* const readings = reinterpret_cast<float*>(block + plan.at.channels[c]) + row;
      if (delivered) {
        std::copy(tile.history[c][slot], tile.history[c][slot] + kRows, readings);
      } else {
        std::fill(readings, readings + kRows, kNoReading);
      }
    }
    if (delivered && tile.faulty[m]) deliver_faulty(plan, tile, block, index, m, slot);
  }
}

}  // namespace sensorium::world
