// After create() nothing allocates: every operator new of the process is counted.
#include "core/allocations.h"
#include "core/snapshot_support.h"
#include "core/support.h"

namespace sensorium::test {
namespace {

TEST(Allocation, NoneAfterCreate) {
  for (const std::string& isa : isas()) {
    Config config = {.agents = 40, .history = {.depth = 30}, .metrics = {.stages_every = 7}};
    config.modalities = {{.name = "lidar", .hold = Hold::once}, {.name = "visual", .half_life = 0.5}};
    const std::uint64_t before_create = allocations;
    Result<Engine> engine = Engine::create(config, isa);
    ASSERT_TRUE(engine);
    EXPECT_EQ(allocations - before_create, 1u) << "the block, and nothing else";

    std::vector<std::byte> snapshot(engine->snapshot_bytes());
    const std::uint64_t before = allocations;
    bool failed = false;
    for (int t = 0; t < 200; ++t) {
      failed |= static_cast<bool>(write_classic_load(*engine, 1, Load::mixed));
      failed |= static_cast<bool>(engine->tick(t * 0.1));
      if (t == 100) failed |= static_cast<bool>(engine->reset_agent(7));
      if (t == 150) failed |= !engine->snapshot_into(snapshot) || engine->restore(snapshot);
    }
    // Errors are of fixed size.
    failed |=
        !engine->tick(-1) || !engine->reset_agent(40) || !engine->restore({}) || !required_bytes({.agents = 0}).error();
    const Results results = engine->results();
    const bool finite =
        std::isfinite(results.fused[0]) && engine->statistics().cycles == 200 && engine->find_column("active");
    const Metrics metrics = engine->metrics();
    const History history = engine->history();
    failed |= history.length() != 30 || history.column("fused").ago(29).size() != 40 || history.time(1) != 198 * 0.1;
    failed |= metrics.latency.count != 200 || metrics.stages.count != 28 || !explain(config);
    engine->reset_metrics();
    engine->reset();
    EXPECT_EQ(allocations, before) << isa;
    EXPECT_FALSE(failed);
    EXPECT_TRUE(finite);
  }
}

TEST(Allocation, NoneWithAnyOptions) {
  for (std::uint32_t seed = 0; seed < 40; ++seed) {
    Random random(seed);
    const RandomConfig made = random_engine(random, seed % 2);
    Engine engine = make(made.config);
    std::vector<std::byte> snapshot(engine.snapshot_bytes());
    double ids[4];
    float distances[4];
    bool failed = false;
    const std::uint64_t before = allocations;
    run_randomly(random, engine, 30);
    failed |= !engine.snapshot_into(snapshot);
    run_randomly(random, engine, 10);
    failed |= static_cast<bool>(engine.restore(snapshot));
    run_randomly(random, engine, 10);
    engine.acknowledge_all();
    const float here[3] = {0, 0, 0};
    if (const auto places = engine.places()) places->nearest(here, 4, ids, distances);
    EXPECT_EQ(allocations, before) << seed;
    EXPECT_FALSE(failed);
  }
}

TEST(Allocation, NoneInTheCallersBlock) {
  const Config config = {.agents = 50};
  std::vector<std::byte> memory(*required_bytes(config) + 64);
  std::byte* start = memory.data() + (64 - reinterpret_cast<std::uintptr_t>(memory.data()) % 64) % 64;
  const std::uint64_t before = allocations;
  {
    Result<Engine> engine = Engine::create_in({start, memory.size() - 64}, config);
    const Engine moved = std::move(*engine);
  }
  EXPECT_EQ(allocations, before);
}

}  // namespace
}  // namespace sensorium::test
