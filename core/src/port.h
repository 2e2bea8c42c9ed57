// The port: what JavaScript, and any other language, calls. One verb an operation, plain types, nothing per agent.
// A Port is the options of one engine and, once created, the engine. Verbs that can fail return false; error() then says why.
#pragma once

#include <deque>
#include <string>
#include <vector>

#include "sensorium/engine.h"
#include "sensorium/replay.h"
#include "sensorium/simulate.h"
#include "snapshot/snapshot.h"
#include "space/exchange.h"

namespace sensorium {

class Port {
 public:
  // The most weights that a layer can have.
  static constexpr std::uint32_t kMostFloats = kMaxUnits * kMaxUnits;
  static constexpr std::uint32_t kMostBytes = kMaxModelBytes;

  // Options, by the schema's paths; see options.h.
  bool set_number(std::string_view path, double value);
  bool set_flag(std::string_view path, bool value);
  bool set_text(std::string_view path, std::string_view value);
  bool set_count(std::string_view path, double count);
  bool set_floats(std::string_view path,
                  std::span<const float> values);  // copied; not read where more than kMostFloats
  bool set_bytes(std::string_view path,
                 std::span<const std::byte> bytes);  // copied; not read where more than kMostBytes
  // A value of a type that no option has; it always fails, saying what is expected there.
  bool set_other(std::string_view path, std::string_view got);
  // Which ISA to run on; empty: the best.
  void set_isa(std::string_view isa) { isa_ = isa; }

  // What these options would take, told row by row: the parts of an engine, then its options, which alone have a `without`.
  // False where they make no engine, or the ISA asked for is not there.
  bool explain();
  struct ExplainedRow {
    std::string name, without;
    double bytes;
  };
  std::uint32_t explained_rows() const { return explanation_.parts.size() + explanation_.options.size(); }
  ExplainedRow explained_row(std::uint32_t index) const;
  OptionBytes explained(std::uint32_t index) const;  // the same row; its texts are literals
  // Bytes of memory that create() needs; 0 where these options make no engine.
  double required_bytes();
  // Makes the engine in `memory`, 64-byte aligned, which must outlive it.
  bool create(std::span<std::byte> memory);

  // As replay.h has it, with columns by their numbers; `planes` are pairs of a column and its plane, one for each of `into`.
  struct Replay {
    std::span<const double> times;
    std::span<const std::uint32_t> inputs;
    std::span<const float> values;
    std::uint32_t rows;
    std::span<const std::uint8_t> active;
    std::span<const std::uint32_t> planes;
    std::vector<std::span<std::byte>> into;
    std::span<std::uint32_t> changes;  // five numbers each, the members of Change
  };

  bool tick(double seconds);
  // Ticks and changes done go into `done`, where there is room for both.
  bool tick_many(const Replay& replay, std::span<double> done);
  void reset() { engine_->reset(); }
  // Engine::metrics() into the column exchange.metrics.
  void metrics();
  void reset_metrics() { engine_->reset_metrics(); }
  bool reset_agent(double agent);
  // `kinds` as in Engine::acknowledge().
  bool acknowledge(double agent, std::uint32_t kinds);
  void acknowledge_all(std::uint32_t kinds) { engine_->acknowledge_all(kinds); }
  // Readings of the classic load for the next tick.
  bool simulate(double seed, bool mixed);

  // Snapshots. The most bytes one takes, and those of one taken now.
  double most_snapshot_bytes() const { return static_cast<double>(engine_->snapshot_bytes()); }
  double snapshot_bytes() const;
  // Bytes written; 0 where they do not fit into `room`.
  double snapshot(const SnapshotSink& sink, double room);
  bool restore(const SnapshotSource& source);
  // Options as those of the engine that a snapshot is of.
  bool set_snapshot(const SnapshotSource& source);

  // Questions to the map of places.
  Exchange places() { return Exchange(engine_->block().data()); }

  std::uint32_t columns() const { return static_cast<std::uint32_t>(engine_->layout().size()); }
  const Column& column(std::uint32_t index) const { return engine_->layout()[index]; }
  std::uint32_t modalities() const { return engine_->modalities(); }
  std::string modality(std::uint32_t index) const { return std::string(engine_->modality(index)); }
  std::uint32_t features() const { return engine_->features(); }
  std::string feature(std::uint32_t index) const { return std::string(engine_->feature(index)); }
  std::string isa() const { return std::string(engine_->isa()); }

  // Null before create().
  Engine* engine() { return engine_ ? &*engine_ : nullptr; }
  const Engine* engine() const { return engine_ ? &*engine_ : nullptr; }

  const Error& error() const { return error_; }
  // The error's code, what, where, expected and got, numbered from 0, as text.
  std::string error_part(std::uint32_t part) const;

 private:
  bool keep(const Error& error);
  // The agent as an index, or nothing and the error, which names `where`.
  std::optional<std::uint32_t> agent_index(double agent, std::string_view where);
  // Of the column of that number; no column is called "".
  std::string_view name_of(std::uint32_t index) const;
  const Plan& plan() const { return *reinterpret_cast<const Plan*>(engine_->block().data()); }

  Config config_;
  std::deque<std::vector<float>> floats_;  // what config_ points to
  std::vector<std::byte> bytes_;
  std::string isa_;
  Explanation explanation_ = {};
  std::optional<Engine> engine_;
  Error error_;
};

}  // namespace sensorium
