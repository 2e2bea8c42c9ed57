// Networks from .safetensors files: what is read, every way to be refused, and that no bytes do harm.
#include "sensorium/model.h"

#include <algorithm>
#include <functional>

#include "core/model_file.h"
#include "core/seeded.h"
#include "core/support.h"
#include "options.h"
#include "port.h"

namespace sensorium::test {
namespace {

// Two layers, for the classic four features.
const std::vector<float> kFirst = {1, -2, 0.5f, 4, 0.25f, 8, -16, 3};
const std::vector<float> kSecond = {3, -0.125f};
ModelFile two_layers() {
  ModelFile file;
  return file.tensor("layers.0.weight", "[2,4]", f32(kFirst))
      .tensor("layers.0.bias", "[2]", f32({0.5f, -1}))
      .tensor("layers.1.weight", "[1, 2]", f32(kSecond))
      .tensor("layers.1.bias", "[1]", f32({0.75f}))
      .activations(R"(["tanh", "identity"])");
}

std::vector<float> layer_weights(const Model& model, std::uint32_t layer) {
  std::vector<float> weights(model.units(layer) * model.inputs(layer)), biases(model.units(layer));
  model.copy_layer(layer, weights, biases);
  return weights;
}
std::vector<float> layer_biases(const Model& model, std::uint32_t layer) {
  std::vector<float> biases(model.units(layer));
  model.copy_layer(layer, {}, biases);
  return biases;
}

Model load(const Bytes& bytes) {
  const Result<Model> model = load_model(bytes);
  EXPECT_TRUE(model) << words(model.error());
  return model ? *model : Model();
}

TEST(Model, ReadsLayersActivationsAndNumbers) {
  const Bytes bytes = two_layers().bytes();
  const Model model = load(bytes);
  ASSERT_EQ(model.layers(), 2u);
  EXPECT_EQ(model.inputs(0), 4u);
  EXPECT_EQ(model.units(0), 2u);
  EXPECT_EQ(model.activation(0), Activation::tanh);
  EXPECT_EQ(model.inputs(1), 2u);
  EXPECT_EQ(model.units(1), 1u);
  EXPECT_EQ(model.activation(1), Activation::identity);
  EXPECT_TRUE(model.features().empty());
  EXPECT_EQ(layer_weights(model, 0), kFirst);
  EXPECT_EQ(layer_biases(model, 0), (std::vector<float>{0.5f, -1}));
  EXPECT_EQ(layer_weights(model, 1), kSecond);
  EXPECT_EQ(layer_biases(model, 1), (std::vector<float>{0.75f}));
}

TEST(Model, ReadsWhatSequentialWrites) {
  // Numbers rise with gaps, biases may be left out, tensors come in any order, other metadata are let be.
  const Bytes bytes = ModelFile()
                          .tensor("10.weight", "[1,1]", f32({5}))
                          .tensor("2.weight", "[1,2]", f32({3, 4}))
                          .tensor("0.bias", "[2]", f32({7, 8}))
                          .tensor("0.weight", "[2,1]", f32({1, 2}))
                          .says("format", "pt")
                          .activations(R"(["relu","sigmoid","fast_sigmoid"])")
                          .bytes();
  const Model model = load(bytes);
  ASSERT_EQ(model.layers(), 3u);
  EXPECT_EQ(layer_weights(model, 0), (std::vector<float>{1, 2}));
  EXPECT_EQ(layer_biases(model, 0), (std::vector<float>{7, 8}));
  EXPECT_EQ(layer_weights(model, 1), (std::vector<float>{3, 4}));
  EXPECT_EQ(layer_biases(model, 1), (std::vector<float>{0}));
  EXPECT_EQ(layer_weights(model, 2), (std::vector<float>{5}));
}

TEST(Model, ReadsJsonAsItMayBeWritten) {
  const std::string header =
      "{ \"\\u0030.weight\" :\t{\"data_offsets\":[0, 4],\r\n\"shape\" : [ 1 , 1 ],\"dtype\":\"\\u004632\"} ,"
      "\"__metadata__\":{\"sensorium.version\":\"1\",\"sensorium.activations\":\"\\u005b\\\"\\\\u0074anh\\\"]\"}}   ";
  const Bytes bytes = safetensors(header, f32({2}));
  const Model model = load(bytes);
  EXPECT_EQ(model.activation(0), Activation::tanh);
  EXPECT_EQ(layer_weights(model, 0), (std::vector<float>{2}));
}

// What a number of 16 bits means, by the definition of its form.
double meaning(std::uint16_t bits, int exponent_bits, int fraction_bits) {
  const int exponent = (bits >> fraction_bits) & ((1 << exponent_bits) - 1), bias = (1 << (exponent_bits - 1)) - 1;
  const double fraction = std::ldexp(bits & ((1 << fraction_bits) - 1), -fraction_bits);
  const double size = exponent ? std::ldexp(1 + fraction, exponent - bias) : std::ldexp(fraction, 1 - bias);
  return bits >> 15 ? -size : size;
}

TEST(Model, EveryNumberOf16BitsIsExact) {
  struct Form {
    const char* type;
    int exponent_bits, fraction_bits;
    std::uint32_t infinity;
  };
  for (const Form& form : {Form{"F16", 5, 10, 0x7C00}, Form{"BF16", 8, 7, 0x7F80}}) {
    // 64 x 32 at a time.
    for (std::uint32_t first = 0; first < 65536; first += 2048) {
      std::vector<std::uint16_t> numbers;
      for (std::uint32_t i = 0; i < 2048; ++i) {
        const auto bits = static_cast<std::uint16_t>(first + i);
        const bool usable =
            (bits & 0x7FFF) < form.infinity && std::fabs(meaning(bits, form.exponent_bits, form.fraction_bits)) <= 1e6;
        numbers.push_back(usable ? bits : 0);
      }
      const Bytes bytes =
          ModelFile().tensor("0.weight", "[64,32]", words16(numbers), form.type).activations("[\"identity\"]").bytes();
      const std::vector<float> weights = layer_weights(load(bytes), 0);
      for (std::uint32_t i = 0; i < 2048; ++i) {
        ASSERT_EQ(bits(weights[i]),
                  bits(static_cast<float>(meaning(numbers[i], form.exponent_bits, form.fraction_bits))))
            << form.type << " " << numbers[i];
      }
    }
    // All that are no finite numbers, one by one.
    for (std::uint32_t bits = form.infinity; bits < 0x8000; bits += form.infinity / 64) {
      for (const std::uint32_t sign : {0u, 0x8000u}) {
        const Bytes bytes =
            ModelFile()
                .tensor("0.weight", "[1,2]", words16({0, static_cast<std::uint16_t>(bits | sign)}), form.type)
                .activations("[\"identity\"]")
                .bytes();
        const Result<Model> model = load_model(bytes);
        ASSERT_EQ(model.error().code, ErrorCode::out_of_range);
        EXPECT_EQ(model.error().where.view(), "network.model, 0.weight[1]");
      }
    }
  }
}

TEST(Model, KeepsSubnormalNumbers) {
  const std::vector<float> tiny = {1e-45f, -1e-40f, 1.1754944e-38f, -0.0f};
  const Bytes bytes = ModelFile().tensor("0.weight", "[1,4]", f32(tiny)).activations("[\"identity\"]").bytes();
  const std::vector<float> weights = layer_weights(load(bytes), 0);
  for (std::size_t i = 0; i < tiny.size(); ++i) EXPECT_EQ(bits(weights[i]), bits(tiny[i]));
}

TEST(Model, FoldsNormalisationInDoublePrecision) {
  const double mean[] = {0.1, 2000.25, -3, 0}, deviation[] = {0.3, 512.125, 7e-3, 1};
  const auto file = [] {
    return ModelFile()
        .tensor("0.weight", "[2,4]", f32(kFirst))
        .tensor("0.bias", "[2]", f32({0.5f, -1}))
        .activations("[\"identity\"]");
  };
  const Bytes standard =
      file().says("sensorium.mean", "[0.1, 2000.25, -3, 0]").says("sensorium.std", "[0.3, 512.125, 7e-3, 1]").bytes();
  const Bytes linear = file()
                           .says("sensorium.offset", "[0.1, 2000.25, -3, 0]")
                           .says("sensorium.scale", "[0.3, 512.125, 7e-3, 1]")
                           .bytes();
  for (const bool divides : {true, false}) {
    const Model model = load(divides ? standard : linear);
    const std::vector<float> weights = layer_weights(model, 0), biases = layer_biases(model, 0);
    for (std::size_t u = 0; u < 2; ++u) {
      double bias = u == 0 ? 0.5 : -1;
      for (std::size_t i = 0; i < 4; ++i) {
        const double weight = divides ? kFirst[u * 4 + i] / deviation[i] : kFirst[u * 4 + i] * deviation[i];
        EXPECT_EQ(bits(weights[u * 4 + i]), bits(static_cast<float>(weight)));
        bias -= weight * mean[i];
      }
      EXPECT_EQ(bits(biases[u]), bits(static_cast<float>(bias)));
    }
  }
}

TEST(Model, CopiesIntoNothingOfAnotherLength) {
  const Bytes bytes = two_layers().bytes();
  const Model model = load(bytes);
  std::vector<float> weights(7, 9), biases(3, 9);
  model.copy_layer(0, weights, biases);
  EXPECT_EQ(weights, std::vector<float>(7, 9));
  EXPECT_EQ(biases, std::vector<float>(3, 9));
}

// --- In an engine ---

TEST(Model, IsTheEnginesNetwork) {
  const Bytes bytes = two_layers().bytes();
  Engine given = make({.agents = 17, .network = {.model = bytes}});
  const float first_biases[] = {0.5f, -1}, second_biases[] = {0.75f};
  Engine same = make(
      {.agents = 17,
       .network = {
           .layers = {{.units = 2, .activation = Activation::tanh, .weights = kFirst, .biases = first_biases},
                      {.units = 1, .activation = Activation::identity, .weights = kSecond, .biases = second_biases}}}});
  EXPECT_TRUE(same_bytes(state_bytes(given), state_bytes(same)));
  for (Engine* engine : {&given, &same}) {
    ASSERT_OK(write_classic_load(*engine, 1, Load::dense));
    ASSERT_OK(engine->tick(0));
  }
  EXPECT_TRUE(same_bytes(state_bytes(given), state_bytes(same)));
  EXPECT_NE(given.results().output[0][16], 0);
}

TEST(Model, FeaturesMustBeTheEngines) {
  const auto with = [](const char* features) { return two_layers().says("sensorium.features", features).bytes(); };
  const Bytes right = with(R"(["visual.objects", "lidar.points", "audio.amplitude", "imu.accel_x"])");
  const Model model = load(right);
  ASSERT_EQ(model.features().size(), 4u);
  EXPECT_EQ(model.features()[1].view(), "lidar.points");
  EXPECT_TRUE(required_bytes({.network = {.model = right}}));

  // One name a feature, not a channel: an angle has two.
  const Bytes angle = ModelFile()
                          .tensor("0.weight", "[1,2]", f32({1, 2}))
                          .activations("[\"tanh\"]")
                          .says("sensorium.features", R"(["wind.sin", "wind.cos"])")
                          .bytes();
  EXPECT_TRUE(required_bytes(
      {.channels = {{.name = "wind", .kind = Kind::circular, .weight = 1}}, .network = {.model = angle}}));

  const Bytes wrong = with(R"(["visual.objects", "audio.amplitude", "lidar.points", "imu.accel_x"])");
  const Error error = required_bytes({.network = {.model = wrong}}).error();
  EXPECT_EQ(error.code, ErrorCode::bad_model);
  EXPECT_EQ(error.where.view(), "network.model, sensorium.features[1]");
  EXPECT_EQ(error.expected.view(), "\"lidar.points\", the engine's");
  EXPECT_EQ(error.got.view(), "\"audio.amplitude\"");
}

TEST(Model, MustHaveAnInputAFeature) {
  const Bytes bytes = two_layers().bytes();
  Config config = plain_config();
  config.network = {.model = bytes};
  const Error error = required_bytes(config).error();
  EXPECT_EQ(error.code, ErrorCode::bad_model);
  EXPECT_EQ(error.expected.view(), "1 inputs of the first layer, one a feature");
  EXPECT_EQ(error.got.view(), "4");
}

TEST(Model, BesideLayersIsAnError) {
  const Bytes bytes = two_layers().bytes();
  Config config;
  config.network.model = bytes;
  EXPECT_TRUE(required_bytes(config));
  config.network.layers = {{.units = 3}};
  EXPECT_EQ(required_bytes(config).error().where.view(), "network.layers");
  // Even where they are the default, once somebody has asked for them.
  for (const bool layers_first : {true, false}) {
    Config by_path;
    if (!layers_first) ASSERT_OK(options::set_bytes(by_path, "network.model", bytes));
    ASSERT_OK(options::set_count(by_path, "network.layers", 2));
    ASSERT_OK(options::set_number(by_path, "network.layers.1.units", 2));
    if (layers_first) ASSERT_OK(options::set_bytes(by_path, "network.model", bytes));
    const Error error = required_bytes(by_path).error();
    EXPECT_EQ(error.code, ErrorCode::out_of_range);
    EXPECT_EQ(error.where.view(), "network.layers");
  }
}

// The largest there can be: four layers of 64 units, and a header full of what others write.
ModelFile largest() {
  const auto tensor = [](std::uint32_t out, std::uint32_t in) { return f32(std::vector<float>(out * in, 0.01f)); };
  return ModelFile()
      .tensor("0.weight", "[64,32]", tensor(64, 32))
      .tensor("0.bias", "[64]", tensor(64, 1))
      .tensor("1.weight", "[64,64]", tensor(64, 64))
      .tensor("1.bias", "[64]", tensor(64, 1))
      .tensor("2.weight", "[64,64]", tensor(64, 64))
      .tensor("2.bias", "[64]", tensor(64, 1))
      .tensor("3.weight", "[64,64]", tensor(64, 64))
      .tensor("3.bias", "[64]", tensor(64, 1))
      .activations(R"(["relu","relu","relu","softmax"])");
}

TEST(Model, OfTheLargestSizeFits) {
  ModelFile file = largest();
  file.says("note", std::string(kMaxModelHeader - file.header().size() - 10, 'n'));
  ASSERT_EQ(file.header().size(), kMaxModelHeader);
  const Bytes bytes = file.bytes();
  ASSERT_LE(bytes.size(), kMaxModelBytes);
  EXPECT_EQ(load(bytes).layers(), 4u);
  file.says("n", "");
  EXPECT_EQ(load_model(file.bytes()).error().code, ErrorCode::bad_model) << "a longer header";
}

TEST(Model, OfTooManyBytesIsRefusedUnread) {
  // Were it read, the sanitizers would say so.
  std::byte none{};
  Port port;
  EXPECT_FALSE(port.set_bytes("network.model", {&none, std::size_t{1} << 40}));
  EXPECT_STREQ(error_name(port.error().code), "out_of_range");
  EXPECT_EQ(port.error().expected.view(), "the bytes of a file, 10 to 132104 of them");
  EXPECT_EQ(port.error().got.view(), "1099511627776 bytes");
  EXPECT_FALSE(port.set_bytes("network.model", {}));
  EXPECT_EQ(load_model({&none, std::size_t{1} << 40}).error().code, ErrorCode::out_of_range);
  EXPECT_EQ(required_bytes({.network = {.model = {&none, std::size_t{1} << 40}}}).error().where.view(),
            "network.model");
}

TEST(Model, ThroughThePortIsCopied) {
  Port port;
  {
    const Bytes bytes = two_layers().bytes();
    ASSERT_TRUE(port.set_bytes("network.model", bytes));
  }
  EXPECT_GT(port.required_bytes(), 0);
  EXPECT_FALSE(port.set_bytes("detection.window", std::as_bytes(std::span("0123456789"))));
  EXPECT_EQ(port.error().code, ErrorCode::wrong_type);
  EXPECT_FALSE(port.set_text("network.model", "model.safetensors"));
  EXPECT_EQ(port.error().expected.view(), "the bytes of a file, 10 to 132104 of them");
}

// --- Every way to be refused ---

struct Refused {
  const char* name;
  std::function<Bytes()> bytes;
  ErrorCode code;
  const char* where;     // found in the error's own text
  const char* expected;  // likewise
  const char* got;       // likewise
};

Bytes with_header(const char* header) { return safetensors(header, f32({1})); }
// One layer of one unit, with its metadata and these metadata.
Bytes saying(const char* key, const char* list) {
  return ModelFile().tensor("0.weight", "[1,1]", f32({1})).activations("[\"tanh\"]").says(key, list).bytes();
}
Bytes activated(const char* list) {
  return ModelFile()
      .tensor("0.weight", "[1,1]", f32({1}))
      .tensor("1.weight", "[1,1]", f32({1}))
      .activations(list)
      .bytes();
}
ModelFile one_layer() { return ModelFile().activations("[\"tanh\"]"); }

// clang-format off: a row a case.
const Refused kRefused[] = {
    {"nothing", [] { return Bytes(); }, ErrorCode::out_of_range, "network.model", "10 to 132104 bytes", "0 bytes"},
    {"too_little", [] { return Bytes(9); }, ErrorCode::out_of_range, "network.model", "10", "9 bytes"},
    {"another_file", [] { return Bytes(100, std::byte{'P'}); }, ErrorCode::bad_model, "header", "at most 65536",
     "5787213827046133840 bytes"},
    {"length_beyond_the_end",
     [] {
       Bytes b = safetensors("{}", {});
       b[0] = std::byte{3};
       return b;
     },
     ErrorCode::bad_model, "header", "the 2 bytes that follow", "3 bytes"},
    {"length_of_64_bits",
     [] {
       Bytes b = safetensors("{}", {});
       b[7] = std::byte{0x80};
       return b;
     },
     ErrorCode::bad_model, "header", "at most", "9223372036854775810"},
    {"cut",
     [] {
       Bytes b = two_layers().bytes();
       b.pop_back();
       return b;
     },
     ErrorCode::bad_model, "layers.1.bias", "4 bytes within the 51", "[48, 52]"},
    {"one_byte_more",
     [] {
       Bytes b = two_layers().bytes();
       b.push_back({});
       return b;
     },
     ErrorCode::bad_model, "network.model", "52 bytes", "53 bytes"},

    {"no_object", [] { return with_header("[]"); }, ErrorCode::bad_model, "header", "{ as its first byte", "another"},
    {"space_before", [] { return with_header(" {}"); }, ErrorCode::bad_model, "header", "{ as its first byte",
     "another"},
    {"more_after", [] { return with_header("{} {}"); }, ErrorCode::bad_model, "header", "nothing but spaces", "more"},
    {"other_padding", [] { return with_header("{}\n"); }, ErrorCode::bad_model, "header", "nothing but spaces", "more"},
    {"open", [] { return with_header("{\"0.weight\":"); }, ErrorCode::bad_model, "byte 12", "{", "its end"},
    {"no_name", [] { return with_header("{0:1}"); }, ErrorCode::bad_model, "byte 1", "a name", "'0'"},
    {"no_colon", [] { return with_header("{\"0.weight\" 1}"); }, ErrorCode::bad_model, "byte 12", ":", "'1'"},
    {"comma_at_the_end", [] { return with_header("{\"__metadata__\":{},}"); }, ErrorCode::bad_model, "byte 19",
     "a name", "'}'"},
    {"no_utf8", [] { return with_header("{\"\xFF\":1}"); }, ErrorCode::bad_model, "byte 1", "in UTF-8", "'\"'"},
    {"deep", [] { return safetensors("{" + std::string(60000, '['), {}); }, ErrorCode::bad_model, "byte 1", "a name",
     "'['"},
    {"deep_in_a_tensor", [] { return safetensors("{\"0.weight\":" + std::string(60000, '['), {}); },
     ErrorCode::bad_model, "byte 12", "{", "'['"},
    {"deep_in_a_shape", [] { return safetensors("{\"0.weight\":{\"shape\":" + std::string(60000, '['), {}); },
     ErrorCode::bad_model, "byte 22", "whole number", "'['"},

    {"metadata_twice", [] { return with_header("{\"__metadata__\":{},\"__\\u006detadata__\":{}}"); },
     ErrorCode::bad_model, "header", "names of their own", "\"__metadata__\""},
    {"metadata_that_is_no_object", [] { return with_header("{\"__metadata__\":[]}"); }, ErrorCode::bad_model, "byte 16",
     "{", "'['"},
    {"metadata_that_is_a_number", [] { return with_header("{\"__metadata__\":{\"a\":1}}"); }, ErrorCode::bad_model,
     "byte 21", "text to text", "'1'"},
    {"an_entry_twice", [] { return with_header("{\"__metadata__\":{\"a\":\"\",\"b\":\"\",\"\\u0061\":\"\"}}"); },
     ErrorCode::bad_model, "header", "names of their own", "\"a\""},
    {"too_many_entries",
     [] {
       ModelFile f;
       for (int i = 0; i < 257; ++i) f.says("k" + std::to_string(i), "");
       return f.bytes();
     },
     ErrorCode::bad_model, "__metadata__", "at most 256", "more"},
    {"an_unknown_entry", [] { return saying("sensorium.activation", "[]"); }, ErrorCode::bad_model, "__metadata__",
     "activations", "\"sensorium.activation\""},

    {"no_tensor", [] { return one_layer().bytes(); }, ErrorCode::bad_model, "network.model", "layers.0.weight",
     "no tensor"},
    {"another_tensor", [] { return one_layer().tensor("1.running_mean", "[1]", f32({1})).bytes(); },
     ErrorCode::bad_model, "network.model", "0.weight", "\"1.running_mean\""},
    {"a_long_name", [] { return one_layer().tensor(std::string(5000, 'x'), "[1]", f32({1})).bytes(); },
     ErrorCode::bad_model, "network.model", "0.weight", "xxx...\""},
    {"zeros_in_a_name", [] { return one_layer().tensor("01.weight", "[1,1]", f32({1})).bytes(); }, ErrorCode::bad_model,
     "network.model", "0.weight", "\"01.weight\""},
    {"a_number_beyond_32_bits", [] { return one_layer().tensor("4294967296.weight", "[1,1]", f32({1})).bytes(); },
     ErrorCode::bad_model, "network.model", "0.weight", "4294967296"},
    {"named_in_two_ways",
     [] { return one_layer().tensor("0.weight", "[1,1]", f32({1})).tensor("layers.0.bias", "[1]", f32({1})).bytes(); },
     ErrorCode::bad_model, "layers.0.bias", "or none", "0.weight"},
    {"a_tensor_twice",
     [] {
       return one_layer().tensor("0.weight", "[1,1]", f32({1})).tensor("0\\u002eweight", "[1,1]", f32({1})).bytes();
     },
     ErrorCode::bad_model, "header", "names of their own", "\"0.weight\""},
    {"biases_alone",
     [] { return one_layer().tensor("0.weight", "[1,1]", f32({1})).tensor("3.bias", "[1]", f32({1})).bytes(); },
     ErrorCode::bad_model, "3.bias", "weights beside", "biases alone"},
    {"five_layers",
     [] {
       ModelFile f = one_layer();
       for (int i = 0; i < 5; ++i) f.tensor(std::to_string(i) + ".weight", "[1,1]", f32({1}));
       return f.bytes();
     },
     ErrorCode::too_many, "network.model", "at most 4", "more"},
    {"nine_tensors",
     [] {
       ModelFile f = one_layer();
       for (int i = 0; i < 9; ++i) f.tensor(std::to_string(i) + ".bias", "[1]", f32({1}));
       return f.bytes();
     },
     ErrorCode::too_many, "network.model", "at most 4", "more"},

    {"a_part_missing", [] { return with_header("{\"0.weight\":{\"dtype\":\"F32\",\"shape\":[1,1]}}"); },
     ErrorCode::bad_model, "0.weight", "data_offsets", "not all"},
    {"a_part_twice", [] { return with_header("{\"0.weight\":{\"dtype\":\"F32\",\"dtype\":\"F32\"}}"); },
     ErrorCode::bad_model, "header", "names of their own", "\"dtype\""},
    {"a_part_more", [] { return with_header("{\"0.weight\":{\"stride\":1}}"); }, ErrorCode::bad_model, "0.weight",
     "dtype, shape and data_offsets", "\"stride\""},
    {"another_type", [] { return one_layer().tensor("0.weight", "[1,1]", Bytes(8), "F64").bytes(); },
     ErrorCode::bad_model, "0.weight", "F32, F16 or BF16", "\"F64\""},
    {"a_type_that_is_no_text", [] { return with_header("{\"0.weight\":{\"dtype\":32}}"); }, ErrorCode::bad_model,
     "byte 21", "the name of a type", "'3'"},
    {"a_scalar", [] { return one_layer().tensor("0.weight", "[]", f32({1})).bytes(); }, ErrorCode::bad_model, "byte",
     "whole number", "']'"},
    {"weights_of_one_dimension", [] { return one_layer().tensor("0.weight", "[1]", f32({1})).bytes(); },
     ErrorCode::bad_model, "0.weight", "[out, in]", "1 dimension"},
    {"weights_of_three_dimensions", [] { return one_layer().tensor("0.weight", "[1,1,1]", f32({1})).bytes(); },
     ErrorCode::bad_model, "0.weight", "[out, in]", "more than two"},
    {"biases_of_two_dimensions",
     [] { return one_layer().tensor("0.weight", "[1,1]", f32({1})).tensor("0.bias", "[1,1]", f32({1})).bytes(); },
     ErrorCode::bad_model, "0.bias", "[out]", "2 dimensions"},
    {"an_empty_layer", [] { return one_layer().tensor("0.weight", "[0,1]", {}).bytes(); }, ErrorCode::bad_model,
     "0.weight", "from 1 to 64", "[0, 1]"},
    {"a_wide_layer", [] { return one_layer().tensor("0.weight", "[65,1]", Bytes(260)).bytes(); }, ErrorCode::bad_model,
     "0.weight", "from 1 to 64", "[65, 1]"},
    {"an_overflowing_shape", [] { return one_layer().tensor("0.weight", "[4294967296,4294967296]", {}).bytes(); },
     ErrorCode::bad_model, "0.weight", "64", "4294967296"},
    {"a_shape_beyond_64_bits", [] { return one_layer().tensor("0.weight", "[18446744073709551616,1]", {}).bytes(); },
     ErrorCode::bad_model, "byte", "below 2^64", "'1'"},
    {"a_negative_shape", [] { return one_layer().tensor("0.weight", "[-1,1]", {}).bytes(); }, ErrorCode::bad_model,
     "byte", "whole number", "'-'"},
    {"a_shape_with_a_fraction", [] { return one_layer().tensor("0.weight", "[1.0,1]", f32({1})).bytes(); },
     ErrorCode::bad_model, "byte", "whole number", "'1'"},
    {"too_many_inputs", [] { return one_layer().tensor("0.weight", "[1,33]", Bytes(132)).bytes(); },
     ErrorCode::bad_model, "0.weight", "at most 32", "[1, 33]"},
    {"a_layer_that_does_not_fit",
     [] { return one_layer().tensor("0.weight", "[3,1]", Bytes(12)).tensor("1.weight", "[1,2]", Bytes(8)).bytes(); },
     ErrorCode::bad_model, "1.weight", "[1, 3]", "[1, 2]"},
    {"biases_that_do_not_fit",
     [] { return one_layer().tensor("0.weight", "[3,1]", Bytes(12)).tensor("0.bias", "[2]", Bytes(8)).bytes(); },
     ErrorCode::bad_model, "0.bias", "[3]", "[2]"},

    {"offsets_beyond_the_data",
     [] { return with_header("{\"0.weight\":{\"dtype\":\"F32\",\"shape\":[1,1],\"data_offsets\":[4,8]}}"); },
     ErrorCode::bad_model, "0.weight", "4 bytes within the 4", "[4, 8]"},
    {"offsets_the_wrong_way",
     [] { return with_header("{\"0.weight\":{\"dtype\":\"F32\",\"shape\":[1,1],\"data_offsets\":[4,0]}}"); },
     ErrorCode::bad_model, "0.weight", "4 bytes", "[4, 0]"},
    {"offsets_of_64_bits",
     [] {
       return with_header(
           "{\"0.weight\":{\"dtype\":\"F32\",\"shape\":[1,1],\"data_offsets\":[18446744073709551612,"
           "18446744073709551615]}}");
     },
     ErrorCode::bad_model, "0.weight", "4 bytes", "18446744073709551615"},
    {"offsets_that_are_no_pair",
     [] { return with_header("{\"0.weight\":{\"dtype\":\"F32\",\"shape\":[1,1],\"data_offsets\":[0]}}"); },
     ErrorCode::bad_model, "byte", "[begin, end]", "']'"},
    {"fewer_bytes_than_the_shape", [] { return one_layer().tensor("0.weight", "[2,1]", f32({1})).bytes(); },
     ErrorCode::bad_model, "0.weight", "8 bytes", "[0, 4]"},
    {"a_gap",
     [] { return safetensors("{\"0.weight\":{\"dtype\":\"F32\",\"shape\":[1,1],\"data_offsets\":[4,8]}}", Bytes(8)); },
     ErrorCode::bad_model, "header", "begins at byte 0", "none"},
    {"an_overlap",
     [] {
       return safetensors(
           "{\"0.weight\":{\"dtype\":\"F32\",\"shape\":[1,1],\"data_offsets\":[0,4]},"
           "\"1.weight\":{\"dtype\":\"F32\",\"shape\":[1,1],\"data_offsets\":[0,4]}}",
           Bytes(4));
     },
     ErrorCode::bad_model, "header", "begins at byte 4", "none"},

    {"no_metadata", [] { return ModelFile().tensor("0.weight", "[1,1]", f32({1})).bytes(); }, ErrorCode::bad_model,
     "sensorium.activations", "one a layer", "none"},
    {"no_version",
     [] {
       return ModelFile().tensor("0.weight", "[1,1]", f32({1})).says("sensorium.activations", "[\"tanh\"]").bytes();
     },
     ErrorCode::bad_model, "__metadata__", "sensorium.version", "none"},
    {"a_newer_version",
     [] { return ModelFile().tensor("0.weight", "[1,1]", f32({1})).says("sensorium.version", "2").bytes(); },
     ErrorCode::bad_model, "sensorium.version", "\"1\"", "\"2\""},
    {"an_activation_too_few", [] { return activated("[\"tanh\"]"); }, ErrorCode::bad_model, "sensorium.activations",
     "2", "1"},
    {"an_activation_too_many", [] { return activated("[\"tanh\",\"tanh\",\"tanh\"]"); }, ErrorCode::bad_model,
     "sensorium.activations", "2", "3"},
    {"no_activations", [] { return activated("[]"); }, ErrorCode::bad_model, "sensorium.activations", "2", "0"},
    {"an_unknown_activation", [] { return activated("[\"tanh\",\"gelu\"]"); }, ErrorCode::bad_model,
     "sensorium.activations[1]", "one of fast_sigmoid, sigmoid", "\"gelu\""},
    {"softmax_not_last", [] { return activated("[\"softmax\",\"tanh\"]"); }, ErrorCode::bad_model,
     "sensorium.activations[0]", "another activation", "softmax"},
    {"activations_that_are_no_list", [] { return activated("tanh"); }, ErrorCode::bad_model, "sensorium.activations",
     "a list of text", "\"tanh\""},
    {"activations_that_are_numbers", [] { return activated("[1,2]"); }, ErrorCode::bad_model, "sensorium.activations",
     "a list of text", "\"[1,2]\""},
    {"activations_and_more", [] { return activated("[\"tanh\",\"tanh\"] "); }, ErrorCode::ok, "", "", ""},
    {"activations_and_more_text", [] { return activated("[\"tanh\",\"tanh\"],"); }, ErrorCode::bad_model,
     "sensorium.activations", "a list of text", "],\""},
    {"an_open_list", [] { return activated("[\"tanh\",\"tanh\""); }, ErrorCode::bad_model, "sensorium.activations",
     "a list of text", "tanh"},
    {"a_long_list", [] { return activated(("[\"" + std::string(20000, 'a') + "\"]").c_str()); }, ErrorCode::bad_model,
     "sensorium.activations", "a list of text", "...\""},

    {"a_feature_too_many", [] { return saying("sensorium.features", "[\"a\",\"b\"]"); }, ErrorCode::bad_model,
     "sensorium.features", "1 of them", "2"},
    {"a_feature_of_72_bytes",
     [] { return saying("sensorium.features", ("[\"" + std::string(72, 'a') + "\"]").c_str()); }, ErrorCode::bad_model,
     "sensorium.features[0]", "71 bytes", "..."},
    {"a_feature_with_nul", [] { return saying("sensorium.features", "[\"a\\u0000\"]"); }, ErrorCode::bad_model,
     "sensorium.features[0]", "without NUL", "a"},
    {"features_that_are_no_list", [] { return saying("sensorium.features", "{}"); }, ErrorCode::bad_model,
     "sensorium.features", "a list of text", "\"{}\""},
    {"a_mean_alone", [] { return saying("sensorium.mean", "[1]"); }, ErrorCode::bad_model, "__metadata__",
     "sensorium.std", "others"},
    {"a_deviation_of_0",
     [] {
       return ModelFile()
           .tensor("0.weight", "[1,1]", f32({1}))
           .activations("[\"tanh\"]")
           .says("sensorium.mean", "[1]")
           .says("sensorium.std", "[0]")
           .bytes();
     },
     ErrorCode::bad_model, "sensorium.std[0]", "above 0", "0"},
    {"two_normalisations",
     [] {
       return ModelFile()
           .tensor("0.weight", "[1,1]", f32({1}))
           .activations("[\"tanh\"]")
           .says("sensorium.mean", "[1]")
           .says("sensorium.std", "[1]")
           .says("sensorium.scale", "[1]")
           .bytes();
     },
     ErrorCode::bad_model, "__metadata__", "or sensorium.offset", "others"},
    {"means_that_are_text",
     [] {
       return ModelFile()
           .tensor("0.weight", "[1,1]", f32({1}))
           .activations("[\"tanh\"]")
           .says("sensorium.mean", "[\"1\"]")
           .says("sensorium.std", "[1]")
           .bytes();
     },
     ErrorCode::bad_model, "sensorium.mean", "a list of numbers", "1"},
    {"an_infinite_mean",
     [] {
       return ModelFile()
           .tensor("0.weight", "[1,1]", f32({1}))
           .activations("[\"tanh\"]")
           .says("sensorium.mean", "[1e999]")
           .says("sensorium.std", "[1]")
           .bytes();
     },
     ErrorCode::bad_model, "sensorium.mean", "a list of numbers", "1e999"},

    {"a_weight_too_large",
     [] {
       return one_layer().tensor("layers.0.weight", "[1,3]", f32({1, 2, -1000001})).bytes();
     },
     ErrorCode::out_of_range, "network.model, layers.0.weight[2]", "from -1000000 to 1000000", "-1000001"},
    {"a_weight_that_is_none",
     [] {
       return one_layer().tensor("0.weight", "[1,2]", f32({1, kNaN})).bytes();
     },
     ErrorCode::out_of_range, "0.weight[1]", "from", "NaN"},
    {"an_infinite_bias",
     [] { return one_layer().tensor("7.weight", "[1,1]", f32({1})).tensor("7.bias", "[1]", f32({kInfinity})).bytes(); },
     ErrorCode::out_of_range, "7.bias[0]", "from -1000000000 to 1000000000", "Infinity"},
    {"a_weight_too_large_once_folded",
     [] {
       return ModelFile()
           .tensor("0.weight", "[1,1]", f32({1}))
           .activations("[\"tanh\"]")
           .says("sensorium.mean", "[1]")
           .says("sensorium.std", "[1e-7]")
           .bytes();
     },
     ErrorCode::out_of_range, "0.weight[0]", "from", "10000000"},
    {"a_bias_too_large_once_folded",
     [] {
       return ModelFile()
           .tensor("0.weight", "[1,1]", f32({1}))
           .activations("[\"tanh\"]")
           .says("sensorium.mean", "[1e300]")
           .says("sensorium.std", "[1e-3]")
           .bytes();
     },
     ErrorCode::out_of_range, "0.bias[0]", "from", "-1e+303"},
};
// clang-format on

class ModelRefuses : public testing::TestWithParam<Refused> {};

TEST_P(ModelRefuses, AndSaysWhy) {
  const Refused& refused = GetParam();
  const Bytes bytes = refused.bytes();
  const Error error = load_model(bytes).error();
  EXPECT_STREQ(error_name(error.code), error_name(refused.code)) << words(error);
  EXPECT_NE(error.where.view().find(refused.where), std::string_view::npos) << words(error);
  EXPECT_NE(error.expected.view().find(refused.expected), std::string_view::npos) << words(error);
  EXPECT_NE(error.got.view().find(refused.got), std::string_view::npos) << words(error);
  EXPECT_EQ(error.what.view().empty(), !error);
}
INSTANTIATE_TEST_SUITE_P(Model, ModelRefuses, testing::ValuesIn(kRefused),
                         [](const auto& at) { return at.param.name; });

// --- Whatever the bytes, there is a model or an error; nothing beyond them is read, nothing runs away ---

// Looks at all that a model has. The file lies in memory of exactly its size, so that the sanitizers see a byte too far.
bool survives(const Bytes& bytes) {
  const Result<Model> model = load_model(bytes);
  if (!model) {
    EXPECT_NE(model.error().what.view(), "");
    EXPECT_NE(model.error().code, ErrorCode::ok);
    return false;
  }
  for (std::uint32_t l = 0; l < model->layers(); ++l) {
    for (const float weight : layer_weights(*model, l)) EXPECT_LE(std::fabs(weight), 1e6f);
    for (const float bias : layer_biases(*model, l)) EXPECT_LE(std::fabs(bias), 1e9f);
  }
  return true;
}

TEST(ModelFuzz, EveryBeginningOfAFileIsRefused) {
  const Bytes whole = two_layers().says("sensorium.mean", "[1,2,3,4]").says("sensorium.std", "[1,2,3,4]").bytes();
  ASSERT_TRUE(survives(whole));
  for (std::size_t length = 0; length < whole.size(); ++length)
    EXPECT_FALSE(survives(Bytes(whole.begin(), whole.begin() + static_cast<std::ptrdiff_t>(length))));
}

TEST(ModelFuzz, MutatedFilesDoNoHarm) {
  Random random(20260727);
  const Bytes seeds[] = {two_layers()
                             .says("sensorium.features", R"(["a","b","c","d"])")
                             .says("sensorium.offset", "[1,2.5,-3e2,4]")
                             .says("sensorium.scale", "[1,0.5,2,1e-3]")
                             .bytes(),
                         ModelFile()
                             .tensor("0.weight", "[2,2]", words16({1, 2, 3, 4}), "F16")
                             .tensor("2.weight", "[1,2]", words16({5, 6}), "BF16")
                             .says("format", "pt")
                             .activations(R"(["relu","softmax"])")
                             .bytes(),
                         safetensors("{\"__metadata__\":{\"a\":\"\\u00e9\\ud83d\\ude00\"}}    ", {})};
  const std::string_view tokens[] = {"{",
                                     "}",
                                     "[",
                                     "]",
                                     "\"",
                                     ",",
                                     ":",
                                     "\\",
                                     "\\u",
                                     "\\ud800",
                                     "18446744073709551615",
                                     "18446744073709551616",
                                     "-1",
                                     "1e309",
                                     "0",
                                     "1",
                                     "64",
                                     "65",
                                     "9007199254740993",
                                     "null",
                                     "\"dtype\":",
                                     "\"shape\":[1,1]",
                                     "\"data_offsets\":[0,4]",
                                     "\"__metadata__\":{",
                                     "F16",
                                     "BF16",
                                     "F64",
                                     "sensorium.",
                                     "\xFF",
                                     "\xED\xA0\x80",
                                     " ",
                                     "\n",
                                     "0.weight",
                                     "layers."};
  std::uint32_t models = 0;
  for (int round = 0; round < 30000; ++round) {
    Bytes bytes = seeds[random.below(3)];
    const std::size_t before = bytes.size();
    for (std::uint32_t change = 1 + random.below(4); change > 0; --change) {
      const std::size_t at =
          random.chance(0.1) ? random.below(8) : random.below(static_cast<std::uint32_t>(bytes.size()));
      const auto position = bytes.begin() + static_cast<std::ptrdiff_t>(at);
      const std::string_view token = tokens[random.below(sizeof tokens / sizeof *tokens)];
      switch (random.below(5)) {
        case 0:
          *position = static_cast<std::byte>(random.below(256));
          break;
        case 1:
          *position ^= static_cast<std::byte>(1u << random.below(8));
          break;
        case 2:
          for (std::size_t i = 0; i < token.size() && at + i < bytes.size(); ++i)
            bytes[at + i] = static_cast<std::byte>(token[i]);
          break;
        case 3:
          bytes.insert(position, reinterpret_cast<const std::byte*>(token.data()),
                       reinterpret_cast<const std::byte*>(token.data()) + token.size());
          break;
        case 4:
          bytes.erase(position, position + std::min<std::ptrdiff_t>(1 + random.below(8), bytes.end() - position));
          break;
      }
      if (bytes.size() < 16) bytes.resize(16);
    }
    // Most would fail by their length alone.
    if (random.chance(0.8)) {
      const std::uint64_t length =
          (std::to_integer<std::uint64_t>(bytes[0]) | std::to_integer<std::uint64_t>(bytes[1]) << 8) + bytes.size() -
          before;
      for (unsigned i = 0; i < 8; ++i) bytes[i] = static_cast<std::byte>(length >> (8 * i));
    }
    bytes.shrink_to_fit();
    models += survives(bytes);
  }
  EXPECT_GT(models, 100u) << "some mutations are of numbers, and harmless";
}

TEST(ModelFuzz, NoHeaderTakesLong) {
  // The worst there is: as many keys as may be, each long and like the others.
  std::string header = "{\"__metadata__\":{";
  for (int i = 0; i < 256; ++i)
    header += (i ? ",\"" : "\"") + std::string(240, 'k') + std::to_string(1000 + i) + "\":\"\"";
  header += "}}";
  ASSERT_LE(header.size(), kMaxModelHeader);
  EXPECT_FALSE(survives(safetensors(header, {})));
}

}  // namespace
}  // namespace sensorium::test
