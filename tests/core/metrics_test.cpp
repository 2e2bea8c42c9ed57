// metrics(): what ticks took, what they found, and what memory is for.
#include <atomic>
#include <thread>

#include "clock.h"
#include "core/random_config.h"
#include "core/support.h"
#include "sensorium/schema.h"

namespace sensorium::test {
namespace {

void run(Engine& engine, int ticks, Load load = Load::mixed) {
  for (int t = 0; t < ticks; ++t) {
    ASSERT_OK(write_classic_load(engine, 4, load));
    ASSERT_OK(engine.tick(static_cast<double>(engine.statistics().cycles) * 0.1));
  }
}

std::vector<double> stages(const Metrics::StageFigures& figures) {
  std::vector<double> values(sizeof figures / sizeof(double));
  std::memcpy(values.data(), &figures, sizeof figures);
  return values;
}

double sum(const std::vector<double>& values) {
  double sum = 0;
  for (const double value : values) sum += value;
  return sum;
}

TEST(Metrics, ATickIsTimed) {
  Engine engine = make({.agents = 200, .metrics = {.stages_every = 10}});
  const std::uint64_t start = clock_nanoseconds();
  run(engine, 100);
  const double elapsed = 1e-9 * static_cast<double>(clock_nanoseconds() - start);
  const Metrics metrics = engine.metrics();
  const Metrics::Latency& latency = metrics.latency;
  EXPECT_EQ(metrics.cycles, 100);
  EXPECT_EQ(latency.count, 100);
  EXPECT_GT(latency.min, 0);
  EXPECT_LE(latency.min, latency.p50);
  EXPECT_LE(latency.p50, latency.p95);
  EXPECT_LE(latency.p95, latency.p99);
  EXPECT_LE(latency.p99, latency.max);
  EXPECT_GE(latency.mean, latency.min);
  EXPECT_LE(latency.mean * 100, elapsed * (1 + 1e-9));
  EXPECT_GT(latency.resolution, 0);
  EXPECT_LT(latency.resolution, 0.02);
  EXPECT_GE(metrics.rate * elapsed, 99 * (1 - 1e-9));
  EXPECT_NEAR(metrics.agent_rate * latency.mean * 100, metrics.agent_cycles, 1e-6 * metrics.agent_cycles);
}

TEST(Metrics, StagesAreSampled) {
  for (const bool parallel : {false, true}) {
    Config config = {.agents = 1000, .metrics = {.stages_every = 10}};
    config.map = {.capacity = 100, .from = PlacesFrom::features};
    Engine engine = make(config);
    if (parallel) {
      engine.set_parallel_for(
          [](void*, std::uint32_t blocks, void (*body)(void*, std::uint32_t), void* context) {
            std::vector<std::thread> pool;
            for (std::uint32_t block = 0; block < blocks; ++block) pool.emplace_back(body, context, block);
            for (std::thread& thread : pool) thread.join();
          },
          nullptr);
    }
    run(engine, 9, Load::dense);
    EXPECT_EQ(engine.metrics().stages.count, 0);
    EXPECT_EQ(sum(stages(engine.metrics().stages.seconds)), 0);
    run(engine, 26, Load::dense);
    const Metrics metrics = engine.metrics();
    EXPECT_EQ(metrics.stages.count, 3);
    EXPECT_NEAR(sum(stages(metrics.stages.share)), 1, 1e-12);
    EXPECT_GT(metrics.stages.seconds.ingest, 0);
    EXPECT_GT(metrics.stages.seconds.remember, 0);
    EXPECT_GT(metrics.stages.seconds.map, 0);
    if (!parallel) {
      EXPECT_LE(sum(stages(metrics.stages.seconds)), metrics.latency.max) << "stages are parts of a tick";
    }
  }
}

TEST(Metrics, TimingCanBeLeftOut) {
  const Config timed = {.agents = 300}, plain = {.agents = 300, .metrics = {.timing = false}};
  Engine engine = make(plain), other = make(timed);
  run(engine, 70);
  run(other, 70);
  const Metrics metrics = engine.metrics();
  EXPECT_EQ(metrics.cycles, 70);
  EXPECT_EQ(metrics.latency.count, 0);
  EXPECT_EQ(metrics.latency.resolution, 0);
  EXPECT_EQ(metrics.rate, 0);
  EXPECT_EQ(metrics.agent_rate, 0);
  EXPECT_EQ(metrics.stages.count, 0);
  EXPECT_EQ(metrics.memory.metrics, 0);
  EXPECT_EQ(metrics.predictions, other.metrics().predictions);
  EXPECT_TRUE(same_bytes(state_bytes(engine), state_bytes(other))) << "time is measured and changes nothing";

  Engine unsampled = make({.agents = 300, .metrics = {.stages_every = 0}});
  run(unsampled, 70);
  EXPECT_EQ(unsampled.metrics().latency.count, 70);
  EXPECT_EQ(unsampled.metrics().stages.count, 0);
}

TEST(Metrics, ResetForgetsAndResetMetricsForgetsOnlyTheTimes) {
  Engine engine = make({.agents = 20, .metrics = {.stages_every = 1}});
  run(engine, 30);
  const Metrics before = engine.metrics();
  const auto state = state_bytes(engine);
  engine.reset_metrics();
  EXPECT_TRUE(same_bytes(state_bytes(engine), state));
  EXPECT_EQ(engine.metrics().cycles, 30);
  EXPECT_EQ(engine.metrics().predictions, before.predictions);
  EXPECT_EQ(engine.metrics().latency.count, 0);
  EXPECT_EQ(engine.metrics().latency.max, 0);
  EXPECT_EQ(engine.metrics().rate, 0);
  EXPECT_EQ(engine.metrics().stages.count, 0);
  run(engine, 1);
  EXPECT_EQ(engine.metrics().latency.count, 1);
  EXPECT_EQ(engine.metrics().rate, 0) << "one tick has no rate";
  EXPECT_EQ(engine.metrics().latency.min, engine.metrics().latency.max);
  EXPECT_EQ(engine.metrics().latency.p50, engine.metrics().latency.max);
  engine.reset();
  EXPECT_EQ(engine.metrics().cycles, 0);
  EXPECT_EQ(engine.metrics().latency.count, 0);
}

TEST(Metrics, AnErrorIsNoTick) {
  Engine engine = make({});
  run(engine, 3);
  EXPECT_TRUE(engine.tick(-1));
  EXPECT_TRUE(engine.tick(kNaN));
  EXPECT_EQ(engine.metrics().latency.count, 3);
}

// Added up here from the flags and changes of every row.
class Counts : public PerIsa {};
SENSORIUM_EACH_ISA(Counts);

TEST_P(Counts, AreThoseOfTheFlags) {
  Engine engine = make({.agents = 333}, isa());
  std::uint64_t cycles = 0, predictions = 0, anomalies = 0, losses = 0, lost_ever = 0;
  for (int t = 0; t < 200; ++t) {
    run(engine, 1);
    const Results results = engine.results();
    std::uint64_t lost = 0;
    for (std::uint32_t i = 0; i < engine.agents(); ++i) {
      if (!engine.active()[i]) continue;
      const std::uint32_t flags = results.flags[i], begun = results.changes[i] & flags;
      ++cycles;
      predictions += (flags & flag::predicted) != 0;
      anomalies += (begun & flag::anomaly) != 0;
      losses += static_cast<std::uint64_t>(std::popcount(begun >> kLostShift));
      lost += static_cast<std::uint64_t>(std::popcount(flags >> kLostShift));
    }
    lost_ever += lost;
    const Statistics statistics = engine.statistics();
    ASSERT_EQ(statistics.agent_cycles, cycles) << t;
    ASSERT_EQ(statistics.predictions, predictions) << t;
    ASSERT_EQ(statistics.anomalies, anomalies) << t;
    ASSERT_EQ(statistics.sensors_lost, losses) << t;
    ASSERT_EQ(statistics.sensors_lost_now, lost) << t;
    const Metrics metrics = engine.metrics();
    ASSERT_EQ(metrics.agent_cycles, static_cast<double>(cycles));
    ASSERT_EQ(metrics.sensors_lost_now, static_cast<double>(lost));
  }
  EXPECT_GT(losses, 0u);
  EXPECT_GT(lost_ever, losses);
  EXPECT_LT(predictions, cycles);
}

TEST(Schema, MetricsAreInTheirOrder) {
  const auto rows = schema::metrics();
  ASSERT_EQ(rows.size() * sizeof(double), sizeof(Metrics));
  const auto at = [&](std::size_t offset) { return std::string(rows[offset / sizeof(double)].path); };
  EXPECT_EQ(at(offsetof(Metrics, cycles)), "cycles");
  EXPECT_EQ(at(offsetof(Metrics, sensors_lost_now)), "sensors_lost_now");
  EXPECT_EQ(at(offsetof(Metrics, latency) + offsetof(Metrics::Latency, p95)), "latency.p95");
  EXPECT_EQ(at(offsetof(Metrics, latency) + offsetof(Metrics::Latency, resolution)), "latency.resolution");
  EXPECT_EQ(at(offsetof(Metrics, agent_rate)), "agent_rate");
  const std::size_t seconds = offsetof(Metrics, stages) + offsetof(Metrics::Stages, seconds);
  EXPECT_EQ(at(seconds + offsetof(Metrics::StageFigures, remember)), "stages.seconds.remember");
  const std::size_t share = offsetof(Metrics, stages) + offsetof(Metrics::Stages, share);
  EXPECT_EQ(at(share + offsetof(Metrics::StageFigures, history)), "stages.share.history");
  EXPECT_EQ(at(offsetof(Metrics, memory) + offsetof(Metrics::Memory, search)), "memory.search");
  EXPECT_EQ(at(offsetof(Metrics, memory) + offsetof(Metrics::Memory, other)), "memory.other");
}

// explain(): the parts are all there is.

void check_explanation(const Config& config) {
  const Result<Explanation> explained = explain(config);
  ASSERT_TRUE(explained) << words(explained.error());
  const std::uint64_t bytes = *required_bytes(config);
  EXPECT_EQ(explained->bytes, bytes);
  EXPECT_EQ(explained->agents, config.agents);
  std::uint64_t parts = 0;
  for (const PartBytes& part : explained->parts) parts += part.bytes;
  EXPECT_EQ(parts, bytes);
  for (const OptionBytes& option : explained->options) {
    EXPECT_GT(option.bytes, 0u) << option.option;
    EXPECT_LT(option.bytes, bytes) << option.option;
  }
  // And the engine, when there is one, is made of the same.
  const Result<Engine> engine = Engine::create(config);
  ASSERT_TRUE(engine);
  const Metrics::Memory memory = engine->metrics().memory;
  EXPECT_EQ(memory.total, static_cast<double>(bytes));
  std::vector<double> told(explained->parts.size());
  std::memcpy(told.data(), &memory.inputs, told.size() * sizeof(double));
  for (std::uint32_t p = 0; p < told.size(); ++p) {
    EXPECT_EQ(told[p], static_cast<double>(explained->parts[p].bytes)) << explained->parts[p].name;
    EXPECT_EQ(std::string(schema::metrics()[schema::metrics().size() - told.size() + p].path),
              "memory." + std::string(explained->parts[p].name));
  }
}

TEST(Explain, RandomConfigurationsAddUp) {
  Random random(32);
  for (int i = 0; i < 100; ++i) {
    RandomConfig made = random_config(random, true);
    Config& config = made.config;
    config.agents = 1 + random.below(random.chance(0.2) ? 5000 : 100);
    if (random.chance(0.5)) {
      config.neighbors = {.k = 1 + random.below(kMaxNeighbors),
                          .fov = random.chance(0.5) ? 1.0f : 6.2831855f,
                          .own_radius = random.chance(0.5),
                          .groups = random.chance(0.5)};
    }
    if (random.chance(0.5)) config.map = {.capacity = 1 + random.below(5000)};
    config.metrics = {.timing = random.chance(0.5), .stages_every = random.below(3)};
    // More agents need a depth where they are given columns.
    if (random.chance(0.7) || config.agents > 1000) config.history.depth = random.below(20);
    if (random.chance(0.5)) config.history.columns = {"fused", "prediction.values", "active"};
    if (config.neighbors.k) config.history.columns = {"position.x", "neighbors.distance"};
    SCOPED_TRACE(i);
    check_explanation(config);
  }
}

TEST(Explain, AnOptionsBytesAreWhatAnEngineWithoutItNeedsLess) {
  Config config = {.agents = 1000};
  config.neighbors.k = 8;
  config.map.capacity = 500;
  config.readings.columns = true;
  config.modalities = {{.name = "lidar", .timed = true}};
  const auto cost = [&](std::string_view option) -> std::uint64_t {
    const Result<Explanation> explained = explain(config);
    for (const OptionBytes& row : explained->options) {
      if (row.option == option) return row.bytes;
    }
    return 0;
  };
  const auto check = [&](std::string_view option, auto apply) {
    Config less = config;
    apply(less);
    EXPECT_EQ(cost(option), *required_bytes(config) - *required_bytes(less)) << option;
    EXPECT_GT(cost(option), 0u) << option;
  };
  check("readings.columns", [](Config& c) { c.readings.columns = false; });
  check("readings.timed", [](Config& c) { c.modalities[0].timed = false; });
  check("neighbors.k", [](Config& c) { c.neighbors.k = 0; });
  check("history.depth", [](Config& c) { c.history.depth = 0; });
  check("map.capacity", [](Config& c) { c.map.capacity = 0; });
  check("network.layers", [](Config& c) { c.network.layers = {}; });
  check("prediction.horizon", [](Config& c) { c.prediction.horizon = 1; });
  check("metrics.timing", [](Config& c) { c.metrics.timing = false; });
  // A column that is kept and would not be there is kept no more.
  config.history.columns = {"fused", "neighbors.count", "sensors.lidar.points"};
  check("neighbors.k", [](Config& c) {
    c.neighbors.k = 0;
    c.history.columns = {"fused", "sensors.lidar.points"};
  });
  EXPECT_GT(cost("channels"), 10u * 4 * 1000) << "12 columns, at least";
  EXPECT_EQ(cost("agents"), 0u);
}

TEST(Explain, WrongOptionsAreErrors) {
  EXPECT_EQ(explain({.agents = 0}).error().code, ErrorCode::out_of_range);
  EXPECT_EQ(explain({.metrics = {.stages_every = 2'000'000}}).error().where.view(), "metrics.stages_every");
}

}  // namespace
}  // namespace sensorium::test
