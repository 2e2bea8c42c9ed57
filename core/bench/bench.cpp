// The native benchmark: named, seeded scenarios on every ISA of this machine. `items_per_second` is agent-cycles a second.
//
//   sensorium_bench --benchmark_filter=classic-dense --benchmark_repetitions=5 --benchmark_report_aggregates_only
#include <benchmark/benchmark.h>

#include <cstdlib>
#include <iostream>
#include <limits>
#include <string>

#include "sensorium/engine.h"

namespace {

using namespace sensorium;

[[noreturn]] void fail(const Error& error) {
  std::cerr << error.what.view() << ": " << error.where.view() << ", expected " << error.expected.view() << ", got "
            << error.got.view() << "\n";
  std::exit(1);
}

struct Source {
  const char* channel;
  float low;
  float span;
  std::uint32_t period;  // of `missing`: ticks from one reading to the next
};
// The four channels that the classic system uses.
constexpr Source kSources[] = {{"visual.objects", 2, 8, 2},
                               {"lidar.points", 500, 1000, 3},
                               {"audio.amplitude", 0, 1, 1},
                               {"imu.accel_x", -0.5f, 1, 1}};

std::uint32_t scramble(std::uint32_t x) {
  x = (x ^ x >> 16) * 0x7feb352du;
  x = (x ^ x >> 15) * 0x846ca68bu;
  return x ^ x >> 16;
}

// Uniform readings of one tick, seed 1, written where the engine reads them and nowhere else: a recording would be read from
// memory between ticks and push the engine's own state out of the cache. `missing`: sensors at different rates, and a twentieth of
// the agents without a sensor for 32 ticks at a time, longer than it takes for some to be lost.
void write_readings(Engine& engine, std::uint32_t tick, bool missing) {
  constexpr std::uint32_t kSeed = 1;
  std::uint32_t c = 0;
  for (const Source& source : kSources) {
    const std::span<float> readings = engine.sensors(source.channel);
    const std::uint32_t key = scramble(kSeed + 4 * tick + c);
    const std::uint32_t dropout = scramble(kSeed + 4 * (tick / 32) + c) ^ 0x9E3779B9u;
    for (std::uint32_t i = 0; i < readings.size(); ++i) {
      const bool silent = missing && ((tick + i) % source.period != 0 || scramble(i ^ dropout) % 20 == 0);
      const float unit = static_cast<float>(scramble(i ^ key) >> 8) * (1.0f / 16777216);
      readings[i] = silent ? std::numeric_limits<float>::quiet_NaN() : source.low + source.span * unit;
    }
    ++c;
  }
}

void run(benchmark::State& state, const std::string& isa, bool missing) {
  Config config{.agents = static_cast<std::uint32_t>(state.range(0))};
  config.readings.lost_after = 0.25;
  auto engine = Engine::create(config, isa);
  if (!engine) fail(engine.error());
  std::uint32_t tick = 0;
  const auto step = [&](auto&& before) {
    write_readings(*engine, tick, missing);
    before();
    if (Error error = engine->tick(tick / 60.0)) fail(error);
    ++tick;
  };
  // Until the windows are full.
  for (int i = 0; i < 40; ++i) step([] {});
  for (auto _ : state) {
    state.PauseTiming();
    step([&] { state.ResumeTiming(); });
  }
  state.SetItemsProcessed(static_cast<std::int64_t>(state.iterations()) * state.range(0));
}

}  // namespace

int main(int argc, char** argv) {
  for (const std::string_view isa : available_isas()) {
    for (const auto& [name, missing] : {std::pair("classic-dense", false), std::pair("classic-missing", true)}) {
      benchmark::RegisterBenchmark(
          (std::string(name) + "/" + std::string(isa)).c_str(),
          [isa = std::string(isa), missing = missing](benchmark::State& state) { run(state, isa, missing); })
          ->Arg(10'000)
          ->Unit(benchmark::kMicrosecond);
    }
  }
  benchmark::Initialize(&argc, argv);
  if (benchmark::ReportUnrecognizedArguments(argc, argv)) return 1;
  benchmark::RunSpecifiedBenchmarks();
  benchmark::Shutdown();
}
