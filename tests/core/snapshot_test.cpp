// Snapshots: restore(snapshot) and then tick is tick, whatever the engine and wherever it was; and what is no
// snapshot is refused, with nothing changed.
#include "snapshot/snapshot.h"
#include "core/snapshot_support.h"
#include "format.h"
#include "golden/golden.h"
#include "sensorium/places.h"
#include "snapshot/config_bytes.h"

namespace sensorium::test {
namespace {

class SnapshotOf : public testing::TestWithParam<std::uint32_t> {};
INSTANTIATE_TEST_SUITE_P(Seed, SnapshotOf, testing::Range(0u, 60u),
                         [](const auto& at) { return std::to_string(at.param); });

TEST_P(SnapshotOf, AnyEngineGoesOnBitForBitInAnother) {
  Random random(7000 + GetParam());
  const RandomConfig made = random_engine(random, GetParam() % 2);
  const std::vector<std::string> all = isas();
  Engine first = make(made.config, all[random.below(static_cast<std::uint32_t>(all.size()))]);
  Engine other = make(made.config, all[random.below(static_cast<std::uint32_t>(all.size()))]);
  run_randomly(random, first, static_cast<int>(random.below(60)));
  // An engine that has seen something else.
  run_randomly(random, other, static_cast<int>(random.below(60)));

  const std::vector<std::byte> before = state_bytes(first);
  const Snapshot snapshot = snapshot_of(first);
  EXPECT_TRUE(same_bytes(before, state_bytes(first))) << "a snapshot changes nothing";
  EXPECT_EQ(snapshot_of(first), snapshot) << "two of one state are the same";
  EXPECT_LE(snapshot.size(), first.snapshot_bytes());

  ASSERT_OK(other.restore(snapshot));
  EXPECT_EQ(snapshot_of(other), snapshot);
  ASSERT_TRUE(same_state(first, other));
  const std::uint64_t seed = random.word();
  Random one(seed), two(seed);
  run_randomly(one, first, 30);
  run_randomly(two, other, 30);
  EXPECT_TRUE(same_state(first, other)) << first.isa() << " and " << other.isa();
}

class SnapshotFrom : public PerIsa {};
SENSORIUM_EACH_ISA(SnapshotFrom);

// From each instruction set to the next and on, as many times as there are, and once more.
TEST_P(SnapshotFrom, GoldenScenariosGoOnElsewhereAsTheyWouldHaveHere) {
  const std::vector<std::string> all = isas();
  const auto move = [&](std::uint64_t ticks, const Config& config) {
    return [&all, ticks, config](Engine& engine, std::uint64_t tick) {
      if ((tick + 1) % (ticks / (all.size() + 2)) != 0) return;
      const std::size_t here = static_cast<std::size_t>(std::find(all.begin(), all.end(), engine.isa()) - all.begin());
      Engine next = make(config, all[(here + 1) % all.size()]);
      ASSERT_OK(next.restore(snapshot_of(engine)));
      engine = std::move(next);
    };
  };
  const Scenario& mixed = scenarios()[1];
  ASSERT_EQ(mixed.name, "mixed-1000");
  EXPECT_EQ(hash_of(mixed, isa(), move(mixed.runs[0].ticks, mixed.runs[0].config)), read_golden()[mixed.name]);
  EXPECT_EQ(crowd_hash(isa(), move(200, crowd())), read_golden()["crowd"]);
}

TEST(Snapshot, IsTheSameBytesOnEveryIsa) {
  Snapshot first;
  for (const std::string& isa : isas()) {
    Snapshot own;
    crowd_hash(isa, [&own](Engine& engine, std::uint64_t tick) {
      if (tick == 150) own = snapshot_of(engine);
    });
    if (first.empty()) first = own;
    EXPECT_EQ(own, first) << isa;
  }
}

TEST(Snapshot, AreasAreTheWholeBlock) {
  Random random(5);
  for (int i = 0; i < 20; ++i) {
    const RandomConfig made = random_engine(random, false);
    const Engine engine = make(made.config);
    const Plan& plan = *reinterpret_cast<const Plan*>(engine.block().data());
    std::uint64_t end = 0;
    for (const AreaPlan& area : plan.areas) {
      if (area.bytes == 0) continue;
      EXPECT_EQ(area.offset, end);
      end = area.offset + area.bytes;
    }
    EXPECT_EQ(end, plan.bytes);
  }
}

Config busy() {
  Config config{.agents = 37,
                .modalities = {{.name = "lidar", .hold = Hold::once}, {.name = "visual", .half_life = 0.5}},
                .neighbors = {.k = 3, .radius = 8},
                .map = {.capacity = 30, .merge_radius = 2, .link_radius = 6}};
  return config;
}

Engine run_busy(std::uint64_t seed = 1, int ticks = 40) {
  Random random(seed);
  Engine engine = make(busy());
  run_randomly(random, engine, ticks);
  return engine;
}

TEST(Snapshot, OfAFullMapAnswersTheSame) {
  Engine first = run_busy();
  ASSERT_EQ(first.places()->counts().places, 30u) << "the test must fill the map";
  ASSERT_GT(first.places()->counts().gone, 0);
  Engine other = run_busy(2, 3);
  ASSERT_OK(other.restore(snapshot_of(first)));
  Random random(3);
  double ids[2][10];
  float distances[2][10];
  for (int i = 0; i < 200; ++i) {
    const float at[3] = {random.value(-12, 12), random.value(-12, 12), random.value(-12, 12)};
    ASSERT_EQ(first.places()->nearest(at, 10, ids[0], distances[0]),
              other.places()->nearest(at, 10, ids[1], distances[1]));
    ASSERT_TRUE(std::equal(std::begin(ids[0]), std::end(ids[0]), ids[1]));
    ASSERT_TRUE(std::equal(std::begin(distances[0]), std::end(distances[0]), distances[1]));
  }
  EXPECT_EQ(first.places()->link_count(), other.places()->link_count());
  EXPECT_EQ(first.places()->mean_degree(), other.places()->mean_degree());
}

TEST(Snapshot, NeedsItsRoomAndNoAlignment) {
  const Engine engine = run_busy();
  const Snapshot snapshot = snapshot_of(engine);
  Snapshot small(snapshot.size() - 1, std::byte{7});
  const Result<std::uint64_t> refused = engine.snapshot_into(small);
  ASSERT_FALSE(refused);
  EXPECT_EQ(refused.error().code, ErrorCode::wrong_count);
  EXPECT_EQ(refused.error().expected.view(), std::to_string(snapshot.size()) + " bytes");
  EXPECT_EQ(small, Snapshot(small.size(), std::byte{7}));

  // At any address, with anything behind it.
  for (std::size_t shift = 1; shift < 8; ++shift) {
    Snapshot shifted(engine.snapshot_bytes() + shift, std::byte{0xA5});
    ASSERT_EQ(*engine.snapshot_into(std::span(shifted).subspan(shift)), snapshot.size());
    ASSERT_TRUE(std::equal(snapshot.begin(), snapshot.end(), shifted.begin() + static_cast<std::ptrdiff_t>(shift)));
    Engine other = make(busy());
    EXPECT_OK(other.restore(std::span(shifted).subspan(shift)));
    EXPECT_TRUE(same_state(engine, other));
  }
  Engine own = run_busy();
  EXPECT_EQ(own.snapshot_into(own.block()).error().code, ErrorCode::bad_block);
  EXPECT_EQ(own.restore(own.block().subspan(128)).code, ErrorCode::bad_block);
}

TEST(Snapshot, GoesThroughASmallBufferAsAtOnce) {
  Random random(8);
  for (int i = 0; i < 10; ++i) {
    RandomConfig made = random_engine(random, false);
    if (i == 0) made.config = {.agents = 5000, .neighbors = {.k = 4}, .map = {.capacity = 3000, .merge_radius = 1}};
    Engine engine = make(made.config);
    run_randomly(random, engine, 20);
    const Snapshot whole = snapshot_of(engine);
    const Plan& plan = *reinterpret_cast<const Plan*>(engine.block().data());

    Snapshot buffer(kLeastBuffer), pieces;
    struct Through {
      Snapshot& buffer;
      Snapshot& bytes;
    } through = {buffer, pieces};
    ASSERT_TRUE(write_snapshot(plan, engine.block().data(),
                               {.room = buffer,
                                .flush =
                                    [](void* context, std::size_t filled) {
                                      Through& at = *static_cast<Through*>(context);
                                      at.bytes.insert(at.bytes.end(), at.buffer.begin(),
                                                      at.buffer.begin() + static_cast<std::ptrdiff_t>(filled));
                                    },
                                .context = &through},
                               whole.size()));
    EXPECT_EQ(pieces, whole);

    Engine restored = make(made.config);
    const SnapshotSource source = {.size = whole.size(),
                                   .room = buffer,
                                   .fetch =
                                       [](void* context, std::uint64_t at, std::size_t to, std::size_t bytes) {
                                         Through& from = *static_cast<Through*>(context);
                                         ASSERT_LE(to + bytes, from.buffer.size());
                                         std::copy_n(from.bytes.begin() + static_cast<std::ptrdiff_t>(at), bytes,
                                                     from.buffer.begin() + static_cast<std::ptrdiff_t>(to));
                                       },
                                   .context = &through};
    ASSERT_OK(read_snapshot(*reinterpret_cast<const Plan*>(restored.block().data()), restored.block().data(), source));
    EXPECT_TRUE(same_state(engine, restored));
    Config config;
    EXPECT_OK(read_snapshot_config(source, config));
    EXPECT_EQ(config.agents, made.config.agents);
  }
}

// --- Refusals ---

// Restores into an engine that has run, which must then be as it was.
Error refused(std::span<const std::byte> bytes, const Config& config = busy()) {
  Engine engine = make(config);
  Random random(9);
  run_randomly(random, engine, 10);
  const Snapshot before = snapshot_of(engine);
  const Error error = engine.restore(bytes);
  EXPECT_TRUE(error);
  EXPECT_EQ(snapshot_of(engine), before) << "an error changes nothing";
  return error;
}

TEST(Snapshot, CutIsRefused) {
  const Snapshot snapshot = snapshot_of(run_busy());
  for (std::size_t length :
       {std::size_t{0}, std::size_t{1}, std::size_t{7}, std::size_t{8}, std::size_t{39}, std::size_t{40},
        std::size_t{100}, snapshot.size() / 2, snapshot.size() - 8, snapshot.size() - 1}) {
    const Error error = refused(std::span(snapshot).first(length));
    EXPECT_EQ(error.code, ErrorCode::bad_snapshot) << length;
    EXPECT_EQ(error.what.view(), length < 40 ? "This is no snapshot" : "The snapshot is cut") << length;
    EXPECT_EQ(error.got.view(), std::to_string(length) + " bytes");
  }
  Engine engine = make(busy());
  EXPECT_EQ(engine.restore({}).code, ErrorCode::bad_snapshot);
}

TEST(Snapshot, AlteredIsRefusedWhereverItIs) {
  const Snapshot snapshot = snapshot_of(run_busy());
  Engine engine = make(busy());
  Random random(11);
  run_randomly(random, engine, 10);
  const Snapshot before = snapshot_of(engine);
  for (std::size_t at = 0; at < snapshot.size(); at += 1 + random.below(20)) {
    Snapshot altered = snapshot;
    altered[at] ^= static_cast<std::byte>(1 + random.below(255));
    const Error error = engine.restore(altered);
    const bool is_format = at >= 8 && at < 12;
    ASSERT_EQ(error.code, is_format ? ErrorCode::snapshot_version : ErrorCode::bad_snapshot)
        << "byte " << at << ": " << words(error);
    if (at >= 40) {
      ASSERT_EQ(error.what.view(), "The snapshot was altered") << "byte " << at;
    }
  }
  EXPECT_EQ(snapshot_of(engine), before);
}

TEST(Snapshot, OfAnotherConfigurationNamesTheOption) {
  const Snapshot snapshot = snapshot_of(run_busy());
  const auto differs = [&](auto change) {
    Config config = busy();
    change(config);
    return refused(snapshot, config);
  };
  const auto expect = [](const Error& error, std::string_view where, std::string_view expected, std::string_view got) {
    EXPECT_EQ(error.code, ErrorCode::snapshot_config);
    EXPECT_EQ(error.where.view(), where);
    EXPECT_EQ(error.expected.view(), expected);
    EXPECT_EQ(error.got.view(), got);
  };
  expect(differs([](Config& config) { config.agents = 36; }), "agents", "36", "37");
  expect(differs([](Config& config) { config.detection.window = 30; }), "detection.window", "30", "20");
  expect(differs([](Config& config) { config.channels[3].scale = 0.5f; }), "channels.lidar.points.scale", "0.5",
         Words() << double{1.0f / 1500});
  expect(differs([](Config& config) { config.channels[3].name = "lidar.hits"; }), "channels.lidar.points.name",
         "\"lidar.hits\"", "\"lidar.points\"");
  expect(differs([](Config& config) { config.modalities.count = 1; }), "modalities", "1", "2");
  expect(differs([](Config& config) { config.modalities[1].half_life = std::numeric_limits<double>::quiet_NaN(); }),
         "modalities.visual.half_life", "NaN", "0.5");
  expect(differs([](Config& config) { config.network.layers[1].activation = Activation::tanh; }),
         "network.layers.1.activation", "\"tanh\"", "\"fast_sigmoid\"");
  expect(differs([](Config& config) { config.map.capacity = 0; }), "map.capacity", "0", "30");
  expect(differs([](Config& config) { config.neighbors.groups = true; }), "neighbors.groups", "true", "false");
}

TEST(Snapshot, GoesIntoAnEngineThatIsWatchedOtherwise) {
  Config config = busy();
  config.metrics.timing = false;
  const Engine first = run_busy();
  Engine other = make(config);
  ASSERT_OK(other.restore(snapshot_of(first)));
  EXPECT_EQ(snapshot_of(other), snapshot_of(first));
}

TEST(Snapshot, BringsItsWeights) {
  Config config = busy();
  std::vector<float> own(8 * 4, 0.25f);
  config.network.layers[0].weights = own;
  Random random(1), again(1);
  Engine first = make(config);
  run_randomly(random, first, 10);
  Engine other = make(busy());
  ASSERT_OK(other.restore(snapshot_of(first)));
  EXPECT_EQ(weights(other, 0), own);
  EXPECT_TRUE(same_state(first, other));
}

TEST(Snapshot, AloneMakesAnEngine) {
  Random random(12);
  for (int i = 0; i < 20; ++i) {
    const RandomConfig made = random_engine(random, i % 2);
    Engine first = make(made.config);
    run_randomly(random, first, 10);
    const Snapshot snapshot = snapshot_of(first);
    const Result<Config> config = snapshot_config(snapshot);
    ASSERT_TRUE(config) << words(config.error());
    Engine other = make(*config);
    ASSERT_OK(other.restore(snapshot));
    EXPECT_TRUE(same_state(first, other));
  }
  EXPECT_EQ(snapshot_config({}).error().code, ErrorCode::bad_snapshot);
  Snapshot altered = snapshot_of(run_busy());
  altered[200] ^= std::byte{1};
  EXPECT_EQ(snapshot_config(altered).error().what.view(), "The snapshot was altered");
}

TEST(Snapshot, TheMostOptionsFitIntoOnePiece) {
  Config config{.channels = {}};
  config.channels.count = kMaxChannels;
  for (std::uint32_t c = 0; c < kMaxChannels; ++c) {
    config.channels[c].name = std::string_view(std::string(60, 'n') + std::to_string(10 + c));
    config.channels[c].feature = c < kMaxFeatures;
  }
  config.modalities.count = kMaxModalities;
  config.network.layers.count = kMaxLayers;
  EXPECT_LE(config_bytes(config, {}), kMostPiece);
  // And so does the largest tile.
  config = {.agents = 17};
  config.channels.count = kMaxFeatures;
  for (std::uint32_t c = 0; c < kMaxFeatures; ++c) {
    config.channels[c] = {.name =
                              std::string_view("m" + std::to_string(c % kMaxModalities) + ".c" + std::to_string(c))};
  }
  config.detection.window = kMaxWindow;
  Random random(2);
  Engine first = make(config), other = make(config);
  run_randomly(random, first, 20);
  EXPECT_LE(reinterpret_cast<const Plan*>(first.block().data())->tile.stride, kMostPiece);
  ASSERT_OK(other.restore(snapshot_of(first)));
  EXPECT_TRUE(same_state(first, other));
}

// Where a section begins, by its name.
struct Found {
  std::size_t at;     // of its head
  std::size_t bytes;  // head, name and padding included
};
Found find_section(const Snapshot& snapshot, std::string_view name) {
  for (std::size_t at = 40; at + 8 < snapshot.size();) {
    std::uint32_t name_bytes;
    std::uint64_t bytes;
    std::memcpy(&name_bytes, snapshot.data() + at, 4);
    std::memcpy(&bytes, snapshot.data() + at + 24, 8);
    const std::size_t whole = 32 + (name_bytes + 7) / 8 * 8 + (bytes + 7) / 8 * 8;
    if (std::string_view(reinterpret_cast<const char*>(snapshot.data()) + at + 32, name_bytes) == name)
      return {at, whole};
    at += whole;
  }
  ADD_FAILURE() << "no section " << name;
  return {};
}
template <class T>
void poke(Snapshot& snapshot, std::size_t at, T value) {
  std::memcpy(snapshot.data() + at, &value, sizeof value);
}
template <class T>
T peek(const Snapshot& snapshot, std::size_t at) {
  T value;
  std::memcpy(&value, snapshot.data() + at, sizeof value);
  return value;
}
void set_sections(Snapshot& snapshot, int more) {
  poke(snapshot, 20, peek<std::uint32_t>(snapshot, 20) + static_cast<std::uint32_t>(more));
  poke(snapshot, 32, std::uint64_t{snapshot.size()});
  repair(snapshot);
}

TEST(Snapshot, OfANewerVersionIsRefused) {
  const Snapshot snapshot = snapshot_of(run_busy());
  for (const std::size_t at : {std::size_t{8}, std::size_t{12}, std::size_t{14}}) {
    Snapshot newer = snapshot;
    poke(newer, at, static_cast<std::uint16_t>(peek<std::uint16_t>(newer, at) + 1));
    repair(newer);
    const Error error = refused(newer);
    EXPECT_EQ(error.code, ErrorCode::snapshot_version) << at;
    EXPECT_EQ(error.what.view(), "The snapshot is of a newer version");
    if (at == 8) {
      EXPECT_EQ(error.expected.view(), "format 1 or earlier");
    }
  }
  // Patches change no layout.
  Snapshot patch = snapshot;
  poke(patch, 16, std::uint16_t{999});
  repair(patch);
  Engine engine = make(busy());
  EXPECT_OK(engine.restore(patch));
  // Nor does a section of another layout pass for this one.
  Snapshot layout = snapshot;
  poke(layout, find_section(snapshot, "tiles").at + 4, std::uint32_t{2});
  repair(layout);
  EXPECT_EQ(refused(layout).code, ErrorCode::snapshot_version);
}

TEST(Snapshot, OfAnOlderVersionMayLackColumns) {
  const Snapshot snapshot = snapshot_of(run_busy());
  Snapshot lacking = snapshot;
  const Found section = find_section(snapshot, "results.anomaly.z");
  lacking.erase(lacking.begin() + static_cast<std::ptrdiff_t>(section.at),
                lacking.begin() + static_cast<std::ptrdiff_t>(section.at + section.bytes));
  set_sections(lacking, -1);
  EXPECT_EQ(refused(lacking).what.view(), "The snapshot lacks a section");
  poke(lacking, 14, std::uint16_t{0});
  repair(lacking);
  Engine engine = run_busy(4);
  ASSERT_OK(engine.restore(lacking));
  for (std::uint32_t i = 0; i < engine.agents(); ++i) EXPECT_EQ(engine.results().anomaly.z[i], 0);
  EXPECT_EQ(engine.statistics().cycles, 40u);
}

TEST(Snapshot, SectionsThatDoNotBelongAreRefused) {
  const Snapshot snapshot = snapshot_of(run_busy());
  const Found section = find_section(snapshot, "results.flags");
  const auto begin = snapshot.begin() + static_cast<std::ptrdiff_t>(section.at);
  Snapshot twice = snapshot;
  twice.insert(twice.begin() + static_cast<std::ptrdiff_t>(section.at), begin,
               begin + static_cast<std::ptrdiff_t>(section.bytes));
  set_sections(twice, 1);
  EXPECT_EQ(refused(twice).what.view(), "The snapshot has a section twice");
  Snapshot unknown = snapshot;
  unknown[section.at + 32] = std::byte{'R'};
  repair(unknown);
  EXPECT_EQ(refused(unknown).what.view(), "The snapshot has a section that this version does not know");
  Snapshot shape = snapshot;
  poke(shape, section.at + 12, std::uint32_t{36});
  repair(shape);
  EXPECT_EQ(refused(shape).what.view(), "The snapshot's column has another shape");
  for (const std::uint64_t bytes :
       {std::uint64_t{0}, std::uint64_t{1} << 40, ~std::uint64_t{0}, ~std::uint64_t{0} - 6}) {
    Snapshot length = snapshot;
    poke(length, section.at + 24, bytes);
    repair(length);
    EXPECT_EQ(refused(length).code, ErrorCode::bad_snapshot) << bytes;
  }
  for (const std::uint32_t sections : {0u, 5u, 1000u, ~0u}) {
    Snapshot count = snapshot;
    poke(count, 20, sections);
    repair(count);
    EXPECT_EQ(refused(count).code, ErrorCode::bad_snapshot) << sections;
  }
}

// --- Hostile bytes: whoever alters a snapshot can put the checksum right ---

testing::AssertionResult finite_results(const Engine& engine) {
  for (const Column& column : engine.layout()) {
    if (!column.name.view().starts_with("results.")) continue;
    for (std::uint32_t p = 0; p < column.planes; ++p) {
      const std::byte* plane = engine.block().data() + column.offset + p * column.stride;
      for (std::size_t i = 0; i < std::size_t{column.rows} * column.width; ++i) {
        float f = 0;
        double d = 0;
        if (column.type == ElementType::f32) std::memcpy(&f, plane + i * 4, 4);
        if (column.type == ElementType::f64) std::memcpy(&d, plane + i * 8, 8);
        if (!std::isfinite(f) || !std::isfinite(d))
          return testing::AssertionFailure() << column.name.view() << "[" << i << "]";
      }
    }
  }
  return testing::AssertionSuccess();
}

// Everything that looks at the state.
void use(Engine& engine, Random& random) {
  double ids[32];
  float distances[32];
  const double start = engine.statistics().cycles ? engine.statistics().time : 0;
  for (int t = 0; t < 50; ++t) {
    random_inputs(random, engine, 0.2);
    if (t % 7 == 0) {
      for (std::uint8_t& active : engine.active()) active = 1;
    }
    ASSERT_OK(engine.tick(start + t * 0.1 * (1 + std::fabs(start))));
    ASSERT_TRUE(finite_results(engine)) << "tick " << t;
    if (t == 10) ASSERT_OK(engine.reset_agent(random.below(engine.agents())));
    if (auto places = engine.places(); places && t % 10 == 0) {
      const float at[3] = {random.value(-10, 10), random.value(-10, 10), 0};
      places->nearest(at, 32, ids, distances);
      places->within(at, 5, ids, distances, 32);
      places->link_count();
      if (engine.agents()) places->links(engine.results().place[0], ids, distances, 32);
    }
  }
}

class HostileSnapshot : public testing::TestWithParam<std::uint32_t> {};
INSTANTIATE_TEST_SUITE_P(Seed, HostileSnapshot, testing::Range(0u, 40u),
                         [](const auto& at) { return std::to_string(at.param); });

TEST_P(HostileSnapshot, IsRefusedOrDoesNoHarm) {
  Random random(40'000 + GetParam());
  RandomConfig made = random_engine(random, false);
  made.config.agents = 1 + random.below(20);
  Engine source = make(made.config);
  run_randomly(random, source, 30);
  const Snapshot snapshot = snapshot_of(source);
  Engine engine = make(made.config);
  // What is seldom hit by chance: the sections that tell how memory is used.
  std::vector<Found> small = {find_section(snapshot, "tiles"), find_section(snapshot, "statistics.time")};
  if (made.config.map.capacity) small.push_back(find_section(snapshot, "map"));
  int taken = 0;
  for (int i = 0; i < 120; ++i) {
    Snapshot altered = snapshot;
    for (std::uint32_t changes = 1 + random.below(3); changes; --changes) {
      const Found& part = small[random.below(static_cast<std::uint32_t>(small.size()))];
      const std::size_t at = random.chance(0.4) ? random.below(static_cast<std::uint32_t>(snapshot.size() - 8))
                                                : part.at + random.below(static_cast<std::uint32_t>(part.bytes));
      switch (random.below(4)) {
        case 0:
          altered[at] = static_cast<std::byte>(random.word());
          break;
        case 1:
          altered[at] ^= static_cast<std::byte>(1u << random.below(8));
          break;
        case 2:
          if (at + 4 <= altered.size() - 8) poke(altered, at / 4 * 4, random.hostile());
          break;
        default:
          if (at + 8 <= altered.size() - 8)
            poke(altered, at / 8 * 8, random.chance(0.5) ? random.word() : std::uint64_t{random.below(64)});
      }
    }
    repair(altered);
    const Snapshot before = snapshot_of(engine);
    if (engine.restore(altered)) {
      ASSERT_EQ(snapshot_of(engine), before) << "an error changes nothing";
      continue;
    }
    ++taken;
    use(engine, random);
    if (HasFatalFailure()) return;
  }
  EXPECT_GT(taken, 0) << "some changes do no harm, or nothing was tested";
}

TEST(Snapshot, OfAMapThatCannotBeIsRefused) {
  const Snapshot snapshot = snapshot_of(run_busy());
  const Found map = find_section(snapshot, "map");
  const std::size_t head = map.at + 40, agents = head + 64 - 8, entries = agents + 37 * 8, entry = 40 + 16;
  ASSERT_EQ(peek<std::uint32_t>(snapshot, head), 30u);
  const auto with = [&](std::size_t at, auto value) {
    Snapshot altered = snapshot;
    poke(altered, at, value);
    repair(altered);
    return refused(altered).code;
  };
  EXPECT_EQ(with(head, std::uint32_t{31}), ErrorCode::bad_snapshot) << "more places than there may be";
  EXPECT_EQ(with(head, std::uint32_t{29}), ErrorCode::bad_snapshot) << "fewer than follow";
  EXPECT_EQ(with(head + 16, std::numeric_limits<double>::quiet_NaN()), ErrorCode::bad_snapshot) << "no time";
  EXPECT_EQ(with(agents, std::uint32_t{30}), ErrorCode::bad_snapshot) << "an agent where there is no place";
  EXPECT_EQ(with(entries, peek<std::uint32_t>(snapshot, entries + entry)), ErrorCode::bad_snapshot) << "a slot twice";
  EXPECT_EQ(with(entries, std::uint32_t{30}), ErrorCode::bad_snapshot) << "no slot";
  EXPECT_EQ(with(entries + 4, kNaN), ErrorCode::bad_snapshot) << "no position";
  EXPECT_EQ(with(entries + 4, 1e17f), ErrorCode::bad_snapshot) << "out of order";
  EXPECT_EQ(with(entries + 16, 0xFFFFFFFFu), ErrorCode::bad_snapshot) << "the generation of none";
  EXPECT_EQ(with(entries + 24, std::uint32_t{kMostWeighed + 1}), ErrorCode::bad_snapshot) << "a mean of too many";
  EXPECT_EQ(with(entries + 40, 2e9f), ErrorCode::bad_snapshot) << "a feature beyond saturation";
  const std::size_t seen = entries + 30 * entry;
  EXPECT_EQ(with(seen, 1e300), ErrorCode::bad_snapshot) << "seen in the future";
  EXPECT_EQ(with(seen + 8, peek<std::uint32_t>(snapshot, seen + 24)), ErrorCode::bad_snapshot) << "seen twice";
}

}  // namespace
}  // namespace sensorium::test
