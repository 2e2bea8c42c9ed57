// A town square and the streets about it: open ground, buildings, many people, a summer's day.
#pragma once

#include "parameters.h"

namespace sensorium::world {

inline constexpr Parameters kPlaza = {
    .name = "plaza",
    .site = {.width = 1000,
             .depth = 1000,
             .cell = 2,
             .walls = false,
             .roof = false,
             .waves = 2,
             .wave_height = 1.5f,
             .wave_length = 300},
    .buildings = {.count = 220, .shortest = 10, .longest = 45, .lowest = 6, .highest = 25},
    .pillars = {.count = 400, .thinnest = 0.15f, .thickest = 0.6f, .lowest = 3, .highest = 9, .gap = 3},
    .shelves = {},
    .spots = {.count = 10, .radius = 5, .clear = 30, .spread = 60},
    .sources =
        {.count = 20, .quietest = 65, .loudest = 90, .lowest = 80, .highest = 2500, .while_seconds = 30, .share = 0.5f},
    .light =
        {.hour = 10, .latitude = 48, .declination = 15, .lamps = 2000, .lamp_height = 5, .indoor = 0, .night = 0.3f},
    .weather = {.share = 0.2f, .heaviest = 15, .while_seconds = 600},
    .agents = {.speed = 1.34f, .flight = 3.5f, .workers = 0.2f, .shift_begin = 8, .talk = 60, .position_noise = 0.02f},
    .visual = {.rate = 15, .latency = 0.1, .fov = 1.92f, .range = 15, .eye = 1.5f, .noise = 0.01f},
    .lidar = {.rate = 10, .latency = 0.1, .range = 40, .noise = 0.03f, .height = 1.2f, .rays = 12, .points = 1800},
    .audio = {.rate = 20,
              .latency = 0.05,
              .full_scale = 1,
              .floor = 0.0006f,
              .ambient = 52,
              .loud = 75,
              .quiet = 54,
              .barrier = 15,
              .noise = 0.03f},
    .imu = {.rate = 60,
            .latency = 0,
            .accel_noise = 1.7e-3f,
            .accel_bias = 0.05f,
            .accel_walk = 1e-4f,
            .gyro_noise = 2.4e-4f,
            .gyro_bias = 0.005f,
            .gyro_walk = 1e-5f,
            .vibration = 0.08f},
    .trouble = {.faults = 4, .intruders = 12, .explosions = 3, .crushes = 6},
};

}  // namespace sensorium::world
