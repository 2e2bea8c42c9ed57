// Sensors beside the physics they stand for.
#include "world/world_support.h"

namespace sensorium::world::test {
namespace {

// A world in which nothing goes wrong by itself.
Options calm(std::string_view name, std::uint32_t agents) {
  Options options = {.world = name, .agents = agents, .seed = 6};
  options.faults = options.incidents = 0;
  options.rain = 0;
  return options;
}

TEST(WorldSensors, ReadAtTheirRatesAndArriveLate) {
  for (const double rate : {60.0, 100.0}) {
    Options options = calm("plaza", 40);
    options.rate = rate;
    World world = make(options);
    for (std::uint32_t m = 0; m < kModalities; ++m) {
      const Modality modality = static_cast<Modality>(m);
      const std::string name(name_of(modality));
      const auto times = column<double>(world, "sensors." + name + ".time");
      const std::string channel = m == 0 ? "motion" : m == 1 ? "points" : m == 2 ? "amplitude" : "gyro";
      const auto readings = world.sensors(name + "." + channel);
      const Timing timing = world.timing(modality);
      const std::uint64_t from = world.ticks();
      std::vector<int> counts(world.agents());
      double last = -1;
      for (int tick = 0; tick < static_cast<int>(10 * rate); ++tick) {
        world.step();
        for (std::uint32_t i = 0; i < world.agents(); ++i) {
          ASSERT_EQ(std::isnan(readings[i]), std::isnan(times[i])) << name;
          if (std::isnan(readings[i])) continue;
          ++counts[i];
          ASSERT_NEAR(world.time() - times[i], timing.latency, 1e-9) << name;
          if (i == 0) {
            // Evenly spaced, to the tick.
            if (last >= 0) {
              ASSERT_LE(std::fabs(times[0] - last - 1 / timing.rate), 1 / rate + 1e-9) << name;
            }
            last = times[0];
          }
        }
      }
      for (const int count : counts) EXPECT_NEAR(count, 10 * std::fmin(timing.rate, rate), 1 + timing.latency * timing.rate * (from == 0)) << name;
    }
  }
}

TEST(WorldSensors, SoundFallsBySixDecibelsADoubling) {
  World world = make(calm("forest", 1000));
  const auto x = column(world, "truth.position.x"), y = column(world, "truth.position.y"), spots = column(world, "scene.spots");
  const auto times = column<double>(world, "sensors.audio.time");
  for (int tick = 0; tick < 60; ++tick) world.step();
  ASSERT_FALSE(world.happen(Incident::explosion, double{spots[0]}, double{spots[1]}, 3));
  const double begin = world.time() + 1 / 60.0;
  int heard = 0;
  double sum = 0, worst = 0;
  for (int tick = 0; tick < 170; ++tick) {
    world.step();
    for (std::uint32_t i = 0; i < world.agents(); ++i) {
      const double pressure = double{world.sensors("audio.amplitude")[i]};
      if (!(pressure > 0.15 && pressure < 0.99)) continue;
      const double distance = std::hypot(double{x[i] - spots[0]}, double{y[i] - spots[1]});
      // 165 dB at 1 m; it arrives at 343 m/s and decays by 1 / e in 0.4 s.
      const double since = times[i] - begin - distance / 343;
      if (distance > 200 || distance < 5 || since < 0.1) continue;
      const double expected = std::sqrt(1.26e7) * std::exp(-since / 0.4) / distance;
      const double error = 20 * std::log10(pressure / expected);
      ++heard;
      sum += error;
      worst = std::fmax(worst, std::fabs(error));
    }
  }
  EXPECT_GT(heard, 50);
  EXPECT_LT(std::fabs(sum / heard), 0.3);
  EXPECT_LT(worst, 3) << "other sounds and 3 % noise";
}

TEST(WorldSensors, InertialReadingsIntegrateBackToThePath) {
  World world = make(calm("warehouse", 64));
  for (int tick = 0; tick < 120; ++tick) world.step();
  const auto x = column(world, "truth.position.x"), y = column(world, "truth.position.y"), heading = column(world, "truth.heading");
  const auto vx = column(world, "truth.velocity.x"), vy = column(world, "truth.velocity.y");
  struct Path {
    double x, y, vx, vy, bias[3], force[3][300], residual[3][300], deviation[300], angle[300];
  };
  std::vector<Path> paths(world.agents());
  for (std::uint32_t i = 0; i < world.agents(); ++i) {
    paths[i].x = double{x[i]};
    paths[i].y = double{y[i]};
    paths[i].vx = double{vx[i]};
    paths[i].vy = double{vy[i]};
  }
  std::vector<double> old_vx(vx.begin(), vx.end()), old_vy(vy.begin(), vy.end());
  for (int tick = 0; tick < 300; ++tick) {
    world.step();
    for (std::uint32_t i = 0; i < world.agents(); ++i) {
      const double c = std::cos(double{heading[i]}), s = std::sin(double{heading[i]});
      const double ax = (double{vx[i]} - old_vx[i]) * 60, ay = (double{vy[i]} - old_vy[i]) * 60;
      old_vx[i] = double{vx[i]};
      old_vy[i] = double{vy[i]};
      const double truth[3] = {ax * c + ay * s, ay * c - ax * s, 9.80665};
      constexpr const char* kNames[] = {"imu.accel_x", "imu.accel_y", "imu.accel_z"};
      for (int axis = 0; axis < 3; ++axis) {
        paths[i].force[axis][tick] = double{world.sensors(kNames[axis])[i]};
        paths[i].residual[axis][tick] = paths[i].force[axis][tick] - truth[axis];
        paths[i].bias[axis] += paths[i].residual[axis][tick] / 300;
      }
      paths[i].angle[tick] = double{heading[i]};
      // White noise of N sqrt(rate), and 0.15 m/s^2 at 1 m/s of vibration.
      const double speed = std::hypot(double{vx[i]}, double{vy[i]});
      paths[i].deviation[tick] = std::sqrt(1.7e-3 * 1.7e-3 * 60 + 0.15 * 0.15 * speed * speed);
    }
  }
  double mean_error = 0, squares = 0;
  for (Path& path : paths) {
    for (int tick = 0; tick < 300; ++tick) {
      const double fx = path.force[0][tick] - path.bias[0], fy = path.force[1][tick] - path.bias[1];
      const double c = std::cos(path.angle[tick]), s = std::sin(path.angle[tick]);
      const double vertical = (path.residual[2][tick] - path.bias[2]) / path.deviation[tick];
      squares += vertical * vertical / 300 / static_cast<double>(paths.size());
      path.vx += (fx * c - fy * s) / 60;
      path.vy += (fx * s + fy * c) / 60;
      path.x += path.vx / 60;
      path.y += path.vy / 60;
    }
    const std::size_t i = static_cast<std::size_t>(&path - paths.data());
    const double error = std::hypot(path.x - double{x[i]}, path.y - double{y[i]});
    mean_error += error / static_cast<double>(paths.size());
    EXPECT_LT(error, 1.5) << i;
    for (int axis = 0; axis < 3; ++axis) EXPECT_LT(std::fabs(path.bias[axis]), 0.3) << "turn-on bias, six deviations of 0.05";
  }
  EXPECT_LT(mean_error, 0.4);
  EXPECT_NEAR(std::sqrt(squares), 1, 0.05);
}

TEST(WorldSensors, NoiseIsAsDeclared) {
  Options options = calm("warehouse", 200);
  World world = make(options);
  const auto x = column(world, "truth.position.x"), said = column(world, "position.x");
  double sum = 0, squares = 0, beyond = 0;
  int count = 0;
  for (int tick = 0; tick < 200; ++tick) {
    world.step();
    for (std::uint32_t i = 0; i < world.agents(); ++i, ++count) {
      const double error = double{said[i]} - double{x[i]};
      sum += error;
      squares += error * error;
      beyond += std::fabs(error) > 0.04;
    }
  }
  EXPECT_NEAR(sum / count, 0, 0.0005);
  EXPECT_NEAR(std::sqrt(squares / count), 0.02, 0.0004);
  EXPECT_NEAR(beyond / count, 0.0455, 0.004);  // outside two deviations, if it is normal
}

TEST(WorldSensors, RainShortensTheLidarAndNightDimsTheCamera) {
  const auto mean = [](Options options, std::string_view channel) {
    World world = make(options);
    double sum = 0;
    int count = 0;
    for (int tick = 0; tick < 120; ++tick) {
      world.step();
      for (const float reading : world.sensors(channel)) {
        if (!std::isnan(reading)) sum += double{reading}, ++count;
      }
    }
    return sum / count;
  };
  Options options = calm("plaza", 100);
  const double dry = mean(options, "lidar.points");
  options.rain = 100;
  EXPECT_LT(mean(options, "lidar.points"), 0.97 * dry);
  options = calm("plaza", 100);
  options.hour = 12;
  const double noon = mean(options, "visual.brightness");
  options.hour = 0;
  EXPECT_LT(mean(options, "visual.brightness"), noon - 0.3);
}

TEST(WorldSensors, AnAgentsNoiseDoesNotDependOnHowManyThereAre) {
  World one = make(calm("plaza", 1)), many = make(calm("plaza", 100));
  for (int tick = 0; tick < 30; ++tick) {
    one.step();
    many.step();
    const float alone = column(one, "position.y")[0] - column(one, "truth.position.y")[0];
    const float among = column(many, "position.y")[0] - column(many, "truth.position.y")[0];
    EXPECT_NEAR(alone, among, 2e-4f);
  }
}

}  // namespace
}  // namespace sensorium::world::test
