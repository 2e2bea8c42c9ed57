#include "reference/compare.h"

#include <algorithm>
#include <cmath>
#include <sstream>

#include "core/support.h"

namespace sensorium::reference {

// One row's verdict: the first thing that is off.
struct Comparison::Row {
  const Agent& agent;
  double rounding;  // how far f32 may put a fused value off
  std::string off;

  void expect(bool agrees, const char* what, double got, double expected, double within) {
    if (agrees || !off.empty()) return;
    std::ostringstream text;
    text.precision(9);
    text << what << " is " << got << ", the reference says " << expected << " within " << within;
    off = text.str();
  }
  void near(const char* what, float got, double expected, double within) {
    expect(std::fabs(got - expected) <= within, what, got, expected, within);
  }
  void same(const char* what, std::uint32_t got, std::uint32_t expected) {
    expect(got == expected, what, got, expected, 0);
  }
};

namespace {

std::vector<std::vector<float>> seeded_weights(const Config& config, const sensorium::Engine& engine) {
  std::vector<std::vector<float>> all;
  for (std::uint32_t l = 0; l < config.network.layers.size(); ++l) all.push_back(test::weights(engine, l));
  return all;
}

}  // namespace

Comparison::Comparison(const Config& config, const sensorium::Engine& engine, Tolerance tolerance)
    : reference_(config, seeded_weights(config, engine)), tolerance_(tolerance) {
  steps_ = 3;
  for (const ChannelOptions& channel : config.channels) {
    if (channel.feature) steps_ += static_cast<double>(feature_count(channel));
  }
}

testing::AssertionResult Comparison::tick(sensorium::Engine& engine, double seconds) {
  reference_.tick(engine, seconds);
  if (const Error error = engine.tick(seconds)) return testing::AssertionFailure() << test::words(error);
  for (std::uint32_t row = 0; row < engine.agents(); ++row) {
    const std::string off = compare(engine, row);
    if (!off.empty()) return testing::AssertionFailure() << "at " << seconds << " s, agent " << row << ": " << off;
  }
  return testing::AssertionSuccess();
}

std::string Comparison::compare(const sensorium::Engine& engine, std::uint32_t i) {
  ++compared_;
  const Results results = engine.results();
  const Agent& agent = reference_.agent(i);
  // Rounding errors go with the largest number on the way.
  double largest = std::max(std::fabs(agent.fused), agent.turned);
  for (const auto& held : agent.features) largest = std::max(largest, std::fabs(held.value_or(0)));
  for (const double value : agent.window) largest = std::max(largest, std::fabs(value));
  Row row = {agent, steps_ * 0x1p-24 * largest, ""};

  row.near("fused", results.fused[i], agent.fused, row.rounding);
  row.near("confidence", results.confidence[i], agent.confidence,
           row.rounding + 2e-5 * std::min(1.0, std::fabs(agent.confidence)));
  for (std::size_t u = 0; u < agent.output.size(); ++u) {
    row.near("output", results.output[u][i], agent.output[u],
             tolerance_.output * std::max(1.0, std::fabs(agent.output[u])));
  }
  compare_readings(row, results, i);
  compare_anomaly(row, results, i);
  compare_prediction(row, results, i);
  row.same("flags", results.flags[i], agent.flags);
  row.same("changes", results.changes[i], agent.changes);
  if (results.unacknowledged) row.same("unacknowledged", results.unacknowledged[i], agent.alarms.unacknowledged);
  return row.off;
}

void Comparison::compare_readings(Row& row, const Results& results, std::uint32_t i) {
  if (!results.held[0]) return;
  const Agent& agent = row.agent;
  for (std::size_t f = 0; f < agent.features.size(); ++f) {
    row.near("held", results.held[f][i], agent.features[f].value_or(0), row.rounding);
    row.near("weight", results.weight[f][i], agent.weights[f], 2e-5 * agent.weights[f]);
  }
  for (std::size_t m = 0; m < agent.ages.size(); ++m)
    row.near("age", results.age[m][i], agent.ages[m], 1e-7 * std::fabs(agent.ages[m]));
}

void Comparison::compare_anomaly(Row& row, const Results& results, std::uint32_t i) {
  const auto& got = results.anomaly;
  if (!row.agent.anomaly) {
    row.same("severity without a score", got.severity[i], 0);
    for (const float value : {got.z[i], got.score[i], got.mean[i], got.deviation[i]})
      row.near("an unscored column", value, 0, 0);
    return;
  }
  const DetectionOptions& options = reference_.config().detection;
  const Anomaly expected = *row.agent.anomaly;
  const double noise = tolerance_.rounding ? row.rounding : 0;
  row.near("mean", got.mean[i], expected.mean, tolerance_.mean * expected.deviation + row.rounding);
  const double deviation_off = 4 * row.rounding + 1e-4 * expected.deviation;
  row.near("deviation", got.deviation[i], expected.deviation, deviation_off);
  const double size = std::fabs(expected.z);
  const double z_off =
      tolerance_.z * std::max(1.0, size) + 4 * noise * (1 + size) / std::max(expected.deviation, 1e-30);
  const bool barely_varies = std::fabs(expected.deviation - double{options.min_deviation}) <= deviation_off;
  bool settle = barely_varies;
  const float ends_at = options.low - reference_.config().events.anomaly.deadband;
  for (const float threshold : {options.low, options.medium, options.high, ends_at})
    settle = settle || std::fabs(size - threshold) <= z_off;
  if (!barely_varies) {
    row.near("z", got.z[i], expected.z, z_off);
    row.near("score", got.score[i], expected.score, z_off / std::sqrt(options.window - 1.0) + 1e-6);
  }
  if (settle) {
    const float got_size = std::fabs(got.z[i]);
    const int consistent = (got_size > options.low) + (got_size > options.medium) + (got_size > options.high);
    row.same("severity by its own z", got.severity[i], static_cast<std::uint32_t>(consistent));
    settled_ += got.severity[i] != expected.severity;
    reference_.settle(i, got.severity[i], got.z[i]);
  }
  row.same("severity", got.severity[i], static_cast<std::uint32_t>(row.agent.anomaly->severity));
}

void Comparison::compare_prediction(Row& row, const Results& results, std::uint32_t i) {
  const auto& got = results.prediction;
  const PredictionOptions& options = reference_.config().prediction;
  if (!row.agent.prediction) {
    // No value is 0, or the limit that is nearest to it.
    const double none = row.agent.flags ? std::clamp(0.0, double{options.min}, double{options.max}) : 0;
    for (std::uint32_t h = 0; h < options.horizon; ++h) row.near("an unpredicted value", got.values[h][i], none, 0);
    row.near("confidence without prediction", got.confidence[i], 0, 0);
    row.near("trend without prediction", got.trend[i], 0, 0);
    return;
  }
  const Prediction& expected = *row.agent.prediction;
  const Window window = newest(row.agent.window, options.window);
  const double n = static_cast<double>(window.size());
  const double slope_off = 8 * row.rounding / n + 1e-5 * std::fabs(expected.trend);
  row.near("trend", got.trend[i], expected.trend, slope_off);
  for (std::uint32_t h = 0; h < options.horizon; ++h) {
    row.near("predicted value", got.values[h][i], expected.values[h], 4 * row.rounding + slope_off * (h + 1 + n));
  }
  row.expect(got.confidence[i] >= 0 && got.confidence[i] <= 1, "R squared", got.confidence[i], 0.5, 0.5);
  // Where the values hardly vary, R squared is about their rounding.
  const double r_off = 1e-5 + 8 * row.rounding / std::max(moments(window).deviation, 1e-30);
  if (r_off < 0.5) row.near("R squared", got.confidence[i], expected.confidence, r_off);
}

}  // namespace sensorium::reference
