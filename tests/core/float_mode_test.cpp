// The host's floating-point mode changes nothing, and is its own again afterwards.
#include <cfenv>

#include "core/support.h"

#if defined(__SSE__)
#include <xmmintrin.h>
#endif

namespace sensorium::test {
namespace {

#if defined(__SSE__)
constexpr unsigned kModes[] = {0x8040 | 0x1F80,            // flush to zero, subnormal inputs are zero
                               0x2000 | 0x1F80,            // rounding down
                               0x4000 | 0x8000 | 0x1F80,   // rounding up, flush to zero
                               0x6000 | 0x0040 | 0x1F80};  // towards zero, subnormal inputs are zero
unsigned mode() { return _mm_getcsr() & ~0x3Fu; }          // without the flags of what has happened
void set_mode(unsigned mode) { _mm_setcsr(mode); }
#elif defined(__aarch64__)
constexpr std::uint64_t kModes[] = {1u << 24, 2u << 22, 1u << 22 | 1u << 24, 3u << 22};
std::uint64_t mode() {
  std::uint64_t value;
  asm volatile("mrs %0, fpcr" : "=r"(value));
  return value;
}
void set_mode(std::uint64_t mode) { asm volatile("msr fpcr, %0" : : "r"(mode)); }
#endif

// Readings whose features, weights and sums are subnormal or round at every step.
Config config() {
  Config made = {.agents = 21,
                 .channels = {{.name = "a", .scale = 1e-20f}, {.name = "b", .scale = 1.0f / 3, .weight = 0.7f}}};
  made.readings.half_life = 0.3;
  made.detection.min_deviation = 0;
  return made;
}

void read(Engine& engine, std::uint32_t tick) {
  for (std::uint32_t i = 0; i < engine.agents(); ++i) {
    engine.sensors("a")[i] = 1e-20f * static_cast<float>(i + 1) / static_cast<float>(tick + 1);
    engine.sensors("b")[i] = (tick + i) % 5 == 0 ? kNaN : static_cast<float>(i * 7 + tick * 3 % 11) * 0.1f;
  }
}

TEST(FloatMode, ATickHasItsOwnAndGivesTheHostsBack) {
  const auto own = mode();
  for (const auto hosts : kModes) {
    SCOPED_TRACE(testing::Message() << std::hex << hosts);
    Engine plain = make(config()), disturbed = make(config());
    for (std::uint32_t t = 0; t < 40; ++t) {
      read(plain, t);
      read(disturbed, t);
      ASSERT_OK(plain.tick(t * 0.1));
      set_mode(hosts);
      const Error error = disturbed.tick(t * 0.1);
      const auto after = mode();
      set_mode(own);
      ASSERT_FALSE(error);
      ASSERT_EQ(after, hosts);
      for (std::uint32_t i = 0; i < plain.agents(); ++i)
        ASSERT_EQ(first_difference(plain, i, disturbed, i), "") << "tick " << t;
    }
  }
}

TEST(FloatMode, CreationAndLoadHaveTheirsToo) {
  const auto own = mode();
  for (const auto hosts : kModes) {
    SCOPED_TRACE(testing::Message() << std::hex << hosts);
    Engine plain = make({.agents = 21}), tiny = make(config());
    ASSERT_OK(write_classic_load(plain, 3));
    set_mode(hosts);
    Result<Engine> disturbed = Engine::create({.agents = 21});
    Result<Engine> disturbed_tiny = Engine::create(config());
    const Error error = write_classic_load(*disturbed, 3);
    const auto after = mode();
    set_mode(own);
    ASSERT_FALSE(error);
    EXPECT_EQ(after, hosts);
    // Tables, weights and readings.
    EXPECT_TRUE(same_bytes(state_bytes(*disturbed), state_bytes(plain)));
    EXPECT_TRUE(same_bytes(state_bytes(*disturbed_tiny), state_bytes(tiny)));
    read(tiny, 3);
    read(*disturbed_tiny, 3);
    ASSERT_OK(tiny.tick(0));
    ASSERT_OK(disturbed_tiny->tick(0));
    for (std::uint32_t i = 0; i < 21; ++i) ASSERT_EQ(first_difference(tiny, i, *disturbed_tiny, i), "");
  }
}

TEST(FloatMode, SubnormalNumbersAreKept) {
  Engine engine = make({.channels = {{.name = "a", .scale = 1}}, .network = {.layers = {}}});
  engine.sensors("a")[0] = 1e-40f;
  ASSERT_OK(engine.tick(0));
  EXPECT_EQ(bits(engine.results().fused[0]), bits(1e-40f));
}

}  // namespace
}  // namespace sensorium::test
