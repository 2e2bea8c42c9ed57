#include "core/random_config.h"

#include <algorithm>

#include "reference/textbook.h"

namespace sensorium::test {
namespace {

// From a small number to a large one, evenly in the exponent.
double log_between(Random& random, double low, double high) {
  return std::exp(random.between(std::log(low), std::log(high)));
}

ChannelOptions random_channel(Random& random, std::uint32_t index, std::uint32_t modalities, bool wild) {
  std::string name = "m";
  name += std::to_string(random.below(modalities));
  name += ".c";
  name += std::to_string(index);
  ChannelOptions channel = {.name = std::string_view(name)};
  channel.kind = random.chance(0.7) ? Kind::linear : random.chance(0.5) ? Kind::circular : Kind::categorical;
  if (channel.kind != Kind::linear) {
    channel.feature = random.chance(0.7);
    if (random.chance(0.6))
      channel.weight = wild ? static_cast<float>(log_between(random, 1e-30, 1e6)) : random.value(0.1, 2);
  }
  if (channel.kind == Kind::categorical) {
    channel.categories = 2 + random.below(random.chance(0.1) ? 31 : 4);
    return channel;
  }
  if (channel.kind == Kind::circular) {
    if (random.chance(0.7)) channel.period = wild ? log_between(random, 1e-6, 1e9) : random.between(2, 10);
    if (random.chance(0.5))
      channel.offset = wild ? std::clamp(random.any_size(), -kFloatMax, kFloatMax) : random.value(-2, 2);
    return channel;
  }
  channel.absolute = random.chance(0.2);
  channel.clamp = random.chance(0.2);
  channel.feature = random.chance(0.7);
  if (!wild) {
    if (random.chance(0.3)) {
      channel.min = random.value(-5, 0);
      channel.max = random.value(1, 5);
    } else {
      channel.scale = random.value(0.2, 2) * (random.chance(0.2) ? -1.0f : 1.0f);
      channel.offset = random.value(-2, 2);
    }
    channel.weight = random.chance(0.1) ? 0 : random.value(0.1, 2);
    return channel;
  }
  if (random.chance(0.5))
    channel.scale = static_cast<float>(log_between(random, 1e-37, 1e9) * (random.chance(0.5) ? 1 : -1));
  if (random.chance(0.5)) channel.offset = std::clamp(random.any_size(), -kFloatMax, kFloatMax);
  if (random.chance(0.3)) channel.min = random.value(-1e30, 0);
  if (random.chance(0.3)) channel.max = random.value(1, 1e30);
  channel.weight = random.chance(0.2) ? 0 : static_cast<float>(log_between(random, 1e-30, 1e6));
  return channel;
}

void random_network(Random& random, RandomConfig& made, std::uint32_t features, bool wild) {
  auto& layers = made.config.network.layers;
  layers.count = random.below(kMaxLayers + 1);
  std::uint32_t inputs = features;
  for (std::uint32_t l = 0; l < layers.count; ++l) {
    LayerOptions layer = {.units = 1 + random.below(random.chance(0.2) ? kMaxUnits : 9)};
    layer.activation = static_cast<Activation>(random.below(l + 1 == layers.count ? 6 : 5));
    const double size = wild ? log_between(random, 1e-30, 1e6) : std::sqrt(1.0 / inputs);
    if (random.chance(0.6)) {
      auto& weights = made.numbers.emplace_back(layer.units * inputs);
      for (float& weight : weights) weight = random.value(-size, size);
      layer.weights = weights;
    }
    if (random.chance(0.6)) {
      auto& biases = made.numbers.emplace_back(layer.units);
      for (float& bias : biases) bias = random.value(-size, size);
      layer.biases = biases;
    }
    layers[l] = layer;
    inputs = layer.units;
  }
  made.config.network.seed = random.word() >> 11;
}

EventOptions random_events(Random& random, float low) {
  const auto delay = [&] {
    return random.chance(0.4)    ? 0
           : random.chance(0.05) ? std::numeric_limits<double>::infinity()
                                 : random.between(0, 1);
  };
  EventOptions events;
  if (random.chance(0.5)) events.anomaly = {delay(), delay(), random.chance(0.5) ? 0 : random.value(0, low)};
  if (random.chance(0.5)) events.blind = {delay(), delay()};
  if (random.chance(0.5)) events.lost = {delay(), delay()};
  events.acknowledge = random.chance(0.5);
  return events;
}

}  // namespace

void write_times(Engine& engine, Random& random, double now) {
  constexpr double kDouble = std::numeric_limits<double>::infinity();
  for (std::uint32_t m = 0; m < engine.modalities(); ++m) {
    for (double& time : engine.sensor_times(engine.modality(m))) {
      const std::uint32_t choice = random.below(10);
      // What is left stays: the same time again, which the readings held may have passed.
      if (choice < 4) time = now - random.between(0, random.chance(0.2) ? 5 : 0.7);
      if (choice == 4) time = now;
      if (choice == 5) time = now + random.between(0, 2);
      if (choice == 6) time = std::nan("");
      if (choice == 7 && random.chance(0.3)) time = random.chance(0.5) ? kDouble : -kDouble;
    }
  }
}

RandomConfig random_config(Random& random, bool wild) {
  RandomConfig made;
  Config& config = made.config;
  config.agents = 1 + random.below(50);
  config.channels = {};
  const std::uint32_t modalities = 1 + random.below(kMaxModalities);
  std::uint32_t features = 0;
  for (std::uint32_t c = 0, count = 1 + random.below(40); c < count; ++c) {
    ChannelOptions channel = random_channel(random, c, modalities, wild);
    const auto made_of_it = static_cast<std::uint32_t>(reference::feature_count(channel));
    channel.feature = c == 0 || (channel.feature && features + made_of_it <= kMaxFeatures);
    if (c == 0) channel.weight = 1;  // something to fuse
    if (channel.feature) features += made_of_it;
    config.channels.items[config.channels.count++] = channel;
  }
  const auto reading = [&] {
    ReadingOptions options;
    options.hold = random.chance(0.5) ? Hold::latch : Hold::once;
    options.lost_after = random.chance(0.1)   ? 0
                         : random.chance(0.1) ? std::numeric_limits<double>::infinity()
                                              : random.between(0.1, 2);
    options.half_life = random.chance(0.4) ? std::numeric_limits<double>::infinity()
                        : wild             ? log_between(random, 1e-6, 1e30)
                                           : random.between(0.2, 3);
    return options;
  };
  config.readings = reading();
  config.readings.columns = random.chance(0.5);
  config.readings.timed = random.chance(0.2);
  const std::string_view first = config.channels[0].name.view();
  if (random.chance(0.7)) {
    const ReadingOptions own = reading();
    config.modalities = {{.name = first.substr(0, first.find('.')),
                          .hold = own.hold,
                          .lost_after = own.lost_after,
                          .half_life = own.half_life,
                          .timed = random.chance(0.4)}};
  }
  config.fusion.confidence = static_cast<Confidence>(random.below(3));
  random_network(random, made, features, wild);
  DetectionOptions& detection = config.detection;
  detection.window = 3 + random.below(random.chance(0.2) ? kMaxWindow - 2 : 30);
  detection.min_samples = 2 + random.below(detection.window - 1);
  if (wild) detection.min_deviation = random.chance(0.5) ? 0 : random.value(0, 1);
  detection.low = random.value(0.5, 2);
  detection.medium = random.chance(0.2) ? detection.low : detection.low + random.value(0, 1);
  detection.high = detection.medium + random.value(0, 1);
  PredictionOptions& prediction = config.prediction;
  prediction.window = 2 + random.below(random.chance(0.2) ? kMaxWindow - 1 : 30);
  prediction.horizon = 1 + random.below(kMaxHorizon);
  prediction.min = random.chance(0.5) ? -kInfinity
                   : wild             ? std::clamp(random.any_size(), -1e38f, 1e38f)
                                      : random.value(-2, 0);
  prediction.max = random.chance(0.5)   ? kInfinity
                   : prediction.min > 0 ? prediction.min * 2
                   : wild               ? 1e-3f
                                        : random.value(1, 2);
  // Of a generator of their own: whoever goes on with `random` has the same readings with and without them.
  Random own(config.network.seed);
  config.events = random_events(own, detection.low);
  return made;
}

}  // namespace sensorium::test
