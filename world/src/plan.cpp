#include "plan.h"

#include <algorithm>
#include <cmath>

#include "exponential.h"
#include "format.h"
#include "sine.h"
#include "state.h"
#include "worlds/forest.h"
#include "worlds/plaza.h"
#include "worlds/warehouse.h"

namespace sensorium::world {
namespace {

constexpr const Parameters* kWorlds[] = {&kPlaza, &kWarehouse, &kForest};
constexpr std::string_view kWorldNames[] = {kPlaza.name, kWarehouse.name, kForest.name};
constexpr std::string_view kModalityNames[] = {"visual", "lidar", "audio", "imu"};
constexpr std::string_view kFaultNames[] = {"none",  "dropout", "stuck", "spike",  "drift",
                                            "noise", "bias",    "delay", "reorder"};
constexpr std::string_view kIncidentNames[] = {"intruder", "explosion", "crush"};
constexpr std::string_view kSituationNames[] = {"calm", "alone", "crowded", "threatened", "blind"};

template <std::size_t Count, class T>
std::string_view name_in(const std::string_view (&names)[Count], T value) {
  const std::size_t index = static_cast<std::size_t>(value);
  return index < Count ? names[index] : std::string_view();
}

Error check_number(const char* where, double value, double low, double high, bool may_be_nan = false) {
  if ((value >= low && value <= high) || (may_be_nan && std::isnan(value))) return {};
  return make_error(ErrorCode::out_of_range, "The option is outside its range", where, Words() << low << " to " << high,
                    Words() << value);
}

constexpr std::uint64_t round_up(std::uint64_t value, std::uint64_t unit) { return (value + unit - 1) / unit * unit; }

constexpr std::uint64_t element_bytes(ElementType type) {
  switch (type) {
    case ElementType::f64:
      return 8;
    case ElementType::u8:
      return 1;
    default:
      return 4;
  }
}

// Gives out the block's memory from its start.
class Memory {
 public:
  explicit Memory(Plan& plan) : plan_(plan) { take(sizeof(Plan)); }

  std::uint64_t take(std::uint64_t bytes) {
    const std::uint64_t at = plan_.bytes;
    plan_.bytes = round_up(at + bytes, 64);
    return at;
  }
  std::uint64_t column(std::string_view name, ElementType type, std::uint32_t rows, std::uint32_t width = 1) {
    // An odd number of cache lines, as the engine's: planes then do not compete for the same sets.
    const std::uint64_t stride = round_up(round_up(rows, kRows) * width * element_bytes(type), 64) | 64;
    Column& column = plan_.columns[plan_.columns.count++];
    column = {.name = name,
              .type = type,
              .rows = rows,
              .width = width,
              .planes = 1,
              .offset = take(stride),
              .stride = stride};
    return column.offset;
  }

 private:
  Plan& plan_;
};

constexpr const char* kAxes[] = {"x", "y", "z"};

void lay_out_columns(Plan& plan, Memory& memory) {
  const std::uint32_t agents = plan.options.agents;
  ColumnOffsets& at = plan.at;
  const auto per_agent = [&](std::string_view name, ElementType type = ElementType::f32) {
    return memory.column(name, type, agents);
  };
  for (std::uint32_t c = 0; c < kChannels; ++c)
    at.channels[c] = per_agent(Words() << "sensors." << kChannelPlans[c].name);
  for (std::uint32_t m = 0; m < kModalities; ++m)
    at.times[m] = per_agent(Words() << "sensors." << kModalityNames[m] << ".time", ElementType::f64);
  for (std::uint32_t i = 0; i < 3; ++i) at.position[i] = per_agent(Words() << "position." << kAxes[i]);
  for (std::uint32_t i = 0; i < 3; ++i) at.heading[i] = per_agent(Words() << "heading." << kAxes[i]);
  for (std::uint32_t i = 0; i < 3; ++i) at.true_position[i] = per_agent(Words() << "truth.position." << kAxes[i]);
  for (std::uint32_t i = 0; i < 3; ++i) at.true_velocity[i] = per_agent(Words() << "truth.velocity." << kAxes[i]);
  at.true_heading = per_agent("truth.heading");
  at.situation = per_agent("truth.situation", ElementType::u8);
  at.faults = per_agent("truth.faults", ElementType::u32);
  at.incidents = per_agent("truth.incidents", ElementType::u8);

  const std::uint32_t intervals = plan.options.intervals;
  at.what = memory.column("truth.intervals.what", ElementType::u32, intervals);
  at.agent = memory.column("truth.intervals.agent", ElementType::u32, intervals);
  at.from = memory.column("truth.intervals.from", ElementType::f64, intervals);
  at.to = memory.column("truth.intervals.to", ElementType::f64, intervals);
  at.magnitude = memory.column("truth.intervals.magnitude", ElementType::f32, intervals);
  at.x = memory.column("truth.intervals.x", ElementType::f32, intervals);
  at.y = memory.column("truth.intervals.y", ElementType::f32, intervals);

  at.obstacles = memory.column("scene.obstacles", ElementType::f32, plan.most_obstacles, 8);
  at.spots = memory.column("scene.spots", ElementType::f32, kMostSpots, 2);
  at.sources = memory.column("scene.sources", ElementType::f32, kMostSources, 4);
  at.sounding = memory.column("scene.sounding", ElementType::u8, kMostSources);
  at.intruder = memory.column("scene.intruder", ElementType::f32, 1, 2);

  constexpr const char* kNames[kStatistics] = {"statistics.ticks",     "statistics.time", "statistics.intervals",
                                               "statistics.obstacles", "statistics.hour", "statistics.light",
                                               "statistics.rain"};
  for (std::uint32_t i = 0; i < kStatistics; ++i) at.statistics[i] = memory.column(kNames[i], ElementType::f64, 1);
}

SensorPlan plan_sensor(double rate, double latency, double ticks_a_second) {
  const double share = rate < ticks_a_second ? rate / ticks_a_second : 1;
  return {.share = static_cast<std::uint64_t>(share * 4294967296.0),
          .latency = static_cast<std::uint32_t>(std::ceil(latency * ticks_a_second - 1e-9))};
}

std::uint32_t cells(float length, float cell) { return static_cast<std::uint32_t>(std::ceil(length / cell)); }

// Cells whose lists an upright rectangle can be in, wherever it lies.
std::uint32_t most_cells(float width, float depth, float cell) {
  return static_cast<std::uint32_t>(((width + 2 * kNear) / cell + 2) * ((depth + 2 * kNear) / cell + 2)) + 1;
}

// Entries of all lists of near obstacles, at most. The search for ways uses the same memory before, a cell an entry.
std::uint32_t most_near(const Parameters& world) {
  const SiteParameters& site = world.site;
  const float building = world.buildings.longest * 1.4143f, pillar = 2 * world.pillars.thickest;
  const std::uint32_t walls =
      site.walls ? 2 * (most_cells(site.width, 1, site.cell) + most_cells(1, site.depth, site.cell)) : 0;
  const std::uint32_t lists =
      walls + world.buildings.count * most_cells(building, building, site.cell) +
      world.pillars.count * most_cells(pillar, pillar, site.cell) +
      world.shelves.rows * world.shelves.columns * most_cells(world.shelves.length, world.shelves.width, site.cell);
  const std::uint32_t all = cells(site.width, site.cell) * cells(site.depth, site.cell);
  return lists > all ? lists : all;
}

// Entries of all lists of obstacles within reach, at most: blocks whose middle is in a disc about an obstacle are no more than those
// that lie wholly in one that is wider by half a block's diagonal.
std::uint32_t most_reached(const Parameters& world, float reach, std::uint32_t blocks) {
  const auto around = [&](float longest, float widest) {
    const float radius =
        (reach + kReachSlack + std::sqrt(longest * longest + widest * widest) / 2) / kBlock + 2 * 0.7072f;
    return std::min(blocks, static_cast<std::uint32_t>(3.1416f * radius * radius) + 1);
  };
  return (world.site.walls ? 4 * blocks : 0) +
         world.buildings.count * around(world.buildings.longest, world.buildings.longest) +
         world.pillars.count * around(2 * world.pillars.thickest, 0) +
         world.shelves.rows * world.shelves.columns * around(world.shelves.length, world.shelves.width);
}

}  // namespace

// Spreads are round numbers of the order of what readings vary by in the plaza without faults and incidents: the deviations of ten
// minutes, 200 agents and seed 1 are 1.05, 0.035, 0.17; 300, 15, 2.5; 0.011, 200, 0.25; 0.39, 0.36, 0.11, 0.32.
const ChannelPlan kChannelPlans[kChannels] = {
    {"visual.objects", 2, 0, 1000, true},    {"visual.brightness", 0.1f, 0, 1, false},
    {"visual.motion", 0.1f, 0, 1, false},    {"lidar.points", 200, 0, 1e6f, true},
    {"lidar.max_range", 15, 0, 1000, false}, {"lidar.obstacles", 2, 0, 1000, true},
    {"audio.amplitude", 0.05f, 0, 1, false}, {"audio.frequency", 300, 0, 20000, false},
    {"audio.event", 1, 0, 2, true},          {"imu.accel_x", 0.5f, -160, 160, false},
    {"imu.accel_y", 0.5f, -160, 160, false}, {"imu.accel_z", 0.5f, -160, 160, false},
    {"imu.gyro", 0.3f, -35, 35, false},
};

const Parameters& Plan::parameters() const { return *kWorlds[world]; }

std::span<const std::string_view> world_names() { return kWorldNames; }
std::string_view name_of(Modality modality) { return name_in(kModalityNames, modality); }
std::string_view name_of(Fault fault) { return name_in(kFaultNames, fault); }
std::string_view name_of(Incident incident) { return name_in(kIncidentNames, incident); }
std::string_view name_of(Situation situation) { return name_in(kSituationNames, situation); }

Error check(const Options& options) {
  bool known = false;
  Words names;
  for (const std::string_view name : kWorldNames) {
    names << (names.view().empty() ? "one of " : ", ") << name;
    known = known || options.world == name;
  }
  if (!known)
    return make_error(ErrorCode::out_of_range, "There is no such world", "world", names,
                      Words() << "\"" << options.world.view() << "\"");
  if (Error error = check_number("agents", options.agents, 1, kMaxAgents)) return error;
  if (Error error = check_number("rate", options.rate, 10, 1000)) return error;
  if (Error error = check_number("hour", options.hour, 0, 24, true)) return error;
  if (Error error = check_number("rain", options.rain, 0, 100, true)) return error;
  if (Error error = check_number("faults", options.faults, 0, 1000)) return error;
  if (Error error = check_number("incidents", options.incidents, 0, 1000)) return error;
  return check_number("intervals", options.intervals, 0, kMaxIntervals);
}

Result<Plan> make_plan(const Options& options) {
  if (Error error = check(options)) return error;
  Plan plan = {};
  plan.options = options;
  if (!options.intervals) plan.options.intervals = 4096 + 16 * options.agents;
  while (options.world != kWorldNames[plan.world]) ++plan.world;
  const Parameters& world = plan.parameters();
  plan.tiles = (options.agents + kRows - 1) / kRows;
  plan.tick_seconds = 1 / options.rate;
  // From corner to corner, and two seconds to die away.
  plan.blast_seconds = 2 + std::sqrt(double{world.site.width} * double{world.site.width} +
                                     double{world.site.depth} * double{world.site.depth}) /
                               double{kSoundSpeed};
  plan.think_ticks = static_cast<std::uint32_t>(options.rate / 10);
  plan.cells_x = cells(world.site.width, world.site.cell);
  plan.cells_y = cells(world.site.depth, world.site.cell);
  plan.buckets_x = cells(world.site.width, kBucket);
  plan.buckets_y = cells(world.site.depth, kBucket);
  plan.sound_x = cells(world.site.width, kSoundCell);
  plan.sound_y = cells(world.site.depth, kSoundCell);
  plan.most_obstacles = world.buildings.count + world.pillars.count + world.shelves.rows * world.shelves.columns + 4;
  plan.blocks_x = cells(world.site.width, kBlock);
  plan.blocks_y = cells(world.site.depth, kBlock);
  plan.reach = std::fmax(kLidarReach * world.lidar.range, kSight);
  plan.most_reached = most_reached(world, plan.reach, plan.blocks_x * plan.blocks_y);
  const std::uint32_t all_cells = plan.cells_x * plan.cells_y;
  plan.most_near = most_near(world);
  plan.sensors[0] = plan_sensor(world.visual.rate, world.visual.latency, options.rate);
  plan.sensors[1] = plan_sensor(world.lidar.rate, world.lidar.latency, options.rate);
  plan.sensors[2] = plan_sensor(world.audio.rate, world.audio.latency, options.rate);
  plan.sensors[3] = plan_sensor(world.imu.rate, world.imu.latency, options.rate);

  plan.cos_half_fov = static_cast<float>(cosine(double{world.visual.fov} / 2));
  // What fills a vector up is the same again.
  for (std::uint32_t ray = 0; ray < kMostRays; ++ray) {
    const double turn = 6.283185307179586 * (ray % world.lidar.rays) / world.lidar.rays;
    plan.rays_x[ray] = static_cast<float>(cosine(turn));
    plan.rays_y[ray] = static_cast<float>(sine(turn));
  }
  plan.barrier = static_cast<float>(exponential(-double{world.audio.barrier} * 0.23025850929940458));
  plan.loud = static_cast<float>(std::sqrt(squared_pressure(double{world.audio.loud})));
  plan.quiet = static_cast<float>(std::sqrt(squared_pressure(double{world.audio.quiet})));
  plan.talk = static_cast<float>(squared_pressure(double{world.agents.talk}));

  Memory memory(plan);
  plan.state = memory.take(sizeof(State));
  plan.distance = memory.take(all_cells * sizeof(float));
  plan.near = memory.take((all_cells + 1) * sizeof(std::uint32_t));
  plan.near_list = memory.take(plan.most_near * sizeof(std::uint32_t));
  plan.reach_first = memory.take((plan.blocks_x * plan.blocks_y + 1) * sizeof(std::uint32_t));
  plan.reach_list = memory.take(plan.most_reached * sizeof(std::uint32_t));
  plan.ways = memory.take(std::uint64_t{all_cells} * world.spots.count);
  plan.muffled = memory.take(plan.sound_x * plan.sound_y * sizeof(std::uint32_t));
  for (std::uint64_t& bodies : plan.bodies) bodies = memory.take(std::uint64_t{plan.tiles} * kRows * sizeof(Body));
  plan.bucket_first = memory.take((plan.buckets_x * plan.buckets_y + 1) * sizeof(std::uint32_t));
  plan.bucket_agents = memory.take(options.agents * sizeof(std::uint32_t));
  plan.tile_states = memory.take(plan.tiles * sizeof(Tile));
  lay_out_columns(plan, memory);
  plan.obstacles = plan.at.obstacles;
  return plan;
}

}  // namespace sensorium::world
