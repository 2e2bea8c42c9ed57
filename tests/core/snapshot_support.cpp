#include "core/snapshot_support.h"

#include "snapshot/checksum.h"

namespace sensorium::test {

Snapshot snapshot_of(const Engine& engine) {
  Snapshot bytes(engine.snapshot_bytes());
  const Result<std::uint64_t> written = engine.snapshot_into(bytes);
  EXPECT_TRUE(written) << words(written.error());
  bytes.resize(written ? *written : 0);
  return bytes;
}

RandomConfig random_engine(Random& random, bool wild) {
  RandomConfig made = random_config(random, wild);
  Config& config = made.config;
  if (random.chance(0.6)) {
    config.neighbors = {.k = 1 + random.below(8), .radius = random.value(1, 20), .fov = random.value(1, 6.28)};
    config.neighbors.own_radius = random.chance(0.5);
    config.neighbors.groups = random.chance(0.5);
  }
  if (random.chance(0.6)) {
    config.map = {.capacity = 1 + random.below(random.chance(0.5) ? 8 : 200),
                  .merge_radius = random.value(0, 5),
                  .link_radius = random.value(0, 10)};
    if (random.chance(0.3)) config.map.from = PlacesFrom::features;
    if (random.chance(0.2)) config.map.merge_radius = 0;
  }
  if (random.chance(0.5)) {
    for (EventDelays* delays : {&config.events.blind, &config.events.lost})
      *delays = {.on_delay = random.between(0, 1), .off_delay = random.between(0, 1)};
    config.events.anomaly = {.on_delay = random.between(0, 1), .off_delay = 0, .deadband = random.value(0, 0.3)};
    config.events.acknowledge = random.chance(0.5);
  }
  config.history.depth = random.below(8);
  return made;
}

void random_inputs(Random& random, Engine& engine, double missing) {
  for (const Column& column : engine.layout()) {
    const std::string_view name = column.name.view();
    if (!name.starts_with("sensors.") && !name.starts_with("position.") && !name.starts_with("heading.") &&
        name != "radius")
      continue;
    float* values = reinterpret_cast<float*>(engine.block().data() + column.offset);
    for (std::uint32_t i = 0; i < column.rows; ++i) values[i] = random.chance(missing) ? kNaN : random.value(-10, 10);
  }
  for (std::uint8_t& active : engine.active()) active = random.chance(0.85);
  for (std::uint8_t& group : engine.placement().group) group = static_cast<std::uint8_t>(random.below(4));
}

void run_randomly(Random& random, Engine& engine, int ticks) {
  double seconds = engine.statistics().cycles ? engine.statistics().time : random.between(-100, 100);
  // Spells in which all is read, so that tiles settle.
  for (int t = 0; t < ticks; ++t) {
    seconds += random.chance(0.2) ? 0 : random.between(0, 0.5);
    const bool dense = t / 5 % 2;
    random_inputs(random, engine, dense ? 0 : 0.3);
    if (dense) {
      for (std::uint8_t& active : engine.active()) active = 1;
    }
    EXPECT_OK(engine.tick(seconds));
    if (random.chance(0.1)) EXPECT_OK(engine.reset_agent(random.below(engine.agents())));
  }
}

testing::AssertionResult same_state(const Engine& a, const Engine& b) {
  const Plan& plan = *reinterpret_cast<const Plan*>(a.block().data());
  const auto same = [&](std::uint64_t offset, std::uint64_t bytes) {
    return std::memcmp(a.block().data() + offset, b.block().data() + offset, bytes) == 0;
  };
  for (std::uint32_t i = 0; i < kAreas; ++i) {
    const Saved saved = kAreaKinds[i].saved;
    // Places may lie elsewhere; that they are the same, their snapshots say.
    if (saved == Saved::no || saved == Saved::places) continue;
    if (!same(plan.areas[i].offset, plan.areas[i].bytes)) {
      for (const Column& column : plan.columns) {
        if (!same(column.offset, column.stride * column.planes) && !column.name.view().starts_with("exchange."))
          return testing::AssertionFailure() << column.name.view() << " differs";
      }
      return testing::AssertionFailure() << "area " << kAreaKinds[i].name << " differs";
    }
  }
  if (snapshot_of(a) != snapshot_of(b)) return testing::AssertionFailure() << "their snapshots differ";
  return testing::AssertionSuccess();
}

void repair(Snapshot& snapshot) {
  Checksum sum;
  sum.add({snapshot.data(), snapshot.size() - 8});
  const std::uint64_t value = sum.sum();
  std::memcpy(snapshot.data() + snapshot.size() - 8, &value, 8);
}

}  // namespace sensorium::test
