#include "place_tree.h"

namespace sensorium::place_map {
namespace {

constexpr std::uint32_t kLeaf = 1u << 31;

// The bits of a float as a whole number of the same order.
std::uint32_t ordered(float value) {
  const std::uint32_t bits = std::bit_cast<std::uint32_t>(value);
  return bits & 0x80000000u ? ~bits : bits | 0x80000000u;
}

void include(Branch& box, const Branch& other) {
  for (int axis = 0; axis < 3; ++axis) {
    if (other.low[axis] < box.low[axis]) box.low[axis] = other.low[axis];
    if (other.high[axis] > box.high[axis]) box.high[axis] = other.high[axis];
  }
}

bool same_box(const Branch& a, const Branch& b) {
  bool same = true;
  for (int axis = 0; axis < 3; ++axis) same = same && a.low[axis] == b.low[axis] && a.high[axis] == b.high[axis];
  return same;
}

}  // namespace

std::uint32_t first_difference(const PlaceKey& a, const PlaceKey& b) {
  std::uint32_t first = kNone;
  for (std::uint32_t axis = 0; axis < 4; ++axis) {
    const std::uint64_t differing = a.words[axis] ^ b.words[axis];
    if (differing == 0) continue;
    const std::uint32_t level = static_cast<std::uint32_t>(std::countl_zero(differing)) + (axis == 3 ? 64 : 0);
    const std::uint32_t number = level * 4 + axis;
    if (number < first) first = number;
  }
  return first;
}

Branch place_branch(std::uint32_t slot, const float* position) {
  return {.low = {position[0], position[1], position[2]},
          .what = kLeaf | slot,
          .high = {position[0], position[1], position[2]},
          .count = 1};
}

Branch node_branch(const Node& node, std::uint32_t index, std::uint32_t key_bit) {
  Branch box = node.branches[0];
  include(box, node.branches[1]);
  box.what = key_bit << 20 | index;
  box.count += node.branches[1].count;
  return box;
}

PlaceKey PlaceTree::key(const float* position, std::uint32_t slot) const {
  PlaceKey key;
  for (int axis = 0; axis < 3; ++axis) {
    // In double precision a cell's border is where it should be also at 1e6 m. Beyond the outermost cell all is one cell,
    // which the position's own bits divide.
    double cell = static_cast<double>(position[axis]) * cells_per_metre + 2147483648.0;
    cell = cell < 0 ? 0 : cell > 4294967295.0 ? 4294967295.0 : cell;
    key.words[axis] = std::uint64_t{static_cast<std::uint32_t>(cell)} << 32 | ordered(position[axis]);
  }
  key.words[3] = std::uint64_t{slot} << 44;
  return key;
}

void PlaceTree::insert(std::uint32_t slot, const float* position, std::uint32_t node) const {
  const Branch own = place_branch(slot, position);
  if (root->count == 0) {
    *root = own;
    hang(own, kNone);
    return;
  }
  // Whatever place its bits lead to is one of those it differs from last; where it does so is where it belongs.
  const PlaceKey key = this->key(position, slot);
  const Branch* like = root;
  while (!like->is_place()) like = &nodes[like->index()].branches[key.bit(like->key_bit())];
  const std::uint32_t differing = first_difference(key, this->key(like->low, like->index()));

  Branch* at = root;
  std::uint32_t link = kNone;
  while (!at->is_place() && at->key_bit() < differing) {
    include(*at, own);
    ++at->count;
    link = at->index() * 2 + key.bit(at->key_bit());
    at = &branch(link);
  }
  const std::uint32_t side = key.bit(differing);
  Node& made = nodes[node];
  made.branches[side] = own;
  made.branches[1 - side] = *at;
  hang(own, node * 2 + side);
  hang(*at, node * 2 + 1 - side);
  include(*at, own);
  ++at->count;
  at->what = differing << 20 | node;
  node_links[node] = link;
}

std::uint32_t PlaceTree::remove(std::uint32_t slot) const {
  const std::uint32_t own = leaf_links[slot];
  if (own == kNone) {
    *root = {};
    return kNone;
  }
  // Its neighbour takes the place of the node that divided the two.
  const std::uint32_t node = own >> 1;
  std::uint32_t link = node_links[node];
  const Branch other = nodes[node].branches[1 - (own & 1)];
  branch(link) = other;
  hang(other, link);
  bool shrinking = true;
  while (link != kNone) {
    const Node& parent = nodes[link >> 1];
    link = node_links[link >> 1];
    Branch& at = branch(link);
    --at.count;
    if (!shrinking) continue;
    Branch box = parent.branches[0];
    include(box, parent.branches[1]);
    shrinking = !same_box(box, at);
    for (int axis = 0; axis < 3; ++axis) {
      at.low[axis] = box.low[axis];
      at.high[axis] = box.high[axis];
    }
  }
  return node;
}

}  // namespace sensorium::place_map
