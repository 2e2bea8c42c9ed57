#include "sensorium/places.h"

#include <bit>
#include <cstring>
#include <limits>

#include "place_memory.h"
#include "recency.h"
#include "sensorium/types.h"

namespace sensorium {

using namespace place_map;

namespace {

PlacesOptions limited(const PlacesOptions& options) {
  // NaN is not above 0 either.
  const auto radius = [](float metres) {
    return metres > 0 ? metres < kFarthestPlace ? metres : kFarthestPlace : 0.0f;
  };
  return {.merge_radius = radius(options.merge_radius),
          .link_radius = radius(options.link_radius),
          .capacity = options.capacity < 1            ? 1
                      : options.capacity > kMaxPlaces ? kMaxPlaces
                                                      : options.capacity};
}

PlacesHead lay_out(const PlacesOptions& given, std::uint32_t agents, std::uint32_t features) {
  PlacesHead head = {};
  head.options = limited(given);
  head.stay_limit = head.options.merge_radius > 0 ? head.options.merge_radius * head.options.merge_radius : -1.0f;
  const float link_square = head.options.link_radius * head.options.link_radius;
  // d2 < l2 as d2 <= the next smaller number, which is what searches ask.
  head.link_limit = link_square > 0 ? std::bit_cast<float>(std::bit_cast<std::uint32_t>(link_square) - 1) : -1.0f;
  // About as many cells as the tree would have leaves; only how well it is shaped depends on it.
  const double cell = head.options.merge_radius > 0  ? head.options.merge_radius * 0.5
                      : head.options.link_radius > 0 ? head.options.link_radius / 64.0
                                                     : 1.0;
  head.cells_per_metre = 1 / cell;
  head.agents = agents;
  head.features = features < kMaxFeatures ? features : kMaxFeatures;
  head.now = -std::numeric_limits<double>::infinity();
  head.sorted_time = std::numeric_limits<double>::quiet_NaN();

  const std::uint64_t capacity = head.options.capacity;
  std::uint64_t end = 0;
  const auto take = [&end](std::uint64_t bytes) {
    const std::uint64_t at = end;
    end += (bytes + 63) / 64 * 64;
    return at;
  };
  // Features in fours. Whole cache lines, so that few records lie across two.
  head.record_stride = (sizeof(PlaceRecord) + (head.features + 3) / 4 * 4 * sizeof(float) + 63) / 64 * 64;
  take(sizeof(PlacesHead));
  head.agent_places = take(agents * sizeof(AgentPlace));
  head.records = take((capacity + 1) * head.record_stride);  // one is the list's end
  head.founded = take(capacity * sizeof(double));
  head.nodes = take((capacity - 1) * sizeof(Node));
  head.node_links = take((capacity - 1) * sizeof(std::uint32_t));
  head.leaf_links = take(capacity * sizeof(std::uint32_t));
  head.bytes = end;
  return head;
}

inline Four load(const float* from) {
  Four four;
  std::memcpy(&four, from, sizeof four);
  return four;
}

// Moves the mean towards what was sensed; what is not finite leaves it as it is. Features in fours, whose number is known when
// this is compiled, or 0 and `fours` is it.
template <std::uint32_t Known>
inline void weigh(PlaceRecord& place, const float* features, std::uint32_t fours) {
  const std::uint32_t weighed = place.weighed + (place.weighed < kMostWeighed ? 1 : 0);
  place.weighed = weighed;
  const float share = 1.0f / static_cast<float>(static_cast<std::int32_t>(weighed));
  float* mean = place.features();
  for (std::uint32_t i = 0; i < (Known ? Known : fours); ++i, mean += 4, features += 4) {
    const Four before = load(mean);
    const Four difference = load(features) - before;
    const FourMasks finite_ones = difference - difference == 0;
    const Four after = before + reinterpret_cast<Four>(reinterpret_cast<FourMasks>(difference) & finite_ones) * share;
    std::memcpy(mean, &after, sizeof after);
  }
}

// Rows that are observed together, and their features, row by row.
constexpr std::uint32_t kRows = 16;
struct Sensed {
  float features[kRows][kMaxFeatures];
};

// From columns to rows. Features beyond `count`, up to a multiple of 4, are 0.
inline void turn(const float* columns, std::size_t stride, std::uint32_t rows, std::uint32_t count, Sensed& sensed) {
  std::uint32_t f = 0;
  if (rows == kRows) {
    for (; f + 4 <= count; f += 4, columns += 4 * stride) {
      for (std::uint32_t r = 0; r < kRows; r += 4) {
        const Four a = load(columns + r), b = load(columns + stride + r), c = load(columns + 2 * stride + r),
                   d = load(columns + 3 * stride + r);
        const Four ab_low = __builtin_shufflevector(a, b, 0, 4, 1, 5),
                   ab_high = __builtin_shufflevector(a, b, 2, 6, 3, 7);
        const Four cd_low = __builtin_shufflevector(c, d, 0, 4, 1, 5),
                   cd_high = __builtin_shufflevector(c, d, 2, 6, 3, 7);
        const Four turned[4] = {__builtin_shufflevector(ab_low, cd_low, 0, 1, 4, 5),
                                __builtin_shufflevector(ab_low, cd_low, 2, 3, 6, 7),
                                __builtin_shufflevector(ab_high, cd_high, 0, 1, 4, 5),
                                __builtin_shufflevector(ab_high, cd_high, 2, 3, 6, 7)};
        for (std::uint32_t i = 0; i < 4; ++i) std::memcpy(&sensed.features[r + i][f], &turned[i], sizeof(Four));
      }
    }
  }
  for (; f < count; ++f, columns += stride) {
    for (std::uint32_t r = 0; r < rows; ++r) sensed.features[r][f] = columns[r];
  }
  for (; f % 4; ++f) {
    for (std::uint32_t r = 0; r < rows; ++r) sensed.features[r][f] = 0;
  }
}

// Whether an agent is still in the place it was in last. A position that is not finite, or not yet limited to where places
// can be, may be found not to be; limited, it is asked again (enter).
inline bool is_still_in(const PlaceRecord& place, const AgentPlace& last, float x, float y, float z, float limit) {
  const float dx = place.position[0] - x;
  const float dy = place.position[1] - y;
  const float dz = place.position[2] - z;
  return dx * dx + dy * dy + dz * dz <= limit && place.generation == last.generation;
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
    forget_recency(map, map.record(slot));
    node = map.tree.remove(slot);
    generation = map.record(slot).generation + 1;
    if (generation == kNone) generation = 0;
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

// An agent that is no longer where it was: who is near, or a new place. kNone where the position is not finite.
[[gnu::noinline]] std::uint32_t enter(const PlaceMemory& map, AgentPlace& last, const float* at) {
  float position[3];
  if (!read_position(at, position)) return kNone;
  if (is_still_in(map.record(last.slot), last, position[0], position[1], position[2], map.head.stay_limit)) {
    touch_recency(map, last.slot);
    return last.slot;
  }
  std::uint32_t slot = kNone;
  if (map.head.stay_limit >= 0) {
    NearestPlaces nearest(1, map.head.stay_limit);
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
  last = {.slot = slot, .generation = place.generation};
  return slot;
}

// Goes down the tree for all rows at once, to where their positions are or would be, for nothing but that the nodes are fetched at the
// same time: who comes into a place then searches among them.
[[gnu::noinline]] void fetch_ways(const PlaceMemory& map, const float* x, const float* y, const float* z,
                                  std::uint32_t rows) {
  const PlaceTree& tree = map.tree;
  if (map.head.places < 2) return;
  PlaceKey keys[kRows];
  const Branch* at[kRows];
  std::uint32_t count = 0;
  for (std::uint32_t r = 0; r < rows; ++r) {
    const float given[3] = {x[r], y[r], z[r]};
    float position[3];
    if (!read_position(given, position)) continue;
    keys[count] = tree.key(position, 0);
    at[count++] = tree.root;
  }
  for (bool below = true; below;) {
    below = false;
    for (std::uint32_t i = 0; i < count; ++i) {
      if (at[i]->is_place()) continue;
      at[i] = &tree.nodes[at[i]->index()].branches[keys[i].bit(at[i]->key_bit())];
      if (at[i]->is_place()) {
        __builtin_prefetch(&map.record(at[i]->index()), 1);
      } else {
        __builtin_prefetch(tree.nodes + at[i]->index());
        below = true;
      }
    }
  }
}

// Up to 16 rows from `first` on. What does not change from row to row is copied, since the compiler must think that it does.
// Returns how many were no longer where they were, of which `movers` is what to expect.
template <std::uint32_t Fours>
std::uint32_t observe_rows(const PlaceMemory map, const Observed& observed, std::uint32_t first, std::uint32_t rows,
                           std::uint32_t movers, double* ids) {
  const float kZeros[kRows] = {};
  AgentPlace* const last = map.agent_places + observed.first + first;
  const std::uint8_t* const active = observed.active ? observed.active + first : nullptr;
  const float* const x = observed.x + first;
  const float* const y = observed.y + first;
  const float* const z = observed.z ? observed.z + first : kZeros;
  const float limit = map.head.stay_limit;
  const std::uint32_t fours = (map.head.features + 3) / 4;
  ids += first;
  // Places lie anywhere: those of a block ahead are fetched at the same time.
  if (std::uint64_t{observed.first} + first + 2 * kRows <= map.head.agents) {
    for (std::uint32_t r = 0; r < kRows; ++r) __builtin_prefetch(&map.record(last[kRows + r].slot), 1);
  }
  // Where many came into a place just now, many will.
  if (movers >= kRows / 4) fetch_ways(map, x, y, z, rows);
  movers = 0;
  Sensed sensed;
  if (map.head.features) turn(observed.features + first, observed.feature_stride, rows, map.head.features, sensed);
  for (std::uint32_t r = 0; r < rows; ++r) {
    if (active && !active[r]) continue;
    std::uint32_t slot = last[r].slot;
    PlaceRecord* place = &map.record(slot);
    if (is_still_in(*place, last[r], x[r], y[r], z[r], limit)) {
      touch_recency(map, slot);
    } else {
      const float position[3] = {x[r], y[r], z[r]};
      ++movers;
      slot = enter(map, last[r], position);
      if (slot == kNone) {
        ids[r] = kNoPlace;
        continue;
      }
      place = &map.record(slot);
    }
    weigh<Fours>(*place, sensed.features[r], fours);
    ids[r] = PlaceMemory::id(*place, slot);
  }
  return movers;
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
  map.record(head.options.capacity).older = map.record(head.options.capacity).newer = head.options.capacity;
  for (std::uint32_t agent = 0; agent < agents; ++agent) map.agent_places[agent] = kInNoPlace;
  return Places(memory);
}

void Places::begin_tick() {
  PlacesHead& head = PlaceMemory(memory_).head;
  head.tick_made = head.tick_gone = 0;
}

void Places::observe(const Observed& observed, double seconds, double* ids) {
  const PlaceMemory map(memory_);
  pass_time(map.head, seconds);
  for (std::uint32_t first = 0; first < observed.rows; first += kRows) {
    const std::uint32_t left = observed.rows - first;
    const std::uint32_t rows = left < kRows ? left : kRows;
    if (map.head.features <= 4 && map.head.features > 0) {
      movers_ = observe_rows<1>(map, observed, first, rows, movers_, ids);
    } else {
      movers_ = observe_rows<0>(map, observed, first, rows, movers_, ids);
    }
  }
}

double Places::observe(std::uint32_t agent, const float position[3], const float* features, double seconds) {
  double id;
  observe({.first = agent,
           .rows = 1,
           .x = position,
           .y = position + 1,
           .z = position + 2,
           .features = features,
           .feature_stride = 1},
          seconds, &id);
  return id;
}

void Places::clear_agent(std::uint32_t agent) { PlaceMemory(memory_).agent_places[agent] = kInNoPlace; }

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
  return map.record(last.slot).generation == last.generation ? map.id(last.slot) : kNoPlace;
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
