// Faults, incidents, labels and the intervals that tell of them; options that make no world.
#include <algorithm>

#include "world/world_support.h"

namespace sensorium::world::test {
namespace {

constexpr std::uint32_t kAgents = 32;

Options calm(std::uint64_t seed = 6) {
  Options options = {.world = "plaza", .agents = kAgents, .seed = seed};
  options.faults = options.incidents = 0;
  return options;
}

// What agent 5 reads on a channel, and when it was measured, in a world with a fault and in one without.
struct Pair {
  std::vector<float> faulty, healthy;
  std::vector<double> faulty_times, healthy_times;
};

Pair run(Fault fault, double magnitude, Modality modality, std::string_view channel) {
  World with = make(calm()), without = make(calm());
  Pair pair;
  const std::string time = "sensors." + std::string(name_of(modality)) + ".time";
  for (int tick = 0; tick < 360; ++tick) {
    if (tick == 60) {
      EXPECT_FALSE(with.inject(5, modality, fault, magnitude, 1000));
    }
    with.step();
    without.step();
    // Nothing else changes: not the others, not the truth of where anybody is.
    for (const std::string_view name : {"sensors.imu.accel_x", "sensors.lidar.points", "truth.position.x"}) {
      const auto a = column(with, name), b = column(without, name);
      for (std::uint32_t i = 0; i < kAgents; ++i) {
        if (i != 5) {
          EXPECT_EQ(std::bit_cast<std::uint32_t>(a[i]), std::bit_cast<std::uint32_t>(b[i]));
        }
      }
    }
    if (tick < 60) continue;
    for (const auto& [world, values, times] : {std::tuple(&with, &pair.faulty, &pair.faulty_times),
                                               std::tuple(&without, &pair.healthy, &pair.healthy_times)}) {
      values->push_back(world->sensors(channel)[5]);
      times->push_back(column<double>(*world, time)[5]);
    }
  }
  return pair;
}

TEST(WorldFaults, AreWhatTheirNamesSay) {
  const auto count = [](const std::vector<float>& values) {
    return std::count_if(values.begin(), values.end(), [](float value) { return !std::isnan(value); });
  };
  {
    const Pair all = run(Fault::dropout, 1, Modality::lidar, "lidar.points"),
               half = run(Fault::dropout, 0.5, Modality::imu, "imu.gyro");
    EXPECT_LE(count(all.faulty), 1);  // one was on its way
    EXPECT_GT(count(all.healthy), 40);
    EXPECT_NEAR(static_cast<double>(count(half.faulty)), 150, 40);
  }
  {
    const Pair pair = run(Fault::stuck, 0, Modality::imu, "imu.accel_x");
    for (const float value : pair.faulty) EXPECT_EQ(value, pair.faulty[0]);
  }
  {
    const Pair bias = run(Fault::bias, 3, Modality::imu, "imu.gyro"),
               drift = run(Fault::drift, 0.5, Modality::imu, "imu.gyro");
    const Pair noise = run(Fault::noise, 2, Modality::imu, "imu.gyro"),
               spike = run(Fault::spike, 5, Modality::imu, "imu.gyro");
    double squares = 0;
    int spikes = 0;
    for (std::size_t i = 0; i < bias.faulty.size(); ++i) {
      EXPECT_NEAR(std::fabs(bias.faulty[i] - bias.healthy[i]), 0.9f, 1e-5f);  // three spreads of 0.3 rad/s
      EXPECT_NEAR(std::fabs(drift.faulty[i] - drift.healthy[i]), 0.15f * static_cast<float>(i) / 60, 1e-3f);
      const double error = double{noise.faulty[i]} - double{noise.healthy[i]};
      squares += error * error;
      spikes += std::fabs(spike.faulty[i] - spike.healthy[i]) > 1;
    }
    EXPECT_NEAR(std::sqrt(squares / static_cast<double>(bias.faulty.size())), 0.6, 0.08);
    EXPECT_NEAR(spikes, 60, 25);
  }
  {
    const Pair late = run(Fault::delay, 3, Modality::audio, "audio.amplitude"),
               mixed = run(Fault::reorder, 4, Modality::audio, "audio.amplitude");
    for (std::size_t i = 30; i < late.faulty.size(); ++i) {
      if (!std::isnan(late.faulty[i])) {
        EXPECT_NEAR(late.healthy_times[i] - late.faulty_times[i], 3 / 20.0, 1e-9);
      }
    }
    // Of each five the newest first; each reading once, and none is lost but at the end.
    int back = 0;
    double last = 0;
    std::vector<double> delivered;
    for (const double time : mixed.faulty_times) {
      if (std::isnan(time)) continue;
      back += time < last;
      last = time;
      delivered.push_back(time);
    }
    EXPECT_NEAR(back, 5 * 20 / 5, 3);
    std::sort(delivered.begin(), delivered.end());
    for (std::size_t i = 1; i + 6 < delivered.size(); ++i)
      EXPECT_NEAR(delivered[i] - delivered[i - 1], 1 / 20.0, 1e-9) << i;
    EXPECT_NEAR(static_cast<double>(delivered.size()), 100, 6);
  }
}

TEST(WorldTruth, ToldOfFaultsByIntervals) {
  World world = make(calm());
  world.step();
  ASSERT_FALSE(world.inject(3, Modality::lidar, Fault::drift, 0.25, 0.5));
  ASSERT_FALSE(world.inject(kEveryAgent, Modality::visual, Fault::dropout, 1, 100));
  const auto faults = column<std::uint32_t>(world, "truth.faults");
  EXPECT_EQ(faults[3], 0u);
  world.step();
  EXPECT_EQ(faults[3], 4u << 8 | 1u);
  EXPECT_EQ(faults[4], 1u);
  EXPECT_EQ(world.intervals(), kAgents + 1);
  for (int tick = 0; tick < 60; ++tick) world.step();
  EXPECT_EQ(faults[3], 1u);
  int found = 0;
  for (std::uint64_t n = 0; n < world.intervals(); ++n) {
    const Interval interval = world.interval(n);
    if (interval.what != 16 * 1 + 4) continue;
    ++found;
    EXPECT_EQ(interval.agent, 3u);
    EXPECT_NEAR(interval.from, 2 / 60.0, 1e-9);
    EXPECT_NEAR(interval.to, 2 / 60.0 + 0.5, 1e-9);
    EXPECT_EQ(interval.magnitude, 0.25f);
  }
  EXPECT_EQ(found, 1);
  // Without camera and LiDAR it is blind; healed it is not.
  ASSERT_FALSE(world.inject(7, Modality::lidar, Fault::dropout, 1, 100));
  world.step();
  const auto situations = column<std::uint8_t>(world, "truth.situation");
  EXPECT_EQ(static_cast<Situation>(situations[7]), Situation::blind);
  ASSERT_FALSE(world.inject(7, Modality::lidar, Fault::none, 0, 0));
  world.step();
  EXPECT_NE(static_cast<Situation>(situations[7]), Situation::blind);
}

TEST(WorldTruth, AFaultAfterOneOfItsKindIsAnother) {
  World world = make(calm());
  world.step();
  ASSERT_FALSE(world.inject(3, Modality::lidar, Fault::drift, 0.25, 5));
  for (int tick = 0; tick < 30; ++tick) world.step();
  ASSERT_FALSE(world.inject(3, Modality::lidar, Fault::drift, 2, 5));
  for (int tick = 0; tick < 30; ++tick) world.step();
  ASSERT_EQ(world.intervals(), 2u);
  EXPECT_EQ(world.interval(0).magnitude, 0.25f);
  EXPECT_EQ(world.interval(1).magnitude, 2.0f);
  EXPECT_NEAR(world.interval(0).to, world.interval(1).from, 1e-9);
  EXPECT_TRUE(std::isinf(world.interval(1).to));
}

TEST(WorldTruth, APowerFailureTakesAllSensors) {
  Options options = {.world = "plaza", .agents = 800, .seed = 7};
  options.rate = 10;
  options.faults = 20;
  World world = make(options);
  for (int tick = 0; tick < 600; ++tick) world.step();
  // Those that begin at one tick and are dropouts of all that is read: magnitude 1.
  int all = 0, some = 0;
  for (std::uint64_t n = 0; n < world.intervals();) {
    const Interval first = world.interval(n);
    std::uint32_t modalities = 0;
    for (; n < world.intervals() && world.interval(n).agent == first.agent && world.interval(n).from == first.from;
         ++n) {
      if (world.interval(n).what % 16 == 1 && world.interval(n).magnitude == 1)
        modalities |= 1u << world.interval(n).what / 16;
    }
    if (first.what < kIncidentCode && std::popcount(modalities) > 1) ++(modalities == 15 ? all : some);
  }
  EXPECT_GT(all, 30);
  EXPECT_EQ(some, 0);
}

TEST(WorldTruth, WhoHearsABlastIsToldOf) {
  World world = make({.world = "plaza", .agents = 400, .seed = 6, .faults = 0, .incidents = 0});
  const auto x = column(world, "truth.position.x"), y = column(world, "truth.position.y"),
             spots = column(world, "scene.spots");
  const auto incidents = column<std::uint8_t>(world, "truth.incidents");
  for (int tick = 0; tick < 60; ++tick) world.step();
  ASSERT_FALSE(world.happen(Incident::explosion, double{spots[0]}, double{spots[1]}, 3));
  const double begin = world.time() + 1 / 60.0;
  std::vector<double> told(world.agents(), -1), loud(world.agents(), -1), distances(world.agents());
  for (std::uint32_t i = 0; i < world.agents(); ++i)
    distances[i] = std::hypot(double{x[i] - spots[0]}, double{y[i] - spots[1]});
  for (int tick = 0; tick < 480; ++tick) {
    world.step();
    for (std::uint32_t i = 0; i < world.agents(); ++i) {
      if (told[i] < 0 && incidents[i] & 2) told[i] = world.time();
      if (loud[i] < 0 && world.sensors("audio.event")[i] == 2 && world.sensors("audio.amplitude")[i] > 0.9f)
        loud[i] = world.time();
    }
  }
  int far = 0;
  for (std::uint32_t i = 0; i < world.agents(); ++i) {
    const double distance = distances[i];
    ASSERT_GT(told[i], 0) << i << " " << distance;
    EXPECT_EQ(incidents[i] & 2, 0) << "it is over";
    if (distance < 62) continue;
    ++far;
    EXPECT_NEAR(told[i] - begin, distance / 343, 0.15)
        << "when its sound arrives; agents think ten times a second, and walk";
    // What is heard at full scale has been told of, but for the microphone's latency.
    if (loud[i] > 0) {
      EXPECT_GT(loud[i], told[i] - 0.11);
    }
  }
  EXPECT_GT(far, 100);
  // The incident as such comes first.
  const Interval such = world.interval(0);
  EXPECT_EQ(such.agent, kEveryAgent);
  EXPECT_EQ(such.what, kIncidentCode + 1);
  EXPECT_NEAR(such.from, begin, 1e-9);
  EXPECT_GT(such.to, begin + 4);
  EXPECT_FALSE(std::isinf(such.to));
  EXPECT_EQ(such.x, spots[0]);
  EXPECT_EQ(such.y, spots[1]);
}

TEST(WorldTruth, IncidentsAreToldOfWhetherAnybodyNoticesOrNot) {
  World world = make({.world = "forest", .agents = 1, .seed = 6, .faults = 0, .incidents = 0});
  const auto spots = column(world, "scene.spots");
  world.step();
  const double far_x = double{spots[0]}, far_y = double{spots[1]};
  ASSERT_FALSE(world.happen(Incident::crush, far_x, far_y, 1));
  for (int tick = 0; tick < 30; ++tick) world.step();
  // One in the place of one that is going on.
  ASSERT_FALSE(world.happen(Incident::crush, double{spots[2]}, double{spots[3]}, 1));
  for (int tick = 0; tick < 90; ++tick) world.step();
  std::vector<Interval> such;
  for (std::uint64_t n = 0; n < world.intervals(); ++n) {
    if (world.interval(n).agent == kEveryAgent) such.push_back(world.interval(n));
  }
  ASSERT_EQ(such.size(), 2u);
  EXPECT_NEAR(such[0].to, such[1].from, 1e-9);
  EXPECT_NEAR(such[1].to - such[1].from, 1, 1e-9);
  EXPECT_EQ(such[1].x, spots[2]);
}

TEST(WorldTruth, WhoFleesFromAnIntruderDoesNotRunIntoItBecauseOfABlastElsewhere) {
  World world = make({.world = "plaza", .agents = 1000, .seed = 6, .faults = 0, .incidents = 0});
  const auto x = column(world, "truth.position.x"), y = column(world, "truth.position.y"),
             spots = column(world, "scene.spots");
  const auto incidents = column<std::uint8_t>(world, "truth.incidents");
  const auto intruder = column(world, "scene.intruder");
  for (int tick = 0; tick < 120; ++tick) world.step();
  ASSERT_FALSE(world.happen(Incident::intruder, double{spots[0]}, double{spots[1]}, 20));
  for (int tick = 0; tick < 12; ++tick) world.step();
  std::vector<float> before(world.agents(), -1);
  for (std::uint32_t i = 0; i < world.agents(); ++i) {
    if (incidents[i] & 1) before[i] = std::hypot(x[i] - intruder[0], y[i] - intruder[1]);
  }
  ASSERT_FALSE(world.happen(Incident::explosion, double{spots[6]}, double{spots[7]}, 3));
  for (int tick = 0; tick < 120; ++tick) world.step();
  int threatened = 0, nearer = 0;
  double gained = 0;
  for (std::uint32_t i = 0; i < world.agents(); ++i) {
    if (before[i] < 0) continue;
    const float now = std::hypot(x[i] - intruder[0], y[i] - intruder[1]);
    ++threatened;
    nearer += now < before[i];
    gained += double{now - before[i]};
  }
  ASSERT_GT(threatened, 10);
  EXPECT_LT(nearer, threatened / 5);
  EXPECT_GT(gained / threatened, 3);
}

TEST(WorldTruth, NothingHappensWithinAnObstacle) {
  World world = make(calm());
  for (const Obstacle& obstacle : world.obstacles()) {
    const Error error = world.happen(Incident::intruder, double{obstacle.x}, double{obstacle.y}, 5);
    EXPECT_EQ(error.code, ErrorCode::out_of_range);
    EXPECT_EQ(std::string(error.where.view()), "x, y");
  }
}

TEST(WorldTruth, WhoSeesAnIntruderIsThreatenedAndFlees) {
  World world = make(calm());
  for (int tick = 0; tick < 120; ++tick) world.step();
  const auto x = column(world, "truth.position.x"), y = column(world, "truth.position.y");
  const auto vx = column(world, "truth.velocity.x"), vy = column(world, "truth.velocity.y");
  const float at_x = x[0] + 2, at_y = y[0];
  ASSERT_FALSE(world.happen(Incident::intruder, double{at_x}, double{at_y}, 10));
  for (int tick = 0; tick < 45; ++tick) world.step();
  EXPECT_EQ(column<std::uint8_t>(world, "truth.incidents")[0] & 1, 1);
  EXPECT_EQ(static_cast<Situation>(column<std::uint8_t>(world, "truth.situation")[0]), Situation::threatened);
  EXPECT_GT(std::hypot(vx[0], vy[0]), 1.8f);
  EXPECT_FALSE(std::isnan(column(world, "scene.intruder")[0]));
  for (int tick = 0; tick < 700; ++tick) world.step();
  EXPECT_EQ(column<std::uint8_t>(world, "truth.incidents")[0] & 1, 0);
  EXPECT_TRUE(std::isnan(column(world, "scene.intruder")[0]));
}

TEST(WorldTruth, AloneAndCrowdedAreWhatEveryPairSays) {
  for (const std::string& isa : isas()) {
    Options options = {.world = "warehouse", .agents = 3000, .seed = 6};
    options.faults = options.incidents = 0;
    World world = make(options, isa);
    const auto x = column(world, "truth.position.x"), y = column(world, "truth.position.y");
    // Everyone looks about in the first tick, at where the others began.
    const std::vector<double> began_x(x.begin(), x.end()), began_y(y.begin(), y.end());
    world.step();
    const auto situations = column<std::uint8_t>(world, "truth.situation");
    int counts[kSituations] = {};
    for (std::size_t i = 0; i < began_x.size(); ++i) {
      int close = 0, known = 0;
      bool near_a_limit = false;
      for (std::size_t j = 0; j < began_x.size(); ++j) {
        if (j == i) continue;
        const double distance = std::hypot(began_x[j] - began_x[i], began_y[j] - began_y[i]);
        close += distance < 3;
        known += distance <= 15;
        near_a_limit = near_a_limit || std::fabs(distance - 3) < 1e-3 || std::fabs(distance - 15) < 1e-3;
      }
      if (near_a_limit) continue;
      const Situation expected = close >= 6 ? Situation::crowded : known == 0 ? Situation::alone : Situation::calm;
      ASSERT_EQ(static_cast<Situation>(situations[i]), expected) << i << " " << isa;
      ++counts[situations[i]];
    }
    EXPECT_GT(counts[static_cast<int>(Situation::crowded)], 20);
    EXPECT_GT(counts[static_cast<int>(Situation::calm)], 20);
  }
}

TEST(WorldTruth, ThingsGoWrongAsOftenAsTheWorldSays) {
  Options options = {.world = "plaza", .agents = 200, .seed = 7};
  options.rate = 10;
  options.faults = 20;
  World world = make(options);
  for (int tick = 0; tick < 10 * 300; ++tick) world.step();
  int faults = 0;
  for (std::uint64_t n = 0; n < world.intervals(); ++n)
    faults += world.interval(n).what < kIncidentCode && world.interval(n).agent < 200;
  // 4 an hour, times 20, for four minutes; one in ten is four intervals. Some meet another that lasts.
  EXPECT_NEAR(faults, 200 * 4 * 20 * 4 / 60.0 * 1.3, 450);
}

TEST(WorldFaults, BeginInTheFirstMinuteForEveryTile) {
  Options options = {.world = "plaza", .agents = 800, .seed = 7};
  options.rate = 10;
  options.faults = 100;
  World world = make(options);
  for (int tick = 0; tick < 600; ++tick) world.step();
  std::vector<int> faults(50);
  for (std::uint64_t n = 0; n < world.intervals(); ++n) {
    if (world.interval(n).what < kIncidentCode) ++faults[world.interval(n).agent / 16];
  }
  for (std::size_t tile = 0; tile < faults.size(); ++tile) EXPECT_GT(faults[tile], 0) << tile;
}

TEST(WorldOptions, ThatMakeNoWorldAreErrors) {
  const auto where = [](Options options) { return std::string(check(options).where.view()); };
  EXPECT_EQ(where({.world = "moon"}), "world");
  EXPECT_EQ(where({.agents = 0}), "agents");
  EXPECT_EQ(where({.agents = kMaxAgents + 1}), "agents");
  for (const double rate :
       {0.0, 9.9, 1001.0, std::numeric_limits<double>::quiet_NaN(), std::numeric_limits<double>::infinity()}) {
    Options options;
    options.rate = rate;
    EXPECT_EQ(where(options), "rate");
  }
  Options options;
  options.hour = 25;
  EXPECT_EQ(where(options), "hour");
  options = {};
  options.rain = -1;
  EXPECT_EQ(where(options), "rain");
  options = {};
  options.faults = std::numeric_limits<double>::quiet_NaN();
  EXPECT_EQ(where(options), "faults");
  options = {};
  options.intervals = 5'000'000;
  EXPECT_EQ(where(options), "intervals");
  EXPECT_EQ(World::create({}, "mmx").error().code, ErrorCode::unknown_isa);
  std::vector<std::byte> small(64);
  EXPECT_EQ(World::create_in(small, {}).error().code, ErrorCode::bad_block);
}

TEST(WorldOptions, HostileVerbsChangeNothing) {
  World world = make(calm());
  const double nan = std::numeric_limits<double>::quiet_NaN();
  const std::vector<std::byte> before(world.block().begin(), world.block().end());
  EXPECT_EQ(world.inject(kAgents, Modality::imu, Fault::bias, 1, 1).code, ErrorCode::agent_out_of_range);
  EXPECT_TRUE(world.inject(0, static_cast<Modality>(4), Fault::bias, 1, 1));
  EXPECT_TRUE(world.inject(0, Modality::imu, static_cast<Fault>(9), 1, 1));
  EXPECT_TRUE(world.inject(0, Modality::imu, Fault::bias, nan, 1));
  EXPECT_TRUE(world.inject(0, Modality::imu, Fault::bias, 1, nan));
  EXPECT_TRUE(world.inject(0, Modality::imu, Fault::delay, 6, 1));
  EXPECT_TRUE(world.inject(0, Modality::imu, Fault::dropout, 1.1, 1));
  EXPECT_TRUE(world.happen(static_cast<Incident>(3), 10, 10, 1));
  EXPECT_TRUE(world.happen(Incident::crush, nan, 10, 1));
  EXPECT_TRUE(world.happen(Incident::crush, 10, 1e9, 1));
  EXPECT_TRUE(world.happen(Incident::crush, 10, 10, -1));
  EXPECT_TRUE(std::equal(before.begin(), before.end(), world.block().begin()));
  EXPECT_EQ(split_of(4), Split::training);
  EXPECT_EQ(split_of(7), Split::unseen);
}

}  // namespace
}  // namespace sensorium::world::test
