// The history beside copies that the test keeps of the same columns.
#include <deque>

#include "core/random_config.h"
#include "core/support.h"

namespace sensorium::test {
namespace {

using Bytes = std::vector<std::byte>;

// One plane of a column as it is now.
Bytes plane_of(const Engine& engine, std::string_view name, std::uint32_t plane) {
  const Column& column = *engine.find_column(name);
  const std::size_t value = column.type == ElementType::f64 ? 8 : column.type == ElementType::u8 ? 1 : 4;
  const std::byte* first = engine.block().data() + column.offset + plane * column.stride;
  return {first, first + std::size_t{column.rows} * column.width * value};
}

template <class T>
Bytes bytes_of(std::span<const T> values) {
  const std::byte* first = reinterpret_cast<const std::byte*>(values.data());
  return {first, first + values.size_bytes()};
}

Bytes bytes_ago(const History::Column& column, std::uint32_t ago, std::uint32_t plane) {
  switch (column.type()) {
    case ElementType::f32:
      return bytes_of(column.ago(ago, plane));
    case ElementType::f64:
      return bytes_of(column.ago<double>(ago, plane));
    case ElementType::u8:
      return bytes_of(column.ago<std::uint8_t>(ago, plane));
    case ElementType::u32:
      return bytes_of(column.ago<std::uint32_t>(ago, plane));
    case ElementType::i32:
      return bytes_of(column.ago<std::int32_t>(ago, plane));
  }
  return {};
}

// The last ticks of some columns, kept in the plainest way.
class Shadow {
 public:
  Shadow(const Engine& engine, std::uint32_t depth) : depth_(depth) {
    for (const Column& column : engine.layout()) {
      const std::string_view kept = column.name.view();
      if (!kept.starts_with("history.") || kept == "history.time") continue;
      const std::string name(kept.substr(8)), result = "results." + name;
      const bool input = !engine.find_column(result);
      columns_.push_back({name, input ? name : result, input});
    }
  }
  void before(const Engine& engine) { keep(engine, true); }
  void after(const Engine& engine, double seconds) {
    keep(engine, false);
    times_.push_front(seconds);
    if (times_.size() > depth_) times_.pop_back();
  }
  void clear() {
    times_.clear();
    for (Kept& kept : columns_) kept.ticks.clear();
  }
  std::size_t columns() const { return columns_.size(); }

  void check(const Engine& engine) const {
    const History history = engine.history();
    ASSERT_EQ(history.depth(), depth_);
    ASSERT_EQ(history.length(), times_.size());
    for (std::uint32_t ago = 0; ago < times_.size(); ++ago) ASSERT_EQ(history.time(ago), times_[ago]);
    EXPECT_TRUE(std::isnan(history.time(history.length())));
    for (const Kept& kept : columns_) {
      SCOPED_TRACE(kept.name);
      const History::Column column = history.column(kept.name);
      ASSERT_TRUE(column);
      const Column& source = *engine.find_column(kept.source);
      ASSERT_EQ(column.planes(), source.planes);
      ASSERT_EQ(column.width(), source.width);
      for (std::uint32_t ago = 0; ago < kept.ticks.size(); ++ago) {
        for (std::uint32_t p = 0; p < source.planes; ++p)
          ASSERT_EQ(bytes_ago(column, ago, p), kept.ticks[ago][p]) << ago << " ago";
      }
      EXPECT_TRUE(bytes_ago(column, history.length(), 0).empty());
      EXPECT_TRUE(bytes_ago(column, 0, source.planes).empty());
    }
  }

 private:
  struct Kept {
    std::string name, source;
    bool input;
    std::deque<std::vector<Bytes>> ticks = {};  // the newest first
  };
  void keep(const Engine& engine, bool inputs) {
    for (Kept& kept : columns_) {
      if (kept.input != inputs) continue;
      std::vector<Bytes> planes;
      for (std::uint32_t p = 0; p < engine.find_column(kept.source)->planes; ++p)
        planes.push_back(plane_of(engine, kept.source, p));
      kept.ticks.push_front(planes);
      if (kept.ticks.size() > depth_) kept.ticks.pop_back();
    }
  }

  std::uint32_t depth_;
  std::deque<double> times_;
  std::vector<Kept> columns_;
};

void run(Engine& engine, Random& random, Shadow& shadow, int ticks, double from = 0) {
  for (int t = 0; t < ticks; ++t) {
    for (const Column& column : engine.layout()) {
      if (!column.name.view().starts_with("sensors.") && !column.name.view().starts_with("position.")) continue;
      float* values = reinterpret_cast<float*>(engine.block().data() + column.offset);
      for (std::uint32_t i = 0; i < column.rows; ++i) {
        if (random.chance(0.7)) values[i] = random.chance(0.1) ? kNaN : random.value(-3, 3);
      }
    }
    for (std::uint8_t& active : engine.active()) active = random.chance(0.9);
    shadow.before(engine);
    ASSERT_OK(engine.tick(from + t * 0.1));
    shadow.after(engine, from + t * 0.1);
  }
}

// Every result and input column that an engine of this configuration has, by the names that the option has.
void keep_all(Config& config) {
  const Engine engine = make(config);
  config.history.columns = {};
  for (const Column& column : engine.layout()) {
    std::string_view name = column.name.view();
    if (name.starts_with("statistics.") || name.starts_with("exchange.") || name.starts_with("history.")) continue;
    if (name.starts_with("results.")) name = name.substr(8);
    if (config.history.columns.count < kMaxHistoryColumns)
      config.history.columns.items[config.history.columns.count++] = name;
  }
}

TEST(History, RandomConfigurations) {
  Random random(41);
  for (int i = 0; i < 40; ++i) {
    SCOPED_TRACE(i);
    RandomConfig made = random_config(random, false);
    Config& config = made.config;
    if (random.chance(0.4)) config.neighbors = {.k = 1 + random.below(4), .radius = 2};
    if (random.chance(0.4)) config.map = {.capacity = 20};
    if (config.channels.size() > 8) config.channels.count = 8;
    config.modalities = {};
    for (LayerOptions& layer : config.network.layers) layer.weights = {};
    config.history.depth = 1 + random.below(9);
    keep_all(config);
    Engine engine = make(config);
    Shadow shadow(engine, *config.history.depth);
    EXPECT_EQ(shadow.columns(), config.history.columns.size());
    shadow.check(engine);
    for (int round = 0; round < 4; ++round) {
      run(engine, random, shadow, static_cast<int>(1 + random.below(12)), round * 10);
      shadow.check(engine);
    }
    engine.reset();
    shadow.clear();
    shadow.check(engine);
    run(engine, random, shadow, 3);
    shadow.check(engine);
  }
}

TEST(History, TheDefaultIsForUpToAThousandAgents) {
  for (const std::uint32_t agents : {1u, 1000u}) {
    const Engine engine = make({.agents = agents});
    EXPECT_EQ(engine.history().depth(), 100u);
    for (const char* name : {"fused", "confidence", "anomaly.score", "flags"})
      EXPECT_TRUE(engine.history().column(name)) << name;
  }
  const Engine many = make({.agents = 1001});
  EXPECT_EQ(many.history().depth(), 0u);
  EXPECT_EQ(many.history().length(), 0u);
  EXPECT_FALSE(many.history().column("fused"));
  EXPECT_TRUE(std::isnan(many.history().time(0)));
  EXPECT_EQ(many.find_column("history.time"), nullptr);
  EXPECT_EQ(many.metrics().memory.history, 0);
  EXPECT_EQ(make({.agents = 1001, .history = {.depth = 3}}).history().depth(), 3u);
  EXPECT_EQ(make({.agents = 5, .history = {.depth = 0}}).history().depth(), 0u);
}

TEST(History, AReadingThatCountsOnceIsKeptAsItWasTold) {
  Engine engine = make({.readings = {.hold = Hold::once},
                        .channels = {{.name = "x"}},
                        .history = {.depth = 3, .columns = {"sensors.x", "fused"}}});
  engine.sensors("x")[0] = 5;
  ASSERT_OK(engine.tick(0));
  EXPECT_TRUE(std::isnan(engine.sensors("x")[0]));
  EXPECT_EQ(engine.history().column("sensors.x").ago(0)[0], 5);
  ASSERT_OK(engine.tick(1));
  EXPECT_TRUE(std::isnan(engine.history().column("sensors.x").ago(0)[0]));
  EXPECT_EQ(engine.history().column("sensors.x").ago(1)[0], 5);
  EXPECT_EQ(engine.history().column("fused").ago(0)[0], 5);
}

TEST(History, OfANewcomerIsBlank) {
  Config config = {.agents = 40,
                   .history = {.depth = 5, .columns = {"fused", "sensors.lidar.points", "neighbors.index", "flags"}}};
  config.neighbors = {.k = 2, .radius = 100};
  Engine engine = make(config), untouched = make(config);
  for (Engine* each : {&engine, &untouched}) {
    for (int t = 0; t < 7; ++t) {
      ASSERT_OK(write_classic_load(*each, 3));
      const Placement placement = each->placement();
      for (std::uint32_t i = 0; i < 40; ++i)
        placement.position[0][i] = placement.position[1][i] = static_cast<float>(i);
      ASSERT_OK(each->tick(t));
    }
  }
  ASSERT_OK(engine.reset_agent(39));
  const History history = engine.history(), whole = untouched.history();
  EXPECT_EQ(history.length(), 5u) << "the ticks themselves are still known";
  for (std::uint32_t ago = 0; ago < 5; ++ago) {
    EXPECT_EQ(history.time(ago), 6.0 - ago);
    EXPECT_EQ(history.column("fused").ago(ago)[39], 0);
    EXPECT_EQ(history.column("flags").ago<std::uint32_t>(ago)[39], 0u);
    EXPECT_TRUE(std::isnan(history.column("sensors.lidar.points").ago(ago)[39]));
    EXPECT_EQ(history.column("neighbors.index").ago<std::int32_t>(ago)[2 * 39], -1);
    for (std::uint32_t i = 0; i < 39; ++i)
      ASSERT_EQ(history.column("fused").ago(ago)[i], whole.column("fused").ago(ago)[i]);
  }
}

TEST(History, AnErrorIsNoTick) {
  Engine engine = make({});
  ASSERT_OK(engine.tick(5));
  EXPECT_TRUE(engine.tick(4));
  EXPECT_EQ(engine.history().length(), 1u);
  EXPECT_EQ(engine.history().time(0), 5);
}

TEST(History, TypesAreTheColumns) {
  Engine engine = make({});
  ASSERT_OK(engine.tick(0));
  const History::Column flags = engine.history().column("flags");
  EXPECT_EQ(flags.type(), ElementType::u32);
  EXPECT_EQ(flags.ago<std::uint32_t>(0).size(), 1u);
  EXPECT_TRUE(flags.ago<float>(0).empty());
  EXPECT_FALSE(engine.history().column("results.flags"));
  EXPECT_FALSE(engine.history().column("output"));
  EXPECT_FALSE(engine.history().column(""));
}

Error error_of(const Config& config) { return Engine::create(config).error(); }

TEST(History, WrongNamesAreErrorsThatSayWhatThereIs) {
  const auto named = [](std::string_view name) {
    return error_of({.history = {.columns = {"fused", ColumnName(name)}}});
  };
  const Error top = named("fuesd");
  EXPECT_EQ(top.code, ErrorCode::unknown_column);
  EXPECT_EQ(top.where.view(), "history.columns.1");
  EXPECT_EQ(top.got.view(), "\"fuesd\"");
  EXPECT_EQ(top.expected.view(),
            "one of fused, confidence, output, anomaly.score, anomaly.z, anomaly.severity, anomaly.mean, "
            "anomaly.deviation, ...");
  for (const char* name : {"anomaly.scor", "anomaly", "anomaly."}) {
    EXPECT_EQ(named(name).expected.view(),
              "one of anomaly.score, anomaly.z, anomaly.severity, anomaly.mean, anomaly.deviation")
        << name;
  }
  EXPECT_EQ(named("sensors.lidar.point").expected.view(),
            "one of sensors.lidar.points, sensors.lidar.max_range, sensors.lidar.obstacles");
  EXPECT_EQ(named("results.fused").expected.view(), "\"fused\", without \"results.\"");
  for (const auto& [name, options] :
       std::initializer_list<std::pair<const char*, const char*>>{{"held", "readings.columns"},
                                                                  {"results.held", "readings.columns"},
                                                                  {"unacknowledged", "events.acknowledge"},
                                                                  {"position.x", "neighbors.k > 0 or map.capacity > 0"},
                                                                  {"place", "map.capacity > 0"},
                                                                  {"sensors.lidar.time", "modalities.lidar.timed"}}) {
    EXPECT_EQ(named(name).what.view(), "This engine has no such column") << name;
    EXPECT_EQ(named(name).expected.view(), std::string("options with ") + options) << name;
  }
  for (const char* name : {"", "results.fused", "history.time", "statistics.cycles", "exchange.metrics", "anomaly",
                           "anomaly.", ".", "sensors", "position.x", "place.id"}) {
    EXPECT_EQ(named(name).code, ErrorCode::unknown_column) << name;
  }
  EXPECT_EQ(named("fused").code, ErrorCode::duplicate_name);
  EXPECT_EQ(error_of({.agents = 5000, .history = {.columns = {"no"}}}).code, ErrorCode::unknown_column)
      << "also where none are kept";
  const Error none = error_of({.agents = 1001, .history = {.columns = {"output"}}});
  EXPECT_EQ(none.code, ErrorCode::out_of_range);
  EXPECT_EQ(none.where.view(), "history.depth");
  EXPECT_EQ(none.expected.view(), "how many ticks: for more than 1000 agents none is the default");
  EXPECT_EQ(error_of({.agents = 1001, .history = {.depth = 0, .columns = {"output"}}}).code, ErrorCode::ok);
  EXPECT_EQ(error_of({.agents = 1001, .history = {.columns = {}}}).code, ErrorCode::ok);
  EXPECT_EQ(error_of({.history = {.depth = 100'001}}).where.view(), "history.depth");
  Config many;
  many.history.columns.count = kMaxHistoryColumns + 1;
  EXPECT_EQ(error_of(many).code, ErrorCode::too_many);
}

TEST(History, ColumnsOfTheLongestNames) {
  const std::string channel(63, 'c');
  Config config = {.channels = {{.name = std::string_view(channel)}}};
  const std::string name = "sensors." + channel;
  config.history.columns = {ColumnName(std::string_view(name))};
  Engine engine = make(config);
  ASSERT_OK(engine.tick(0));
  EXPECT_EQ(engine.history().column(name).ago(0).size(), 1u);
}

TEST(History, OnlyTimes) {
  Engine engine = make({.history = {.depth = 2, .columns = {}}});
  for (int t = 0; t < 5; ++t) ASSERT_OK(engine.tick(t));
  EXPECT_EQ(engine.history().time(0), 4);
  EXPECT_EQ(engine.history().time(1), 3);
  EXPECT_TRUE(std::isnan(engine.history().time(2)));
}

}  // namespace
}  // namespace sensorium::test
