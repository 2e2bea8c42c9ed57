// A map of places in memory of its own, and worlds to walk in.
#pragma once

#include <array>
#include <cstdlib>
#include <memory>
#include <string>
#include <vector>

#include "core/seeded.h"
#include "sensorium/places.h"

namespace sensorium::test {

using Position = std::array<float, 3>;

struct FreeBytes {
  void operator()(std::byte* bytes) const { std::free(bytes); }
};
using Bytes = std::unique_ptr<std::byte, FreeBytes>;
inline Bytes aligned_bytes(std::uint64_t size) {
  return Bytes(static_cast<std::byte*>(std::aligned_alloc(64, (size + 63) / 64 * 64)));
}

struct PlacesWorld {
  const char* name;
  bool flat;
  float radius;  // metres: a good merge radius for a few hundred places
  Position (*at)(Random&);
};

inline Position even(Random& random) {
  return {random.value(-100, 100), random.value(-100, 100), random.value(-100, 100)};
}
// Around ten spots, of which some are far away.
inline Position clustered(Random& random) {
  const float spot = static_cast<float>(random.below(10));
  const auto about = [&](float middle) { return middle + static_cast<float>(random.normal()); };
  return {about(spot * spot * 40), about(spot * -25), about(spot * 3)};
}
// Along the x axis, where coordinates change their exponents fastest, and a little beside it.
inline Position line(Random& random) {
  return {random.value(-300, 300), random.value(-0.01, 0.01), random.value(-0.01, 0.01)};
}
inline Position lattice(Random& random) {
  const auto step = [&] { return static_cast<float>(random.below(9)) - 4; };
  return {step(), step(), step()};
}
inline Position coincident(Random& random) { return random.chance(0.9) ? Position{3, -4, 5} : lattice(random); }
inline Position distant(Random& random) {
  return {1e6f + random.value(-20, 20), -3e6f + random.value(-20, 20), 5e5f + random.value(-20, 20)};
}
inline Position huge(Random& random) { return {random.any_size(), random.any_size(), random.any_size()}; }
inline Position tiny(Random& random) { return {random.any_size() * 1e-38f, random.any_size() * 1e-38f, 0}; }

inline std::vector<PlacesWorld> places_worlds() {
  return {{"even", false, 20, even},
          {"even flat", true, 8, even},
          {"clustered", false, 0.5f, clustered},
          {"clustered flat", true, 0.25f, clustered},
          {"line", true, 1, line},
          {"line in space", false, 1, line},
          {"lattice", true, 1, lattice},
          {"lattice in space", false, 1, lattice},
          {"coincident", false, 0.5f, coincident},
          {"distant", false, 4, distant},
          {"huge", false, 1e10f, huge},
          {"huge flat", true, 1e3f, huge},
          {"tiny", true, 1e-20f, tiny}};
}

inline Position draw(const PlacesWorld& world, Random& random) {
  Position at = world.at(random);
  if (world.flat) at[2] = 0;
  return at;
}

struct OwnedPlaces {
  PlacesOptions options;
  std::uint64_t size;
  Bytes bytes;
  Bytes scratch;
  Places map;

  OwnedPlaces(const PlacesOptions& given, std::uint32_t agents, std::uint32_t features)
      : options(given),
        size(places_bytes(given, agents, features)),
        bytes(aligned_bytes(size)),
        scratch(aligned_bytes(places_scratch_bytes(given.capacity))),
        map(Places::create(bytes.get(), given, agents, features)) {}
};

}  // namespace sensorium::test
