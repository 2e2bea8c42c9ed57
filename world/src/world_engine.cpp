#include "sensorium/world_engine.h"

#include <cstring>

namespace sensorium::world {
namespace {

bool may_know(std::string_view name) {
  return name.starts_with("sensors.") || name.starts_with("position.") || name.starts_with("heading.");
}

}  // namespace

Error write_to(const World& world, Engine& engine) {
  if (engine.agents() != world.agents()) {
    return Error{ErrorCode::wrong_count, "The engine has another number of agents than the world", "agents",
                 "the same number", "another"};
  }
  for (const Column& to : engine.layout()) {
    if (!may_know(to.name.view())) continue;
    const Column* const from = world.find_column(to.name.view());
    if (!from || from->type != to.type) continue;
    const std::size_t bytes = std::size_t{to.rows} * (to.type == ElementType::f64 ? 8 : 4);
    std::memcpy(engine.block().data() + to.offset, world.block().data() + from->offset, bytes);
  }
  return {};
}

}  // namespace sensorium::world
