// The slow, obvious twin of the map of places: a list that is looked through from end to end for everything. Squared
// distances are f32, as the map defines "near" by them; means and lengths of ways are in double precision.
#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <utility>
#include <vector>

namespace sensorium::reference {

class PlacesTwin {
 public:
  using Position = std::array<float, 3>;
  struct Place {
    std::uint64_t generation = 0;
    Position position{};
    std::uint64_t visits = 0;
    std::uint64_t weighed = 0;
    double last_seen = 0;
    double founded = 0;
    std::vector<double> features;
  };
  // Of a place: its slot and squared distance.
  using Found = std::vector<std::pair<float, std::uint32_t>>;

  PlacesTwin(float merge_radius, float link_radius, std::uint32_t capacity, std::uint32_t agents)
      : merge_radius_(merge_radius), link_radius_(link_radius), capacity_(capacity), agents_(agents, kNoPlace) {}

  double observe(std::uint32_t agent, Position position, const std::vector<float>& features, double seconds);
  void clear_agent(std::uint32_t agent) { agents_[agent] = kNoPlace; }

  const std::vector<Place>& places() const { return places_; }
  std::uint64_t made() const { return made_; }
  std::uint64_t gone() const { return made_ - places_.size(); }
  double id(std::uint32_t slot) const { return static_cast<double>(places_[slot].generation) * 1048576 + slot; }
  std::optional<std::uint32_t> slot(double id) const;

  // All places by (square, slot), of those with square <= limit.
  Found around(Position position, float limit) const;
  Found links(std::uint32_t slot) const;
  std::uint64_t link_count() const;
  // The length of the shortest way (Dijkstra); nothing where there is none.
  std::optional<double> path(std::uint32_t from, std::uint32_t to) const;
  std::vector<std::uint32_t> components() const;

  static float square(const Position& a, const Position& b);
  static double distance(const Position& a, const Position& b);
  bool linked(std::uint32_t a, std::uint32_t b) const;

 private:
  static constexpr double kNoPlace = -1;

  float merge_radius_, link_radius_;
  std::uint32_t capacity_;
  std::vector<double> agents_;
  std::vector<Place> places_;
  std::uint64_t made_ = 0;
};

}  // namespace sensorium::reference
