#include "site.h"

#include <algorithm>

#include "exponential.h"
#include "geometry.h"

namespace sensorium::world {
namespace {

// Obstacles nearer than this to a cell's centre are found exactly; beyond, the field is a lower bound.
constexpr float kExact = 6;
constexpr float kDiagonal = 1.4142136f;

class Builder {
 public:
  Builder(const Plan& plan, std::byte* block)
      : plan_(plan),
        world_(plan.parameters()),
        seed_(plan.options.seed),
        state_(*reinterpret_cast<State*>(block + plan.state)),
        obstacles_(reinterpret_cast<Obstacle*>(block + plan.obstacles)),
        distance_(reinterpret_cast<float*>(block + plan.distance)),
        near_first_(reinterpret_cast<std::uint32_t*>(block + plan.near)),
        near_list_(reinterpret_cast<std::uint32_t*>(block + plan.near_list)),
        reach_first_(reinterpret_cast<std::uint32_t*>(block + plan.reach_first)),
        reach_list_(reinterpret_cast<std::uint32_t*>(block + plan.reach_list)),
        ways_(reinterpret_cast<std::uint8_t*>(block + plan.ways)),
        cells_(plan.cells_x * plan.cells_y) {}

  void build() {
    choose_spots();
    raise_ground();
    set_walls();
    set_shelves();
    set_buildings();
    set_pillars();
    measure_distances();
    find_ways();
    list_near();
    list_reached();
    set_sources();
  }

 private:
  float centre_x(std::uint32_t cell) const {
    return (static_cast<float>(cell % plan_.cells_x) + 0.5f) * world_.site.cell;
  }
  float centre_y(std::uint32_t cell) const {
    return (static_cast<float>(cell / plan_.cells_x) + 0.5f) * world_.site.cell;
  }
  std::uint32_t clamp_cell(float along, std::uint32_t cells) const {
    const float cell = along / world_.site.cell;
    return cell <= 0 ? 0 : cell >= static_cast<float>(cells) ? cells - 1 : static_cast<std::uint32_t>(cell);
  }

  // Calls visit(cell) for the cells of a box that holds everything within `reach` of an obstacle.
  template <class Visit>
  void visit_cells(const Obstacle& obstacle, float reach, Visit&& visit) {
    const float c = std::fabs(obstacle.cosine), s = std::fabs(obstacle.sine);
    const float half_x = (obstacle.round != 0 ? obstacle.half_x : c * obstacle.half_x + s * obstacle.half_y) + reach;
    const float half_y = (obstacle.round != 0 ? obstacle.half_x : s * obstacle.half_x + c * obstacle.half_y) + reach;
    const std::uint32_t first_x = clamp_cell(obstacle.x - half_x, plan_.cells_x),
                        last_x = clamp_cell(obstacle.x + half_x, plan_.cells_x);
    const std::uint32_t first_y = clamp_cell(obstacle.y - half_y, plan_.cells_y),
                        last_y = clamp_cell(obstacle.y + half_y, plan_.cells_y);
    for (std::uint32_t y = first_y; y <= last_y; ++y) {
      for (std::uint32_t x = first_x; x <= last_x; ++x) visit(y * plan_.cells_x + x);
    }
  }

  bool clear_of_spots(const Obstacle& obstacle) const {
    for (std::uint32_t s = 0; s < state_.spot_count; ++s) {
      if (distance_to(obstacle, state_.spots_x[s], state_.spots_y[s]) < world_.spots.clear) return false;
    }
    return true;
  }
  bool clear_of_obstacles(float x, float y, float gap) const {
    for (std::uint32_t i = 0; i < state_.obstacle_count; ++i) {
      if (distance_to(obstacles_[i], x, y) < gap) return false;
    }
    return true;
  }
  void add(Obstacle obstacle, float height, float above) {
    obstacle.top = above + height;
    state_.highest = std::max(state_.highest, obstacle.top);
    obstacles_[state_.obstacle_count++] = obstacle;
  }
  float ground(float x, float y) const {
    Scene scene = {};
    scene.wave_height = world_.site.wave_height;
    scene.waves = world_.site.waves;
    return ground_height(scene, state_, x, y);
  }

  void choose_spots() {
    Draws draws(seed_, for_spots);
    const float margin_x = world_.site.width * 0.12f, margin_y = world_.site.depth * 0.12f;
    // As far from each other as so many can be, less where luck does not have it.
    float apart = 0.7f * std::sqrt(world_.site.width * world_.site.depth / static_cast<float>(world_.spots.count));
    while (state_.spot_count < world_.spots.count) {
      const float x = draws.between(margin_x, world_.site.width - margin_x),
                  y = draws.between(margin_y, world_.site.depth - margin_y);
      bool free = true;
      for (std::uint32_t s = 0; s < state_.spot_count; ++s) {
        const float dx = x - state_.spots_x[s], dy = y - state_.spots_y[s];
        free = free && dx * dx + dy * dy >= apart * apart;
      }
      apart *= 0.99f;
      if (!free) continue;
      state_.spots_x[state_.spot_count] = x;
      state_.spots_y[state_.spot_count++] = y;
    }
  }

  void raise_ground() {
    Draws draws(seed_, for_ground);
    for (std::uint32_t w = 0; w < world_.site.waves; ++w) {
      const double angle = double{draws.unit()} * 6.283185307179586;
      const double number = 6.283185307179586 / double{draws.between(0.7f, 1.3f) * world_.site.wave_length};
      state_.wave_x[w] = static_cast<float>(number * cosine(angle));
      state_.wave_y[w] = static_cast<float>(number * sine(angle));
      state_.wave_phase[w] = draws.between(0, 6.2831853f);
    }
  }

  void set_walls() {
    if (!world_.site.walls) return;
    const float w = world_.site.width, d = world_.site.depth;
    const Obstacle wall = {
        .x = 0, .y = 0, .cosine = 1, .sine = 0, .half_x = 0.5f, .half_y = 0.5f, .top = 0, .round = 0};
    for (std::uint32_t side = 0; side < 4; ++side) {
      Obstacle obstacle = wall;
      const bool upright = side < 2;
      obstacle.x = upright ? (side ? w - 0.5f : 0.5f) : w / 2;
      obstacle.y = upright ? d / 2 : side == 3 ? d - 0.5f : 0.5f;
      (upright ? obstacle.half_y : obstacle.half_x) = (upright ? d : w) / 2;
      add(obstacle, 12, 0);
    }
  }

  void set_shelves() {
    const ShelfParameters& shelves = world_.shelves;
    const float pitch_y = shelves.width + shelves.aisle, pitch_x = shelves.length + shelves.cross;
    const float first_x = (world_.site.width - static_cast<float>(shelves.columns) * pitch_x + shelves.cross) / 2;
    const float first_y = (world_.site.depth - static_cast<float>(shelves.rows) * pitch_y + shelves.aisle) / 2;
    for (std::uint32_t row = 0; row < shelves.rows; ++row) {
      for (std::uint32_t column = 0; column < shelves.columns; ++column) {
        const Obstacle shelf = {.x = first_x + static_cast<float>(column) * pitch_x + shelves.length / 2,
                                .y = first_y + static_cast<float>(row) * pitch_y + shelves.width / 2,
                                .cosine = 1,
                                .sine = 0,
                                .half_x = shelves.length / 2,
                                .half_y = shelves.width / 2,
                                .top = 0,
                                .round = 0};
        if (clear_of_spots(shelf)) add(shelf, shelves.height, 0);
      }
    }
  }

  void set_buildings() {
    Draws draws(seed_, for_buildings);
    const BuildingParameters& buildings = world_.buildings;
    const std::uint32_t first = state_.obstacle_count;
    for (std::uint32_t i = 0; i < buildings.count; ++i) {
      const float half_x = draws.between(buildings.shortest, buildings.longest) / 2,
                  half_y = draws.between(buildings.shortest, buildings.longest) / 2;
      const float height = draws.between(buildings.lowest, buildings.highest);
      const double angle = double{draws.unit()} * 1.5707963267948966;
      const float around = std::sqrt(half_x * half_x + half_y * half_y);
      // A site that is full has fewer.
      for (std::uint32_t attempt = 0; attempt < 12; ++attempt) {
        Obstacle building = {.x = draws.between(around, world_.site.width - around),
                             .y = draws.between(around, world_.site.depth - around),
                             .cosine = static_cast<float>(cosine(angle)),
                             .sine = static_cast<float>(sine(angle)),
                             .half_x = half_x,
                             .half_y = half_y,
                             .top = 0,
                             .round = 0};
        bool free = clear_of_spots(building);
        for (std::uint32_t other = first; free && other < state_.obstacle_count; ++other) {
          free = distance_to(obstacles_[other], building.x, building.y) > around + 3;
        }
        if (!free) continue;
        add(building, height, ground(building.x, building.y));
        break;
      }
    }
  }

  // Pillars that stand already are found by cell: near_first_ has the last one of each cell, near_list_ the one before it.
  void set_pillars() {
    Draws draws(seed_, for_pillars);
    const PillarParameters& pillars = world_.pillars;
    const std::uint32_t others = state_.obstacle_count;
    const float reach = 2 * pillars.thickest + pillars.gap;
    for (std::uint32_t i = 0; i < pillars.count; ++i) {
      const float radius = draws.between(pillars.thinnest, pillars.thickest),
                  height = draws.between(pillars.lowest, pillars.highest);
      const Obstacle pillar = {.x = draws.between(2, world_.site.width - 2),
                               .y = draws.between(2, world_.site.depth - 2),
                               .cosine = 1,
                               .sine = 0,
                               .half_x = radius,
                               .half_y = radius,
                               .top = 0,
                               .round = 1};
      if (!clear_of_spots(pillar)) continue;
      bool free = true;
      for (std::uint32_t other = 0; free && other < others; ++other) {
        free = distance_to(obstacles_[other], pillar.x, pillar.y) > radius + pillars.gap / 2;
      }
      if (free) {
        visit_cells(pillar, reach, [&](std::uint32_t cell) {
          for (std::uint32_t at = near_first_[cell]; at; at = near_list_[at]) {
            free = free && distance_to(obstacles_[at], pillar.x, pillar.y) > radius + pillars.gap;
          }
        });
      }
      if (!free) continue;
      const std::uint32_t index = state_.obstacle_count;
      const std::uint32_t cell =
          clamp_cell(pillar.y, plan_.cells_y) * plan_.cells_x + clamp_cell(pillar.x, plan_.cells_x);
      add(pillar, height, ground(pillar.x, pillar.y));
      // The end of a chain is 0, which only a pillar alone in its world could be mistaken for: then it has none to meet.
      near_list_[index] = near_first_[cell];
      near_first_[cell] = index;
    }
  }

  // Exact up to kExact. Beyond, whoever is nearest is kExact away from some measured cell on the way, so the distance is at least
  // kExact and the way to the nearest measured cell, less the half diagonal of a cell. That way is summed up in steps of a cell,
  // straight or diagonal, which makes it too long by at most 8.24 %.
  void measure_distances() {
    const float cell = world_.site.cell, slack = cell / kDiagonal;
    constexpr float kFar = 1e9f;
    for (std::uint32_t c = 0; c < cells_; ++c) distance_[c] = kFar;
    for (std::uint32_t i = 0; i < state_.obstacle_count; ++i) {
      visit_cells(obstacles_[i], kExact + slack, [&](std::uint32_t c) {
        const float d = distance_to(obstacles_[i], centre_x(c), centre_y(c));
        if (d <= kExact + slack && d < distance_[c]) distance_[c] = d;
      });
    }
    // Ways to the nearest measured cell; the memory's own use comes later.
    float* const steps = reinterpret_cast<float*>(near_list_);
    for (std::uint32_t c = 0; c < cells_; ++c) steps[c] = distance_[c] < kFar ? 0 : kFar;
    const std::int32_t last_x = static_cast<std::int32_t>(plan_.cells_x) - 1,
                       last_y = static_cast<std::int32_t>(plan_.cells_y) - 1;
    const auto relax = [&](std::int32_t x, std::int32_t y, std::int32_t dx, std::int32_t dy) {
      if (x + dx < 0 || x + dx > last_x || y + dy < 0 || y + dy > last_y) return;
      const float way = steps[(y + dy) * (last_x + 1) + x + dx] + (dx && dy ? cell * kDiagonal : cell);
      float& mine = steps[y * (last_x + 1) + x];
      if (way < mine) mine = way;
    };
    for (std::int32_t y = 0; y <= last_y; ++y) {
      for (std::int32_t x = 0; x <= last_x; ++x) {
        for (std::int32_t dx = -1; dx <= 1; ++dx) relax(x, y, dx, -1);
        relax(x, y, -1, 0);
      }
      for (std::int32_t x = last_x; x >= 0; --x) relax(x, y, 1, 0);
    }
    for (std::int32_t y = last_y; y >= 0; --y) {
      for (std::int32_t x = last_x; x >= 0; --x) {
        for (std::int32_t dx = -1; dx <= 1; ++dx) relax(x, y, dx, 1);
        relax(x, y, 1, 0);
      }
      for (std::int32_t x = 0; x <= last_x; ++x) relax(x, y, -1, 0);
    }
    for (std::uint32_t c = 0; c < cells_; ++c) {
      if (distance_[c] == kFar) distance_[c] = kExact + std::fmax(0.0f, steps[c] * 0.923f - slack);
    }
  }

  // For each spot the steps to it, from cell to cell with room for an agent, and from each cell the direction that leads there.
  void find_ways() {
    std::uint32_t* const steps = near_first_;
    std::uint32_t* const queue = near_list_;
    const std::int32_t nx = static_cast<std::int32_t>(plan_.cells_x), ny = static_cast<std::int32_t>(plan_.cells_y);
    constexpr std::uint32_t kUnknown = 0xFFFFFFFFu;
    const auto roomy = [&](std::uint32_t c) { return distance_[c] > 2 * kBody; };
    for (std::uint32_t s = 0; s < state_.spot_count; ++s) {
      std::uint8_t* const way = ways_ + std::size_t{s} * cells_;
      for (std::uint32_t c = 0; c < cells_; ++c) steps[c] = kUnknown;
      const std::uint32_t goal =
          clamp_cell(state_.spots_y[s], plan_.cells_y) * plan_.cells_x + clamp_cell(state_.spots_x[s], plan_.cells_x);
      std::uint32_t head = 0, tail = 0;
      steps[goal] = 0;
      queue[tail++] = goal;
      while (head < tail) {
        const std::uint32_t c = queue[head++];
        const std::int32_t x = static_cast<std::int32_t>(c) % nx, y = static_cast<std::int32_t>(c) / nx;
        for (std::uint32_t k = 0; k < 8; k += 2) {
          const std::int32_t tx = x + kStepX[k], ty = y + kStepY[k];
          if (tx < 1 || tx >= nx - 1 || ty < 1 || ty >= ny - 1) continue;
          const std::uint32_t to = static_cast<std::uint32_t>(ty * nx + tx);
          if (steps[to] != kUnknown || !roomy(to)) continue;
          steps[to] = steps[c] + 1;
          queue[tail++] = to;
        }
      }
      for (std::uint32_t c = 0; c < cells_; ++c) {
        const std::int32_t x = static_cast<std::int32_t>(c) % nx, y = static_cast<std::int32_t>(c) / nx;
        way[c] = c == goal ? kArrived : kNoWay;
        // A narrow cell leads to whichever neighbour is nearest to the goal.
        std::uint32_t least = steps[c];
        for (std::uint32_t k = 0; k < 8 && c != goal; ++k) {
          const std::int32_t tx = x + kStepX[k], ty = y + kStepY[k];
          if (tx < 0 || tx >= nx || ty < 0 || ty >= ny) continue;
          const std::uint32_t to = static_cast<std::uint32_t>(ty * nx + tx);
          // Diagonally only where nothing is cut off.
          if (k % 2 && (steps[y * nx + tx] == kUnknown || steps[ty * nx + x] == kUnknown)) continue;
          if (steps[to] >= least) continue;
          least = steps[to];
          way[c] = static_cast<std::uint8_t>(k);
        }
      }
    }
  }

  void list_near() {
    for (std::uint32_t c = 0; c <= cells_; ++c) near_first_[c] = 0;
    const float reach = near_reach(world_.site.cell);
    const auto each = [&](auto&& visit) {
      for (std::uint32_t i = 0; i < state_.obstacle_count; ++i) {
        visit_cells(obstacles_[i], kNear, [&](std::uint32_t c) {
          if (distance_to(obstacles_[i], centre_x(c), centre_y(c)) <= reach) visit(c, i);
        });
      }
    };
    each([&](std::uint32_t c, std::uint32_t) { ++near_first_[c + 1]; });
    for (std::uint32_t c = 0; c < cells_; ++c) near_first_[c + 1] += near_first_[c];
    const std::uint32_t all = near_first_[cells_];
    // Filled from each list's end, which brings near_first_[c + 1] down to where list c begins; then it moves back by one.
    each([&](std::uint32_t c, std::uint32_t i) { near_list_[--near_first_[c + 1]] = i; });
    for (std::uint32_t c = 0; c < cells_; ++c) near_first_[c] = near_first_[c + 1];
    near_first_[cells_] = all;
    for (std::uint32_t c = 0; c < cells_; ++c) {
      const std::uint32_t first = near_first_[c], count = std::min(near_first_[c + 1] - first, kMostNear);
      near_first_[c] = (count == 1 ? near_list_[first] : first) << kNearBits | count;
    }
  }

  void list_reached() {
    const std::uint32_t blocks = plan_.blocks_x * plan_.blocks_y;
    const float half = kBlock / kDiagonal;
    // Calls visit(block, entry) for each block with the obstacle within reach.
    const auto each = [&](auto&& visit) {
      for (std::uint32_t i = 0; i < state_.obstacle_count; ++i) {
        const Obstacle& obstacle = obstacles_[i];
        const float around =
            plan_.reach + kReachSlack +
            (obstacle.round != 0 ? obstacle.half_x
                                 : std::sqrt(obstacle.half_x * obstacle.half_x + obstacle.half_y * obstacle.half_y));
        const auto block_of = [](float along, std::uint32_t count) {
          return static_cast<std::uint32_t>(std::fmin(std::fmax(along / kBlock, 0.0f), static_cast<float>(count - 1)));
        };
        const std::uint32_t last_x = block_of(obstacle.x + around, plan_.blocks_x),
                            last_y = block_of(obstacle.y + around, plan_.blocks_y);
        for (std::uint32_t y = block_of(obstacle.y - around, plan_.blocks_y); y <= last_y; ++y) {
          for (std::uint32_t x = block_of(obstacle.x - around, plan_.blocks_x); x <= last_x; ++x) {
            const float least = distance_to(obstacle, (static_cast<float>(x) + 0.5f) * kBlock,
                                            (static_cast<float>(y) + 0.5f) * kBlock) -
                                half;
            if (least > plan_.reach + kReachSlack) continue;
            const float steps = std::fmin(std::fmax(least * kEntrySteps - 1, 0.0f), float{kMostEntrySteps});
            visit(y * plan_.blocks_x + x, static_cast<std::uint32_t>(steps) << kEntryShift | i);
          }
        }
      }
    };
    each([&](std::uint32_t block, std::uint32_t) { ++reach_first_[block + 1]; });
    for (std::uint32_t b = 0; b < blocks; ++b) reach_first_[b + 1] += reach_first_[b];
    const std::uint32_t all = reach_first_[blocks];
    // As list_near() fills its lists.
    each([&](std::uint32_t block, std::uint32_t entry) { reach_list_[--reach_first_[block + 1]] = entry; });
    for (std::uint32_t b = 0; b < blocks; ++b) reach_first_[b] = reach_first_[b + 1];
    reach_first_[blocks] = all;
    for (std::uint32_t b = 0; b < blocks; ++b)
      std::sort(reach_list_ + reach_first_[b], reach_list_ + reach_first_[b + 1]);
  }

  void set_sources() {
    Draws draws(seed_, for_sources);
    const SourceParameters& sources = world_.sources;
    for (std::uint32_t s = 0; s < sources.count; ++s) {
      // Every other source is near a spot: life is where agents are.
      const std::uint32_t spot = s / 2 % state_.spot_count;
      float x = state_.spots_x[spot], y = state_.spots_y[spot];
      for (std::uint32_t attempt = 0; attempt < 20; ++attempt) {
        const float here_x =
            s % 2 ? draws.between(5, world_.site.width - 5) : state_.spots_x[spot] + draws.between(-20, 20);
        const float here_y =
            s % 2 ? draws.between(5, world_.site.depth - 5) : state_.spots_y[spot] + draws.between(-20, 20);
        if (!clear_of_obstacles(here_x, here_y, 1)) continue;
        x = here_x;
        y = here_y;
        break;
      }
      const double level = double{draws.between(sources.quietest, sources.loudest)};
      // Even in pitch, not in hertz.
      const double lowest = logarithm(double{sources.lowest}), highest = logarithm(double{sources.highest});
      const double frequency = exponential(lowest + (highest - lowest) * double{draws.unit()});
      state_.sources[s] = {.x = x,
                           .y = y,
                           .power = static_cast<float>(squared_pressure(level)),
                           .frequency = static_cast<float>(frequency)};
    }
    state_.source_count = sources.count;
  }

  const Plan& plan_;
  const Parameters& world_;
  std::uint64_t seed_;
  State& state_;
  Obstacle* obstacles_;
  float* distance_;
  std::uint32_t* near_first_;
  std::uint32_t* near_list_;
  std::uint32_t* reach_first_;
  std::uint32_t* reach_list_;
  std::uint8_t* ways_;
  std::uint32_t cells_;
};

}  // namespace

void build_site(const Plan& plan, std::byte* block) { Builder(plan, block).build(); }

}  // namespace sensorium::world
