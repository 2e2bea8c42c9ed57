// The channels and modalities of a configuration, checked and resolved: which of them are read, and how.
#pragma once

#include "plan.h"

namespace sensorium {

// Sets all that `plan` knows of channels, features and modalities, but where their columns are.
Error resolve_channels(const Config& config, Plan& plan);
// The weight of each of a channel's features, also where none is given.
float weight_of(const ChannelOptions& channel);
// How a circular channel's reading becomes an angle.
Circle circle_of(const ChannelOptions& channel);
// After resolve_channels().
Error resolve_modalities(const Config& config, Plan& plan);

}  // namespace sensorium
