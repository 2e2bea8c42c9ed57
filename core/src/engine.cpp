#include "sensorium/engine.h"

#include <cmath>
#include <cstring>
#include <new>

#include "dispatch.h"
#include "float_mode.h"
#include "format.h"
#include "history.h"
#include "locate.h"
#include "plan.h"
#include "snapshot/snapshot.h"
#include "space/map_places.h"
#include "stages/stages.h"
#include "store.h"
#include "timing.h"

namespace sensorium {

namespace {

constexpr std::align_val_t kAlignment{64};

struct StatisticsColumns {
  double* cycles;
  double* time;
  double* active_agents;
  double* changed_agents;
  double* anomalies;
  double* agent_cycles;
  double* predictions;
  double* sensors_lost;
  double* sensors_lost_now;
};

// In the order of the schema's statistics, a 64-byte line each.
StatisticsColumns statistics_columns(const Plan& plan, std::byte* block) {
  double* at = reinterpret_cast<double*>(block + plan.statistics);
  const std::size_t line = plan.columns[0].stride / sizeof(double);
  return {
      at,           at + line, at + 2 * line, at + 3 * line, at + 4 * line, at + 5 * line, at + 6 * line, at + 7 * line,
      at + 8 * line};
}

void plain_loop(void*, std::uint32_t blocks, void (*body)(void*, std::uint32_t), void* context) {
  for (std::uint32_t block = 0; block < blocks; ++block) body(context, block);
}

// What a column holds in a row that nobody has written and no tick has seen.
std::uint32_t blank(const Column& column) {
  std::string_view name = column.name.view();
  // What is past was once like this too.
  for (const std::string_view prefix : {kHistoryPrefix, std::string_view("results.")}) {
    if (name.starts_with(prefix)) name = name.substr(prefix.size());
  }
  constexpr std::uint32_t kNaN = 0x7FC00000u, kMinusOne = 0xBF800000u, kAll = 0xFFFFFFFFu;
  if (name == "active") return 1;
  if (name.starts_with("sensors.") || name == "position.x" || name == "position.y") return kNaN;
  if (name == "interest" || name == "neighbors.index") return kAll;
  if (name == "neighbors.distance" || name == "age") return kMinusOne;
  return 0;
}

double blank_f64(std::string_view name) {
  // When a reading was measured, an id of a place; the rest are statistics and answers.
  if (name.starts_with("sensors.")) return std::numeric_limits<double>::quiet_NaN();
  return name.ends_with(".place.id") ? kNoPlace : 0;
}

}  // namespace

void clear_rows(const Column& column, std::byte* block, std::uint32_t first, std::uint32_t count) {
  const std::uint32_t value = blank(column);
  for (std::uint32_t p = 0; p < column.planes; ++p) {
    std::byte* plane_start = block + column.offset + p * column.stride;
    if (column.type == ElementType::u8) {
      std::memset(plane_start + first, static_cast<int>(value), count);
    } else if (column.type == ElementType::f64) {
      double* values = reinterpret_cast<double*>(plane_start) + first;
      for (std::uint32_t i = 0; i < count; ++i) values[i] = blank_f64(column.name.view());
    } else {
      std::uint32_t* values = reinterpret_cast<std::uint32_t*>(plane_start) + std::size_t{first} * column.width;
      for (std::size_t i = 0; i < std::size_t{count} * column.width; ++i) values[i] = value;
    }
  }
}

namespace {

// Whatever a row of a tile holds, as at the beginning.
void clear_row(const Plan& plan, const Tile& tile, std::uint32_t row) {
  const RowMask keep = static_cast<RowMask>(~(1u << row));
  unsettle(plan, tile);
  TileHead& head = tile.head();
  for (RowMask TileHead::*const rows :
       {&TileHead::active, &TileHead::blind, &TileHead::blind_before, &TileHead::known, &TileHead::learning,
        &TileHead::filled, &TileHead::full, &TileHead::scored, &TileHead::predicted, &TileHead::anomaly,
        &TileHead::anomaly_before, &TileHead::neighbor, &TileHead::neighbor_before}) {
    head.*rows &= keep;
  }
  for (std::uint32_t m = 0; m < plan.modality_count; ++m) {
    ModalityTile& state = tile.modality(m);
    for (RowMask* rows : {&state.at_newest, &state.seen, &state.lost, &state.lost_before}) *rows &= keep;
    tile.times(m)[row] = 0;
  }
  for (std::uint32_t slot = 0; slot < plan.alarms.slots; ++slot) {
    for (RowMask* rows : {&tile.alarm(slot).told, &tile.alarm(slot).waiting}) *rows &= keep;
    tile.alarm_since(slot)[row] = 0;
  }
  for (std::uint32_t f = 0; f < plan.feature_count; ++f) {
    tile.feature_seen(f) &= keep;
    tile.feature(f)[row] = 0;
  }
  tile.fused()[row] = 0;
  tile.counts()[row] = 0;
  for (std::uint32_t slot = 0; slot < plan.ring; ++slot) tile.window()[slot * kTileRows + row] = 0;
}

Error no_such_agent(const Plan& plan, std::string_view where, std::uint32_t agent) {
  return make_error(ErrorCode::agent_out_of_range, "There is no such agent", where,
                    Words() << "0 to " << plan.agents - 1, Words() << agent);
}

}  // namespace

Result<std::uint64_t> required_bytes(const Config& config) {
  const Result<Plan> plan = make_plan(config);
  if (!plan) return plan.error();
  return plan->bytes;
}

Result<Engine> Engine::create_in(std::span<std::byte> block, const Config& config, std::string_view isa) {
  const Result<const Stages*> stages = choose_stages(isa);
  if (!stages) return stages.error();
  // The tables and weights made here go into every tick.
  const FloatMode mode;
  const Result<Plan> plan = make_plan(config);
  if (!plan) return plan.error();
  if (!block.data() || reinterpret_cast<std::uintptr_t>(block.data()) % 64 != 0 || block.size() < plan->bytes) {
    return make_error(ErrorCode::bad_block, "The memory block cannot hold the engine", "block",
                      Words() << plan->bytes << " bytes, 64-byte aligned",
                      Words() << block.size() << " bytes at address modulo 64 = "
                              << reinterpret_cast<std::uintptr_t>(block.data()) % 64);
  }
  Engine engine;
  engine.block_ = block.first(plan->bytes);
  engine.stages_ = *stages;
  engine.parallel_for_ = plain_loop;
  std::memset(block.data(), 0, plan->bytes);
  std::memcpy(block.data(), &*plan, sizeof(Plan));
  write_tables(*plan, config, block.data());
  engine.reset();
  return engine;
}

Result<Engine> Engine::create(const Config& config, std::string_view isa) {
  const Result<std::uint64_t> bytes = required_bytes(config);
  if (!bytes) return bytes.error();
  const std::size_t size = static_cast<std::size_t>(*bytes);
  void* memory = size == *bytes ? ::operator new(size, kAlignment, std::nothrow) : nullptr;
  if (!memory) {
    return make_error(ErrorCode::out_of_memory, "The memory could not be had", "agents", Words() << *bytes << " bytes",
                      "none");
  }
  Result<Engine> engine = create_in({static_cast<std::byte*>(memory), size}, config, isa);
  if (engine) {
    engine->owned_ = true;
  } else {
    ::operator delete(memory, kAlignment);
  }
  return engine;
}

Engine::Engine(Engine&& other) noexcept { *this = std::move(other); }

Engine& Engine::operator=(Engine&& other) noexcept {
  std::swap(block_, other.block_);
  std::swap(owned_, other.owned_);
  std::swap(stages_, other.stages_);
  std::swap(parallel_for_, other.parallel_for_);
  std::swap(pool_, other.pool_);
  return *this;
}

Engine::~Engine() {
  if (owned_) ::operator delete(block_.data(), kAlignment);
}

const Plan& Engine::plan() const { return *reinterpret_cast<const Plan*>(block_.data()); }

Error Engine::tick(double seconds) {
  const Plan& plan = this->plan();
  const StatisticsColumns statistics = statistics_columns(plan, block_.data());
  if (!std::isfinite(seconds)) {
    return make_error(ErrorCode::time_not_finite, "The time is not a number", "tick", "finite seconds",
                      Words() << seconds);
  }
  if (*statistics.cycles > 0 && seconds < *statistics.time) {
    return make_error(ErrorCode::time_backwards, "The time runs backwards", "tick",
                      Words() << *statistics.time << " s or later", Words() << seconds << " s");
  }
  const FloatMode mode;
  TickTimer timer(plan, block_.data(), *statistics.cycles);
  Laps overall(timer.engine());
  const std::uint64_t cycle = static_cast<std::uint64_t>(*statistics.cycles);
  // Who is near looks at positions only, so it comes first: what it finds can be a reading like any other.
  if (plan.neighbors.k) {
    locate(plan, block_.data(), *stages_, parallel_for_, pool_);
    overall.note(Stage::locate);
  }

  struct Context {
    const Plan& plan;
    const Stages& stages;
    std::byte* block;
    double seconds;
    const TickTimer& timer;
    TileRange tiles(std::uint32_t index) const {
      const std::uint32_t first = index * kBlockTiles;
      return {first, first + kBlockTiles < plan.tiles ? first + kBlockTiles : plan.tiles};
    }
    BlockCounts* counts() const { return reinterpret_cast<BlockCounts*>(block + plan.block_counts); }
  } context = {plan, *stages_, block_.data(), seconds, timer};

  // Before it is taken: a reading that counts once is gone after the tick.
  if (plan.history.depth) {
    record_inputs(plan, block_.data(), cycle);
    overall.note(Stage::history);
  }

  // What each agent senses.
  const auto sense = [](void* at, std::uint32_t index) {
    const Context& c = *static_cast<const Context*>(at);
    const TileRange tiles = c.tiles(index);
    Laps laps(c.timer.of_block(index));
    c.stages.ingest(c.plan, c.block, tiles, c.seconds);
    laps.note(Stage::ingest);
    c.stages.fuse(c.plan, c.block, tiles, c.seconds);
    laps.note(Stage::fuse);
  };
  // What it makes of that.
  const auto understand = [](void* at, std::uint32_t index) {
    const Context& c = *static_cast<const Context*>(at);
    const TileRange tiles = c.tiles(index);
    BlockSums sums;
    Laps laps(c.timer.of_block(index));
    c.stages.infer(c.plan, c.block, tiles);
    laps.note(Stage::infer);
    c.stages.remember(c.plan, c.block, tiles, sums);
    laps.note(Stage::remember);
    c.stages.detect(c.plan, c.block, tiles, sums);
    laps.note(Stage::detect);
    c.stages.predict(c.plan, c.block, tiles, sums);
    laps.note(Stage::predict);
    c.counts()[index] = c.stages.report(c.plan, c.block, tiles, c.seconds);
    laps.note(Stage::report);
  };
  // All have sensed before anyone understands: a stage that looks at other agents belongs between the two.
  parallel_for_(pool_, plan.blocks, sense, &context);
  parallel_for_(pool_, plan.blocks, understand, &context);

  overall.skip();
  if (plan.map.capacity) {
    map_places(plan, block_.data(), seconds);
    overall.note(Stage::map);
  }

  if (plan.history.depth) {
    record_results(plan, block_.data(), cycle, seconds);
    overall.note(Stage::history);
  }

  *statistics.cycles += 1;
  *statistics.time = seconds;
  BlockCounts total = {};
  for (std::uint32_t index = 0; index < plan.blocks; ++index) {
    const BlockCounts& counts = context.counts()[index];
    total.active += counts.active;
    total.changed += counts.changed;
    total.anomalies += counts.anomalies;
    total.predictions += counts.predictions;
    total.sensors_lost += counts.sensors_lost;
    total.sensors_lost_now += counts.sensors_lost_now;
  }
  *statistics.active_agents = total.active;
  *statistics.changed_agents = total.changed;
  *statistics.anomalies += total.anomalies;
  *statistics.agent_cycles += total.active;
  *statistics.predictions += total.predictions;
  *statistics.sensors_lost += total.sensors_lost;
  *statistics.sensors_lost_now = total.sensors_lost_now;
  timer.finish(total.active);
  return {};
}

void Engine::reset() {
  const Plan& plan = this->plan();
  std::byte* block = block_.data();
  // Everything behind the tables and weights: counts, columns, search, tiles.
  std::memset(block + plan.block_counts, 0, plan.bytes - plan.block_counts);
  for (const Column& column : plan.columns) {
    // Of ticks that were not there is nothing to be read.
    if (!column.name.view().starts_with(kHistoryPrefix)) clear_rows(column, block, 0, column.rows);
  }
  create_map(plan, block);
}

Error Engine::reset_agent(std::uint32_t agent) {
  const Plan& plan = this->plan();
  if (agent >= plan.agents) return no_such_agent(plan, "reset_agent", agent);
  clear_row(plan, Tile(plan, block_.data(), agent / kTileRows), agent % kTileRows);
  for (const Column& column : plan.columns) {
    const std::string_view name = column.name.view();
    const bool of_agents = !name.starts_with("statistics.") && !name.starts_with("exchange.") && name != "history.time";
    if (of_agents) clear_rows(column, block_.data(), agent, 1);
  }
  if (plan.map.capacity) Places(block_.data() + plan.map.memory).clear_agent(agent);
  return {};
}

Error Engine::acknowledge(std::uint32_t agent, std::uint32_t kinds) {
  const Plan& plan = this->plan();
  if (agent >= plan.agents) return no_such_agent(plan, "acknowledge", agent);
  if (plan.alarms.unacknowledged) plane<std::uint32_t>(block_.data(), plan.alarms.unacknowledged, 0)[agent] &= ~kinds;
  return {};
}

void Engine::acknowledge_all(std::uint32_t kinds) {
  const Plan& plan = this->plan();
  if (!plan.alarms.unacknowledged) return;
  std::uint32_t* column = plane<std::uint32_t>(block_.data(), plan.alarms.unacknowledged, 0);
  for (std::uint32_t agent = 0; agent < plan.agents; ++agent) column[agent] &= ~kinds;
}

std::uint64_t Engine::snapshot_bytes() const { return most_snapshot_bytes(plan()); }

Result<std::uint64_t> Engine::snapshot_into(std::span<std::byte> buffer) const {
  return write_snapshot(plan(), block_.data(), {.room = buffer}, buffer.size());
}

Error Engine::restore(std::span<const std::byte> snapshot) {
  const FloatMode mode;
  return read_snapshot(plan(), block_.data(), {.bytes = snapshot.data(), .size = snapshot.size()});
}

Result<Config> snapshot_config(std::span<const std::byte> snapshot) {
  Config config;
  if (Error error = read_snapshot_config({.bytes = snapshot.data(), .size = snapshot.size()}, config)) return error;
  return config;
}

std::uint32_t Engine::agents() const { return plan().agents; }

std::string_view Engine::isa() const { return stages_->isa; }

Statistics Engine::statistics() const {
  const StatisticsColumns columns = statistics_columns(plan(), block_.data());
  return {.cycles = static_cast<std::uint64_t>(*columns.cycles),
          .time = *columns.time,
          .active_agents = static_cast<std::uint32_t>(*columns.active_agents),
          .changed_agents = static_cast<std::uint32_t>(*columns.changed_agents),
          .anomalies = static_cast<std::uint64_t>(*columns.anomalies),
          .agent_cycles = static_cast<std::uint64_t>(*columns.agent_cycles),
          .predictions = static_cast<std::uint64_t>(*columns.predictions),
          .sensors_lost = static_cast<std::uint64_t>(*columns.sensors_lost),
          .sensors_lost_now = static_cast<std::uint64_t>(*columns.sensors_lost_now)};
}

std::span<const Column> Engine::layout() const { return {plan().columns.begin(), plan().columns.size()}; }

const Column* Engine::find_column(std::string_view name) const {
  for (const Column& column : layout()) {
    if (column.name == name) return &column;
  }
  return nullptr;
}

std::span<float> Engine::sensors(std::string_view channel) {
  const Column* column = find_column(Words() << "sensors." << channel);
  if (!column || column->type != ElementType::f32) return {};
  return {reinterpret_cast<float*>(block_.data() + column->offset), plan().agents};
}

std::span<double> Engine::sensor_times(std::string_view modality) {
  const Column* column = find_column(Words() << "sensors." << modality << ".time");
  if (!column || column->type != ElementType::f64) return {};
  return {reinterpret_cast<double*>(block_.data() + column->offset), plan().agents};
}

std::span<std::uint8_t> Engine::active() {
  return {plane<std::uint8_t>(block_.data(), plan().active, 0), plan().agents};
}

Results Engine::results() const {
  const Plan& plan = this->plan();
  const ResultOffsets& at = plan.results;
  std::byte* block = block_.data();
  const auto floats = [block](std::uint64_t offset) { return plane<const float>(block, offset, 0); };
  Results results = {.fused = floats(at.fused),
                     .confidence = floats(at.confidence),
                     .held = {},
                     .age = {},
                     .weight = {},
                     .output = {},
                     .anomaly = {floats(at.score), floats(at.z), plane<const std::uint8_t>(block, at.severity, 0),
                                 floats(at.mean), floats(at.deviation)},
                     .prediction = {{}, floats(at.prediction_confidence), floats(at.trend)},
                     .neighbors = {},
                     .place = nullptr,
                     .flags = plane<const std::uint32_t>(block, at.flags, 0),
                     .changes = plane<const std::uint32_t>(block, at.changes, 0),
                     .unacknowledged = nullptr};
  for (std::uint32_t u = 0; u < plan.outputs; ++u) results.output[u] = floats(at.output + u * plan.output_stride);
  for (std::uint32_t f = 0; at.held && f < plan.feature_count; ++f) {
    results.held[f] = floats(at.held + f * plan.readings_stride);
    results.weight[f] = floats(at.weight + f * plan.readings_stride);
  }
  for (std::uint32_t m = 0; at.held && m < plan.modality_count; ++m)
    results.age[m] = floats(at.age + m * plan.readings_stride);
  const NeighborPlan& near = plan.neighbors;
  if (near.k) {
    results.neighbors = {plane<const std::uint8_t>(block, near.count, 0),
                         plane<const std::uint8_t>(block, near.valid, 0),
                         plane<const std::int32_t>(block, near.index, 0), floats(near.distance)};
  }
  if (plan.alarms.unacknowledged)
    results.unacknowledged = plane<const std::uint32_t>(block, plan.alarms.unacknowledged, 0);
  if (plan.map.capacity) results.place = plane<const double>(block, plan.map.id, 0);
  for (std::uint32_t h = 0; h < plan.horizon; ++h)
    results.prediction.values[h] = floats(at.values + h * plan.values_stride);
  return results;
}

Placement Engine::placement() {
  const NeighborPlan& near = plan().neighbors;
  std::byte* block = block_.data();
  const std::size_t agents = plan().agents;
  const auto column = [&]<class T>(std::uint64_t offset, T*) {
    return offset ? std::span<T>(plane<T>(block, offset, 0), agents) : std::span<T>();
  };
  Placement placement;
  for (std::uint32_t axis = 0; axis < 3; ++axis) {
    placement.position[axis] = column(near.position[axis], static_cast<float*>(nullptr));
    placement.heading[axis] = column(near.heading[axis], static_cast<float*>(nullptr));
  }
  placement.radius = column(near.radius_column, static_cast<float*>(nullptr));
  placement.group = column(near.group, static_cast<std::uint8_t*>(nullptr));
  placement.interest = column(near.interest, static_cast<std::uint32_t*>(nullptr));
  return placement;
}

std::optional<Places> Engine::places() {
  if (!plan().map.capacity) return std::nullopt;
  return Places(block_.data() + plan().map.memory);
}

std::uint32_t Engine::modalities() const { return plan().modality_count; }

std::string_view Engine::modality(std::uint32_t index) const {
  return index < plan().modality_count ? plan().modalities[index].name.view() : std::string_view();
}

std::uint32_t Engine::features() const { return plan().feature_count; }

std::string_view Engine::feature(std::uint32_t index) const {
  return index < plan().feature_count ? plan().feature_names[index].view() : std::string_view();
}

void Engine::set_parallel_for(ParallelFor parallel_for, void* pool) {
  parallel_for_ = parallel_for ? parallel_for : plain_loop;
  pool_ = pool;
}

}  // namespace sensorium
