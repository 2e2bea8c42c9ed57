// Neighbours of everyone beside nanoflann, in one run: agents that all move before each tick, 16 within the radius on average,
// k = 8. nanoflann's k-d tree must be built anew each tick, as any user of it must, and is asked for the 9 nearest (itself
// among them). `ns_agent` is nanoseconds an agent and tick, for building and asking.
//
//   sensorium_space_bench --benchmark_repetitions=5 --benchmark_report_aggregates_only
#include <benchmark/benchmark.h>

#include <cmath>
#include <cstdlib>
#include <iostream>
#include <nanoflann.hpp>
#include <random>
#include <string>
#include <vector>

#include "sensorium/engine.h"

namespace {

using namespace sensorium;

constexpr float kRadius = 10;
constexpr std::uint32_t kNearest = 8;
constexpr std::uint32_t kSeed = 1;

struct Crowd {
  std::vector<float> x, y;
  std::mt19937 random{kSeed};

  Crowd(std::uint32_t agents, bool clustered) : x(agents), y(agents) {
    const float side = kRadius * std::sqrt(3.1415927f * static_cast<float>(agents) / 16);
    std::uniform_real_distribution<float> anywhere(0, side);
    std::normal_distribution<float> near_middle(0, 2.2f * kRadius);
    // Clusters of 200 whose middles have half as much room again: as many within the radius on average.
    std::vector<float> middle_x(agents / 200 + 1), middle_y(agents / 200 + 1);
    for (float& m : middle_x) m = anywhere(random) * 1.5f;
    for (float& m : middle_y) m = anywhere(random) * 1.5f;
    for (std::uint32_t i = 0; i < agents; ++i) {
      const std::size_t c = random() % middle_x.size();
      x[i] = clustered ? middle_x[c] + near_middle(random) : anywhere(random);
      y[i] = clustered ? middle_y[c] + near_middle(random) : anywhere(random);
    }
  }
  void move() {
    std::uniform_real_distribution<float> step(-0.5f, 0.5f);
    for (float& v : x) v += step(random);
    for (float& v : y) v += step(random);
  }
};

void report(benchmark::State& state, std::uint32_t agents, double mean_count) {
  state.counters["ns_agent"] = benchmark::Counter(
      static_cast<double>(agents) * 1e-9, benchmark::Counter::kIsIterationInvariantRate | benchmark::Counter::kInvert);
  state.counters["within_radius"] = mean_count;
}

void sensorium_neighbors(benchmark::State& state, const std::string& isa, bool clustered) {
  const std::uint32_t agents = static_cast<std::uint32_t>(state.range(0));
  // One channel and no network: the rest of the tick is small beside the search.
  Config config{.agents = agents, .network = {.layers = {}}, .neighbors = {.k = kNearest, .radius = kRadius}};
  config.channels = {{.name = "none"}};
  auto engine = Engine::create(config, isa);
  if (!engine) {
    std::cerr << engine.error().what.view() << "\n";
    std::exit(1);
  }
  Crowd crowd(agents, clustered);
  double time = 0;
  for (auto _ : state) {
    state.PauseTiming();
    crowd.move();
    const Placement at = engine->placement();
    std::copy(crowd.x.begin(), crowd.x.end(), at.position[0].begin());
    std::copy(crowd.y.begin(), crowd.y.end(), at.position[1].begin());
    time += 1;
    state.ResumeTiming();
    if (engine->tick(time)) std::exit(1);
  }
  double sum = 0;
  for (std::uint32_t i = 0; i < agents; ++i) sum += engine->results().neighbors.count[i];
  report(state, agents, sum / agents);
}

struct Points {
  const Crowd& crowd;
  std::size_t kdtree_get_point_count() const { return crowd.x.size(); }
  float kdtree_get_pt(std::size_t i, std::size_t axis) const { return axis ? crowd.y[i] : crowd.x[i]; }
  template <class Box>
  bool kdtree_get_bbox(Box&) const {
    return false;
  }
};

void nanoflann_neighbors(benchmark::State& state, bool clustered) {
  using Tree = nanoflann::KDTreeSingleIndexAdaptor<nanoflann::L2_Simple_Adaptor<float, Points>, Points, 2>;
  const std::uint32_t agents = static_cast<std::uint32_t>(state.range(0));
  Crowd crowd(agents, clustered);
  std::vector<std::uint32_t> index(std::size_t{agents} * (kNearest + 1));
  std::vector<float> distance(index.size());
  for (auto _ : state) {
    state.PauseTiming();
    crowd.move();
    state.ResumeTiming();
    const Points points{crowd};
    const Tree tree(2, points, nanoflann::KDTreeSingleIndexAdaptorParams(10));
    for (std::uint32_t i = 0; i < agents; ++i) {
      const float at[2] = {crowd.x[i], crowd.y[i]};
      tree.knnSearch(at, kNearest + 1, &index[std::size_t{i} * (kNearest + 1)],
                     &distance[std::size_t{i} * (kNearest + 1)]);
    }
    benchmark::DoNotOptimize(index.data());
  }
  report(state, agents, 0);
}

}  // namespace

int main(int argc, char** argv) {
  for (const bool clustered : {false, true}) {
    const std::string kind = clustered ? "clustered" : "even";
    const auto add = [&](const std::string& name, auto function) {
      benchmark::RegisterBenchmark((name + "/" + kind).c_str(), function)
          ->Arg(1'000)
          ->Arg(10'000)
          ->Arg(100'000)
          ->Arg(1'000'000)
          ->Unit(benchmark::kMillisecond);
    };
    for (const std::string_view isa : available_isas()) {
      add("neighbors/" + std::string(isa),
          [isa = std::string(isa), clustered](benchmark::State& state) { sensorium_neighbors(state, isa, clustered); });
    }
    add("neighbors/nanoflann", [clustered](benchmark::State& state) { nanoflann_neighbors(state, clustered); });
  }
  benchmark::Initialize(&argc, argv);
  if (benchmark::ReportUnrecognizedArguments(argc, argv)) return 1;
  benchmark::RunSpecifiedBenchmarks();
  benchmark::Shutdown();
}
