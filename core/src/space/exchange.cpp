#include "exchange.h"

#include "../float_mode.h"

namespace sensorium {

Exchange::Exchange(std::byte* block)
    : plan_(*reinterpret_cast<const Plan*>(block)), at_(plan_.map.exchange), block_(block) {}

double Exchange::places() const { return at_.entries ? map().counts().places : 0; }
double Exchange::made() const { return at_.entries ? map().counts().made : 0; }
double Exchange::gone() const { return at_.entries ? map().counts().gone : 0; }

bool Exchange::nearest(std::uint32_t rows, std::uint32_t k) const {
  if (!at_.entries || std::uint64_t{rows} * (k ? k : 1) > at_.entries || k > kMostNearestPlaces) return false;
  const FloatMode mode;
  map().nearest(rows, column<float>(at_.position[0]), column<float>(at_.position[1]), column<float>(at_.position[2]), k,
                column<double>(at_.ids), column<float>(at_.distances), column<std::uint32_t>(at_.counts));
  return true;
}

bool Exchange::within(std::uint32_t rows, float radius, std::uint32_t room) const {
  if (!at_.entries || std::uint64_t{rows} * (room ? room : 1) > at_.entries) return false;
  const FloatMode mode;
  double* ids = column<double>(at_.ids);
  float* distances = column<float>(at_.distances);
  const std::uint32_t* counts = column<std::uint32_t>(at_.counts);
  map().within(rows, column<float>(at_.position[0]), column<float>(at_.position[1]), column<float>(at_.position[2]),
               radius, ids, distances, room, column<std::uint32_t>(at_.counts));
  // As nearest() does with what is left, so that whoever reads a row needs no counts.
  for (std::size_t row = 0; row < rows; ++row) {
    for (std::size_t i = row * room + counts[row]; i < (row + 1) * room; ++i) {
      ids[i] = kNoPlace;
      distances[i] = -1;
    }
  }
  return true;
}

std::uint32_t Exchange::links(double id) const {
  const FloatMode mode;
  return at_.entries ? map().links(id, column<double>(at_.ids), column<float>(at_.distances), at_.entries) : 0;
}

std::uint32_t Exchange::degree(double id) const {
  const FloatMode mode;
  return at_.entries ? map().degree(id) : 0;
}

double Exchange::link_count() const {
  const FloatMode mode;
  return at_.entries ? static_cast<double>(map().link_count()) : 0;
}

double Exchange::mean_degree() const {
  const FloatMode mode;
  return at_.entries ? map().mean_degree() : 0;
}

double Exchange::path(double from, double to) const {
  if (!at_.entries) return -1;
  const FloatMode mode;
  const PlacePath path = map().path(from, to, column<double>(at_.ids), at_.entries, block_ + at_.scratch);
  *column<std::uint32_t>(at_.counts) = path.places;
  return path.places ? path.length : -1;
}

std::uint32_t Exchange::components() const {
  const FloatMode mode;
  return at_.entries ? map().components(column<std::uint32_t>(at_.counts), block_ + at_.scratch) : 0;
}

bool Exchange::place(double id) const {
  if (!at_.entries) return false;
  const Place place = map().place(id);
  if (place.id == kNoPlace) return false;
  for (std::uint32_t axis = 0; axis < 3; ++axis) *column<float>(at_.position[axis]) = place.position[axis];
  *column<double>(at_.ids) = place.id;
  *column<std::uint32_t>(at_.counts) = place.visits;
  *column<double>(at_.last_seen) = place.last_seen;
  *column<double>(at_.founded) = place.founded;
  for (std::size_t f = 0; f < place.features.size(); ++f)
    *column<float>(at_.features + f * at_.feature_stride) = place.features[f];
  return true;
}

std::uint32_t Exchange::export_all() const {
  if (!at_.entries) return 0;
  return map().export_columns({.id = column<double>(at_.ids),
                               .x = column<float>(at_.position[0]),
                               .y = column<float>(at_.position[1]),
                               .z = column<float>(at_.position[2]),
                               .visits = column<std::uint32_t>(at_.counts),
                               .last_seen = column<double>(at_.last_seen),
                               .founded = column<double>(at_.founded),
                               .features = column<float>(at_.features),
                               .feature_stride = static_cast<std::size_t>(at_.feature_stride / sizeof(float))});
}

}  // namespace sensorium
