// Golden hashes of the worlds, as tests/golden/README.md says; those of WebAssembly are the same (tests/js/world-golden.test.ts).
#include <fstream>
#include <sstream>

#include "golden/golden.h"
#include "world/world_support.h"

namespace sensorium::world::test {
namespace {

// 100 agents, seed 2, 300 ticks, with an intruder, two faults and rain: every per-agent column after every tick.
std::string hash_of(std::string_view name, const std::string& isa) {
  World world = make({.world = name, .agents = 100, .seed = 2, .rain = 10}, isa);
  sensorium::test::Hash hash;
  for (int tick = 0; tick < 300; ++tick) {
    const auto spots = column(world, "scene.spots");
    if (tick == 60) {
      EXPECT_FALSE(world.happen(Incident::intruder, double{spots[0]}, double{spots[1]}, 2));
    }
    if (tick == 90) {
      EXPECT_FALSE(world.happen(Incident::explosion, double{spots[2]}, double{spots[3]}, 3));
    }
    if (tick == 120) {
      EXPECT_FALSE(world.inject(3, Modality::lidar, Fault::noise, 2, 1));
    }
    if (tick == 120) {
      EXPECT_FALSE(world.inject(kEveryAgent, Modality::audio, Fault::reorder, 3, 1));
    }
    world.step();
    for (const Column& c : world.layout()) {
      if (c.rows != world.agents()) continue;
      const std::byte* const at = world.block().data() + c.offset;
      for (std::uint32_t row = 0; row < c.rows; ++row) {
        std::uint32_t words[2] = {};
        if (c.type == ElementType::u8) {
          words[0] = static_cast<std::uint32_t>(at[row]);
        } else {
          const std::size_t size = c.type == ElementType::f64 ? 8 : 4;
          std::memcpy(words, at + row * size, size);
        }
        hash.add(words[0] ^ words[1]);
      }
    }
  }
  return hash.text();
}

TEST(WorldGolden, IsTheSameOnEveryIsa) {
  std::ifstream file(std::string(SENSORIUM_GOLDEN_FILE).substr(0, std::string(SENSORIUM_GOLDEN_FILE).rfind('/')) +
                     "/world.json");
  std::stringstream golden;
  golden << file.rdbuf();
  for (const std::string_view name : kAllWorlds) {
    for (const std::string& isa : isas()) {
      const std::string entry = "\"" + std::string(name) + "\": \"" + hash_of(name, isa) + "\"";
      EXPECT_NE(golden.str().find(entry), std::string::npos) << "not in world.json: " << entry << " (" << isa << ")";
    }
  }
}

}  // namespace
}  // namespace sensorium::world::test
