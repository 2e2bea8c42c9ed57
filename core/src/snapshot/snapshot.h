// Snapshots: an engine's state as bytes, the same on every machine; docs/snapshot.md is the format.
#pragma once

#include "../plan.h"
#include "stream.h"

namespace sensorium {

// Bytes of a snapshot taken now, and of the largest that this engine can give.
std::uint64_t snapshot_bytes(const Plan& plan, const std::byte* block);
std::uint64_t most_snapshot_bytes(const Plan& plan);
// Returns the bytes written, if they fit into `room`: behind the sink's buffer between, where there is one
// (of kLeastBuffer or more), or in it.
Result<std::uint64_t> write_snapshot(const Plan& plan, std::byte* block, const SnapshotSink& sink, std::uint64_t room);

// Checks everything, then writes: an error changes nothing but the exchange area.
Error read_snapshot(const Plan& plan, std::byte* block, const SnapshotSource& source);

// The configuration that a snapshot is of, without weights and biases: those come with the rest of it.
Error read_snapshot_config(const SnapshotSource& source, Config& config);

}  // namespace sensorium
