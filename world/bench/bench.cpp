// What a tick of a world costs, beside the engine's `crowd-10k`: 10,000 agents, seed 1, 60 ticks a second, sensors at the rates of
// the world's file, one thread, on every ISA of this machine. `items_per_second` is agent-ticks a second.
//
//   sensorium_world_bench --benchmark_repetitions=5 --benchmark_report_aggregates_only
#include <benchmark/benchmark.h>

#include "crowd.h"
#include "sensorium/world.h"

namespace {

using namespace sensorium;

constexpr std::uint32_t kAgents = 10'000;

void step_world(benchmark::State& state, std::string_view name, std::string_view isa) {
  auto made = world::World::create({.world = name, .agents = kAgents, .seed = 1}, isa);
  if (!made) bench::fail(made.error());
  // Everyone is on the way.
  for (int tick = 0; tick < 120; ++tick) made->step();
  for (auto _ : state) made->step();
  state.SetItemsProcessed(static_cast<std::int64_t>(state.iterations()) * kAgents);
}

void tick_engine(benchmark::State& state, std::string_view isa) {
  bench::Crowd crowd(isa);
  for (auto _ : state) {
    state.PauseTiming();
    crowd.prepare();
    state.ResumeTiming();
    if (Error error = crowd.engine().tick(crowd.seconds())) bench::fail(error);
  }
  state.SetItemsProcessed(static_cast<std::int64_t>(state.iterations()) * kAgents);
}

}  // namespace

int main(int argc, char** argv) {
  for (const std::string_view isa : available_isas()) {
    for (const std::string_view name : world::world_names()) {
      benchmark::RegisterBenchmark((std::string(name) + "-10k/" + std::string(isa)).c_str(),
                                   [name, isa](benchmark::State& state) { step_world(state, name, isa); })
          ->Unit(benchmark::kMicrosecond);
    }
    benchmark::RegisterBenchmark(("crowd-10k/" + std::string(isa)).c_str(), [isa](benchmark::State& state) {
      tick_engine(state, isa);
    })->Unit(benchmark::kMicrosecond);
  }
  benchmark::Initialize(&argc, argv);
  if (benchmark::ReportUnrecognizedArguments(argc, argv)) return 1;
  benchmark::RunSpecifiedBenchmarks();
  benchmark::Shutdown();
}
