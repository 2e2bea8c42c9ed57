// What changes from tick to tick: one State a world, one Tile for 16 agents, one Body an agent.
#pragma once

#include "plan.h"

namespace sensorium::world {

// What others may look up by an agent's index.
struct Body {
  float x, y, vx, vy;
};

enum class Doing : std::uint8_t { wander, gather, work, travel, flee };

// The state of 16 agents; [16] is a value an agent. Row r of tile t is agent 16 t + r. What kernels load begins at a cache line.
struct alignas(64) Tile {
  // Motion, rewritten at each tick.
  float x[kRows], y[kRows], vx[kRows], vy[kRows];
  float forward_x[kRows], forward_y[kRows];  // where the body looks, level, of length 1
  float angle[kRows];                        // the same in radians, -pi .. pi
  float turn[kRows];                         // rad/s
  float rest_x[kRows], rest_y[kRows];        // m: what rounding has taken from x and y, which the next step adds
  float z[kRows], vz[kRows];
  float slope_x[kRows], slope_y[kRows];   // of the ground
  float ax[kRows], ay[kRows], az[kRows];  // m/s^2, mean over the last tick
  float said_x[kRows], said_y[kRows];     // where its localisation says that the agent is

  // Decisions, some ten times a second.
  float wish_x[kRows], wish_y[kRows];  // m/s
  float top_speed[kRows];
  float goal_x[kRows], goal_y[kRows];
  double until[kRows];  // s: when the agent thinks of something else
  double afraid_until[kRows];
  float feared_x[kRows], feared_y[kRows];  // what the agent flees from
  alignas(64) float speech[kRows];         // Pa^2 of those who talk
  float home_x[kRows], home_y[kRows];      // about which those wander who do not live about a spot
  std::uint8_t doing[kRows], spot[kRows];
  std::uint32_t draws[kRows];  // decisions so far: each has its own random numbers
  alignas(64) std::uint32_t known_count[kRows];
  // Indices of the nearest others, nearest first; those beyond the count are the agent's own
  std::uint32_t known[kKnown][kRows];
  std::uint16_t in_sight[kKnown];  // rows that have nothing between them and that one
  std::uint16_t sees_intruder;     // rows
  std::uint16_t close[2];          // rows of `alone` and of `crowded`
  std::uint8_t about[kRows];       // incidents about the agent: bits of truth.incidents

  // Sensors.
  alignas(64) std::uint32_t scrambled[kRows];  // the agent's index, mixed: its part of each random number
  float accel_bias[3][kRows], gyro_bias[kRows];
  std::uint32_t phase[kModalities];
  std::uint64_t measured[kModalities][kHistory];  // ticks, from 1; 0: never
  std::uint64_t readings[kModalities];            // so far; the newest is in slot newest_slot()
  alignas(64) float history[kChannels][kHistory][kRows];

  // Faults; from and to are ticks.
  std::uint64_t next_fault_change;
  std::uint64_t fault_from[kModalities][kRows], fault_to[kModalities][kRows];
  float fault_magnitude[kModalities][kRows];
  float stuck[kChannels][kRows];  // NaN until the fault's first reading
  std::uint8_t fault[kModalities][kRows];
  std::uint16_t faulty[kModalities];  // rows whose fault is going on
  bool silent[kModalities];           // the columns say that there is no reading

  std::uint32_t open[kModalities + kIncidents][kRows];  // number of the true interval that lasts, modulo 2^32
  bool truth_changed;                                   // since the truth was written
};

// Reading n, counted from 1, is in slot n mod kHistory.
inline std::uint32_t newest_slot(const Tile& tile, std::uint32_t m) {
  return static_cast<std::uint32_t>(tile.readings[m] % kHistory);
}

// An incident that is going on, or none: from == to.
struct Happening {
  float x, y;
  std::uint64_t from, to;  // ticks
  std::uint32_t spot;      // of an intruder: where it goes
  float vx, vy;
};

struct Source {
  float x, y;
  float power;      // Pa^2 at 1 m
  float frequency;  // Hz
};

struct State {
  std::uint64_t tick;
  std::uint64_t intervals;
  std::uint32_t obstacle_count, spot_count, source_count;
  float highest;  // m, what obstacles reach up to
  float spots_x[kMostSpots], spots_y[kMostSpots];
  float wave_x[kMostWaves], wave_y[kMostWaves], wave_phase[kMostWaves];  // rad/m, rad
  Source sources[kMostSources];
  std::uint32_t sounding;  // bit s: source s is on
  Happening happenings[kIncidents];
  std::uint32_t open[kIncidents];  // number of the true interval of one that is going on, modulo 2^32
  bool going_on[kIncidents];       // it has one
  // The air at this tick.
  double hour;
  float sun_x, sun_y, sun_slope;  // level direction to the sun, of length 1, and how steeply a ray to it climbs
  float sunlight, skylight;       // lx on level ground; under a roof its lamps are the sky
  float lamps;                    // cd, 0 by day
  float rain;                     // mm/h
  float extinction;               // 1/m, of light in that rain
  float ambient;                  // Pa^2
};

}  // namespace sensorium::world
