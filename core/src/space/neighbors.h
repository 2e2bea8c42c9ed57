// Who is near whom: every agent's count within its radius and its k nearest, exactly, for all agents at once.
//
// Agents are put into strips along y (in three dimensions: bars along y and z) as wide as the largest radius, and sorted by
// the sweep coordinate within each. Whoever is near then lies in a strip or one of its neighbours, in a short run of the
// sort, and as agents are taken in sorted order those runs only move forward. There is no grid to be sized, so the world
// needs no bounds; a crowd on one spot is searched outward from each agent and ends where nothing nearer can come.
#pragma once

#include <span>

#include "sensorium/types.h"

namespace sensorium {

// Positions saturate here, so that squared distances stay finite.
inline constexpr float kFarthest = 1e18f;
// Agents of the sort that are searched together: the unit of parallel work.
inline constexpr std::uint32_t kSearchRows = 512;
// Sorted coordinates are read a vector at a time, past the end by less than the widest.
inline constexpr std::uint32_t kSearchPadding = 16;

// One strip's part of the sort.
struct Strip {
  std::int32_t y;
  std::int32_t z;
  std::uint32_t begin;
  std::uint32_t end;
};

// Working memory of the search, `agents` long (+ kSearchPadding), and what it holds after sort_agents().
struct SearchMemory {
  std::uint32_t* keys[2];
  std::uint32_t* ids[2];
  std::int32_t* y_strips;
  std::int32_t* z_strips;
  // In sorted order:
  float* sweep;
  float* y;
  float* z;
  std::uint32_t* agents;
  std::uint32_t* groups;  // 1 << group; null where nobody asks
  Strip* strips;
};

// The columns the search reads, by agent. Null pointers: everyone the same.
struct SearchColumns {
  const float* x;
  const float* y;
  const float* z;
  const std::uint8_t* active;
  const float* radius;            // metres; not finite or not positive: the option's
  const float* heading[3];        // any length; not finite or zero: no field of view to limit it
  const std::uint8_t* group;      // 0 .. 31
  const std::uint32_t* interest;  // bit g: notices group g
};

struct SearchOptions {
  std::uint32_t k;
  float radius;
  float cos_half_fov;  // -1: all around
};

struct Sorted {
  std::uint32_t count;  // agents that take part
  std::uint32_t strips;
  float widest;        // the largest radius of all
  bool flat;           // all z are equal: two dimensions
  std::uint32_t axis;  // 0: swept along x, strips along y; 1: the other way round
};

// Where the results go, by agent.
struct NeighborColumns {
  std::uint8_t* count;
  std::uint8_t* valid;
  std::int32_t* index;  // [agents][k]
  float* distance;      // [agents][k]
};

// Sorts the active agents that have a position. The others have no neighbours and are nobody's: their results say so.
Sorted sort_agents(std::uint32_t agents, const SearchColumns& columns, const SearchOptions& options,
                   const SearchMemory& memory, const NeighborColumns& out);

}  // namespace sensorium
