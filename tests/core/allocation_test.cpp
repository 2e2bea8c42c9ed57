// After create() nothing allocates: every operator new of the process is counted.
#include <atomic>
#include <cstdlib>
#include <new>

#include "core/support.h"

namespace {
std::atomic<std::uint64_t> allocations = 0;

void* counted(std::size_t size, std::size_t alignment) noexcept {
  ++allocations;
  const std::size_t rounded = (size + alignment - 1) / alignment * alignment;
  return alignment <= alignof(std::max_align_t) ? std::malloc(size ? size : 1)
                                                : std::aligned_alloc(alignment, rounded);
}
void* counted_or_throw(std::size_t size, std::size_t alignment) {
  if (void* memory = counted(size, alignment)) return memory;
  throw std::bad_alloc();
}
}  // namespace

void* operator new(std::size_t size) { return counted_or_throw(size, 1); }
void* operator new[](std::size_t size) { return counted_or_throw(size, 1); }
void* operator new(std::size_t size, const std::nothrow_t&) noexcept { return counted(size, 1); }
void* operator new[](std::size_t size, const std::nothrow_t&) noexcept { return counted(size, 1); }
void* operator new(std::size_t size, std::align_val_t at) {
  return counted_or_throw(size, static_cast<std::size_t>(at));
}
void* operator new[](std::size_t size, std::align_val_t at) {
  return counted_or_throw(size, static_cast<std::size_t>(at));
}
void* operator new(std::size_t size, std::align_val_t at, const std::nothrow_t&) noexcept {
  return counted(size, static_cast<std::size_t>(at));
}
void* operator new[](std::size_t size, std::align_val_t at, const std::nothrow_t&) noexcept {
  return counted(size, static_cast<std::size_t>(at));
}
void operator delete(void* memory) noexcept { std::free(memory); }
void operator delete[](void* memory) noexcept { std::free(memory); }
void operator delete(void* memory, std::size_t) noexcept { std::free(memory); }
void operator delete[](void* memory, std::size_t) noexcept { std::free(memory); }
void operator delete(void* memory, std::align_val_t) noexcept { std::free(memory); }
void operator delete[](void* memory, std::align_val_t) noexcept { std::free(memory); }
void operator delete(void* memory, std::size_t, std::align_val_t) noexcept { std::free(memory); }
void operator delete[](void* memory, std::size_t, std::align_val_t) noexcept { std::free(memory); }
void operator delete(void* memory, const std::nothrow_t&) noexcept { std::free(memory); }
void operator delete[](void* memory, const std::nothrow_t&) noexcept { std::free(memory); }
void operator delete(void* memory, std::align_val_t, const std::nothrow_t&) noexcept { std::free(memory); }
void operator delete[](void* memory, std::align_val_t, const std::nothrow_t&) noexcept { std::free(memory); }

namespace sensorium::test {
namespace {

TEST(Allocation, NoneAfterCreate) {
  for (const std::string& isa : isas()) {
    Config config = {.agents = 40};
    config.modalities = {{.name = "lidar", .hold = Hold::once}, {.name = "visual", .half_life = 0.5}};
    const std::uint64_t before_create = allocations;
    Result<Engine> engine = Engine::create(config, isa);
    ASSERT_TRUE(engine);
    EXPECT_EQ(allocations - before_create, 1u) << "the block, and nothing else";

    const std::uint64_t before = allocations;
    bool failed = false;
    for (int t = 0; t < 200; ++t) {
      failed |= static_cast<bool>(write_classic_load(*engine, 1, Load::mixed));
      failed |= static_cast<bool>(engine->tick(t * 0.1));
      if (t == 100) failed |= static_cast<bool>(engine->reset_agent(7));
    }
    // Errors are of fixed size.
    failed |= !engine->tick(-1) || !engine->reset_agent(40) || !required_bytes({.agents = 0}).error();
    const Results results = engine->results();
    const bool finite = std::isfinite(results.fused[0]) && engine->statistics().cycles == 200 &&
                        engine->find_column("active");
    engine->reset();
    EXPECT_EQ(allocations, before) << isa;
    EXPECT_FALSE(failed);
    EXPECT_TRUE(finite);
  }
}

TEST(Allocation, NoneInTheCallersBlock) {
  const Config config = {.agents = 50};
  std::vector<std::byte> memory(*required_bytes(config) + 64);
  std::byte* start = memory.data() + (64 - reinterpret_cast<std::uintptr_t>(memory.data()) % 64) % 64;
  const std::uint64_t before = allocations;
  {
    Result<Engine> engine = Engine::create_in({start, memory.size() - 64}, config);
    const Engine moved = std::move(*engine);
  }
  EXPECT_EQ(allocations, before);
}

}  // namespace
}  // namespace sensorium::test
