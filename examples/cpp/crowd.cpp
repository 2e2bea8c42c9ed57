// A crowd that walks in circles: who is near whom, computed by two threads in memory of our own.
#include <sensorium/engine.h>

#include <atomic>
#include <cmath>
#include <cstdio>
#include <cstdlib>
#include <memory>
#include <thread>

namespace {

int fail(const sensorium::Error& error) {
  std::fprintf(stderr, "%s: %s: expected %s, got %s\n", error.what.bytes, error.where.bytes, error.expected.bytes,
               error.got.bytes);
  return EXIT_FAILURE;
}

// Blocks are shared out one by one. A real program has a pool that waits; the engine does not care which.
void two_threads(void*, std::uint32_t blocks, void (*body)(void* context, std::uint32_t block), void* context) {
  std::atomic<std::uint32_t> next = 0;
  const auto work = [&] {
    for (std::uint32_t block = next++; block < blocks; block = next++) body(context, block);
  };
  std::thread other(work);
  work();
  other.join();
}

}  // namespace

int main() {
  constexpr std::uint32_t kAgents = 1000;
  const sensorium::Config config = {
      .agents = kAgents, .channels = {{.name = "noise", .max = 10}}, .neighbors = {.k = 4, .radius = 5}};

  const auto bytes = sensorium::required_bytes(config);
  if (!bytes) return fail(bytes.error());
  const std::unique_ptr<std::byte, decltype(&std::free)> memory(static_cast<std::byte*>(std::aligned_alloc(64, *bytes)),
                                                                &std::free);
  auto engine = sensorium::Engine::create_in({memory.get(), static_cast<std::size_t>(*bytes)}, config);
  if (!engine) return fail(engine.error());
  engine->set_parallel_for(two_threads, nullptr);

  const auto noise = engine->sensors("noise");
  const auto [x, y, z] = engine->placement().position;
  for (int tick = 0; tick < 100; ++tick) {
    const double seconds = tick / 20.0;
    for (std::uint32_t agent = 0; agent < kAgents; ++agent) {
      const double angle = 0.1 * agent + 0.2 * seconds;
      x[agent] = static_cast<float>(0.1 * agent * std::cos(angle));
      y[agent] = static_cast<float>(0.1 * agent * std::sin(angle));
      noise[agent] = static_cast<float>(agent % 10);
    }
    if (const auto error = engine->tick(seconds)) return fail(error);
  }

  const auto results = engine->results();
  std::printf("%u agents on %.*s: agent 500 has %u near, the nearest is %d at %.2f m\n", engine->agents(),
              static_cast<int>(engine->isa().size()), engine->isa().data(), results.neighbors.count[500],
              results.neighbors.index[500 * 4], static_cast<double>(results.neighbors.distance[500 * 4]));
}
