// Where things of a world's block are, for one tick: pointers that the plan's offsets come to.
#pragma once

#include "state.h"

namespace sensorium::world {

// A tick's part of the keys of random numbers, which all agents share.
struct Keys {
  std::uint32_t imu[4];
  std::uint32_t visual[kKnown + 2];
  std::uint32_t lidar[3 + kMostRays + kKnown];
  std::uint32_t audio[2];
  std::uint32_t position;
};

struct Scene {
  const Plan* plan;
  const Parameters* world;
  const State* state;
  Keys keys;
  const Obstacle* obstacles;
  const float* distance;
  const std::uint32_t* near;
  const std::uint32_t* near_list;
  const std::uint32_t* reach_first;
  const std::uint32_t* reach_list;
  const std::uint8_t* ways;
  const std::uint32_t* muffled;
  const Body* before;  // of the last tick
  Body* now;
  Tile* tiles;
  std::uint32_t cells_x, cells_y, sound_x, sound_y, blocks_x;
  float width, depth, cell;
  float wave_height;
  std::uint32_t waves;
  std::uint32_t agents;
  float tick_seconds, ticks_a_second;
  // What parameters and state come to, once a tick.
  float imu_rate;  // Hz, as this world can have it
  float cos_half_fov;
  float barrier;      // share of a sound's power that passes an obstacle
  float loud, quiet;  // Pa
  float talk;         // Pa^2 at 1 m
  float since_blast;  // s, negative: there is none
};

}  // namespace sensorium::world
