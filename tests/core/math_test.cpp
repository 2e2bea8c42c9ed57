// kernels/math.h: the errors that it states, measured against double precision on every ISA, and equal bits on all of them.
#include "core/kernel_support.h"

namespace sensorium::test {
namespace {

using Function = void (*)(const float* x, float* y);

// Distance in f32 steps at the expected value, subnormal numbers counted in steps of the smallest normal one's.
double ulps(float got, double expected) {
  if (std::isnan(got)) return kInfinity;
  const double size = std::max(std::fabs(expected), 0x1p-126);
  return std::fabs(got - expected) / std::ldexp(1.0, std::ilogb(size) - 23);
}

double exp2_twin(double x) { return std::exp2(x); }
double exp_twin(double x) { return std::exp(x); }
double sigmoid_twin(double x) { return 1 / (1 + std::exp(-x)); }
double tanh_twin(double x) { return std::tanh(x); }
double sine_twin(double x) { return std::sin(x); }
double cosine_twin(double x) { return std::cos(x); }

struct Worst {
  double error = 0;
  float at = 0;
};

// Every so-many-th f32 of a range by its bits, in both signs, so that all exponents are met alike.
template <class Expected>
Worst sweep(Function function, Expected expected, float low, float high) {
  // A prime: the low bits of the mantissa vary too.
  constexpr std::uint32_t kStep = SENSORIUM_LONG_TICKS >= 1'000'000 ? 4099 : 65537;
  Worst worst;
  Lanes x, y;
  std::uint32_t filled = 0;
  const auto flush = [&] {
    function(x.at, y.at);
    for (std::uint32_t i = 0; i < filled; ++i) {
      const double error = ulps(y[i], expected(double{x[i]}));
      if (!(error <= worst.error)) worst = {error, x[i]};
    }
    filled = 0;
  };
  const auto add = [&](float value) {
    if (value < low || value > high) return;
    x[filled++] = value;
    if (filled == kRows) flush();
  };
  const std::uint32_t last = bits(std::max(std::fabs(low), std::fabs(high)));
  for (std::uint32_t pattern = 0; pattern <= last; pattern += kStep) {
    add(std::bit_cast<float>(pattern));
    add(-std::bit_cast<float>(pattern));
  }
  add(low);
  add(high);
  flush();
  return worst;
}

#define EXPECT_WITHIN(worst, bound)                                                   \
  do {                                                                                \
    const Worst measured = (worst);                                                   \
    EXPECT_LE(measured.error, bound) << "at " << measured.at;                         \
    RecordProperty(std::string("ulp_") + probe->isa, std::to_string(measured.error)); \
  } while (false)

TEST(Math, Exp2) {
  for (const Probe* probe : probes()) {
    SCOPED_TRACE(probe->isa);
    EXPECT_WITHIN(sweep(probe->exp2, exp2_twin, -126, 127), 1.3);
  }
}

TEST(Math, Exp) {
  for (const Probe* probe : probes()) {
    SCOPED_TRACE(probe->isa);
    EXPECT_WITHIN(sweep(probe->exp, exp_twin, -87, 88), 1.3);
  }
}

TEST(Math, Sigmoid) {
  for (const Probe* probe : probes()) {
    SCOPED_TRACE(probe->isa);
    EXPECT_WITHIN(sweep(probe->sigmoid, sigmoid_twin, -87, kFloatMax), 2.5);
  }
}

TEST(Math, Tanh) {
  for (const Probe* probe : probes()) {
    SCOPED_TRACE(probe->isa);
    EXPECT_WITHIN(sweep(probe->tanh, tanh_twin, -kFloatMax, kFloatMax), 2.4);
  }
}

TEST(Math, SineAndCosine) {
  constexpr float kEighth = 0.785398185f;  // of a turn
  for (const Probe* probe : probes()) {
    SCOPED_TRACE(probe->isa);
    EXPECT_WITHIN(sweep(probe->sine, sine_twin, -kEighth, kEighth), 0.8);
    EXPECT_WITHIN(sweep(probe->cosine, cosine_twin, -kEighth, kEighth), 1.2);
  }
}

TEST(Math, ExactWhereItMatters) {
  for (const Probe* probe : probes()) {
    SCOPED_TRACE(probe->isa);
    Lanes x, y;
    for (std::uint32_t i = 0; i < kRows; ++i) x[i] = static_cast<float>(i) - 8;
    probe->exp2(x.at, y.at);
    for (std::uint32_t i = 0; i < kRows; ++i)
      EXPECT_EQ(y[i], std::ldexp(1.0f, static_cast<int>(i) - 8)) << "whole powers are exact";
    probe->exp(x.at, y.at);
    EXPECT_EQ(y[8], 1);
    probe->sigmoid(x.at, y.at);
    EXPECT_EQ(y[8], 0.5f);
    probe->tanh(x.at, y.at);
    EXPECT_EQ(y[8], 0);
    for (std::uint32_t i = 1; i < kRows / 2; ++i) EXPECT_EQ(bits(y[8 + i]), bits(-y[8 - i])) << "tanh is odd";
  }
}

TEST(Math, LimitsAtTheEnds) {
  for (const Probe* probe : probes()) {
    SCOPED_TRACE(probe->isa);
    const float ends[kRows] = {-kFloatMax, kFloatMax, -1e9f, 1e9f, -100, 100, -88.8f, 88.8f,
                               -1e-45f,    1e-45f,    -0.0f, 0,    -40,  40,  -20,    20};
    Lanes x, y;
    for (std::uint32_t i = 0; i < kRows; ++i) x[i] = ends[i];
    for (const Function function : {probe->sigmoid, probe->tanh}) {
      function(x.at, y.at);
      for (std::uint32_t i = 0; i < kRows; ++i) EXPECT_LE(std::fabs(y[i]), 1) << "of " << x[i];
    }
    probe->exp(x.at, y.at);
    for (std::uint32_t i = 0; i < kRows; ++i) EXPECT_TRUE(y[i] > 0 && std::isnormal(y[i])) << "e^" << x[i];
  }
}

TEST(Math, SameBitsOnEveryIsa) {
  if (probes().size() < 2) GTEST_SKIP() << "only one instruction set to compare here";
  Random random(18);
  for (std::uint32_t round = 0; round < 4000; ++round) {
    Lanes x, limited, small, expected, got;
    for (std::uint32_t i = 0; i < kRows; ++i) {
      x[i] = random.chance(0.3) ? random.any_size() : random.value(-100, 100);
      limited[i] = std::clamp(x[i], -126.0f, 127.0f);
      small[i] = std::clamp(x[i], -0.8f, 0.8f);
    }
    for (const auto function :
         {&Probe::exp, &Probe::sigmoid, &Probe::tanh, &Probe::exp2, &Probe::sine, &Probe::cosine}) {
      const Lanes& in = function == &Probe::exp2                                 ? limited
                        : function == &Probe::sine || function == &Probe::cosine ? small
                                                                                 : x;
      (probes()[0]->*function)(in.at, expected.at);
      for (const Probe* probe : probes()) {
        (probe->*function)(in.at, got.at);
        for (std::uint32_t i = 0; i < kRows; ++i)
          ASSERT_EQ(bits(got[i]), bits(expected[i])) << probe->isa << " at " << in[i];
      }
    }
  }
}

}  // namespace
}  // namespace sensorium::test
