// Options by path, as flat values: how a configuration crosses from JavaScript, and the checks that every one passes.
#pragma once

#include <span>
#include <string_view>

#include "format.h"
#include "sensorium/types.h"

namespace sensorium::options {

// Paths are the schema's: "agents", "detection.window", "channels.3.scale", "network.layers.0.units".
// A record of a list exists once set_count() has made the list that long; its name should be set first, errors then use it.
Error set_number(Config& config, std::string_view path, double value);
Error set_flag(Config& config, std::string_view path, bool value);
Error set_text(Config& config, std::string_view path, std::string_view value);
// Values and bytes are not copied: they must stay until create() has returned. Too many of them are not looked at.
Error set_floats(Config& config, std::string_view path, std::span<const float> values);
Error set_bytes(Config& config, std::string_view path, std::span<const std::byte> bytes);
// Fails: no option takes such a value. The error says what is expected there.
Error set_other(Config& config, std::string_view path, std::string_view got);
// Makes a list of records `count` long, each with its defaults.
Error set_count(Config& config, std::string_view path, std::uint32_t count);

// Every range of the schema, in every record.
Error check_ranges(const Config& config);

// One option of a configuration, as a flat value.
struct Value {
  Words path;   // the schema's: "channels.3.scale"
  Words where;  // in the user's words: "channels.lidar.points.scale"
  enum class Type : std::uint8_t { count, number, flag, text } type;
  double number;
  std::string_view text;
};

// Every option that two engines must have in common to be of one kind, in an order in which each can be set in turn. Not weights and biases, which are
// state, nor what is measured.
void visit(const Config& config, void* context, void (*look)(void* context, const Value& value));
// Sets what visit() has shown.
Error set(Config& config, const Value& value);

}  // namespace sensorium::options
