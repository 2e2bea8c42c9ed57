// kernels/layer.h against its twins.
#include "core/kernel_support.h"
#include "reference/textbook.h"

namespace sensorium::test {
namespace {

class Layer : public PerRows {
 protected:
  // [count][16] values, each row an agent of its own.
  static std::vector<Lanes> draw(Random& random, std::uint32_t count, double size) {
    std::vector<Lanes> values(count);
    for (Lanes& lanes : values) {
      for (std::uint32_t row = 0; row < kRows; ++row) lanes[row] = random.value(-size, size);
    }
    return values;
  }
  static std::vector<double> row_of(const std::vector<Lanes>& values, std::uint32_t row) {
    std::vector<double> column;
    for (const Lanes& lanes : values) column.push_back(lanes[row]);
    return column;
  }
};

TEST_P(Layer, DenseTwin) {
  for (const Probe* probe : probes()) {
    SCOPED_TRACE(probe->isa);
    Random random(6);
    // Every remainder of the unrolled loops: units of 1 .. 17, the largest, and odd numbers between.
    for (const std::uint32_t units : {1u, 2u, 3u, 4u, 5u, 7u, 8u, 9u, 15u, 16u, 17u, 33u, 63u, 64u}) {
      const std::uint32_t inputs = 1 + random.below(kMaxUnits);
      std::vector<float> weights(units * inputs), biases(units);
      for (float& weight : weights) weight = random.value(-1, 1);
      for (float& bias : biases) bias = random.value(-1, 1);
      for (std::uint32_t tile = 0; tile < std::min(tiles(), 5u); ++tile) {
        const auto in = draw(random, inputs, 2);
        std::vector<Lanes> out(units);
        probe->dense(weights.data(), biases.data(), inputs, units, in[0].at, out[0].at);
        for (std::uint32_t row = 0; row < kRows; ++row) {
          const auto expected = reference::dense(weights, biases, row_of(in, row));
          for (std::uint32_t u = 0; u < units; ++u) {
            ASSERT_TRUE(near(out[u][row], expected[u], 1 + std::sqrt(inputs), inputs + 1.0))
                << units << " units of " << inputs << ", unit " << u;
          }
        }
      }
    }
  }
}

TEST_P(Layer, ActivationTwins) {
  constexpr Activation kEach[] = {Activation::fast_sigmoid, Activation::sigmoid, Activation::tanh, Activation::relu,
                                  Activation::identity};
  for (const Probe* probe : probes()) {
    SCOPED_TRACE(probe->isa);
    Random random(7);
    for (const Activation activation : kEach) {
      for (std::uint32_t tile = 0; tile < tiles(); ++tile) {
        const std::uint32_t units = 1 + random.below(9);
        const auto before = draw(random, units, random.chance(0.5) ? 3 : 90);
        auto after = before;
        probe->activate(activation, after[0].at, units);
        for (std::uint32_t u = 0; u < units; ++u) {
          for (std::uint32_t row = 0; row < kRows; ++row) {
            const double expected = reference::activate(activation, before[u][row]);
            ASSERT_NEAR(after[u][row], expected, 5e-7 * std::max(1.0, std::fabs(expected)))
                << "activation " << static_cast<int>(activation) << " of " << before[u][row];
          }
        }
      }
    }
  }
}

// Two units share a division: each must come out as itself whatever the other is, and the last of an odd number alone.
TEST_P(Layer, FastSigmoidOfUnlikePairs) {
  for (const Probe* probe : probes()) {
    SCOPED_TRACE(probe->isa);
    Random random(19);
    for (std::uint32_t tile = 0; tile < tiles(); ++tile) {
      const std::uint32_t units = 1 + random.below(8);
      std::vector<Lanes> before(units);
      for (Lanes& lanes : before) {
        for (std::uint32_t row = 0; row < kRows; ++row) {
          const double size = std::pow(10, random.between(-44, 16.8));  // 6.4e16: the largest sum a layer can make
          lanes[row] = static_cast<float>(random.chance(0.1) ? 0 : random.chance(0.5) ? size : -size);
        }
      }
      auto after = before;
      probe->activate(Activation::fast_sigmoid, after[0].at, units);
      for (std::uint32_t u = 0; u < units; ++u) {
        for (std::uint32_t row = 0; row < kRows; ++row) {
          ASSERT_NEAR(after[u][row], reference::activate(Activation::fast_sigmoid, before[u][row]), 3e-7)
              << "of " << before[u][row] << ", unit " << u << " of " << units;
          ASSERT_TRUE(after[u][row] >= 0 && after[u][row] <= 1) << after[u][row];
        }
      }
    }
  }
}

TEST_P(Layer, SoftmaxTwin) {
  for (const Probe* probe : probes()) {
    SCOPED_TRACE(probe->isa);
    Random random(8);
    for (std::uint32_t tile = 0; tile < tiles(); ++tile) {
      const std::uint32_t units = 1 + random.below(kMaxUnits);
      const auto before = draw(random, units, random.chance(0.5) ? 4 : 60);
      auto after = before;
      probe->activate(Activation::softmax, after[0].at, units);
      for (std::uint32_t row = 0; row < kRows; ++row) {
        const auto expected = reference::softmax(row_of(before, row));
        double sum = 0;
        for (std::uint32_t u = 0; u < units; ++u) {
          ASSERT_NEAR(after[u][row], expected[u], 1e-6) << units << " units";
          sum += after[u][row];
        }
        ASSERT_NEAR(sum, 1, 1e-5);
      }
    }
  }
}

TEST_P(Layer, HostileSumsGiveFiniteOutputs) {
  // The largest sums a layer can make: 64 saturated inputs by weights of a million, and a bias.
  const float sums[] = {6.4e16f, -6.4e16f, 1e9f,   -1e9f,  0.0f, -0.0f, std::numeric_limits<float>::denorm_min(),
                        88.5f,   -88.5f,   127.0f, -150.0f};
  for (const Probe* probe : probes()) {
    SCOPED_TRACE(probe->isa);
    for (std::uint32_t activation = 0; activation <= static_cast<std::uint32_t>(Activation::softmax); ++activation) {
      const std::uint32_t units = std::size(sums);
      std::vector<Lanes> values(units);
      for (std::uint32_t u = 0; u < units; ++u) {
        for (std::uint32_t row = 0; row < kRows; ++row) values[u][row] = sums[(u + row) % units];
      }
      probe->activate(static_cast<Activation>(activation), values[0].at, units);
      for (std::uint32_t u = 0; u < units; ++u) {
        for (std::uint32_t row = 0; row < kRows; ++row) {
          EXPECT_LE(std::fabs(values[u][row]), kSaturation)
              << "activation " << activation << " of " << sums[(u + row) % units];
        }
      }
    }
  }
}

SENSORIUM_ROWS(Layer);

}  // namespace
}  // namespace sensorium::test
