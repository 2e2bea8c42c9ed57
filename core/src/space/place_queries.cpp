// What is asked of the map without working memory.
#include <cmath>
#include <limits>

#include "place_memory.h"

namespace sensorium {

using namespace place_map;

namespace {

// The nearest places so far in the caller's columns: a heap with the furthest on top until finish(), slots in `ids` and squares in
// `distances`.
struct WithinHeap {
  double* ids;
  float* squares;
  std::uint32_t room;
  std::uint32_t size = 0;
  float limit;  // as in NearestPlaces
  std::uint32_t last = kNone;

  WithinHeap(double* out_ids, float* out_distances, std::uint32_t out_room, float furthest)
      : ids(out_ids), squares(out_distances), room(out_room), limit(out_room ? furthest : -1.0f) {}

  bool before(std::uint32_t a, float square, double slot) const {
    return squares[a] < square || (squares[a] == square && ids[a] < slot);
  }
  // Lets a value sink from `at` in a heap of `count`.
  void sink(std::uint32_t at, std::uint32_t count, float square, double slot) {
    for (std::uint32_t child; (child = 2 * at + 1) < count; at = child) {
      if (child + 1 < count && before(child, squares[child + 1], ids[child + 1])) ++child;
      if (before(child, square, slot)) break;
      squares[at] = squares[child];
      ids[at] = ids[child];
    }
    squares[at] = square;
    ids[at] = slot;
  }
  void add(std::uint32_t slot, float square) {
    if (size < room) {
      std::uint32_t at = size++;
      for (; at > 0 && before((at - 1) / 2, square, slot); at = (at - 1) / 2) {
        squares[at] = squares[(at - 1) / 2];
        ids[at] = ids[(at - 1) / 2];
      }
      squares[at] = square;
      ids[at] = slot;
    } else if (!before(0, square, slot)) {
      sink(0, size, square, slot);
    }
    if (size == room) {
      limit = squares[0];
      last = static_cast<std::uint32_t>(ids[0]);
    }
  }
  // Puts them in order, with ids and metres in place of slots and squares.
  void finish(const PlaceMemory& map) {
    for (std::uint32_t left = size; left > 1; --left) {
      const float square = squares[left - 1];
      const double slot = ids[left - 1];
      squares[left - 1] = squares[0];
      ids[left - 1] = ids[0];
      sink(0, left - 1, square, slot);
    }
    for (std::uint32_t i = 0; i < size; ++i) {
      squares[i] = std::sqrt(squares[i]);
      ids[i] = map.id(static_cast<std::uint32_t>(ids[i]));
    }
  }
};

// Counts all places with square <= limit, and writes the nearest; but not `self`, who is one of them unless kNone.
std::uint32_t find_within(const PlaceMemory& map, const float* position, float limit, std::uint32_t self, double* ids,
                          float* distances, std::uint32_t room) {
  if (!(limit >= 0)) return 0;
  WithinHeap found(ids, distances, room, limit);
  std::uint32_t count = 0;
  const auto visit = [&](std::uint32_t slot, float square) {
    ++count;
    if (room && slot != self) found.add(slot, square);
  };
  // Where none is wanted any more, a branch that lies wholly within counts as a whole.
  const auto keep = [&](const Branch& branch, std::uint32_t) {
    if (branch.is_place() || furthest_square(branch, position) > limit) return true;
    if (wanted(map.tree, branch, nearest_square(branch, position), found)) return true;
    count += branch.count;
    return false;
  };
  map.tree.visit_within(position, limit, keep, visit);
  found.finish(map);
  return self == kNone ? count : count - 1;
}

}  // namespace

std::uint32_t Places::nearest(const float position[3], std::uint32_t k, double* ids, float* distances) const {
  const PlaceMemory map(memory_);
  if (k > kMostNearestPlaces) k = kMostNearestPlaces;
  float at[3];
  NearestPlaces found(k, std::numeric_limits<float>::infinity());
  if (k && read_position(position, at)) search(map.tree, at, found);
  for (std::uint32_t i = 0; i < k; ++i) {
    ids[i] = i < found.size ? map.id(found.slots[i]) : kNoPlace;
    distances[i] = i < found.size ? std::sqrt(found.squares[i]) : -1.0f;
  }
  return found.size;
}

std::uint32_t Places::within(const float position[3], float radius, double* ids, float* distances,
                             std::uint32_t room) const {
  float at[3];
  if (!read_position(position, at) || !(radius >= 0)) return 0;
  return find_within(PlaceMemory(memory_), at, radius * radius, kNone, ids, distances, room);
}

void Places::nearest(std::uint32_t rows, const float* x, const float* y, const float* z, std::uint32_t k, double* ids,
                     float* distances, std::uint32_t* counts) const {
  if (k > kMostNearestPlaces) k = kMostNearestPlaces;
  for (std::size_t row = 0; row < rows; ++row) {
    const float position[3] = {x[row], y[row], z ? z[row] : 0};
    counts[row] = nearest(position, k, ids + row * k, distances + row * k);
  }
}

void Places::within(std::uint32_t rows, const float* x, const float* y, const float* z, float radius, double* ids,
                    float* distances, std::uint32_t room, std::uint32_t* counts) const {
  for (std::size_t row = 0; row < rows; ++row) {
    const float position[3] = {x[row], y[row], z ? z[row] : 0};
    counts[row] = room ? within(position, radius, ids + row * room, distances + row * room, room)
                       : within(position, radius, nullptr, nullptr, 0);
  }
}

std::uint32_t Places::links(double id, double* ids, float* distances, std::uint32_t room) const {
  const PlaceMemory map(memory_);
  const std::uint32_t slot = map.slot(id);
  if (slot == kNone) return 0;
  return find_within(map, map.record(slot).position, map.head.link_limit, slot, ids, distances, room);
}

std::uint64_t Places::link_count() const {
  const PlaceMemory map(memory_);
  const PlaceTree& tree = map.tree;
  const float limit = map.head.link_limit;
  if (tree.root->count < 2 || limit < 0) return 0;
  // Pairs of branches, of which one is divided until all or none of the pair's places are linked.
  struct Pair {
    const Branch* a;
    const Branch* b;
  } stack[4 * kDeepest + 4];  // a pair of the same branch twice leaves two behind at each level, any other one
  std::uint32_t size = 0;
  stack[size++] = {tree.root, tree.root};
  std::uint64_t count = 0;
  while (size) {
    const auto [a, b] = stack[--size];
    if (a == b) {
      if (a->is_place()) continue;
      if (furthest_square(*a, *a) <= limit) {
        count += std::uint64_t{a->count} * (a->count - 1) / 2;
        continue;
      }
      const Branch* branches = tree.nodes[a->index()].branches;
      stack[size++] = {branches, branches};
      stack[size++] = {branches + 1, branches + 1};
      stack[size++] = {branches, branches + 1};
      continue;
    }
    if (nearest_square(*a, *b) > limit) continue;
    if (furthest_square(*a, *b) <= limit) {
      count += std::uint64_t{a->count} * b->count;
      continue;
    }
    const bool divide_a = a->count > b->count;
    const Branch* divided = divide_a ? a : b;
    const Branch* other = divide_a ? b : a;
    const Branch* branches = tree.nodes[divided->index()].branches;
    stack[size++] = {branches, other};
    stack[size++] = {branches + 1, other};
  }
  return count;
}

double Places::mean_degree() const {
  const std::uint32_t places = PlaceMemory(memory_).head.places;
  return places ? 2 * static_cast<double>(link_count()) / places : 0;
}

std::uint32_t Places::export_columns(const PlaceColumns& columns) const {
  const PlaceMemory map(memory_);
  for (std::uint32_t slot = 0; slot < map.head.places; ++slot) {
    const PlaceRecord& place = map.record(slot);
    if (columns.id) columns.id[slot] = map.id(slot);
    if (columns.x) columns.x[slot] = place.position[0];
    if (columns.y) columns.y[slot] = place.position[1];
    if (columns.z) columns.z[slot] = place.position[2];
    if (columns.visits) columns.visits[slot] = place.visits;
    if (columns.last_seen) columns.last_seen[slot] = place.last_seen;
    if (columns.founded) columns.founded[slot] = map.founded[slot];
    for (std::uint32_t f = 0; columns.features && f < map.head.features; ++f) {
      columns.features[f * columns.feature_stride + slot] = place.features()[f];
    }
  }
  return map.head.places;
}

}  // namespace sensorium
