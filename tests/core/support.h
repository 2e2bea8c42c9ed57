// What the tests of the engine share.
#pragma once

#include <gtest/gtest.h>

#include <bit>
#include <cmath>
#include <cstring>
#include <string>
#include <vector>

#include "sensorium/simulate.h"

namespace sensorium::test {

inline constexpr float kNaN = std::numeric_limits<float>::quiet_NaN();
inline constexpr float kFloatMax = std::numeric_limits<float>::max();

// The ISAs to test: all that this machine runs, or the one that SENSORIUM_ISA names.
std::vector<std::string> isas();

// A test repeated on each of isas(); the name tells which.
class PerIsa : public testing::TestWithParam<std::string> {
 protected:
  std::string_view isa() const { return GetParam(); }
};
#define SENSORIUM_EACH_ISA(suite) \
  INSTANTIATE_TEST_SUITE_P(Isa, suite, testing::ValuesIn(isas()), [](const auto& at) { return at.param; })

// An engine, or a failed test with the error's words.
Engine make(const Config& config, std::string_view isa = {});

std::string words(const Error& error);
#define EXPECT_OK(call)                                  \
  do {                                                   \
    const ::sensorium::Error error_of_call = (call);     \
    EXPECT_FALSE(error_of_call) << words(error_of_call); \
  } while (false)
#define ASSERT_OK(call)                                  \
  do {                                                   \
    const ::sensorium::Error error_of_call = (call);     \
    ASSERT_FALSE(error_of_call) << words(error_of_call); \
  } while (false)

inline std::uint32_t bits(float value) { return std::bit_cast<std::uint32_t>(value); }

// One value of a column of 1 or 4 bytes, as the 32 bits it consists of. `value` counts from the row's first.
std::uint32_t word(const Engine& engine, const Column& column, std::uint32_t plane, std::uint32_t row,
                   std::uint32_t value = 0);

// All results of a row as bits, in the order of the layout; and where the first difference between two rows is: "" for none.
std::vector<std::uint32_t> row_words(const Engine& engine, std::uint32_t row);
std::string first_difference(const Engine& a, std::uint32_t row_a, const Engine& b, std::uint32_t row_b);

// Everything an engine has beyond its plan: tables, columns and state; and success where two such are the same.
std::vector<std::byte> state_bytes(const Engine& engine);
testing::AssertionResult same_bytes(const std::vector<std::byte>& a, const std::vector<std::byte>& b);

// The network's weights as the engine holds them: drawn from the seed, or given.
std::vector<float> weights(const Engine& engine, std::uint32_t layer);

// One channel, fused as it is: the shortest way to a stream of one's own.
Config plain_config(std::uint32_t agents = 1);
inline constexpr const char* kPlain = "x";

// An engine of one agent and the plain channel, fed value by value at a tick a second.
class Stream {
 public:
  explicit Stream(const Config& config, std::string_view isa = {}) : engine_(make(config, isa)) {}
  void add(float value) {
    engine_.sensors(kPlain)[0] = value;
    EXPECT_OK(engine_.tick(seconds_++));
  }
  Results results() const { return engine_.results(); }
  Engine& engine() { return engine_; }

 private:
  Engine engine_;
  double seconds_ = 0;
};

}  // namespace sensorium::test
