// The stages of a tick, compiled once for each ISA. Each is one function over (plan, block, tiles): it reads what earlier
// stages wrote, and calls no other stage.
#pragma once

#include "../kernels/window.h"
#include "../space/neighbors.h"

namespace sensorium {

// Tiles first .. end - 1, at most kBlockTiles of them.
struct TileRange {
  std::uint32_t first;
  std::uint32_t end;
};

// What `remember` hands to `detect` and `predict` of the same block.
struct BlockSums {
  Sums tiles[kBlockTiles];
};

struct Stages {
  const char* isa;
  // Neighbours of the agents at places first .. last - 1 of the sort.
  void (*search)(const Sorted&, const SearchColumns&, const SearchOptions&, const SearchMemory&, std::uint32_t first,
                 std::uint32_t last, const NeighborColumns&);
  void (*ingest)(const Plan&, std::byte* block, TileRange, double seconds);
  void (*fuse)(const Plan&, std::byte* block, TileRange, double seconds);
  void (*infer)(const Plan&, std::byte* block, TileRange);
  void (*remember)(const Plan&, std::byte* block, TileRange, BlockSums&);
  void (*detect)(const Plan&, std::byte* block, TileRange, const BlockSums&);
  void (*predict)(const Plan&, std::byte* block, TileRange, const BlockSums&);
  BlockCounts (*report)(const Plan&, std::byte* block, TileRange, double seconds);
};

}  // namespace sensorium
