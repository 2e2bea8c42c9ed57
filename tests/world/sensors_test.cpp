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
      for (const int count : counts)
        EXPECT_NEAR(count, 10 * std::fmin(timing.rate, rate), 1 + timing.latency * timing.rate * (from == 0)) << name;
    }
  }
}

// Where everyone was at each tick, by its number: readings are late.
struct Past {
  std::vector<std::vector<float>> x, y, vx, vy;
  explicit Past(const World& world) { note(world); }
  void note(const World& world) {
    const auto keep = [&](std::vector<std::vector<float>>& to, std::string_view name) {
      const auto values = column(world, name);
      to.emplace_back(values.begin(), values.end());
    };
    keep(x, "truth.position.x");
    keep(y, "truth.position.y");
    keep(vx, "truth.velocity.x");
    keep(vy, "truth.velocity.y");
  }
};

// Whether something is between a sound and who listens from somewhere in this cell of 8 m.
bool muffled(const World& world, float from_x, float from_y, float x, float y) {
  const float cell_x = (std::floor(x / 8) + 0.5f) * 8, cell_y = (std::floor(y / 8) + 0.5f) * 8;
  const float distance = std::hypot(from_x - cell_x, from_y - cell_y);
  const float way = world.ray(cell_x, cell_y, world.ground_at(cell_x, cell_y) + 1.5f, (from_x - cell_x) / distance,
                              (from_y - cell_y) / distance, distance);
  return distance > 250 || way < distance;
}

struct Levels {
  double ambient, barrier, loud, quiet;  // dB
};

TEST(WorldSensors, SoundsAddUpByDistanceAndWhatIsBetween) {
  for (const auto& [name, levels] :
       {std::pair<std::string_view, Levels>{"plaza", {52, 15, 75, 54}}, {"forest", {38, 8, 70, 42}}}) {
    World world = make(calm(name, 40));
    const auto sources = column(world, "scene.sources");
    const auto sounding = column<std::uint8_t>(world, "scene.sounding");
    const auto times = column<double>(world, "sensors.audio.time");
    const auto power = [](double decibel) { return 4e-10 * std::pow(10, decibel / 10); };
    Past past(world);
    std::vector<std::vector<std::uint8_t>> sounded = {{sounding.begin(), sounding.end()}};
    int heard = 0, pitched = 0, events[3] = {};
    double sum = 0, squares = 0, pitch_sum = 0, pitch_squares = 0;
    for (int tick = 1; tick <= 900; ++tick) {
      world.step();
      past.note(world);
      sounded.emplace_back(sounding.begin(), sounding.end());
      for (std::uint32_t i = 0; i < world.agents(); ++i) {
        if (std::isnan(times[i])) continue;
        const std::size_t then = static_cast<std::size_t>(std::lround(times[i] * 60));
        const double x = double{past.x[then][i]}, y = double{past.y[then][i]}, vx = double{past.vx[then][i]},
                     vy = double{past.vy[then][i]};
        // Whoever has company may hear talk.
        double nearest = 1e9;
        for (std::uint32_t j = 0; j < world.agents(); ++j) {
          if (j != i)
            nearest = std::fmin(nearest, std::hypot(double{past.x[then][j]} - x, double{past.y[then][j]} - y));
        }
        if (nearest < 10) continue;
        double total = power(levels.ambient), loudest = total, pitch = 100;
        const auto add = [&](double its, double its_pitch) {
          total += its;
          if (its <= loudest) return;
          loudest = its;
          pitch = its_pitch;
        };
        for (std::uint32_t s = 0; s < sources.size() / 4; ++s) {
          if (!sounded[then][s]) continue;
          const double dx = double{sources[4 * s]} - x, dy = double{sources[4 * s + 1]} - y,
                       distance = std::fmax(std::hypot(dx, dy), 0.5);
          const double lost = muffled(world, sources[4 * s], sources[4 * s + 1], past.x[then][i], past.y[then][i])
                                  ? std::pow(10, -levels.barrier / 10)
                                  : 1;
          add(double{sources[4 * s + 2]} / (distance * distance) * lost,
              double{sources[4 * s + 3]} * (1 + (vx * dx + vy * dy) / distance / 343));
        }
        add(power(45) * (vx * vx + vy * vy), 90);
        const double expected = std::sqrt(total + 0.0006 * 0.0006),
                     amplitude = double{world.sensors("audio.amplitude")[i]};
        const double error = amplitude / expected - 1,
                     pitch_error = double{world.sensors("audio.frequency")[i]} / pitch - 1;
        ++heard;
        sum += error;
        squares += error * error;
        ASSERT_LT(std::fabs(error), 0.18) << name << ": six deviations of 3 %, agent " << i;
        // Of two that are about as loud either is heard.
        if (loudest > 0.7 * total) {
          ++pitched;
          pitch_sum += pitch_error;
          pitch_squares += pitch_error * pitch_error;
        }
        const int event = (amplitude > std::sqrt(power(levels.quiet))) + (amplitude > std::sqrt(power(levels.loud)));
        ASSERT_EQ(world.sensors("audio.event")[i], static_cast<float>(event)) << name << " " << i;
        ++events[event];
      }
    }
    EXPECT_GT(heard, 2000) << name;
    EXPECT_NEAR(sum / heard, 0, 0.003) << name;
    EXPECT_NEAR(std::sqrt(squares / heard), 0.03, 0.003) << name;
    EXPECT_GT(pitched, 500) << name;
    EXPECT_NEAR(pitch_sum / pitched, 0, 0.001) << name;
    EXPECT_NEAR(std::sqrt(pitch_squares / pitched), 0.01, 0.001) << name;
    EXPECT_GT(events[0], 0) << name;
    EXPECT_GT(events[1], 0) << name;
  }
}

TEST(WorldSensors, ABlastFallsBySixDecibelsADoublingAndByWhatIsBetween) {
  World world = make(calm("forest", 1000));
  const auto x = column(world, "truth.position.x"), y = column(world, "truth.position.y"),
             spots = column(world, "scene.spots");
  const auto times = column<double>(world, "sensors.audio.time");
  for (int tick = 0; tick < 60; ++tick) world.step();
  ASSERT_FALSE(world.happen(Incident::explosion, double{spots[0]}, double{spots[1]}, 3));
  const double begin = world.time() + 1 / 60.0;
  int in_sight = 0, behind = 0, far = 0;
  double farthest = 0;
  for (int tick = 0; tick < 400; ++tick) {
    world.step();
    for (std::uint32_t i = 0; i < world.agents(); ++i) {
      const double pressure = double{world.sensors("audio.amplitude")[i]};
      if (!(pressure > 0.2 && pressure < 0.99)) continue;
      const double distance = std::hypot(double{x[i] - spots[0]}, double{y[i] - spots[1]});
      // 165 dB at 1 m; it arrives at 343 m/s and decays by 1 / e in 0.4 s.
      const double since = times[i] - begin - distance / 343;
      if (distance < 5 || since < 0.1) continue;
      const bool hidden = muffled(world, spots[0], spots[1], x[i], y[i]);
      const double error =
          20 * std::log10(pressure * distance / (std::sqrt(1.26e7) * std::exp(-since / 0.4))) + (hidden ? 8 : 0);
      // Who walks may have crossed into another cell meanwhile.
      if (std::fabs(error - 8) < 1.5 || std::fabs(error + 8) < 1.5) continue;
      ASSERT_LT(std::fabs(error), 3) << "other sounds and 3 % noise";
      ++(distance > 250 ? far : hidden ? behind : in_sight);
      farthest = std::fmax(farthest, distance);
    }
  }
  EXPECT_GT(in_sight, 50);
  EXPECT_GT(behind, 50);
  EXPECT_GT(far, 200);
  double most = 0;
  for (std::uint32_t i = 0; i < world.agents(); ++i)
    most = std::fmax(most, std::hypot(double{x[i] - spots[0]}, double{y[i] - spots[1]}));
  EXPECT_GT(farthest, most - 30) << "it passes over the whole site";
}

TEST(WorldSensors, TheLidarReadsWhatGeometrySays) {
  for (const auto& [name, half] :
       {std::pair<std::string_view, double>{"plaza", 40}, {"warehouse", 20}, {"forest", 30}}) {
    const double beams = name == "warehouse" ? 1440 : 1800, height = name == "plaza"       ? 1.2
                                                                     : name == "warehouse" ? 0.3
                                                                                           : 1;
    World world = make(calm(name, 40));
    const auto times = column<double>(world, "sensors.lidar.time");
    Past past(world);
    int readings = 0, explained = 0, nothing = 0;
    double counted = 0, expected = 0;
    for (int tick = 1; tick <= 240; ++tick) {
      world.step();
      past.note(world);
      for (std::uint32_t i = 0; i < world.agents(); ++i) {
        if (std::isnan(times[i])) continue;
        const float points = world.sensors("lidar.points")[i], longest = world.sensors("lidar.max_range")[i],
                    obstacles = world.sensors("lidar.obstacles")[i];
        // It sees something or nothing, and says so in all it reads.
        ASSERT_EQ(points == 0, longest == static_cast<float>(1.5 * half) && obstacles == 0)
            << name << " " << points << " " << longest << " " << obstacles;
        nothing += points == 0;
        if (tick % 24 != 0) continue;
        const std::size_t then = static_cast<std::size_t>(std::lround(times[i] * 60));
        const float x = past.x[then][i], y = past.y[then][i];
        float nearest = 1e9f;
        for (std::uint32_t j = 0; j < world.agents(); ++j) {
          if (j != i) nearest = std::fmin(nearest, std::hypot(past.x[then][j] - x, past.y[then][j] - y));
        }
        if (nearest < 16) continue;
        // Of 12 rays, 30 degrees apart, whose first points anywhere, as many turns as are tried: one has to be that which was made.
        constexpr int kTurns = 300;
        double closest = 1e9;
        for (int turn = 0; turn < kTurns; ++turn) {
          double longest_ray = 0;
          for (int ray = 0; ray < 12; ++ray) {
            const double angle = (turn / double{kTurns} + ray) * 0.5235987755982988;
            const double way = double{world.ray(x, y, world.ground_at(x, y) + static_cast<float>(height),
                                                static_cast<float>(std::cos(angle)),
                                                static_cast<float>(std::sin(angle)), static_cast<float>(1.5 * half))};
            if (way >= 1.5 * half) continue;
            longest_ray = std::fmax(longest_ray, way);
            const double q = half / way * half / way, chance = q * q / (1 + q * q);
            expected += beams / 12 * chance / kTurns;
          }
          closest = std::fmin(closest, std::fabs((longest_ray == 0 ? 1.5 * half : longest_ray) - double{longest}));
        }
        counted += double{points};
        ++readings;
        explained += closest < 0.15;  // five deviations of 3 cm
      }
    }
    EXPECT_GT(readings, 50) << name;
    // An edge of an obstacle may fall between two turns.
    EXPECT_GT(explained, 0.97 * readings) << name;
    EXPECT_NEAR(counted / expected, 1, 0.06) << name;
    if (name == "plaza") {
      EXPECT_GT(nothing, 0);
    }
  }
}

TEST(WorldSensors, TheCameraSeesWhoIsThere) {
  Options options = calm("plaza", 300);
  options.hour = 12;
  World world = make(options);
  const auto times = column<double>(world, "sensors.visual.time"), light = column<double>(world, "statistics.light");
  const auto heading = column(world, "truth.heading");
  Past past(world);
  std::vector<std::vector<float>> headings = {{heading.begin(), heading.end()}};
  double seen = 0, expected = 0, sum = 0, squares = 0;
  int alone = 0, sunny = 0, shaded = 0;
  for (int tick = 1; tick <= 240; ++tick) {
    world.step();
    past.note(world);
    headings.emplace_back(heading.begin(), heading.end());
    for (std::uint32_t i = 0; i < world.agents(); ++i) {
      if (std::isnan(times[i]) || tick < 60) continue;
      const std::size_t then = static_cast<std::size_t>(std::lround(times[i] * 60));
      const float x = past.x[then][i], y = past.y[then][i], angle = headings[then][i];
      int known = 0;
      for (std::uint32_t j = 0; j < world.agents(); ++j) {
        if (j == i) continue;
        // Others are seen where they were a tick before.
        const float dx = past.x[then - 1][j] - x, dy = past.y[then - 1][j] - y, distance = std::hypot(dx, dy);
        known += distance < 17;
        if (distance >= 15 || dx * std::cos(angle) + dy * std::sin(angle) < std::cos(0.96f) * distance) continue;
        if (world.ray(x, y, world.ground_at(x, y) + 1.5f, dx / distance, dy / distance, distance) < distance) continue;
        expected += 1 - 0.5 * double{distance * distance} / 225;
      }
      seen += double{world.sensors("visual.objects")[i]};
      // In full sun a picture is brightest; in shadow darker, by decades of six.
      const double brightness = double{world.sensors("visual.brightness")[i]}, most = (std::log10(light[0]) + 1) / 6;
      ++(std::fabs(brightness - most) < 0.06 ? sunny : shaded);
      ASSERT_LT(brightness, most + 0.06);
      // Nobody about: the body's turn, and what passes at its speed.
      if (known) continue;
      const double turn = double{std::remainder(angle - headings[then - 1][i], 6.2831853f)} * 60;
      const double error = double{world.sensors("visual.motion")[i]} - std::fabs(turn) -
                           std::hypot(double{past.vx[then][i]}, double{past.vy[then][i]}) / 10;
      if (std::fabs(turn) > 0.8 || world.sensors("visual.motion")[i] < 0.04f)
        continue;  // not where it is limited to 0 .. 1
      ++alone;
      sum += error;
      squares += error * error;
    }
  }
  EXPECT_GT(expected, 1000);
  EXPECT_NEAR(seen / expected, 1, 0.06);
  EXPECT_GT(sunny, shaded);
  EXPECT_GT(shaded, 50);
  EXPECT_GT(alone, 300);
  EXPECT_NEAR(sum / alone, 0, 0.002);
  EXPECT_LT(std::sqrt(squares / alone), 0.02);
}

TEST(WorldSensors, InertialReadingsAreThoseOfABodyOnTheGround) {
  World world = make(calm("forest", 64));
  const auto x = column(world, "truth.position.x"), y = column(world, "truth.position.y"),
             heading = column(world, "truth.heading");
  const auto velocity = [&](const char* axis) { return column(world, std::string("truth.velocity.") + axis); };
  const auto vx = velocity("x"), vy = velocity("y"), vz = velocity("z");
  constexpr int kTicks = 240;
  struct Sum {
    double mean[4] = {}, square[4] = {}, tilt = 0;
  };
  std::vector<Sum> sums(world.agents());
  std::vector<double> old(4 * world.agents());
  for (int tick = 0; tick < 60 + kTicks; ++tick) {
    world.step();
    for (std::uint32_t i = 0; i < world.agents(); ++i) {
      const double now[4] = {double{vx[i]}, double{vy[i]}, double{vz[i]}, double{heading[i]}};
      const double a[3] = {(now[0] - old[4 * i]) * 60, (now[1] - old[4 * i + 1]) * 60,
                           (now[2] - old[4 * i + 2]) * 60 + 9.80665};
      const double turn = std::remainder(now[3] - old[4 * i + 3], 6.283185307179586) * 60;
      std::copy(now, now + 4, &old[4 * i]);
      if (tick < 60) continue;
      // The ground's slope, from its height a metre around.
      const double sx = double{world.ground_at(x[i] + 1, y[i]) - world.ground_at(x[i] - 1, y[i])} / 2;
      const double sy = double{world.ground_at(x[i], y[i] + 1) - world.ground_at(x[i], y[i] - 1)} / 2;
      const double c = std::cos(now[3]), s = std::sin(now[3]), norm = std::sqrt(1 + sx * sx + sy * sy),
                   rise = c * sx + s * sy;
      const double up[3] = {-sx / norm, -sy / norm, 1 / norm}, length = std::sqrt(1 + rise * rise);
      const double forward[3] = {c / length, s / length, rise / length};
      const double left[3] = {up[1] * forward[2] - up[2] * forward[1], up[2] * forward[0] - up[0] * forward[2],
                              up[0] * forward[1] - up[1] * forward[0]};
      const auto along = [&](const double* axis) { return a[0] * axis[0] + a[1] * axis[1] + a[2] * axis[2]; };
      const double truth[4] = {along(forward), along(left), along(up), turn * up[2]};
      constexpr const char* kNames[] = {"imu.accel_x", "imu.accel_y", "imu.accel_z", "imu.gyro"};
      const double speed = std::hypot(now[0], now[1]);
      for (int k = 0; k < 4; ++k) {
        const double error = double{world.sensors(kNames[k])[i]} - truth[k];
        // Vibration is 0.2 m/s^2 at 1 m/s in the forest, on the accelerometer.
        const double deviation =
            k == 3 ? 2.4e-4 * std::sqrt(60.0) : std::sqrt(1.7e-3 * 1.7e-3 * 60 + 0.2 * 0.2 * speed * speed);
        sums[i].mean[k] += error / kTicks;
        sums[i].square[k] += error * error / deviation / deviation / kTicks;
      }
      sums[i].tilt = std::fmax(sums[i].tilt, std::fabs(rise));
    }
  }
  double steepest = 0, gyro = 0;
  for (const Sum& sum : sums) {
    for (int k = 0; k < 3; ++k) EXPECT_LT(std::fabs(sum.mean[k]), 0.3) << "turn-on bias, six deviations of 0.05 m/s^2";
    EXPECT_LT(std::fabs(sum.mean[3]), 0.03) << "six deviations of 0.005 rad/s";
    const double bias = sum.mean[3] / (2.4e-4 * std::sqrt(60.0));
    gyro += (sum.square[3] - bias * bias) / static_cast<double>(sums.size());
    steepest = std::fmax(steepest, sum.tilt);
  }
  EXPECT_GT(steepest, 0.2) << "hills: gravity alone is 2 m/s^2 off the level";
  EXPECT_NEAR(std::sqrt(gyro), 1, 0.1);
}

TEST(WorldSensors, InertialReadingsIntegrateBackToThePath) {
  World world = make(calm("warehouse", 64));
  for (int tick = 0; tick < 120; ++tick) world.step();
  const auto x = column(world, "truth.position.x"), y = column(world, "truth.position.y"),
             heading = column(world, "truth.heading");
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
    for (int axis = 0; axis < 3; ++axis)
      EXPECT_LT(std::fabs(path.bias[axis]), 0.3) << "turn-on bias, six deviations of 0.05";
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
