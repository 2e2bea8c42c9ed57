// The one table of everything that has a public name: options, result columns, statistics and kinds of event.
// The setters and checks of options, the engine's layout, the TypeScript types and the docs' tables are all made from it.
#pragma once

#include <span>

#include "sensorium/types.h"

namespace sensorium::schema {

// optional_u32: a std::optional, whose default is found out.
enum class OptionType { u32, optional_u32, u64, f32, f64, flag, text, choice, floats, bytes };

// Which record an option belongs to; its offset counts from that record's start.
enum class Scope { root, channel, modality, layer, history_column };

struct Option {
  Scope scope;
  const char* path;  // "detection.window", or within a record of a list: "scale"
  OptionType type;
  std::size_t offset;
  double min;  // inclusive; for choices the last one's number is max
  double max;
  const char* unit;  // "" for a plain number
  const char* doc;
  std::span<const char* const> choices;
};

// A list of records in the configuration. Where a record is nothing but a name, JavaScript and JSON have an array of text.
struct RecordList {
  Scope scope;
  const char* path;  // "channels"
  bool named;        // records are keyed by name in JavaScript and JSON
  std::uint32_t min;
  std::uint32_t max;
  const char* doc;
};

// Which configurations have a column.
enum class When { always, readings, placed, neighbors, limited_view, own_radius, groups, map, acknowledge };

// In words of the options: "readings.columns"; "" for always.
const char* condition(When when);

struct ResultColumn {
  const char* path;
  ElementType type;
  // "" for one column, else what its planes are counted by: "outputs", "horizon", "features", "modalities"; "k": values a row
  const char* list;
  const char* unit;
  const char* range;
  const char* doc;
  When when = When::always;
};

// A member of Metrics, in its order.
struct Metric {
  const char* path;  // "latency.p95"
  const char* unit;
  const char* doc;
};

struct EventKind {
  std::uint32_t bit;  // of flags and changes; for a modality's loss the first of 16
  const char* kind;   // its record in the options `events`
  const char* begin;
  const char* end;
  const char* doc;
};

struct FlagBit {
  std::uint32_t bit;
  const char* name;
  const char* doc;
};

std::span<const Option> options();
// A record of a scope with nothing but defaults: Config, ChannelOptions, ModalityOptions or LayerOptions.
const std::byte* defaults(Scope scope);
std::span<const RecordList> record_lists();
std::span<const ResultColumn> inputs();      // input columns that are not the user's channels
std::span<const ResultColumn> results();     // one value an active agent, rewritten by every tick
std::span<const ResultColumn> statistics();  // one value an engine
std::span<const Metric> metrics();
std::span<const EventKind> event_kinds();
std::span<const FlagBit> flag_bits();

}  // namespace sensorium::schema
