// A wood on hills: thousands of trunks, few clearings, dim light, rain; whoever is here is mostly alone.
#pragma once

#include "parameters.h"

namespace sensorium::world {

inline constexpr Parameters kForest = {
    .name = "forest",
    .site = {.width = 1000,
             .depth = 1000,
             .cell = 2,
             .walls = false,
             .roof = false,
             .waves = 4,
             .wave_height = 4,
             .wave_length = 180},
    .buildings = {.count = 12, .shortest = 4, .longest = 10, .lowest = 3, .highest = 5},
    .pillars = {.count = 12000, .thinnest = 0.12f, .thickest = 0.45f, .lowest = 12, .highest = 30, .gap = 2},
    .shelves = {},
    .spots = {.count = 12, .radius = 6, .clear = 15, .spread = 80},
    .sources = {.count = 24,
                .quietest = 60,
                .loudest = 85,
                .lowest = 200,
                .highest = 6000,
                .while_seconds = 15,
                .share = 0.3f},
    .light = {.hour = 16, .latitude = 60, .declination = 10, .lamps = 0, .lamp_height = 4, .indoor = 0, .night = 0.05f},
    .weather = {.share = 0.4f, .heaviest = 25, .while_seconds = 900},
    .agents = {.speed = 1.2f, .flight = 3.5f, .workers = 0.1f, .shift_begin = 7, .talk = 58, .position_noise = 0.5f},
    .visual = {.rate = 15, .latency = 0.1, .fov = 1.92f, .range = 15, .eye = 1.5f, .noise = 0.015f},
    .lidar = {.rate = 10, .latency = 0.1, .range = 30, .noise = 0.03f, .height = 1, .rays = 12, .points = 1800},
    .audio = {.rate = 20,
              .latency = 0.05,
              .full_scale = 1,
              .floor = 0.0006f,
              .ambient = 38,
              .loud = 70,
              .quiet = 42,
              .barrier = 8,
              .noise = 0.03f},
    .imu = {.rate = 60,
            .latency = 0,
            .accel_noise = 1.7e-3f,
            .accel_bias = 0.05f,
            .accel_walk = 1e-4f,
            .gyro_noise = 2.4e-4f,
            .gyro_bias = 0.005f,
            .gyro_walk = 1e-5f,
            .vibration = 0.2f},
    .trouble = {.faults = 6, .intruders = 8, .explosions = 1, .crushes = 1},
};

}  // namespace sensorium::world
