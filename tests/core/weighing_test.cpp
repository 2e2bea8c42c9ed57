// kernels/weighing.h against its twins.
#include "core/kernel_support.h"
#include "reference/textbook.h"

namespace sensorium::test {
namespace {

class Weighing : public PerRows {};

TEST_P(Weighing, FadeHalvesEachHalfLife) {
  for (const Probe* probe : probes()) {
    SCOPED_TRACE(probe->isa);
    Random random(3);
    for (std::uint32_t round = 0; round < 50; ++round) {
      const double half_life = std::pow(10, random.between(-6, 6));
      for (std::uint32_t tile = 0; tile < tiles(); ++tile) {
        Lanes age, factor;
        for (std::uint32_t row = 0; row < kRows; ++row) {
          age[row] = random.chance(0.1) ? 0 : static_cast<float>(half_life * std::pow(10, random.between(-3, 3)));
        }
        probe->fade(age.at, static_cast<float>(-1 / half_life), factor.at);
        for (std::uint32_t row = 0; row < kRows; ++row) {
          const double halvings = age[row] / half_life;
          // At a hundred half-lives the last of the weight goes; which side of it rounding puts a row does not matter.
          if (std::fabs(halvings - 100) < 1e-4) continue;
          const double expected = reference::fade(age[row], half_life);
          // The exponent is rounded three times: an error of k steps there is k * exponent * ln 2 of the result.
          EXPECT_TRUE(near(factor[row], expected, expected, 4 + 1.5 * std::min(halvings, 100.0)))
              << age[row] << " s of " << half_life;
          EXPECT_LE(factor[row], 1);
        }
      }
    }
  }
}

TEST_P(Weighing, FadeOfHostileAges) {
  for (const Probe* probe : probes()) {
    SCOPED_TRACE(probe->isa);
    Lanes age, factor;
    const float ages[] = {0.0f,     std::numeric_limits<float>::denorm_min(), 1e-38f, 99.99f, 100.01f, 1e30f, kFloatMax,
                          kInfinity};
    for (std::uint32_t row = 0; row < kRows; ++row) age[row] = ages[row % std::size(ages)];
    for (const float decay : {-1.0f, -1e6f, -1e-30f, -std::numeric_limits<float>::denorm_min()}) {
      probe->fade(age.at, decay, factor.at);
      for (std::uint32_t row = 0; row < kRows; ++row) {
        const double expected = reference::fade(age[row], -1.0 / decay);
        EXPECT_NEAR(factor[row], expected, 1e-5) << age[row] << " s, decay " << decay;
      }
      EXPECT_EQ(factor[0], 1) << "a reading of now has its whole weight";
    }
  }
}

TEST_P(Weighing, MeanTwin) {
  for (const Probe* probe : probes()) {
    SCOPED_TRACE(probe->isa);
    Random random(4);
    for (std::uint32_t round = 0; round < 30; ++round) {
      const std::uint32_t count = 1 + random.below(kMaxFeatures);
      std::vector<float> weights(count);
      for (float& weight : weights) weight = random.value(0.01, 2);
      const bool faded = random.chance(0.5);
      for (std::uint32_t tile = 0; tile < tiles(); ++tile) {
        std::vector<Lanes> features(count), factors(count);
        std::vector<ProbeShare> shares;
        for (std::uint32_t i = 0; i < count; ++i) {
          for (std::uint32_t row = 0; row < kRows; ++row) {
            features[i][row] = random.value(-5, 5);
            factors[i][row] = random.value(0, 1);
          }
          const Mask usable = any_rows(random);
          shares.push_back({features[i].at, faded && i % 2 ? factors[i].at : nullptr, weights[i], usable});
        }
        Lanes mean, total;
        probe->weighted_mean(shares.data(), count, mean.at, total.at);
        for (std::uint32_t row = 0; row < kRows; ++row) {
          std::vector<reference::Weighted> parts;
          double weight = 0;
          for (std::uint32_t i = 0; i < count; ++i) {
            if (!holds(shares[i].usable, row)) continue;
            const double part = shares[i].weight * (shares[i].factor ? double{shares[i].factor[row]} : 1.0);
            parts.push_back({features[i][row], part});
            weight += part;
          }
          EXPECT_TRUE(near(total[row], weight, weight, count + 2.0));
          EXPECT_TRUE(near(mean[row], reference::weighted_mean(parts).value_or(0), 5, count + 2.0));
        }
      }
    }
  }
}

TEST_P(Weighing, NothingUsableIsZeroAndLargeValuesStayFinite) {
  for (const Probe* probe : probes()) {
    SCOPED_TRACE(probe->isa);
    std::vector<Lanes> features(kMaxFeatures);
    std::vector<ProbeShare> shares;
    for (Lanes& feature : features) {
      for (std::uint32_t row = 0; row < kRows; ++row) feature[row] = row % 2 ? kSaturation : -kSaturation;
      shares.push_back({feature.at, nullptr, 1e6f, 0x00FF});
    }
    Lanes mean, total;
    probe->weighted_mean(shares.data(), kMaxFeatures, mean.at, total.at);
    for (std::uint32_t row = 0; row < 8; ++row) EXPECT_TRUE(near(mean[row], row % 2 ? 1e9 : -1e9, 1e9, 34));
    for (std::uint32_t row = 8; row < kRows; ++row) {
      EXPECT_EQ(bits(mean[row]), 0u);
      EXPECT_EQ(bits(total[row]), 0u);
    }
  }
}

SENSORIUM_ROWS(Weighing);

}  // namespace
}  // namespace sensorium::test
