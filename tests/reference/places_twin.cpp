#include "reference/places_twin.h"

#include <algorithm>
#include <cmath>
#include <limits>

namespace sensorium::reference {

float PlacesTwin::square(const Position& a, const Position& b) {
  const float dx = a[0] - b[0], dy = a[1] - b[1], dz = a[2] - b[2];
  return dx * dx + dy * dy + dz * dz;
}

double PlacesTwin::distance(const Position& a, const Position& b) {
  const double dx = double{a[0]} - b[0], dy = double{a[1]} - b[1], dz = double{a[2]} - b[2];
  return std::sqrt(dx * dx + dy * dy + dz * dz);
}

double PlacesTwin::observe(std::uint32_t agent, Position position, const std::vector<float>& features, double seconds) {
  for (float& value : position) {
    if (!std::isfinite(value)) return kNoPlace;
    value = std::clamp(value, -1e18f, 1e18f);
  }
  const float radius_square = merge_radius_ * merge_radius_;
  std::optional<std::uint32_t> in = slot(agents_[agent]);
  if (merge_radius_ == 0 || !in || square(places_[*in].position, position) > radius_square) {
    in.reset();
    if (merge_radius_ > 0) {
      const Found near = around(position, radius_square);
      if (!near.empty()) in = near.front().second;
    }
    if (!in) {
      Place founded{.position = position,
                    .last_seen = seconds,
                    .founded = seconds,
                    .features = std::vector<double>(features.size())};
      if (places_.size() < capacity_) {
        in = static_cast<std::uint32_t>(places_.size());
        places_.push_back(founded);
      } else {
        const auto oldest = std::min_element(places_.begin(), places_.end(),
                                             [](const Place& a, const Place& b) { return a.last_seen < b.last_seen; });
        founded.generation = oldest->generation + 1;
        *oldest = founded;
        in = static_cast<std::uint32_t>(oldest - places_.begin());
      }
      ++made_;
    }
    ++places_[*in].visits;
    agents_[agent] = id(*in);
  }
  Place& place = places_[*in];
  place.last_seen = seconds;
  place.weighed = std::min<std::uint64_t>(place.weighed + 1, 65'536);
  for (std::size_t f = 0; f < features.size(); ++f) {
    if (std::isfinite(features[f]))
      place.features[f] += (features[f] - place.features[f]) / static_cast<double>(place.weighed);
  }
  return id(*in);
}

std::optional<std::uint32_t> PlacesTwin::slot(double wanted) const {
  for (std::uint32_t i = 0; i < places_.size(); ++i) {
    if (id(i) == wanted) return i;
  }
  return std::nullopt;
}

PlacesTwin::Found PlacesTwin::around(Position position, float limit) const {
  for (float& value : position) value = std::clamp(value, -1e18f, 1e18f);
  Found found;
  for (std::uint32_t i = 0; i < places_.size(); ++i) {
    const float d2 = square(places_[i].position, position);
    if (d2 <= limit) found.push_back({d2, i});
  }
  std::sort(found.begin(), found.end());
  return found;
}

bool PlacesTwin::linked(std::uint32_t a, std::uint32_t b) const {
  return a != b && square(places_[a].position, places_[b].position) < link_radius_ * link_radius_;
}

PlacesTwin::Found PlacesTwin::links(std::uint32_t slot) const {
  Found found;
  for (const auto& other : around(places_[slot].position, std::numeric_limits<float>::infinity())) {
    if (linked(slot, other.second)) found.push_back(other);
  }
  return found;
}

std::uint64_t PlacesTwin::link_count() const {
  std::uint64_t count = 0;
  for (std::uint32_t a = 0; a < places_.size(); ++a) {
    for (std::uint32_t b = 0; b < a; ++b) count += linked(a, b);
  }
  return count;
}

std::optional<double> PlacesTwin::path(std::uint32_t from, std::uint32_t to) const {
  constexpr double kFar = std::numeric_limits<double>::infinity();
  std::vector<double> lengths(places_.size(), kFar);
  std::vector<bool> done(places_.size());
  lengths[from] = 0;
  for (;;) {
    std::uint32_t at = to;
    double least = kFar;
    for (std::uint32_t i = 0; i < places_.size(); ++i) {
      if (!done[i] && lengths[i] < least) at = i, least = lengths[i];
    }
    if (least == kFar) return std::nullopt;
    if (at == to) return least;
    done[at] = true;
    for (std::uint32_t i = 0; i < places_.size(); ++i) {
      if (linked(at, i)) lengths[i] = std::min(lengths[i], least + distance(places_[at].position, places_[i].position));
    }
  }
}

std::vector<std::uint32_t> PlacesTwin::components() const {
  constexpr std::uint32_t kNone = 0xFFFFFFFFu;
  std::vector<std::uint32_t> labels(places_.size(), kNone);
  std::uint32_t count = 0;
  for (std::uint32_t first = 0; first < labels.size(); ++first) {
    if (labels[first] != kNone) continue;
    std::vector<std::uint32_t> reached = {first};
    labels[first] = count;
    while (!reached.empty()) {
      const std::uint32_t at = reached.back();
      reached.pop_back();
      for (std::uint32_t i = 0; i < labels.size(); ++i) {
        if (labels[i] == kNone && linked(at, i)) {
          labels[i] = count;
          reached.push_back(i);
        }
      }
    }
    ++count;
  }
  return labels;
}

}  // namespace sensorium::reference
