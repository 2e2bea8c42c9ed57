#include "faults.h"

#include <algorithm>
#include <limits>

#include "geometry.h"

namespace sensorium::world {
namespace {

// The schedule is drawn anew for every minute; a fault ends within its minute. The minutes of tiles begin at different ticks, the first
// before there was a world.
constexpr double kMinute = 60;
constexpr float kNotYet = std::numeric_limits<float>::quiet_NaN();
constexpr float kSpikes = 0.2f;  // share of readings
// One fault in ten is the power's: all of an agent's sensors drop out.
constexpr double kPowerShare = 0.1;

struct Size {
  float least, most;  // magnitude
};
constexpr Size kSizes[kFaults] = {{0, 0}, {0.8f, 1}, {0, 0}, {4, 10}, {0.2f, 0.6f}, {2, 5}, {2, 6}, {2, 5}, {2, 5}};

void plan_fault(Tile& tile, std::uint32_t r, std::uint32_t m, Fault fault, float magnitude, std::uint64_t from,
                std::uint64_t to) {
  tile.fault[m][r] = static_cast<std::uint8_t>(fault);
  tile.fault_magnitude[m][r] = magnitude;
  tile.fault_from[m][r] = from;
  tile.fault_to[m][r] = to;
  for (std::uint32_t c = kFirstChannel[m]; c < kFirstChannel[m + 1]; ++c) tile.stuck[c][r] = kNotYet;
  tile.next_fault_change = std::min(tile.next_fault_change, from);
}

void draw_schedule(const Plan& plan, const Scene& scene, std::uint32_t index, std::uint64_t minute, std::uint64_t begun,
                   std::uint64_t minute_ticks) {
  Tile& tile = scene.tiles[index];
  const std::uint64_t tick = scene.state->tick;
  const double chance = double{plan.parameters().trouble.faults} * plan.options.faults / 60 / kModalities;
  for (std::uint32_t r = 0; r < kRows && index * kRows + r < scene.agents; ++r) {
    // The power's first: what fails by itself then has to be on.
    for (std::uint32_t m = kModalities + 1; m-- > 0;) {
      Draws draws(plan.options.seed, for_faults, (minute * kMaxAgents + index * kRows + r) * 8 + m);
      const bool power = m == kModalities;
      if (double{draws.unit()} >= chance * (power ? kPowerShare * kModalities : 1 - kPowerShare)) continue;
      const Fault fault = power ? Fault::dropout : static_cast<Fault>(1 + draws.below(kFaults - 1));
      const Size size = kSizes[static_cast<std::size_t>(fault)];
      const float magnitude = power ? 1 : draws.between(size.least, size.most);
      const std::uint64_t since =
          1 + static_cast<std::uint64_t>(double{draws.unit()} * 0.6 * static_cast<double>(minute_ticks));
      const std::uint64_t length =
          static_cast<std::uint64_t>(double{draws.between(0.05f, 0.35f)} * static_cast<double>(minute_ticks));
      if (since <= begun) continue;
      const std::uint64_t from = tick - begun + since;
      for (std::uint32_t k = power ? 0 : m; k < (power ? kModalities : m + 1); ++k) {
        // What was injected stays.
        if (tile.fault_to[k][r] <= tick)
          plan_fault(tile, r, k, fault, magnitude, from, from + std::max<std::uint64_t>(length, 1));
      }
    }
  }
}

}  // namespace

void update_faults(const Plan& plan, const Scene& scene, std::uint32_t index) {
  Tile& tile = scene.tiles[index];
  const std::uint64_t tick = scene.state->tick;
  const std::uint64_t minute_ticks = static_cast<std::uint64_t>(kMinute * plan.options.rate);
  const std::uint64_t shifted = tick + index * 37 % minute_ticks;
  const std::uint64_t begun = shifted % minute_ticks;
  if (plan.options.faults > 0 && (begun == 0 || tick == 1))
    draw_schedule(plan, scene, index, shifted / minute_ticks, begun, minute_ticks);
  if (tick < tile.next_fault_change) return;
  tile.next_fault_change = std::numeric_limits<std::uint64_t>::max();
  tile.truth_changed = true;
  for (std::uint32_t m = 0; m < kModalities; ++m) {
    std::uint16_t rows = 0;
    for (std::uint32_t r = 0; r < kRows; ++r) {
      const std::uint64_t from = tile.fault_from[m][r], to = tile.fault_to[m][r];
      if (tick >= from && tick < to && tile.fault[m][r]) rows = static_cast<std::uint16_t>(rows | 1u << r);
      for (const std::uint64_t change : {from, to}) {
        if (change > tick) tile.next_fault_change = std::min(tile.next_fault_change, change);
      }
    }
    tile.faulty[m] = rows;
  }
}

void set_fault(const Plan& plan, std::uint64_t tick, Tile& tile, std::uint32_t row, std::uint32_t modality, Fault fault,
               float magnitude, double seconds) {
  const std::uint64_t ticks =
      fault == Fault::none ? 0 : static_cast<std::uint64_t>(std::ceil(seconds / plan.tick_seconds));
  plan_fault(tile, row, modality, fault, magnitude, tick + 1, tick + 1 + ticks);
}

void falsify(const Plan& plan, const Scene& scene, std::uint32_t index, std::uint32_t m, std::uint32_t slot) {
  Tile& tile = scene.tiles[index];
  const std::uint64_t tick = scene.state->tick;
  for (std::uint32_t r = 0; r < kRows; ++r) {
    if (!(tile.faulty[m] >> r & 1)) continue;
    const Fault fault = static_cast<Fault>(tile.fault[m][r]);
    const float magnitude = tile.fault_magnitude[m][r];
    const std::uint64_t from = tile.fault_from[m][r];
    const std::uint64_t who = std::uint64_t{index * kRows + r} * kModalities + m;
    // Up or down: the same for as long as the fault lasts.
    const float sign = Draws(plan.options.seed ^ who, for_fault_noise, from).unit() < 0.5f ? -1.0f : 1.0f;
    Draws draws(plan.options.seed ^ who, for_fault_noise, tick + 0x100000000ull);
    const float luck = draws.unit(), side = draws.unit() < 0.5f ? -1.0f : 1.0f;
    for (std::uint32_t c = kFirstChannel[m]; c < kFirstChannel[m + 1]; ++c) {
      const ChannelPlan& channel = kChannelPlans[c];
      float& value = tile.history[c][slot][r];
      const float size = magnitude * channel.spread;
      switch (fault) {
        case Fault::stuck:
          if (tile.stuck[c][r] != tile.stuck[c][r]) tile.stuck[c][r] = value;
          value = tile.stuck[c][r];
          continue;
        case Fault::spike:
          if (luck >= kSpikes) continue;
          value += side * size;
          break;
        case Fault::drift:
          value += sign * size * static_cast<float>(static_cast<double>(tick - from) * plan.tick_seconds);
          break;
        case Fault::noise: {
          // Twelve uniform numbers add up to very nearly a normal one.
          float sum = -6;
          for (int i = 0; i < 12; ++i) sum += draws.unit();
          value += size * sum;
          break;
        }
        case Fault::bias:
          value += sign * size;
          break;
        default:
          continue;
      }
      value = std::min(std::max(value, channel.low), channel.high);
      if (channel.whole) value = std::floor(value + 0.5f);
    }
  }
}

std::uint32_t delivered_slot(const Plan& plan, const Tile& tile, std::uint32_t r, std::uint32_t m, std::uint32_t due) {
  const Fault fault = static_cast<Fault>(tile.fault[m][r]);
  const float magnitude = tile.fault_magnitude[m][r];
  if (fault == Fault::dropout) {
    // Drawn for the reading, not for the tick.
    const std::uint32_t key = random_key(plan.options.seed, tile.measured[m][due], for_lateness + 64 * m);
    return unit_interval(random_bits(key, tile.scrambled[r])) < magnitude ? kHistory : due;
  }
  std::uint32_t late = static_cast<std::uint32_t>(std::min(std::max(magnitude, 1.0f), 5.0f));
  if (fault == Fault::reorder) {
    // Of each group the newest reading comes first, when it is due; the others, one after another, where those of the next group would.
    const std::uint64_t number = tile.readings[m] - (newest_slot(tile, m) + kHistory - due) % kHistory;
    if (number % ++late == 0) return due;
  } else if (fault != Fault::delay) {
    return due;
  }
  const std::uint32_t slot = (due + kHistory - late) % kHistory;
  // What came before the fault has been delivered in time.
  return tile.measured[m][slot] >= tile.fault_from[m][r] ? slot : kHistory;
}

}  // namespace sensorium::world
