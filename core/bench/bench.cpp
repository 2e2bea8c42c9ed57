// The native benchmark: named, seeded scenarios on every ISA of this machine. `items_per_second` is agent-cycles a second.
//
//   sensorium_bench --benchmark_filter=classic-dense --benchmark_repetitions=5 --benchmark_report_aggregates_only
#include <benchmark/benchmark.h>

#include <cstdlib>
#include <iostream>
#include <string>
#include <vector>

#include "sensorium/simulate.h"

namespace {

using namespace sensorium;

constexpr std::uint64_t kSeed = 1;
constexpr std::uint32_t kRecordedTicks = 32;

[[noreturn]] void fail(const Error& error) {
  std::cerr << error.what.view() << ": " << error.where.view() << ", expected " << error.expected.view() << ", got " << error.got.view() << "\n";
  std::exit(1);
}

// Readings of a few ticks, made beforehand, so that the benchmark measures the engine and not the generator.
struct Recording {
  std::vector<std::vector<float>> channels[kRecordedTicks];

  Recording(Engine& engine, Load load) {
    for (std::uint32_t t = 0; t < kRecordedTicks; ++t) {
      if (Error error = write_classic_load(engine, kSeed, load)) fail(error);
      for (const char* name : {"visual.objects", "lidar.points", "audio.amplitude", "imu.accel_x"}) {
        const auto readings = engine.sensors(name);
        channels[t].emplace_back(readings.begin(), readings.end());
      }
      if (Error error = engine.tick(t / 60.0)) fail(error);
    }
  }
  void play(Engine& engine, std::uint64_t tick) const {
    std::size_t c = 0;
    for (const char* name : {"visual.objects", "lidar.points", "audio.amplitude", "imu.accel_x"}) {
      const auto& from = channels[tick % kRecordedTicks][c++];
      std::copy(from.begin(), from.end(), engine.sensors(name).begin());
    }
  }
};

void run(benchmark::State& state, const std::string& isa, Load load) {
  auto engine = Engine::create({.agents = static_cast<std::uint32_t>(state.range(0))}, isa);
  if (!engine) fail(engine.error());
  const Recording recording(*engine, load);
  for (std::uint8_t& active : engine->active()) active = 1;
  std::uint64_t tick = kRecordedTicks;
  for (auto _ : state) {
    state.PauseTiming();
    recording.play(*engine, tick);
    state.ResumeTiming();
    if (Error error = engine->tick(static_cast<double>(tick) / 60)) fail(error);
    ++tick;
  }
  state.SetItemsProcessed(static_cast<std::int64_t>(state.iterations()) * state.range(0));
}

}  // namespace

int main(int argc, char** argv) {
  for (const std::string_view isa : available_isas()) {
    for (const auto& [name, load] : {std::pair("classic-dense", Load::dense), std::pair("classic-missing", Load::mixed)}) {
      benchmark::RegisterBenchmark((std::string(name) + "/" + std::string(isa)).c_str(),
                                   [isa = std::string(isa), load = load](benchmark::State& state) { run(state, isa, load); })
          ->Arg(10'000)
          ->Unit(benchmark::kMicrosecond);
    }
  }
  benchmark::Initialize(&argc, argv);
  if (benchmark::ReportUnrecognizedArguments(argc, argv)) return 1;
  benchmark::RunSpecifiedBenchmarks();
  benchmark::Shutdown();
}
