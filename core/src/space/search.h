// The search itself, templated on the ISA: for a range of the sort, each agent's neighbours.
#pragma once

#include "append.h"
#include "neighbors.h"

namespace sensorium {
namespace {

// Those found within the radius so far, from which the k nearest are chosen by (squared distance, index).
struct Found {
  static constexpr std::uint32_t kRoom = 64;
  alignas(64) float squares[kRoom + 2 * kSearchPadding];
  alignas(64) std::uint32_t ids[kRoom + 2 * kSearchPadding];
  std::uint32_t size;
  std::uint32_t count;  // of all within the radius, also those no longer kept
  float limit;          // none further than this can be among the k nearest
  std::uint32_t last;   // the index of the k-th, where limit is its squared distance
};

// Those found, in order.
struct Nearest {
  alignas(64) float squares[Found::kRoom + kSearchPadding];
  alignas(64) std::uint32_t ids[Found::kRoom + kSearchPadding];
};

// The place of each is the number of those before it: no branch depends on what was found. Ties go by index.
template <class S, std::uint32_t Vectors>
[[gnu::always_inline]] inline void place_each(const Found& found, Nearest& nearest) {
  using F = typename S::F;
  F all[Vectors];
  for (std::uint32_t v = 0; v < Vectors; ++v) all[v] = S::load(found.squares + v * S::width);
  const std::size_t size = found.size;
  std::uint64_t taken = 0;
  for (std::size_t i = 0; i < size; ++i) {
    const F own = S::all(found.squares[i]);
    std::uint64_t before = 0;
    for (std::uint32_t v = 0; v < Vectors; ++v) before |= std::uint64_t{(all[v] < own).mask()} << (v * S::width);
    const std::uint32_t place = static_cast<std::uint32_t>(__builtin_popcountll(before));
    taken |= std::uint64_t{1} << place;
    nearest.squares[place] = found.squares[i];
    nearest.ids[place] = found.ids[i];
  }
  if (static_cast<std::size_t>(__builtin_popcountll(taken)) == size) return;
  // Some are equally far, and took each other's place.
  for (std::uint32_t i = 0; i < found.size; ++i) {
    const F own = S::all(found.squares[i]);
    const typename S::U id(found.ids[i]);
    std::uint64_t before = 0;
    for (std::uint32_t v = 0; v < Vectors; ++v) {
      const auto lower = xsimd::batch_bool_cast<float>(S::U::load_aligned(found.ids + v * S::width) < id);
      before |= std::uint64_t{((all[v] < own) | ((all[v] == own) & lower)).mask()} << (v * S::width);
    }
    const std::uint32_t place = static_cast<std::uint32_t>(__builtin_popcountll(before));
    nearest.squares[place] = found.squares[i];
    nearest.ids[place] = found.ids[i];
  }
}

// Puts all that were found in order.
template <class S>
[[gnu::always_inline]] inline void order(Found& found, Nearest& nearest) {
  // What lies behind the last one counts as infinitely far.
  const auto fill = [&](std::uint32_t end) {
    for (std::uint32_t at = found.size; at < end; at += S::width) S::all(kInfinity).store_unaligned(found.squares + at);
  };
  if (found.size <= 16) {
    fill(16);
    place_each<S, 16 / S::width>(found, nearest);
  } else if (found.size <= 32) {
    fill(32);
    place_each<S, 32 / S::width>(found, nearest);
  } else {
    fill(Found::kRoom);
    place_each<S, Found::kRoom / S::width>(found, nearest);
  }
}

// The run of one strip in which neighbours can be; it only moves forward as the sweep does.
struct Run {
  std::uint32_t begin;  // the strip's own bounds
  std::uint32_t end;
  std::uint32_t from;
  std::uint32_t to;
};

// What one agent looks for.
struct Seeker {
  float sweep, y, z;
  float square;        // of its radius
  std::uint32_t self;  // its place in the sort
  std::uint32_t interest;
  float heading[3];  // along sweep, y, z
  float reach;       // cos(fov / 2) * |heading|; used where `sees` is set
  bool limited;      // by a field of view
};

template <class S, bool Flat, bool Filtered>
struct Search {
  using F = typename S::F;

  const SearchMemory& memory;
  std::uint32_t k;

  // Looks at places from .. from + width - 1 of the sort, of which those from `end` on are another strip's.
  // `Own`: the agent itself may be among them.
  template <bool Own>
  [[gnu::always_inline]] void look(const Seeker& seeker, std::uint32_t from, std::uint32_t end, Found& found) const {
    const F along = F::load_unaligned(memory.sweep + from) - S::all(seeker.sweep);
    const F across = F::load_unaligned(memory.y + from) - S::all(seeker.y);
    F square = along * along + across * across;
    F up = S::all(0);
    if constexpr (!Flat) {
      up = F::load_unaligned(memory.z + from) - S::all(seeker.z);
      square = square + up * up;
    }
    auto near = square <= S::all(seeker.square);
    if constexpr (Filtered) {
      if (seeker.limited) {
        const F ahead =
            along * S::all(seeker.heading[0]) + across * S::all(seeker.heading[1]) + up * S::all(seeker.heading[2]);
        near = near & ((ahead >= S::all(seeker.reach) * S::sqrt(square)) | (square == S::all(0)));
      }
    }
    std::uint64_t hits = near.mask();
    if (end - from < S::width) hits &= (std::uint64_t{1} << (end - from)) - 1;
    if (Own && seeker.self - from < S::width) hits &= ~(std::uint64_t{1} << (seeker.self - from));
    if constexpr (Filtered) {
      if (memory.groups) {
        for (std::uint64_t left = hits; left; left &= left - 1) {
          const std::uint32_t lane = static_cast<std::uint32_t>(__builtin_ctzll(left));
          if (!(memory.groups[from + lane] & seeker.interest)) hits &= ~(std::uint64_t{1} << lane);
        }
      }
    }
    found.count += static_cast<std::uint32_t>(__builtin_popcountll(hits));
    if (!(found.limit < seeker.square)) {
      found.size =
          append<S>(found.squares, found.ids, found.size, square, S::U::load_unaligned(memory.agents + from), hits);
    } else {
      hits &= (square <= S::all(found.limit)).mask();
      alignas(64) float squares[S::width];
      S::store(squares, square);
      for (; hits; hits &= hits - 1) {
        const std::uint32_t lane = static_cast<std::uint32_t>(__builtin_ctzll(hits));
        const std::uint32_t id = memory.agents[from + lane];
        // As far as the k-th, but of a higher index: in a crowd on one spot that is everyone else.
        if (squares[lane] == found.limit && id > found.last) continue;
        found.squares[found.size] = squares[lane];
        found.ids[found.size++] = id;
      }
    }
    if (found.size > Found::kRoom - S::width) prune(found);
  }

  void prune(Found& found) const {
    Nearest nearest;
    order<S>(found, nearest);
    if (found.size >= k && k > 0) {
      found.limit = nearest.squares[k - 1];
      found.last = nearest.ids[k - 1];
    }
    if (found.size > k) found.size = k;
    for (std::uint32_t i = 0; i < found.size; ++i) {
      found.squares[i] = nearest.squares[i];
      found.ids[i] = nearest.ids[i];
    }
  }

  // Outward from where the agent would stand in the strip, until enough are counted and nothing nearer can come.
  template <bool Own>
  void look_outward(const Seeker& seeker, const Run& run, std::uint32_t to, Found& found) const {
    // The first place not before the agent's own.
    std::uint32_t low = run.from, high = to;
    while (low < high) {
      const std::uint32_t middle = low + (high - low) / 2;
      if (memory.sweep[middle] < seeker.sweep)
        low = middle + 1;
      else
        high = middle;
    }
    const auto enough = [&](float distance, std::uint32_t place, bool rising) {
      const float square = distance * distance;
      if (square > seeker.square) return true;
      if (found.count < kMostCounted) return false;
      if (k == 0) return true;
      if (!(found.limit < kInfinity)) return false;
      // Of equally far ones at the same sweep coordinate, those further on in the sort have higher indices.
      return square > found.limit || (rising && square == found.limit && memory.agents[place] > found.last);
    };
    for (std::uint32_t from = low; from < to; from += S::width) {
      if (enough(memory.sweep[from] - seeker.sweep, from, true)) break;
      look<Own>(seeker, from, to, found);
      if (found.count >= kMostCounted && found.size > k) prune(found);
    }
    for (std::uint32_t end = low; end > run.from;) {
      if (enough(seeker.sweep - memory.sweep[end - 1], end - 1, false)) break;
      const std::uint32_t from = end - run.from < S::width ? run.from : end - S::width;
      look<Own>(seeker, from, end, found);
      if (found.count >= kMostCounted && found.size > k) prune(found);
      end = from;
    }
  }
};

template <class S, bool Flat, bool Filtered>
void search_range(const Sorted& sorted, const SearchColumns& columns, const SearchOptions& options,
                  const SearchMemory& memory, std::uint32_t first, std::uint32_t last, const NeighborColumns& out) {
  // Runs this short are looked at from end to end.
  constexpr std::uint32_t kShort = 192;
  const Search<S, Flat, Filtered> search{memory, options.k};
  const float widest_square = sorted.widest * sorted.widest;
  const auto beyond = [&](float distance) { return distance > 0 && distance * distance > widest_square; };

  Run runs[9];
  std::uint32_t run_count = 0;
  std::uint32_t own_run = 0;
  std::uint32_t strip = 0;
  for (std::uint32_t low = 0, high = sorted.strips; low < high;) {
    const std::uint32_t middle = low + (high - low) / 2;
    if (memory.strips[middle].end <= first)
      low = middle + 1;
    else
      high = middle;
    strip = low;
  }
  bool fresh = true;
  for (std::uint32_t p = first; p < last; ++p) {
    if (p >= memory.strips[strip].end) {
      ++strip;
      fresh = true;
    }
    const float sweep = memory.sweep[p];
    if (fresh) {
      fresh = false;
      run_count = 0;
      const Strip& own = memory.strips[strip];
      for (std::int32_t dz = Flat ? 0 : -1; dz <= (Flat ? 0 : 1); ++dz) {
        // The first strip not below (z + dz, y - 1), then up to three from there.
        std::uint32_t low = 0, high = sorted.strips;
        while (low < high) {
          const std::uint32_t middle = low + (high - low) / 2;
          const Strip& s = memory.strips[middle];
          if (s.z < own.z + dz || (s.z == own.z + dz && s.y < own.y - 1))
            low = middle + 1;
          else
            high = middle;
        }
        for (; low < sorted.strips && memory.strips[low].z == own.z + dz && memory.strips[low].y <= own.y + 1; ++low) {
          const Strip& s = memory.strips[low];
          // Where the run begins is searched once; from there on it only moves.
          std::uint32_t a = s.begin, b = s.end;
          while (a < b) {
            const std::uint32_t middle = a + (b - a) / 2;
            if (beyond(sweep - memory.sweep[middle]))
              a = middle + 1;
            else
              b = middle;
          }
          if (low == strip) own_run = run_count;
          runs[run_count++] = {s.begin, s.end, a, a};
        }
      }
    }
    const std::uint32_t agent = memory.agents[p];
    Seeker seeker;
    seeker.sweep = sweep;
    seeker.y = memory.y[p];
    seeker.z = memory.z[p];
    seeker.self = p;
    float radius = options.radius;
    if (columns.radius && columns.radius[agent] > 0 && columns.radius[agent] <= kFarthest)
      radius = columns.radius[agent];
    seeker.square = radius * radius;
    seeker.limited = false;
    seeker.interest = 0xFFFFFFFFu;
    if constexpr (Filtered) {
      if (columns.interest) seeker.interest = columns.interest[agent];
      if (columns.heading[0]) {
        const float hx = columns.heading[0][agent], hy = columns.heading[1][agent], hz = columns.heading[2][agent];
        const float length = hx * hx + hy * hy + hz * hz;
        seeker.limited = options.cos_half_fov > -1 && length > 0 && length <= kFarthest;
        seeker.heading[0] = sorted.axis ? hy : hx;
        seeker.heading[1] = sorted.axis ? hx : hy;
        seeker.heading[2] = hz;
        seeker.reach = options.cos_half_fov * std::sqrt(length);
      }
    }

    Found found;
    found.size = found.count = 0;
    found.limit = kInfinity;
    found.last = 0;
    std::uint32_t total = 0;
    for (std::uint32_t r = 0; r < run_count; ++r) {
      Run& run = runs[r];
      // A vector at a time, so that the branches are mostly not taken.
      while (run.from + S::width <= run.end && beyond(sweep - memory.sweep[run.from + S::width - 1]))
        run.from += S::width;
      if (run.to < run.from) run.to = run.from;
      while (run.to < run.end && !beyond(memory.sweep[run.to] - sweep)) run.to += S::width;
      total += run.to - run.from;
    }
    const auto end_of = [&](const Run& run) { return run.to < run.end ? run.to : run.end; };
    if (total <= kShort) {
      for (std::uint32_t r = 0; r < run_count; ++r) {
        const std::uint32_t end = end_of(runs[r]);
        if (r == own_run) {
          for (std::uint32_t from = runs[r].from; from < end; from += S::width)
            search.template look<true>(seeker, from, end, found);
        } else {
          for (std::uint32_t from = runs[r].from; from < end; from += S::width)
            search.template look<false>(seeker, from, end, found);
        }
      }
    } else {
      // The own strip first: it brings the limit down for the others.
      search.template look_outward<true>(seeker, runs[own_run], end_of(runs[own_run]), found);
      for (std::uint32_t r = 0; r < run_count; ++r) {
        if (r != own_run) search.template look_outward<false>(seeker, runs[r], end_of(runs[r]), found);
      }
    }

    Nearest nearest;
    order<S>(found, nearest);
    const std::uint32_t valid = found.size < options.k ? found.size : options.k;
    out.count[agent] = static_cast<std::uint8_t>(found.count < kMostCounted ? found.count : kMostCounted);
    out.valid[agent] = static_cast<std::uint8_t>(valid);
    std::int32_t* index = out.index + std::size_t{agent} * options.k;
    float* distance = out.distance + std::size_t{agent} * options.k;
    for (std::uint32_t at = 0; at < valid; at += S::width)
      S::store(nearest.squares + at, S::sqrt(S::load(nearest.squares + at)));
    for (std::uint32_t i = 0; i < valid; ++i) {
      index[i] = static_cast<std::int32_t>(nearest.ids[i]);
      distance[i] = nearest.squares[i];
    }
    for (std::uint32_t i = valid; i < options.k; ++i) {
      index[i] = -1;
      distance[i] = -1;
    }
  }
}

}  // namespace

// Neighbours of the agents at places first .. last - 1 of the sort.
template <class S>
void search(const Sorted& sorted, const SearchColumns& columns, const SearchOptions& options,
            const SearchMemory& memory, std::uint32_t first, std::uint32_t last, const NeighborColumns& out) {
  const bool filtered = memory.groups || columns.heading[0];
  const auto run = [&](auto function) { function(sorted, columns, options, memory, first, last, out); };
  if (sorted.flat) {
    filtered ? run(search_range<S, true, true>) : run(search_range<S, true, false>);
  } else {
    filtered ? run(search_range<S, false, true>) : run(search_range<S, false, false>);
  }
}

}  // namespace sensorium
