// Which place was least recently seen: a list of all by when that was, oldest first. Time only goes forward, so whoever is seen
// goes to its end. Of several last seen at the same time, the lowest slot comes first, but the list keeps them in the order
// they were seen in; so they are sorted when they have become the oldest. By then time has passed them, and no more join.
#pragma once

#include "place_memory.h"

namespace sensorium::place_map {

inline void append_recency(const PlaceMemory& map, std::uint32_t slot) {
  PlacesHead& head = map.head;
  PlaceRecord& place = map.record(slot);
  place.older = head.newest;
  place.newer = kNone;
  (head.newest == kNone ? head.oldest : map.record(head.newest).newer) = slot;
  head.newest = slot;
}

inline void forget_recency(const PlaceMemory& map, std::uint32_t slot) {
  const PlaceRecord& place = map.record(slot);
  (place.older == kNone ? map.head.oldest : map.record(place.older).newer) = place.newer;
  (place.newer == kNone ? map.head.newest : map.record(place.newer).older) = place.older;
}

// The place is seen now.
inline void touch_recency(const PlaceMemory& map, std::uint32_t slot) {
  PlacesHead& head = map.head;
  PlaceRecord& place = map.record(slot);
  if (place.last_seen == head.now) return;
  place.last_seen = head.now;
  const std::uint32_t older = place.older, newer = place.newer;
  if (newer == kNone) return;
  (older == kNone ? head.oldest : map.record(older).newer) = newer;
  map.record(newer).older = older;
  map.record(head.newest).newer = slot;
  place.older = head.newest;
  place.newer = kNone;
  head.newest = slot;
}

// The place to go when all slots are taken.
std::uint32_t least_recent(const PlaceMemory& map);

}  // namespace sensorium::place_map
