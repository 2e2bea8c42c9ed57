#include "plan.h"

#include <cmath>
#include <cstring>

#include "channels.h"
#include "format.h"
#include "options.h"
#include "random.h"
#include "sensorium/metrics.h"
#include "sensorium/model.h"
#include "sensorium/schema.h"
#include "sine.h"
#include "snapshot/config_bytes.h"
#include "space/map_places.h"
#include "space/neighbors.h"
#include "store.h"
#include "timing.h"

namespace sensorium {

// Engines of more agents keep no history unless they are told how long.
constexpr std::uint32_t kFewAgents = 1000;

std::uint32_t history_depth(const Config& config) {
  constexpr std::uint32_t kUsualDepth = 100;
  return config.history.depth.value_or(config.agents <= kFewAgents ? kUsualDepth : 0);
}

std::uint64_t element_bytes(ElementType type) {
  switch (type) {
    case ElementType::f64:
      return 8;
    case ElementType::u8:
      return 1;
    case ElementType::f32:
    case ElementType::u32:
    case ElementType::i32:
      return 4;
  }
  return 0;
}

namespace {

constexpr std::uint64_t round_up(std::uint64_t value, std::uint64_t unit) { return (value + unit - 1) / unit * unit; }

// Planes an odd multiple of 64 bytes apart do not all fall into the same cache sets.
constexpr std::uint64_t odd_lines(std::uint64_t bytes) { return round_up(bytes, 64) | 64; }

bool has_classic_channels(const Config& config) {
  const auto classic = classic_channels();
  if (config.channels.size() != classic.size()) return false;
  for (std::uint32_t i = 0; i < classic.size(); ++i) {
    if (!(config.channels[i].name == classic[i].name.view())) return false;
  }
  return true;
}

bool are_default(const NetworkOptions& network) {
  const auto standard = NetworkOptions().layers;
  if (network.layers_given || network.layers.size() != standard.size()) return false;
  for (std::uint32_t l = 0; l < standard.size(); ++l) {
    const LayerOptions& layer = network.layers[l];
    const bool same = layer.units == standard[l].units && layer.activation == standard[l].activation;
    if (!same || !layer.weights.empty() || !layer.biases.empty()) return false;
  }
  return true;
}

Error check_features(const Plan& plan, const Model& model) {
  if (model.inputs(0) != plan.feature_count) {
    return make_error(ErrorCode::bad_model, "The model was made for another number of features", "network.model",
                      Words() << plan.feature_count << " inputs of the first layer, one a feature",
                      Words() << model.inputs(0));
  }
  for (std::uint32_t f = 0; f < model.features().size(); ++f) {
    const std::string_view expected = plan.feature_names[f].view(), got = model.features()[f].view();
    if (expected == got) continue;
    return make_error(ErrorCode::bad_model, "The model was made for other features",
                      Words() << "network.model, sensorium.features[" << f << "]",
                      Words() << "\"" << expected << "\", the engine's", Words() << "\"" << got << "\"");
  }
  return {};
}

Error resolve_model(const Config& config, Plan& plan) {
  if (!are_default(config.network)) {
    return make_error(ErrorCode::out_of_range, "Two options contradict each other", "network.layers",
                      "none beside a model, which brings its own",
                      Words() << config.network.layers.size() << " layers");
  }
  const Result<Model> model = load_model(config.network.model);
  if (!model) return model.error();
  if (Error error = check_features(plan, *model)) return error;
  plan.layer_count = model->layers();
  for (std::uint32_t l = 0; l < plan.layer_count; ++l) {
    plan.layers[l] = {.inputs = model->inputs(l),
                      .units = model->units(l),
                      .activation = model->activation(l),
                      .weights = 0,
                      .biases = 0};
  }
  plan.outputs = plan.layers[plan.layer_count - 1].units;
  return {};
}

Error resolve_network(const Config& config, Plan& plan) {
  if (!config.network.model.empty()) return resolve_model(config, plan);
  plan.layer_count = config.network.layers.size();
  std::uint32_t inputs = plan.feature_count;
  for (std::uint32_t l = 0; l < plan.layer_count; ++l) {
    const LayerOptions& layer = config.network.layers[l];
    const std::uint32_t units = layer.units;
    const auto check_count = [&](std::string_view part, std::size_t got, std::uint64_t expected) -> Error {
      if (got == 0 || got == expected) return {};
      return make_error(ErrorCode::wrong_count, "The layer has another shape",
                        Words() << "network.layers." << l << "." << part,
                        Words() << expected << " numbers, for " << units << " units of " << inputs << " inputs",
                        Words() << got << " numbers");
    };
    if (Error error = check_count("weights", layer.weights.size(), std::uint64_t{units} * inputs)) return error;
    if (Error error = check_count("biases", layer.biases.size(), units)) return error;
    if (layer.activation == Activation::softmax && l + 1 < plan.layer_count) {
      return make_error(ErrorCode::out_of_range, "softmax is for the last layer",
                        Words() << "network.layers." << l << ".activation", "another activation", "softmax");
    }
    plan.layers[l] = {.inputs = inputs, .units = units, .activation = layer.activation, .weights = 0, .biases = 0};
    inputs = units;
  }
  plan.outputs = plan.layer_count ? inputs : 0;
  return {};
}

Error check_order(std::string_view lower, double low, std::string_view upper, double high, bool strict = false) {
  if (strict ? low < high : low <= high) return {};
  return make_error(ErrorCode::out_of_range, "Two options contradict each other", upper,
                    Words() << (strict ? "above " : "not below ") << lower << ", " << low, Words() << high);
}

Error resolve_streams(const Config& config, Plan& plan) {
  const DetectionOptions& detection = config.detection;
  const PredictionOptions& prediction = config.prediction;
  if (Error error = check_order("detection.min_samples", detection.min_samples, "detection.window", detection.window))
    return error;
  if (Error error = check_order("detection.low", detection.low, "detection.medium", detection.medium)) return error;
  if (Error error = check_order("detection.medium", detection.medium, "detection.high", detection.high)) return error;
  if (Error error = check_order("prediction.min", prediction.min, "prediction.max", prediction.max, true)) return error;
  plan.detection_window = detection.window;
  plan.min_samples = detection.min_samples;
  plan.min_deviation = detection.min_deviation;
  plan.low = detection.low;
  plan.medium = detection.medium;
  plan.high = detection.high;
  plan.inverse_largest_z = static_cast<float>(1 / std::sqrt(detection.window - 1.0));
  plan.prediction_window = prediction.window;
  plan.horizon = prediction.horizon;
  plan.prediction_min = prediction.min;
  plan.prediction_max = prediction.max;
  plan.ring = detection.window > prediction.window ? detection.window : prediction.window;
  return {};
}

Error check_deadband(std::string_view path, float deadband, std::string_view level, float most) {
  if (deadband <= most) return {};
  return make_error(ErrorCode::out_of_range, "The deadband is wider than the level", path,
                    Words() << "at most " << level << ", " << most, Words() << deadband);
}

Error resolve_alarms(const Config& config, Plan& plan) {
  const EventOptions& events = config.events;
  const auto resolve = [&](AlarmPlan& alarm, double on_delay, double off_delay, float deadband, std::uint32_t slots) {
    alarm = {.on_delay = on_delay, .off_delay = off_delay, .deadband = deadband};
    if (on_delay == 0 && off_delay == 0 && deadband == 0) return;
    alarm.slot = plan.alarms.slots;
    plan.alarms.slots += slots;
  };
  const auto& [anomaly, blind, neighbor, lost, acknowledge] = events;
  if (Error error = check_deadband("events.anomaly.deadband", anomaly.deadband, "detection.low", config.detection.low))
    return error;
  resolve(plan.alarms.anomaly, anomaly.on_delay, anomaly.off_delay, anomaly.deadband, 1);
  resolve(plan.alarms.blind, blind.on_delay, blind.off_delay, 0, 1);
  if (config.neighbors.k > 0) {
    if (Error error =
            check_deadband("events.neighbor.deadband", neighbor.deadband, "neighbors.radius", config.neighbors.radius))
      return error;
    resolve(plan.alarms.neighbor, neighbor.on_delay, neighbor.off_delay, neighbor.deadband, 1);
  }
  resolve(plan.alarms.lost, lost.on_delay, lost.off_delay, 0, plan.modality_count);
  return {};
}

// Gives out memory from its start, in 64-byte lines.
class Lines {
 public:
  std::uint64_t take(std::uint64_t bytes) {
    const std::uint64_t at = next_;
    next_ = round_up(next_ + bytes, 64);
    return at;
  }
  std::uint64_t total() const { return next_; }

 private:
  std::uint64_t next_ = 0;
};

// The block's memory, which is given out area by area.
class Allocator {
 public:
  explicit Allocator(Plan& plan) : areas_(plan.areas), parts_(plan.parts) {}

  std::uint64_t take(Area in, std::uint64_t bytes) {
    const std::uint64_t at = lines_.take(bytes);
    AreaPlan& noted = areas_[static_cast<std::uint32_t>(in)];
    if (noted.bytes == 0) noted.offset = at;
    noted.bytes = total() - noted.offset;
    parts_[static_cast<std::uint32_t>(part_)] += total() - at;
    return at;
  }
  // What follows is for this part of the engine.
  void begin(Part part) { part_ = part; }
  std::uint64_t total() const { return lines_.total(); }

 private:
  std::array<AreaPlan, kAreas>& areas_;
  std::array<std::uint64_t, kParts>& parts_;
  Part part_ = Part::other;
  Lines lines_;
};

std::uint64_t add_column(Plan& plan, Allocator& memory, Area in, std::string_view name, ElementType type, bool list,
                         std::uint32_t planes, std::uint32_t rows, std::uint32_t width = 1) {
  const std::uint64_t stride = odd_lines(round_up(rows, kTileRows) * width * element_bytes(type));
  Column& column = plan.columns[plan.columns.count++];
  column = {.name = name,
            .type = type,
            .list = list,
            .rows = rows,
            .width = width,
            .planes = planes,
            .offset = memory.take(in, stride * planes),
            .stride = stride};
  return column.offset;
}

bool exists(const Config& config, schema::When when) {
  const NeighborOptions& neighbors = config.neighbors;
  constexpr float kTurn = 6.2831853f;
  switch (when) {
    case schema::When::always:
      return true;
    case schema::When::readings:
      return config.readings.columns;
    case schema::When::placed:
      return neighbors.k > 0 || (config.map.capacity > 0 && config.map.from == PlacesFrom::position);
    case schema::When::map:
      return config.map.capacity > 0;
    case schema::When::neighbors:
      return neighbors.k > 0;
    case schema::When::limited_view:
      return neighbors.k > 0 && neighbors.fov < kTurn;
    case schema::When::own_radius:
      return neighbors.k > 0 && neighbors.own_radius;
    case schema::When::groups:
      return neighbors.k > 0 && neighbors.groups;
    case schema::When::acknowledge:
      return config.events.acknowledge;
  }
  return false;
}

// Where the plan notes the offset of each column of the schema, in the schema's order.
template <std::size_t Count>
void add_columns(const Config& config, Plan& plan, Allocator& memory, std::span<const schema::ResultColumn> rows,
                 std::uint64_t* const (&offsets)[Count]) {
  static_assert(Count > 0);
  for (std::size_t i = 0; i < rows.size() && i < Count; ++i) {
    const schema::ResultColumn& row = rows[i];
    if (!exists(config, row.when)) continue;
    const std::string_view list = row.list;
    const std::uint32_t planes = list == "outputs"      ? plan.outputs
                                 : list == "horizon"    ? plan.horizon
                                 : list == "features"   ? plan.feature_count
                                 : list == "modalities" ? plan.modality_count
                                                        : 1;
    const std::uint32_t width = list == "k" ? plan.neighbors.k : 1;
    *offsets[i] = add_column(plan, memory, Area::columns, row.path, row.type, !list.empty() && list != "k", planes,
                             plan.agents, width);
  }
}

void lay_out_columns(const Config& config, Plan& plan, Allocator& memory) {
  memory.begin(Part::other);
  for (const schema::ResultColumn& row : schema::statistics()) {
    if (!exists(config, row.when)) continue;
    const std::uint64_t offset = add_column(plan, memory, Area::columns, row.path, row.type, false, 1, 1);
    if (plan.columns.size() == 1) plan.statistics = offset;
    for (const auto& [path, at] :
         {std::pair("statistics.places", &plan.map.places), std::pair("statistics.places_made", &plan.map.made),
          std::pair("statistics.places_gone", &plan.map.gone)}) {
      if (std::string_view(path) == row.path) *at = offset;
    }
  }
  NeighborPlan& near = plan.neighbors;
  memory.begin(Part::inputs);
  add_columns(config, plan, memory, schema::inputs(),
              {&plan.active, &near.position[0], &near.position[1], &near.position[2], &near.heading[0],
               &near.heading[1], &near.heading[2], &near.radius_column, &near.group, &near.interest});
  for (std::uint32_t c = 0; c < plan.channels; ++c) {
    const std::string_view name = config.channels[c].name.view();
    const std::uint64_t offset =
        add_column(plan, memory, Area::columns, Words() << "sensors." << name, ElementType::f32, false, 1, plan.agents);
    for (std::uint32_t i = 0; i < plan.read_channels; ++i) {
      if (plan.reads[i].number == c) plan.reads[i].input = offset;
    }
    if (near.k && name == "neighbors.count") near.count_channel = offset;
    if (near.k && name == "neighbors.distance") near.distance_channel = offset;
  }
  for (std::uint32_t m = 0; m < plan.modality_count; ++m) {
    ModalityPlan& modality = plan.modalities[m];
    if (!modality.timed) continue;
    modality.time = add_column(plan, memory, Area::columns, Words() << "sensors." << modality.name.view() << ".time",
                               ElementType::f64, false, 1, plan.agents);
  }
  ResultOffsets& at = plan.results;
  memory.begin(Part::results);
  add_columns(config, plan, memory, schema::results(),
              {&at.fused,
               &at.confidence,
               &at.held,
               &at.age,
               &at.weight,
               &at.output,
               &at.score,
               &at.z,
               &at.severity,
               &at.mean,
               &at.deviation,
               &at.values,
               &at.prediction_confidence,
               &at.trend,
               &near.count,
               &near.valid,
               &near.index,
               &near.distance,
               &plan.map.id,
               &at.flags,
               &at.changes,
               &plan.alarms.unacknowledged});
  plan.output_stride = plan.values_stride = plan.readings_stride = odd_lines(std::uint64_t{plan.tiles} * kTileRows * 4);
}

// What JavaScript asks and is answered by; for the map see space/exchange.h.
void lay_out_exchange(Plan& plan, Allocator& memory) {
  constexpr std::uint32_t kFewest = 1024;
  memory.begin(Part::exchange);
  plan.metrics = add_column(plan, memory, Area::exchange, "exchange.metrics", ElementType::f64, false, 1,
                            sizeof(Metrics) / sizeof(double));
  if (!plan.map.capacity) return;
  ExchangePlan& at = plan.map.exchange;
  // As many as any answer can have, so that only batches of questions go in pieces.
  at.entries = plan.map.capacity > kFewest ? plan.map.capacity : kFewest;
  const auto add = [&](std::string_view name, ElementType type, bool list = false, std::uint32_t planes = 1) {
    return add_column(plan, memory, Area::exchange, name, type, list, planes, at.entries);
  };
  at.position[0] = add("exchange.x", ElementType::f32);
  at.position[1] = add("exchange.y", ElementType::f32);
  at.position[2] = add("exchange.z", ElementType::f32);
  at.ids = add("exchange.ids", ElementType::f64);
  at.distances = add("exchange.distances", ElementType::f32);
  at.counts = add("exchange.counts", ElementType::u32);
  at.last_seen = add("exchange.last_seen", ElementType::f64);
  at.founded = add("exchange.founded", ElementType::f64);
  at.features = add("exchange.features", ElementType::f32, true, plan.feature_count);
  at.feature_stride = plan.columns[plan.columns.size() - 1].stride;
  // Working memory shares the columns that only export() and place() write, which no other answer needs.
  at.scratch = at.last_seen;
  const std::uint64_t shared = memory.total() - at.scratch, needed = places_scratch_bytes(plan.map.capacity);
  if (needed > shared) memory.take(Area::exchange, needed - shared);
}

void resolve_neighbors(const Config& config, Plan& plan) {
  plan.neighbors.k = config.neighbors.k;
  plan.neighbors.radius = config.neighbors.radius;
  plan.neighbors.cos_half_fov =
      exists(config, schema::When::limited_view) ? static_cast<float>(cosine(config.neighbors.fov / 2.0)) : -1;
}

void resolve_map(const Config& config, Plan& plan) {
  plan.map.capacity = config.map.capacity;
  plan.map.merge_radius = config.map.merge_radius;
  plan.map.link_radius = config.map.link_radius;
  plan.map.from_features = config.map.from == PlacesFrom::features;
}

void lay_out_search(Plan& plan, Allocator& memory) {
  NeighborPlan& near = plan.neighbors;
  if (!near.k) return;
  memory.begin(Part::search);
  const std::uint64_t rows = (std::uint64_t{plan.agents} + kSearchPadding) * 4;
  for (std::uint64_t* array : {&near.keys[0], &near.keys[1], &near.ids[0], &near.ids[1], &near.y_strips, &near.z_strips,
                               &near.sweep, &near.y, &near.z, &near.sorted_agents}) {
    *array = memory.take(Area::search, rows);
  }
  if (near.group) near.sorted_groups = memory.take(Area::search, rows);
  near.strips = memory.take(Area::search, std::uint64_t{plan.agents} * sizeof(Strip));
}

constexpr std::string_view kResultsPrefix = "results.";

// Names as the history has them: of results without "results.", of inputs whole. Empty: neither.
std::string_view name_in_history(const Column& column) {
  const std::string_view name = column.name.view();
  if (name.starts_with(kResultsPrefix)) return name.substr(kResultsPrefix.size());
  return name.starts_with("statistics.") || name.starts_with("exchange.") || name.starts_with(kHistoryPrefix)
             ? std::string_view()
             : name;
}

const Column* column_for_history(const Plan& plan, std::string_view name) {
  for (const Column& column : plan.columns) {
    if (!name.empty() && name_in_history(column) == name) return &column;
  }
  return nullptr;
}

// Columns whose names begin like this, results first; none: an empty text.
Words columns_of(const Plan& plan, std::string_view group) {
  constexpr std::string_view kMore = ", ...";
  Words words;
  for (const bool results : {true, false}) {
    for (const Column& column : plan.columns) {
      const std::string_view name = name_in_history(column);
      if (name.empty() || !name.starts_with(group) || column.name.view().starts_with(kResultsPrefix) != results)
        continue;
      // Half a name would be taken for a whole one.
      if (words.view().size() + 2 + name.size() + kMore.size() > Words::kCapacity) return words << kMore;
      words << (words.view().empty() ? "one of " : ", ") << name;
    }
  }
  return words;
}

// What could stand where `name` goes wrong: the columns in it, where it is a group of them, else those beside it.
Words columns_beside(const Plan& plan, std::string_view name) {
  for (std::string_view group = name; !group.empty();) {
    const Words words = columns_of(plan, Words() << group << (group.ends_with('.') ? "" : "."));
    if (!words.view().empty()) return words;
    const std::size_t dot = group.rfind('.');
    group = group.substr(0, dot == std::string_view::npos ? 0 : dot);
  }
  return columns_of(plan, {});
}

// Which options bring a column, or a group of them, that this engine has not; empty: none do.
Words options_for_column(const Plan& plan, std::string_view name) {
  for (const auto rows : {schema::results(), schema::inputs()}) {
    for (const schema::ResultColumn& row : rows) {
      std::string_view path = row.path;
      if (path.starts_with(kResultsPrefix)) path = path.substr(kResultsPrefix.size());
      const bool meant = path == name || (path.starts_with(name) && path.substr(name.size()).starts_with('.'));
      if (meant && row.when != schema::When::always) return Words() << "options with " << schema::condition(row.when);
    }
  }
  for (std::uint32_t m = 0; m < plan.modality_count; ++m) {
    const std::string_view modality = plan.modalities[m].name.view();
    if (name == (Words() << "sensors." << modality << ".time").view())
      return Words() << "options with modalities." << modality << ".timed";
  }
  return {};
}

Error no_such_column(const Plan& plan, std::string_view name, std::string_view where) {
  const Words got = Words() << "\"" << name << "\"";
  if (name.starts_with(kResultsPrefix)) name = name.substr(kResultsPrefix.size());
  if (column_for_history(plan, name)) {
    return make_error(ErrorCode::unknown_column, "There is no such column", where,
                      Words() << "\"" << name << "\", without \"results.\"", got);
  }
  const Words options = options_for_column(plan, name);
  if (!options.view().empty())
    return make_error(ErrorCode::unknown_column, "This engine has no such column", where, options, got);
  return make_error(ErrorCode::unknown_column, "There is no such column", where, columns_beside(plan, name), got);
}

bool are_default(const HistoryOptions& history) {
  const auto standard = HistoryOptions().columns;
  if (history.columns.size() != standard.size()) return false;
  for (std::uint32_t i = 0; i < standard.size(); ++i) {
    if (!(history.columns[i] == standard[i].view())) return false;
  }
  return true;
}

// Copies of columns that are there already, so this comes after them. Wrong names are errors also where nothing is kept.
Error lay_out_history(const Config& config, Plan& plan, Allocator& memory) {
  HistoryPlan& at = plan.history;
  at.depth = history_depth(config);
  memory.begin(Part::history);
  if (at.depth)
    at.times = add_column(plan, memory, Area::history, "history.time", ElementType::f64, false, 1, at.depth);
  for (std::uint32_t i = 0; i < config.history.columns.size(); ++i) {
    const std::string_view name = config.history.columns[i].view();
    const Words where = Words() << "history.columns." << i;
    const Column* found = column_for_history(plan, name);
    if (!found) return no_such_column(plan, name, where);
    for (std::uint32_t earlier = 0; earlier < i; ++earlier) {
      if (config.history.columns[earlier] == name) {
        return make_error(ErrorCode::duplicate_name, "Two columns of the history have the same name", where,
                          "each once", name);
      }
    }
    if (!at.depth) continue;
    const Column source = *found;
    const std::uint32_t column = plan.columns.size();
    const std::uint64_t slots = add_column(plan, memory, Area::history, Words() << kHistoryPrefix << name, source.type,
                                           true, source.planes * at.depth, source.rows, source.width);
    at.columns.items[at.columns.count++] = {.source = source.offset,
                                            .slots = slots,
                                            .bytes = source.stride * source.planes,
                                            .column = column,
                                            .input = !source.name.view().starts_with(kResultsPrefix)};
  }
  if (!config.history.depth && !at.depth && !config.history.columns.empty() && !are_default(config.history)) {
    return make_error(ErrorCode::out_of_range, "The history has columns but no depth", "history.depth",
                      Words() << "how many ticks: for more than " << kFewAgents << " agents none is the default",
                      "none");
  }
  return {};
}

void lay_out_timing(const Config& config, Plan& plan, Allocator& memory) {
  TimingPlan& at = plan.timing;
  at = {.on = config.metrics.timing, .stages_every = config.metrics.stages_every, .memory = 0, .blocks = 0};
  memory.begin(Part::metrics);
  if (at.on) at.memory = memory.take(Area::timing, sizeof(Timing));
  if (at.on && at.stages_every) at.blocks = memory.take(Area::timing, plan.blocks * sizeof(StageTimes));
}

void lay_out_tile(Plan& plan) {
  Lines tile;
  const std::uint64_t rows4 = kTileRows * 4, rows8 = kTileRows * 8;
  const std::uint64_t heads = sizeof(TileHead) + plan.modality_count * sizeof(ModalityTile);
  tile.take(heads + plan.feature_count * sizeof(std::uint16_t));
  plan.tile.modalities = sizeof(TileHead);
  plan.tile.feature_seen = heads;
  plan.tile.features = tile.take(rows4 * plan.feature_count);
  plan.tile.fused = tile.take(rows4);
  plan.tile.counts = tile.take(rows4);
  plan.tile.window = tile.take(rows4 * plan.ring);
  if (plan.alarms.slots) {
    plan.tile.alarms = tile.take(plan.alarms.slots * sizeof(AlarmTile));
    plan.tile.alarm_since = tile.take(rows8 * plan.alarms.slots);
  }
  // Last, because a tile whose rows all read at the same time never touches it.
  plan.tile.times = tile.take(rows8 * plan.modality_count);
  plan.tile.stride = odd_lines(tile.total());
}

}  // namespace

Result<Plan> make_plan(const Config& config) {
  if (Error error = options::check_ranges(config)) return error;
  Plan plan = {};
  plan.agents = config.agents;
  plan.tiles = (config.agents + kTileRows - 1) / kTileRows;
  plan.blocks = (plan.tiles + kBlockTiles - 1) / kBlockTiles;
  if (Error error = resolve_channels(config, plan)) return error;
  if (Error error = resolve_modalities(config, plan)) return error;
  if (Error error = resolve_network(config, plan)) return error;
  if (Error error = resolve_streams(config, plan)) return error;
  if (Error error = resolve_alarms(config, plan)) return error;
  resolve_neighbors(config, plan);
  resolve_map(config, plan);
  plan.confidence_is_fused = config.fusion.confidence == Confidence::fused ||
                             (config.fusion.confidence == Confidence::automatic && has_classic_channels(config));

  Allocator memory(plan);
  memory.take(Area::plan, sizeof(Plan));
  plan.config_bytes = config_bytes(config, {});
  plan.config = memory.take(Area::config, plan.config_bytes);
  plan.inverse_count = memory.take(Area::tables, (plan.ring + 1) * sizeof(float));
  plan.inverse_spread = memory.take(Area::tables, (plan.ring + 1) * sizeof(float));
  memory.begin(Part::network);
  for (std::uint32_t l = 0; l < plan.layer_count; ++l) {
    plan.layers[l].weights =
        memory.take(Area::weights, std::uint64_t{plan.layers[l].units} * plan.layers[l].inputs * sizeof(float));
    plan.layers[l].biases = memory.take(Area::weights, plan.layers[l].units * sizeof(float));
  }
  memory.begin(Part::other);
  plan.block_counts = memory.take(Area::counts, plan.blocks * sizeof(BlockCounts));
  lay_out_columns(config, plan, memory);
  if (Error error = lay_out_history(config, plan, memory)) return error;
  lay_out_exchange(plan, memory);
  lay_out_search(plan, memory);
  memory.begin(Part::map);
  if (plan.map.capacity)
    plan.map.memory = memory.take(Area::map, places_bytes(places_options(plan), plan.agents, plan.feature_count));
  lay_out_tile(plan);
  memory.begin(Part::state);
  plan.tile_states = memory.take(Area::tiles, plan.tile.stride * plan.tiles);
  plan.untimed_bytes = memory.total();
  lay_out_timing(config, plan, memory);
  plan.bytes = memory.total();
  return plan;
}

void write_tables(const Plan& plan, const Config& config, std::byte* block) {
  config_bytes(config, {block + plan.config, static_cast<std::size_t>(plan.config_bytes)});
  float* inverse_count = reinterpret_cast<float*>(block + plan.inverse_count);
  float* inverse_spread = reinterpret_cast<float*>(block + plan.inverse_spread);
  for (std::uint32_t n = 0; n <= plan.ring; ++n) {
    const double count = n;
    inverse_count[n] = n ? static_cast<float>(1 / count) : 0;
    inverse_spread[n] = n > 1 ? static_cast<float>(12 / (count * (count * count - 1))) : 0;
  }
  const auto model = config.network.model.empty() ? std::nullopt : std::optional(load_model(config.network.model));
  for (std::uint32_t l = 0; l < plan.layer_count; ++l) {
    const LayerPlan& layer = plan.layers[l];
    float* weights = reinterpret_cast<float*>(block + layer.weights);
    float* biases = reinterpret_cast<float*>(block + layer.biases);
    if (model) {
      (*model)->copy_layer(l, {weights, std::size_t{layer.units} * layer.inputs}, {biases, layer.units});
      continue;
    }
    const LayerOptions& given = config.network.layers[l];
    const float limit = static_cast<float>(std::sqrt(2.0 / layer.inputs));
    for (std::uint32_t i = 0; i < layer.units * layer.inputs; ++i) {
      weights[i] =
          given.weights.empty() ? limit * (2 * random_unit(config.network.seed, i, 0, l) - 1) : given.weights[i];
    }
    for (std::uint32_t u = 0; u < layer.units; ++u) biases[u] = given.biases.empty() ? 0 : given.biases[u];
  }
}

}  // namespace sensorium
