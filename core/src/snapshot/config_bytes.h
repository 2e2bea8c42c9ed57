// A configuration as bytes: every option but weights, biases and how it is watched, by the schema's table.
// What an engine is made of lies like this in its block and in its snapshots, so that a refusal can name the
// option that differs, and an engine can be made from a snapshot alone.
//
//   an option: u8 bytes of the path | u8 type: 0 count, 1 number, 2 flag, 3 text | u16 bytes of the value | path | value
//
// Numbers and counts are f64, a flag is one byte, a choice is its word. Behind the last option there are
// zeros up to a multiple of 8.
#pragma once

#include <span>

#include "sensorium/types.h"

namespace sensorium {

// Writes a configuration whose ranges have been checked, if there is room, and returns how many bytes it
// takes.
std::uint64_t config_bytes(const Config& config, std::span<std::byte> room);

// The configuration that bytes from anywhere stand for; weights and biases are left out. Options that the
// bytes do not name have their defaults.
Error read_config(std::span<const std::byte> bytes, Config& config);

// Where two configurations differ first: ErrorCode::snapshot_config, or nothing. `own` is config_bytes() of
// this version.
Error compare_configs(std::span<const std::byte> own, std::span<const std::byte> other);

}  // namespace sensorium
