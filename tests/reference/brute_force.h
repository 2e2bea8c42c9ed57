// Every agent's neighbours by looking at everyone: the twin of the neighbour search. Only the two formulas that define who is
// near are the search's own, in f32: d^2 = (dx^2 + dy^2) + dz^2, and the field of view.
#pragma once

#include <algorithm>
#include <cmath>
#include <cstdint>
#include <vector>

#include "sensorium/engine.h"

namespace sensorium::reference {

struct Neighbor {
  float square;
  std::uint32_t agent;
  bool operator<(const Neighbor& other) const {
    return square < other.square || (square == other.square && agent < other.agent);
  }
};

struct Viewer {
  float radius;
  float cos_half_fov;  // -1: all around
};

inline float limited(float value) { return std::clamp(value, -1e18f, 1e18f); }

inline bool placed(const Placement& at, std::uint32_t agent) {
  return std::isfinite(at.position[0][agent]) && std::isfinite(at.position[1][agent]) &&
         std::isfinite(at.position[2][agent]);
}

// Everyone within the radius of `agent`, in view and of interest, nearest first.
inline std::vector<Neighbor> neighbors_of(const Placement& at, const std::vector<std::uint8_t>& active,
                                          std::uint32_t agent, const Viewer& viewer) {
  std::vector<Neighbor> found;
  if (!placed(at, agent)) return found;
  float radius = viewer.radius;
  if (!at.radius.empty() && at.radius[agent] > 0 && at.radius[agent] <= 1e18f) radius = at.radius[agent];
  for (std::uint32_t other = 0; other < active.size(); ++other) {
    if (other == agent || !active[other] || !placed(at, other)) continue;
    float d[3];
    for (int axis = 0; axis < 3; ++axis)
      d[axis] = limited(at.position[axis][other]) - limited(at.position[axis][agent]);
    const float square = (d[0] * d[0] + d[1] * d[1]) + d[2] * d[2];
    if (!(square <= radius * radius)) continue;
    if (!at.group.empty() && !(at.interest[agent] >> (at.group[other] & 31) & 1)) continue;
    if (!at.heading[0].empty()) {
      const float hx = at.heading[0][agent], hy = at.heading[1][agent], hz = at.heading[2][agent];
      const float length = (hx * hx + hy * hy) + hz * hz;
      const float ahead = (d[0] * hx + d[1] * hy) + d[2] * hz;
      const bool looks = length > 0 && length <= 1e18f;
      if (looks && square != 0 && !(ahead >= viewer.cos_half_fov * std::sqrt(length) * std::sqrt(square))) continue;
    }
    found.push_back({square, other});
  }
  std::sort(found.begin(), found.end());
  return found;
}

}  // namespace sensorium::reference
