// The C interface: the same engine as from C++; whatever is wrong is an error and changes nothing, null and wrong indices too.
#include "sensorium/sensorium.h"

#include <limits>
#include <memory>

#include "core/allocations.h"
#include "core/model_file.h"
#include "core/support.h"

namespace sensorium::test {
namespace {

struct Free {
  void operator()(sensorium_engine* s) const { sensorium_free(s); }
};
using Handle = std::unique_ptr<sensorium_engine, Free>;

Handle created(std::uint32_t agents = 20, std::uint32_t places = 0) {
  Handle s(sensorium_new());
  EXPECT_EQ(sensorium_set_number(s.get(), "agents", agents), SENSORIUM_OK);
  EXPECT_EQ(sensorium_set_number(s.get(), "map.capacity", places), SENSORIUM_OK);
  EXPECT_EQ(sensorium_create(s.get()), SENSORIUM_OK) << sensorium_error(s.get(), SENSORIUM_WHAT);
  return s;
}

sensorium_column column(const Handle& s, const char* name) {
  sensorium_column found = {};
  EXPECT_EQ(sensorium_find_column(s.get(), name, &found), SENSORIUM_OK) << name;
  return found;
}
template <class T>
T* values(const Handle& s, const char* name) {
  return static_cast<T*>(column(s, name).data);
}
std::string code(const Handle& s) { return sensorium_error(s.get(), SENSORIUM_CODE); }

TEST(CApi, IsTheEngineOfCpp) {
  Engine cpp = make({.agents = 20});
  const Handle c = created();
  for (int tick = 0; tick < 30; ++tick) {
    ASSERT_OK(write_classic_load(cpp, 7, Load::mixed));
    ASSERT_EQ(sensorium_simulate(c.get(), 7, 1), SENSORIUM_OK);
    ASSERT_OK(cpp.tick(tick * 0.1));
    ASSERT_EQ(sensorium_tick(c.get(), tick * 0.1), SENSORIUM_OK);
  }
  ASSERT_EQ(sensorium_columns(c.get()), cpp.layout().size());
  for (std::uint32_t i = 0; i < cpp.layout().size(); ++i) {
    const Column& expected = cpp.layout()[i];
    sensorium_column got = {};
    ASSERT_EQ(sensorium_column_at(c.get(), i, &got), SENSORIUM_OK);
    EXPECT_EQ(expected.name, std::string_view(got.name));
    EXPECT_EQ(got.type, static_cast<std::uint32_t>(expected.type));
    EXPECT_EQ(got.rows, expected.rows);
    EXPECT_EQ(got.width, expected.width);
    EXPECT_EQ(got.planes, expected.planes);
    EXPECT_EQ(got.stride, expected.stride);
    EXPECT_EQ(got.list, expected.list ? 1u : 0u);
    if (!expected.name.view().starts_with("results.")) continue;
    EXPECT_EQ(std::memcmp(got.data, cpp.block().data() + expected.offset, expected.stride * expected.planes), 0)
        << got.name;
  }
  EXPECT_EQ(sensorium_agents(c.get()), 20u);
  EXPECT_EQ(cpp.isa(), std::string_view(sensorium_isa(c.get())));
  ASSERT_EQ(sensorium_modalities(c.get()), cpp.modalities());
  ASSERT_EQ(sensorium_features(c.get()), cpp.features());
  for (std::uint32_t f = 0; f < cpp.features(); ++f)
    EXPECT_EQ(cpp.feature(f), std::string_view(sensorium_feature(c.get(), f)));
  EXPECT_STREQ(sensorium_feature(c.get(), cpp.features()), "");
  for (std::uint32_t m = 0; m < cpp.modalities(); ++m)
    EXPECT_EQ(cpp.modality(m), std::string_view(sensorium_modality(c.get(), m)));
}

TEST(CApi, TakesEveryKindOfOption) {
  const Handle s(sensorium_new());
  const float weights[] = {1, -2};
  const float biases[] = {0.5f};
  for (const std::int32_t status :
       {sensorium_set_count(s.get(), "channels", 2), sensorium_set_text(s.get(), "channels.0.name", "a"),
        sensorium_set_text(s.get(), "channels.1.name", "b"), sensorium_set_flag(s.get(), "channels.1.absolute", 5),
        sensorium_set_count(s.get(), "network.layers", 1), sensorium_set_number(s.get(), "network.layers.0.units", 1),
        sensorium_set_text(s.get(), "network.layers.0.activation", "identity"),
        sensorium_set_floats(s.get(), "network.layers.0.weights", weights, 2),
        sensorium_set_floats(s.get(), "network.layers.0.biases", biases, 1), sensorium_set_isa(s.get(), "scalar"),
        sensorium_create(s.get())}) {
    EXPECT_EQ(status, SENSORIUM_OK) << sensorium_error(s.get(), SENSORIUM_WHERE);
  }
  *values<float>(s, "sensors.a") = 3;
  *values<float>(s, "sensors.b") = -1;
  ASSERT_EQ(sensorium_tick(s.get(), 0), SENSORIUM_OK);
  EXPECT_EQ(*values<float>(s, "results.output"), 1.5f);
  EXPECT_STREQ(sensorium_isa(s.get()), "scalar");
}

TEST(CApi, TakesAModel) {
  const Bytes bytes = ModelFile().tensor("0.weight", "[1,4]", f32({1, 0, 0, 0})).activations("[\"identity\"]").bytes();
  const Handle s(sensorium_new());
  ASSERT_EQ(sensorium_set_bytes(s.get(), "network.model", bytes.data(), bytes.size()), SENSORIUM_OK);
  ASSERT_EQ(sensorium_create(s.get()), SENSORIUM_OK);
  *values<float>(s, "sensors.visual.objects") = 5;
  ASSERT_EQ(sensorium_tick(s.get(), 0), SENSORIUM_OK);
  EXPECT_EQ(*values<float>(s, "results.output"), 0.5f);
  const Handle other(sensorium_new());
  EXPECT_EQ(sensorium_set_bytes(other.get(), "network.model", bytes.data(), std::uint64_t{1} << 60), SENSORIUM_FAILED)
      << "refused unread";
  EXPECT_EQ(code(other), "out_of_range");
}

TEST(CApi, AnErrorSaysAllAndChangesNothing) {
  const Handle s(sensorium_new());
  for (std::uint32_t part = 0; part < 6; ++part)
    EXPECT_STREQ(sensorium_error(s.get(), part), "") << "nothing failed yet";
  EXPECT_EQ(sensorium_set_number(s.get(), "detection.window", 0), SENSORIUM_FAILED);
  EXPECT_EQ(code(s), "out_of_range");
  EXPECT_STREQ(sensorium_error(s.get(), SENSORIUM_WHERE), "detection.window");
  EXPECT_STREQ(sensorium_error(s.get(), SENSORIUM_EXPECTED), "a whole number from 3 to 256 (ticks)");
  EXPECT_STREQ(sensorium_error(s.get(), SENSORIUM_GOT), "0");
  EXPECT_STREQ(sensorium_error(s.get(), 5), "");
  EXPECT_STREQ(sensorium_error(s.get(), 0xFFFFFFFFu), "");
  EXPECT_EQ(sensorium_create(s.get()), SENSORIUM_OK);
  EXPECT_EQ(sensorium_tick(s.get(), 5), SENSORIUM_OK);
  EXPECT_EQ(sensorium_tick(s.get(), 4), SENSORIUM_FAILED);
  EXPECT_EQ(code(s), "time_backwards");
  EXPECT_EQ(sensorium_tick(s.get(), std::nan("")), SENSORIUM_FAILED);
  EXPECT_EQ(sensorium_reset_agent(s.get(), 1), SENSORIUM_FAILED);
  EXPECT_EQ(code(s), "agent_out_of_range");
  EXPECT_EQ(sensorium_simulate(s.get(), std::numeric_limits<std::uint64_t>::max(), 0), SENSORIUM_FAILED);
  EXPECT_EQ(*values<double>(s, "statistics.cycles"), 1);
}

TEST(CApi, OptionsThatMakeNoEngineAreSaidAtCreate) {
  const Handle s(sensorium_new());
  ASSERT_EQ(sensorium_set_number(s.get(), "detection.min_samples", 50), SENSORIUM_OK);
  EXPECT_EQ(sensorium_required_bytes(s.get()), 0u);
  EXPECT_EQ(code(s), "out_of_range");
  EXPECT_EQ(sensorium_create(s.get()), SENSORIUM_FAILED);
  ASSERT_EQ(sensorium_set_number(s.get(), "detection.window", 50), SENSORIUM_OK);
  EXPECT_EQ(sensorium_create(s.get()), SENSORIUM_OK) << "it can be mended";
  const Handle isa(sensorium_new());
  ASSERT_EQ(sensorium_set_isa(isa.get(), "abacus"), SENSORIUM_OK);
  EXPECT_EQ(sensorium_create(isa.get()), SENSORIUM_FAILED);
  EXPECT_EQ(code(isa), "unknown_isa");
}

TEST(CApi, ExplainsWhatAnEngineWouldTake) {
  const Handle s(sensorium_new());
  ASSERT_EQ(sensorium_set_number(s.get(), "agents", 500), SENSORIUM_OK);
  ASSERT_EQ(sensorium_set_number(s.get(), "neighbors.k", 4), SENSORIUM_OK);
  const Result<Explanation> expected = explain({.agents = 500, .neighbors = {.k = 4}});
  ASSERT_TRUE(expected);
  std::uint32_t rows = 0;
  sensorium_cost cost = {};
  EXPECT_EQ(sensorium_explained(s.get(), 0, &cost), SENSORIUM_FAILED) << "nothing was explained yet";
  ASSERT_EQ(sensorium_explain(s.get(), &rows), SENSORIUM_OK);
  ASSERT_EQ(rows, expected->parts.size() + expected->options.size());
  std::uint64_t bytes = 0;
  for (std::uint32_t i = 0; i < rows; ++i) {
    ASSERT_EQ(sensorium_explained(s.get(), i, &cost), SENSORIUM_OK);
    if (i < expected->parts.size()) {
      EXPECT_EQ(cost.name, expected->parts[i].name);
      EXPECT_STREQ(cost.without, "");
      EXPECT_EQ(cost.bytes, expected->parts[i].bytes);
      bytes += cost.bytes;
    } else {
      const OptionBytes& option = expected->options[i - expected->parts.size()];
      EXPECT_EQ(cost.name, option.option);
      EXPECT_EQ(cost.without, option.without);
      EXPECT_EQ(cost.bytes, option.bytes);
    }
  }
  EXPECT_EQ(bytes, sensorium_required_bytes(s.get()));
  EXPECT_EQ(sensorium_explained(s.get(), rows, &cost), SENSORIUM_FAILED);
  EXPECT_EQ(code(s), "out_of_range");
  ASSERT_EQ(sensorium_set_number(s.get(), "detection.min_samples", 50), SENSORIUM_OK);
  EXPECT_EQ(sensorium_explain(s.get(), &rows), SENSORIUM_FAILED);
  EXPECT_STREQ(sensorium_error(s.get(), SENSORIUM_WHERE), "detection.window");
  ASSERT_EQ(sensorium_set_number(s.get(), "detection.min_samples", 3), SENSORIUM_OK);
  ASSERT_EQ(sensorium_set_isa(s.get(), "abacus"), SENSORIUM_OK);
  EXPECT_EQ(sensorium_explain(s.get(), &rows), SENSORIUM_FAILED);
  EXPECT_EQ(code(s), "unknown_isa");
}

TEST(CApi, MemoryMayBeTheCallers) {
  const Handle s(sensorium_new());
  const std::uint64_t bytes = sensorium_required_bytes(s.get());
  ASSERT_GT(bytes, 0u);
  EXPECT_EQ(bytes % 64, 0u);
  std::vector<std::byte> memory(bytes + 64);
  void* start = memory.data();
  std::size_t room = memory.size();
  std::align(64, bytes, start, room);
  EXPECT_EQ(sensorium_create_in(s.get(), nullptr, bytes), SENSORIUM_FAILED);
  EXPECT_EQ(code(s), "bad_block");
  EXPECT_EQ(sensorium_create_in(s.get(), static_cast<std::byte*>(start) + 1, bytes), SENSORIUM_FAILED);
  EXPECT_EQ(sensorium_create_in(s.get(), start, bytes - 1), SENSORIUM_FAILED);
  ASSERT_EQ(sensorium_create_in(s.get(), start, bytes), SENSORIUM_OK);
  EXPECT_GE(column(s, "results.fused").data, start);
  EXPECT_EQ(sensorium_tick(s.get(), 0), SENSORIUM_OK);
}

// Every function that can fail, with arguments that are fine.
std::vector<std::int32_t> every_verb(sensorium_engine* s) {
  sensorium_column column;
  std::uint32_t count;
  std::uint64_t ticks, changes;
  double length;
  std::byte byte;
  const sensorium_recording nothing = {};
  return {sensorium_tick_many(s, &nothing, nullptr, 0, nullptr, 0, &ticks, &changes),
          sensorium_snapshot(s, &byte, 1, &ticks),
          sensorium_restore(s, &byte, 1),
          sensorium_tick(s, 0),
          sensorium_reset(s),
          sensorium_reset_agent(s, 0),
          sensorium_simulate(s, 1, 0),
          sensorium_set_parallel_for(s, nullptr, nullptr),
          sensorium_acknowledge(s, 0, 1),
          sensorium_acknowledge_all(s, 1),
          sensorium_metrics(s),
          sensorium_reset_metrics(s),
          sensorium_column_at(s, 0, &column),
          sensorium_find_column(s, "active", &column),
          sensorium_places_nearest(s, 1, 1),
          sensorium_places_within(s, 1, 1, 1),
          sensorium_place(s, 0),
          sensorium_places_links(s, 0, &count),
          sensorium_places_export(s, &count),
          sensorium_places_path(s, 0, 0, &length),
          sensorium_places_components(s, &count)};
}
std::vector<std::int32_t> every_option(sensorium_engine* s) {
  const float one = 1;
  return {sensorium_set_number(s, "agents", 1),
          sensorium_set_flag(s, "neighbors.groups", 1),
          sensorium_set_text(s, "readings.hold", "once"),
          sensorium_set_count(s, "network.layers", 1),
          sensorium_set_floats(s, "network.layers.0.biases", &one, 1),
          sensorium_set_bytes(s, "network.model", "0123456789", 10),
          sensorium_set_snapshot(s, "0123456789", 10),
          sensorium_set_isa(s, "scalar")};
}
std::vector<std::int32_t> creating(sensorium_engine* s) {
  std::uint32_t rows;
  sensorium_cost cost;
  return {sensorium_explain(s, &rows), sensorium_explained(s, 0, &cost), sensorium_create(s),
          sensorium_create_in(s, s, 64)};
}

TEST(CApi, NoHandleIsAnErrorOfItsOwn) {
  for (const auto& all : {every_verb(nullptr), every_option(nullptr), creating(nullptr)}) {
    for (const std::int32_t status : all) EXPECT_EQ(status, SENSORIUM_NO_HANDLE);
  }
  EXPECT_EQ(sensorium_required_bytes(nullptr), 0u);
  EXPECT_EQ(sensorium_columns(nullptr), 0u);
  EXPECT_EQ(sensorium_snapshot_bytes(nullptr), 0u);
  EXPECT_EQ(sensorium_agents(nullptr), 0u);
  EXPECT_EQ(sensorium_modalities(nullptr), 0u);
  EXPECT_EQ(sensorium_features(nullptr), 0u);
  EXPECT_STREQ(sensorium_feature(nullptr, 0), "");
  EXPECT_STREQ(sensorium_modality(nullptr, 0), "");
  EXPECT_STREQ(sensorium_isa(nullptr), "");
  EXPECT_STREQ(sensorium_error(nullptr, SENSORIUM_WHAT), "The handle is null");
  EXPECT_STREQ(sensorium_error(nullptr, 17), "");
  sensorium_free(nullptr);
}

TEST(CApi, BeforeCreateThereIsNoEngine) {
  const Handle s(sensorium_new());
  for (const std::int32_t status : every_verb(s.get())) {
    EXPECT_EQ(status, SENSORIUM_FAILED);
    EXPECT_EQ(code(s), "wrong_state");
  }
  EXPECT_EQ(sensorium_columns(s.get()), 0u);
  EXPECT_EQ(sensorium_snapshot_bytes(s.get()), 0u);
  EXPECT_EQ(sensorium_agents(s.get()), 0u);
  EXPECT_EQ(sensorium_modalities(s.get()), 0u);
  EXPECT_STREQ(sensorium_isa(s.get()), "");
}

TEST(CApi, AfterCreateThereAreNoOptions) {
  const Handle s = created();
  for (const auto& all : {every_option(s.get()), creating(s.get())}) {
    for (const std::int32_t status : all) EXPECT_EQ(status, SENSORIUM_FAILED);
    EXPECT_EQ(code(s), "wrong_state");
  }
  EXPECT_EQ(sensorium_required_bytes(s.get()), 0u);
  EXPECT_EQ(sensorium_agents(s.get()), 20u);
  EXPECT_EQ(sensorium_tick(s.get(), 0), SENSORIUM_OK);
}

TEST(CApi, NullForAnythingElseIsAnError) {
  const Handle options(sensorium_new());
  for (const std::int32_t status :
       {sensorium_set_number(options.get(), nullptr, 1), sensorium_set_flag(options.get(), nullptr, 1),
        sensorium_set_text(options.get(), nullptr, "a"), sensorium_explain(options.get(), nullptr),
        sensorium_explained(options.get(), 0, nullptr), sensorium_set_text(options.get(), "readings.hold", nullptr),
        sensorium_set_count(options.get(), nullptr, 1), sensorium_set_floats(options.get(), nullptr, nullptr, 0),
        sensorium_set_floats(options.get(), "network.layers.0.weights", nullptr, 3),
        sensorium_set_bytes(options.get(), nullptr, "", 0),
        sensorium_set_bytes(options.get(), "network.model", nullptr, 100),
        sensorium_set_snapshot(options.get(), nullptr, 1), sensorium_set_isa(options.get(), nullptr)}) {
    EXPECT_EQ(status, SENSORIUM_FAILED);
    EXPECT_EQ(code(options), "null_pointer");
  }
  const Handle s = created(20, 10);
  sensorium_column column;
  for (const std::int32_t status :
       {sensorium_column_at(s.get(), 0, nullptr), sensorium_find_column(s.get(), nullptr, &column),
        sensorium_find_column(s.get(), "active", nullptr), sensorium_places_links(s.get(), 0, nullptr),
        sensorium_places_export(s.get(), nullptr), sensorium_places_path(s.get(), 0, 0, nullptr),
        sensorium_places_components(s.get(), nullptr)}) {
    EXPECT_EQ(status, SENSORIUM_FAILED);
    EXPECT_EQ(code(s), "null_pointer");
  }
}

TEST(CApi, NullInARecordingOrForASnapshotIsAnError) {
  const Handle s = created();
  std::uint64_t bytes = 0, ticks = 0, changes = 0;
  const double time = 0;
  const float value = 0;
  const char* const none = nullptr;
  const char* const points = "sensors.lidar.points";
  const auto replay = [&](const sensorium_recording& recording) {
    return sensorium_tick_many(s.get(), &recording, nullptr, 0, nullptr, 0, &ticks, &changes);
  };
  const sensorium_recording fine = {&time, &points, &value, nullptr, 1, 1, 1};
  const sensorium_wanted nameless = {nullptr, nullptr, 0, 0, 0}, nowhere = {"results.fused", nullptr, 4, 0, 0};
  for (const std::int32_t status :
       {sensorium_snapshot(s.get(), nullptr, 100, &bytes), sensorium_snapshot(s.get(), &bytes, 8, nullptr),
        sensorium_restore(s.get(), nullptr, 1), replay({nullptr, &points, &value, nullptr, 1, 1, 1}),
        replay({&time, nullptr, &value, nullptr, 1, 1, 1}), replay({&time, &points, nullptr, nullptr, 1, 1, 1}),
        replay({&time, &none, &value, nullptr, 1, 1, 1}),
        sensorium_tick_many(s.get(), nullptr, nullptr, 0, nullptr, 0, &ticks, &changes),
        sensorium_tick_many(s.get(), &fine, nullptr, 1, nullptr, 0, &ticks, &changes),
        sensorium_tick_many(s.get(), &fine, &nameless, 1, nullptr, 0, &ticks, &changes),
        sensorium_tick_many(s.get(), &fine, &nowhere, 1, nullptr, 0, &ticks, &changes),
        sensorium_tick_many(s.get(), &fine, nullptr, 0, nullptr, 20, &ticks, &changes),
        sensorium_tick_many(s.get(), &fine, nullptr, 0, nullptr, 0, nullptr, &changes),
        sensorium_tick_many(s.get(), &fine, nullptr, 0, nullptr, 0, &ticks, nullptr)}) {
    EXPECT_EQ(status, SENSORIUM_FAILED);
    EXPECT_EQ(code(s), "null_pointer");
  }
  EXPECT_EQ(*values<double>(s, "statistics.cycles"), 0);
  EXPECT_EQ(replay(fine), SENSORIUM_OK);
  EXPECT_EQ(ticks, 1u);
}

TEST(CApi, WrongColumnsAreErrors) {
  const Handle s = created();
  sensorium_column column = {};
  for (const std::uint32_t index : {sensorium_columns(s.get()), 0x7FFFFFFFu, 0xFFFFFFFFu}) {
    EXPECT_EQ(sensorium_column_at(s.get(), index, &column), SENSORIUM_FAILED);
    EXPECT_EQ(code(s), "unknown_column");
  }
  for (const std::string& name : {std::string(), std::string("results"), std::string("results.fuse"),
                                  std::string("results.fused "), std::string(5000, 'x')}) {
    EXPECT_EQ(sensorium_find_column(s.get(), name.c_str(), &column), SENSORIUM_FAILED);
    EXPECT_EQ(code(s), "unknown_column");
  }
  EXPECT_EQ(column.name, nullptr) << "nothing was written";
  EXPECT_STREQ(sensorium_modality(s.get(), 4), "");
  EXPECT_STREQ(sensorium_modality(s.get(), 0xFFFFFFFFu), "");
}

TEST(CApi, BlocksRunThroughTheCallersLoop) {
  const Handle s = created(1000);
  std::uint32_t ran = 0;
  const auto backwards = [](void* pool, std::uint32_t blocks, void (*body)(void*, std::uint32_t), void* context) {
    for (std::uint32_t block = blocks; block-- > 0;) body(context, block);
    *static_cast<std::uint32_t*>(pool) += blocks;
  };
  ASSERT_EQ(sensorium_set_parallel_for(s.get(), backwards, &ran), SENSORIUM_OK);
  ASSERT_EQ(sensorium_tick(s.get(), 0), SENSORIUM_OK);
  EXPECT_EQ(ran, 16u) << "8 blocks of 128 agents, twice";
  ASSERT_EQ(sensorium_set_parallel_for(s.get(), nullptr, nullptr), SENSORIUM_OK);
  ASSERT_EQ(sensorium_tick(s.get(), 1), SENSORIUM_OK);
  EXPECT_EQ(ran, 16u);
}

TEST(CApi, ResetsAndMetrics) {
  const Handle s = created();
  ASSERT_EQ(sensorium_simulate(s.get(), 1, 0), SENSORIUM_OK);
  ASSERT_EQ(sensorium_tick(s.get(), 9), SENSORIUM_OK);
  ASSERT_EQ(sensorium_metrics(s.get()), SENSORIUM_OK);
  EXPECT_EQ(*values<double>(s, "exchange.metrics"), 1) << "the first figure is cycles";
  ASSERT_EQ(sensorium_reset_metrics(s.get()), SENSORIUM_OK);
  const float* fused = values<float>(s, "results.fused");
  EXPECT_NE(fused[3], 0);
  ASSERT_EQ(sensorium_reset_agent(s.get(), 3), SENSORIUM_OK);
  EXPECT_EQ(fused[3], 0);
  EXPECT_NE(fused[4], 0);
  ASSERT_EQ(sensorium_reset(s.get()), SENSORIUM_OK);
  EXPECT_EQ(fused[4], 0);
  EXPECT_EQ(sensorium_tick(s.get(), 0), SENSORIUM_OK) << "any time may come next";
}

TEST(CApi, NamesTheFigures) {
  EXPECT_STREQ(sensorium_metric(0), "cycles");
  EXPECT_STREQ(sensorium_metric(7), "latency.count");
  const Handle s = created();
  const std::uint32_t figures = column(s, "exchange.metrics").rows;
  EXPECT_STRNE(sensorium_metric(figures - 1), "");
  EXPECT_STREQ(sensorium_metric(figures), "");
  EXPECT_STREQ(sensorium_metric(0xFFFFFFFFu), "");
}

TEST(CApi, ThePastIsInColumns) {
  const Handle s(sensorium_new());
  ASSERT_EQ(sensorium_set_number(s.get(), "agents", 3), SENSORIUM_OK);
  ASSERT_EQ(sensorium_set_number(s.get(), "history.depth", 4), SENSORIUM_OK);
  ASSERT_EQ(sensorium_create(s.get()), SENSORIUM_OK);
  std::vector<float> fused;
  for (int tick = 0; tick < 10; ++tick) {
    ASSERT_EQ(sensorium_simulate(s.get(), 7, 0), SENSORIUM_OK);
    ASSERT_EQ(sensorium_tick(s.get(), tick), SENSORIUM_OK);
    fused.push_back(values<float>(s, "results.fused")[2]);
  }
  const sensorium_column past = column(s, "history.fused"), time = column(s, "history.time");
  const std::uint32_t depth = time.rows, planes = past.planes / depth;
  ASSERT_EQ(depth, 4u);
  EXPECT_EQ(planes, 1u);
  for (std::uint64_t ago = 0; ago < depth; ++ago) {
    const std::uint64_t slot = (static_cast<std::uint64_t>(*values<double>(s, "statistics.cycles")) - 1 - ago) % depth;
    const auto* at = static_cast<const std::byte*>(past.data) + slot * planes * past.stride;
    EXPECT_EQ(reinterpret_cast<const float*>(at)[2], fused[9 - ago]) << ago;
    EXPECT_EQ(static_cast<const double*>(time.data)[slot], 9.0 - static_cast<double>(ago));
  }
}

// 60 ticks of three agents whose lidar is silent now and then; and what they come to, tick by tick.
struct Taped {
  std::vector<double> times;
  std::vector<float> values;
  std::vector<std::uint8_t> active;
  std::vector<float> fused;
  std::vector<float> second;  // prediction.values, two ticks ahead
  std::vector<std::uint32_t> changes;

  static constexpr const char* kInputs[] = {"sensors.lidar.points", "sensors.imu.accel_x"};
  sensorium_recording recording() const {
    return {times.data(), kInputs, values.data(), active.data(), times.size(), 2, 3};
  }
};

Taped taped() {
  Taped tape;
  const Handle s = created(3);
  const sensorium_column ahead = column(s, "results.prediction.values");
  for (int tick = 0; tick < 60; ++tick) {
    tape.times.push_back(tick);
    for (int row = 0; row < 6; ++row)
      tape.values.push_back(tick % 9 < 4 && row < 3 ? kNaN : static_cast<float>((tick * 31 + row * 7) % 100));
    for (int agent = 0; agent < 3; ++agent) tape.active.push_back((tick + agent) % 11 != 0);
    for (int input = 0; input < 2; ++input)
      std::copy_n(tape.values.end() - 6 + 3 * input, 3, values<float>(s, Taped::kInputs[input]));
    std::copy_n(tape.active.end() - 3, 3, values<std::uint8_t>(s, "active"));
    EXPECT_EQ(sensorium_tick(s.get(), tick), SENSORIUM_OK);
    for (int agent = 0; agent < 3; ++agent) {
      tape.fused.push_back(values<float>(s, "results.fused")[agent]);
      tape.second.push_back(
          reinterpret_cast<const float*>(static_cast<const std::byte*>(ahead.data) + ahead.stride)[agent]);
      const std::uint32_t changed = values<std::uint32_t>(s, "results.changes")[agent];
      if (changed)
        tape.changes.insert(tape.changes.end(), {static_cast<std::uint32_t>(tick), static_cast<std::uint32_t>(agent),
                                                 changed, values<std::uint32_t>(s, "results.flags")[agent],
                                                 values<std::uint8_t>(s, "results.anomaly.severity")[agent]});
    }
  }
  EXPECT_GT(tape.changes.size(), 5 * 3u);
  return tape;
}

TEST(CApi, ManyTicksInOneCallAreTickByTick) {
  const Taped tape = taped();
  const Handle s = created(3);
  const sensorium_recording recording = tape.recording();
  std::vector<float> fused(180), second(180);
  std::vector<sensorium_change> changes(180);
  const sensorium_wanted wanted[] = {{"results.fused", fused.data(), 720, 0, 0},
                                     {"results.prediction.values", second.data(), 720, 1, 0}};
  std::uint64_t ticks = 0, changed = 0;
  ASSERT_EQ(sensorium_tick_many(s.get(), &recording, wanted, 2, changes.data(), changes.size(), &ticks, &changed),
            SENSORIUM_OK)
      << sensorium_error(s.get(), SENSORIUM_WHERE);
  EXPECT_EQ(ticks, 60u);
  EXPECT_EQ(fused, tape.fused);
  EXPECT_EQ(second, tape.second);
  ASSERT_EQ(changed * 5, tape.changes.size());
  EXPECT_EQ(std::memcmp(changes.data(), tape.changes.data(), changed * sizeof(sensorium_change)), 0);

  const Handle other = created(3);
  std::uint64_t done = 0, all = 0;
  for (int calls = 0; done < 60 && calls < 60; ++calls, done += ticks, all += changed) {
    const sensorium_recording rest = {tape.times.data() + done,
                                      Taped::kInputs,
                                      tape.values.data() + done * 6,
                                      tape.active.data() + done * 3,
                                      60 - done,
                                      2,
                                      3};
    ASSERT_EQ(sensorium_tick_many(other.get(), &rest, nullptr, 0, changes.data(), 4, &ticks, &changed), SENSORIUM_OK);
    EXPECT_TRUE(changed > 1 || done + ticks == 60) << "it stops only where there may be too little room";
  }
  EXPECT_EQ(done, 60u);
  EXPECT_EQ(all * 5, tape.changes.size());
  EXPECT_EQ(*values<float>(other, "results.fused"), *values<float>(s, "results.fused"));
}

TEST(CApi, AWrongRecordingIsSaidBeforeItsFirstTick) {
  const Taped tape = taped();
  const Handle s = created(3);
  std::vector<float> fused(180);
  const char* unknown[] = {"sensors.lidar.points", "results.fused"};
  const std::vector<const char*> many(1000, "sensors.lidar.points");
  const auto failing = [&](sensorium_recording recording, sensorium_wanted wanted = {}, std::uint32_t wanted_count = 0,
                           std::uint64_t room = 0) {
    std::uint64_t ticks = 99, changed = 99;
    sensorium_change changes[2];
    EXPECT_EQ(sensorium_tick_many(s.get(), &recording, &wanted, wanted_count, changes, room, &ticks, &changed),
              SENSORIUM_FAILED);
    EXPECT_EQ(ticks + changed, 198u) << "nothing was written";
    return code(s);
  };
  sensorium_recording wrong = tape.recording();
  wrong.inputs = unknown;
  EXPECT_EQ(failing(wrong), "unknown_column");
  wrong.inputs = many.data();
  EXPECT_EQ(failing(wrong), "duplicate_name");
  wrong.input_count = 1000;
  EXPECT_EQ(failing(wrong), "too_many");
  wrong = tape.recording();
  wrong.rows = 4;
  EXPECT_EQ(failing(wrong), "out_of_range");
  wrong = tape.recording();
  wrong.ticks = std::uint64_t{1} << 63;
  EXPECT_EQ(failing(wrong), "wrong_count") << "a product that overflows is not read";
  EXPECT_EQ(failing(tape.recording(), {"results.fused", fused.data(), 716, 0, 0}, 1), "wrong_count");
  EXPECT_EQ(failing(tape.recording(), {"results.fused", fused.data(), 720, 1, 0}, 1), "out_of_range");
  EXPECT_EQ(failing(tape.recording(), {}, 0xFFFFFFFFu), "too_many");
  EXPECT_EQ(failing(tape.recording(), {}, 0, 2), "wrong_count") << "less room than agents";
  EXPECT_EQ(*values<double>(s, "statistics.cycles"), 0);
}

TEST(CApi, GoesOnFromASnapshot) {
  const Handle s = created(20, 10);
  for (int tick = 0; tick < 30; ++tick) {
    ASSERT_EQ(sensorium_simulate(s.get(), 7, 1), SENSORIUM_OK);
    ASSERT_EQ(sensorium_tick(s.get(), tick), SENSORIUM_OK);
  }
  std::vector<std::byte> buffer(sensorium_snapshot_bytes(s.get()));
  std::uint64_t bytes = 0;
  EXPECT_EQ(sensorium_snapshot(s.get(), buffer.data(), 100, &bytes), SENSORIUM_FAILED);
  EXPECT_EQ(code(s), "wrong_count");
  EXPECT_EQ(bytes, 0u);
  ASSERT_EQ(sensorium_snapshot(s.get(), buffer.data(), buffer.size(), &bytes), SENSORIUM_OK);
  EXPECT_GT(bytes, 1000u);
  EXPECT_LE(bytes, buffer.size());

  const Handle other(sensorium_new());
  ASSERT_EQ(sensorium_set_snapshot(other.get(), buffer.data(), bytes), SENSORIUM_OK)
      << sensorium_error(other.get(), SENSORIUM_WHAT);
  ASSERT_EQ(sensorium_create(other.get()), SENSORIUM_OK);
  EXPECT_EQ(sensorium_agents(other.get()), 20u);
  ASSERT_EQ(sensorium_restore(other.get(), buffer.data(), bytes), SENSORIUM_OK)
      << sensorium_error(other.get(), SENSORIUM_WHAT);
  for (const Handle* each : {&s, &other}) {
    ASSERT_EQ(sensorium_simulate(each->get(), 7, 1), SENSORIUM_OK);
    ASSERT_EQ(sensorium_tick(each->get(), 30), SENSORIUM_OK);
  }
  for (const char* name : {"results.fused", "results.anomaly.z", "results.prediction.trend"}) {
    EXPECT_EQ(std::memcmp(column(s, name).data, column(other, name).data, 20 * sizeof(float)), 0) << name;
  }

  buffer[bytes / 2] ^= std::byte{1};
  EXPECT_EQ(sensorium_restore(other.get(), buffer.data(), bytes), SENSORIUM_FAILED);
  EXPECT_EQ(code(other), "bad_snapshot");
  buffer[bytes / 2] ^= std::byte{1};
  EXPECT_EQ(sensorium_restore(other.get(), buffer.data(), bytes - 1), SENSORIUM_FAILED);
  const Handle smaller = created(19, 10);
  EXPECT_EQ(sensorium_restore(smaller.get(), buffer.data(), bytes), SENSORIUM_FAILED);
  EXPECT_EQ(code(smaller), "snapshot_config");
  EXPECT_EQ(*values<double>(other, "statistics.cycles"), 31) << "errors change nothing";
}

TEST(CApi, ABadSnapshotChangesNoOption) {
  const Handle s(sensorium_new());
  ASSERT_EQ(sensorium_set_number(s.get(), "agents", 7), SENSORIUM_OK);
  EXPECT_EQ(sensorium_set_snapshot(s.get(), "no snapshot, but some bytes", 27), SENSORIUM_FAILED);
  EXPECT_EQ(code(s), "bad_snapshot");
  EXPECT_EQ(sensorium_set_snapshot(s.get(), nullptr, 0), SENSORIUM_FAILED);
  ASSERT_EQ(sensorium_create(s.get()), SENSORIUM_OK);
  EXPECT_EQ(sensorium_agents(s.get()), 7u);
}

TEST(CApi, AllocatesNothingAfterCreate) {
  const Taped tape = taped();
  const Handle s = created(3);
  std::vector<std::byte> buffer(sensorium_snapshot_bytes(s.get()));
  std::vector<float> fused(180);
  std::vector<sensorium_change> changes(180);
  const sensorium_wanted wanted = {"results.fused", fused.data(), 720, 0, 0};
  const sensorium_recording recording = tape.recording();
  std::uint64_t bytes = 0, ticks = 0, changed = 0;
  const std::uint64_t before = allocations;
  const std::int32_t statuses[] = {
      sensorium_snapshot(s.get(), buffer.data(), buffer.size(), &bytes),
      sensorium_tick_many(s.get(), &recording, &wanted, 1, changes.data(), 180, &ticks, &changed),
      sensorium_restore(s.get(), buffer.data(), bytes),
      sensorium_tick(s.get(), 0),
      sensorium_metrics(s.get()),
      sensorium_tick_many(s.get(), &recording, &wanted, 1, changes.data(), 1, &ticks, &changed),
      sensorium_restore(s.get(), buffer.data(), 3)};
  EXPECT_EQ(allocations, before);
  EXPECT_EQ(std::vector(std::begin(statuses), std::end(statuses)),
            (std::vector<std::int32_t>{0, 0, 0, 0, 0, SENSORIUM_FAILED, SENSORIUM_FAILED}));
}

TEST(CApi, Acknowledges) {
  const Handle s(sensorium_new());
  ASSERT_EQ(sensorium_set_number(s.get(), "agents", 3), SENSORIUM_OK);
  ASSERT_EQ(sensorium_set_flag(s.get(), "events.acknowledge", 1), SENSORIUM_OK);
  ASSERT_EQ(sensorium_create(s.get()), SENSORIUM_OK);
  ASSERT_EQ(sensorium_simulate(s.get(), 1, 0), SENSORIUM_OK);
  ASSERT_EQ(sensorium_tick(s.get(), 0), SENSORIUM_OK);
  float* points = values<float>(s, "sensors.lidar.points");
  for (const char* name :
       {"sensors.lidar.points", "sensors.visual.objects", "sensors.audio.amplitude", "sensors.imu.accel_x"}) {
    for (int agent = 0; agent < 3; ++agent) values<float>(s, name)[agent] = kNaN;
  }
  EXPECT_TRUE(std::isnan(points[0]));
  ASSERT_EQ(sensorium_tick(s.get(), 100), SENSORIUM_OK);
  const std::uint32_t* open = values<std::uint32_t>(s, "results.unacknowledged");
  for (int agent = 0; agent < 3; ++agent) EXPECT_TRUE(open[agent] & flag::blind);
  ASSERT_EQ(sensorium_acknowledge(s.get(), 1, flag::blind), SENSORIUM_OK);
  EXPECT_TRUE(open[0] & flag::blind);
  EXPECT_FALSE(open[1] & flag::blind);
  EXPECT_EQ(sensorium_acknowledge(s.get(), 3, flag::blind), SENSORIUM_FAILED);
  EXPECT_EQ(code(s), "agent_out_of_range");
  ASSERT_EQ(sensorium_acknowledge_all(s.get(), 0xFFFFFFFFu), SENSORIUM_OK);
  for (int agent = 0; agent < 3; ++agent) EXPECT_EQ(open[agent], 0u);
}

TEST(CApi, AsksTheMap) {
  const Handle s = created(3, 64);
  float* x = values<float>(s, "position.x");
  float* y = values<float>(s, "position.y");
  for (int step = 0; step < 10; ++step) {
    for (int agent = 0; agent < 3; ++agent)
      x[agent] = static_cast<float>(5 * step), y[agent] = static_cast<float>(5 * agent);
    ASSERT_EQ(sensorium_tick(s.get(), step), SENSORIUM_OK);
  }
  const double* ids = values<double>(s, "exchange.ids");
  const float* distances = values<float>(s, "exchange.distances");
  const std::uint32_t* counts = values<std::uint32_t>(s, "exchange.counts");
  const double here = values<double>(s, "results.place.id")[0];
  float* question = values<float>(s, "exchange.x");
  question[0] = 45, values<float>(s, "exchange.y")[0] = 1, values<float>(s, "exchange.z")[0] = 0;
  ASSERT_EQ(sensorium_places_nearest(s.get(), 1, 2), SENSORIUM_OK);
  EXPECT_EQ(counts[0], 2u);
  EXPECT_EQ(ids[0], here);
  EXPECT_EQ(distances[0], 1);
  EXPECT_EQ(distances[1], 4);
  question[0] = 45, values<float>(s, "exchange.y")[0] = 0;
  ASSERT_EQ(sensorium_places_within(s.get(), 1, 5.5f, 2), SENSORIUM_OK);
  EXPECT_EQ(counts[0], 3u);
  std::uint32_t count = 0;
  ASSERT_EQ(sensorium_places_export(s.get(), &count), SENSORIUM_OK);
  EXPECT_EQ(count, 30u);
  const double first = ids[0];
  ASSERT_EQ(sensorium_places_links(s.get(), first, &count), SENSORIUM_OK);
  EXPECT_GT(count, 2u);
  double length = 0;
  ASSERT_EQ(sensorium_places_path(s.get(), first, here, &length), SENSORIUM_OK);
  EXPECT_EQ(length, 45);
  ASSERT_EQ(sensorium_places_components(s.get(), &count), SENSORIUM_OK);
  EXPECT_EQ(count, 1u);
  ASSERT_EQ(sensorium_place(s.get(), here), SENSORIUM_OK);
  EXPECT_EQ(question[0], 45);

  EXPECT_EQ(sensorium_places_nearest(s.get(), 1, 33), SENSORIUM_FAILED);
  EXPECT_EQ(code(s), "wrong_count");
  EXPECT_EQ(sensorium_places_nearest(s.get(), 0xFFFFFFFFu, 32), SENSORIUM_FAILED);
  EXPECT_EQ(sensorium_places_within(s.get(), 0xFFFFFFFFu, 1, 0xFFFFFFFFu), SENSORIUM_FAILED);
  EXPECT_EQ(sensorium_places_nearest(s.get(), 0, 0), SENSORIUM_OK);
  EXPECT_EQ(sensorium_places_within(s.get(), 1, kNaN, 1), SENSORIUM_OK);
  for (const double id :
       {-1.0, 0.5, 1e300, -1e300, std::nan(""), std::numeric_limits<double>::infinity(), 1048576.0 * 5}) {
    EXPECT_EQ(sensorium_place(s.get(), id), SENSORIUM_FAILED) << id;
    EXPECT_EQ(sensorium_places_links(s.get(), id, &count), SENSORIUM_OK);
    EXPECT_EQ(count, 0u);
    EXPECT_EQ(sensorium_places_path(s.get(), id, here, &length), SENSORIUM_OK);
    EXPECT_LT(length, 0);
  }
}

TEST(CApi, WithoutAMapThereIsNothingToAsk) {
  const Handle s = created();
  std::uint32_t count = 99;
  EXPECT_EQ(sensorium_places_export(s.get(), &count), SENSORIUM_FAILED);
  EXPECT_EQ(code(s), "absent_column");
  EXPECT_EQ(count, 99u);
  EXPECT_EQ(sensorium_places_nearest(s.get(), 1, 1), SENSORIUM_FAILED);
}

TEST(CApi, TellsItsVersion) {
  EXPECT_STREQ(sensorium_version(), SENSORIUM_VERSION);
  EXPECT_EQ(sensorium_abi(), 1u);
}

}  // namespace
}  // namespace sensorium::test
