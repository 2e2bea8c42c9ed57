// The map of places in a snapshot: what the places are, not how they are kept. The tree and the list of who
// was seen when are made anew from the order in which places are written, so that no bytes can make them
// anything else than a tree and a list; and a later version may keep its places in another way.
//
//   head                  see MapHead
//   agents * 8 bytes      u32 slot, u32 generation: the place each was in last; generation 2^32 - 1: none
//   places * entry        in order of their keys (place_tree.h): u32 slot, f32 position[3], u32 generation, u32 visits, u32 weighed, u32 0,
//                         f64 founded, f32 mean of each feature (one more, 0, where their number is odd)
//   places * 16 bytes     in order of when they were last seen: f64 last_seen, u32 slot, u32 0
#pragma once

#include "../plan.h"
#include "stream.h"

namespace sensorium {

std::uint64_t places_saved_bytes(const Plan& plan, const std::byte* block);
std::uint64_t most_places_saved_bytes(const Plan& plan);
void write_places(const Plan& plan, std::byte* block, SnapshotWriter& writer);

// Whether the next `bytes` are a map that the engine can have: else why not, in ErrorCode::bad_snapshot. Uses
// the exchange area.
Error check_places(const Plan& plan, std::byte* block, SnapshotReader& reader, std::uint64_t bytes);
// Reads what check_places() has found to be a map.
void read_places(const Plan& plan, std::byte* block, SnapshotReader& reader);

}  // namespace sensorium
