// The C interface: the same engine as from C++; whatever is wrong is an error and changes nothing, null and wrong indices too.
#include "sensorium/sensorium.h"

#include <limits>
#include <memory>

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
    EXPECT_EQ(std::memcmp(got.data, cpp.block().data() + expected.offset, expected.stride * expected.planes), 0) << got.name;
  }
  EXPECT_EQ(sensorium_agents(c.get()), 20u);
  EXPECT_EQ(cpp.isa(), std::string_view(sensorium_isa(c.get())));
  ASSERT_EQ(sensorium_modalities(c.get()), cpp.modalities());
  ASSERT_EQ(sensorium_features(c.get()), cpp.features());
  for (std::uint32_t f = 0; f < cpp.features(); ++f) EXPECT_EQ(cpp.feature(f), std::string_view(sensorium_feature(c.get(), f)));
  EXPECT_STREQ(sensorium_feature(c.get(), cpp.features()), "");
  for (std::uint32_t m = 0; m < cpp.modalities(); ++m) EXPECT_EQ(cpp.modality(m), std::string_view(sensorium_modality(c.get(), m)));
}

TEST(CApi, TakesEveryKindOfOption) {
  const Handle s(sensorium_new());
  const float weights[] = {1, -2};
  const float biases[] = {0.5f};
  for (const std::int32_t status :
       {sensorium_set_count(s.get(), "channels", 2), sensorium_set_text(s.get(), "channels.0.name", "a"), sensorium_set_text(s.get(), "channels.1.name", "b"),
        sensorium_set_flag(s.get(), "channels.1.absolute", 5), sensorium_set_count(s.get(), "network.layers", 1), sensorium_set_number(s.get(), "network.layers.0.units", 1),
        sensorium_set_text(s.get(), "network.layers.0.activation", "identity"), sensorium_set_floats(s.get(), "network.layers.0.weights", weights, 2),
        sensorium_set_floats(s.get(), "network.layers.0.biases", biases, 1), sensorium_set_isa(s.get(), "scalar"), sensorium_create(s.get())}) {
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
  EXPECT_EQ(sensorium_set_bytes(other.get(), "network.model", bytes.data(), std::uint64_t{1} << 60), SENSORIUM_FAILED) << "refused unread";
  EXPECT_EQ(code(other), "out_of_range");
}

TEST(CApi, AnErrorSaysAllAndChangesNothing) {
  const Handle s(sensorium_new());
  for (std::uint32_t part = 0; part < 6; ++part) EXPECT_STREQ(sensorium_error(s.get(), part), "") << "nothing failed yet";
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
  double length;
  return {sensorium_tick(s, 0), sensorium_reset(s), sensorium_reset_agent(s, 0), sensorium_simulate(s, 1, 0), sensorium_set_parallel_for(s, nullptr, nullptr),
          sensorium_acknowledge(s, 0, 1), sensorium_acknowledge_all(s, 1), sensorium_metrics(s), sensorium_reset_metrics(s), sensorium_column_at(s, 0, &column), sensorium_find_column(s, "active", &column),
          sensorium_places_nearest(s, 1, 1), sensorium_places_within(s, 1, 1, 1), sensorium_place(s, 0), sensorium_places_links(s, 0, &count),
          sensorium_places_export(s, &count), sensorium_places_path(s, 0, 0, &length), sensorium_places_components(s, &count)};
}
std::vector<std::int32_t> every_option(sensorium_engine* s) {
  const float one = 1;
  return {sensorium_set_number(s, "agents", 1), sensorium_set_flag(s, "neighbors.groups", 1), sensorium_set_text(s, "readings.hold", "once"),
          sensorium_set_count(s, "network.layers", 1), sensorium_set_floats(s, "network.layers.0.biases", &one, 1), sensorium_set_bytes(s, "network.model", "0123456789", 10),
          sensorium_set_isa(s, "scalar")};
}
std::vector<std::int32_t> creating(sensorium_engine* s) { return {sensorium_create(s), sensorium_create_in(s, s, 64)}; }

TEST(CApi, NoHandleIsAnErrorOfItsOwn) {
  for (const auto& all : {every_verb(nullptr), every_option(nullptr), creating(nullptr)}) {
    for (const std::int32_t status : all) EXPECT_EQ(status, SENSORIUM_NO_HANDLE);
  }
  EXPECT_EQ(sensorium_required_bytes(nullptr), 0u);
  EXPECT_EQ(sensorium_columns(nullptr), 0u);
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
       {sensorium_set_number(options.get(), nullptr, 1), sensorium_set_flag(options.get(), nullptr, 1), sensorium_set_text(options.get(), nullptr, "a"),
        sensorium_set_text(options.get(), "readings.hold", nullptr), sensorium_set_count(options.get(), nullptr, 1), sensorium_set_floats(options.get(), nullptr, nullptr, 0),
        sensorium_set_floats(options.get(), "network.layers.0.weights", nullptr, 3), sensorium_set_bytes(options.get(), nullptr, "", 0),
        sensorium_set_bytes(options.get(), "network.model", nullptr, 100), sensorium_set_isa(options.get(), nullptr)}) {
    EXPECT_EQ(status, SENSORIUM_FAILED);
    EXPECT_EQ(code(options), "null_pointer");
  }
  const Handle s = created(20, 10);
  sensorium_column column;
  for (const std::int32_t status :
       {sensorium_column_at(s.get(), 0, nullptr), sensorium_find_column(s.get(), nullptr, &column), sensorium_find_column(s.get(), "active", nullptr),
        sensorium_places_links(s.get(), 0, nullptr), sensorium_places_export(s.get(), nullptr), sensorium_places_path(s.get(), 0, 0, nullptr),
        sensorium_places_components(s.get(), nullptr)}) {
    EXPECT_EQ(status, SENSORIUM_FAILED);
    EXPECT_EQ(code(s), "null_pointer");
  }
}

TEST(CApi, WrongColumnsAreErrors) {
  const Handle s = created();
  sensorium_column column = {};
  for (const std::uint32_t index : {sensorium_columns(s.get()), 0x7FFFFFFFu, 0xFFFFFFFFu}) {
    EXPECT_EQ(sensorium_column_at(s.get(), index, &column), SENSORIUM_FAILED);
    EXPECT_EQ(code(s), "unknown_column");
  }
  for (const std::string& name : {std::string(), std::string("results"), std::string("results.fuse"), std::string("results.fused "), std::string(5000, 'x')}) {
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

TEST(CApi, Acknowledges) {
  const Handle s(sensorium_new());
  ASSERT_EQ(sensorium_set_number(s.get(), "agents", 3), SENSORIUM_OK);
  ASSERT_EQ(sensorium_set_flag(s.get(), "events.acknowledge", 1), SENSORIUM_OK);
  ASSERT_EQ(sensorium_create(s.get()), SENSORIUM_OK);
  ASSERT_EQ(sensorium_simulate(s.get(), 1, 0), SENSORIUM_OK);
  ASSERT_EQ(sensorium_tick(s.get(), 0), SENSORIUM_OK);
  float* points = values<float>(s, "sensors.lidar.points");
  for (const char* name : {"sensors.lidar.points", "sensors.visual.objects", "sensors.audio.amplitude", "sensors.imu.accel_x"}) {
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
    for (int agent = 0; agent < 3; ++agent) x[agent] = static_cast<float>(5 * step), y[agent] = static_cast<float>(5 * agent);
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
  for (const double id : {-1.0, 0.5, 1e300, -1e300, std::nan(""), std::numeric_limits<double>::infinity(), 1048576.0 * 5}) {
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
