// What the options of a world come to: every number a tick needs and where everything lies in its block. Made once, never
// changed, without pointers, and itself the first thing in the block.
#pragma once

#include <string_view>

#include "parameters.h"
#include "sensorium/world.h"

namespace sensorium::world {

inline constexpr std::uint32_t kRows = 16;     // agents a tile
inline constexpr std::uint32_t kKnown = 16;    // others that an agent knows of: the nearest
inline constexpr std::uint32_t kAvoided = 10;  // those of them that it keeps clear of
// Readings of a sensor that are kept: one that is late by 6 while 2 more are on their way.
inline constexpr std::uint32_t kHistory = 9;
inline constexpr std::uint32_t kBlastBit = 31;  // in a sound cell's mask of sources, an explosion's
inline constexpr std::uint32_t kChannels = 13;
inline constexpr float kBody = 0.25f;       // m, an agent's radius
inline constexpr float kCloseBy = 3;        // m: others who make a crowd
inline constexpr float kSight = 15;         // m: further off nobody is known of
inline constexpr float kLidarReach = 1.5f;  // of the LiDAR's range: beyond it looks for nothing
inline constexpr float kReachSlack = 0.1f;  // m, more than rounding could take from a list
inline constexpr float kNear = 0.5f;        // m: obstacles no further than this from a cell are in its list
inline constexpr std::uint32_t kNearBits = 6, kMostNear = 63;  // of the length of a list of near obstacles
inline constexpr float kBucket = 5;                            // m, cells in which agents are looked for
inline constexpr float kSoundCell = 8;                         // m, cells in which what muffles a sound is the same
inline constexpr float kBlock = 16;                            // m, cells with lists of all obstacles within reach
// An entry of such a list: the obstacle's number, and above it how far it is at least from anywhere in the block, in steps of
// 1 / kEntrySteps metres, one less than there are, so that no rounding matters.
inline constexpr std::uint32_t kEntryObstacle = 0xFFFF, kEntryShift = 16, kMostEntrySteps = 0xFFFF;
inline constexpr float kEntrySteps = 64;

// The greatest entry of an obstacle that something could reach which goes so far.
inline std::uint32_t farthest_entry(float length) {
  const float steps = length * kEntrySteps;
  return (steps < kMostEntrySteps ? static_cast<std::uint32_t>(steps) : kMostEntrySteps) << kEntryShift |
         kEntryObstacle;
}

// From a cell's centre, how far the obstacles of its list are at most.
inline float near_reach(float cell) { return kNear + cell * 0.70710678f; }

struct ChannelPlan {
  const char* name;
  float spread;  // by which faults are measured: about what the reading varies by in a calm hour
  float low, high;
  bool whole;
};

// The channels in the order of their columns, and which of them a modality has.
extern const ChannelPlan kChannelPlans[kChannels];
inline constexpr std::uint32_t kFirstChannel[kModalities + 1] = {0, 3, 6, 9, 13};

// A sensor reads at tick t where floor((t + phase) * share / 2^32) steps, and delivers `latency` ticks later.
struct SensorPlan {
  std::uint64_t share;  // readings a tick, times 2^32
  std::uint32_t latency;
};

inline constexpr std::uint32_t kStatistics = 7;

struct ColumnOffsets {
  std::uint64_t channels[kChannels];
  std::uint64_t times[kModalities];
  std::uint64_t position[3], heading[3];
  std::uint64_t true_position[3], true_velocity[3], true_heading, situation, faults, incidents;
  std::uint64_t what, agent, from, to, magnitude, x, y;  // of the intervals
  std::uint64_t obstacles, sources, sounding, spots, intruder;
  std::uint64_t statistics[kStatistics];
};

struct Plan {
  Options options;  // intervals resolved
  std::uint32_t world;
  std::uint32_t tiles;
  std::uint32_t cells_x, cells_y;      // of the distance field
  std::uint32_t buckets_x, buckets_y;  // of the search for agents
  std::uint32_t sound_x, sound_y;      // of what muffles sounds
  std::uint32_t most_obstacles;
  std::uint32_t most_near;           // room for the lists of near obstacles
  std::uint32_t blocks_x, blocks_y;  // of the lists of all within reach
  std::uint32_t most_reached;        // room for them
  float reach;                       // m
  double tick_seconds;
  double blast_seconds;       // for which an explosion's sound passes over the site
  std::uint32_t think_ticks;  // ticks from one decision of an agent to the next
  SensorPlan sensors[kModalities];
  // Of parameters.
  float cos_half_fov, barrier, loud, quiet, talk;
  alignas(64) float rays_x[kMostRays],
      rays_y[kMostRays];    // directions of the LiDAR's rays, of which the first is (1, 0)
  std::uint64_t state;      // State
  std::uint64_t obstacles;  // Obstacle
  std::uint64_t distance;   // f32 a cell: exact signed distance from its centre
  // U32 a cell and one: first << kNearBits | count of its list of near obstacles; of one, the obstacle itself
  std::uint64_t near;
  std::uint64_t near_list;                    // u32
  std::uint64_t reach_first;                  // u32 a block and one: where its list of obstacles within reach begins
  std::uint64_t reach_list;                   // u32, see kEntrySteps
  std::uint64_t ways;                         // u8 a spot and cell: the direction to the spot, see ways.h
  std::uint64_t muffled;                      // u32 a sound cell: bit s where source s is behind an obstacle
  std::uint64_t bodies[2];                    // Body, of the last tick and of this one, in turn
  std::uint64_t bucket_first, bucket_agents;  // u32: agents in order of their buckets
  std::uint64_t tile_states;                  // Tile
  ColumnOffsets at;
  std::uint64_t bytes;
  List<Column, 58> columns;

  const Parameters& parameters() const;
};

// Errors name the option.
Result<Plan> make_plan(const Options& options);

}  // namespace sensorium::world
