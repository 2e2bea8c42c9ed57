// What makes one world differ from another: the records that the files of world/worlds fill in. Units are SI unless a name or a
// comment says otherwise; docs/world.md has each sensor's formula.
#pragma once

#include <cstdint>

namespace sensorium::world {

inline constexpr std::uint32_t kMostSpots = 12;
inline constexpr std::uint32_t kMostSources = 24;
inline constexpr std::uint32_t kMostWaves = 4;
inline constexpr std::uint32_t kMostRays = 16;

// --- Sound ------------------------------------------------------------------------

inline constexpr float kSoundSpeed = 343;      // m/s, air at 20 C
inline constexpr float kBlastDecay = 0.4f;     // s in which a blast's pressure falls to 1 / e
inline constexpr float kBlastPower = 1.26e7f;  // Pa^2 at 1 m: 165 dB

// --- The site -------------------------------------------------------------------

struct SiteParameters {
  float width, depth;  // m; x is 0 .. width, y is 0 .. depth
  float cell;          // m, of the distance field, the ways and the occlusion of sounds
  bool walls;          // a wall around the site
  bool roof;           // no sun, no rain
  // Rolling ground: `waves` plane waves of random direction, each of this height and about this length.
  std::uint32_t waves;
  float wave_height;
  float wave_length;
};

// Rectangles in random places, with a random turn.
struct BuildingParameters {
  std::uint32_t count;
  float shortest, longest;  // m, of a side
  float lowest, highest;
};

// Discs in random places.
struct PillarParameters {
  std::uint32_t count;
  float thinnest, thickest;  // m, radius
  float lowest, highest;
  float gap;  // m, least distance between the outlines of two
};

// Rectangles in rows, with aisles between them.
struct ShelfParameters {
  std::uint32_t rows, columns;
  float length, width;  // m
  float aisle, cross;   // m, between rows, between columns
  float height;
};

// Where agents gather and work.
struct SpotParameters {
  std::uint32_t count;
  float radius;  // m, in which those who gather stand
  float clear;   // m without obstacles around it
  float spread;  // m from it that those who wander go
};

// --- What is in the air -----------------------------------------------------------

// Sound sources stand still; each is on or off for a while at a time.
struct SourceParameters {
  std::uint32_t count;
  float quietest, loudest;  // dB SPL at 1 m
  float lowest, highest;    // Hz
  float while_seconds;      // how long a while is
  float share;              // of its whiles in which a source is on
};

struct LightParameters {
  float hour;         // at tick 0, when the options do not say
  float latitude;     // degrees
  float declination;  // degrees, the sun's: the season
  float lamps;        // cd, of the lamp over each spot, lit below 50 lx
  float lamp_height;
  float indoor;  // lx under a roof
  float night;   // lx outdoors without sun and lamps
};

struct WeatherParameters {
  float share;     // of the time that it rains
  float heaviest;  // mm/h
  float while_seconds;
};

// --- Agents -------------------------------------------------------------------------

struct AgentParameters {
  float speed;           // m/s, preferred, by which individuals differ by 25 %
  float flight;          // m/s, of those who flee
  float workers;         // share of agents that work a shift
  float shift_begin;     // h; a shift is 8 h, and every other worker has the next one
  float talk;            // dB SPL at 1 m, of one who is in company
  float position_noise;  // m, of what position.* says: white, in x and y
};

// --- Sensors --------------------------------------------------------------------------

struct VisualParameters {
  double rate, latency;  // Hz, s
  float fov;             // rad
  float range;           // m, at most 15
  float eye;             // m above ground
  float noise;           // of brightness and motion (standard deviation)
};

struct LidarParameters {
  double rate, latency;
  float range;           // m at which half of the beams return in clear air
  float noise;           // m, standard deviation of a range
  float height;          // m above ground
  std::uint32_t rays;    // directions in which the world is looked at: even, at most kMostRays
  std::uint32_t points;  // beams of a full turn
};

struct AudioParameters {
  double rate, latency;
  float full_scale;   // Pa (RMS) that reads 1
  float floor;        // Pa, the microphone's own noise
  float ambient;      // dB SPL of what is always there
  float loud, quiet;  // dB SPL: audio.event is 2 above, 0 below
  float barrier;      // dB lost behind an obstacle
  float noise;        // relative error of a level (standard deviation)
};

struct ImuParameters {
  double rate, latency;
  float accel_noise;  // m/s^2 / sqrt(Hz), N of IEEE Std 952
  float accel_bias;   // m/s^2, turn-on bias (standard deviation)
  float accel_walk;   // m/s^2 / sqrt(s), K
  float gyro_noise;   // rad/s / sqrt(Hz)
  float gyro_bias;    // rad/s
  float gyro_walk;    // rad/s / sqrt(s)
  float vibration;    // m/s^2 at 1 m/s, white: steps and wheels
};

// --- What goes wrong ---------------------------------------------------------------------

struct TroubleParameters {
  float faults;     // an agent and hour
  float intruders;  // an hour
  float explosions;
  float crushes;
};

struct Parameters {
  const char* name;
  SiteParameters site;
  BuildingParameters buildings;
  PillarParameters pillars;
  ShelfParameters shelves;
  SpotParameters spots;
  SourceParameters sources;
  LightParameters light;
  WeatherParameters weather;
  AgentParameters agents;
  VisualParameters visual;
  LidarParameters lidar;
  AudioParameters audio;
  ImuParameters imu;
  TroubleParameters trouble;
};

}  // namespace sensorium::world
