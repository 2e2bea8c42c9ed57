#include "sensorium/metrics.h"

#include <cstring>

#include "sensorium/engine.h"
#include "timing.h"

namespace sensorium {
namespace {

constexpr double kSecond = 1e-9;  // a nanosecond's

static_assert(sizeof(Metrics::StageFigures) == kStages * sizeof(double));
static_assert(sizeof(Metrics::Memory) == (1 + kParts) * sizeof(double));

double ratio(double part, double whole) { return whole > 0 ? part / whole : 0; }

void tell_times(const Timing& timing, Metrics& metrics) {
  const Histogram& latency = timing.latency;
  const double count = static_cast<double>(latency.count());
  const double seconds = kSecond * static_cast<double>(latency.sum());
  metrics.latency = {.count = count,
                     .min = kSecond * static_cast<double>(latency.min()),
                     .mean = ratio(seconds, count),
                     .p50 = kSecond * latency.quantile(0.5),
                     .p95 = kSecond * latency.quantile(0.95),
                     .p99 = kSecond * latency.quantile(0.99),
                     .max = kSecond * static_cast<double>(latency.max()),
                     .resolution = kSecond * static_cast<double>(clock_resolution())};
  metrics.rate = ratio(count - 1, kSecond * static_cast<double>(timing.last_start - timing.first_start));
  metrics.agent_rate = ratio(timing.agent_cycles, seconds);

  const double sampled = static_cast<double>(timing.sampled);
  double total = 0, times[kStages], shares[kStages];
  for (std::uint32_t s = 0; s < kStages; ++s) total += times[s] = kSecond * static_cast<double>(timing.total.stages[s]);
  for (std::uint32_t s = 0; s < kStages; ++s) {
    shares[s] = ratio(times[s], total);
    times[s] = ratio(times[s], sampled);
  }
  metrics.stages.count = sampled;
  std::memcpy(&metrics.stages.seconds, times, sizeof times);
  std::memcpy(&metrics.stages.share, shares, sizeof shares);
}

void tell_memory(const Plan& plan, Metrics::Memory& memory) {
  double bytes[1 + kParts] = {static_cast<double>(plan.bytes)};
  for (std::uint32_t p = 0; p < kParts; ++p) bytes[1 + p] = static_cast<double>(plan.parts[p]);
  std::memcpy(&memory, bytes, sizeof bytes);
}

}  // namespace

Metrics Engine::metrics() const {
  const Plan& plan = this->plan();
  const Statistics counts = statistics();
  Metrics metrics = {};
  metrics.cycles = static_cast<double>(counts.cycles);
  metrics.agent_cycles = static_cast<double>(counts.agent_cycles);
  metrics.anomalies = static_cast<double>(counts.anomalies);
  metrics.predictions = static_cast<double>(counts.predictions);
  metrics.sensors_lost = static_cast<double>(counts.sensors_lost);
  metrics.sensors_lost_now = static_cast<double>(counts.sensors_lost_now);
  if (plan.map.capacity) metrics.places = *reinterpret_cast<const double*>(block_.data() + plan.map.places);
  if (plan.timing.on) tell_times(*reinterpret_cast<const Timing*>(block_.data() + plan.timing.memory), metrics);
  tell_memory(plan, metrics.memory);
  return metrics;
}

void Engine::reset_metrics() {
  const Plan& plan = this->plan();
  std::memset(block_.data() + plan.untimed_bytes, 0, plan.bytes - plan.untimed_bytes);
}

}  // namespace sensorium
