#include "sensorium/simulate.h"

#include "float_mode.h"
#include "format.h"
#include "random.h"
#include "sine.h"

namespace sensorium {
namespace {

// Uniform in low .. high; `whole` for counts, both ends included.
struct LoadChannel {
  const char* name;
  float low;
  float high;
  bool whole;
};

constexpr LoadChannel kChannels[] = {
    {"visual.objects", 2, 10, true},     {"visual.brightness", 0, 0, false},    {"visual.motion", 0, 1, false},
    {"lidar.points", 500, 1500, true},   {"lidar.max_range", 10, 100, false},   {"lidar.obstacles", 0, 5, true},
    {"audio.amplitude", 0, 1, false},    {"audio.frequency", 20, 20000, false}, {"audio.event", 0, 2, true},
    {"imu.accel_x", -0.5f, 0.5f, false}, {"imu.accel_y", -0.5f, 0.5f, false},   {"imu.accel_z", 9.7f, 9.9f, false},
    {"imu.gyro", -0.1f, 0.1f, false},
};
constexpr std::uint32_t kBrightness = 1;

void write_uniform(const LoadChannel& channel, std::uint32_t key, std::span<float> readings) {
  const std::uint32_t agents = static_cast<std::uint32_t>(readings.size());
  if (channel.whole) {
    const std::uint64_t values = static_cast<std::uint64_t>(channel.high - channel.low) + 1;
    for (std::uint32_t i = 0; i < agents; ++i) {
      readings[i] = channel.low + static_cast<float>(std::uint64_t{random_bits(key, i) >> 8} * values >> 24);
    }
    return;
  }
  const float span = channel.high - channel.low;
  for (std::uint32_t i = 0; i < agents; ++i) readings[i] = channel.low + span * unit_interval(random_bits(key, i));
}

// Not inlined: compilers do not know that arithmetic depends on the floating-point mode, and may move it past the change.
[[gnu::noinline]] void write_readings(Engine& engine, std::uint64_t seed, std::uint64_t tick) {
  for (std::uint32_t c = 0; c < std::size(kChannels); ++c) {
    const std::span<float> readings = engine.sensors(kChannels[c].name);
    if (c == kBrightness) {
      const float brightness = static_cast<float>(0.5 + 0.3 * sine(static_cast<double>(tick) / 5));
      for (float& reading : readings) reading = brightness;
    } else {
      write_uniform(kChannels[c], random_key(seed, tick, c), readings);
    }
  }
}

// Streams of random numbers beside the channels' own.
enum Stream : std::uint32_t { phase_stream = 100, dropout_stream = 120, blackout_stream = 140, sleep_stream = 141 };

struct Modality {
  std::string_view prefix;
  std::uint32_t period;  // ticks between two readings
};
constexpr Modality kModalities[] = {{"visual.", 2}, {"lidar.", 3}, {"audio.", 1}, {"imu.", 1}};

// Takes away what a mixed load does not have at this tick.
void thin_out(Engine& engine, std::uint64_t seed, std::uint64_t tick) {
  constexpr float kDropout = 0.05f, kBlackout = 0.02f, kSleep = 0.1f;
  constexpr std::uint64_t kDropoutTicks = 32, kBlackoutTicks = 48, kSleepTicks = 80;
  const std::uint32_t blackout = random_key(seed, tick / kBlackoutTicks, blackout_stream);
  const std::uint32_t sleep = random_key(seed, tick / kSleepTicks, sleep_stream);
  const std::uint32_t agents = engine.agents();
  for (std::uint32_t i = 0; i < agents; ++i) engine.active()[i] = unit_interval(random_bits(sleep, i)) >= kSleep;
  for (std::uint32_t m = 0; m < 4; ++m) {
    const std::uint32_t phase = random_key(seed, 0, phase_stream + m);
    const std::uint32_t dropout = random_key(seed, tick / kDropoutTicks, dropout_stream + m);
    for (const LoadChannel& channel : kChannels) {
      if (!std::string_view(channel.name).starts_with(kModalities[m].prefix)) continue;
      const std::span<float> readings = engine.sensors(channel.name);
      for (std::uint32_t i = 0; i < agents; ++i) {
        const bool due = (tick + random_bits(phase, i)) % kModalities[m].period == 0;
        const bool out =
            unit_interval(random_bits(dropout, i)) < kDropout || unit_interval(random_bits(blackout, i)) < kBlackout;
        if (!due || out) readings[i] = std::numeric_limits<float>::quiet_NaN();
      }
    }
  }
}

}  // namespace

Error write_classic_load(Engine& engine, std::uint64_t seed, Load load) {
  const std::uint64_t tick = engine.statistics().cycles;
  for (const LoadChannel& channel : kChannels) {
    if (engine.sensors(channel.name).empty()) {
      return make_error(ErrorCode::wrong_channels, "The classic load needs the classic channels", "simulate",
                        channel.name, "no such channel");
    }
  }
  const FloatMode mode;
  write_readings(engine, seed, tick);
  if (load == Load::mixed) thin_out(engine, seed, tick);
  return {};
}

}  // namespace sensorium
