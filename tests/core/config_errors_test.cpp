// Every kind of bad configuration: its code, where it is, what was expected and what was got.
#include <algorithm>
#include <functional>
#include <ostream>

#include "core/support.h"

namespace sensorium::test {
namespace {

const float kEight[] = {1, 2, 3, 4, 5, 6, 7, 8};
const float kWild[] = {1, 2, 3, kNaN};
const float kHuge[] = {1, 2, 3, 2e6f};

struct Bad {
  const char* name;
  std::function<void(Config&)> spoil;
  ErrorCode code;
  const char* where;     // found in the error's own text
  const char* expected;  // likewise
  const char* got;       // likewise
};

std::ostream& operator<<(std::ostream& out, const Bad& bad) { return out << bad.name; }

void channels(Config& config, std::uint32_t count, bool features = true, std::uint32_t modalities = 1) {
  config.channels = {};
  for (std::uint32_t c = 0; c < count && c < kMaxChannels; ++c) {
    std::string name = "m";
    name += std::to_string(c % modalities);
    name += ".c";
    name += std::to_string(c);
    config.channels.items[c] = {.name = std::string_view(name), .feature = features || c == 0};
  }
  config.channels.count = count;
}

// clang-format off: a row a case.
const Bad kBad[] = {
    {"no_agents", [](Config& c) { c.agents = 0; }, ErrorCode::out_of_range, "agents", "1 to 1000000", "0"},
    {"too_many_agents", [](Config& c) { c.agents = kMaxAgents + 1; }, ErrorCode::out_of_range, "agents", "1 to 1000000",
     "1000001"},
    {"huge_agents", [](Config& c) { c.agents = 0xFFFFFFFFu; }, ErrorCode::out_of_range, "agents", "1000000",
     "4294967295"},

    {"negative_lost_after", [](Config& c) { c.readings.lost_after = -1; }, ErrorCode::out_of_range,
     "readings.lost_after", "0", "-1"},
    {"lost_after_nan", [](Config& c) { c.readings.lost_after = std::nan(""); }, ErrorCode::out_of_range,
     "readings.lost_after", "0", "NaN"},
    {"half_life_zero", [](Config& c) { c.readings.half_life = 0; }, ErrorCode::out_of_range, "readings.half_life",
     "1e-06", "0"},
    {"half_life_nan", [](Config& c) { c.readings.half_life = std::nan(""); }, ErrorCode::out_of_range,
     "readings.half_life", "(s)", "NaN"},
    {"unknown_hold", [](Config& c) { c.readings.hold = static_cast<Hold>(3); }, ErrorCode::out_of_range,
     "readings.hold", "latch", "3"},

    {"no_channels", [](Config& c) { c.channels = {}; }, ErrorCode::out_of_range, "channels", "1 to 64", "0"},
    {"too_many_channels", [](Config& c) { channels(c, 65); }, ErrorCode::too_many, "channels", "64", "65"},
    {"too_many_features", [](Config& c) { channels(c, 33); }, ErrorCode::too_many, "channels.m0.c32", "32", "33"},
    {"too_many_modalities", [](Config& c) { channels(c, 17, false, 17); }, ErrorCode::too_many, "channels.m16.c16",
     "16", "17"},
    {"empty_name", [](Config& c) { c.channels[2].name = ""; }, ErrorCode::bad_name, "channels.2.name",
     "without empty parts", "\"\""},
    {"name_ends_in_dot", [](Config& c) { c.channels[0].name = "visual."; }, ErrorCode::bad_name, "channels.0.name",
     "empty parts", "visual."},
    {"name_starts_with_dot", [](Config& c) { c.channels[0].name = ".x"; }, ErrorCode::bad_name, "channels.0.name",
     "empty parts", ".x"},
    {"name_with_empty_part", [](Config& c) { c.channels[0].name = "a..b"; }, ErrorCode::bad_name, "channels.0.name",
     "empty parts", "a..b"},
    {"same_name_twice", [](Config& c) { c.channels[1].name = "visual.objects"; }, ErrorCode::duplicate_name,
     "channels.visual.objects", "own", "visual.objects"},
    {"channel_named_as_a_modality", [](Config& c) { c.channels[1].name = "visual"; }, ErrorCode::duplicate_name,
     "channels.visual", "own", "visual.objects and visual"},
    {"empty_range", [](Config& c) { c.channels[0].min = c.channels[0].max = 3; }, ErrorCode::out_of_range,
     "channels.visual.objects", "min below max", "3 to 3"},
    {"upside_down_range", [](Config& c) { c.channels[0].min = 5, c.channels[0].max = 3; }, ErrorCode::out_of_range,
     "channels.visual.objects", "min below max", "5 to 3"},
    {"too_wide_range", [](Config& c) { c.channels[0].min = -3e38f, c.channels[0].max = 3e38f; },
     ErrorCode::out_of_range, "channels.visual.objects", "min below max", "3.0"},
    {"min_nan", [](Config& c) { c.channels[0].min = kNaN; }, ErrorCode::out_of_range, "channels.visual.objects.min",
     "a number", "NaN"},
    {"scale_infinite", [](Config& c) { c.channels[0].scale = kInfinity; }, ErrorCode::out_of_range,
     "channels.visual.objects.scale", "1000000000", "Infinity"},
    {"scale_nan", [](Config& c) { c.channels[0].scale = kNaN; }, ErrorCode::out_of_range,
     "channels.visual.objects.scale", "1000000000", "NaN"},
    {"offset_infinite", [](Config& c) { c.channels[0].offset = -kInfinity; }, ErrorCode::out_of_range,
     "channels.visual.objects.offset", "a number", "-Infinity"},
    {"weight_negative", [](Config& c) { c.channels[0].weight = -0.5f; }, ErrorCode::out_of_range,
     "channels.visual.objects.weight", "0 to 1000000", "-0.5"},
    {"weight_huge", [](Config& c) { c.channels[0].weight = 2e6f; }, ErrorCode::out_of_range,
     "channels.visual.objects.weight", "1000000", "2000000"},
    {"unknown_kind", [](Config& c) { c.channels[0].kind = static_cast<Kind>(9); }, ErrorCode::out_of_range,
     "channels.visual.objects.kind", "linear", "9"},
    {"circular_with_a_scale", [](Config& c) { c.channels[0].kind = Kind::circular; }, ErrorCode::wrong_kind,
     "channels.visual.objects.scale", "a channel that is linear", "circular"},
    {"circular_with_a_range",
     [](Config& c) { c.channels[1] = {.name = "visual.b", .kind = Kind::circular, .max = 360}; }, ErrorCode::wrong_kind,
     "channels.visual.b.max", "a channel that is linear", "circular"},
    {"circular_clamped", [](Config& c) { c.channels[1] = {.name = "visual.b", .kind = Kind::circular, .clamp = true}; },
     ErrorCode::wrong_kind, "channels.visual.b.clamp", "a channel that is linear", "circular"},
    {"categorical_with_an_offset",
     [](Config& c) { c.channels[1] = {.name = "visual.b", .kind = Kind::categorical, .offset = 1, .categories = 3}; },
     ErrorCode::wrong_kind, "channels.visual.b.offset", "linear or circular", "categorical"},
    {"linear_with_a_period", [](Config& c) { c.channels[0].period = 360; }, ErrorCode::wrong_kind,
     "channels.visual.objects.period", "a channel that is circular", "linear"},
    {"linear_with_categories", [](Config& c) { c.channels[1].categories = 3; }, ErrorCode::wrong_kind,
     "channels.visual.brightness.categories", "a channel that is categorical", "linear"},
    {"categories_not_given", [](Config& c) { c.channels[1] = {.name = "visual.b", .kind = Kind::categorical}; },
     ErrorCode::out_of_range, "channels.visual.b.categories", "2 to 32", "0"},
    {"one_category",
     [](Config& c) { c.channels[1] = {.name = "visual.b", .kind = Kind::categorical, .categories = 1}; },
     ErrorCode::out_of_range, "channels.visual.b.categories", "2 to 32", "1"},
    {"too_many_categories",
     [](Config& c) { c.channels[1] = {.name = "visual.b", .kind = Kind::categorical, .categories = 33}; },
     ErrorCode::out_of_range, "channels.visual.b.categories", "0 to 32", "33"},
    {"period_zero", [](Config& c) { c.channels[1] = {.name = "visual.b", .kind = Kind::circular, .period = 0}; },
     ErrorCode::out_of_range, "channels.visual.b.period", "1e-06", "0"},
    {"period_nan",
     [](Config& c) { c.channels[1] = {.name = "visual.b", .kind = Kind::circular, .period = std::nan("")}; },
     ErrorCode::out_of_range, "channels.visual.b.period", "1e-06", "NaN"},
    {"too_many_features_of_kinds",
     [](Config& c) {
       channels(c, 30);
       c.channels.items[30] = {.name = "m0.event", .kind = Kind::categorical, .categories = 3};
       c.channels.count = 31;
     },
     ErrorCode::too_many, "channels.m0.event", "at most 32", "33 with this channel's 3"},
    {"a_feature_of_anothers_name",
     [](Config& c) {
       c.channels = {{.name = "wind.d", .kind = Kind::circular}, {.name = "wind.d.cos"}};
     },
     ErrorCode::duplicate_name, "channels.wind.d.cos", "own", "wind.d.cos"},
    {"only_sines", [](Config& c) { c.channels = {{.name = "wind.d", .kind = Kind::circular}}; },
     ErrorCode::nothing_to_fuse, "channels", "positive weight", "2 features of total weight 0"},
    {"a_channel_named_time",
     [](Config& c) {
       c.channels[1].name = "visual.time";
       c.modalities = {{.name = "visual", .timed = true}};
     },
     ErrorCode::duplicate_name, "channels.visual.time", "not timed", "visual.time"},
    {"a_channel_named_time_where_all_are_timed",
     [](Config& c) {
       c.channels[1].name = "visual.time";
       c.readings.timed = true;
     },
     ErrorCode::duplicate_name, "channels.visual.time", "not timed", "visual.time"},

    {"no_features",
     [](Config& c) {
       for (auto& channel : c.channels) channel.feature = false;
     },
     ErrorCode::nothing_to_fuse, "channels", "positive weight", "0 features"},
    {"no_weight",
     [](Config& c) {
       for (auto& channel : c.channels) channel.weight = 0;
     },
     ErrorCode::nothing_to_fuse, "channels", "positive weight", "weight 0"},

    {"unknown_modality", [](Config& c) { c.modalities = {{.name = "smell"}}; }, ErrorCode::unknown_modality,
     "modalities.smell", "first dot", "smell"},
    {"modality_twice",
     [](Config& c) {
       c.modalities = {{.name = "imu"}, {.name = "imu"}};
     },
     ErrorCode::duplicate_name, "modalities.imu", "own", "imu"},
    {"too_many_modality_options", [](Config& c) { c.modalities.count = 17; }, ErrorCode::too_many, "modalities", "16",
     "17"},
    {"modality_lost_after", [](Config& c) { c.modalities = {{.name = "imu", .lost_after = -2}}; },
     ErrorCode::out_of_range, "modalities.imu.lost_after", "0", "-2"},
    {"modality_half_life", [](Config& c) { c.modalities = {{.name = "imu", .half_life = -2}}; },
     ErrorCode::out_of_range, "modalities.imu.half_life", "1e-06", "-2"},

    {"too_many_layers", [](Config& c) { c.network.layers.count = 5; }, ErrorCode::too_many, "network.layers", "4", "5"},
    {"no_units", [](Config& c) { c.network.layers[0].units = 0; }, ErrorCode::out_of_range, "network.layers.0.units",
     "1 to 64", "0"},
    {"too_many_units", [](Config& c) { c.network.layers[1].units = 65; }, ErrorCode::out_of_range,
     "network.layers.1.units", "1 to 64", "65"},
    {"unknown_activation", [](Config& c) { c.network.layers[0].activation = static_cast<Activation>(6); },
     ErrorCode::out_of_range, "network.layers.0.activation", "softmax", "6"},
    {"softmax_within", [](Config& c) { c.network.layers[0].activation = Activation::softmax; }, ErrorCode::out_of_range,
     "network.layers.0.activation", "another", "softmax"},
    {"weights_of_another_shape", [](Config& c) { c.network.layers[0].weights = kEight; }, ErrorCode::wrong_count,
     "network.layers.0.weights", "32 numbers", "8 numbers"},
    {"biases_of_another_shape", [](Config& c) { c.network.layers[1].biases = kEight; }, ErrorCode::wrong_count,
     "network.layers.1.biases", "2 numbers", "8 numbers"},
    {"weight_nan", [](Config& c) { c.network.layers = {{.units = 1, .weights = kWild}}; }, ErrorCode::out_of_range,
     "network.layers.0.weights", "1000000", "NaN at [3]"},
    {"network_weight_huge", [](Config& c) { c.network.layers = {{.units = 1, .weights = kHuge}}; },
     ErrorCode::out_of_range, "network.layers.0.weights", "1000000", "2000000 at [3]"},
    {"seed_beyond_a_double", [](Config& c) { c.network.seed = std::uint64_t{1} << 60; }, ErrorCode::out_of_range,
     "network.seed", "9007199254740991", "1.1529215e+18"},
    {"unknown_confidence", [](Config& c) { c.fusion.confidence = static_cast<Confidence>(3); }, ErrorCode::out_of_range,
     "fusion.confidence", "freshness", "3"},

    {"detection_window_zero", [](Config& c) { c.detection.window = 0; }, ErrorCode::out_of_range, "detection.window",
     "3 to 256", "0"},
    {"detection_window_huge", [](Config& c) { c.detection.window = 257; }, ErrorCode::out_of_range, "detection.window",
     "3 to 256", "257"},
    {"min_samples_above_window", [](Config& c) { c.detection.min_samples = 21; }, ErrorCode::out_of_range,
     "detection.window", "21", "20"},
    {"min_samples_one", [](Config& c) { c.detection.min_samples = 1; }, ErrorCode::out_of_range,
     "detection.min_samples", "2 to 256", "1"},
    {"min_deviation_negative", [](Config& c) { c.detection.min_deviation = -1; }, ErrorCode::out_of_range,
     "detection.min_deviation", "0", "-1"},
    {"thresholds_out_of_order", [](Config& c) { c.detection.low = 2.75f; }, ErrorCode::out_of_range, "detection.medium",
     "not below detection.low, 2.75", "2.5"},
    {"high_below_medium", [](Config& c) { c.detection.high = 2.25f; }, ErrorCode::out_of_range, "detection.high",
     "not below detection.medium", "2.25"},
    {"negative_on_delay", [](Config& c) { c.events.lost.on_delay = -1; }, ErrorCode::out_of_range,
     "events.lost.on_delay", "0", "-1"},
    {"off_delay_nan", [](Config& c) { c.events.anomaly.off_delay = std::nan(""); }, ErrorCode::out_of_range,
     "events.anomaly.off_delay", "(s)", "NaN"},
    {"deadband_above_low", [](Config& c) { c.events.anomaly.deadband = 2.5f; }, ErrorCode::out_of_range,
     "events.anomaly.deadband", "at most detection.low, 2", "2.5"},
    {"deadband_above_radius", [](Config& c) { c.neighbors.k = 1, c.events.neighbor.deadband = 11; },
     ErrorCode::out_of_range, "events.neighbor.deadband", "at most neighbors.radius, 10", "11"},
    {"low_nan", [](Config& c) { c.detection.low = kNaN; }, ErrorCode::out_of_range, "detection.low", "0", "NaN"},
    {"prediction_window_one", [](Config& c) { c.prediction.window = 1; }, ErrorCode::out_of_range, "prediction.window",
     "2 to 256", "1"},
    {"horizon_zero", [](Config& c) { c.prediction.horizon = 0; }, ErrorCode::out_of_range, "prediction.horizon",
     "1 to 32", "0"},
    {"horizon_huge", [](Config& c) { c.prediction.horizon = 33; }, ErrorCode::out_of_range, "prediction.horizon",
     "1 to 32", "33"},
    {"limits_upside_down", [](Config& c) { c.prediction.min = 2; }, ErrorCode::out_of_range, "prediction.max",
     "above prediction.min, 2", "1"},
    {"limit_nan", [](Config& c) { c.prediction.max = kNaN; }, ErrorCode::out_of_range, "prediction.max", "a number",
     "NaN"},
};
// clang-format on

class ConfigErrors : public testing::TestWithParam<Bad> {};
INSTANTIATE_TEST_SUITE_P(Each, ConfigErrors, testing::ValuesIn(kBad), [](const auto& at) { return at.param.name; });

TEST_P(ConfigErrors, SaysWhatWhereExpectedAndGot) {
  Config config;
  GetParam().spoil(config);
  const Result<std::uint64_t> bytes = required_bytes(config);
  ASSERT_FALSE(bytes);
  const Error error = bytes.error();
  EXPECT_EQ(error.code, GetParam().code) << words(error);
  EXPECT_FALSE(error.what.view().empty());
  EXPECT_NE(error.where.view().find(GetParam().where), std::string_view::npos) << words(error);
  EXPECT_NE(error.expected.view().find(GetParam().expected), std::string_view::npos) << words(error);
  EXPECT_NE(error.got.view().find(GetParam().got), std::string_view::npos) << words(error);
  EXPECT_EQ(Engine::create(config).error().code, error.code);
}

TEST(ConfigErrors, ValidOnesAtTheEdges) {
  Config config;
  config.agents = 1;
  config.readings = {.hold = Hold::once, .lost_after = 0, .half_life = 1e-6};
  config.detection = {.window = 3, .min_samples = 3, .min_deviation = 0, .low = 0, .medium = 0, .high = 0};
  config.prediction = {.window = 2, .horizon = 1, .min = -kInfinity, .max = kInfinity};
  EXPECT_TRUE(Engine::create(config));
  channels(config, 64, false, 16);
  EXPECT_TRUE(Engine::create(config));
  channels(config, 32);
  EXPECT_TRUE(Engine::create(config));
  config.channels[0].name = "any text, \xc3\xa4\xc3\xb6 \"quoted\" / __proto__";
  EXPECT_TRUE(Engine::create(config));
}

TEST(ConfigErrors, AnIsaThatIsNot) {
  const Error error = Engine::create({}, "abacus").error();
  EXPECT_EQ(error.code, ErrorCode::unknown_isa);
  EXPECT_NE(error.expected.view().find("scalar"), std::string_view::npos) << words(error);
  EXPECT_EQ(error.got.view(), "abacus");
  for (const std::string_view isa : available_isas()) EXPECT_EQ(make({}, isa).isa(), isa);
}

TEST(ConfigErrors, EveryCodeHasAName) {
  std::vector<std::string> names;
  for (std::uint32_t code = 0; code <= static_cast<std::uint32_t>(ErrorCode::wrong_channels); ++code) {
    names.emplace_back(error_name(static_cast<ErrorCode>(code)));
    EXPECT_NE(names.back(), "unknown");
  }
  std::sort(names.begin(), names.end());
  EXPECT_EQ(std::adjacent_find(names.begin(), names.end()), names.end());
}

}  // namespace
}  // namespace sensorium::test
