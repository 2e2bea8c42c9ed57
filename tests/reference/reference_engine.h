// A whole engine in plain double-precision scalar code, one struct an agent, written from DESIGN.md's semantics and the
// public headers: what the real one is measured against.
#pragma once

#include <map>
#include <optional>
#include <string>
#include <vector>

#include "reference/textbook.h"
#include "sensorium/engine.h"

namespace sensorium::reference {

struct Anomaly {
  double score, z, mean, deviation;
  int severity;
};

struct Prediction {
  std::vector<double> values;
  double confidence, trend;
};

// What is told of the kinds of events.
struct Alarms {
  std::uint32_t told = 0;                 // bits as in flags
  std::map<std::uint32_t, double> since;  // bit: when its condition became other than what is told, s
  std::uint32_t unacknowledged = 0;
};

struct Agent {
  // State.
  std::vector<std::optional<double>> features;  // held
  std::vector<std::optional<double>> read_at;   // a modality's last reading, s; nothing: unseen
  std::vector<bool> lost;
  double turned = 0;  // the largest angle so far that a feature was the sine of: rounding goes with it
  bool blind = false;
  bool ever_sighted = false;
  Window window;
  Alarms alarms;

  // Of the last tick, to tell it again: see settle().
  Alarms alarms_before;
  bool awake = false;
  bool known = false;
  double now = 0;

  // Results: of the last tick the agent was active in, but for the changes, which are of the last tick.
  double fused = 0;
  double confidence = 0;
  std::vector<double> weights;  // of the features in fusion
  std::vector<double> ages;     // of the modalities; -1: unseen
  std::vector<double> output;
  std::optional<Anomaly> anomaly;
  std::optional<Prediction> prediction;
  std::uint32_t flags = 0;
  std::uint32_t changes = 0;
};

class Engine {
 public:
  // `weights[layer]` where the configuration leaves a layer's to the seed.
  Engine(const Config& config, std::vector<std::vector<float>> weights = {});

  // One tick, on the readings that stand in the input columns of `source`: call it before source.tick().
  void tick(sensorium::Engine& source, double seconds);
  void reset_agent(std::uint32_t agent) { agents_[agent] = fresh(); }
  void acknowledge(std::uint32_t agent, std::uint32_t kinds) { agents_[agent].alarms.unacknowledged &= ~kinds; }

  const Agent& agent(std::uint32_t i) const { return agents_[i]; }
  const Config& config() const { return config_; }
  // The real engine's word where z lies on a threshold to within rounding.
  void settle(std::uint32_t agent, int severity, double z);

 private:
  struct Channel {
    ChannelOptions options;
    std::size_t modality;
    std::size_t feature;  // the first of its features
  };
  struct Modality {
    std::string name;
    double lost_after;
    double half_life;
    bool watched;
    bool timed;
  };
  struct Layer {
    std::vector<float> weights, biases;
    Activation activation;
  };

  Agent fresh() const;
  // `times`: when the reading in each modality's columns was measured.
  void sense(Agent& agent, const std::vector<float>& readings, const std::vector<double>& times, double now) const;
  void fuse(Agent& agent) const;
  void infer(Agent& agent) const;
  void detect(Agent& agent) const;
  void predict(Agent& agent) const;
  std::uint32_t conditions(const Agent& agent) const;
  void tell(Agent& agent) const;

  Config config_;
  std::vector<Channel> channels_;  // those that are features
  std::size_t features_ = 0;
  std::vector<Modality> modalities_;
  std::vector<Layer> layers_;
  bool confidence_is_fused_;
  std::vector<Agent> agents_;
};

}  // namespace sensorium::reference
