// A world to sense: a seeded site with agents that move about it, what their sensors would read, and the truth.
//
//   auto world = sensorium::world::World::create({.world = "plaza", .agents = 1000, .seed = 7});
//   if (!world) return fail(world.error());
//   world->step();                                        // one tick of 1 / rate seconds
//   float range = world->sensors("lidar.max_range")[42];  // NaN: no reading at this tick
//
// The readings are physical, late, noisy and at times faulty; the truth beside them is not. What an agent senses never
// depends on what an engine makes of it: world_engine.h copies readings into an engine, and that is all that joins the two.
//
// All numbers are functions of the options: the same bits on every machine. Columns are as the engine's: planes of one value
// an agent in one block of memory, which stay where they are. Nothing allocates, throws or logs after create().
#pragma once

#include <span>
#include <string_view>

#include "sensorium/types.h"

namespace sensorium::world {

struct Kernels;

inline constexpr std::uint32_t kMaxIntervals = 4'194'304;
inline constexpr std::uint32_t kMaxAgents = 100'000;
// Instead of an agent's index: all of them; of an interval: none, but the site.
inline constexpr std::uint32_t kEveryAgent = 0xFFFFFFFFu;

// --- Options ------------------------------------------------------------------

struct Options {
  Name world = "plaza";        // one of world_names()
  std::uint32_t agents = 100;  // 1 .. kMaxAgents
  std::uint64_t seed = 0;      // even: training, odd: unseen; see split_of()
  double rate = 60;            // ticks a second of the world, 10 .. 1000 Hz
  // NaN: as the world's file says.
  double hour = std::numeric_limits<double>::quiet_NaN();  // time of day at tick 0, 0 .. 24 h
  double rain = std::numeric_limits<double>::quiet_NaN();  // 0 .. 100 mm/h all the time
  double faults = 1;            // times the world's own frequency of sensor faults, 0 (none) .. 1000
  double incidents = 1;         // the same of intruders, explosions and crushes
  std::uint32_t intervals = 0;  // true intervals that are kept, at most kMaxIntervals; 0: 4,096 and 16 an agent
};

// Why these options make no world, or an empty Error; the same as create() would return.
Error check(const Options& options);

// Bytes a world of these options needs, a multiple of 64.
Result<std::uint64_t> required_bytes(const Options& options);

// "plaza", "warehouse", "forest".
std::span<const std::string_view> world_names();

// What a seed is for: detectors and models are made with training seeds and judged on unseen ones.
enum class Split : std::uint32_t { training, unseen };
constexpr Split split_of(std::uint64_t seed) { return seed % 2 == 0 ? Split::training : Split::unseen; }

// --- What can be wrong, and what can happen --------------------------------------

// In the order of the columns sensors.<modality>.time and of the bytes of truth.faults.
enum class Modality : std::uint32_t { visual, lidar, audio, imu };
inline constexpr std::uint32_t kModalities = 4;

// Of one modality of one agent. `magnitude` is in the unit that the comment says; docs/world.md has each channel's spread.
enum class Fault : std::uint32_t {
  none,
  dropout,  // readings are lost; magnitude: the share that is, 0 .. 1
  stuck,    // the first reading of the fault is repeated; no magnitude
  spike,    // one reading in five jumps up or down; spreads
  drift,    // an error that grows from zero; spreads a second
  noise,    // a burst of normal noise; spreads (standard deviation)
  bias,     // a constant error; spreads
  delay,    // readings come late; readings, 1 .. 5
  reorder,  // of each group of magnitude + 1 readings the newest comes in time, then come the others; 1 .. 5
};
inline constexpr std::uint32_t kFaults = 9;  // with none

// Bits of truth.incidents.
enum class Incident : std::uint32_t {
  intruder,   // somebody who hunts about the site; agents who see it flee
  explosion,  // a blast, heard all over the site when its sound arrives; agents near flee
  crush,      // everybody near is pressed towards one point
};
inline constexpr std::uint32_t kIncidents = 3;

// truth.situation: the first that is so, from the last to the first.
enum class Situation : std::uint32_t {
  calm,
  alone,       // nobody within 15 m
  crowded,     // at least 6 others within 3 m
  threatened,  // an incident is about the agent
  blind,       // neither visual nor lidar gives a reading, by a fault
};
inline constexpr std::uint32_t kSituations = 5;

// "visual", "dropout", "intruder", "calm" ...; "" for a number that none has.
std::string_view name_of(Modality modality);
std::string_view name_of(Fault fault);
std::string_view name_of(Incident incident);
std::string_view name_of(Situation situation);

// One true anomaly of one agent, or one incident as such, in `truth.intervals.*`, row `number % intervals`, for number = 0 .. begun - 1.
struct Interval {
  std::uint32_t agent;  // kEveryAgent: the incident as such, whoever notices it
  std::uint32_t what;   // 16 * modality + fault for a fault, 64 + incident for an incident
  double from;          // s, of the first tick at which it is so
  double to;            // s, of the first tick at which it is so no more; infinity while it lasts
  float magnitude;      // of a fault, in its unit; 1 for an incident
  float x, y;           // m, where the agent, or the incident, was when it began
};
constexpr std::uint32_t kIncidentCode = 64;

// How a sensor of this world keeps time, at the world's own rate.
struct Timing {
  double rate;     // readings a second, as declared; a world of fewer ticks a second reads at each tick
  double latency;  // s from the measurement to the tick that has the reading, in whole ticks
};

// An obstacle, as `scene.obstacles` holds it: a disc, or a rectangle around its centre, turned and upright.
struct Obstacle {
  float x, y;            // m, the centre
  float cosine, sine;    // of the rectangle's turn
  float half_x, half_y;  // m; of a disc both are its radius
  float top;             // m, the height above the zero of position.z
  float round;           // 1: a disc, 0: a rectangle
};

// --- The world ----------------------------------------------------------------

class World {
 public:
  // A world in memory of its own, at tick 0: agents stand where they begin, and nothing has been read. `isa` is one of
  // available_isas(); empty: what the environment variable SENSORIUM_ISA names, else the best.
  static Result<World> create(const Options& options, std::string_view isa = {});

  // A world in the caller's memory: 64-byte aligned, of at least required_bytes(options), outliving the world.
  static Result<World> create_in(std::span<std::byte> block, const Options& options, std::string_view isa = {});

  World(World&& other) noexcept;
  World& operator=(World&& other) noexcept;
  World(const World&) = delete;
  World& operator=(const World&) = delete;
  ~World();

  // One tick. Columns then hold the readings that are delivered at time(), and the truth at time().
  void step();

  double time() const;  // s since tick 0: ticks() / rate
  std::uint64_t ticks() const;
  std::uint32_t agents() const;
  std::string_view isa() const;
  const Options& options() const;
  Timing timing(Modality modality) const;

  // Makes a sensor faulty from the next tick on, for `seconds` (0 .. 1e6); magnitude is 0 .. 1e6, see Fault. It takes the place
  // of the fault that the modality has. Fault::none heals. `agent` may be kEveryAgent.
  [[nodiscard]] Error inject(std::uint32_t agent, Modality modality, Fault fault, double magnitude, double seconds);

  // Lets something happen at a place of the site, not within an obstacle, from the next tick on, for `seconds` (0 .. 3600; an
  // explosion has its own). It takes the place of the one of its kind that is going on.
  [[nodiscard]] Error happen(Incident incident, double x, double y, double seconds);

  // The input column of a channel, `agents` long; empty if the world has no such channel.
  std::span<const float> sensors(std::string_view channel) const;

  // All columns by name and place, in a stable order; offsets count from block(). docs/world.md lists them: sensors.*, position.*
  // and heading.* are what an engine may know, truth.* is what is so, scene.* and statistics.* are for people.
  std::span<const Column> layout() const;
  const Column* find_column(std::string_view name) const;
  std::span<const std::byte> block() const { return block_; }

  // True intervals that have begun so far; the last `options().intervals` of them are kept.
  std::uint64_t intervals() const;
  Interval interval(std::uint64_t number) const;

  // The site: exact distance from a point to the nearest obstacle's outline, negative inside; height of the ground.
  float distance_at(float x, float y) const;
  float ground_at(float x, float y) const;
  // How far a level ray at height z goes from a point in the direction of (dx, dy), of length 1, before it meets an obstacle; at
  // most `range`.
  float ray(float x, float y, float z, float dx, float dy, float range) const;
  std::span<const Obstacle> obstacles() const;

 private:
  World() = default;

  std::span<std::byte> block_;
  bool owned_ = false;
  const Kernels* kernels_ = nullptr;
};

}  // namespace sensorium::world
