#include "recency.h"

namespace sensorium::place_map {
namespace {

std::uint32_t merge(const PlaceMemory& map, std::uint32_t a, std::uint32_t b) {
  std::uint32_t first = kNone;
  std::uint32_t* end = &first;
  while (a != kNone && b != kNone) {
    std::uint32_t& lower = a < b ? a : b;
    *end = lower;
    end = &map.record(lower).newer;
    lower = *end;
  }
  *end = a != kNone ? a : b;
  return first;
}

// Sorts by slot the places at the old end of the list that were last seen at the same time: merge sort, a list of 2^i in
// bin i. They were seen in that tick, which took longer than this does.
void sort_oldest(const PlaceMemory& map) {
  const std::uint32_t ring = ring_end(map);
  const std::uint32_t first = oldest(map);
  const double time = map.record(first).last_seen;
  std::uint32_t end = first;
  bool sorted = true;
  for (std::uint32_t last = first; end != ring && map.record(end).last_seen == time; end = map.record(end).newer) {
    sorted = sorted && last <= end;
    last = end;
  }
  map.head.sorted_time = time;
  if (sorted) return;
  std::uint32_t bins[21];
  std::uint32_t used = 0;
  for (std::uint32_t slot = first, next; slot != end; slot = next) {
    next = map.record(slot).newer;
    std::uint32_t list = slot;
    map.record(list).newer = kNone;
    std::uint32_t bin = 0;
    for (; bin < used && bins[bin] != kNone; ++bin) {
      list = merge(map, bins[bin], list);
      bins[bin] = kNone;
    }
    if (bin == used) ++used;
    bins[bin] = list;
  }
  std::uint32_t list = kNone;
  for (std::uint32_t bin = 0; bin < used; ++bin) list = merge(map, bins[bin], list);

  std::uint32_t last = ring;
  for (std::uint32_t slot = list; slot != kNone; slot = map.record(slot).newer) {
    map.record(last).newer = slot;
    map.record(slot).older = last;
    last = slot;
  }
  map.record(last).newer = end;
  map.record(end).older = last;
}

}  // namespace

std::uint32_t least_recent(const PlaceMemory& map) {
  const std::uint32_t first = oldest(map);
  const double time = map.record(first).last_seen;
  // Everything was seen just now, and more may be: all slots are taken, so the lowest of all is the first.
  if (time == map.head.now) return 0;
  if (time != map.head.sorted_time) sort_oldest(map);
  return oldest(map);
}

}  // namespace sensorium::place_map
