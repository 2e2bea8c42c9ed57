// Keeping the last ticks: a ring of copies of columns. Slot c % depth is that of cycle c, counted from 0, so the count of cycles is
// all there is to know.
#pragma once

#include "plan.h"

namespace sensorium {

// What the tick of `cycle` is told; before stages take readings that count once.
void record_inputs(const Plan& plan, std::byte* block, std::uint64_t cycle);

// When it was, and what came of it.
void record_results(const Plan& plan, std::byte* block, std::uint64_t cycle, double seconds);

}  // namespace sensorium
