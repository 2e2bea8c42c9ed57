// The WebAssembly module's surface: the port's verbs by their names, for the one engine of this instance. No logic here.
#include <emscripten/bind.h>
#include <emscripten/em_js.h>

#include <algorithm>
#include <cstdlib>

#include "identity.h"
#include "port.h"

// What takes snapshots and brings them: SnapshotWay in js/wasm.ts.
EM_JS(void, snapshot_give, (std::uint32_t filled, std::uint32_t more), { Module['snapshotWay'].give(filled, more); });
EM_JS(void, snapshot_fetch, (double at, std::uint32_t to, std::uint32_t bytes),
      { Module['snapshotWay'].fetch(at, to, bytes); });

namespace {

using namespace sensorium;
using emscripten::function;

Port port;
// Where JavaScript writes what the next call reads.
double seconds;
alignas(16) std::byte room[std::max(Port::kMostFloats * sizeof(float), std::size_t{Port::kMostBytes})];

struct ColumnView {
  std::string name;
  std::uint32_t type, rows, width, planes;
  bool list;
  double offset, stride;
};

ColumnView column(std::uint32_t index) {
  const Column& c = port.column(index);
  return {std::string(c.name.view()),    static_cast<std::uint32_t>(c.type), c.rows, c.width, c.planes, c.list,
          static_cast<double>(c.offset), static_cast<double>(c.stride)};
}

// Where the engine's block begins, or 0. It is never freed: an engine ends with its instance.
std::uintptr_t create() {
  const std::size_t bytes = static_cast<std::size_t>(port.required_bytes());
  void* block = bytes ? std::aligned_alloc(64, bytes) : nullptr;
  return port.create({static_cast<std::byte*>(block), block ? bytes : 0}) ? reinterpret_cast<std::uintptr_t>(block) : 0;
}

// JavaScript's memory is out of reach, so a snapshot goes through this, piece by piece.
alignas(64) std::byte between[kLeastBuffer];

SnapshotSource source(double size) {
  return {.size = static_cast<std::uint64_t>(size),
          .room = between,
          .fetch = [](void*, std::uint64_t at, std::size_t to, std::size_t bytes) {
            snapshot_fetch(static_cast<double>(at), static_cast<std::uint32_t>(to), static_cast<std::uint32_t>(bytes));
          }};
}

}  // namespace

// The verbs that are called all the time are plain exports: in Node 20 a call through Embind leaves some 240 bytes of garbage,
// its lists of arguments, and this none. The time comes through memory, because a number that JavaScript passes to a function
// which V8 does not inline is an object on the heap.
extern "C" EMSCRIPTEN_KEEPALIVE bool sensorium_tick() { return port.tick(seconds); }
extern "C" EMSCRIPTEN_KEEPALIVE std::uint32_t sensorium_snapshot(std::uint32_t most) {
  std::uint32_t left = static_cast<std::uint32_t>(port.snapshot_bytes());
  const auto give = [](void* context, std::size_t filled) {
    std::uint32_t& more = *static_cast<std::uint32_t*>(context);
    more -= static_cast<std::uint32_t>(filled);
    snapshot_give(static_cast<std::uint32_t>(filled), more);
  };
  return static_cast<std::uint32_t>(port.snapshot({.room = between, .flush = give, .context = &left}, most));
}

// A verb a line.
// clang-format off
EMSCRIPTEN_BINDINGS(sensorium) {
  emscripten::value_object<ColumnView>("Column")
      .field("name", &ColumnView::name)
      .field("type", &ColumnView::type)
      .field("rows", &ColumnView::rows)
      .field("width", &ColumnView::width)
      .field("planes", &ColumnView::planes)
      .field("list", &ColumnView::list)
      .field("offset", &ColumnView::offset)
      .field("stride", &ColumnView::stride);
  emscripten::value_object<Port::ExplainedRow>("ExplainedRow")
      .field("name", &Port::ExplainedRow::name)
      .field("without", &Port::ExplainedRow::without)
      .field("bytes", &Port::ExplainedRow::bytes);
  function("identity", +[] { return identity(); });
  function("seconds", +[] { return reinterpret_cast<std::uintptr_t>(&seconds); });
  function("room", +[] { return reinterpret_cast<std::uintptr_t>(room); });
  function("clear", +[] { port = Port(); });
  function("set_number", +[](std::string path, double value) { return port.set_number(path, value); });
  function("set_flag", +[](std::string path, bool value) { return port.set_flag(path, value); });
  function("set_text", +[](std::string path, std::string value) { return port.set_text(path, value); });
  function("set_count", +[](std::string path, double count) { return port.set_count(path, count); });
  function("set_floats", +[](std::string path, std::uint32_t count) { return port.set_floats(path, {reinterpret_cast<const float*>(room), count}); });
  function("set_bytes", +[](std::string path, std::uint32_t count) { return port.set_bytes(path, {room, count}); });
  function("set_other", +[](std::string path, std::string got) { return port.set_other(path, got); });
  function("set_isa", +[](std::string isa) { port.set_isa(isa); });
  function("required_bytes", +[] { return port.required_bytes(); });
  function("explain", +[] { return port.explain(); });
  function("explained_rows", +[] { return port.explained_rows(); });
  function("explained_row", +[](std::uint32_t index) { return port.explained_row(index); });
  function("create", &create);
  function("reset", +[] { port.reset(); });
  function("reset_agent", +[](double agent) { return port.reset_agent(agent); });
  function("metrics", +[] { port.metrics(); });
  function("reset_metrics", +[] { port.reset_metrics(); });
  function("acknowledge", +[](double agent, std::uint32_t kinds) { return port.acknowledge(agent, kinds); });
  function("acknowledge_all", +[](std::uint32_t kinds) { port.acknowledge_all(kinds); });
  function("between", +[] { return reinterpret_cast<std::uintptr_t>(between); });
  function("most_snapshot_bytes", +[] { return port.most_snapshot_bytes(); });
  function("snapshot_bytes", +[] { return port.snapshot_bytes(); });
  function("restore", +[](double size) { return port.restore(source(size)); });
  function("set_snapshot", +[](double size) { return port.set_snapshot(source(size)); });
  function("simulate", +[](double seed, bool mixed) { return port.simulate(seed, mixed); });
  function("places_count", +[] { return port.places().places(); });
  function("places_made", +[] { return port.places().made(); });
  function("places_gone", +[] { return port.places().gone(); });
  function("places_nearest", +[](std::uint32_t rows, std::uint32_t k) { return port.places().nearest(rows, k); });
  function("places_within", +[](std::uint32_t rows, float radius, std::uint32_t most) { return port.places().within(rows, radius, most); });
  function("places_links", +[](double id) { return port.places().links(id); });
  function("places_degree", +[](double id) { return port.places().degree(id); });
  function("places_link_count", +[] { return port.places().link_count(); });
  function("places_mean_degree", +[] { return port.places().mean_degree(); });
  function("places_path", +[](double from, double to) { return port.places().path(from, to); });
  function("places_components", +[] { return port.places().components(); });
  function("places_place", +[](double id) { return port.places().place(id); });
  function("places_export", +[] { return port.places().export_all(); });
  function("columns", +[] { return port.columns(); });
  function("column", &column);
  function("modalities", +[] { return port.modalities(); });
  function("modality", +[](std::uint32_t index) { return port.modality(index); });
  function("features", +[] { return port.features(); });
  function("feature", +[](std::uint32_t index) { return port.feature(index); });
  function("isa", +[] { return port.isa(); });
  function("error", +[](std::uint32_t part) { return port.error_part(part); });
}
// clang-format on
