// What tests of the world share.
#pragma once

#include "core/support.h"
#include "sensorium/world.h"

namespace sensorium::world::test {

using sensorium::test::isas;

// A world that must be there.
inline World make(const Options& options, std::string_view isa = {}) {
  Result<World> world = World::create(options, isa);
  if (!world) throw std::runtime_error(std::string(world.error().what.view()));
  return std::move(*world);
}

template <class T = float>
std::span<const T> column(const World& world, std::string_view name) {
  const Column* const found = world.find_column(name);
  if (!found) throw std::runtime_error("no column " + std::string(name));
  return {reinterpret_cast<const T*>(world.block().data() + found->offset), std::size_t{found->rows} * found->width};
}

inline constexpr std::string_view kAllWorlds[] = {"plaza", "warehouse", "forest"};

}  // namespace sensorium::world::test
