// The world's WebAssembly module: its port's verbs by their names, for the one world of this instance. No logic here.
#include <emscripten/bind.h>

#include <cstdlib>

#include "port.h"

namespace {

using namespace sensorium;
using emscripten::function;

world::Port port;

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

// Where the world's block begins, or 0. It is never freed: a world ends with its instance.
std::uintptr_t create() {
  const std::size_t bytes = static_cast<std::size_t>(port.required_bytes());
  void* block = bytes ? std::aligned_alloc(64, bytes) : nullptr;
  return port.create({static_cast<std::byte*>(block), block ? bytes : 0}) ? reinterpret_cast<std::uintptr_t>(block) : 0;
}

}  // namespace

// A plain export, as the engine's tick: it makes no garbage.
extern "C" EMSCRIPTEN_KEEPALIVE void sensorium_world_step() { port.step(); }

// A verb a line.
// clang-format off
EMSCRIPTEN_BINDINGS(sensorium_world) {
  emscripten::value_object<ColumnView>("Column")
      .field("name", &ColumnView::name)
      .field("type", &ColumnView::type)
      .field("rows", &ColumnView::rows)
      .field("width", &ColumnView::width)
      .field("planes", &ColumnView::planes)
      .field("list", &ColumnView::list)
      .field("offset", &ColumnView::offset)
      .field("stride", &ColumnView::stride);
  function("clear", +[] { port = world::Port(); });
  function("set_number", +[](std::string option, double value) { return port.set_number(option, value); });
  function("set_text", +[](std::string option, std::string value) { return port.set_text(option, value); });
  function("set_isa", +[](std::string isa) { port.set_isa(isa); });
  function("required_bytes", +[] { return port.required_bytes(); });
  function("create", &create);
  function("inject", +[](double agent, std::string modality, std::string fault, double magnitude, double seconds) { return port.inject(agent, modality, fault, magnitude, seconds); });
  function("happen", +[](std::string incident, double x, double y, double seconds) { return port.happen(incident, x, y, seconds); });
  function("rate", +[](std::uint32_t modality) { return port.rate(modality); });
  function("latency", +[](std::uint32_t modality) { return port.latency(modality); });
  function("columns", +[] { return port.columns(); });
  function("column", &column);
  function("name", +[](std::string of, std::uint32_t number) { return world::Port::name(of, number); });
  function("isa", +[] { return port.isa(); });
  function("error", +[](std::uint32_t part) { return port.error_part(part); });
}
// clang-format on
