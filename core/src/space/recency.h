// Which place was least recently seen: a list of all by when that was, oldest first. Time only goes forward, so whoever is seen
// goes to its end. Of several last seen at the same time, the lowest slot comes first, but the list keeps them in the order
// they were seen in; so they are sorted when they have become the oldest. By then time has passed them, and no more join.
#pragma once

#include "place_memory.h"

namespace sensorium::place_map {

// The list is a ring through a record of no place, behind the others: so that it has no ends to ask for. Before it is the
// newest, behind it the oldest.
inline std::uint32_t ring_end(const PlaceMemory& map) { return map.head.options.capacity; }
inline std::uint32_t oldest(const PlaceMemory& map) { return map.record(ring_end(map)).newer; }

inline void append_recency(const PlaceMemory& map, std::uint32_t slot) {
  PlaceRecord& place = map.record(slot);
  PlaceRecord& end = map.record(ring_end(map));
  place.older = end.older;
  place.newer = ring_end(map);
  map.record(end.older).newer = slot;
  end.older = slot;
}

inline void forget_recency(const PlaceMemory& map, const PlaceRecord& place) {
  map.record(place.older).newer = place.newer;
  map.record(place.newer).older = place.older;
}

// The place is seen now. Whether it already was is not asked: several agents may be in a place in any order, which a
// processor cannot foresee, and to link it again costs less than to guess wrong.
inline void touch_recency(const PlaceMemory& map, std::uint32_t slot) {
  PlaceRecord& place = map.record(slot);
  place.last_seen = map.head.now;
  forget_recency(map, place);
  append_recency(map, slot);
}

// The place to go when all slots are taken.
std::uint32_t least_recent(const PlaceMemory& map);

}  // namespace sensorium::place_map
