// tick_many(): the same bits as writing the columns and ticking once for each time, on random engines and recordings; its list of
// changes; and everything it refuses.
#include "sensorium/replay.h"

#include <algorithm>
#include <deque>

#include "core/allocations.h"
#include "core/random_config.h"

namespace sensorium::test {
namespace {

std::size_t element_bytes(ElementType type) { return type == ElementType::u8 ? 1 : type == ElementType::f64 ? 8 : 4; }

// A recording of random readings for some columns of an engine, of some of its rows.
struct Tape {
  std::vector<double> times;
  std::vector<std::string_view> inputs;
  std::vector<float> values;
  std::vector<std::uint8_t> active;
  std::uint32_t rows = 0;

  Recording recording(std::size_t from = 0) const {
    const std::size_t each = inputs.size() * rows;
    return {.times = std::span(times).subspan(from),
            .inputs = inputs,
            .values = std::span(values).subspan(from * each),
            .rows = rows,
            .active = active.empty() ? std::span<const std::uint8_t>() : std::span(active).subspan(from * rows)};
  }
};

bool is_input(const Column& column) {
  const std::string_view name = column.name.view();
  const bool others = name.starts_with("results.") || name.starts_with("history.") || name.starts_with("exchange.");
  return column.type == ElementType::f32 && !others;
}

Tape random_tape(Random& random, const Engine& engine, std::size_t ticks, double start = 0) {
  Tape tape;
  for (const Column& column : engine.layout()) {
    if (is_input(column) && random.chance(0.8)) tape.inputs.push_back(column.name.view());
  }
  tape.rows = random.chance(0.7) ? engine.agents() : random.below(engine.agents() + 1);
  for (std::size_t t = 0; t < ticks; ++t)
    tape.times.push_back(start += random.chance(0.1) ? 0 : random.between(0, 0.6));
  tape.values.resize(ticks * tape.inputs.size() * tape.rows);
  for (float& value : tape.values)
    value = random.chance(0.3) ? kNaN : random.chance(0.02) ? random.hostile() : random.value(-3, 3);
  if (random.chance(0.7)) {
    tape.active.resize(ticks * tape.rows);
    for (std::uint8_t& active : tape.active) active = random.chance(0.85) ? 1 : 0;
  }
  return tape;
}

// Blocks for all result columns, of their exact size.
struct Blocks {
  std::deque<std::vector<std::byte>> blocks;
  std::vector<Wanted> wanted;

  Blocks(const Engine& engine, std::size_t ticks, std::size_t rows) {
    for (const Column& column : engine.layout()) {
      if (!column.name.view().starts_with("results.")) continue;
      for (std::uint32_t p = 0; p < column.planes; ++p) {
        blocks.emplace_back(ticks * rows * column.width * element_bytes(column.type), std::byte{0xAA});
        wanted.push_back({column.name.view(), blocks.back(), p});
      }
    }
  }
  // What is wanted of the ticks from `from` on, where the whole is of `ticks`.
  std::vector<Wanted> from(std::size_t from, std::size_t ticks) const {
    std::vector<Wanted> rest = wanted;
    for (Wanted& one : rest) one.into = one.into.subspan(one.into.size() / ticks * from);
    return rest;
  }
};

// One tick of a tape as anyone would do it.
void write_and_tick(Engine& engine, const Tape& tape, std::size_t tick) {
  const float* from = tape.values.data() + tick * tape.inputs.size() * tape.rows;
  for (const std::string_view name : tape.inputs) {
    float* column = reinterpret_cast<float*>(engine.block().data() + engine.find_column(name)->offset);
    for (std::uint32_t row = 0; row < tape.rows; ++row) column[row] = *from++;
  }
  for (std::uint32_t row = 0; row < tape.rows && !tape.active.empty(); ++row)
    engine.active()[row] = tape.active[tick * tape.rows + row];
  ASSERT_OK(engine.tick(tape.times[tick]));
}

std::vector<Change> changes_of(const Engine& engine, std::uint32_t tick) {
  std::vector<Change> changes;
  const Results results = engine.results();
  for (std::uint32_t i = 0; i < engine.agents(); ++i) {
    if (results.changes[i])
      changes.push_back({tick, i, results.changes[i], results.flags[i], results.anomaly.severity[i]});
  }
  return changes;
}

bool same(const Change& a, const Change& b) {
  return a.tick == b.tick && a.agent == b.agent && a.changes == b.changes && a.flags == b.flags &&
         a.severity == b.severity;
}

class ReplayOf : public testing::TestWithParam<std::uint32_t> {};
INSTANTIATE_TEST_SUITE_P(Seed, ReplayOf, testing::Range(0u, 30u),
                         [](const auto& at) { return std::to_string(at.param); });

TEST_P(ReplayOf, RandomRecordingsIsTickingOneByOne) {
  Random random(7000 + GetParam());
  RandomConfig made = random_config(random, GetParam() % 3 == 0);
  if (random.chance(0.4)) {
    made.config.neighbors = {.k = 1 + random.below(4),
                             .radius = 2,
                             .fov = random.chance(0.5) ? 3.0f : 6.2831855f,
                             .own_radius = random.chance(0.5)};
    if (random.chance(0.5)) made.config.map = {.capacity = 16};
  }
  const std::vector<std::string> all = isas();
  const std::string& isa = all[GetParam() % all.size()];
  Engine one = make(made.config, isa), many = make(made.config, isa);
  constexpr std::size_t kTicks = 60;
  for (const double start : {-5.0, 60.0}) {
    const Tape tape = random_tape(random, one, kTicks, start);
    const Blocks expected(one, kTicks, tape.rows), got(many, kTicks, tape.rows);
    std::vector<Change> expected_changes, got_changes;
    for (std::size_t t = 0; t < kTicks; ++t) {
      write_and_tick(one, tape, t);
      for (const auto& [name, into, plane] : expected.wanted) {
        const Column& column = *one.find_column(name);
        const std::size_t bytes = into.size() / kTicks;
        const std::byte* const from = one.block().data() + column.offset + plane * column.stride;
        std::copy_n(from, bytes, into.data() + t * bytes);  // Also of a column without rows, where there is no memory.
      }
      for (const Change& change : changes_of(one, static_cast<std::uint32_t>(t))) expected_changes.push_back(change);
    }
    // As many calls as the list of changes makes necessary.
    std::vector<Change> list(many.agents() + random.below(100));
    for (std::size_t at = 0; at < kTicks;) {
      const Result<Replayed> done = tick_many(many, tape.recording(at), got.from(at, kTicks), list);
      ASSERT_TRUE(done) << words(done.error());
      ASSERT_GT(done->ticks, 0u);
      for (std::size_t i = 0; i < done->changes; ++i) {
        got_changes.push_back(list[i]);
        got_changes.back().tick += static_cast<std::uint32_t>(at);
      }
      at += done->ticks;
    }
    for (std::size_t i = 0; i < expected.wanted.size(); ++i) {
      EXPECT_TRUE(same_bytes(expected.blocks[i], got.blocks[i]))
          << expected.wanted[i].column << "[" << expected.wanted[i].plane << "]";
    }
    ASSERT_EQ(got_changes.size(), expected_changes.size());
    for (std::size_t i = 0; i < got_changes.size(); ++i)
      EXPECT_TRUE(same(got_changes[i], expected_changes[i])) << "change " << i;
    EXPECT_EQ(one.statistics().cycles, many.statistics().cycles);
    EXPECT_EQ(one.statistics().anomalies, many.statistics().anomalies);
  }
}

TEST(Replay, StopsBeforeItsListIsFullAndGoesOn) {
  Config config = plain_config(20);
  config.readings.lost_after = 0;
  Engine engine = make(config);
  // Every agent loses its sensor at every other tick and has it back at the next: each tick changes all 20.
  constexpr std::size_t kTicks = 9;
  const std::string_view inputs[] = {"sensors.x"};
  std::vector<double> times;
  std::vector<float> values;
  config.readings.hold = Hold::once;
  engine = make(config);
  for (std::size_t t = 0; t < kTicks; ++t) {
    times.push_back(static_cast<double>(t));
    values.insert(values.end(), 20, t % 2 == 0 ? 1.0f : kNaN);
  }
  std::vector<Change> list(50);
  std::size_t at = 0, changes = 0, calls = 0;
  while (at < kTicks) {
    const auto done = tick_many(engine,
                                {.times = std::span(times).subspan(at),
                                 .inputs = inputs,
                                 .values = std::span(values).subspan(20 * at),
                                 .rows = 20},
                                {}, list);
    ASSERT_TRUE(done) << words(done.error());
    ASSERT_GT(done->ticks, 0u);
    at += done->ticks;
    changes += done->changes;
    ++calls;
    EXPECT_LE(done->changes, list.size());
  }
  EXPECT_EQ(changes, 20 * (kTicks - 1)) << "the first tick is nobody's change";
  EXPECT_EQ(calls, 4u) << "of 3 ticks, and then twice 2 and the rest";
  EXPECT_EQ(engine.statistics().cycles, kTicks);
}

TEST(Replay, AllocatesNothing) {
  Engine engine = make({.agents = 40});
  Random random(1);
  const Tape tape = random_tape(random, engine, 50);
  const Blocks blocks(engine, 50, tape.rows);
  std::vector<Change> list(40 * 50);
  const std::uint64_t before = allocations;
  const auto done = tick_many(engine, tape.recording(), blocks.wanted, list);
  const auto refused = tick_many(engine, tape.recording(), blocks.wanted, list);
  EXPECT_EQ(allocations, before);
  ASSERT_TRUE(done);
  EXPECT_EQ(done->ticks, 50u);
  EXPECT_EQ(refused.error().code, ErrorCode::time_backwards);
}

TEST(Replay, OfNothingIsNothing) {
  Engine engine = make({.agents = 3});
  EXPECT_EQ(tick_many(engine, {})->ticks, 0u);
  // No input and no row: the columns as they stand.
  const double times[] = {0, 1, 2};
  std::vector<float> fused(9);
  const Wanted wanted[] = {{"results.fused", std::as_writable_bytes(std::span(fused))}};
  ASSERT_OK(write_classic_load(engine, 1));
  EXPECT_EQ(tick_many(engine, {.times = times, .rows = 3}, wanted)->ticks, 3u);
  EXPECT_GT(fused[0], 0);
  EXPECT_EQ(bits(fused[0]), bits(fused[6])) << "held readings are read anew";
}

// Everything that can be wrong, and that nothing has changed by it.
struct Refusal {
  const char* name;
  ErrorCode code;
  const char* where;
  void (*spoil)(Recording&, std::vector<Wanted>&, std::span<Change>&, Engine&);
};

class ReplayRefuses : public testing::TestWithParam<Refusal> {};

double some_times[4] = {0, 1, 2, 3};
std::string_view some_inputs[3] = {"sensors.lidar.points", "sensors.imu.accel_x", "sensors.audio.amplitude"};
float some_values[4 * 2 * 6];
std::uint8_t some_active[4 * 6];
std::byte some_results[4 * 6 * 4 + 4];
Change some_changes[12];

TEST_P(ReplayRefuses, AndNothingHasChanged) {
  Engine engine = make({.agents = 6});
  ASSERT_OK(write_classic_load(engine, 1));
  ASSERT_OK(engine.tick(0));
  const std::vector<std::byte> before = state_bytes(engine);
  const double times[4] = {0, 1, 2, 3};
  std::copy(std::begin(times), std::end(times), some_times);
  Recording recording = {.times = some_times,
                         .inputs = std::span(some_inputs).first(2),
                         .values = some_values,
                         .rows = 6,
                         .active = some_active};
  std::vector<Wanted> wanted = {{"results.fused", std::span(some_results).first(4 * 6 * 4)}};
  std::span<Change> changes = some_changes;
  GetParam().spoil(recording, wanted, changes, engine);
  const auto done = tick_many(engine, recording, wanted, changes);
  ASSERT_FALSE(done);
  EXPECT_EQ(done.error().code, GetParam().code) << words(done.error());
  EXPECT_EQ(done.error().where.view(), GetParam().where) << words(done.error());
  EXPECT_FALSE(done.error().what.view().empty() || done.error().expected.view().empty() ||
               done.error().got.view().empty());
  EXPECT_TRUE(same_bytes(state_bytes(engine), before));
}

using W = std::vector<Wanted>;
using C = std::span<Change>;
const Refusal kRefusals[] = {
    {"NaN", ErrorCode::time_not_finite, "tick_many, times[2]",
     [](Recording&, W&, C&, Engine&) { some_times[2] = kNaN; }},
    {"Infinity", ErrorCode::time_not_finite, "tick_many, times[0]",
     [](Recording&, W&, C&, Engine&) { some_times[0] = kInfinity; }},
    {"TimeBackwards", ErrorCode::time_backwards, "tick_many, times[3]",
     [](Recording&, W&, C&, Engine&) { some_times[3] = 1.5; }},
    {"BeforeTheEngine", ErrorCode::time_backwards, "tick_many, times[0]",
     [](Recording&, W&, C&, Engine&) { some_times[0] = -1; }},
    {"MoreRowsThanAgents", ErrorCode::out_of_range, "tick_many, rows",
     [](Recording& r, W&, C&, Engine&) { r.rows = 7; }},
    {"ManyMoreRows", ErrorCode::out_of_range, "tick_many, rows",
     [](Recording& r, W&, C&, Engine&) { r.rows = 0xFFFFFFFF; }},
    {"FewerRows", ErrorCode::wrong_count, "tick_many, values", [](Recording& r, W&, C&, Engine&) { r.rows = 5; }},
    {"ShortValues", ErrorCode::wrong_count, "tick_many, values",
     [](Recording& r, W&, C&, Engine&) { r.values = r.values.first(47); }},
    {"NoValues", ErrorCode::wrong_count, "tick_many, values", [](Recording& r, W&, C&, Engine&) { r.values = {}; }},
    {"NoInputs", ErrorCode::wrong_count, "tick_many, values", [](Recording& r, W&, C&, Engine&) { r.inputs = {}; }},
    {"MoreInputs", ErrorCode::wrong_count, "tick_many, values",
     [](Recording& r, W&, C&, Engine&) { r.inputs = some_inputs; }},
    {"ShortActive", ErrorCode::wrong_count, "tick_many, active",
     [](Recording& r, W&, C&, Engine&) { r.active = r.active.first(6); }},
    {"FewerTimes", ErrorCode::wrong_count, "tick_many, values",
     [](Recording& r, W&, C&, Engine&) { r.times = r.times.first(3); }},
    {"UnknownInput", ErrorCode::unknown_column, "tick_many, inputs[1]",
     [](Recording& r, W&, C&, Engine&) {
       static constexpr std::string_view kNames[] = {"sensors.lidar.points", "lidar.points"};
       r.inputs = kNames;
     }},
    {"ResultAsInput", ErrorCode::unknown_column, "tick_many, inputs[0]",
     [](Recording& r, W&, C&, Engine&) {
       static constexpr std::string_view kNames[] = {"results.fused", "sensors.lidar.points"};
       r.inputs = kNames;
     }},
    {"ActiveAsInput", ErrorCode::unknown_column, "tick_many, inputs[0]",
     [](Recording& r, W&, C&, Engine&) {
       static constexpr std::string_view kNames[] = {"active", "sensors.lidar.points"};
       r.inputs = kNames;
     }},
    {"InputTwice", ErrorCode::duplicate_name, "tick_many, inputs[1]",
     [](Recording& r, W&, C&, Engine&) {
       static constexpr std::string_view kNames[] = {"sensors.lidar.points", "sensors.lidar.points"};
       r.inputs = kNames;
     }},
    {"UnknownResult", ErrorCode::unknown_column, "tick_many, wanted[0]",
     [](Recording&, W& w, C&, Engine&) { w[0].column = "results.furious"; }},
    {"InputAsResult", ErrorCode::unknown_column, "tick_many, wanted[0]",
     [](Recording&, W& w, C&, Engine&) { w[0].column = "sensors.lidar.points"; }},
    {"AbsentResult", ErrorCode::unknown_column, "tick_many, wanted[0]",
     [](Recording&, W& w, C&, Engine&) { w[0].column = "results.neighbors.count"; }},
    {"NoSuchPlane", ErrorCode::out_of_range, "tick_many, results.fused",
     [](Recording&, W& w, C&, Engine&) { w[0].plane = 1; }},
    {"ShortResult", ErrorCode::wrong_count, "tick_many, results.fused",
     [](Recording&, W& w, C&, Engine&) { w[0].into = w[0].into.first(92); }},
    {"LongResult", ErrorCode::wrong_count, "tick_many, results.fused",
     [](Recording&, W& w, C&, Engine&) { w[0].into = some_results; }},
    {"AnotherType", ErrorCode::wrong_count, "tick_many, results.anomaly.severity",
     [](Recording&, W& w, C&, Engine&) { w[0].column = "results.anomaly.severity"; }},
    {"NoResult", ErrorCode::wrong_count, "tick_many, results.fused",
     [](Recording&, W& w, C&, Engine&) { w[0].into = {}; }},
    {"TooManyWanted", ErrorCode::too_many, "tick_many, wanted",
     [](Recording&, W& w, C&, Engine&) { w.resize(kMostWanted + 1); }},
    {"ShortChanges", ErrorCode::wrong_count, "tick_many, changes",
     [](Recording&, W&, C& c, Engine&) { c = c.first(5); }},
    {"ResultTwiceInOneBlock", ErrorCode::overlap, "tick_many, results.confidence",
     [](Recording&, W& w, C&, Engine&) {
       w.push_back({"results.confidence", w[0].into});
     }},
    {"ResultOverValues", ErrorCode::overlap, "tick_many, results.fused",
     [](Recording&, W& w, C&, Engine&) { w[0].into = std::as_writable_bytes(std::span(some_values)).subspan(96); }},
    {"ChangesOverActive", ErrorCode::overlap, "tick_many, changes",
     [](Recording& r, W&, C&, Engine&) {
       r.active = {reinterpret_cast<const std::uint8_t*>(some_changes), 24};
     }},
    {"ValuesOfTheEngine", ErrorCode::overlap, "tick_many, values",
     [](Recording& r, W&, C&, Engine& e) {
       r.values = {reinterpret_cast<const float*>(e.block().data() + e.block().size() - 48 * 4), 48};
     }},
    {"ResultIntoTheEngine", ErrorCode::overlap, "tick_many, results.fused",
     [](Recording&, W& w, C&, Engine& e) { w[0].into = e.block().first(96); }},
};
INSTANTIATE_TEST_SUITE_P(Mistake, ReplayRefuses, testing::ValuesIn(kRefusals),
                         [](const auto& at) { return at.param.name; });

}  // namespace
}  // namespace sensorium::test
