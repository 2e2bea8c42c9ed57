// Where a tick's time goes: `crowd-10k`, nanoseconds an agent and stage, the least of many ticks, on every ISA of this machine.
//
//   sensorium_stages [isa]
#include <chrono>
#include <cstdio>
#include <map>

#include "crowd.h"
#include "dispatch.h"
#include "locate.h"
#include "space/map_places.h"
#include "stages/stages.h"

namespace {

using namespace sensorium;
using Clock = std::chrono::steady_clock;

constexpr int kTicks = 400;
constexpr const char* kNames[] = {"locate", "ingest",  "fuse",   "infer", "remember",
                                  "detect", "predict", "report", "map",   "whole tick"};
constexpr int kWhole = 9;

void plain_loop(void*, std::uint32_t blocks, void (*body)(void*, std::uint32_t), void* context) {
  for (std::uint32_t block = 0; block < blocks; ++block) body(context, block);
}

// One stage over all blocks at a time, so that the clock is read some ten times a tick; in a real tick they share the cache
// block by block, so their sum is a little more than the whole.
std::map<int, double> measure(const std::string& isa) {
  bench::Crowd crowd(isa);
  Engine& engine = crowd.engine();
  const Stages& stages = **choose_stages(isa);
  std::byte* block = engine.block().data();
  const Plan& plan = *reinterpret_cast<const Plan*>(block);
  std::map<int, double> least;
  std::vector<BlockSums> sums(plan.blocks);
  for (int tick = 0; tick < kTicks; ++tick) {
    crowd.prepare();
    const auto time = [&](int stage, auto body) {
      const auto begin = Clock::now();
      body();
      const double ns = std::chrono::duration<double, std::nano>(Clock::now() - begin).count() / bench::Crowd::kAgents;
      if (!least.contains(stage) || ns < least[stage]) least[stage] = ns;
    };
    const auto blocks = [&](int stage, auto body) {
      time(stage, [&] {
        for (std::uint32_t b = 0; b < plan.blocks; ++b) {
          const std::uint32_t first = b * kBlockTiles;
          body(TileRange{first, std::min(first + kBlockTiles, plan.tiles)}, sums[b]);
        }
      });
    };
    if (tick % 2) {
      time(kWhole, [&] {
        if (Error error = engine.tick(crowd.seconds())) bench::fail(error);
      });
      continue;
    }
    const double now = crowd.seconds();
    time(0, [&] { locate(plan, block, stages, plain_loop, nullptr); });
    blocks(1, [&](TileRange range, BlockSums&) { stages.ingest(plan, block, range, now); });
    blocks(2, [&](TileRange range, BlockSums&) { stages.fuse(plan, block, range, now); });
    blocks(3, [&](TileRange range, BlockSums&) { stages.infer(plan, block, range); });
    blocks(4, [&](TileRange range, BlockSums& own) { stages.remember(plan, block, range, own); });
    blocks(5, [&](TileRange range, BlockSums& own) { stages.detect(plan, block, range, own); });
    blocks(6, [&](TileRange range, BlockSums& own) { stages.predict(plan, block, range, own); });
    blocks(7, [&](TileRange range, BlockSums&) { stages.report(plan, block, range, now); });
    time(8, [&] { map_places(plan, block, now); });
  }
  const PlacesCounts places = engine.places()->counts();
  double near = 0;
  for (std::uint32_t i = 0; i < engine.agents(); ++i) near += engine.results().neighbors.count[i];
  std::printf("%s: %u agents, %.1f within the radius, %u places, %u founded in the last tick\n", isa.c_str(),
              engine.agents(), near / engine.agents(), places.places, places.tick_made);
  return least;
}

}  // namespace

int main(int argc, char** argv) {
  for (const std::string_view isa : available_isas()) {
    if (argc > 1 && isa != argv[1]) continue;
    const std::map<int, double> least = measure(std::string(isa));
    for (int stage = 0; stage <= kWhole; ++stage)
      std::printf("  %-12s %8.1f ns an agent\n", kNames[stage], least.at(stage));
    std::printf("  %-12s %8.2f ms\n", "a tick", least.at(kWhole) * bench::Crowd::kAgents * 1e-6);
  }
}
