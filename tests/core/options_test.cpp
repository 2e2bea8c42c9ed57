// Options by path, as they come from other languages: what is set, and what each wrong one is told.
#include "options.h"

#include "core/support.h"
#include "port.h"
#include "sensorium/schema.h"

namespace sensorium::test {
namespace {

void expect(const Error& error, ErrorCode code, const char* where, const char* expected, const char* got) {
  EXPECT_EQ(error.code, code) << words(error);
  EXPECT_NE(error.where.view().find(where), std::string_view::npos) << words(error);
  EXPECT_NE(error.expected.view().find(expected), std::string_view::npos) << words(error);
  EXPECT_NE(error.got.view().find(got), std::string_view::npos) << words(error);
}

TEST(Options, SetEveryType) {
  Config config;
  EXPECT_OK(options::set_number(config, "agents", 12));
  EXPECT_OK(options::set_number(config, "readings.half_life", kInfinity));
  EXPECT_OK(options::set_number(config, "network.seed", 9007199254740991.0));
  EXPECT_OK(options::set_text(config, "readings.hold", "once"));
  EXPECT_OK(options::set_count(config, "channels", 2));
  EXPECT_OK(options::set_text(config, "channels.1.name", "air.co2"));
  EXPECT_OK(options::set_number(config, "channels.1.scale", 0.25));
  EXPECT_OK(options::set_flag(config, "channels.1.absolute", true));
  EXPECT_OK(options::set_count(config, "network.layers", 1));
  const float weights[] = {1, 2};
  EXPECT_OK(options::set_floats(config, "network.layers.0.weights", weights));
  EXPECT_OK(options::set_text(config, "network.layers.0.activation", "tanh"));
  EXPECT_EQ(config.agents, 12u);
  EXPECT_EQ(config.network.seed, (std::uint64_t{1} << 53) - 1);
  EXPECT_EQ(config.readings.hold, Hold::once);
  EXPECT_EQ(config.channels.size(), 2u);
  EXPECT_EQ(config.channels[1].name, "air.co2");
  EXPECT_EQ(config.channels[1].scale, 0.25f);
  EXPECT_TRUE(config.channels[1].absolute);
  EXPECT_EQ(config.network.layers[0].weights.size(), 2u);
  EXPECT_EQ(config.network.layers[0].activation, Activation::tanh);
}

TEST(Options, UnknownOnes) {
  Config config;
  expect(options::set_number(config, "agent", 1), ErrorCode::unknown_option, "agent", "", "agent");
  expect(options::set_number(config, "", 1), ErrorCode::unknown_option, "", "", "");
  expect(options::set_number(config, "channels.0.colour", 1), ErrorCode::unknown_option,
         "channels.visual.objects.colour", "", "");
  expect(options::set_number(config, "channels.99.scale", 1), ErrorCode::unknown_option, "channels.99.scale",
         "below 13", "99");
  expect(options::set_number(config, "channels.x.scale", 1), ErrorCode::unknown_option, "channels.x.scale", "", "");
  expect(options::set_number(config, "channels.0", 1), ErrorCode::unknown_option, "channels.0", "", "");
  expect(options::set_number(config, "channels.99999999999.scale", 1), ErrorCode::unknown_option, "channels", "", "");
  expect(options::set_count(config, "channel", 1), ErrorCode::unknown_option, "channel", "", "");
}

TEST(Options, WrongTypes) {
  Config config;
  expect(options::set_text(config, "agents", "many"), ErrorCode::wrong_type, "agents", "a whole number", "\"many\"");
  expect(options::set_flag(config, "detection.low", true), ErrorCode::wrong_type, "detection.low", "a number", "true");
  expect(options::set_number(config, "readings.hold", 1), ErrorCode::wrong_type, "readings.hold", "latch",
         "the number 1");
  expect(options::set_number(config, "channels.0.absolute", 1), ErrorCode::wrong_type,
         "channels.visual.objects.absolute", "true or false", "1");
  expect(options::set_floats(config, "detection.window", {}), ErrorCode::wrong_type, "detection.window", "number",
         "a list of 0");
  expect(options::set_number(config, "network.layers.0.weights", 3), ErrorCode::wrong_type, "network.layers.0.weights",
         "a list of numbers", "3");
}

TEST(Options, OutOfRange) {
  Config config;
  for (const double agents : {0.0, -1.0, 1.5, 1e6 + 1, 1e300, std::nan(""), static_cast<double>(kInfinity)}) {
    expect(options::set_number(config, "agents", agents), ErrorCode::out_of_range, "agents", "1 to 1000000", "");
  }
  expect(options::set_text(config, "readings.hold", "Latch"), ErrorCode::out_of_range, "readings.hold",
         "one of inherit, latch, once", "\"Latch\"");
  // Too small for f32: it would become 0, which means "from the range".
  expect(options::set_number(config, "channels.0.scale", 1e-60), ErrorCode::out_of_range,
         "channels.visual.objects.scale", "a number", "1e-60");
  expect(options::set_count(config, "channels", 65), ErrorCode::too_many, "channels", "1 to 64", "65");
  expect(options::set_count(config, "channels", 0), ErrorCode::out_of_range, "channels", "1 to 64", "0");
  expect(options::set_count(config, "network.layers", 5), ErrorCode::too_many, "network.layers", "0 to 4", "5");
  EXPECT_EQ(config.agents, 1u) << "nothing was set";
}

TEST(Options, Names) {
  Config config;
  const std::string most(63, 'n'), more(64, 'n');
  EXPECT_OK(options::set_text(config, "channels.0.name", most));
  EXPECT_EQ(config.channels[0].name.view(), most);
  expect(options::set_text(config, "channels.0.name", more), ErrorCode::bad_name, "channels.0.name", "63", "64");
  expect(options::set_text(config, "channels.0.name", std::string_view("a\0b", 3)), ErrorCode::bad_name,
         "channels.0.name", "NUL", "3");
}

// Every option's own range and default agree: a configuration left alone passes, and each end of a range can be set.
TEST(Options, EveryRangeTakesItsEnds) {
  for (const schema::Option& option : schema::options()) {
    if (option.scope != schema::Scope::root || option.type == schema::OptionType::choice) continue;
    for (const double end : {option.min, option.max}) {
      if (option.type == schema::OptionType::flag || option.type == schema::OptionType::text ||
          option.type == schema::OptionType::bytes)
        continue;
      Config config;
      EXPECT_OK(options::set_number(config, option.path, end));
      const double beyond =
          end == option.min ? end - std::max(1.0, std::fabs(end) * 0.01) : end + std::max(1.0, std::fabs(end) * 0.01);
      if (std::isinf(end)) continue;
      EXPECT_EQ(options::set_number(config, option.path, beyond).code, ErrorCode::out_of_range)
          << option.path << " " << beyond;
    }
  }
}

TEST(Port, KeepsTheLastError) {
  Port port;
  EXPECT_FALSE(port.set_number("agents", 0));
  EXPECT_EQ(port.error().code, ErrorCode::out_of_range);
  EXPECT_TRUE(port.set_number("agents", 20));
  EXPECT_FALSE(port.error());
  std::vector<std::byte> memory(static_cast<std::size_t>(port.required_bytes()) + 64);
  std::byte* start = memory.data() + (64 - reinterpret_cast<std::uintptr_t>(memory.data()) % 64) % 64;
  EXPECT_FALSE(port.create({start, 64}));
  EXPECT_EQ(port.error().code, ErrorCode::bad_block);
  ASSERT_TRUE(port.create({start, memory.size() - 64}));
  EXPECT_TRUE(port.simulate(1, false));
  EXPECT_TRUE(port.tick(1));
  EXPECT_FALSE(port.tick(0));
  EXPECT_EQ(port.error().code, ErrorCode::time_backwards);
  for (const double agent : {-1.0, 20.0, 0.5, std::nan(""), 1e300}) {
    EXPECT_FALSE(port.reset_agent(agent));
    EXPECT_EQ(port.error().code, ErrorCode::agent_out_of_range);
  }
  EXPECT_TRUE(port.reset_agent(19));
  for (const double seed : {-1.0, 0.5, 1e300, std::nan("")}) {
    EXPECT_FALSE(port.simulate(seed, true));
    EXPECT_EQ(port.error().code, ErrorCode::out_of_range);
  }
}

}  // namespace
}  // namespace sensorium::test
