#include "sensorium/replay.h"

#include <cmath>
#include <cstring>

#include "format.h"
#include "plan.h"
#include "sensorium/schema.h"

namespace sensorium {
namespace {

// No engine has more columns than this, and each is named once.
constexpr std::size_t kMostInputs = std::tuple_size_v<decltype(decltype(Plan::columns)::items)>;

// Copies of one value are what a replay of one agent consists of, and a call of memcpy takes longer than they do.
void copy_bytes(std::byte* to, const std::byte* from, std::size_t bytes) {
  if (bytes == 4) {
    std::memcpy(to, from, 4);
  } else if (bytes > 0) {
    std::memcpy(to, from, bytes);
  }
}

// A plane of the engine and how much of it belongs to one tick.
struct Plane {
  std::byte* at;
  std::size_t bytes;
};

// What a call reads or writes, to be told in an error.
struct Range {
  std::string_view name;
  const std::byte* first;
  std::size_t bytes;
  bool written;
};

struct Replay {
  Engine& engine;
  const Recording& recording;
  std::span<const Wanted> wanted;
  std::span<Change> changes;
  std::array<Plane, kMostInputs> inputs;
  std::array<Plane, kMostWanted> results;
};

template <class T>
Range range(std::string_view name, std::span<T> span) {
  const auto bytes = std::as_bytes(span);
  return {name, bytes.data(), bytes.size(), !std::is_const_v<T>};
}

Error wrong_length(std::string_view where, std::string_view shape, std::uint64_t expected, std::uint64_t got) {
  return make_error(ErrorCode::wrong_count, "The block has another length", where, Words() << shape << ": " << expected,
                    Words() << got);
}

// Whether a block has `each` values a tick; written so that no product can overflow.
bool fits(std::uint64_t length, std::uint64_t ticks, std::uint64_t each) {
  return each == 0 ? length == 0 : length % each == 0 && length / each == ticks;
}

Error check_times(const Engine& engine, std::span<const double> times) {
  const Statistics statistics = engine.statistics();
  double last = statistics.cycles > 0 ? statistics.time : -std::numeric_limits<double>::infinity();
  for (std::size_t t = 0; t < times.size(); ++t) {
    const auto where = Words() << "tick_many, times[" << t << "]";
    if (!std::isfinite(times[t])) {
      return make_error(ErrorCode::time_not_finite, "The time is not a number", where, "finite seconds",
                        Words() << times[t]);
    }
    if (times[t] < last) {
      return make_error(ErrorCode::time_backwards, "The time runs backwards", where, Words() << last << " s or later",
                        Words() << times[t] << " s");
    }
    last = times[t];
  }
  return {};
}

bool is_input(const Column& column) {
  if (column.type != ElementType::f32) return false;
  if (column.name.view().starts_with("sensors.")) return true;
  for (const schema::ResultColumn& input : schema::inputs()) {
    if (column.name == input.path) return true;
  }
  return false;
}

Error find_inputs(Replay& replay) {
  const auto& [engine, recording, wanted, changes, inputs, results] = replay;
  for (std::size_t i = 0; i < recording.inputs.size(); ++i) {
    const std::string_view name = recording.inputs[i];
    const Column* column = engine.find_column(name);
    if (!column || !is_input(*column)) {
      return make_error(ErrorCode::unknown_column, "There is no such input column",
                        Words() << "tick_many, inputs[" << i << "]",
                        "an f32 input column of this engine, such as sensors.<channel>", name);
    }
    for (std::size_t before = 0; before < i; ++before) {
      if (recording.inputs[before] == name) {
        return make_error(ErrorCode::duplicate_name, "The column is named twice",
                          Words() << "tick_many, inputs[" << i << "]", "each column once", name);
      }
    }
    replay.inputs[i] = {engine.block().data() + column->offset, recording.rows * sizeof(float)};
  }
  const std::uint64_t ticks = recording.times.size(), each = std::uint64_t{recording.inputs.size()} * recording.rows;
  if (!fits(recording.values.size(), ticks, each)) {
    return wrong_length("tick_many, values", "ticks * inputs * rows", ticks * each, recording.values.size());
  }
  if (!recording.active.empty() && !fits(recording.active.size(), ticks, recording.rows)) {
    return wrong_length("tick_many, active", "ticks * rows", ticks * recording.rows, recording.active.size());
  }
  return {};
}

Error find_results(Replay& replay) {
  const Engine& engine = replay.engine;
  const std::uint64_t ticks = replay.recording.times.size();
  if (replay.wanted.size() > kMostWanted) {
    return make_error(ErrorCode::too_many, "Too many columns are wanted", "tick_many, wanted",
                      Words() << "at most " << kMostWanted, Words() << replay.wanted.size());
  }
  for (std::size_t i = 0; i < replay.wanted.size(); ++i) {
    const auto& [name, into, plane] = replay.wanted[i];
    const Column* column = name.starts_with("results.") ? engine.find_column(name) : nullptr;
    if (!column) {
      return make_error(ErrorCode::unknown_column, "There is no such result column",
                        Words() << "tick_many, wanted[" << i << "]",
                        "a result column of this engine, such as results.fused", name);
    }
    const auto where = Words() << "tick_many, " << name;
    if (plane >= column->planes) {
      return make_error(ErrorCode::out_of_range, "There is no such plane", where,
                        Words() << "0 to " << column->planes - 1, Words() << plane);
    }
    const std::size_t bytes =
        std::size_t{replay.recording.rows} * column->width * static_cast<std::size_t>(element_bytes(column->type));
    if (!fits(into.size(), ticks, bytes))
      return wrong_length(where, "bytes, ticks * rows * width * type", ticks * bytes, into.size());
    replay.results[i] = {engine.block().data() + column->offset + plane * column->stride, bytes};
  }
  return {};
}

// What is written may be read or written by nothing else: the result would depend on which comes first.
Error check_overlap(const Replay& replay) {
  std::array<Range, kMostWanted + 5> ranges;
  std::size_t count = 0;
  ranges[count++] = range("the engine", replay.engine.block());
  ranges[count++] = range("times", replay.recording.times);
  ranges[count++] = range("values", replay.recording.values);
  ranges[count++] = range("active", replay.recording.active);
  ranges[count++] = range("changes", replay.changes);
  for (const Wanted& wanted : replay.wanted) ranges[count++] = range(wanted.column, wanted.into);
  for (std::size_t i = 1; i < count; ++i) {
    for (std::size_t j = 0; j < i; ++j) {
      const auto& [a, b] = std::pair(ranges[i], ranges[j]);
      const auto start = [](const Range& of) { return reinterpret_cast<std::uintptr_t>(of.first); };
      if ((a.written || b.written) && a.bytes > 0 && b.bytes > 0 && start(a) < start(b) + b.bytes &&
          start(b) < start(a) + a.bytes) {
        return make_error(ErrorCode::overlap, "Two blocks share memory", Words() << "tick_many, " << a.name,
                          "memory of its own", Words() << "some of that of " << b.name);
      }
    }
  }
  return {};
}

Error check(Replay& replay) {
  const std::uint32_t agents = replay.engine.agents();
  if (replay.recording.rows > agents) {
    return make_error(ErrorCode::out_of_range, "There are more rows than agents", "tick_many, rows",
                      Words() << "0 to " << agents, Words() << replay.recording.rows);
  }
  if (!replay.changes.empty() && replay.changes.size() < agents) {
    return make_error(ErrorCode::wrong_count, "The list of changes is too short", "tick_many, changes",
                      Words() << "room for " << agents << ", as many as a tick may have",
                      Words() << replay.changes.size());
  }
  if (const Error error = find_inputs(replay)) return error;
  if (const Error error = find_results(replay)) return error;
  if (const Error error = check_overlap(replay)) return error;
  return check_times(replay.engine, replay.recording.times);
}

void write_inputs(const Replay& replay, std::size_t tick) {
  const auto& [times, inputs, values, rows, active] = replay.recording;
  const std::byte* from = std::as_bytes(values).data() + tick * inputs.size() * rows * sizeof(float);
  for (std::size_t i = 0; i < inputs.size(); ++i, from += rows * sizeof(float))
    copy_bytes(replay.inputs[i].at, from, replay.inputs[i].bytes);
  if (!active.empty())
    copy_bytes(std::as_writable_bytes(replay.engine.active()).data(), std::as_bytes(active).data() + tick * rows, rows);
}

void read_results(const Replay& replay, std::size_t tick) {
  for (std::size_t i = 0; i < replay.wanted.size(); ++i) {
    const auto& [at, bytes] = replay.results[i];
    copy_bytes(replay.wanted[i].into.data() + tick * bytes, at, bytes);
  }
}

// Lists who changed in the last tick; returns how many.
std::size_t list_changes(const Engine& engine, std::size_t tick, Change* to) {
  const Results results = engine.results();
  const std::uint32_t changed = engine.statistics().changed_agents;
  std::size_t listed = 0;
  for (std::uint32_t agent = 0; listed < changed && agent < engine.agents(); ++agent) {
    if (results.changes[agent] == 0) continue;
    to[listed++] = {static_cast<std::uint32_t>(tick), agent, results.changes[agent], results.flags[agent],
                    results.anomaly.severity[agent]};
  }
  return listed;
}

}  // namespace

Result<Replayed> tick_many(Engine& engine, const Recording& recording, std::span<const Wanted> wanted,
                           std::span<Change> changes) {
  Replay replay = {engine, recording, wanted, changes, {}, {}};
  if (const Error error = check(replay)) return error;
  Replayed done;
  for (; done.ticks < recording.times.size(); ++done.ticks) {
    if (!changes.empty() && changes.size() - done.changes < engine.agents()) break;
    write_inputs(replay, done.ticks);
    if (const Error error = engine.tick(recording.times[done.ticks])) return error;
    read_results(replay, done.ticks);
    if (!changes.empty()) done.changes += list_changes(engine, done.ticks, changes.data() + done.changes);
  }
  return done;
}

}  // namespace sensorium
