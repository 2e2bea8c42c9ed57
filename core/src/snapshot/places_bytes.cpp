#include "places_bytes.h"

#include <cmath>

#include "../format.h"
#include "../space/place_memory.h"
#include "../space/recency.h"

namespace sensorium {

using namespace place_map;

namespace {

struct MapHead {
  std::uint32_t places;
  std::uint32_t agents;
  std::uint32_t features;
  std::uint32_t unused;
  double now;          // -infinity where no time has passed
  double sorted_time;  // NaN where nothing was sorted
  std::uint64_t made;
  std::uint64_t gone;
  std::uint32_t tick_made;
  std::uint32_t tick_gone;
};

struct Entry {
  std::uint32_t slot;
  float position[3];
  std::uint32_t generation;
  std::uint32_t visits;
  std::uint32_t weighed;
  std::uint32_t unused;
  double founded;
};

struct Seen {
  double time;
  std::uint32_t slot;
  std::uint32_t unused;
};

std::size_t entry_bytes(std::uint32_t features) { return sizeof(Entry) + (features + 1) / 2 * 2 * sizeof(float); }

std::uint64_t saved_bytes(const Plan& plan, std::uint64_t places) {
  return sizeof(MapHead) + plan.agents * sizeof(AgentPlace) + places * (entry_bytes(plan.feature_count) + sizeof(Seen));
}

PlaceMemory map_of(const Plan& plan, std::byte* block) { return PlaceMemory(block + plan.map.memory); }

Error impossible(std::string_view where, std::string_view expected, std::string_view got) {
  return make_error(ErrorCode::bad_snapshot, "The snapshot's map of places cannot be", where, expected, got);
}

// Which slots have been named: each may be once.
class Slots {
 public:
  Slots(std::byte* memory, std::uint32_t count) : bits_(reinterpret_cast<std::uint64_t*>(memory)), count_(count) {
    std::memset(memory, 0, (std::size_t{count} + 63) / 64 * 8);
  }
  bool add(std::uint32_t slot) {
    if (slot >= count_) return false;
    const std::uint64_t bit = std::uint64_t{1} << slot % 64;
    const bool fresh = !(bits_[slot / 64] & bit);
    bits_[slot / 64] |= bit;
    return fresh;
  }

 private:
  std::uint64_t* bits_;
  std::uint32_t count_;
};

// A tree of places that come in the order of their keys. What is not yet complete hangs on the stack: nodes
// whose first branch is, each below the one before, the last of them waiting for its second.
class TreeBuilder {
 public:
  explicit TreeBuilder(const PlaceTree& tree) : tree_(tree) {}

  void add(std::uint32_t slot, const float* position) {
    const PlaceKey key = tree_.key(position, slot);
    const Branch own = place_branch(slot, position);
    if (count_ > 0) {
      const std::uint32_t differing = first_difference(last_key_, key);
      while (size_ > 0 && stack_[size_ - 1].key_bit > differing) close();
      const std::uint32_t node = count_ - 1;
      set(node, 0);
      stack_[size_++] = {node, differing};
    }
    complete_ = own;
    last_key_ = key;
    ++count_;
  }
  void finish() {
    while (size_ > 0) close();
    *tree_.root = count_ ? complete_ : Branch{};
    if (count_) tree_.hang(complete_, kNone);
  }

 private:
  struct Open {
    std::uint32_t node;
    std::uint32_t key_bit;
  };
  void set(std::uint32_t node, std::uint32_t side) {
    tree_.nodes[node].branches[side] = complete_;
    tree_.hang(complete_, node * 2 + side);
  }
  // The lowest open node has its second branch, and is complete itself.
  void close() {
    const Open open = stack_[--size_];
    set(open.node, 1);
    complete_ = node_branch(tree_.nodes[open.node], open.node, open.key_bit);
  }

  const PlaceTree& tree_;
  PlaceKey last_key_ = {};
  Branch complete_ = {};  // the last place, or what it has become part of
  Open stack_[kDeepest + 2];
  std::uint32_t size_ = 0;
  std::uint32_t count_ = 0;
};

bool before(const PlaceKey& a, const PlaceKey& b) {
  const std::uint32_t differing = first_difference(a, b);
  return differing != kNone && b.bit(differing);
}

Error check_entry(const Entry& entry) {
  for (const float coordinate : entry.position) {
    // -0 is no coordinate of a place: the bits of equal ones are equal.
    const bool known =
        std::fabs(coordinate) <= kFarthestPlace && std::bit_cast<std::uint32_t>(coordinate) != 0x80000000u;
    if (!known) return impossible("position", "coordinates of at most 1e18 m", Words() << coordinate);
  }
  if (entry.generation == kNone || entry.weighed > kMostWeighed) {
    return impossible("place", Words() << "a generation and at most " << kMostWeighed << " observations",
                      Words() << entry.weighed);
  }
  if (!std::isfinite(entry.founded)) return impossible("founded", "finite seconds", Words() << entry.founded);
  return {};
}

}  // namespace

std::uint64_t places_saved_bytes(const Plan& plan, const std::byte* block) {
  return saved_bytes(plan, map_of(plan, const_cast<std::byte*>(block)).head.places);
}

std::uint64_t most_places_saved_bytes(const Plan& plan) { return saved_bytes(plan, plan.map.capacity); }

void write_places(const Plan& plan, std::byte* block, SnapshotWriter& writer) {
  const PlaceMemory map = map_of(plan, block);
  const PlacesHead& head = map.head;
  writer.put(MapHead{head.places, head.agents, head.features, 0, head.now, head.sorted_time, head.made, head.gone,
                     head.tick_made, head.tick_gone});
  writer.put(map.agent_places, head.agents * sizeof(AgentPlace));

  const std::size_t bytes = entry_bytes(head.features);
  std::uint32_t stack[kDeepest + 2];
  std::uint32_t size = 0;
  if (head.places) stack[size++] = kNone;
  while (size) {
    const Branch& at = map.tree.branch(stack[--size]);
    if (!at.is_place()) {
      const std::uint32_t node = at.index();
      // Places lie anywhere: both are fetched while the first is written. (A node's number is some place's
      // too; to fetch that does no harm.)
      for (const Branch& below : map.tree.nodes[node].branches) __builtin_prefetch(&map.record(below.index()));
      stack[size++] = node * 2 + 1;
      stack[size++] = node * 2;
      continue;
    }
    const std::uint32_t slot = at.index();
    const PlaceRecord& place = map.record(slot);
    const Entry entry = {.slot = slot,
                         .position = {place.position[0], place.position[1], place.position[2]},
                         .generation = place.generation,
                         .visits = place.visits,
                         .weighed = place.weighed,
                         .unused = 0,
                         .founded = map.founded[slot]};
    std::byte* to = writer.next(bytes);
    std::memcpy(to, &entry, sizeof entry);
    // In fours in the record, so there is a 0 behind an odd number. In twos, for which no function is called.
    for (std::size_t twos = 0; twos < bytes - sizeof entry; twos += 8)
      std::memcpy(to + sizeof entry + twos, place.features() + twos / 4, 8);
  }
  for (std::uint32_t slot = oldest(map); slot != ring_end(map); slot = map.record(slot).newer) {
    writer.put(Seen{map.record(slot).last_seen, slot, 0});
  }
}

Error check_places(const Plan& plan, std::byte* block, SnapshotReader& reader, std::uint64_t bytes) {
  const PlaceMemory map = map_of(plan, block);
  const auto cut = [&](std::uint64_t expected) {
    return impossible("map", Words() << expected << " bytes", Words() << bytes << " bytes");
  };
  MapHead head;
  if (bytes < sizeof head || !reader.take(head)) return cut(sizeof head);
  if (head.agents != plan.agents || head.features != plan.feature_count || head.places > plan.map.capacity) {
    return impossible("map",
                      Words() << plan.agents << " agents, " << plan.feature_count << " features, at most "
                              << plan.map.capacity << " places",
                      Words() << head.agents << ", " << head.features << " and " << head.places);
  }
  if (bytes != saved_bytes(plan, head.places)) return cut(saved_bytes(plan, head.places));
  if (std::isnan(head.now) || head.now > std::numeric_limits<double>::max() ||
      (head.places && !std::isfinite(head.now)) || std::isinf(head.sorted_time)) {
    return impossible("map", "a time", Words() << head.now << " and " << head.sorted_time);
  }
  constexpr std::uint64_t kMost = std::uint64_t{1} << 53;
  if (head.made > kMost || head.gone > head.made || head.made - head.gone != head.places ||
      head.tick_made > head.made || head.tick_gone > head.gone) {
    return impossible("map", "as many places as were founded and are not gone",
                      Words() << head.places << " of " << head.made << " without " << head.gone);
  }
  for (std::uint32_t agent = 0; agent < plan.agents; ++agent) {
    AgentPlace place;
    reader.take(place);
    if (place.slot < head.places || (place.slot == 0 && place.generation == kNone)) continue;
    return impossible("map", "agents in places that there are",
                      Words() << "agent " << agent << " in slot " << place.slot);
  }
  std::byte* const scratch = block + plan.map.exchange.scratch;
  Slots slots(scratch, head.places);
  PlaceKey last = {};
  for (std::uint32_t i = 0; i < head.places; ++i) {
    const std::byte* at = reader.next(entry_bytes(head.features));
    Entry entry;
    std::memcpy(&entry, at, sizeof entry);
    if (Error error = check_entry(entry)) return error;
    for (std::uint32_t f = 0; f < head.features; ++f) {
      float mean;
      std::memcpy(&mean, at + sizeof entry + f * sizeof mean, sizeof mean);
      if (!(std::fabs(mean) <= 1.001f * kSaturation))
        return impossible("features", "means of at most 1e9", Words() << mean);
    }
    if (!slots.add(entry.slot)) return impossible("slot", "each slot once", Words() << entry.slot);
    const PlaceKey key = map.tree.key(entry.position, entry.slot);
    if (i > 0 && !before(last, key))
      return impossible("map", "places in the order of their keys",
                        Words() << "slot " << entry.slot << " out of order");
    last = key;
  }
  slots = Slots(scratch, head.places);
  double earlier = -std::numeric_limits<double>::infinity();
  for (std::uint32_t i = 0; i < head.places; ++i) {
    Seen seen;
    reader.take(seen);
    if (!slots.add(seen.slot)) return impossible("slot", "each slot once", Words() << seen.slot);
    if (!(seen.time >= earlier && seen.time <= head.now)) {
      return impossible("last_seen", Words() << earlier << " to " << head.now << " s", Words() << seen.time << " s");
    }
    earlier = seen.time;
  }
  return {};
}

void read_places(const Plan& plan, std::byte* block, SnapshotReader& reader) {
  const PlaceMemory map = map_of(plan, block);
  MapHead head;
  reader.take(head);
  map.head.places = head.places;
  map.head.now = head.now;
  map.head.sorted_time = head.sorted_time;
  map.head.made = head.made;
  map.head.gone = head.gone;
  map.head.tick_made = head.tick_made;
  map.head.tick_gone = head.tick_gone;
  reader.copy(map.agent_places, head.agents * sizeof(AgentPlace));

  TreeBuilder tree(map.tree);
  for (std::uint32_t i = 0; i < head.places; ++i) {
    const std::byte* at = reader.next(entry_bytes(head.features));
    Entry entry;
    std::memcpy(&entry, at, sizeof entry);
    PlaceRecord& place = map.record(entry.slot);
    std::memset(static_cast<void*>(&place), 0, map.head.record_stride);
    std::memcpy(place.position, entry.position, sizeof entry.position);
    place.generation = entry.generation;
    place.visits = entry.visits;
    place.weighed = entry.weighed;
    std::memcpy(place.features(), at + sizeof entry, head.features * sizeof(float));
    map.founded[entry.slot] = entry.founded;
    tree.add(entry.slot, entry.position);
  }
  tree.finish();

  PlaceRecord& end = map.record(ring_end(map));
  end.older = end.newer = ring_end(map);
  for (std::uint32_t i = 0; i < head.places; ++i) {
    Seen seen = {};
    reader.take(seen);
    map.record(seen.slot).last_seen = seen.time;
    append_recency(map, seen.slot);
  }
}

}  // namespace sensorium
