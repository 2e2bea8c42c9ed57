// The injected parallel_for: results do not depend on order or threads.
#include <atomic>
#include <thread>

#include "core/support.h"

namespace sensorium::test {
namespace {

using Body = void (*)(void* context, std::uint32_t block);

void backwards(void* calls, std::uint32_t blocks, Body body, void* context) {
  for (std::uint32_t block = blocks; block-- > 0;) body(context, block);
  ++*static_cast<int*>(calls);
}

void shuffled(void*, std::uint32_t blocks, Body body, void* context) {
  // 7919 is prime, and larger than any number of blocks here: every block comes once.
  for (std::uint32_t i = 0; i < blocks; ++i)
    body(context, static_cast<std::uint32_t>(std::uint64_t{i} * 7919 % blocks));
}

void threads(void*, std::uint32_t blocks, Body body, void* context) {
  std::atomic<std::uint32_t> next = 0;
  const auto work = [&] {
    for (std::uint32_t block = next++; block < blocks; block = next++) body(context, block);
  };
  std::vector<std::thread> pool;
  for (int i = 0; i < 4; ++i) pool.emplace_back(work);
  for (std::thread& thread : pool) thread.join();
}

TEST(Parallel, AnyOrderGivesTheSameBytes) {
  // 1,700 rows: 14 blocks, the last one cut short.
  Config config = {.agents = 1700};
  config.modalities = {{.name = "lidar", .hold = Hold::once}, {.name = "visual", .half_life = 0.5}};
  Engine plain = make(config), reversed = make(config), mixed_up = make(config), threaded = make(config);
  int calls = 0;
  reversed.set_parallel_for(backwards, &calls);
  mixed_up.set_parallel_for(shuffled, nullptr);
  threaded.set_parallel_for(threads, nullptr);
  for (int t = 0; t < 25; ++t) {
    for (Engine* engine : {&plain, &reversed, &mixed_up, &threaded}) {
      ASSERT_OK(write_classic_load(*engine, 10, Load::mixed));
      ASSERT_OK(engine->tick(t * 0.1));
    }
  }
  EXPECT_GE(calls, 25);
  for (Engine* engine : {&reversed, &mixed_up, &threaded})
    EXPECT_TRUE(same_bytes(state_bytes(*engine), state_bytes(plain)));

  // Null brings the plain loop back.
  calls = 0;
  reversed.set_parallel_for(nullptr, nullptr);
  ASSERT_OK(reversed.tick(100));
  EXPECT_EQ(calls, 0);
}

}  // namespace
}  // namespace sensorium::test
