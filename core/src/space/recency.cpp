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
  PlacesHead& head = map.head;
  const double time = map.record(head.oldest).last_seen;
  std::uint32_t bins[21];
  std::uint32_t used = 0;
  std::uint32_t next = head.oldest;
  bool sorted = true;
  for (std::uint32_t last = kNone; next != kNone && map.record(next).last_seen == time; next = map.record(next).newer) {
    sorted = sorted && (last == kNone || last < next);
    last = next;
  }
  head.sorted_time = time;
  if (sorted) return;
  const std::uint32_t end = next;
  for (std::uint32_t slot = head.oldest; slot != end; slot = next) {
    next = map.record(slot).newer;
    map.record(slot).newer = kNone;
    std::uint32_t bin = 0;
    for (; bin < used && bins[bin] != kNone; ++bin) {
      slot = merge(map, bins[bin], slot);
      bins[bin] = kNone;
    }
    if (bin == used) ++used;
    bins[bin] = slot;
  }
  std::uint32_t list = kNone;
  for (std::uint32_t bin = 0; bin < used; ++bin) list = merge(map, bins[bin], list);

  head.oldest = list;
  std::uint32_t last = kNone;
  for (std::uint32_t slot = list; slot != kNone; slot = map.record(slot).newer) {
    map.record(slot).older = last;
    last = slot;
  }
  map.record(last).newer = end;
  (end == kNone ? head.newest : map.record(end).older) = last;
}

}  // namespace

std::uint32_t least_recent(const PlaceMemory& map) {
  const PlacesHead& head = map.head;
  const double time = map.record(head.oldest).last_seen;
  // Everything was seen just now, and more may be: all slots are taken, so the lowest of all is the first.
  if (time == head.now) return 0;
  if (time != head.sorted_time) sort_oldest(map);
  return head.oldest;
}

}  // namespace sensorium::place_map
