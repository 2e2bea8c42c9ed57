// The reference itself, by numbers worked out by hand: a twin that is wrong would bless a kernel that is wrong alike.
#include "reference/textbook.h"

#include <gtest/gtest.h>

#include <cmath>

namespace sensorium::reference {
namespace {

TEST(Textbook, Feature) {
  const ChannelOptions halved = {.name = "a", .scale = 0.5f, .offset = 2};
  EXPECT_EQ(feature(10, halved), 4);
  EXPECT_EQ(feature(-10, halved), -6);
  EXPECT_EQ(feature(-10, {.name = "a", .scale = 0.5f, .offset = 2, .absolute = true}), 6);
  EXPECT_EQ(feature(10, {.name = "a", .scale = 0.5f, .offset = 2, .clamp = true}), 1);
  EXPECT_EQ(feature(15, {.name = "a", .min = 10, .max = 30}), 0.25);  // the declared range
  EXPECT_EQ(feature(1e20f, {.name = "a", .scale = 1}), 1e9);
  EXPECT_FALSE(feature(std::nanf(""), halved));
  EXPECT_FALSE(feature(kInfinity, halved));
}

TEST(Textbook, Fade) {
  EXPECT_EQ(fade(0, 2), 1);
  EXPECT_EQ(fade(2, 2), 0.5);
  EXPECT_EQ(fade(6, 2), 0.125);
  EXPECT_EQ(fade(1000, std::numeric_limits<double>::infinity()), 1);
  EXPECT_EQ(fade(201, 2), 0);
}

TEST(Textbook, WeightedMean) {
  EXPECT_EQ(weighted_mean({{1, 1}, {4, 2}}), 3);  // (1 + 8) / 3
  EXPECT_FALSE(weighted_mean({{1, 0}}));
  EXPECT_FALSE(weighted_mean({}));
}

TEST(Textbook, Layer) {
  // 2 units of 2 inputs: 1 + 2*3 + 3*5 = 22, 0 - 3 + 5 = 2
  EXPECT_EQ(dense({2, 3, -1, 1}, {1, 0}, {3, 5}), (std::vector<double>{22, 2}));
  EXPECT_EQ(activate(Activation::fast_sigmoid, 1), 0.75);
  EXPECT_EQ(activate(Activation::fast_sigmoid, -3), 0.125);
  EXPECT_EQ(activate(Activation::sigmoid, 0), 0.5);
  EXPECT_EQ(activate(Activation::relu, -2), 0);
  EXPECT_EQ(activate(Activation::identity, -2e9), -1e9);
  EXPECT_NEAR(activate(Activation::tanh, 0.5), 0.46211716, 1e-8);
  const auto shares = softmax({0, std::log(3)});
  EXPECT_NEAR(shares[0], 0.25, 1e-15);
  EXPECT_NEAR(shares[1], 0.75, 1e-15);
}

TEST(Textbook, Moments) {
  // 2 4 4 4 5 5 7 9: mean 5, squares 9+1+1+1+0+0+4+16 = 32, deviation 2
  const Window window = {2, 4, 4, 4, 5, 5, 7, 9};
  EXPECT_EQ(moments(window).mean, 5);
  EXPECT_EQ(moments(window).deviation, 2);
  EXPECT_EQ(z_score(window, 1e-4), 2);
  EXPECT_EQ(z_score(window, 2), 0);  // not above
  EXPECT_EQ(newest(window, 3), (Window{5, 7, 9}));
}

TEST(Textbook, Line) {
  const Line perfect = fit({1, 3, 5, 7});
  EXPECT_DOUBLE_EQ(perfect.slope, 2);
  EXPECT_DOUBLE_EQ(perfect.at(0), 7);
  EXPECT_DOUBLE_EQ(perfect.at(2), 11);
  EXPECT_DOUBLE_EQ(perfect.r_squared, 1);
  // 0 0 1: slope (-1*-1/3 + 1*2/3) / 2 = 1/2; explained 1/4 * 2 = 1/2 of 2/3: R squared 3/4
  const Line step = fit({0, 0, 1});
  EXPECT_DOUBLE_EQ(step.slope, 0.5);
  EXPECT_DOUBLE_EQ(step.r_squared, 0.75);
  EXPECT_DOUBLE_EQ(step.at(1), 4.0 / 3);
  EXPECT_EQ(fit({5, 5, 5}).r_squared, 0);
}

}  // namespace
}  // namespace sensorium::reference
