// Snapshots of 10,000 agents, beside a memcpy of as many bytes in the same run: `classic-10k` and `crowd-10k`
// with its map of places.
//
//   sensorium_snapshot_bench --benchmark_repetitions=5 --benchmark_report_aggregates_only
#include <benchmark/benchmark.h>

#include <cstring>
#include <memory>

#include "crowd.h"
#include "snapshot/checksum.h"

namespace {

using namespace sensorium;
using bench::fail;

Engine classic() {
  auto engine = Engine::create({.agents = 10'000});
  if (!engine) fail(engine.error());
  for (int tick = 0; tick < 40; ++tick) {
    if (Error error = write_classic_load(*engine, 1)) fail(error);
    if (Error error = engine->tick(tick / 60.0)) fail(error);
  }
  return std::move(*engine);
}

void add(const std::string& name, Engine& engine) {
  const auto bytes = std::make_shared<std::vector<std::byte>>(engine.snapshot_bytes());
  const auto written = engine.snapshot_into(*bytes);
  if (!written) fail(written.error());
  bytes->resize(*written);
  const auto bench = [&](const std::string& what, auto body) {
    benchmark::RegisterBenchmark((name + "/" + what).c_str(), [bytes, body](benchmark::State& state) {
      for (auto _ : state) body(*bytes);
      state.SetBytesProcessed(static_cast<std::int64_t>(state.iterations()) * static_cast<std::int64_t>(bytes->size()));
    })->Unit(benchmark::kMicrosecond);
  };
  bench("snapshot", [&engine](std::vector<std::byte>& to) {
    if (const auto result = engine.snapshot_into(to); !result) fail(result.error());
  });
  bench("restore", [&engine](const std::vector<std::byte>& from) {
    if (Error error = engine.restore(from)) fail(error);
  });
  bench("checksum", [](const std::vector<std::byte>& from) {
    Checksum sum;
    sum.add(from);
    benchmark::DoNotOptimize(sum.sum());
  });
  bench("memcpy", [to = std::make_shared<std::vector<std::byte>>(*bytes)](const std::vector<std::byte>& from) {
    std::memcpy(to->data(), from.data(), from.size());
    benchmark::ClobberMemory();
  });
}

}  // namespace

int main(int argc, char** argv) {
  Engine dense = classic();
  bench::Crowd crowd({});
  add("classic-10k", dense);
  add("crowd-10k", crowd.engine());
  benchmark::Initialize(&argc, argv);
  if (benchmark::ReportUnrecognizedArguments(argc, argv)) return 1;
  benchmark::RunSpecifiedBenchmarks();
  benchmark::Shutdown();
}
