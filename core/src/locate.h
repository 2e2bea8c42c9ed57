// locate: positions -> everyone's neighbours, before anything else of the tick.
#pragma once

#include "plan.h"
#include "sensorium/engine.h"

namespace sensorium {

struct Stages;

void locate(const Plan& plan, std::byte* block, const Stages& stages, ParallelFor parallel_for, void* pool);

}  // namespace sensorium
