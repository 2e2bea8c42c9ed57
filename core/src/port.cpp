#include "port.h"

#include <cmath>
#include <cstring>

#include "dispatch.h"
#include "float_mode.h"
#include "format.h"
#include "options.h"

namespace sensorium {

bool Port::keep(const Error& error) {
  error_ = error;
  return !error;
}

bool Port::set_number(std::string_view path, double value) { return keep(options::set_number(config_, path, value)); }
bool Port::set_flag(std::string_view path, bool value) { return keep(options::set_flag(config_, path, value)); }
bool Port::set_text(std::string_view path, std::string_view value) {
  return keep(options::set_text(config_, path, value));
}

bool Port::set_count(std::string_view path, double count) {
  // JavaScript's lengths are whole and not negative; one beyond 32 bits is as much too many as any.
  constexpr double kMost = 4294967295.0;
  return keep(options::set_count(config_, path, static_cast<std::uint32_t>(count < kMost ? count : kMost)));
}

bool Port::set_other(std::string_view path, std::string_view got) {
  return keep(options::set_other(config_, path, got));
}

bool Port::set_floats(std::string_view path, std::span<const float> values) {
  if (values.size() > kMostFloats) {
    return keep(make_error(ErrorCode::wrong_count, "The list is longer than any layer's", path,
                           Words() << "at most " << kMostFloats << " numbers", Words() << values.size() << " numbers"));
  }
  floats_.emplace_back(values.begin(), values.end());
  return keep(options::set_floats(config_, path, floats_.back()));
}

bool Port::set_bytes(std::string_view path, std::span<const std::byte> bytes) {
  // What does not fit is refused by its size, so it need not be copied.
  if (bytes.size() > kMostBytes) return keep(options::set_bytes(config_, path, bytes));
  std::vector<std::byte> copy(bytes.begin(), bytes.end());
  if (!keep(options::set_bytes(config_, path, copy))) return false;
  bytes_ = std::move(copy);
  return true;
}

double Port::required_bytes() {
  const Result<std::uint64_t> bytes = sensorium::required_bytes(config_);
  keep(bytes.error());
  return bytes ? static_cast<double>(*bytes) : 0;
}

bool Port::explain() {
  if (!isa_.empty()) {
    if (const auto stages = choose_stages(isa_); !stages) return keep(stages.error());
  }
  const Result<Explanation> explanation = sensorium::explain(config_);
  if (explanation) explanation_ = *explanation;
  return keep(explanation.error());
}

OptionBytes Port::explained(std::uint32_t index) const {
  const auto& [agents, total, parts, options] = explanation_;
  return index < parts.size() ? OptionBytes{parts[index].name, "", parts[index].bytes} : options[index - parts.size()];
}

Port::ExplainedRow Port::explained_row(std::uint32_t index) const {
  const auto& [name, without, bytes] = explained(index);
  return {std::string(name), std::string(without), static_cast<double>(bytes)};
}

void Port::metrics() {
  const Metrics metrics = engine_->metrics();
  std::memcpy(engine_->block().data() + engine_->find_column("exchange.metrics")->offset, &metrics, sizeof metrics);
}

bool Port::create(std::span<std::byte> memory) {
  Result<Engine> engine = Engine::create_in(memory, config_, isa_);
  if (engine) engine_ = std::move(*engine);
  return keep(engine.error());
}

bool Port::tick(double seconds) {
  const Error error = engine_->tick(seconds);
  return !error || keep(error);
}

std::optional<std::uint32_t> Port::agent_index(double agent, std::string_view where) {
  // Written so that NaN fails.
  if (agent >= 0 && agent < engine_->agents() && agent == std::floor(agent)) return static_cast<std::uint32_t>(agent);
  keep(make_error(ErrorCode::agent_out_of_range, "There is no such agent", where,
                  Words() << "0 to " << engine_->agents() - 1, Words() << agent));
  return std::nullopt;
}

std::string_view Port::name_of(std::uint32_t index) const {
  return index < columns() ? column(index).name.view() : std::string_view();
}

bool Port::tick_many(const Replay& replay, std::span<double> done) {
  std::vector<std::string_view> inputs;
  for (const std::uint32_t index : replay.inputs) inputs.push_back(name_of(index));
  std::vector<Wanted> wanted;
  for (std::size_t i = 0; i < replay.into.size() && 2 * i + 1 < replay.planes.size(); ++i) {
    wanted.push_back({name_of(replay.planes[2 * i]), replay.into[i], replay.planes[2 * i + 1]});
  }
  static_assert(sizeof(Change) == 5 * sizeof(std::uint32_t));
  const std::span<Change> changes(reinterpret_cast<Change*>(replay.changes.data()),
                                  replay.changes.size_bytes() / sizeof(Change));
  const Recording recording = {replay.times, inputs, replay.values, replay.rows, replay.active};
  const Result<Replayed> replayed = sensorium::tick_many(*engine_, recording, wanted, changes);
  if (!replayed) return keep(replayed.error());
  if (done.size() >= 2) {
    done[0] = static_cast<double>(replayed->ticks);
    done[1] = static_cast<double>(replayed->changes);
  }
  return true;
}

bool Port::reset_agent(double agent) {
  const auto index = agent_index(agent, "reset_agent");
  return index && keep(engine_->reset_agent(*index));
}

bool Port::acknowledge(double agent, std::uint32_t kinds) {
  const auto index = agent_index(agent, "acknowledge");
  return index && keep(engine_->acknowledge(*index, kinds));
}

double Port::snapshot_bytes() const {
  return static_cast<double>(sensorium::snapshot_bytes(plan(), engine_->block().data()));
}

double Port::snapshot(const SnapshotSink& sink, double room) {
  const Result<std::uint64_t> bytes =
      write_snapshot(plan(), engine_->block().data(), sink, static_cast<std::uint64_t>(room));
  return bytes ? static_cast<double>(*bytes) : (keep(bytes.error()), 0.0);
}

bool Port::restore(const SnapshotSource& source) {
  const FloatMode mode;
  return keep(read_snapshot(plan(), engine_->block().data(), source));
}

bool Port::set_snapshot(const SnapshotSource& source) {
  Config config;
  if (!keep(read_snapshot_config(source, config))) return false;
  config_ = config;
  return true;
}

bool Port::simulate(double seed, bool mixed) {
  constexpr double kMost = 9007199254740991.0;
  if (!(seed >= 0 && seed <= kMost && seed == std::floor(seed))) {
    return keep(make_error(ErrorCode::out_of_range, "The seed is outside its range", "simulate",
                           "a whole number from 0 to 2^53 - 1", Words() << seed));
  }
  return keep(write_classic_load(*engine_, static_cast<std::uint64_t>(seed), mixed ? Load::mixed : Load::dense));
}

std::string Port::error_part(std::uint32_t part) const {
  const std::string_view parts[] = {error_name(error_.code), error_.what.view(), error_.where.view(),
                                    error_.expected.view(), error_.got.view()};
  return std::string(part < std::size(parts) ? parts[part] : std::string_view());
}

}  // namespace sensorium
