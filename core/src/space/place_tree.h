// The tree of places: a binary tree over the bits of a key made of a place's position, every node with the tight box
// around what is below it.
//
// Why a tree and no hashed grid: it has no cell that must suit the merge radius, the link radius and the density at once; it is exact for any
// coordinates, since a box bounds what is in it and pruning by it needs no margin; it has no collisions, and exactly one
// node less than places. What a search costs depends on what is near, but for the way down to it: log2 of the number of places.
//
// The key is the interleaved bits of the position as cells of a grid (so that boxes are about as long as wide), then those
// of the position itself, then of the slot: no two keys are equal. The key decides how well the tree is shaped, never what a search finds.
// Since it depends on nothing else, the tree is the same for the same places, in whatever order they came.
#pragma once

#include <bit>
#include <cstdint>
#include <cstring>

namespace sensorium::place_map {

inline constexpr std::uint32_t kNone = 0xFFFFFFFFu;

// What hangs below one side of a node: a place (its box is its position) or another node.
struct Branch {
  float low[3];
  // Bit 31: a place; bits 20 .. 28: the key bit by which the node divides; bits 0 .. 19: slot or node
  std::uint32_t what;
  float high[3];
  std::uint32_t count;  // of the places below

  bool is_place() const { return what >> 31; }
  std::uint32_t index() const { return what & 0xFFFFFu; }
  std::uint32_t key_bit() const { return what >> 20 & 0x1FFu; }
  bool is_point() const { return low[0] == high[0] && low[1] == high[1] && low[2] == high[2]; }
};

struct alignas(64) Node {
  Branch branches[2];
};

// 64 levels of cells and of positions for each axis, then 20 of the slot, and at each the depth grows by at most one.
inline constexpr std::uint32_t kDeepest = 3 * 64 + 20;

// The key, and its bits by number: level * 4 + axis; from level 64 on those of the slot.
struct PlaceKey {
  std::uint64_t words[4];

  std::uint32_t bit(std::uint32_t number) const {
    return static_cast<std::uint32_t>(words[number & 3] >> ((63 - (number >> 2)) & 63)) & 1;
  }
};

// The number of the first bit in which two keys differ; kNone where they are equal.
std::uint32_t first_difference(const PlaceKey& a, const PlaceKey& b);

// What hangs where a place is, and where a node is whose branches are complete.
Branch place_branch(std::uint32_t slot, const float* position);
Branch node_branch(const Node& node, std::uint32_t index, std::uint32_t key_bit);

// The squared distance from a position to the nearest point of a box, or to a place. Every operation is monotone also as
// rounded to f32, so this is no more than the squared distance of any place in the box as f32 gives it.
inline float nearest_square(const Branch& box, const float* position) {
  float sum = 0;
  for (int axis = 0; axis < 3; ++axis) {
    const float before = box.low[axis] - position[axis];
    const float behind = position[axis] - box.high[axis];
    float d = before > behind ? before : behind;
    d = d > 0 ? d : 0;
    sum = axis == 0 ? d * d : sum + d * d;
  }
  return sum;
}

// Four coordinates at a time, of which the last is nobody's.
typedef float Four __attribute__((vector_size(16)));
typedef std::int32_t FourMasks __attribute__((vector_size(16)));

// nearest_square() for both branches of a node: the same operations, so the same bits.
inline void nearest_squares(const Node& node, Four position, float* squares) {
  constexpr FourMasks kAxes = {-1, -1, -1, 0};
  for (int side = 0; side < 2; ++side) {
    Four low, high;
    std::memcpy(&low, node.branches[side].low, sizeof low);
    std::memcpy(&high, node.branches[side].high, sizeof high);
    const Four before = low - position, behind = position - high;
    Four d = before > behind ? before : behind;
    d = d > 0 ? d : Four{};
    // Before it is squared: behind the corners are whole numbers, which as floats are so small that a processor takes long.
    d = reinterpret_cast<Four>(reinterpret_cast<FourMasks>(d) & kAxes);
    d = d * d;
    squares[side] = d[0] + d[1] + d[2];
  }
}

// The same to the furthest point.
inline float furthest_square(const Branch& box, const float* position) {
  float sum = 0;
  for (int axis = 0; axis < 3; ++axis) {
    const float before = position[axis] - box.low[axis];
    const float behind = box.high[axis] - position[axis];
    const float d = before > behind ? before : behind;
    sum = axis == 0 ? d * d : sum + d * d;
  }
  return sum;
}

// The least and the largest squared distance between any two places of two boxes, or bounds of them.
inline float nearest_square(const Branch& a, const Branch& b) {
  float sum = 0;
  for (int axis = 0; axis < 3; ++axis) {
    const float before = a.low[axis] - b.high[axis];
    const float behind = b.low[axis] - a.high[axis];
    float d = before > behind ? before : behind;
    d = d > 0 ? d : 0;
    sum = axis == 0 ? d * d : sum + d * d;
  }
  return sum;
}
inline float furthest_square(const Branch& a, const Branch& b) {
  float sum = 0;
  for (int axis = 0; axis < 3; ++axis) {
    const float before = a.high[axis] - b.low[axis];
    const float behind = b.high[axis] - a.low[axis];
    const float d = before > behind ? before : behind;
    sum = axis == 0 ? d * d : sum + d * d;
  }
  return sum;
}

// A view of the tree: everything it keeps is in the map's memory.
struct PlaceTree {
  Branch* root;  // count 0: empty
  Node* nodes;
  std::uint32_t* node_links;  // where a node hangs: parent node * 2 + side, or kNone below the root
  std::uint32_t* leaf_links;  // the same by slot
  double cells_per_metre;     // of the key's grid

  PlaceKey key(const float* position, std::uint32_t slot) const;
  // Puts a place in, with a node that is not in use (none is needed for the first place).
  void insert(std::uint32_t slot, const float* position, std::uint32_t node) const;
  // Takes a place out, and returns the node that is then free (kNone after the last place).
  std::uint32_t remove(std::uint32_t slot) const;

  // Notes where a branch hangs.
  void hang(const Branch& what, std::uint32_t link) const {
    (what.is_place() ? leaf_links : node_links)[what.index()] = link;
  }
  Branch& branch(std::uint32_t link) const { return link == kNone ? *root : nodes[link >> 1].branches[link & 1]; }

  // Calls visit(slot, square) for every place with square <= limit, in the tree's order; `keep(branch)` may pass over branches.
  template <class Keep, class Visit>
  void visit_within(const float* position, float limit, const Keep& keep, const Visit& visit) const {
    if (root->count == 0) return;
    std::uint32_t stack[kDeepest + 2];
    std::uint32_t size = 0;
    stack[size++] = kNone;
    while (size) {
      const std::uint32_t link = stack[--size];
      const Branch& at = branch(link);
      if (!keep(at, link)) continue;
      const float square = nearest_square(at, position);
      if (square > limit) continue;
      if (at.is_place()) {
        visit(at.index(), square);
      } else {
        stack[size++] = at.index() * 2 + 1;
        stack[size++] = at.index() * 2;
      }
    }
  }
};

// The places nearest to a position so far, in order of (square, slot).
struct NearestPlaces {
  std::uint32_t room;
  std::uint32_t size = 0;
  float limit;                 // none further than this is wanted
  std::uint32_t last = kNone;  // at `limit` itself, none of a slot from this on
  float squares[32];
  std::uint32_t slots[32];

  NearestPlaces(std::uint32_t k, float furthest) : room(k), limit(furthest) {}

  void add(std::uint32_t slot, float square) {
    if (square == limit && slot >= last) return;
    std::uint32_t at = size < room ? size : room - 1;
    for (; at > 0 && (squares[at - 1] > square || (squares[at - 1] == square && slots[at - 1] > slot)); --at) {
      squares[at] = squares[at - 1];
      slots[at] = slots[at - 1];
    }
    squares[at] = square;
    slots[at] = slot;
    if (size < room) ++size;
    if (size == room) {
      limit = squares[room - 1];
      last = slots[room - 1];
    }
  }
};

// The lowest slot of places that are all on one spot: their keys differ in the slot only, so it is the first.
inline std::uint32_t first_slot(const PlaceTree& tree, const Branch& point) {
  const Branch* at = &point;
  while (!at->is_place()) at = &tree.nodes[at->index()].branches[0];
  return at->index();
}

// Whether a branch at this least squared distance can hold a place that is wanted. That a crowd on one spot is not searched to
// its end depends on the second part.
template <class Found>
inline bool wanted(const PlaceTree& tree, const Branch& branch, float square, const Found& found) {
  if (square < found.limit) return true;
  if (square > found.limit) return false;
  if (found.last == kNone) return true;
  return !branch.is_point() || first_slot(tree, branch) < found.last;
}

// Visits the tree near to far, as far as `found` wants.
template <class Found>
inline void search(const PlaceTree& tree, const float* position, Found& found) {
  if (tree.root->count == 0) return;
  struct Waiting {
    const Branch* branch;
    float square;
  } stack[kDeepest + 2];
  std::uint32_t size = 0;
  const Four four = {position[0], position[1], position[2], 0};
  const Branch* at = tree.root;
  float square = nearest_square(*at, position);
  for (;;) {
    if (wanted(tree, *at, square, found)) {
      if (!at->is_place()) {
        const Node& node = tree.nodes[at->index()];
        const Branch* branches = node.branches;
        // Nodes lie anywhere: both are fetched while it is found out which is nearer. (A place has no node, but some node
        // of its number is there or was; to fetch it does no harm.)
        __builtin_prefetch(tree.nodes + branches[0].index());
        __builtin_prefetch(tree.nodes + branches[1].index());
        float squares[2];
        nearest_squares(node, four, squares);
        const std::uint32_t nearer = squares[1] < squares[0] ? 1 : 0;
        if (squares[1 - nearer] <= found.limit) stack[size++] = {branches + 1 - nearer, squares[1 - nearer]};
        at = branches + nearer;
        square = squares[nearer];
        continue;
      }
      found.add(at->index(), square);
    }
    if (size == 0) return;
    --size;
    at = stack[size].branch;
    square = stack[size].square;
  }
}

}  // namespace sensorium::place_map
