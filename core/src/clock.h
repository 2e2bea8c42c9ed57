// The machine's monotonic clock, by which ticks are timed.
#pragma once

#include <cstdint>

namespace sensorium {

// Nanoseconds since some moment.
std::uint64_t clock_nanoseconds();

// The smallest step that the clock was seen to make, in nanoseconds, its reading included. Measured once a process, in at most some
// milliseconds. 0: it was not seen to move.
std::uint64_t clock_resolution();

}  // namespace sensorium
