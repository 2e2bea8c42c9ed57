#include "golden/golden.h"

#include <fstream>
#include <regex>
#include <sstream>

#include "core/support.h"

namespace sensorium::test {

bool update_golden = false;

namespace {

// A new column must not change an old hash: the hashed ones are named, in this order.
constexpr const char* kColumns[] = {"results.fused",
                                    "results.confidence",
                                    "results.output",
                                    "results.anomaly.score",
                                    "results.anomaly.z",
                                    "results.anomaly.severity",
                                    "results.anomaly.mean",
                                    "results.anomaly.deviation",
                                    "results.prediction.values",
                                    "results.prediction.confidence",
                                    "results.prediction.trend",
                                    "results.flags",
                                    "results.changes"};

Config mixed() {
  Config config = {.agents = 1000};
  config.modalities = {
      {.name = "lidar", .hold = Hold::once}, {.name = "visual", .half_life = 0.5}, {.name = "audio", .lost_after = 2}};
  config.fusion.confidence = Confidence::freshness;
  return config;
}

// Together every activation, and layers whose sizes leave every remainder of a kernel's unrolled loops.
Config deep(bool first) {
  Config config = {.agents = 100};
  config.network.seed = first ? 11 : 12;
  if (first) {
    config.network.layers = {{.units = 64, .activation = Activation::tanh},
                             {.units = 33, .activation = Activation::sigmoid},
                             {.units = 16, .activation = Activation::relu},
                             {.units = 5, .activation = Activation::softmax}};
  } else {
    config.network.layers = {{.units = 17, .activation = Activation::fast_sigmoid},
                             {.units = 8, .activation = Activation::identity},
                             {.units = 3, .activation = Activation::tanh}};
  }
  return config;
}

}  // namespace

const std::vector<Scenario>& scenarios() {
  static const std::vector<Scenario> all = {
      {"classic-1", {{.config = {.agents = 1}, .ticks = 10'000, .ticks_a_second = 60, .seed = 1, .load = Load::dense}}},
      {"mixed-1000", {{.config = mixed(), .ticks = 1000, .ticks_a_second = 10, .seed = 2, .load = Load::mixed}}},
      {"deep",
       {{.config = deep(true), .ticks = 200, .ticks_a_second = 10, .seed = 3, .load = Load::dense},
        {.config = deep(false), .ticks = 200, .ticks_a_second = 10, .seed = 3, .load = Load::dense}}},
  };
  return all;
}

constexpr const char* kCrowdColumns[] = {"results.neighbors.count", "results.neighbors.valid",
                                         "results.neighbors.index", "results.neighbors.distance", "results.place.id"};

Config crowd() {
  return {.agents = 500,
          .neighbors = {.k = 6, .radius = 8},
          .map = {.capacity = 300, .merge_radius = 4, .link_radius = 12}};
}

std::string crowd_hash(std::string_view isa, const Look& look) {
  Hash hash;
  Engine engine = make(crowd(), isa);
  for (std::uint32_t tick = 0; tick < 200; ++tick) {
    EXPECT_OK(write_classic_load(engine, 4));
    for (std::uint32_t i = 0; i < engine.agents(); ++i) {
      engine.placement().position[0][i] = static_cast<float>((i * 7919 + tick * (i % 13)) % 2048) / 16;
      engine.placement().position[1][i] = static_cast<float>((i * 104729 + tick * (i % 7)) % 1024) / 16;
      engine.active()[i] = (i + tick / 20) % 9 != 0;
    }
    EXPECT_OK(engine.tick(tick));
    hash.add(engine);
    hash.add(engine, kCrowdColumns);
    if (look) look(engine, tick);
  }
  return hash.text();
}

constexpr const char* kWeatherColumns[] = {"results.held", "results.age", "results.weight"};
constexpr std::uint32_t kWeatherTicks = 200;

Config weather() {
  return {
      .agents = 200,
      .readings = {.lost_after = 1.5, .columns = true},
      .channels = {{.name = "wind.direction", .kind = Kind::circular, .offset = 11.25f, .period = 360, .weight = 0.5f},
                   {.name = "wind.speed", .min = 0, .max = 40},
                   {.name = "hour", .kind = Kind::circular, .period = 24},
                   {.name = "audio.event", .kind = Kind::categorical, .categories = 3, .weight = 0.25f},
                   {.name = "station.pressure", .min = 950, .max = 1050}},
      .modalities = {{.name = "wind", .half_life = 2, .timed = true},
                     {.name = "audio", .hold = Hold::once, .lost_after = 0.5},
                     {.name = "station", .hold = Hold::once, .timed = true}},
      .network = {.layers = {{.units = 4, .activation = Activation::tanh}, {.units = 2}}},
      .prediction = {.min = -kInfinity, .max = kInfinity}};
}

void write_weather(Engine& engine, std::uint32_t tick) {
  const auto sixteenths = [](std::uint32_t value, std::uint32_t end) { return static_cast<float>(value % end) / 16; };
  const double now = tick / 4.0;
  for (std::uint32_t i = 0; i < engine.agents(); ++i) {
    const bool silent = (i + tick) % 11 == 0, gone = (i + tick / 10) % 7 == 0;
    engine.sensors("wind.direction")[i] = silent || gone ? kNaN : sixteenths(i * 37 + tick * (1 + i % 5) * 8, 5760);
    engine.sensors("wind.speed")[i] = silent || gone ? kNaN : sixteenths(i * 7919 + tick * 31, 640);
    engine.sensors("hour")[i] = i % 10 == 9 && tick > 100 ? kNaN : sixteenths(tick * 3 + i, 384);
    engine.sensors("audio.event")[i] = (i * 3 + tick) % 4 == 0 ? static_cast<float>((i + tick / 7) % 5) - 1 : kNaN;
    if (!gone) engine.sensors("station.pressure")[i] = 950 + sixteenths(i * 104729 + tick * 17, 1600);
    // Late, out of order, equal, ahead, and not told.
    const std::uint32_t late = (i * 13 + tick * 7) % 8;
    engine.sensor_times("wind")[i] = late == 0 ? std::nan("") : late == 1 ? now + 1 : now - late / 8.0;
    engine.sensor_times("station")[i] = late == 2 ? kInfinity : now - (i + tick) % 5 / 2.0;
    engine.active()[i] = (i + tick / 20) % 9 != 0;
  }
}

std::string weather_hash(std::string_view isa) {
  Hash hash;
  Engine engine = make(weather(), isa);
  for (std::uint32_t tick = 0; tick < kWeatherTicks; ++tick) {
    write_weather(engine, tick);
    EXPECT_OK(engine.tick(tick / 4.0));
    hash.add(engine);
    hash.add(engine, kWeatherColumns);
  }
  return hash.text();
}

void Hash::add(Engine& engine) { add(engine, kColumns); }

void Hash::add(Engine& engine, std::span<const char* const> columns) {
  const std::span<const std::uint8_t> active = engine.active();
  for (const char* name : columns) {
    const Column& column = *engine.find_column(name);
    for (std::uint32_t plane = 0; plane < column.planes; ++plane) {
      for (std::uint32_t row = 0; row < column.rows; ++row) {
        for (std::uint32_t value = 0; active[row] && value < column.width; ++value)
          add(word(engine, column, plane, row, value));
      }
    }
  }
}

std::string Hash::text() const {
  char digits[17];
  std::snprintf(digits, sizeof digits, "%08x%08x", first_, second_);
  return digits;
}

std::string hash_of(const Scenario& scenario, std::string_view isa, const Look& look) {
  Hash hash;
  for (const GoldenRun& run : scenario.runs) {
    Engine engine = make(run.config, isa);
    for (std::uint64_t tick = 0; tick < run.ticks; ++tick) {
      EXPECT_OK(write_classic_load(engine, run.seed, run.load));
      EXPECT_OK(engine.tick(static_cast<double>(tick) / run.ticks_a_second));
      hash.add(engine);
      if (look) look(engine, tick);
    }
  }
  return hash.text();
}

std::map<std::string, std::string> read_golden() {
  std::ifstream file(SENSORIUM_GOLDEN_FILE);
  std::stringstream text;
  text << file.rdbuf();
  std::map<std::string, std::string> hashes;
  const std::string all = text.str();
  const std::regex entry(R"re("([^"]+)": "([0-9a-f]{16})")re");
  for (std::sregex_iterator at(all.begin(), all.end(), entry), end; at != end; ++at) hashes[(*at)[1]] = (*at)[2];
  return hashes;
}

bool write_golden() {
  std::ofstream file(SENSORIUM_GOLDEN_FILE);
  file << "{\n";
  for (const Scenario& scenario : scenarios()) {
    file << "  \"" << scenario.name << "\": \"" << hash_of(scenario, {}) << "\",\n";
  }
  file << "  \"crowd\": \"" << crowd_hash({}) << "\",\n";
  file << "  \"weather\": \"" << weather_hash({}) << "\"\n}\n";
  return static_cast<bool>(file);
}

}  // namespace sensorium::test
