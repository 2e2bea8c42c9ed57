#include "channels.h"
#include "sensorium/metrics.h"

namespace sensorium {
namespace {

constexpr std::string_view kPartNames[kParts] = {"inputs", "results", "state",   "network",  "search",
                                                 "map",    "history", "metrics", "exchange", "other"};

// An option that costs memory, and the configuration with as little of it as there can be.
struct Saving {
  std::string_view option;
  std::string_view without;
  void (*apply)(Config&);
};

constexpr Saving kSavings[] = {
    {"channels", "the first feature alone",
     [](Config& config) {
       std::uint32_t kept = 0;
       while (kept + 1 < config.channels.size() &&
              !(config.channels[kept].feature && weight_of(config.channels[kept]) > 0))
         ++kept;
       config.channels = {config.channels[kept]};
       config.modalities = {};
       for (LayerOptions& layer : config.network.layers) layer.weights = {};
     }},
    {"readings.timed", "false, also of each modality",
     [](Config& config) {
       config.readings.timed = false;
       for (ModalityOptions& modality : config.modalities) modality.timed = false;
     }},
    {"readings.columns", "false", [](Config& config) { config.readings.columns = false; }},
    {"network.layers", "none",
     [](Config& config) {
       config.network.layers = {};
       config.network.model = {};
     }},
    {"detection.window, prediction.window", "3 and 2",
     [](Config& config) {
       config.detection.window = 3;
       config.detection.min_samples = 2;
       config.prediction.window = 2;
     }},
    {"prediction.horizon", "1", [](Config& config) { config.prediction.horizon = 1; }},
    {"events", "told at once, without acknowledge", [](Config& config) { config.events = {}; }},
    {"neighbors.k", "0", [](Config& config) { config.neighbors.k = 0; }},
    {"map.capacity", "0", [](Config& config) { config.map.capacity = 0; }},
    {"history.depth", "0", [](Config& config) { config.history.depth = 0; }},
    {"metrics.timing", "false", [](Config& config) { config.metrics.timing = false; }},
};

static_assert(std::size(kSavings) <= std::tuple_size_v<decltype(Explanation::options.items)>);

// What an option brought and somebody wanted kept is not there without it.
void forget_absent_columns(Config& config) {
  const auto wanted = config.history.columns;
  config.history.columns = {};
  for (const ColumnName& name : wanted) {
    Config with = config;
    with.history.columns = {name};
    if (make_plan(with)) config.history.columns.items[config.history.columns.count++] = name;
  }
}

}  // namespace

Result<Explanation> explain(const Config& config) {
  const Result<Plan> plan = make_plan(config);
  if (!plan) return plan.error();
  Explanation explanation = {.agents = plan->agents, .bytes = plan->bytes, .parts = {}, .options = {}};
  for (std::uint32_t p = 0; p < kParts; ++p)
    explanation.parts[explanation.parts.count++] = {kPartNames[p], plan->parts[p]};
  for (const Saving& saving : kSavings) {
    Config less = config;
    // How long a history is does not depend on what else is left out.
    less.history.depth = plan->history.depth;
    saving.apply(less);
    forget_absent_columns(less);
    const Result<Plan> smaller = make_plan(less);
    if (!smaller || smaller->bytes >= plan->bytes) continue;
    explanation.options[explanation.options.count++] = {saving.option, saving.without, plan->bytes - smaller->bytes};
  }
  return explanation;
}

}  // namespace sensorium
