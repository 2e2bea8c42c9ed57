// Whatever the readings and the options, result columns hold finite numbers within their stated ranges.
#include "core/random_config.h"

namespace sensorium::test {
namespace {

class Hostile : public testing::TestWithParam<std::uint32_t> {
 protected:
  static testing::AssertionResult within(const Engine& engine, const Config& config, std::uint32_t i) {
    const Results results = engine.results();
    const auto in = [](float value, double low, double high) {
      return value >= low && value <= high;
    };  // false for NaN
    constexpr double kLimit = kSaturation * (1 + 1e-6);
    const auto off = [&](const char* what, float value) {
      return testing::AssertionFailure() << "agent " << i << ": " << what << " " << value;
    };
    if (!in(results.fused[i], -kLimit, kLimit)) return off("fused", results.fused[i]);
    const bool is_fused = config.fusion.confidence == Confidence::fused;
    if (!in(results.confidence[i], is_fused ? -kLimit : 0, is_fused ? kLimit : 1))
      return off("confidence", results.confidence[i]);
    for (std::uint32_t u = 0; u < kMaxUnits && results.output[u]; ++u) {
      const Activation last = config.network.layers[config.network.layers.size() - 1].activation;
      const bool bounded = last != Activation::relu && last != Activation::identity;
      if (!in(results.output[u][i], bounded ? -1.000001 : -kLimit, bounded ? 1.000001 : kLimit))
        return off("output", results.output[u][i]);
    }
    for (std::uint32_t f = 0; f < engine.features() && results.held[f]; ++f) {
      if (!in(results.held[f][i], -kSaturation, kSaturation)) return off("held", results.held[f][i]);
      if (!in(results.weight[f][i], 0, 1e6)) return off("weight", results.weight[f][i]);
    }
    for (std::uint32_t m = 0; m < engine.modalities() && results.age[m]; ++m) {
      const float age = results.age[m][i];
      if (age != -1 && !in(age, 0, kFloatMax)) return off("age", age);
    }
    const auto& anomaly = results.anomaly;
    // Rounding may leave z a little above what the window allows; the score is limited.
    const double largest = 1.001 * std::sqrt(config.detection.window - 1.0);
    if (!in(anomaly.z[i], -largest, largest)) return off("z", anomaly.z[i]);
    if (!in(anomaly.score[i], 0, 1)) return off("score", anomaly.score[i]);
    if (!in(anomaly.mean[i], -kLimit, kLimit)) return off("mean", anomaly.mean[i]);
    if (!in(anomaly.deviation[i], 0, kLimit)) return off("deviation", anomaly.deviation[i]);
    const float z = std::fabs(anomaly.z[i]);
    const int severity = (z > config.detection.low) + (z > config.detection.medium) + (z > config.detection.high);
    if (anomaly.severity[i] != severity) return off("severity of z", anomaly.z[i]);
    const auto& [on_delay, off_delay, deadband] = config.events.anomaly;
    const bool told_at_once = on_delay == 0 && off_delay == 0 && deadband == 0;
    if (told_at_once && ((results.flags[i] & flag::anomaly) != 0) != (severity > 0))
      return off("anomaly flag of z", anomaly.z[i]);
    if (severity > 0 && !(results.flags[i] & flag::scored)) return off("severity without a score, z", anomaly.z[i]);
    const auto& prediction = results.prediction;
    if (!in(prediction.confidence[i], 0, 1)) return off("R squared", prediction.confidence[i]);
    if (!std::isfinite(prediction.trend[i])) return off("trend", prediction.trend[i]);
    for (std::uint32_t h = 0; h < config.prediction.horizon; ++h) {
      const float value = prediction.values[h][i];
      const bool fits =
          !(results.flags[i] & flag::predicted) || in(value, config.prediction.min, config.prediction.max);
      if (!std::isfinite(value) || !fits) return off("predicted value", value);
    }
    return testing::AssertionSuccess();
  }
};
INSTANTIATE_TEST_SUITE_P(Seed, Hostile, testing::Range(0u, 60u),
                         [](const auto& at) { return std::to_string(at.param); });

TEST_P(Hostile, ResultsStayWithinTheirRanges) {
  Random random(2000 + GetParam());
  const RandomConfig made = random_config(random, true);
  const std::vector<std::string> all = isas();
  Engine engine = make(made.config, all[GetParam() % all.size()]);
  SCOPED_TRACE(std::string(engine.isa()) + ", " + std::to_string(made.config.agents) + " agents");
  double seconds = random.between(-1e6, 1e6);
  for (int t = 0; t < 100; ++t) {
    // A spell of ordinary readings, one of any size, one of the worst.
    const int spell = t / 10 % 3;
    for (const ChannelOptions& channel : made.config.channels) {
      for (float& reading : engine.sensors(channel.name.view())) {
        reading = spell == 0 ? random.value(-2, 2) : spell == 1 ? random.any_size() : random.hostile();
      }
    }
    write_times(engine, random, seconds);
    if (spell == 2) {
      for (double& time : engine.sensor_times(engine.modality(0)))
        time = random.chance(0.5) ? random.any_size() * 1e200 : random.hostile();
    }
    for (std::uint8_t& active : engine.active())
      active = random.chance(0.9) ? static_cast<std::uint8_t>(random.word() | 1) : 0;
    ASSERT_OK(engine.tick(seconds));
    seconds += random.chance(0.05) ? 1e12 : random.chance(0.1) ? 0 : random.between(0, 1);
    for (std::uint32_t i = 0; i < engine.agents(); ++i) ASSERT_TRUE(within(engine, made.config, i)) << "tick " << t;
  }
}

TEST(HostileClassic, OneBadReadingDoesNotStayForEver) {
  Random random(25);
  for (int round = 0; round < 20; ++round) {
    const float bad = random.hostile();
    Engine engine = make({});
    const auto read = [&](float value) {
      engine.sensors("visual.objects")[0] = engine.sensors("lidar.points")[0] = value;
      engine.sensors("audio.amplitude")[0] = engine.sensors("imu.accel_x")[0] = value;
    };
    for (int t = 0; t < 60; ++t) {
      read(t == 10 ? bad : 0.3f + 0.1f * static_cast<float>(t % 2));
      ASSERT_OK(engine.tick(t * 0.01));
    }
    EXPECT_TRUE(engine.results().flags[0] & flag::scored);
    EXPECT_NEAR(std::fabs(engine.results().anomaly.z[0]), 1, 1e-3) << "after " << bad;
  }
}

}  // namespace
}  // namespace sensorium::test
