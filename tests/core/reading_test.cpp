// kernels/reading.h against its twin.
#include "core/kernel_support.h"
#include "reference/textbook.h"

namespace sensorium::test {
namespace {

class Reading : public PerRows {
 protected:
  // Reads `tiles()` tiles of inputs that `draw` makes, and checks every row.
  template <class Draw>
  void check(const Probe& probe, std::uint64_t seed, Draw draw) {
    Random random(seed);
    for (std::uint32_t round = 0; round < 40; ++round) {
      const ChannelOptions channel = {.name = "x",
                                      .scale = random.chance(0.1) ? 1.0f : random.value(-3, 3),
                                      .offset = random.chance(0.3) ? 0.0f : random.value(-50, 50),
                                      .absolute = random.chance(0.3),
                                      .clamp = random.chance(0.3)};
      const bool consume = random.chance(0.5);
      for (std::uint32_t tile = 0; tile < tiles(); ++tile) {
        const Mask active = rows(tile) & any_rows(random);
        Lanes input, before, held, was;
        for (std::uint32_t row = 0; row < kRows; ++row) {
          input[row] = before[row] = draw(random);
          held[row] = was[row] = random.value(-9, 9);
        }
        const Mask read = probe.read_linear(input.at, active, channel, consume, held.at);
        for (std::uint32_t row = 0; row < kRows; ++row)
          check_row(channel, consume, holds(active, row), holds(read, row), before[row], input[row], was[row],
                    held[row]);
      }
    }
  }

 private:
  static void check_row(const ChannelOptions& channel, bool consume, bool active, bool read, float before, float after,
                        float was, float held) {
    SCOPED_TRACE(testing::Message() << "input " << before << (active ? ", active" : ", inactive"));
    const auto expected = active ? reference::feature(before, channel) : std::nullopt;
    ASSERT_EQ(read, expected.has_value());
    if (!expected) {
      EXPECT_EQ(bits(held), bits(was)) << "a row without a reading keeps its feature";
      EXPECT_EQ(bits(after), bits(before)) << "and its input";
      return;
    }
    // One rounding of the difference, one of the product.
    EXPECT_TRUE(near(held, *expected, *expected, 1.5)) << "scale " << channel.scale << ", offset " << channel.offset;
    EXPECT_EQ(bits(after), consume ? bits(kNaN) : bits(before));
  }
};

TEST_P(Reading, TwinOnPlainInputs) {
  for (const Probe* probe : probes()) {
    SCOPED_TRACE(probe->isa);
    check(*probe, 1, [](Random& random) { return random.chance(0.2) ? kNaN : random.value(-100, 100); });
  }
}

TEST_P(Reading, TwinOnHostileInputs) {
  for (const Probe* probe : probes()) {
    SCOPED_TRACE(probe->isa);
    check(*probe, 2, [](Random& random) { return random.chance(0.5) ? random.hostile() : random.any_size(); });
  }
}

// The quick way where every row has an ordinary reading: the same bits, or no way at all.
TEST_P(Reading, PlainIsLinearToTheBit) {
  for (const Probe* probe : probes()) {
    SCOPED_TRACE(probe->isa);
    Random random(2);
    std::uint32_t taken = 0;
    for (std::uint32_t tile = 0; tile < tiles() + 20; ++tile) {
      const ChannelOptions channel = {
          .name = "x", .scale = random.value(-3, 3), .offset = random.value(-50, 50), .absolute = random.chance(0.3)};
      const float largest = random.chance(0.5) ? 1e6f : 90;
      Lanes input, quick, slow;
      for (std::uint32_t row = 0; row < kRows; ++row) input[row] = random.value(-100, 100);
      if (random.chance(0.3)) input[random.below(kRows)] = random.hostile();
      bool ordinary = true;
      for (std::uint32_t row = 0; row < kRows; ++row) ordinary = ordinary && std::fabs(input[row]) <= largest;
      ASSERT_EQ(probe->read_plain(input.at, channel, largest, quick.at), ordinary);
      if (!ordinary) continue;
      ++taken;
      Lanes consumed = input;
      ASSERT_EQ(probe->read_linear(consumed.at, 0xFFFF, channel, false, slow.at), 0xFFFF);
      for (std::uint32_t row = 0; row < kRows; ++row) ASSERT_EQ(bits(quick[row]), bits(slow[row]));
    }
    EXPECT_GT(taken, 0u);
  }
}

SENSORIUM_ROWS(Reading);

}  // namespace
}  // namespace sensorium::test
