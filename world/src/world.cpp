#include "sensorium/world.h"

#include <cstring>
#include <limits>
#include <new>

#include "float_mode.h"
#include "format.h"
#include "geometry.h"
#include "sense.h"
#include "site.h"
#include "think.h"

namespace sensorium::world {
namespace {

constexpr std::align_val_t kAlignment{64};

Plan& plan_of(std::byte* block) { return *reinterpret_cast<Plan*>(block); }
State& state_of(std::byte* block) { return *reinterpret_cast<State*>(block + plan_of(block).state); }
template <class T>
T* column_of(std::byte* block, std::uint64_t offset) {
  return reinterpret_cast<T*>(block + offset);
}

Scene make_scene(std::byte* block) {
  const Plan& plan = plan_of(block);
  const Parameters& world = plan.parameters();
  State& state = state_of(block);
  Scene scene = {};
  scene.plan = &plan;
  scene.world = &world;
  scene.state = &state;
  scene.obstacles = column_of<Obstacle>(block, plan.obstacles);
  scene.distance = column_of<float>(block, plan.distance);
  scene.near_first = column_of<std::uint32_t>(block, plan.near_first);
  scene.near_list = column_of<std::uint32_t>(block, plan.near_list);
  scene.ways = column_of<std::uint8_t>(block, plan.ways);
  scene.muffled = column_of<std::uint32_t>(block, plan.muffled);
  scene.before = column_of<Body>(block, plan.bodies[(state.tick + 1) % 2]);
  scene.now = column_of<Body>(block, plan.bodies[state.tick % 2]);
  scene.tiles = column_of<Tile>(block, plan.tile_states);
  scene.cells_x = plan.cells_x;
  scene.cells_y = plan.cells_y;
  scene.sound_x = plan.sound_x;
  scene.sound_y = plan.sound_y;
  scene.width = world.site.width;
  scene.depth = world.site.depth;
  scene.cell = world.site.cell;
  scene.wave_height = world.site.wave_height;
  scene.waves = world.site.waves;
  scene.agents = plan.options.agents;
  scene.tick_seconds = static_cast<float>(plan.tick_seconds);
  scene.ticks_a_second = static_cast<float>(plan.options.rate);
  scene.imu_rate = static_cast<float>(world.imu.rate < plan.options.rate ? world.imu.rate : plan.options.rate);
  const std::uint64_t seed = plan.options.seed;
  const auto fill = [&](auto& keys, Purpose purpose) {
    std::uint32_t n = 0;
    for (std::uint32_t& key : keys) key = random_key(seed, state.tick, purpose + 64 * n++);
  };
  fill(scene.keys.imu, for_imu);
  fill(scene.keys.visual, for_visual);
  fill(scene.keys.lidar, for_lidar);
  fill(scene.keys.audio, for_audio);
  scene.keys.position = random_key(seed, state.tick, for_position);
  return scene;
}

// What is so of a tile's agents, and what an engine may know of it.
void write_positions(const Plan& plan, const Scene& scene, std::byte* block, std::uint32_t index) {
  const Tile& tile = scene.tiles[index];
  const std::size_t row = std::size_t{index} * kRows;
  const auto copy = [&](std::uint64_t column, const float* values) {
    std::memcpy(column_of<float>(block, column) + row, values, kRows * sizeof(float));
  };
  copy(plan.at.true_position[0], tile.x);
  copy(plan.at.true_position[1], tile.y);
  copy(plan.at.true_position[2], tile.z);
  copy(plan.at.true_velocity[0], tile.vx);
  copy(plan.at.true_velocity[1], tile.vy);
  copy(plan.at.true_velocity[2], tile.vz);
  copy(plan.at.true_heading, tile.angle);
  copy(plan.at.position[0], tile.x);
  copy(plan.at.position[1], tile.y);
  copy(plan.at.position[2], tile.z);
  copy(plan.at.heading[0], tile.forward_x);
  copy(plan.at.heading[1], tile.forward_y);
}

void write_statistics(const Plan& plan, const State& state, std::byte* block) {
  const double values[kStatistics] = {static_cast<double>(state.tick), static_cast<double>(state.tick) * plan.tick_seconds,
                                      static_cast<double>(state.intervals), static_cast<double>(state.obstacle_count), state.hour,
                                      double{state.sunlight} + double{state.skylight}, double{state.rain}};
  for (std::uint32_t i = 0; i < kStatistics; ++i) column_of<double>(block, plan.at.statistics)[i * 8] = values[i];
}

}  // namespace

Result<std::uint64_t> required_bytes(const Options& options) {
  const Result<Plan> plan = make_plan(options);
  if (!plan) return plan.error();
  return plan->bytes;
}

Result<World> World::create_in(std::span<std::byte> block, const Options& options, std::string_view isa) {
  const Result<const Kernels*> kernels = choose_kernels(isa);
  if (!kernels) return kernels.error();
  const FloatMode mode;
  const Result<Plan> plan = make_plan(options);
  if (!plan) return plan.error();
  if (!block.data() || reinterpret_cast<std::uintptr_t>(block.data()) % 64 != 0 || block.size() < plan->bytes) {
    return make_error(ErrorCode::bad_block, "The memory block cannot hold the world", "block",
                      Words() << plan->bytes << " bytes, 64-byte aligned",
                      Words() << block.size() << " bytes at address modulo 64 = " << reinterpret_cast<std::uintptr_t>(block.data()) % 64);
  }
  World world;
  world.block_ = block.first(plan->bytes);
  world.kernels_ = *kernels;
  std::memset(block.data(), 0, plan->bytes);
  std::memcpy(block.data(), &*plan, sizeof(Plan));
  build_site(*plan, block.data());
  const Scene scene = make_scene(block.data());
  place_agents(*plan, scene, block.data());
  for (std::uint32_t t = 0; t < plan->tiles; ++t) {
    for (std::uint32_t m = 0; m < kModalities; ++m) scene.tiles[t].phase[m] = random_bits(random_key(options.seed, m, for_phase), t);
    write_positions(*plan, scene, block.data(), t);
  }
  for (const std::uint64_t column : plan->at.channels) {
    float* const readings = column_of<float>(block.data(), column);
    for (std::uint32_t i = 0; i < plan->tiles * kRows; ++i) readings[i] = std::numeric_limits<float>::quiet_NaN();
  }
  for (const std::uint64_t column : plan->at.times) {
    double* const times = column_of<double>(block.data(), column);
    for (std::uint32_t i = 0; i < plan->tiles * kRows; ++i) times[i] = std::numeric_limits<double>::quiet_NaN();
  }
  write_statistics(*plan, *scene.state, block.data());
  return world;
}

Result<World> World::create(const Options& options, std::string_view isa) {
  const Result<std::uint64_t> bytes = required_bytes(options);
  if (!bytes) return bytes.error();
  const std::size_t size = static_cast<std::size_t>(*bytes);
  void* memory = size == *bytes ? ::operator new(size, kAlignment, std::nothrow) : nullptr;
  if (!memory) return make_error(ErrorCode::out_of_memory, "The memory could not be had", "agents", Words() << *bytes << " bytes", "none");
  Result<World> world = create_in({static_cast<std::byte*>(memory), size}, options, isa);
  if (world) {
    world->owned_ = true;
  } else {
    ::operator delete(memory, kAlignment);
  }
  return world;
}

World::World(World&& other) noexcept : block_(other.block_), owned_(other.owned_), kernels_(other.kernels_) {
  other.owned_ = false;
  other.block_ = {};
}
World& World::operator=(World&& other) noexcept {
  std::swap(block_, other.block_);
  std::swap(owned_, other.owned_);
  std::swap(kernels_, other.kernels_);
  return *this;
}
World::~World() {
  if (owned_) ::operator delete(block_.data(), kAlignment);
}

void World::step() {
  const FloatMode mode;
  std::byte* const block = block_.data();
  const Plan& plan = plan_of(block);
  State& state = state_of(block);
  ++state.tick;
  const Scene scene = make_scene(block);
  const bool first = state.tick == 1;
  if (first || state.tick % plan.think_ticks == 0) sort_agents(plan, scene, block);
  for (std::uint32_t t = 0; t < plan.tiles; ++t) {
    if (first || (state.tick + t) % plan.think_ticks == 0) think(plan, scene, *kernels_, block, t);
    kernels_->move(scene, t);
    sense(plan, scene, *kernels_, block, t);
    write_positions(plan, scene, block, t);
  }
  write_statistics(plan, state, block);
}

double World::time() const { return static_cast<double>(ticks()) * plan_of(block_.data()).tick_seconds; }
std::uint64_t World::ticks() const { return state_of(block_.data()).tick; }
std::uint32_t World::agents() const { return options().agents; }
std::string_view World::isa() const { return kernels_->isa; }
const Options& World::options() const { return plan_of(block_.data()).options; }

Timing World::timing(Modality modality) const {
  const Plan& plan = plan_of(block_.data());
  const Parameters& world = plan.parameters();
  const double rates[kModalities] = {world.visual.rate, world.lidar.rate, world.audio.rate, world.imu.rate};
  const std::uint32_t m = static_cast<std::uint32_t>(modality);
  if (m >= kModalities) return {};
  return {.rate = rates[m], .latency = plan.sensors[m].latency * plan.tick_seconds};
}

std::span<const float> World::sensors(std::string_view channel) const {
  const Plan& plan = plan_of(block_.data());
  for (std::uint32_t c = 0; c < kChannels; ++c) {
    if (channel == kChannelPlans[c].name) return {column_of<const float>(block_.data(), plan.at.channels[c]), plan.options.agents};
  }
  return {};
}

std::span<const Column> World::layout() const {
  const Plan& plan = plan_of(block_.data());
  return {plan.columns.begin(), plan.columns.size()};
}
const Column* World::find_column(std::string_view name) const {
  for (const Column& column : layout()) {
    if (column.name == name) return &column;
  }
  return nullptr;
}

float World::distance_at(float x, float y) const {
  float nearest = kInfinity;
  for (const Obstacle& obstacle : obstacles()) nearest = std::fmin(nearest, distance_to(obstacle, x, y));
  return nearest;
}

float World::ground_at(float x, float y) const {
  return ground_height(make_scene(block_.data()), state_of(block_.data()), x, y);
}

float World::ray(float x, float y, float z, float dx, float dy, float range) const {
  const FloatMode mode;
  alignas(64) float values[8][kRows] = {};
  const float given[] = {x, y, z, dx, dy, 0, range};
  for (std::uint32_t i = 0; i < 7; ++i) values[i][0] = given[i];
  kernels_->cast(make_scene(block_.data()), values[0], values[1], values[2], values[3], values[4], values[5], values[6], 1, values[7]);
  return values[7][0];
}

std::span<const Obstacle> World::obstacles() const {
  return {column_of<const Obstacle>(block_.data(), plan_of(block_.data()).obstacles), state_of(block_.data()).obstacle_count};
}

}  // namespace sensorium::world
