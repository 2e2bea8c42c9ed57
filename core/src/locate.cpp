#include "locate.h"

#include <cmath>

#include "stages/stages.h"
#include "store.h"

namespace sensorium {
namespace {

template <class T>
T* at(std::byte* block, std::uint64_t offset) {
  return offset ? reinterpret_cast<T*>(block + offset) : nullptr;
}

// The channels the user has made of what was found: readings like any other. An agent alone has no nearest distance to read.
void fill_channels(const NeighborPlan& near, std::byte* block, const SearchColumns& columns, std::uint32_t agents,
                   const NeighborColumns& found) {
  float* counts = at<float>(block, near.count_channel);
  float* distances = at<float>(block, near.distance_channel);
  for (std::uint32_t i = 0; (counts || distances) && i < agents; ++i) {
    if (!columns.active[i]) continue;
    const bool placed = std::isfinite(columns.x[i]) && std::isfinite(columns.y[i]) && std::isfinite(columns.z[i]);
    const float none = std::numeric_limits<float>::quiet_NaN();
    if (counts) counts[i] = placed ? static_cast<float>(found.count[i]) : none;
    if (distances) distances[i] = found.valid[i] ? found.distance[std::size_t{i} * near.k] : none;
  }
}

}  // namespace

void locate(const Plan& plan, std::byte* block, const Stages& stages, ParallelFor parallel_for, void* pool) {
  const NeighborPlan& near = plan.neighbors;
  const SearchColumns columns = {
      .x = at<float>(block, near.position[0]),
      .y = at<float>(block, near.position[1]),
      .z = at<float>(block, near.position[2]),
      .active = at<std::uint8_t>(block, plan.active),
      .radius = at<float>(block, near.radius_column),
      .heading = {at<float>(block, near.heading[0]), at<float>(block, near.heading[1]),
                  at<float>(block, near.heading[2])},
      .group = at<std::uint8_t>(block, near.group),
      .interest = at<std::uint32_t>(block, near.interest),
  };
  const SearchOptions options = {near.k, near.radius, near.cos_half_fov};
  const SearchMemory memory = {
      .keys = {at<std::uint32_t>(block, near.keys[0]), at<std::uint32_t>(block, near.keys[1])},
      .ids = {at<std::uint32_t>(block, near.ids[0]), at<std::uint32_t>(block, near.ids[1])},
      .y_strips = at<std::int32_t>(block, near.y_strips),
      .z_strips = at<std::int32_t>(block, near.z_strips),
      .sweep = at<float>(block, near.sweep),
      .y = at<float>(block, near.y),
      .z = at<float>(block, near.z),
      .agents = at<std::uint32_t>(block, near.sorted_agents),
      .groups = at<std::uint32_t>(block, near.sorted_groups),
      .strips = at<Strip>(block, near.strips),
  };
  const NeighborColumns found = {at<std::uint8_t>(block, near.count), at<std::uint8_t>(block, near.valid),
                                 at<std::int32_t>(block, near.index), at<float>(block, near.distance)};
  const Sorted sorted = sort_agents(plan.agents, columns, options, memory, found);

  struct Context {
    const Stages& stages;
    const Sorted& sorted;
    const SearchColumns& columns;
    const SearchOptions& options;
    const SearchMemory& memory;
    const NeighborColumns& found;
  } context = {stages, sorted, columns, options, memory, found};
  const auto search_some = [](void* pointer, std::uint32_t index) {
    const Context& c = *static_cast<const Context*>(pointer);
    const std::uint32_t first = index * kSearchRows;
    const std::uint32_t last = first + kSearchRows < c.sorted.count ? first + kSearchRows : c.sorted.count;
    c.stages.search(c.sorted, c.columns, c.options, c.memory, first, last, c.found);
  };
  parallel_for(pool, (sorted.count + kSearchRows - 1) / kSearchRows, search_some, &context);
  fill_channels(near, block, columns, plan.agents, found);
}

}  // namespace sensorium
