// What restored state must be for later ticks to be without fault. Whether it is what an engine would have
// come to does not matter.
#pragma once

#include "../plan.h"

namespace sensorium {

// Each says what cannot be in ErrorCode::bad_snapshot. Bytes may have any alignment.

// Some values of a column.
Error check_values(const Plan& plan, const Column& column, const std::byte* values, std::size_t count);
Error check_tile(const Plan& plan, std::uint32_t index, const std::byte* tile);
// Some of the weights and biases.
Error check_weights(const std::byte* values, std::size_t count);

}  // namespace sensorium
