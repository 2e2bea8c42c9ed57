#include "think.h"

#include <algorithm>

#include "exponential.h"
#include "geometry.h"

namespace sensorium::world {
namespace {

// The first so many live about the spots; the others are spread evenly over the site, so that it never gets too full. Those wander
// about where they began.
constexpr std::uint32_t kRegulars = 1000;
constexpr std::uint32_t kCrowd = 6;                     // others close by
constexpr float kAlarm = 20, kSafe = 30, kEarshot = 6;  // m from an intruder: seen; left; heard behind an obstacle
constexpr float kBlast = 60, kBlastSeen = 3,
                kBlastFear = 8;  // m, s, s: who is near, for so long, is afraid for so much longer
constexpr float kCrush = 10;     // m
constexpr std::size_t kMostCandidates = 64;

// Who an agent is, always the same.
struct Person {
  std::uint32_t spot;
  float pace;  // of the world's preferred speed
  bool worker, late_shift;
};

Person person(const Plan& plan, std::uint32_t agent) {
  Draws draws(plan.options.seed, for_person, agent);
  const Parameters& world = plan.parameters();
  return {.spot = draws.below(world.spots.count),
          .pace = draws.between(0.75f, 1.25f),
          .worker = draws.unit() < world.agents.workers,
          .late_shift = draws.unit() < 0.5f};
}

bool on_shift(const AgentParameters& agents, const Person& who, double hour) {
  if (!who.worker) return false;
  double since = hour - double{agents.shift_begin} - (who.late_shift ? 8 : 0);
  while (since < 0) since += 24;
  return since < 8;
}

bool roomy(const Scene& scene, float x, float y, float room) {
  return x > 2 && y > 2 && x < scene.width - 2 && y < scene.depth - 2 &&
         scene.distance[cell_of(scene, x, y)] > room + scene.cell * 0.71f;
}

// Uniform over a disc, by rejection.
void in_disc(Draws& draws, float radius, float& dx, float& dy) {
  do {
    dx = draws.between(-1, 1);
    dy = draws.between(-1, 1);
  } while (dx * dx + dy * dy > 1);
  dx *= radius;
  dy *= radius;
}

class Thinker {
 public:
  Thinker(const Plan& plan, const Scene& scene, const Kernels& kernels, std::byte* block, std::uint32_t index)
      : plan_(plan),
        scene_(scene),
        state_(*scene.state),
        world_(*scene.world),
        kernels_(kernels),
        tile_(scene.tiles[index]),
        bucket_first_(reinterpret_cast<const std::uint32_t*>(block + plan.bucket_first)),
        bucket_agents_(reinterpret_cast<const std::uint32_t*>(block + plan.bucket_agents)),
        first_(index * kRows),
        rows_(std::min(kRows, scene.agents - index * kRows)),
        now_(static_cast<double>(state_.tick) * plan.tick_seconds) {}

  void think() {
    tile_.close[0] = tile_.close[1] = 0;
    for (std::uint32_t r = 0; r < rows_; ++r) meet(r);
    kernels_.look(scene_, first_ / kRows);
    see_intruder();
    for (std::uint32_t r = 0; r < rows_; ++r) {
      take_in(r);
      decide(r);
    }
    tile_.truth_changed = true;
  }

 private:
  // The nearest others, at most kKnown within kSight. In a crowd it looks only as far as it needs to find enough.
  void meet(std::uint32_t r) {
    const float x = tile_.x[r], y = tile_.y[r];
    const std::int32_t bx = static_cast<std::int32_t>(x / kBucket), by = static_cast<std::int32_t>(y / kBucket);
    const std::int32_t last_x = static_cast<std::int32_t>(plan_.buckets_x) - 1,
                       last_y = static_cast<std::int32_t>(plan_.buckets_y) - 1;
    std::int32_t reach = static_cast<std::int32_t>(kSight / kBucket);
    const auto each_row = [&](auto&& visit) {
      const std::int32_t from = std::max(bx - reach, 0), to = std::min(bx + reach, last_x);
      for (std::int32_t row = std::max(by - reach, 0); row <= std::min(by + reach, last_y); ++row) {
        visit(bucket_first_[row * (last_x + 1) + from], bucket_first_[row * (last_x + 1) + to + 1]);
      }
    };
    for (; reach > 1; --reach) {
      std::size_t found = 0;
      each_row([&](std::uint32_t begin, std::uint32_t end) { found += end - begin; });
      if (found <= kMostCandidates) break;
    }
    Found nearest;
    each_row([&](std::uint32_t begin, std::uint32_t end) {
      for (std::uint32_t i = begin; i < end; ++i) {
        if (nearest.count == Found::kRoom) kernels_.keep_nearest(scene_, x, y, first_ + r, nearest);
        nearest.agents[nearest.count++] = bucket_agents_[i];
      }
    });
    kernels_.keep_nearest(scene_, x, y, first_ + r, nearest);
    const std::uint32_t count = nearest.count, close = nearest.close;
    float speech = 0;
    // Who talks does so for four seconds at a time.
    const std::uint32_t key = random_key(plan_.options.seed, static_cast<std::uint64_t>(now_ / 4), for_sounding);
    for (std::uint32_t i = 0; i < kKnown; ++i) {
      tile_.known[i][r] = i < count ? nearest.agents[i] : first_ + r;
      if (i >= count || !close || nearest.squares[i] > 8 * 8) continue;
      if (unit_interval(random_bits(key, nearest.agents[i])) < 0.3f) speech += 1 / std::max(nearest.squares[i], 0.25f);
    }
    tile_.known_count[r] = count;
    tile_.speech[r] = speech;
    const std::uint16_t bit = static_cast<std::uint16_t>(1u << r);
    if (count == 0) tile_.close[0] |= bit;
    if (close >= kCrowd) tile_.close[1] |= bit;
  }

  const Happening* going_on(Incident incident) const {
    const Happening& happening = state_.happenings[static_cast<std::size_t>(incident)];
    return state_.tick >= happening.from && state_.tick < happening.to ? &happening : nullptr;
  }
  float square_to(std::uint32_t r, const Happening& happening) const {
    const float dx = tile_.x[r] - happening.x, dy = tile_.y[r] - happening.y;
    return dx * dx + dy * dy;
  }

  // One ray an agent that is near enough.
  void see_intruder() {
    tile_.sees_intruder = 0;
    const Happening* const intruder = going_on(Incident::intruder);
    if (!intruder) return;
    alignas(64) float z[kRows], dx[kRows], dy[kRows], range[kRows], length[kRows];
    std::uint16_t near = 0;
    for (std::uint32_t r = 0; r < kRows; ++r) {
      const float square = square_to(r, *intruder);
      range[r] = std::sqrt(square);
      dx[r] = range[r] > 0 ? (intruder->x - tile_.x[r]) / range[r] : 1;
      dy[r] = range[r] > 0 ? (intruder->y - tile_.y[r]) / range[r] : 0;
      z[r] = tile_.z[r] + world_.visual.eye;
      if (r < rows_ && square < kAlarm * kAlarm) near = static_cast<std::uint16_t>(near | 1u << r);
    }
    if (!near) return;
    kernels_.cast(scene_, tile_.x, tile_.y, z, dx, dy, range, near, length);
    for (std::uint32_t r = 0; r < rows_; ++r) {
      if (!(near >> r & 1)) continue;
      const bool sees = length[r] >= range[r];
      if (sees) tile_.sees_intruder = static_cast<std::uint16_t>(tile_.sees_intruder | 1u << r);
      if (sees || range[r] < kEarshot) noticed_ = static_cast<std::uint16_t>(noticed_ | 1u << r);
    }
  }

  // Whether its sound has arrived and is louder than what a microphone calls loud; see measure_audio().
  bool hears_blast(std::uint32_t r, const Happening& blast) const {
    const float square = square_to(r, blast);
    const double heard = double{scene_.since_blast} - std::sqrt(double{square}) / double{kSoundSpeed};
    if (heard < 0) return false;
    const std::uint32_t cell = static_cast<std::uint32_t>(tile_.y[r] / kSoundCell) * scene_.sound_x +
                               static_cast<std::uint32_t>(tile_.x[r] / kSoundCell);
    const float passes = scene_.muffled[cell] >> kBlastBit & 1 ? scene_.barrier : 1.0f;
    const double power =
        double{kBlastPower * passes / std::max(square, 0.25f)} * exponential(heard * double{-2 / kBlastDecay});
    return power > double{scene_.loud} * double{scene_.loud};
  }

  static constexpr std::uint8_t bit(Incident incident) {
    return static_cast<std::uint8_t>(1u << static_cast<std::uint32_t>(incident));
  }

  // Which incidents are about the agent.
  void take_in(std::uint32_t r) {
    std::uint8_t about = 0;
    float nearest = kInfinity;
    // Of two threats the nearer one is fled from.
    const auto fear = [&](const Happening& threat, double seconds) {
      tile_.afraid_until[r] = now_ + seconds;
      if (square_to(r, threat) >= nearest) return;
      nearest = square_to(r, threat);
      tile_.feared_x[r] = threat.x;
      tile_.feared_y[r] = threat.y;
    };
    if (const Happening* explosion = going_on(Incident::explosion)) {
      const bool near = square_to(r, *explosion) < kBlast * kBlast && scene_.since_blast < kBlastSeen;
      if (near || hears_blast(r, *explosion)) about |= bit(Incident::explosion);
      if (near) fear(*explosion, double{kBlastFear});
    }
    if (const Happening* intruder = going_on(Incident::intruder)) {
      const bool before = tile_.about[r] & bit(Incident::intruder);
      if (noticed_ >> r & 1 || (before && square_to(r, *intruder) < kSafe * kSafe)) {
        about |= bit(Incident::intruder);
        fear(*intruder, 3);
      }
    }
    if (const Happening* crush = going_on(Incident::crush)) {
      if (square_to(r, *crush) < kCrush * kCrush) about |= bit(Incident::crush);
    }
    tile_.about[r] = about;
  }

  void decide(std::uint32_t r) {
    const std::uint32_t agent = first_ + r;
    const Person who = person(plan_, agent);
    const float pace = who.pace * world_.agents.speed;
    float dx = 0, dy = 0, speed = pace;
    tile_.top_speed[r] = 1.3f * pace;
    if (now_ < tile_.afraid_until[r]) {
      speed = tile_.top_speed[r] = world_.agents.flight * who.pace;
      way_out(r, dx, dy);
      tile_.doing[r] = static_cast<std::uint8_t>(Doing::flee);
      tile_.until[r] = now_;
    } else if (tile_.about[r] & bit(Incident::crush)) {
      const Happening& crush = *going_on(Incident::crush);
      dx = crush.x - tile_.x[r];
      dy = crush.y - tile_.y[r];
    } else {
      const float to_x = tile_.goal_x[r] - tile_.x[r], to_y = tile_.goal_y[r] - tile_.y[r];
      const bool arrived = to_x * to_x + to_y * to_y < 1;
      const Doing doing = static_cast<Doing>(tile_.doing[r]);
      const bool passing = doing == Doing::wander || doing == Doing::travel;
      if (now_ >= tile_.until[r] || (passing && arrived)) choose(r, agent, who);
      way_to_goal(r, dx, dy);
      const float left_x = tile_.goal_x[r] - tile_.x[r], left_y = tile_.goal_y[r] - tile_.y[r];
      const float left = std::sqrt(left_x * left_x + left_y * left_y);
      speed *= std::min(1.0f, std::max(left - 0.3f, 0.0f));
    }
    const float length = std::sqrt(dx * dx + dy * dy);
    if (length > 0) {
      dx *= speed / length;
      dy *= speed / length;
      keep_clear(r, speed, dx, dy);
    }
    tile_.wish_x[r] = dx;
    tile_.wish_y[r] = dy;
  }

  void choose(std::uint32_t r, std::uint32_t agent, const Person& who) {
    Draws draws(plan_.options.seed, for_decision, std::uint64_t{tile_.draws[r]++} << 32 | agent);
    const float luck = draws.unit();
    const bool working = on_shift(world_.agents, who, state_.hour);
    Doing doing = Doing::wander;
    double seconds = 40;
    float from_x = tile_.x[r], from_y = tile_.y[r], spread = 40;
    if (agent < kRegulars) {
      if (working ? tile_.doing[r] == static_cast<std::uint8_t>(Doing::work) : luck > 0.85f) {
        doing = Doing::travel;
        seconds = 300;
        spread = world_.spots.radius;
        tile_.spot[r] =
            static_cast<std::uint8_t>((tile_.spot[r] + 1 + draws.below(state_.spot_count - 1)) % state_.spot_count);
      } else if (working || luck < 0.45f) {
        doing = working ? Doing::work : Doing::gather;
        seconds = double{working ? draws.between(5, 15) : draws.between(15, 60)};
        spread = world_.spots.radius;
      } else {
        spread = world_.spots.spread;
      }
      from_x = state_.spots_x[tile_.spot[r]];
      from_y = state_.spots_y[tile_.spot[r]];
    } else if (luck < 0.15f) {
      doing = working ? Doing::work : Doing::gather;
      seconds = double{draws.between(5, 20)};
      spread = 1;
    } else {
      from_x = tile_.home_x[r];
      from_y = tile_.home_y[r];
    }
    float x = from_x, y = from_y;
    for (std::uint32_t attempt = 0; attempt < 6; ++attempt) {
      float dx, dy;
      in_disc(draws, spread, dx, dy);
      if (!roomy(scene_, from_x + dx, from_y + dy, kBody)) continue;
      x = from_x + dx;
      y = from_y + dy;
      break;
    }
    tile_.goal_x[r] = x;
    tile_.goal_y[r] = y;
    tile_.doing[r] = static_cast<std::uint8_t>(doing);
    tile_.until[r] = now_ + seconds;
  }

  // The direction that leads to a spot from where the agent is; false where none is known, or none is needed.
  bool way_to_spot(std::uint32_t r, std::uint32_t spot, float& dx, float& dy) const {
    const std::size_t cells = std::size_t{plan_.cells_x} * plan_.cells_y;
    const std::uint8_t* const ways = scene_.ways + spot * cells;
    std::uint32_t cell = cell_of(scene_, tile_.x[r], tile_.y[r]);
    // To the middle of the cell after the next, so that steps do not zigzag.
    std::uint32_t steps = 0;
    for (; steps < 2 && ways[cell] < 8; ++steps) {
      const std::uint8_t way = ways[cell];
      cell = static_cast<std::uint32_t>(static_cast<std::int32_t>(cell) +
                                        kStepY[way] * static_cast<std::int32_t>(plan_.cells_x) + kStepX[way]);
    }
    if (!steps) return false;
    dx = (static_cast<float>(cell % plan_.cells_x) + 0.5f) * scene_.cell - tile_.x[r];
    dy = (static_cast<float>(cell / plan_.cells_x) + 0.5f) * scene_.cell - tile_.y[r];
    return true;
  }

  void way_to_goal(std::uint32_t r, float& dx, float& dy) const {
    dx = tile_.goal_x[r] - tile_.x[r];
    dy = tile_.goal_y[r] - tile_.y[r];
    if (tile_.doing[r] == static_cast<std::uint8_t>(Doing::travel) && dx * dx + dy * dy > 8 * 8)
      way_to_spot(r, tile_.spot[r], dx, dy);
  }

  // Away from what is feared, by the way to whichever spot leads most directly from it.
  void way_out(std::uint32_t r, float& dx, float& dy) const {
    const float away_x = tile_.x[r] - tile_.feared_x[r], away_y = tile_.y[r] - tile_.feared_y[r];
    dx = away_x;
    dy = away_y;
    float best = 0.5f;
    const float away = std::sqrt(away_x * away_x + away_y * away_y);
    for (std::uint32_t s = 0; s < state_.spot_count; ++s) {
      float x, y;
      if (!way_to_spot(r, s, x, y)) continue;
      const float straight = (x * away_x + y * away_y) / std::max(away * std::sqrt(x * x + y * y), 1e-6f);
      if (straight <= best) continue;
      best = straight;
      dx = x;
      dy = y;
    }
  }

  // Bends a wish away from obstacles nearer than two metres.
  void keep_clear(std::uint32_t r, float speed, float& dx, float& dy) const {
    const std::uint32_t cell = cell_of(scene_, tile_.x[r], tile_.y[r]);
    const std::uint32_t cx = cell % plan_.cells_x, cy = cell / plan_.cells_x;
    const float distance = scene_.distance[cell];
    if (distance > 2 || cx == 0 || cy == 0 || cx + 1 == plan_.cells_x || cy + 1 == plan_.cells_y) return;
    const float gx = scene_.distance[cell + 1] - scene_.distance[cell - 1];
    const float gy = scene_.distance[cell + plan_.cells_x] - scene_.distance[cell - plan_.cells_x];
    const float length = std::sqrt(gx * gx + gy * gy);
    if (length == 0) return;
    const float strength = 0.35f * speed * std::min(1.0f, 2 - std::max(distance, 1.0f)) / length;
    dx += gx * strength;
    dy += gy * strength;
  }

  const Plan& plan_;
  const Scene& scene_;
  const State& state_;
  const Parameters& world_;
  const Kernels& kernels_;
  Tile& tile_;
  const std::uint32_t* bucket_first_;
  const std::uint32_t* bucket_agents_;
  std::uint32_t first_, rows_;
  double now_;
  std::uint16_t noticed_ = 0;  // rows
};

std::uint32_t bucket_of(const Plan& plan, const Body& body) {
  return static_cast<std::uint32_t>(body.y / kBucket) * plan.buckets_x + static_cast<std::uint32_t>(body.x / kBucket);
}

}  // namespace

// The part of the site in which one of those begins who are spread evenly over it. The 16 of a tile are neighbours, four by four: what
// they look up lies together in memory.
struct Lot {
  float x, y, width, depth;
};
Lot lot_of(const Plan& plan, std::uint32_t agent) {
  const SiteParameters& site = plan.parameters().site;
  constexpr std::uint32_t kSide = 4;
  constexpr std::uint32_t kBegin = kRegulars / kRows * kRows;
  const std::uint32_t all = plan.tiles * kRows - kBegin, number = agent - kBegin;
  const std::uint32_t bands = std::max(
      1u, static_cast<std::uint32_t>(std::sqrt(static_cast<float>(all) * site.depth / site.width) / kSide + 0.5f));
  const std::uint32_t columns = (all + bands * kSide - 1) / (bands * kSide);
  const std::uint32_t band = number / (columns * kSide), column = number / kSide % columns,
                      row = band * kSide + number % kSide;
  const float width = site.width / static_cast<float>(columns), depth = site.depth / static_cast<float>(bands * kSide);
  return {.x = (static_cast<float>(column) + 0.5f) * width,
          .y = (static_cast<float>(row) + 0.5f) * depth,
          .width = width,
          .depth = depth};
}

void place_agents(const Plan& plan, const Scene& scene, std::byte* block) {
  const Parameters& world = plan.parameters();
  const State& state = *scene.state;
  Body* const bodies[2] = {reinterpret_cast<Body*>(block + plan.bodies[0]),
                           reinterpret_cast<Body*>(block + plan.bodies[1])};
  // Those placed already, by bucket: the number after the last one's in each, and after each the one before it; 0: none.
  std::uint32_t* const last = reinterpret_cast<std::uint32_t*>(block + plan.bucket_first);
  std::uint32_t* const before = reinterpret_cast<std::uint32_t*>(block + plan.bucket_agents);
  const auto free_of_others = [&](float x, float y) {
    const auto bucket = [](float along, std::uint32_t buckets) {
      return std::min(static_cast<std::uint32_t>(std::max(along, 0.0f) / kBucket), buckets - 1);
    };
    for (std::uint32_t by = bucket(y - 2 * kBody, plan.buckets_y); by <= bucket(y + 2 * kBody, plan.buckets_y); ++by) {
      for (std::uint32_t bx = bucket(x - 2 * kBody, plan.buckets_x); bx <= bucket(x + 2 * kBody, plan.buckets_x);
           ++bx) {
        for (std::uint32_t i = last[by * plan.buckets_x + bx]; i; i = before[i - 1]) {
          const float dx = bodies[0][i - 1].x - x, dy = bodies[0][i - 1].y - y;
          if (dx * dx + dy * dy < 4.1f * kBody * kBody) return false;
        }
      }
    }
    return true;
  };
  for (std::uint32_t agent = 0; agent < plan.tiles * kRows; ++agent) {
    Tile& tile = scene.tiles[agent / kRows];
    const std::uint32_t r = agent % kRows;
    const Person who = person(plan, agent);
    Draws draws(plan.options.seed, for_start, agent);
    // Near a spot nothing stands.
    float x, y;
    in_disc(draws, 0.7f * std::min(world.spots.clear, world.spots.spread), x, y);
    x += state.spots_x[who.spot];
    y += state.spots_y[who.spot];
    for (std::uint32_t attempt = 0; attempt < 64; ++attempt) {
      float dx, dy;
      in_disc(draws, world.spots.spread, dx, dy);
      float here_x = state.spots_x[who.spot] + dx, here_y = state.spots_y[who.spot] + dy;
      if (agent >= kRegulars) {
        // In its lot or, where that is full, around it.
        const Lot lot = lot_of(plan, agent);
        const float around = 1 + static_cast<float>(attempt / 8);
        here_x = lot.x + draws.between(-0.5f, 0.5f) * lot.width * around;
        here_y = lot.y + draws.between(-0.5f, 0.5f) * lot.depth * around;
      }
      // Where no way leads to a spot from, nobody gets to.
      const std::uint8_t way =
          roomy(scene, here_x, here_y, 2 * kBody)
              ? scene.ways[std::size_t{who.spot} * plan.cells_x * plan.cells_y + cell_of(scene, here_x, here_y)]
              : kNoWay;
      if (way == kNoWay || !free_of_others(here_x, here_y)) continue;
      x = here_x;
      y = here_y;
      break;
    }
    tile.x[r] = tile.goal_x[r] = tile.home_x[r] = x;
    tile.y[r] = tile.goal_y[r] = tile.home_y[r] = y;
    const double angle = double{draws.unit()} * 6.283185307179586;
    tile.forward_x[r] = static_cast<float>(cosine(angle));
    tile.forward_y[r] = static_cast<float>(sine(angle));
    tile.angle[r] = static_cast<float>(angle > 3.141592653589793 ? angle - 6.283185307179586 : angle);
    tile.said_x[r] = x;
    tile.said_y[r] = y;
    tile.z[r] = ground_height(scene, state, x, y);
    tile.spot[r] = static_cast<std::uint8_t>(who.spot);
    tile.scrambled[r] = mix(agent + 0x632be5abu);
    bodies[0][agent] = bodies[1][agent] = {x, y, 0, 0};
    if (agent >= scene.agents) continue;
    std::uint32_t& in_bucket = last[bucket_of(plan, bodies[0][agent])];
    before[agent] = in_bucket;
    in_bucket = agent + 1;
  }
}

void sort_agents(const Plan& plan, const Scene& scene, std::byte* block) {
  std::uint32_t* const first = reinterpret_cast<std::uint32_t*>(block + plan.bucket_first);
  std::uint32_t* const agents = reinterpret_cast<std::uint32_t*>(block + plan.bucket_agents);
  const std::uint32_t buckets = plan.buckets_x * plan.buckets_y;
  std::fill(first, first + buckets + 1, 0u);
  for (std::uint32_t i = 0; i < scene.agents; ++i) ++first[bucket_of(plan, scene.before[i]) + 1];
  for (std::uint32_t b = 0; b < buckets; ++b) first[b + 1] += first[b];
  // From the last, into each bucket from its end: agents stay in order, and first[b + 1] comes down to where bucket b begins.
  for (std::uint32_t i = scene.agents; i-- > 0;) agents[--first[bucket_of(plan, scene.before[i]) + 1]] = i;
  for (std::uint32_t b = 0; b < buckets; ++b) first[b] = first[b + 1];
  first[buckets] = scene.agents;
}

void think(const Plan& plan, const Scene& scene, const Kernels& kernels, std::byte* block, std::uint32_t index) {
  Thinker(plan, scene, kernels, block, index).think();
}

}  // namespace sensorium::world
