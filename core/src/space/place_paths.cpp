// What is asked of the links as a graph: the shortest way, and what hangs together.
#include <cmath>
#include <cstring>

#include "place_memory.h"

namespace sensorium {

using namespace place_map;

namespace {

// Passes out the caller's working memory.
class Scratch {
 public:
  explicit Scratch(std::byte* memory) : next_(memory) {}
  template <class T>
  T* take(std::uint64_t count) {
    T* taken = reinterpret_cast<T*>(next_);
    next_ += (count * sizeof(T) + 7) / 8 * 8;
    return taken;
  }

 private:
  std::byte* next_;
};

// How many places below each branch have not been done with yet: a search passes over branches where none is left, so that to
// go over all links of a graph costs little more than to go over its places.
class Remaining {
 public:
  Remaining(const PlaceTree& tree, std::uint32_t* by_link) : tree_(tree), by_link_(by_link) {
    for (std::uint32_t node = 0; node + 1 < tree.root->count; ++node) {
      for (std::uint32_t side = 0; side < 2; ++side) by_link_[node * 2 + side] = tree.nodes[node].branches[side].count;
    }
  }
  bool operator()(const Branch&, std::uint32_t link) const { return link == kNone || by_link_[link]; }
  void done(std::uint32_t slot) {
    for (std::uint32_t link = tree_.leaf_links[slot]; link != kNone; link = tree_.node_links[link >> 1])
      --by_link_[link];
  }

 private:
  const PlaceTree& tree_;
  std::uint32_t* by_link_;
};

// The places that are known and not done with, the least estimate first, and of equal ones the lowest slot.
class OpenPlaces {
 public:
  OpenPlaces(std::uint32_t* heap, std::uint32_t* where, const double* estimates)
      : heap_(heap), where_(where), estimates_(estimates) {}

  bool empty() const { return size_ == 0; }
  void add(std::uint32_t slot) { rise(size_++, slot); }
  void improved(std::uint32_t slot) { rise(where_[slot], slot); }
  std::uint32_t take() {
    const std::uint32_t first = heap_[0];
    const std::uint32_t slot = heap_[--size_];
    std::uint32_t at = 0;
    for (std::uint32_t child; (child = 2 * at + 1) < size_; at = child) {
      if (child + 1 < size_ && before(heap_[child + 1], heap_[child])) ++child;
      if (!before(heap_[child], slot)) break;
      put(at, heap_[child]);
    }
    if (size_) put(at, slot);
    return first;
  }

 private:
  bool before(std::uint32_t a, std::uint32_t b) const {
    return estimates_[a] < estimates_[b] || (estimates_[a] == estimates_[b] && a < b);
  }
  void put(std::uint32_t at, std::uint32_t slot) {
    heap_[at] = slot;
    where_[slot] = at;
  }
  void rise(std::uint32_t at, std::uint32_t slot) {
    for (; at > 0 && before(slot, heap_[(at - 1) / 2]); at = (at - 1) / 2) put(at, heap_[(at - 1) / 2]);
    put(at, slot);
  }

  std::uint32_t* heap_;
  std::uint32_t* where_;
  const double* estimates_;
  std::uint32_t size_ = 0;
};

// Metres. In double precision, so that a long way is not longer or shorter for being added up.
double distance(const PlaceMemory& map, std::uint32_t a, std::uint32_t b) {
  const float* p = map.record(a).position;
  const float* q = map.record(b).position;
  const double dx = static_cast<double>(p[0]) - q[0];
  const double dy = static_cast<double>(p[1]) - q[1];
  const double dz = static_cast<double>(p[2]) - q[2];
  return std::sqrt(dx * dx + dy * dy + dz * dz);
}

}  // namespace

std::uint64_t places_scratch_bytes(std::uint32_t capacity) {
  constexpr std::uint64_t kPath = 2 * sizeof(double) + 5 * sizeof(std::uint32_t);
  return std::uint64_t{capacity} * kPath + 64;
}

PlacePath Places::path(double from_id, double to_id, double* ids, std::uint32_t room, std::byte* scratch) const {
  const PlaceMemory map(memory_);
  const std::uint32_t from = map.slot(from_id);
  const std::uint32_t to = map.slot(to_id);
  if (from == kNone || to == kNone) return {};
  Scratch memory(scratch);
  const std::uint32_t places = map.head.places;
  double* lengths = memory.take<double>(places);    // of the shortest way known from `from`
  double* estimates = memory.take<double>(places);  // of the way through here to `to`, at least
  std::uint32_t* before = memory.take<std::uint32_t>(places);
  std::uint32_t* heap = memory.take<std::uint32_t>(places);
  std::uint32_t* where = memory.take<std::uint32_t>(places);
  Remaining remaining(map.tree, memory.take<std::uint32_t>(2 * std::uint64_t{places}));
  std::memset(where, 0xFF, places * sizeof *where);

  OpenPlaces open(heap, where, estimates);
  lengths[from] = 0;
  estimates[from] = distance(map, from, to);
  before[from] = kNone;
  open.add(from);
  while (!open.empty()) {
    const std::uint32_t at = open.take();
    if (at == to) break;
    // The straight line is never longer than a way, so the shortest way here is known, and no link leads back here.
    remaining.done(at);
    map.tree.visit_within(map.record(at).position, map.head.link_limit, remaining, [&](std::uint32_t next, float) {
      if (next == at) return;
      const double length = lengths[at] + distance(map, at, next);
      const bool known = where[next] != kNone;
      if (known && length >= lengths[next]) return;
      lengths[next] = length;
      estimates[next] = length + distance(map, next, to);
      before[next] = at;
      known ? open.improved(next) : open.add(next);
    });
  }
  if (where[to] == kNone) return {};
  PlacePath path = {.places = 0, .length = lengths[to]};
  for (std::uint32_t slot = to; slot != kNone; slot = before[slot]) ++path.places;
  std::uint32_t index = path.places;
  for (std::uint32_t slot = to; slot != kNone; slot = before[slot]) {
    if (--index < room) ids[index] = map.id(slot);
  }
  return path;
}

std::uint32_t Places::components(std::uint32_t* labels, std::byte* scratch) const {
  const PlaceMemory map(memory_);
  const std::uint32_t places = map.head.places;
  Scratch memory(scratch);
  std::uint32_t* reached = memory.take<std::uint32_t>(places);
  Remaining remaining(map.tree, memory.take<std::uint32_t>(2 * std::uint64_t{places}));
  for (std::uint32_t slot = 0; slot < places; ++slot) labels[slot] = kNone;
  std::uint32_t count = 0;
  for (std::uint32_t first = 0; first < places; ++first) {
    if (labels[first] != kNone) continue;
    std::uint32_t size = 0;
    const auto reach = [&](std::uint32_t slot) {
      labels[slot] = count;
      remaining.done(slot);
      reached[size++] = slot;
    };
    reach(first);
    for (std::uint32_t i = 0; i < size; ++i) {
      map.tree.visit_within(map.record(reached[i]).position, map.head.link_limit, remaining,
                            [&](std::uint32_t slot, float) {
                              if (labels[slot] == kNone) reach(slot);
                            });
    }
    ++count;
  }
  return count;
}

}  // namespace sensorium
