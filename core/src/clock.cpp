#include "clock.h"

#if defined(__EMSCRIPTEN__)
#include <emscripten/em_js.h>
#else
#include <chrono>
#endif

namespace sensorium {

#if defined(__EMSCRIPTEN__)
// The library's own clocks return their time from JavaScript, and there a number that is returned is an object on the heap: garbage
// twice a tick. Node has a clock in whole nanoseconds that, written to memory, makes none. That of a browser makes an object of
// some 16 bytes even so. Returns which of them it was.
EM_JS(bool, sensorium_read_clock, (void* at), {
  const nanoseconds = globalThis.process ?.hrtime ?.bigint;
  if (nanoseconds) {
    // The memory never grows, and `at` is always the same.
    sensorium_read_clock.view = sensorium_read_clock.view || new BigUint64Array(HEAPU8.buffer, at, 1);
    sensorium_read_clock.view[0] = nanoseconds();
    return true;
  }
  HEAPF64[at >> 3] = (globalThis.performance ?? Date).now();
  return false;
});

std::uint64_t clock_nanoseconds() {
  static union {
    std::uint64_t nanoseconds;
    double milliseconds;
  } now;
  return sensorium_read_clock(&now) ? now.nanoseconds : static_cast<std::uint64_t>(now.milliseconds * 1e6);
}
#else
std::uint64_t clock_nanoseconds() {
  const auto now = std::chrono::steady_clock::now().time_since_epoch();
  return static_cast<std::uint64_t>(std::chrono::duration_cast<std::chrono::nanoseconds>(now).count());
}
#endif

namespace {

std::uint64_t measure_resolution() {
  // A browser's step is up to a millisecond, and a clock that stands still must not hold anybody up.
  constexpr int kSteps = 5, kMostReadings = 200'000;
  std::uint64_t smallest = 0, before = clock_nanoseconds();
  for (int reading = 0, steps = 0; reading < kMostReadings && steps < kSteps; ++reading) {
    const std::uint64_t now = clock_nanoseconds();
    if (now <= before) continue;
    if (smallest == 0 || now - before < smallest) smallest = now - before;
    before = now;
    ++steps;
  }
  return smallest;
}

}  // namespace

std::uint64_t clock_resolution() {
  static const std::uint64_t resolution = measure_resolution();
  return resolution;
}

}  // namespace sensorium
