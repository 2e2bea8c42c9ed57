// How the map of places lies in its memory: a head, what agents remember, a record a place, and the tree.
#pragma once

#include "place_tree.h"
#include "sensorium/places.h"

namespace sensorium::place_map {

// The place an agent was in last. A place that has gone, or was replaced in its slot, has another generation.
struct AgentPlace {
  std::uint32_t slot;
  std::uint32_t generation;
};
// No place has this generation, so that no slot need be asked for first.
inline constexpr AgentPlace kInNoPlace = {.slot = 0, .generation = kNone};

// What is read and written of a place while an agent stays in it: with up to 4 features one cache line. The mean features
// follow it, in fours.
struct PlaceRecord {
  float position[3];
  std::uint32_t generation;  // goes up when the slot is reused; after 2^32 times an old id would be taken for a new one
  double last_seen;
  std::uint32_t visits;
  std::uint32_t weighed;  // observations in the mean, up to kMostWeighed
  // The list of all places by when they were last seen (recency.h).
  std::uint32_t older;
  std::uint32_t newer;

  float* features() { return reinterpret_cast<float*>(this + 1); }
  const float* features() const { return reinterpret_cast<const float*>(this + 1); }
};

struct PlacesHead {
  PlacesOptions options;
  float stay_limit;  // the largest squared distance that is still in a place; negative: nothing is
  float link_limit;  // the largest squared distance that links; negative: nothing does
  std::uint32_t agents;
  std::uint32_t features;
  std::uint32_t places;  // slots 0 .. places - 1 are alive: a slot once taken is only ever replaced
  std::uint32_t tick_made;
  std::uint32_t tick_gone;
  double now;          // the latest time seen
  double sorted_time;  // those at the list's old end that were last seen then are in order of their slots
  double cells_per_metre;
  std::uint64_t made;
  std::uint64_t gone;
  std::uint64_t record_stride;
  // Bytes from the head's start.
  std::uint64_t agent_places;
  std::uint64_t records;
  std::uint64_t founded;
  std::uint64_t nodes;
  std::uint64_t node_links;
  std::uint64_t leaf_links;
  std::uint64_t bytes;
  Branch root;
};

// The pointers of a map, made from its head's offsets for the time of a call.
class PlaceMemory {
 public:
  explicit PlaceMemory(std::byte* memory)
      : head(*reinterpret_cast<PlacesHead*>(memory)),
        agent_places(reinterpret_cast<AgentPlace*>(memory + head.agent_places)),
        founded(reinterpret_cast<double*>(memory + head.founded)),
        tree{.root = &head.root,
             .nodes = reinterpret_cast<Node*>(memory + head.nodes),
             .node_links = reinterpret_cast<std::uint32_t*>(memory + head.node_links),
             .leaf_links = reinterpret_cast<std::uint32_t*>(memory + head.leaf_links),
             .cells_per_metre = head.cells_per_metre},
        records_(memory + head.records),
        stride_(head.record_stride) {}

  PlaceRecord& record(std::uint32_t slot) const { return *reinterpret_cast<PlaceRecord*>(records_ + stride_ * slot); }

  static double id(const PlaceRecord& place, std::uint32_t slot) {
    return static_cast<double>(std::int64_t{place.generation} * kMaxPlaces + slot);
  }
  double id(std::uint32_t slot) const { return id(record(slot), slot); }

  // kNone where the id is none, has gone, or never was one.
  std::uint32_t slot(double id) const {
    constexpr double kEnd = 4294967296.0 * kMaxPlaces;
    if (!(id >= 0 && id < kEnd)) return kNone;
    const std::uint64_t whole = static_cast<std::uint64_t>(id);
    if (static_cast<double>(whole) != id) return kNone;
    const std::uint32_t at = static_cast<std::uint32_t>(whole % kMaxPlaces);
    return at < head.places && record(at).generation == whole / kMaxPlaces ? at : kNone;
  }

  PlacesHead& head;
  AgentPlace* agent_places;
  double* founded;
  PlaceTree tree;

 private:
  std::byte* records_;
  std::uint64_t stride_;
};

inline bool finite(float value) { return value - value == 0; }

// Limited to +-kFarthestPlace; -0 becomes 0, so that equal coordinates have equal bits. False where one is not finite.
inline bool read_position(const float* position, float* limited) {
  bool all_finite = true;
  for (int axis = 0; axis < 3; ++axis) {
    const float value = position[axis];
    all_finite = all_finite && finite(value);
    limited[axis] = (value < -kFarthestPlace  ? -kFarthestPlace
                     : value > kFarthestPlace ? kFarthestPlace
                                              : value) +
                    0.0f;
  }
  return all_finite;
}

}  // namespace sensorium::place_map
