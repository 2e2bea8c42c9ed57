// The floating-point mode of a tick: round to nearest, subnormal numbers kept. A host (an audio thread, a game engine) may
// have set another; it gets its own back.
#pragma once

#include <cstdint>

#if defined(__SSE__) || defined(_M_X64)
#include <xmmintrin.h>
#endif

namespace sensorium {

class FloatMode {
 public:
#if defined(__wasm__)
  // WebAssembly has only this mode.
  FloatMode() {}
#elif defined(__SSE__) || defined(_M_X64)
  FloatMode() : host_(_mm_getcsr()) {
    constexpr unsigned kAllExceptionsMasked = 0x1F80;
    _mm_setcsr(kAllExceptionsMasked);
  }
  ~FloatMode() { _mm_setcsr(host_); }
#elif defined(__aarch64__)
  FloatMode() {
    asm volatile("mrs %0, fpcr" : "=r"(host_));
    asm volatile("msr fpcr, %0" : : "r"(std::uint64_t{0}));
  }
  ~FloatMode() { asm volatile("msr fpcr, %0" : : "r"(host_)); }
#else
#error "Say how the floating-point mode is set on this processor: the same bits everywhere depend on it."
#endif
  FloatMode(const FloatMode&) = delete;
  FloatMode& operator=(const FloatMode&) = delete;

 private:
#if defined(__SSE__) || defined(_M_X64)
  unsigned host_;
#elif defined(__aarch64__)
  std::uint64_t host_;
#endif
};

}  // namespace sensorium
