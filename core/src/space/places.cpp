#include "sensorium/places.h"

#include <bit>
#include <cstring>
#include <limits>

#include "place_memory.h"
#include "recency.h"

namespace sensorium {

using namespace place_map;

namespace {

PlacesOptions limited(const PlacesOptions& options) {
  // NaN is not above 0 either.
  const auto radius = [](float metres) { return metres > 0 ? metres < kFarthestPlace ? metres : kFarthestPlace : 0.0f; };
  return {.merge_radius = radius(options.merge_radius),
          .link_radius = radius(options.link_radius),
          .capacity = options.capacity < 1 ? 1 : options.capacity > kMaxPlaces ? kMaxPlaces : options.capacity};
}

PlacesHead lay_out(const PlacesOptions& given, std::uint32_t agents, std::uint32_t features) {
  PlacesHead head = {};
  head.options = limited(given);
  head.merge_square = head.options.merge_radius * head.options.merge_radius;
  const float link_square = head.options.link_radius * head.options.link_radius;
  // d2 < l2 as d2 <= the next smaller number, which is what searches ask.
  head.link_limit = link_square > 0 ? std::bit_cast<float>(std::bit_cast<std::uint32_t>(link_square) - 1) : -1.0f;
  // About as many cells as the tree would have leaves; only how well it is shaped depends on it.
  const double cell = head.options.merge_radius > 0 ? head.options.merge_radius * 0.5 : head.options.link_radius > 0 ? head.options.link_radius / 64.0 : 1.0;
  head.cells_per_metre = 1 / cell;
  head.agents = agents;
  head.features = features;
  head.oldest = head.newest = kNone;
  head.now = -std::numeric_limits<double>::infinity();
  head.sorted_time = std::numeric_limits<double>::quiet_NaN();

  const std::uint64_t capacity = head.options.capacity;
  std::uint64_t end = 0;
  const auto take = [&end](std::uint64_t bytes) {
    const std::uint64_t at = end;
    end += (bytes + 63) / 64 * 64;
    return at;
  };
  // Whole cache lines, so that no record lies across two.
  head.record_stride = (sizeof(PlaceRecord) + features * sizeof(float) + 63) / 64 * 64;
  take(sizeof(PlacesHead));
  head.agent_places = take(agents * sizeof(AgentPlace));
  head.records = take(capacity * head.record_stride);
  head.founded = take(capacity * sizeof(double));
  head.nodes = take((capacity - 1) * sizeof(Node));
  head.node_links = take((capacity - 1) * sizeof(std::uint32_t));
  head.leaf_links = take(capacity * sizeof(std::uint32_t));
  head.bytes = end;
  return head;
}

// Moves the mean towards what was sensed; what is not finite leaves it as it is.
inline void weigh(PlaceRecord& place, const float* features, std::size_t stride, std::uint32_t count) {
  if (place.weighed < kMostWeighed) ++place.weighed;
  const float share = 1.0f / static_cast<float>(place.weighed);
  float* mean = place.features();
  for (std::uint32_t f = 0; f < count; ++f) {
    const float difference = features[f * stride] - mean[f];
    mean[f] += (finite(difference) ? difference : 0.0f) * share;
  }
}

inline float square_of(const PlaceRecord& place, const float* position) {
  const float dx = place.position[0] - position[0];
  const float dy = place.position[1] - position[1];
  const float dz = place.position[2] - position[2];
  return dx * dx + dy * dy + dz * dz;
}

// A place for a position where there is none: in a new slot, or in that of the least recently seen.
std::uint32_t found(const PlaceMemory& map, const float* position) {
  PlacesHead& head = map.head;
  std::uint32_t slot = head.places;
  std::uint32_t node = slot - 1;
  std::uint32_t generation = 0;
  if (slot < head.options.capacity) {
    ++head.places;
  } else {
    slot = least_recent(map);
    forget_recency(map, slot);
    node = map.tree.remove(slot);
    generation = map.record(slot).generation + 1;
    ++head.gone;
    ++head.tick_gone;
  }
  PlaceRecord& place = map.record(slot);
  std::memset(static_cast<void*>(&place), 0, head.record_stride);
  for (int axis = 0; axis < 3; ++axis) place.position[axis] = position[axis];
  place.generation = generation;
  place.last_seen = head.now;
  map.founded[slot] = head.now;
  append_recency(map, slot);
  map.tree.insert(slot, position, node);
  ++head.made;
  ++head.tick_made;
  return slot;
}

// An agent that is no longer where it was: who is near, or a new place.
[[gnu::noinline]] std::uint32_t enter(const PlaceMemory& map, const float* position) {
  std::uint32_t slot = kNone;
  if (map.head.options.merge_radius > 0) {
    NearestPlaces nearest(1, map.head.merge_square);
    search(map.tree, position, nearest);
    if (nearest.size) slot = nearest.slots[0];
  }
  if (slot == kNone) {
    slot = found(map, position);
  } else {
    touch_recency(map, slot);
  }
  PlaceRecord& place = map.record(slot);
  if (place.visits < kNone) ++place.visits;
  return slot;
}

inline double observe_one(const PlaceMemory& map, std::uint32_t agent, const float* at, const float* features, std::size_t stride) {
  float position[3];
  if (!read_position(at, position)) return kNoPlace;
  AgentPlace& last = map.agent_places[agent];
  std::uint32_t slot = last.slot;
  if (slot != kNone && map.head.options.merge_radius > 0 && map.record(slot).generation == last.generation &&
      square_of(map.record(slot), position) <= map.head.merge_square) {
    touch_recency(map, slot);
  } else {
    slot = enter(map, position);
    last = {.slot = slot, .generation = map.record(slot).generation};
  }
  weigh(map.record(slot), features, stride, map.head.features);
  return map.id(slot);
}

inline void pass_time(PlacesHead& head, double seconds) {
  if (seconds > head.now) head.now = seconds;
}

}  // namespace

std::uint64_t places_bytes(const PlacesOptions& options, std::uint32_t agents, std::uint32_t features) {
  return lay_out(options, agents, features).bytes;
}

Places Places::create(std::byte* memory, const PlacesOptions& options, std::uint32_t agents, std::uint32_t features) {
  const PlacesHead head = lay_out(options, agents, features);
  // Zeroed, so that equal maps are equal bytes.
  std::memset(memory, 0, head.bytes);
  std::memcpy(memory, &head, sizeof head);
  const PlaceMemory map(memory);
  for (std::uint32_t agent = 0; agent < agents; ++agent) map.agent_places[agent] = {.slot = kNone, .generation = 0};
  return Places(memory);
}

void Places::begin_tick() {
  PlacesHead& head = PlaceMemory(memory_).head;
  head.tick_made = head.tick_gone = 0;
}

void Places::observe(const Observed& observed, double seconds, double* ids) {
  const PlaceMemory map(memory_);
  pass_time(map.head, seconds);
  // Places lie anywhere: fetched some rows ahead, many are fetched at the same time.
  constexpr std::uint32_t kAhead = 16;
  const auto fetch = [&](std::uint32_t row) {
    const std::uint32_t slot = map.agent_places[observed.first + row].slot;
    if (slot != kNone) __builtin_prefetch(&map.record(slot), 1);
  };
  for (std::uint32_t row = 0; row < observed.rows && row < kAhead; ++row) fetch(row);
  for (std::uint32_t row = 0; row < observed.rows; ++row) {
    if (row + kAhead < observed.rows) fetch(row + kAhead);
    if (observed.active && !observed.active[row]) continue;
    const float position[3] = {observed.x[row], observed.y[row], observed.z ? observed.z[row] : 0};
    ids[row] = observe_one(map, observed.first + row, position, observed.features + row, observed.feature_stride);
  }
}

double Places::observe(std::uint32_t agent, const float position[3], const float* features, double seconds) {
  const PlaceMemory map(memory_);
  pass_time(map.head, seconds);
  return observe_one(map, agent, position, features, 1);
}

void Places::clear_agent(std::uint32_t agent) { PlaceMemory(memory_).agent_places[agent].slot = kNone; }

PlacesCounts Places::counts() const {
  const PlacesHead& head = PlaceMemory(memory_).head;
  return {.places = head.places,
          .tick_made = head.tick_made,
          .tick_gone = head.tick_gone,
          .made = static_cast<double>(head.made),
          .gone = static_cast<double>(head.gone)};
}

double Places::place_of(std::uint32_t agent) const {
  const PlaceMemory map(memory_);
  const AgentPlace& last = map.agent_places[agent];
  return last.slot != kNone && map.record(last.slot).generation == last.generation ? map.id(last.slot) : kNoPlace;
}

Place Places::place(double id) const {
  const PlaceMemory map(memory_);
  const std::uint32_t slot = map.slot(id);
  if (slot == kNone) return {};
  const PlaceRecord& record = map.record(slot);
  return {.id = id,
          .position = {record.position[0], record.position[1], record.position[2]},
          .visits = record.visits,
          .last_seen = record.last_seen,
          .founded = map.founded[slot],
          .features = {record.features(), map.head.features}};
}

}  // namespace sensorium
