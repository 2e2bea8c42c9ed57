// Options by path, as flat values: how a configuration crosses from JavaScript, and the checks that every one passes.
#pragma once

#include <span>
#include <string_view>

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

}  // namespace sensorium::options
