// The map of places against its twin, and what must hold whatever happens.
#include <gtest/gtest.h>

#include <algorithm>
#include <cstring>

#include "core/places_support.h"
#include "reference/places_twin.h"

namespace sensorium::test {
namespace {

using reference::PlacesTwin;

constexpr std::uint32_t kFeatures = 3;
constexpr float kInfinite = std::numeric_limits<float>::infinity();

std::vector<float> any_features(Random& random) {
  std::vector<float> features;
  for (std::uint32_t f = 0; f < kFeatures; ++f)
    features.push_back(random.chance(0.02) ? random.hostile() : random.value(-2, 2));
  // Of numbers of very different sizes a mean in f32 keeps the largest only.
  for (float& value : features) {
    if (std::isfinite(value) && std::fabs(value) > 10) value = 1;
  }
  return features;
}

// The map and its twin, which sense the same.
struct Both {
  OwnedPlaces owned;
  PlacesTwin twin;

  Both(const PlacesOptions& options, std::uint32_t agents)
      : owned(options, agents, kFeatures), twin(options.merge_radius, options.link_radius, options.capacity, agents) {}
  Places& map() { return owned.map; }

  void observe(std::uint32_t agent, const Position& at, const std::vector<float>& features, double seconds) {
    const double id = map().observe(agent, at.data(), features.data(), seconds);
    ASSERT_EQ(id, twin.observe(agent, at, features, seconds)) << at[0] << ", " << at[1] << ", " << at[2];
    ASSERT_EQ(map().place_of(agent), id < 0 ? map().place_of(agent) : id);
  }

  void compare() {
    const PlacesCounts counts = map().counts();
    ASSERT_EQ(counts.places, twin.places().size());
    ASSERT_EQ(counts.made, static_cast<double>(twin.made()));
    ASSERT_EQ(counts.gone, static_cast<double>(twin.gone()));
    const std::uint32_t n = counts.places;
    std::vector<double> ids(n), last_seen(n), founded(n);
    std::vector<float> x(n), y(n), z(n), features(n * kFeatures);
    std::vector<std::uint32_t> visits(n);
    ASSERT_EQ(map().export_columns({.id = ids.data(),
                                    .x = x.data(),
                                    .y = y.data(),
                                    .z = z.data(),
                                    .visits = visits.data(),
                                    .last_seen = last_seen.data(),
                                    .founded = founded.data(),
                                    .features = features.data(),
                                    .feature_stride = n}),
              n);
    for (std::uint32_t i = 0; i < n; ++i) {
      const PlacesTwin::Place& place = twin.places()[i];
      ASSERT_EQ(ids[i], twin.id(i));
      ASSERT_EQ((Position{x[i], y[i], z[i]}), place.position);
      ASSERT_EQ(visits[i], place.visits);
      ASSERT_EQ(last_seen[i], place.last_seen);
      ASSERT_EQ(founded[i], place.founded);
      const Place one = map().place(ids[i]);
      ASSERT_EQ(one.id, ids[i]);
      ASSERT_EQ(one.visits, visits[i]);
      ASSERT_EQ(one.last_seen, last_seen[i]);
      ASSERT_EQ(one.founded, founded[i]);
      for (std::uint32_t f = 0; f < kFeatures; ++f) {
        ASSERT_EQ(one.features[f], features[f * n + i]);
        ASSERT_NEAR(features[f * n + i], place.features[f], 1e-5 * (1 + std::fabs(place.features[f])));
      }
    }
  }
};

void expect_found(const PlacesTwin& twin, const PlacesTwin::Found& expected, std::size_t room, const double* ids,
                  const float* distances) {
  for (std::size_t i = 0; i < std::min(room, expected.size()); ++i) {
    ASSERT_EQ(ids[i], twin.id(expected[i].second)) << i;
    ASSERT_EQ(distances[i], std::sqrt(expected[i].first)) << i;
  }
}

// Every question, from some positions.
void compare_questions(Both& both, const PlacesWorld& world, Random& random, int positions) {
  const Places& map = both.map();
  const PlacesTwin& twin = both.twin;
  const std::size_t n = twin.places().size();
  std::vector<double> ids(n + 40);
  std::vector<float> distances(n + 40);
  for (int i = 0; i < positions; ++i) {
    Position at =
        random.chance(0.3) ? twin.places()[random.below(static_cast<std::uint32_t>(n))].position : draw(world, random);
    if (random.chance(0.1)) at[random.below(3)] *= 1000;  // where nothing is near
    const PlacesTwin::Found all = twin.around(at, kInfinite);
    for (const std::uint32_t k : {0u, 1u, 8u, 32u}) {
      ASSERT_EQ(map.nearest(at.data(), k, ids.data(), distances.data()), std::min<std::size_t>(k, n));
      expect_found(twin, all, k, ids.data(), distances.data());
      for (std::size_t rest = n; rest < k; ++rest) ASSERT_TRUE(ids[rest] == -1 && distances[rest] == -1);
    }
    // A radius at which a place lies exactly, and others.
    const float exact = std::sqrt(all[random.below(static_cast<std::uint32_t>(n))].first);
    for (const float radius : {0.0f, world.radius, 3 * world.radius, 20 * world.radius, exact, 1e19f}) {
      const PlacesTwin::Found inside = twin.around(at, radius * radius);
      for (const std::size_t room : {std::size_t{0}, std::size_t{1}, std::size_t{5}, n}) {
        ids.assign(ids.size(), -7);
        ASSERT_EQ(map.within(at.data(), radius, room ? ids.data() : nullptr, room ? distances.data() : nullptr,
                             static_cast<std::uint32_t>(room)),
                  inside.size());
        expect_found(twin, inside, room, ids.data(), distances.data());
        ASSERT_EQ(ids[std::min(room, inside.size())], -7) << "written past the end";
      }
    }
  }
  for (int i = 0; i < positions; ++i) {
    const std::uint32_t slot = random.below(static_cast<std::uint32_t>(n));
    const PlacesTwin::Found linked = twin.links(slot);
    ASSERT_EQ(map.degree(twin.id(slot)), linked.size());
    for (const std::size_t room : {std::size_t{1}, std::size_t{4}, n}) {
      ASSERT_EQ(map.links(twin.id(slot), ids.data(), distances.data(), static_cast<std::uint32_t>(room)),
                linked.size());
      expect_found(twin, linked, room, ids.data(), distances.data());
    }
  }
}

void compare_graph(Both& both, Random& random, int ways) {
  const Places& map = both.map();
  const PlacesTwin& twin = both.twin;
  const std::uint32_t n = static_cast<std::uint32_t>(twin.places().size());
  ASSERT_EQ(map.link_count(), twin.link_count());
  ASSERT_EQ(map.mean_degree(), 2.0 * static_cast<double>(twin.link_count()) / n);
  std::vector<std::uint32_t> labels(n);
  const std::vector<std::uint32_t> expected = twin.components();
  ASSERT_EQ(map.components(labels.data(), both.owned.scratch.get()),
            *std::max_element(expected.begin(), expected.end()) + 1);
  ASSERT_EQ(labels, expected);
  std::vector<double> ids(n + 1);
  for (int i = 0; i < ways; ++i) {
    const std::uint32_t from = random.below(n), to = random.below(n);
    const PlacePath way = map.path(twin.id(from), twin.id(to), ids.data(), n, both.owned.scratch.get());
    const std::optional<double> shortest = twin.path(from, to);
    ASSERT_EQ(way.places > 0, shortest.has_value());
    if (!shortest) continue;
    ASSERT_NEAR(way.length, *shortest, 1e-12 * *shortest);
    ASSERT_EQ(ids[0], twin.id(from));
    ASSERT_EQ(ids[way.places - 1], twin.id(to));
    double length = 0;
    for (std::uint32_t p = 1; p < way.places; ++p) {
      const std::uint32_t a = *twin.slot(ids[p - 1]), b = *twin.slot(ids[p]);
      ASSERT_TRUE(twin.linked(a, b));
      length += PlacesTwin::distance(twin.places()[a].position, twin.places()[b].position);
    }
    ASSERT_NEAR(way.length, length, 1e-12 * length);
    // A short list gets the way's beginning.
    std::vector<double> few(3, -7);
    ASSERT_EQ(map.path(twin.id(from), twin.id(to), few.data(), 2, both.owned.scratch.get()).places, way.places);
    for (std::uint32_t p = 0; p < 3; ++p) ASSERT_EQ(few[p], p < 2 && p < way.places ? ids[p] : -7);
  }
}

class PlacesWorlds : public testing::TestWithParam<PlacesWorld> {};
INSTANTIATE_TEST_SUITE_P(World, PlacesWorlds, testing::ValuesIn(places_worlds()), [](const auto& world) {
  std::string name = world.param.name;
  std::replace(name.begin(), name.end(), ' ', '_');
  return name;
});

// Agents that stay, wander about, jump, are lost and come back; a map that is too small for where they go.
TEST_P(PlacesWorlds, TwinAgreesAtEveryObservation) {
  const PlacesWorld& world = GetParam();
  Random random(71);
  constexpr std::uint32_t kAgents = 20;
  for (const float merge : {world.radius, world.radius * 0.1f, 0.0f}) {
    for (const std::uint32_t capacity : {1u, 2u, 15u, 64u, 200u}) {
      SCOPED_TRACE(testing::Message() << "merge " << merge << ", capacity " << capacity);
      Both both({.merge_radius = merge, .link_radius = 2 * world.radius, .capacity = capacity}, kAgents);
      std::vector<Position> positions(kAgents);
      for (Position& at : positions) at = draw(world, random);
      double seconds = 0;
      for (int tick = 0; tick < 60; ++tick) {
        if (random.chance(0.8)) seconds += 0.25;  // equal times pass
        both.map().begin_tick();
        const double gone = both.map().counts().gone, made = both.map().counts().made;
        for (std::uint32_t agent = 0; agent < kAgents; ++agent) {
          if (random.chance(0.1)) continue;
          Position& at = positions[agent];
          if (random.chance(0.2)) at = draw(world, random);
          if (random.chance(0.3)) at[random.below(2)] += world.radius * random.value(-1, 1);
          if (random.chance(0.02)) at[random.below(3)] = random.hostile();
          if (random.chance(0.01)) {
            both.map().clear_agent(agent);
            both.twin.clear_agent(agent);
          }
          ASSERT_NO_FATAL_FAILURE(both.observe(agent, at, any_features(random), seconds));
        }
        const PlacesCounts counts = both.map().counts();
        ASSERT_EQ(counts.tick_made, counts.made - made);
        ASSERT_EQ(counts.tick_gone, counts.gone - gone);
        ASSERT_LE(counts.places, capacity);
        if (tick % 10 == 9) {
          ASSERT_NO_FATAL_FAILURE(both.compare());
        }
      }
      ASSERT_NO_FATAL_FAILURE(compare_questions(both, world, random, 5));
      ASSERT_NO_FATAL_FAILURE(compare_graph(both, random, 5));
    }
  }
}

TEST_P(PlacesWorlds, QuestionsVsBruteForce) {
  const PlacesWorld& world = GetParam();
  Random random(72);
  for (const float merge : {world.radius * 0.2f, 0.0f}) {
    for (const float link : {0.0f, world.radius, world.radius * 3, world.radius * 40, 1e30f}) {
      SCOPED_TRACE(testing::Message() << "merge " << merge << ", link " << link);
      Both both({.merge_radius = merge, .link_radius = std::min(link, kFarthestPlace), .capacity = 300}, 1);
      for (int i = 0; i < 500; ++i)
        ASSERT_NO_FATAL_FAILURE(both.observe(0, draw(world, random), any_features(random), i / 8));
      ASSERT_NO_FATAL_FAILURE(both.compare());
      ASSERT_NO_FATAL_FAILURE(compare_questions(both, world, random, 20));
      ASSERT_NO_FATAL_FAILURE(compare_graph(both, random, 8));
    }
  }
}

TEST_P(PlacesWorlds, BatchesAreTheSameOneByOne) {
  const PlacesWorld& world = GetParam();
  Random random(73);
  constexpr std::uint32_t kRows = 300;
  OwnedPlaces one({.merge_radius = world.radius, .link_radius = world.radius, .capacity = 100}, kRows, kFeatures);
  OwnedPlaces batch(one.options, kRows, kFeatures);
  std::vector<float> x(kRows), y(kRows), z(kRows), features(kRows * kFeatures);
  std::vector<std::uint8_t> active(kRows);
  for (int tick = 0; tick < 20; ++tick) {
    for (std::uint32_t row = 0; row < kRows; ++row) {
      const Position at = draw(world, random);
      x[row] = at[0], y[row] = at[1], z[row] = at[2];
      if (random.chance(0.01)) x[row] = random.hostile();
      active[row] = random.chance(0.9);
      for (std::uint32_t f = 0; f < kFeatures; ++f) features[f * kRows + row] = random.value(-1, 1);
    }
    std::vector<double> ids(kRows, -7);
    for (const std::uint32_t first : {0u, 16u}) {
      const std::uint32_t rows = first ? kRows - 16 : 16;
      batch.map.observe({.first = first,
                         .rows = rows,
                         .active = active.data() + first,
                         .x = x.data() + first,
                         .y = y.data() + first,
                         .z = world.flat ? nullptr : z.data() + first,
                         .features = features.data() + first,
                         .feature_stride = kRows},
                        tick, ids.data() + first);
    }
    for (std::uint32_t row = 0; row < kRows; ++row) {
      const float at[3] = {x[row], y[row], z[row]};
      float own[kFeatures];
      for (std::uint32_t f = 0; f < kFeatures; ++f) own[f] = features[f * kRows + row];
      ASSERT_EQ(ids[row], active[row] ? one.map.observe(row, at, own, tick) : -7);
    }
  }
  ASSERT_EQ(one.size, batch.size);
  EXPECT_EQ(std::memcmp(one.bytes.get(), batch.bytes.get(), one.size), 0);

  std::vector<double> ids(kRows * 8), alone(8);
  std::vector<float> distances(kRows * 8), alone_distances(8);
  std::vector<std::uint32_t> counts(kRows);
  for (const bool nearest : {true, false}) {
    if (nearest) {
      batch.map.nearest(kRows, x.data(), y.data(), z.data(), 8, ids.data(), distances.data(), counts.data());
    } else {
      batch.map.within(kRows, x.data(), y.data(), z.data(), 3 * world.radius, ids.data(), distances.data(), 8,
                       counts.data());
    }
    for (std::uint32_t row = 0; row < kRows; ++row) {
      const float at[3] = {x[row], y[row], z[row]};
      const std::uint32_t count = nearest
                                      ? batch.map.nearest(at, 8, alone.data(), alone_distances.data())
                                      : batch.map.within(at, 3 * world.radius, alone.data(), alone_distances.data(), 8);
      ASSERT_EQ(counts[row], count);
      for (std::uint32_t i = 0; i < std::min(count, 8u); ++i)
        ASSERT_TRUE(ids[row * 8 + i] == alone[i] && distances[row * 8 + i] == alone_distances[i]);
    }
  }
}

// Merged places are further apart than the radius; links are mutual; a way is no shorter than the straight line.
TEST_P(PlacesWorlds, Properties) {
  const PlacesWorld& world = GetParam();
  Random random(74);
  OwnedPlaces owned({.merge_radius = world.radius, .link_radius = 2.5f * world.radius, .capacity = 150}, 4, 0);
  for (int i = 0; i < 4000; ++i) owned.map.observe(random.below(4), draw(world, random).data(), nullptr, i);
  const std::uint32_t n = owned.map.counts().places;
  std::vector<double> ids(n), near(n);
  std::vector<float> distances(n);
  owned.map.export_columns({.id = ids.data()});
  std::uint64_t degrees = 0;
  for (const double id : ids) {
    const Place place = owned.map.place(id);
    ASSERT_EQ(owned.map.nearest(place.position, 1, near.data(), distances.data()), 1u);
    ASSERT_EQ(near[0], id);
    ASSERT_EQ(owned.map.within(place.position, world.radius, nullptr, nullptr, 0), 1u);
    const std::uint32_t degree = owned.map.links(id, near.data(), distances.data(), n);
    degrees += degree;
    ASSERT_TRUE(std::is_sorted(distances.begin(), distances.begin() + degree));
    for (std::uint32_t i = 0; i < degree; ++i) {
      ASSERT_NE(near[i], id);
      std::vector<double> back(n);
      std::vector<float> unused(n);
      const std::uint32_t others = owned.map.links(near[i], back.data(), unused.data(), n);
      ASSERT_NE(std::find(back.begin(), back.begin() + others, id), back.begin() + others);
      if (i > 3) break;
    }
  }
  EXPECT_EQ(degrees, 2 * owned.map.link_count());
}

Position at_x(float x) { return {x, 0, 0}; }

TEST(Places, AVisitCountsComingsAndTheMeanCountsAll) {
  OwnedPlaces owned({.merge_radius = 1, .link_radius = 3, .capacity = 10}, 2, 1);
  Places& map = owned.map;
  const auto observe = [&](std::uint32_t agent, float x, float feature, double seconds) {
    return map.observe(agent, at_x(x).data(), &feature, seconds);
  };
  const double a = observe(0, 0, 1, 0);
  EXPECT_EQ(a, 0);
  EXPECT_EQ(observe(0, 0.5f, 2, 1), a);
  EXPECT_EQ(observe(0, 1, 6, 2), a) << "the border is inside";
  EXPECT_EQ(map.place(a).visits, 1u);
  EXPECT_EQ(map.place(a).features[0], 3);
  EXPECT_EQ(observe(1, -0.5f, 3, 3), a);
  EXPECT_EQ(map.place(a).visits, 2u);
  EXPECT_EQ(map.place(a).last_seen, 3);
  EXPECT_EQ(map.place(a).founded, 0);
  EXPECT_EQ(map.place(a).position[0], 0) << "a place stays where it was founded";
  const double b = observe(0, 2.5f, 0, 4);
  EXPECT_EQ(b, 1);
  // Within both circles one stays where one is, though the other is nearer.
  const double c = observe(1, 1.25f, 0, 5);
  EXPECT_EQ(c, 2);
  EXPECT_EQ(observe(0, 1.6f, 0, 6), b);
  EXPECT_EQ(observe(0, 0.6f, 0, 7), a) << "0.6 from a, 0.65 from c";
  EXPECT_EQ(map.place(a).visits, 3u);
}

TEST(Places, AReadingThatIsMissingIsNoPlaceAndNoNewVisit) {
  OwnedPlaces owned({.merge_radius = 1, .link_radius = 3, .capacity = 10}, 1, 0);
  const double id = owned.map.observe(0, at_x(5).data(), nullptr, 0);
  const float nan = std::numeric_limits<float>::quiet_NaN();
  for (const Position& lost : {Position{nan, 0, 0}, Position{0, -kInfinite, 0}, Position{0, 0, kInfinite}}) {
    EXPECT_EQ(owned.map.observe(0, lost.data(), nullptr, 1), kNoPlace);
    double near = 0;
    float distance = 0;
    EXPECT_EQ(owned.map.nearest(lost.data(), 1, &near, &distance), 0u);
    EXPECT_EQ(near, kNoPlace);
    EXPECT_EQ(owned.map.within(lost.data(), 1, &near, &distance, 1), 0u);
  }
  EXPECT_EQ(owned.map.observe(0, at_x(5).data(), nullptr, 2), id);
  EXPECT_EQ(owned.map.place(id).visits, 1u);
  EXPECT_EQ(owned.map.within(at_x(5).data(), nan, nullptr, nullptr, 0), 0u);
  EXPECT_EQ(owned.map.within(at_x(5).data(), -1, nullptr, nullptr, 0), 0u);
}

TEST(Places, AReusedSlotIsAnotherPlace) {
  OwnedPlaces owned({.merge_radius = 1, .link_radius = 100, .capacity = 2}, 1, 0);
  Places& map = owned.map;
  const double a = map.observe(0, at_x(0).data(), nullptr, 0);
  const double b = map.observe(0, at_x(10).data(), nullptr, 1);
  EXPECT_EQ(map.path(a, b, nullptr, 0, owned.scratch.get()).places, 2u);
  EXPECT_EQ(map.place_of(0), b);
  const double c = map.observe(0, at_x(20).data(), nullptr, 2);
  EXPECT_EQ(c, a + kMaxPlaces);
  for (const double gone : {a, a + 2.0 * kMaxPlaces, -1.0, 0.5, 1e300, -1e300, 2.0, std::nan(""),
                            std::numeric_limits<double>::infinity()}) {
    EXPECT_EQ(map.place(gone).id, kNoPlace);
    EXPECT_EQ(map.degree(gone), 0u);
    EXPECT_EQ(map.path(gone, b, nullptr, 0, owned.scratch.get()).places, 0u);
    EXPECT_EQ(map.path(b, gone, nullptr, 0, owned.scratch.get()).places, 0u);
  }
  EXPECT_EQ(map.degree(c), 1u);
  EXPECT_EQ(map.path(b, b, nullptr, 0, owned.scratch.get()).places, 1u);
}

TEST(Places, AnEmptyMapAnswersNone) {
  for (const std::uint32_t capacity : {0u, 1u, 5u}) {
    OwnedPlaces owned(
        {.merge_radius = -1, .link_radius = std::numeric_limits<float>::quiet_NaN(), .capacity = capacity}, 1, 2);
    const Places& map = owned.map;
    double id = 0;
    float distance = 0;
    EXPECT_EQ(map.nearest(at_x(0).data(), 1, &id, &distance), 0u);
    EXPECT_EQ(map.within(at_x(0).data(), 1e30f, &id, &distance, 1), 0u);
    EXPECT_EQ(map.link_count(), 0u);
    EXPECT_EQ(map.mean_degree(), 0);
    EXPECT_EQ(map.components(nullptr, owned.scratch.get()), 0u);
    EXPECT_EQ(map.export_columns({}), 0u);
    EXPECT_EQ(map.place_of(0), kNoPlace);
  }
}

// As a snapshot does: the copy lies elsewhere, and goes on as the original does.
TEST(Places, ACopyOfItsBytesIsTheMap) {
  const PlacesOptions options = {.merge_radius = 5, .link_radius = 20, .capacity = 100};
  OwnedPlaces owned(options, 10, 1), copied(options, 10, 1);
  Random random(75);
  for (int round = 0; round < 2; ++round) {
    for (int i = 0; i < 2000; ++i) {
      const Position at = even(random);
      const std::uint32_t agent = random.below(10);
      const float feature = random.value(0, 1);
      const double id = owned.map.observe(agent, at.data(), &feature, i + 2000 * round);
      if (round == 1) {
        ASSERT_EQ(copied.map.observe(agent, at.data(), &feature, i + 2000), id);
      }
    }
    if (round == 0) std::memcpy(copied.bytes.get(), owned.bytes.get(), owned.size);
  }
  EXPECT_EQ(std::memcmp(copied.bytes.get(), owned.bytes.get(), owned.size), 0);
}

// Many more observations than places, in memory that is what places_bytes() said, with nothing written behind it.
TEST(Places, AMillionObservationsStayInTheirMemory) {
  for (const float merge : {0.0f, 1.0f}) {
    const PlacesOptions options = {.merge_radius = merge, .link_radius = 50, .capacity = 4096};
    constexpr std::uint32_t kAgents = 1000;
    const std::uint64_t size = places_bytes(options, kAgents, 4);
    EXPECT_LE(size, 4096u * 146 + kAgents * 8 + 1088);
    const Bytes bytes = aligned_bytes(size + 64);
    std::memset(bytes.get(), 0x5A, size + 64);
    Places map = Places::create(bytes.get(), options, kAgents, 4);
    Random random(76);
    const float features[4] = {1, 2, 3, 4};
    for (int tick = 0; tick < 1000; ++tick) {
      for (std::uint32_t agent = 0; agent < kAgents; ++agent) {
        const Position at = {random.value(0, 100), random.value(0, 100), random.value(0, 10)};
        map.observe(agent, at.data(), features, tick);
      }
    }
    EXPECT_EQ(map.counts().places, 4096u);
    EXPECT_EQ(map.counts().made - map.counts().gone, 4096);
    for (std::size_t i = 0; i < 64; ++i) ASSERT_EQ(bytes.get()[size + i], std::byte{0x5A});
  }
}

// More agents than places, all at the same time: always the lowest slot goes.
TEST(Places, OfThoseSeenAtOnceTheLowestSlotGoes) {
  Random random(77);
  Both both({.merge_radius = 0.25f, .link_radius = 1, .capacity = 30}, 100);
  for (int tick = 0; tick < 200; ++tick) {
    // In any order of agents, so that those of one time are not seen in order of their slots.
    for (int i = 0; i < 25; ++i) {
      const Position at = at_x(static_cast<float>(random.below(tick % 20 == 0 ? 200 : 36)));
      ASSERT_NO_FATAL_FAILURE(both.observe(random.below(100), at, {0, 0, 0}, tick / 2));
    }
  }
  both.compare();
}

TEST(Places, ACrowdOnOneSpotIsNotSearchedToItsEnd) {
  constexpr std::uint32_t kMany = 100'000;
  OwnedPlaces owned({.merge_radius = 0, .link_radius = 1, .capacity = kMany}, 1, 0);
  for (std::uint32_t i = 0; i < 2 * kMany; ++i) owned.map.observe(0, at_x(7).data(), nullptr, i / 100);
  EXPECT_EQ(owned.map.link_count(), std::uint64_t{kMany} * (kMany - 1) / 2);
  double ids[32];
  float distances[32];
  for (std::uint32_t i = 0; i < kMany; ++i) {
    const float x = static_cast<float>(i % 10);
    ASSERT_EQ(owned.map.nearest(at_x(x).data(), 32, ids, distances), 32u);
    for (std::uint32_t j = 0; j < 32; ++j) ASSERT_TRUE(ids[j] == kMaxPlaces + j);
    ASSERT_EQ(owned.map.within(at_x(7).data(), 1, ids, distances, 4), kMany);
    ASSERT_EQ(owned.map.links(ids[0], ids, distances, 4), kMany - 1);
  }
  std::vector<std::uint32_t> labels(kMany);
  EXPECT_EQ(owned.map.components(labels.data(), owned.scratch.get()), 1u);
}

}  // namespace
}  // namespace sensorium::test
