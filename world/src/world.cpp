#include "sensorium/world.h"

#include <algorithm>
#include <cstring>
#include <limits>
#include <new>

#include "air.h"
#include "faults.h"
#include "float_mode.h"
#include "format.h"
#include "geometry.h"
#include "incidents.h"
#include "sense.h"
#include "site.h"
#include "think.h"
#include "truth.h"

namespace sensorium::world {
namespace {

constexpr std::align_val_t kAlignment{64};
constexpr float kNoReading = std::numeric_limits<float>::quiet_NaN();

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
  scene.near = column_of<std::uint32_t>(block, plan.near);
  scene.near_list = column_of<std::uint32_t>(block, plan.near_list);
  scene.reach_first = column_of<std::uint32_t>(block, plan.reach_first);
  scene.reach_list = column_of<std::uint32_t>(block, plan.reach_list);
  scene.ways = column_of<std::uint8_t>(block, plan.ways);
  scene.muffled = column_of<std::uint32_t>(block, plan.muffled);
  scene.before = column_of<Body>(block, plan.bodies[(state.tick + 1) % 2]);
  scene.now = column_of<Body>(block, plan.bodies[state.tick % 2]);
  scene.tiles = column_of<Tile>(block, plan.tile_states);
  scene.cells_x = plan.cells_x;
  scene.cells_y = plan.cells_y;
  scene.sound_x = plan.sound_x;
  scene.sound_y = plan.sound_y;
  scene.blocks_x = plan.blocks_x;
  scene.width = world.site.width;
  scene.depth = world.site.depth;
  scene.cell = world.site.cell;
  scene.wave_height = world.site.wave_height;
  scene.waves = world.site.waves;
  scene.agents = plan.options.agents;
  scene.tick_seconds = static_cast<float>(plan.tick_seconds);
  scene.ticks_a_second = static_cast<float>(plan.options.rate);
  scene.imu_rate = static_cast<float>(world.imu.rate < plan.options.rate ? world.imu.rate : plan.options.rate);
  scene.cos_half_fov = plan.cos_half_fov;
  scene.barrier = plan.barrier;
  scene.loud = plan.loud;
  scene.quiet = plan.quiet;
  scene.talk = plan.talk;
  const Happening& blast = state.happenings[static_cast<std::size_t>(Incident::explosion)];
  scene.since_blast = -1;
  if (state.tick >= blast.from && state.tick < blast.to)
    scene.since_blast = static_cast<float>(static_cast<double>(state.tick - blast.from) * plan.tick_seconds);
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
  copy(plan.at.position[0], tile.said_x);
  copy(plan.at.position[1], tile.said_y);
  copy(plan.at.position[2], tile.z);
  copy(plan.at.heading[0], tile.forward_x);
  copy(plan.at.heading[1], tile.forward_y);
}

// Whether a sound's source is behind an obstacle from the middle of each sound cell, at a listener's height: `bit` of the cell's mask. One
// that is further off than kEarshot counts as behind one.
void muffle(const Plan& plan, const Scene& scene, const Kernels& kernels, std::byte* block, float from_x, float from_y,
            std::uint32_t bit) {
  constexpr float kEarshot = 250, kEars = 1.5f;
  std::uint32_t* const muffled = column_of<std::uint32_t>(block, plan.muffled);
  const std::uint32_t cells = plan.sound_x * plan.sound_y;
  alignas(64) float x[kRows], y[kRows], z[kRows], dx[kRows], dy[kRows], range[kRows], length[kRows];
  for (std::uint32_t first = 0; first < cells; first += kRows) {
    std::uint16_t near = 0;
    for (std::uint32_t i = 0; i < kRows; ++i) {
      const std::uint32_t cell = std::min(first + i, cells - 1);
      x[i] = std::min((static_cast<float>(cell % plan.sound_x) + 0.5f) * kSoundCell, scene.width - 1);
      y[i] = std::min((static_cast<float>(cell / plan.sound_x) + 0.5f) * kSoundCell, scene.depth - 1);
      const float to_x = from_x - x[i], to_y = from_y - y[i];
      range[i] = std::sqrt(to_x * to_x + to_y * to_y);
      if (range[i] > kEarshot) continue;
      z[i] = ground_height(scene, *scene.state, x[i], y[i]) + kEars;
      dx[i] = range[i] > 0 ? to_x / range[i] : 1;
      dy[i] = range[i] > 0 ? to_y / range[i] : 0;
      near = static_cast<std::uint16_t>(near | 1u << i);
    }
    if (near) kernels.cast(scene, x, y, z, dx, dy, range, near, length);
    for (std::uint32_t i = 0; i < kRows && first + i < cells; ++i) {
      const bool behind = !(near >> i & 1) || length[i] < range[i];
      muffled[first + i] = (muffled[first + i] & ~(1u << bit)) | std::uint32_t{behind} << bit;
    }
  }
}

// What people look at, that does not change.
void write_scene(const Plan& plan, const State& state, std::byte* block) {
  for (std::uint32_t s = 0; s < state.spot_count; ++s) {
    float* const spot = column_of<float>(block, plan.at.spots) + 2 * s;
    spot[0] = state.spots_x[s];
    spot[1] = state.spots_y[s];
  }
  std::memcpy(column_of<Source>(block, plan.at.sources), state.sources, sizeof state.sources);
}

// Turn-on biases of inertial sensors: nearly normal, as twelve uniform numbers add up to be.
void draw_biases(const Plan& plan, const Scene& scene) {
  const ImuParameters& imu = plan.parameters().imu;
  for (std::uint32_t agent = 0; agent < plan.tiles * kRows; ++agent) {
    Tile& tile = scene.tiles[agent / kRows];
    Draws draws(plan.options.seed, for_bias, agent);
    const auto normal = [&] {
      float sum = -6;
      for (int i = 0; i < 12; ++i) sum += draws.unit();
      return sum;
    };
    for (auto& bias : tile.accel_bias) bias[agent % kRows] = imu.accel_bias * normal();
    tile.gyro_bias[agent % kRows] = imu.gyro_bias * normal();
  }
}

void write_statistics(const Plan& plan, const State& state, std::byte* block) {
  const double values[kStatistics] = {static_cast<double>(state.tick),
                                      static_cast<double>(state.tick) * plan.tick_seconds,
                                      static_cast<double>(state.intervals),
                                      static_cast<double>(state.obstacle_count),
                                      state.hour,
                                      double{state.sunlight} + double{state.skylight},
                                      double{state.rain}};
  for (std::uint32_t i = 0; i < kStatistics; ++i) *column_of<double>(block, plan.at.statistics[i]) = values[i];
  for (std::uint32_t s = 0; s < state.source_count; ++s)
    column_of<std::uint8_t>(block, plan.at.sounding)[s] = state.sounding >> s & 1;
  const Happening& intruder = state.happenings[static_cast<std::size_t>(Incident::intruder)];
  const bool there = state.tick >= intruder.from && state.tick < intruder.to;
  float* const place = column_of<float>(block, plan.at.intruder);
  place[0] = there ? intruder.x : kNoReading;
  place[1] = there ? intruder.y : kNoReading;
}

Error check_range(const char* where, double value, double low, double high) {
  if (value >= low && value <= high) return {};
  return make_error(ErrorCode::out_of_range, "The number is outside its range", where, Words() << low << " to " << high,
                    Words() << value);
}

template <class Enum>
Error check_choice(const char* where, Enum value, std::uint32_t count) {
  const std::uint32_t number = static_cast<std::uint32_t>(value);
  return check_range(where, number, 0, count - 1);
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
                      Words() << block.size() << " bytes at address modulo 64 = "
                              << reinterpret_cast<std::uintptr_t>(block.data()) % 64);
  }
  World world;
  world.block_ = block.first(plan->bytes);
  world.kernels_ = *kernels;
  std::memset(block.data(), 0, plan->bytes);
  std::memcpy(block.data(), &*plan, sizeof(Plan));
  build_site(*plan, block.data());
  State& state = state_of(block.data());
  update_air(*plan, state);
  const Scene scene = make_scene(block.data());
  for (std::uint32_t s = 0; s < state.source_count; ++s) {
    muffle(*plan, scene, **kernels, block.data(), state.sources[s].x, state.sources[s].y, s);
  }
  place_agents(*plan, scene, block.data());
  draw_biases(*plan, scene);
  for (std::uint32_t t = 0; t < plan->tiles; ++t) {
    for (std::uint32_t m = 0; m < kModalities; ++m)
      scene.tiles[t].phase[m] = random_bits(random_key(options.seed, m, for_phase), t);
    write_positions(*plan, scene, block.data(), t);
  }
  for (const std::uint64_t column : plan->at.channels) {
    float* const readings = column_of<float>(block.data(), column);
    for (std::uint32_t i = 0; i < plan->tiles * kRows; ++i) readings[i] = kNoReading;
  }
  for (const std::uint64_t column : plan->at.times) {
    double* const times = column_of<double>(block.data(), column);
    for (std::uint32_t i = 0; i < plan->tiles * kRows; ++i) times[i] = double{kNoReading};
  }
  write_scene(*plan, state, block.data());
  write_statistics(*plan, state, block.data());
  return world;
}

Result<World> World::create(const Options& options, std::string_view isa) {
  const Result<std::uint64_t> bytes = required_bytes(options);
  if (!bytes) return bytes.error();
  const std::size_t size = static_cast<std::size_t>(*bytes);
  void* memory = size == *bytes ? ::operator new(size, kAlignment, std::nothrow) : nullptr;
  if (!memory)
    return make_error(ErrorCode::out_of_memory, "The memory could not be had", "agents", Words() << *bytes << " bytes",
                      "none");
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
  update_air(plan, state);
  update_incidents(plan, scene, state);
  const Happening& blast = state.happenings[static_cast<std::size_t>(Incident::explosion)];
  if (state.tick == blast.from) muffle(plan, scene, *kernels_, block, blast.x, blast.y, kBlastBit);
  write_incidents(plan, state, block);
  const bool first = state.tick == 1;
  if (first || state.tick % plan.think_ticks == 0) sort_agents(plan, scene, block);
  for (std::uint32_t t = 0; t < plan.tiles; ++t) {
    if (first || (state.tick + t) % plan.think_ticks == 0) think(plan, scene, *kernels_, block, t);
    kernels_->move(scene, t);
    update_faults(plan, scene, t);
    sense(plan, scene, *kernels_, block, t);
    write_positions(plan, scene, block, t);
    write_truth(plan, scene, state, block, t);
  }
  write_statistics(plan, state, block);
}

Error World::inject(std::uint32_t agent, Modality modality, Fault fault, double magnitude, double seconds) {
  const Plan& plan = plan_of(block_.data());
  if (agent != kEveryAgent && agent >= plan.options.agents) {
    return make_error(ErrorCode::agent_out_of_range, "There is no such agent", "agent",
                      Words() << "0 to " << plan.options.agents - 1, Words() << agent);
  }
  if (Error error = check_choice("modality", modality, kModalities)) return error;
  if (Error error = check_choice("fault", fault, kFaults)) return error;
  const bool late = fault == Fault::delay || fault == Fault::reorder;
  if (Error error = check_range("magnitude", magnitude, late ? 1 : 0, late ? 5 : fault == Fault::dropout ? 1 : 1e6))
    return error;
  if (Error error = check_range("seconds", seconds, 0, 1e6)) return error;
  const Scene scene = make_scene(block_.data());
  const std::uint32_t first = agent == kEveryAgent ? 0 : agent,
                      last = agent == kEveryAgent ? plan.options.agents - 1 : agent;
  for (std::uint32_t i = first; i <= last; ++i) {
    set_fault(plan, scene.state->tick, scene.tiles[i / kRows], i % kRows, static_cast<std::uint32_t>(modality), fault,
              static_cast<float>(magnitude), seconds);
  }
  return {};
}

Error World::happen(Incident incident, double x, double y, double seconds) {
  const Plan& plan = plan_of(block_.data());
  const SiteParameters& site = plan.parameters().site;
  if (Error error = check_choice("incident", incident, kIncidents)) return error;
  if (Error error = check_range("x", x, 1, double{site.width} - 1)) return error;
  if (Error error = check_range("y", y, 1, double{site.depth} - 1)) return error;
  if (Error error = check_range("seconds", seconds, 0, 3600)) return error;
  const float clear = distance_at(static_cast<float>(x), static_cast<float>(y));
  if (clear < kBody) {
    return make_error(ErrorCode::out_of_range, "An obstacle stands there", "x, y",
                      Words() << "a place at least " << kBody << " m from any obstacle",
                      Words() << clear << " m at " << x << ", " << y);
  }
  begin_incident(plan, state_of(block_.data()), incident, static_cast<float>(x), static_cast<float>(y), seconds);
  return {};
}

std::uint64_t World::intervals() const { return state_of(block_.data()).intervals; }
Interval World::interval(std::uint64_t number) const {
  const Plan& plan = plan_of(block_.data());
  const std::uint64_t row = number % plan.options.intervals;
  return {.agent = column_of<std::uint32_t>(block_.data(), plan.at.agent)[row],
          .what = column_of<std::uint32_t>(block_.data(), plan.at.what)[row],
          .from = column_of<double>(block_.data(), plan.at.from)[row],
          .to = column_of<double>(block_.data(), plan.at.to)[row],
          .magnitude = column_of<float>(block_.data(), plan.at.magnitude)[row],
          .x = column_of<float>(block_.data(), plan.at.x)[row],
          .y = column_of<float>(block_.data(), plan.at.y)[row]};
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
    if (channel == kChannelPlans[c].name)
      return {column_of<const float>(block_.data(), plan.at.channels[c]), plan.options.agents};
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
  alignas(64) float values[7][kRows] = {};
  const float given[] = {x, y, z, dx, dy, range};
  for (std::uint32_t i = 0; i < 6; ++i) values[i][0] = given[i];
  kernels_->cast(make_scene(block_.data()), values[0], values[1], values[2], values[3], values[4], values[5], 1,
                 values[6]);
  return values[6][0];
}

std::span<const Obstacle> World::obstacles() const {
  return {column_of<const Obstacle>(block_.data(), plan_of(block_.data()).obstacles),
          state_of(block_.data()).obstacle_count};
}

}  // namespace sensorium::world
