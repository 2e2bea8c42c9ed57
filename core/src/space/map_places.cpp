#include "map_places.h"

#include "../store.h"

namespace sensorium {

PlacesOptions places_options(const Plan& plan) {
  return {.merge_radius = plan.map.merge_radius, .link_radius = plan.map.link_radius, .capacity = plan.map.capacity};
}

void create_map(const Plan& plan, std::byte* block) {
  if (plan.map.capacity) Places::create(block + plan.map.memory, places_options(plan), plan.agents, plan.feature_count);
}

void map_places(const Plan& plan, std::byte* block, double seconds) {
  Places places(block + plan.map.memory);
  places.begin_tick();
  for (std::uint32_t t = 0; t < plan.tiles; ++t) {
    const Tile tile(plan, block, t);
    if (!tile.head().active) continue;
    const std::uint32_t first = t * kTileRows;
    Observed observed = {.first = first,
                         .rows = plan.agents - first < kTileRows ? plan.agents - first : kTileRows,
                         .active = plane<std::uint8_t>(block, plan.active, t),
                         .features = tile.features(),
                         .feature_stride = kTileRows};
    float from_features[3][kTileRows];
    if (plan.map.from_features) {
      // The classic system's: a place of what is sensed rather than of where one is.
      constexpr float kMetres[3] = {100, 100, 10};
      for (std::uint32_t axis = 0; axis < 3; ++axis) {
        for (std::uint32_t row = 0; row < kTileRows; ++row) {
          from_features[axis][row] = axis < plan.feature_count ? kMetres[axis] * tile.feature(axis)[row] : 0;
        }
      }
      observed.x = from_features[0];
      observed.y = from_features[1];
      observed.z = from_features[2];
    } else {
      observed.x = plane<float>(block, plan.neighbors.position[0], t);
      observed.y = plane<float>(block, plan.neighbors.position[1], t);
      observed.z = plane<float>(block, plan.neighbors.position[2], t);
    }
    places.observe(observed, seconds, plane<double>(block, plan.map.id, t));
  }
  const PlacesCounts counts = places.counts();
  *plane<double>(block, plan.map.places, 0) = counts.places;
  *plane<double>(block, plan.map.made, 0) = counts.tick_made;
  *plane<double>(block, plan.map.gone, 0) = counts.tick_gone;
}

}  // namespace sensorium
