// The caller's memory: too small, misaligned, null, dirty; and engines that move.
#include "core/support.h"

namespace sensorium::test {
namespace {

// 64-byte aligned memory with a guard behind it.
class Memory {
 public:
  Memory(std::uint64_t bytes, unsigned char dirt)
      : bytes_(bytes), all_(bytes + 64 + kGuard, std::byte{dirt}), dirt_(dirt) {
    start_ = all_.data() + (64 - reinterpret_cast<std::uintptr_t>(all_.data()) % 64) % 64;
  }
  std::span<std::byte> span() const { return {start_, bytes_}; }
  bool guard_is_whole() const {
    for (std::size_t i = 0; i < kGuard; ++i) {
      if (start_[bytes_ + i] != std::byte{dirt_}) return false;
    }
    return true;
  }

 private:
  static constexpr std::size_t kGuard = 256;
  std::uint64_t bytes_;
  std::vector<std::byte> all_;
  std::byte* start_;
  unsigned char dirt_;
};

Config config() { return {.agents = 100, .modalities = {{.name = "visual", .half_life = 0.5}}}; }

void run(Engine& engine) {
  for (int t = 0; t < 30; ++t) {
    ASSERT_OK(write_classic_load(engine, 9, Load::mixed));
    ASSERT_OK(engine.tick(t * 0.1));
  }
}

TEST(Block, DirtyMemoryMakesTheSameEngine) {
  Engine owned = make(config());
  run(owned);
  for (const int dirt : {0x00, 0xFF, 0xA5}) {
    const Memory memory(*required_bytes(config()), static_cast<unsigned char>(dirt));
    Result<Engine> engine = Engine::create_in(memory.span(), config());
    ASSERT_TRUE(engine) << words(engine.error());
    EXPECT_EQ(engine->block().data(), memory.span().data());
    run(*engine);
    EXPECT_TRUE(same_bytes(state_bytes(*engine), state_bytes(owned)));
    EXPECT_TRUE(memory.guard_is_whole());
  }
}

TEST(Block, LargerThanNeededIsLeftAlone) {
  const std::uint64_t needed = *required_bytes(config());
  EXPECT_EQ(needed % 64, 0u);
  const Memory memory(needed + 1024, 0xA5);
  Result<Engine> engine = Engine::create_in(memory.span(), config());
  ASSERT_TRUE(engine);
  EXPECT_EQ(engine->block().size(), needed);
  run(*engine);
  for (std::uint64_t at = needed; at < needed + 1024; ++at) ASSERT_EQ(memory.span()[at], std::byte{0xA5});
}

TEST(Block, BadOnesAreRefusedUntouched) {
  const std::uint64_t needed = *required_bytes(config());
  const Memory memory(needed + 64, 0x5A);
  for (const auto& block : {std::span<std::byte>(), memory.span().first(needed - 1), memory.span().first(0),
                            memory.span().subspan(1), memory.span().subspan(32), memory.span().subspan(16)}) {
    const Error error = Engine::create_in(block, config()).error();
    EXPECT_EQ(error.code, ErrorCode::bad_block) << words(error);
    EXPECT_NE(error.expected.view().find(std::to_string(needed)), std::string_view::npos) << words(error);
    EXPECT_NE(error.expected.view().find("64-byte aligned"), std::string_view::npos);
    EXPECT_NE(error.got.view().find(std::to_string(block.size())), std::string_view::npos) << words(error);
  }
  for (const std::byte byte : memory.span()) ASSERT_EQ(byte, std::byte{0x5A});
}

TEST(Block, EnginesMove) {
  Engine first = make(config());
  run(first);
  const auto bytes = state_bytes(first);
  Engine second = std::move(first);
  EXPECT_TRUE(same_bytes(state_bytes(second), bytes));
  Engine third = make({});
  third = std::move(second);
  EXPECT_TRUE(same_bytes(state_bytes(third), bytes));
  EXPECT_OK(third.tick(100));
}

TEST(Block, TwoEnginesAreIndependent) {
  Engine one = make(config()), other = make(config()), alone = make(config());
  for (int t = 0; t < 40; ++t) {
    ASSERT_OK(write_classic_load(one, 1, Load::mixed));
    ASSERT_OK(write_classic_load(other, 2, Load::mixed));
    ASSERT_OK(write_classic_load(alone, 1, Load::mixed));
    ASSERT_OK(one.tick(t * 0.1));
    ASSERT_OK(other.tick(1000 - 0.1 + t));
    if (t == 20) other.reset();
    ASSERT_OK(alone.tick(t * 0.1));
  }
  EXPECT_TRUE(same_bytes(state_bytes(one), state_bytes(alone)));
  EXPECT_FALSE(same_bytes(state_bytes(one), state_bytes(other)));
}

}  // namespace
}  // namespace sensorium::test
