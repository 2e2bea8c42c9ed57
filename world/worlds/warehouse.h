// A hall of shelves with docks: robots and people who carry things from here to there, under lamps, day and night.
#pragma once

#include "parameters.h"

namespace sensorium::world {

inline constexpr Parameters kWarehouse = {
    .name = "warehouse",
    .site = {.width = 480,
             .depth = 320,
             .cell = 1,
             .walls = true,
             .roof = true,
             .waves = 0,
             .wave_height = 0,
             .wave_length = 1},
    .buildings = {},
    .pillars = {.count = 120, .thinnest = 0.2f, .thickest = 0.3f, .lowest = 10, .highest = 10, .gap = 8},
    .shelves = {.rows = 36, .columns = 10, .length = 36, .width = 2.4f, .aisle = 4.5f, .cross = 6, .height = 9},
    .spots = {.count = 12, .radius = 4, .clear = 6, .spread = 25},
    .sources =
        {.count = 16, .quietest = 72, .loudest = 92, .lowest = 60, .highest = 1200, .while_seconds = 20, .share = 0.6f},
    .light = {.hour = 14, .latitude = 48, .declination = 0, .lamps = 0, .lamp_height = 8, .indoor = 300, .night = 0.3f},
    .weather = {.share = 0, .heaviest = 0, .while_seconds = 600},
    .agents = {.speed = 1.5f, .flight = 3, .workers = 0.8f, .shift_begin = 6, .talk = 58, .position_noise = 0.02f},
    .visual = {.rate = 10, .latency = 0.1, .fov = 1.57f, .range = 12, .eye = 1.2f, .noise = 0.01f},
    .lidar = {.rate = 10, .latency = 0.1, .range = 20, .noise = 0.03f, .height = 0.3f, .rays = 12, .points = 1440},
    .audio = {.rate = 20,
              .latency = 0.05,
              .full_scale = 1,
              .floor = 0.0006f,
              .ambient = 58,
              .loud = 80,
              .quiet = 62,
              .barrier = 12,
              .noise = 0.03f},
    .imu = {.rate = 60,
            .latency = 0,
            .accel_noise = 1.7e-3f,
            .accel_bias = 0.05f,
            .accel_walk = 1e-4f,
            .gyro_noise = 2.4e-4f,
            .gyro_bias = 0.005f,
            .gyro_walk = 1e-5f,
            .vibration = 0.15f},
    .trouble = {.faults = 4, .intruders = 6, .explosions = 1, .crushes = 3},
};

}  // namespace sensorium::world
