// Which ISA an engine runs on: chosen once, when it is created.
#pragma once

#include <span>
#include <string_view>

#include "sensorium/types.h"

namespace sensorium {

struct Stages;

// The stages of the ISA named, or, where the name is empty, of the environment's SENSORIUM_ISA, else of the best there is.
Result<const Stages*> choose_stages(std::string_view isa);

}  // namespace sensorium
