// How often the process has called operator new, in any form.
#pragma once

#include <atomic>
#include <cstdint>

namespace sensorium::test {

extern std::atomic<std::uint64_t> allocations;

}  // namespace sensorium::test
