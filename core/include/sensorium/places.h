// The map of places: where agents have been, and what they sensed there.
//
// A place stays where it was founded. An agent within `merge_radius` of the place it was in last is still there, which costs
// no search; else the nearest place within `merge_radius` is entered, or a new one is founded. At `capacity` the place that
// was least recently seen goes (of several seen last at the same time, the one in the lowest slot).
//
// "Near" is decided in f32, everywhere: d2 = dx * dx + dy * dy + dz * dz, within means d2 <= radius * radius, and whoever is
// equally far is taken in order of the slots. Two places are linked where d2 < link_radius * link_radius. Links are not
// stored: whoever asks gets them from the tree of places (place_tree.h).
//
// All memory is the caller's, as large as places_bytes() says and 64-byte aligned. It holds offsets and no pointers, so it
// can be copied as bytes. Nothing here allocates, throws or depends on the instruction set. Queries change nothing: any
// number of threads may ask while none observes. Call under FloatMode (float_mode.h) where the host's floating-point mode
// is unknown.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>

namespace sensorium {

inline constexpr std::uint32_t kMaxPlaces = 1u << 20;
inline constexpr std::uint32_t kMostNearestPlaces = 32;
// Coordinates saturate here, so that squared distances stay finite.
inline constexpr float kFarthestPlace = 1e18f;
// "No place", where an id is wanted.
inline constexpr double kNoPlace = -1;
// From so many observations on, a place's mean features follow at this weight: a mean of f32 over any number would in the end
// stand still, and its rounding add up.
inline constexpr std::uint32_t kMostWeighed = 65'536;

struct PlacesOptions {
  float merge_radius = 0;      // metres; 0: nothing is merged, every observation founds a place
  float link_radius = 0;       // metres
  std::uint32_t capacity = 1;  // 1 .. kMaxPlaces
};

// A place as it is now. `features` lies in the map's memory.
struct Place {
  double id =
      kNoPlace;  // generation * 2^20 + slot; kNoPlace: there is no such place (any more), and the rest says nothing
  float position[3] = {};           // metres
  std::uint32_t visits = 0;         // how often an agent came into it, the founder included; stops at 2^32 - 1
  double last_seen = 0;             // seconds
  double founded = 0;               // seconds
  std::span<const float> features;  // the mean of all that was sensed here, stays included
};

struct PlacesCounts {
  std::uint32_t places = 0;     // alive
  std::uint32_t tick_made = 0;  // since begin_tick()
  std::uint32_t tick_gone = 0;
  double made = 0;  // since the beginning
  double gone = 0;
};

// What some rows of agents sense. Row r is agent `first + r`.
struct Observed {
  std::uint32_t first = 0;
  std::uint32_t rows = 0;
  const std::uint8_t* active = nullptr;  // null: all; the others are passed over, and their ids are left as they are
  const float* x = nullptr;
  const float* y = nullptr;
  const float* z = nullptr;         // null: 0 everywhere
  const float* features = nullptr;  // feature f of row r is features[f * feature_stride + r]
  std::size_t feature_stride = 0;
};

// Columns for export_columns(), each of at least PlacesCounts::places values. Null: not wanted.
struct PlaceColumns {
  double* id = nullptr;
  float* x = nullptr;
  float* y = nullptr;
  float* z = nullptr;
  std::uint32_t* visits = nullptr;
  double* last_seen = nullptr;
  double* founded = nullptr;
  float* features = nullptr;  // feature f of place p is features[f * feature_stride + p]
  std::size_t feature_stride = 0;
};

struct PlacePath {
  std::uint32_t places = 0;  // on the way, both ends included; 0: there is none
  double length = 0;         // metres
};

// What create needs. Radii that are negative or NaN count as 0, `capacity` is limited to its range.
std::uint64_t places_bytes(const PlacesOptions& options, std::uint32_t agents, std::uint32_t features);
// Working memory of path() and components(), 8-byte aligned; what is in it before and afterwards does not matter.
std::uint64_t places_scratch_bytes(std::uint32_t capacity);

// A handle: it may be made anew whenever it is needed, and be copied.
class Places {
 public:
  // Lays out an empty map in `memory`.
  static Places create(std::byte* memory, const PlacesOptions& options, std::uint32_t agents, std::uint32_t features);
  // The map that lies in `memory`.
  explicit Places(std::byte* memory) : memory_(memory) {}

  // --- What the tick does, in row order ---

  // Sets the tick's counts to 0.
  void begin_tick();
  // Where each agent is: the place's id. kNoPlace where a coordinate is not finite: the agent's last place is then kept for
  // when it is seen again. Features that are not finite leave the mean as it is (0 at first). `seconds` counts as no
  // earlier than any before.
  void observe(const Observed& observed, double seconds, double* ids);
  // The same for one agent; `features` are contiguous.
  double observe(std::uint32_t agent, const float position[3], const float* features, double seconds);
  // Forgets which place the agent was in.
  void clear_agent(std::uint32_t agent);

  // --- Questions ---

  PlacesCounts counts() const;
  Place place(double id) const;
  // The place an agent was in last; kNoPlace where it was in none, or that has gone.
  double place_of(std::uint32_t agent) const;

  // The k (<= 32) nearest places, nearest first. Returns how many there are; the rest of `ids` and `distances` is -1.
  // A position that is not finite has none.
  std::uint32_t nearest(const float position[3], std::uint32_t k, double* ids, float* distances) const;
  // Every place within the radius, nearest first. Returns how many there are; where that is more than `room`, the nearest
  // `room` are written. With room 0 only counts: `ids` and `distances` may be null.
  std::uint32_t within(const float position[3], float radius, double* ids, float* distances, std::uint32_t room) const;
  // For many positions: row i's results are at ids[i * k] (or room), and how many there are in counts[i]. z may be null: 0.
  void nearest(std::uint32_t rows, const float* x, const float* y, const float* z, std::uint32_t k, double* ids,
               float* distances, std::uint32_t* counts) const;
  void within(std::uint32_t rows, const float* x, const float* y, const float* z, float radius, double* ids,
              float* distances, std::uint32_t room, std::uint32_t* counts) const;

  // The places linked to a place, nearest first; returns and writes as within() does. None for an id that has gone.
  std::uint32_t links(double id, double* ids, float* distances, std::uint32_t room) const;
  std::uint32_t degree(double id) const { return links(id, nullptr, nullptr, 0); }
  // Of the whole map, each link once.
  std::uint64_t link_count() const;
  double mean_degree() const;

  // The shortest way over links from one place to another: A*, whose lower bound is the straight line. Writes the first
  // `room` ids of the way. `scratch`: places_scratch_bytes(capacity).
  PlacePath path(double from, double to, double* ids, std::uint32_t room, std::byte* scratch) const;
  // Labels every place, in the order of export_columns(), with its component: 0, 1, 2 ... in order of each component's first
  // place. Returns how many components there are.
  std::uint32_t components(std::uint32_t* labels, std::byte* scratch) const;
  // All places, in order of their slots. Returns how many.
  std::uint32_t export_columns(const PlaceColumns& columns) const;

 private:
  std::byte* memory_;
  std::uint32_t movers_ = 0;  // of the rows observed last: where many move, the tree is fetched ahead for the next ones
};

}  // namespace sensorium
