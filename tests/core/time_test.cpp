// Time is the caller's: equal times pass, a smaller one is an error and changes nothing.
#include "core/support.h"

namespace sensorium::test {
namespace {

class Time : public testing::Test {
 protected:
  Engine engine_ = make({.agents = 40});

  void SetUp() override {
    for (int t = 0; t < 25; ++t) {
      ASSERT_OK(write_classic_load(engine_, 3, Load::mixed));
      ASSERT_OK(engine_.tick(100 + t * 0.1));
    }
    ASSERT_OK(write_classic_load(engine_, 3, Load::mixed));
  }

  void expect_refused(double seconds, ErrorCode code) {
    const std::vector<std::byte> before(engine_.block().begin(), engine_.block().end());
    const Error error = engine_.tick(seconds);
    EXPECT_EQ(error.code, code) << words(error);
    for (const auto* text : {&error.what, &error.where, &error.expected, &error.got})
      EXPECT_FALSE(text->view().empty());
    const std::vector<std::byte> after(engine_.block().begin(), engine_.block().end());
    EXPECT_TRUE(same_bytes(before, after)) << "nothing has changed";
  }
};

TEST_F(Time, EqualPasses) {
  EXPECT_OK(engine_.tick(102.4));
  EXPECT_OK(engine_.tick(102.4));
  EXPECT_EQ(engine_.statistics().cycles, 27u);
}

TEST_F(Time, BackwardsIsRefused) {
  expect_refused(102.39999, ErrorCode::time_backwards);
  expect_refused(-1, ErrorCode::time_backwards);
  EXPECT_OK(engine_.tick(102.5));
}

TEST_F(Time, NotANumberIsRefused) {
  expect_refused(std::numeric_limits<double>::quiet_NaN(), ErrorCode::time_not_finite);
  expect_refused(std::numeric_limits<double>::infinity(), ErrorCode::time_not_finite);
  expect_refused(-std::numeric_limits<double>::infinity(), ErrorCode::time_not_finite);
}

TEST_F(Time, AnyTimeMayComeFirst) {
  for (const double first : {-1e300, -5.0, 0.0, 1.7e9, 1e300}) {
    Engine engine = make({});
    EXPECT_OK(engine.tick(first));
    EXPECT_EQ(engine.statistics().time, first);
    EXPECT_EQ(engine.tick(first - std::fabs(first) - 1).code, ErrorCode::time_backwards);
    engine.reset();
    EXPECT_OK(engine.tick(first - std::fabs(first)));
  }
}

TEST_F(Time, TheErrorSaysBothTimes) {
  const Error error = engine_.tick(7);
  EXPECT_NE(error.expected.view().find("102.4"), std::string_view::npos) << error.expected.bytes;
  EXPECT_NE(error.got.view().find("7"), std::string_view::npos) << error.got.bytes;
}

// Ages are differences of the clock's, so an epoch of 1.7e9 s costs no precision.
TEST_F(Time, ResultsDoNotDependOnTheEpoch) {
  Config config = {.agents = 40};
  config.readings.half_life = 0.5;
  Engine early = make(config), late = make(config);
  for (int t = 0; t < 200; ++t) {
    ASSERT_OK(write_classic_load(early, 5, Load::mixed));
    ASSERT_OK(write_classic_load(late, 5, Load::mixed));
    // Steps of 1/8 s are exact in both.
    ASSERT_OK(early.tick(t * 0.125 - 3));
    ASSERT_OK(late.tick(t * 0.125 + 1.7e9));
    for (std::uint32_t i = 0; i < 40; ++i)
      ASSERT_EQ(first_difference(early, i, late, i), "") << "tick " << t << ", agent " << i;
  }
}

}  // namespace
}  // namespace sensorium::test
