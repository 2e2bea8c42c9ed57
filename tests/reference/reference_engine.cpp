#include "reference/reference_engine.h"

#include <algorithm>
#include <cmath>

namespace sensorium::reference {

Engine::Engine(const Config& config, std::vector<std::vector<float>> weights) : config_(config) {
  for (const ChannelOptions& channel : config.channels) {
    const std::string name(channel.name.view().substr(0, channel.name.view().find('.')));
    std::size_t m = 0;
    while (m < modalities_.size() && modalities_[m].name != name) ++m;
    if (m == modalities_.size())
      modalities_.push_back(
          {name, config.readings.lost_after, config.readings.half_life, false, config.readings.timed});
    if (!channel.feature) continue;
    modalities_[m].watched = true;
    channels_.push_back({channel, m, features_});
    features_ += feature_count(channel);
  }
  for (const ModalityOptions& own : config.modalities) {
    for (Modality& modality : modalities_) {
      if (own.name.view() != modality.name) continue;
      if (!std::isnan(own.lost_after)) modality.lost_after = own.lost_after;
      if (!std::isnan(own.half_life)) modality.half_life = own.half_life;
      modality.timed = modality.timed || own.timed;
    }
  }
  for (std::size_t l = 0; l < config.network.layers.size(); ++l) {
    const LayerOptions& from = config.network.layers[l];
    Layer layer = {
        {from.weights.begin(), from.weights.end()}, {from.biases.begin(), from.biases.end()}, from.activation};
    if (layer.weights.empty()) layer.weights = weights[l];
    layers_.push_back(layer);
  }
  const auto classic = classic_channels();
  const bool is_classic = config.channels.size() == classic.size() &&
                          std::equal(classic.begin(), classic.end(), config.channels.begin(),
                                     [](const auto& a, const auto& b) { return a.name.view() == b.name.view(); });
  confidence_is_fused_ = config.fusion.confidence == Confidence::fused ||
                         (config.fusion.confidence == Confidence::automatic && is_classic);
  agents_.assign(config.agents, fresh());
}

Agent Engine::fresh() const {
  Agent agent;
  agent.features.resize(features_);
  agent.weights.resize(features_);
  agent.ages.assign(modalities_.size(), -1);
  agent.read_at.resize(modalities_.size());
  agent.lost.resize(modalities_.size());
  agent.output.resize(layers_.empty() ? 0 : config_.network.layers[layers_.size() - 1].units);
  return agent;
}

void Engine::tick(sensorium::Engine& source, double seconds) {
  std::vector<std::span<float>> inputs;
  for (const Channel& channel : channels_) inputs.push_back(source.sensors(channel.options.name.view()));
  std::vector<std::span<double>> stamps;
  for (const Modality& modality : modalities_)
    stamps.push_back(modality.timed ? source.sensor_times(modality.name) : std::span<double>());
  const std::span<std::uint8_t> active = source.active();
  std::vector<float> readings(inputs.size());
  std::vector<double> times(stamps.size());
  for (std::uint32_t i = 0; i < agents_.size(); ++i) {
    Agent& agent = agents_[i];
    agent.changes = 0;
    agent.awake = active[i];
    if (!agent.awake) {
      agent.alarms.since.clear();
      continue;
    }
    for (std::size_t c = 0; c < inputs.size(); ++c) readings[c] = inputs[c][i];
    for (std::size_t m = 0; m < stamps.size(); ++m)
      times[m] = stamps[m].empty() ? seconds : measured(stamps[m][i], seconds);
    agent.alarms_before = agent.alarms;
    agent.known = agent.ever_sighted;
    agent.now = seconds;
    sense(agent, readings, times, seconds);
    fuse(agent);
    infer(agent);
    detect(agent);
    predict(agent);
    tell(agent);
  }
}

void Engine::sense(Agent& agent, const std::vector<float>& readings, const std::vector<double>& times,
                   double now) const {
  std::vector<bool> fresh(modalities_.size());
  for (std::size_t c = 0; c < channels_.size(); ++c) {
    const Channel& channel = channels_[c];
    // One that was measured before what is held comes too late.
    if (agent.read_at[channel.modality] && times[channel.modality] < *agent.read_at[channel.modality]) continue;
    const auto values = features(readings[c], channel.options);
    if (!values) continue;
    fresh[channel.modality] = true;
    for (std::size_t i = 0; i < values->size(); ++i) agent.features[channel.feature + i] = (*values)[i];
    if (channel.options.kind == Kind::circular)
      agent.turned = std::max(agent.turned, std::fabs(angle(readings[c], channel.options)));
  }
  for (std::size_t m = 0; m < modalities_.size(); ++m) {
    if (fresh[m]) agent.read_at[m] = times[m];
    if (!agent.read_at[m]) continue;
    agent.ages[m] = now - *agent.read_at[m];
    agent.lost[m] = agent.ages[m] > modalities_[m].lost_after;
  }
}

void Engine::fuse(Agent& agent) const {
  std::vector<Weighted> parts;
  double whole = 0;
  double present = 0;
  for (const Channel& channel : channels_) {
    const double all = weight(channel.options);
    const std::size_t m = channel.modality;
    for (std::size_t i = 0; i < feature_count(channel.options); ++i) {
      const std::size_t f = channel.feature + i;
      whole += all;
      agent.weights[f] = 0;
      if (!agent.features[f] || agent.lost[m]) continue;
      const double left = all * fade(agent.ages[m], modalities_[m].half_life);
      agent.weights[f] = left;
      parts.push_back({*agent.features[f], left});
      present += left;
    }
  }
  const auto mean = weighted_mean(parts);
  agent.blind = !mean;
  if (mean) {
    agent.ever_sighted = true;
    agent.fused = *mean;
    agent.window.push_back(*mean);
    if (agent.window.size() > std::max(config_.detection.window, config_.prediction.window)) agent.window.pop_front();
    agent.confidence = confidence_is_fused_ ? *mean : std::clamp(present / whole, 0.0, 1.0);
  } else {
    agent.confidence = 0;
  }
}

void Engine::infer(Agent& agent) const {
  std::vector<double> values;
  for (const auto& held : agent.features) values.push_back(held.value_or(0));
  for (const Layer& layer : layers_) {
    values = dense(layer.weights, layer.biases, values);
    if (layer.activation == Activation::softmax) {
      values = softmax(values);
    } else {
      for (double& value : values) value = activate(layer.activation, value);
    }
  }
  if (!layers_.empty()) agent.output = values;
}

void Engine::detect(Agent& agent) const {
  const DetectionOptions& options = config_.detection;
  const Window window = newest(agent.window, options.window);
  agent.anomaly.reset();
  if (agent.blind || window.size() < options.min_samples) return;
  const Moments all = moments(window);
  const double z = z_score(window, options.min_deviation);
  const double size = std::fabs(z);
  agent.anomaly = {.score = std::min(1.0, size / std::sqrt(options.window - 1.0)),
                   .z = z,
                   .mean = all.mean,
                   .deviation = all.deviation,
                   .severity = (size > options.low) + (size > options.medium) + (size > options.high)};
}

void Engine::predict(Agent& agent) const {
  const PredictionOptions& options = config_.prediction;
  const Window window = newest(agent.window, options.window);
  agent.prediction.reset();
  if (agent.blind || window.size() < 2) return;
  const Line line = fit(window);
  agent.prediction = {.values = {}, .confidence = line.r_squared, .trend = line.slope};
  for (std::uint32_t ahead = 1; ahead <= options.horizon; ++ahead) {
    agent.prediction->values.push_back(std::clamp<double>(line.at(ahead), options.min, options.max));
  }
}

std::uint32_t Engine::conditions(const Agent& agent) const {
  std::uint32_t flags = flag::active;
  if (agent.blind) flags |= flag::blind;
  if (agent.anomaly) flags |= flag::scored;
  if (agent.anomaly && agent.anomaly->severity > 0) flags |= flag::anomaly;
  if (agent.prediction) flags |= flag::predicted;
  for (std::size_t m = 0; m < modalities_.size(); ++m) {
    if (agent.lost[m]) flags |= 1u << (kLostShift + m);
  }
  return flags;
}

void Engine::tell(Agent& agent) const {
  const EventOptions& events = config_.events;
  const std::uint32_t so = conditions(agent);
  Alarms& alarms = agent.alarms;
  alarms = agent.alarms_before;
  for (std::uint32_t bit = 1; bit; bit <<= 1) {
    if (!(bit & kChangeMask)) continue;
    EventDelays delays = events.lost;
    if (bit == flag::anomaly) delays = {events.anomaly.on_delay, events.anomaly.off_delay};
    if (bit == flag::blind) delays = events.blind;
    const bool told = alarms.told & bit;
    bool is = so & bit;
    if (bit == flag::anomaly && told && agent.anomaly)
      is = is || std::fabs(agent.anomaly->z) > config_.detection.low - events.anomaly.deadband;
    if (is == told) {
      alarms.since.erase(bit);
      continue;
    }
    const double since = alarms.since.try_emplace(bit, agent.now).first->second;
    // An agent that never saw anything did not become blind, nor does its first sight end a blindness.
    const bool unseen = bit == flag::blind && !agent.known;
    if (!unseen && agent.now < since + (is ? delays.on_delay : delays.off_delay)) continue;
    alarms.told ^= bit;
    alarms.since.erase(bit);
  }
  agent.flags = (so & ~kChangeMask) | alarms.told;
  agent.changes = alarms.told ^ agent.alarms_before.told;
  if (!agent.known) agent.changes &= ~flag::blind;
  alarms.unacknowledged |= agent.changes & alarms.told;
}

void Engine::settle(std::uint32_t i, int severity, double z) {
  Agent& agent = agents_[i];
  if (!agent.awake) return;
  agent.anomaly->severity = severity;
  agent.anomaly->z = z;
  tell(agent);
}

}  // namespace sensorium::reference
