#include <cmath>
#include <cstring>

#include "neighbors.h"

namespace sensorium {
namespace {

// The bits of a float as a whole number of the same order.
std::uint32_t ordered(float value) {
  std::uint32_t bits;
  value += 0.0f;  // -0 sorts as 0
  std::memcpy(&bits, &value, sizeof bits);
  return bits & 0x80000000u ? ~bits : bits | 0x80000000u;
}

float limited(float value) { return value < -kFarthest ? -kFarthest : value > kFarthest ? kFarthest : value; }

std::int32_t strip_of(float value, double inverse_width) {
  // In double precision: at 1e6 m a strip's border would be decimetres off in f32. Beyond 2^30 strips from the origin f32
  // positions are further apart than a radius, unless they are equal.
  constexpr double kOutermost = 1 << 30;
  const double strip = std::floor(static_cast<double>(value) * inverse_width);
  return static_cast<std::int32_t>(strip < -kOutermost ? -kOutermost : strip > kOutermost ? kOutermost : strip);
}

constexpr std::uint32_t kDigitBits = 11;
constexpr std::uint32_t kDigits = 1u << kDigitBits;

// Stable radix sort of (key, id) pairs; passes whose digit is the same for all are left out. Returns which buffer holds
// the result.
std::uint32_t sort_pairs(const SearchMemory& memory, std::uint32_t from, std::uint32_t count) {
  std::uint32_t histogram[3][kDigits] = {};
  const std::uint32_t* keys = memory.keys[from];
  for (std::uint32_t i = 0; i < count; ++i) {
    ++histogram[0][keys[i] & (kDigits - 1)];
    ++histogram[1][keys[i] >> kDigitBits & (kDigits - 1)];
    ++histogram[2][keys[i] >> 2 * kDigitBits];
  }
  for (std::uint32_t pass = 0; pass < 3; ++pass) {
    const std::uint32_t shift = pass * kDigitBits;
    std::uint32_t* places = histogram[pass];
    if (places[memory.keys[from][0] >> shift & (kDigits - 1)] == count) continue;
    std::uint32_t next = 0;
    for (std::uint32_t digit = 0; digit < kDigits; ++digit) {
      const std::uint32_t size = places[digit];
      places[digit] = next;
      next += size;
    }
    const std::uint32_t* in_keys = memory.keys[from];
    const std::uint32_t* in_ids = memory.ids[from];
    std::uint32_t* out_keys = memory.keys[1 - from];
    std::uint32_t* out_ids = memory.ids[1 - from];
    for (std::uint32_t i = 0; i < count; ++i) {
      const std::uint32_t place = places[in_keys[i] >> shift & (kDigits - 1)]++;
      out_keys[place] = in_keys[i];
      out_ids[place] = in_ids[i];
    }
    from = 1 - from;
  }
  return from;
}

}  // namespace

Sorted sort_agents(std::uint32_t agents, const SearchColumns& columns, const SearchOptions& options,
                   const SearchMemory& memory, const NeighborColumns& out) {
  Sorted sorted = {.count = 0, .strips = 0, .widest = 0, .flat = true, .axis = 0};
  // Who takes part; how wide they see; along which axis they are spread further, which is the one to sweep.
  double spread[2] = {}, middle[2] = {};
  float first_z = 0;
  std::uint32_t* ids = memory.ids[0];
  for (std::uint32_t i = 0; i < agents; ++i) {
    if (!columns.active[i]) continue;
    if (!std::isfinite(columns.x[i]) || !std::isfinite(columns.y[i]) || !std::isfinite(columns.z[i])) {
      out.count[i] = out.valid[i] = 0;
      for (std::size_t n = std::size_t{i} * options.k; n < (std::size_t{i} + 1) * options.k; ++n) {
        out.index[n] = -1;
        out.distance[n] = -1;
      }
      continue;
    }
    if (sorted.count == 0) {
      first_z = columns.z[i];
      middle[0] = columns.x[i];
      middle[1] = columns.y[i];
    }
    ids[sorted.count++] = i;
    sorted.flat = sorted.flat && columns.z[i] == first_z;
    spread[0] += std::fabs(limited(columns.x[i]) - middle[0]);
    spread[1] += std::fabs(limited(columns.y[i]) - middle[1]);
    float radius = options.radius;
    if (columns.radius && columns.radius[i] > 0 && columns.radius[i] <= kFarthest) radius = columns.radius[i];
    if (radius > sorted.widest) sorted.widest = radius;
  }
  if (!sorted.count) return sorted;
  sorted.axis = spread[1] > spread[0] ? 1 : 0;
  const float* sweep = sorted.axis ? columns.y : columns.x;
  const float* across = sorted.axis ? columns.x : columns.y;

  // A difference of f32 is rounded, so a neighbour at exactly the radius may be a little further away.
  const double inverse_width = 1 / (static_cast<double>(sorted.widest) * (1 + 1e-6));
  std::int32_t lowest_y = INT32_MAX, lowest_z = INT32_MAX;
  for (std::uint32_t p = 0; p < sorted.count; ++p) {
    const std::uint32_t i = ids[p];
    memory.keys[0][p] = ordered(limited(sweep[i]));
    const std::int32_t y = strip_of(across[i], inverse_width);
    const std::int32_t z = sorted.flat ? 0 : strip_of(columns.z[i], inverse_width);
    memory.y_strips[i] = y;
    memory.z_strips[i] = z;
    if (y < lowest_y) lowest_y = y;
    if (z < lowest_z) lowest_z = z;
  }
  std::uint32_t at = sort_pairs(memory, 0, sorted.count);
  const auto sort_by = [&](const std::int32_t* strips, std::int32_t lowest) {
    for (std::uint32_t p = 0; p < sorted.count; ++p) {
      memory.keys[at][p] = static_cast<std::uint32_t>(strips[memory.ids[at][p]]) - static_cast<std::uint32_t>(lowest);
    }
    at = sort_pairs(memory, at, sorted.count);
  };
  sort_by(memory.y_strips, lowest_y);
  if (!sorted.flat) sort_by(memory.z_strips, lowest_z);

  for (std::uint32_t p = 0; p < sorted.count; ++p) {
    const std::uint32_t i = memory.ids[at][p];
    memory.agents[p] = i;
    memory.sweep[p] = limited(sweep[i]);
    memory.y[p] = limited(across[i]);
    memory.z[p] = limited(columns.z[i]);
    if (memory.groups) memory.groups[p] = 1u << (columns.group[i] & 31);
    const std::int32_t y = memory.y_strips[i], z = memory.z_strips[i];
    if (p == 0 || memory.strips[sorted.strips - 1].y != y || memory.strips[sorted.strips - 1].z != z) {
      memory.strips[sorted.strips++] = {y, z, p, p};
    }
    memory.strips[sorted.strips - 1].end = p + 1;
  }
  for (std::uint32_t p = sorted.count; p < sorted.count + kSearchPadding; ++p) {
    memory.sweep[p] = memory.y[p] = memory.z[p] = 0;
    memory.agents[p] = 0;
    if (memory.groups) memory.groups[p] = 0;
  }
  return sorted;
}

}  // namespace sensorium
