// What an engine has done and what that took; and what an engine of some options would take, before there is one.
#pragma once

#include "sensorium/types.h"

namespace sensorium {

// A figure of Engine::metrics() a member, in the order of schema::metrics(), which says what each is. All are f64, so that they
// are also a plain list of numbers; counts are exact to 2^53. What was not timed, or is not there, is 0.
//
// Ticks are timed on the machine's own monotonic clock, whatever times the engine is given. Quantiles are those of a histogram
// of fixed size (as HdrHistogram's: 64 buckets an octave, nearest rank): at most 1 % beside the exact ones, and never beyond min
// and max. Where the clock's step is longer than a tick, as in browsers, single figures are multiples of that step; means and
// shares are still right over many ticks, because a step falls into a stage as often as the stage is long.
struct Metrics {
  double cycles;
  double agent_cycles;
  double anomalies;
  double predictions;
  double sensors_lost;
  double sensors_lost_now;
  double places;

  struct Latency {
    double count, min, mean, p50, p95, p99, max, resolution;
  } latency;
  double rate;
  double agent_rate;

  // In the order of a tick.
  struct StageFigures {
    double locate, ingest, fuse, infer, remember, detect, predict, report, map, history;
  };
  struct Stages {
    double count;
    StageFigures seconds;
    StageFigures share;
  } stages;

  // The engine's block: the parts add up to the total.
  struct Memory {
    double total, inputs, results, state, network, search, map, history, metrics, exchange, other;
  } memory;
};

// Bytes of one part of an engine, or for one of its options.
struct PartBytes {
  std::string_view name;
  std::uint64_t bytes;
};
struct OptionBytes {
  std::string_view option;   // "neighbors.k"
  std::string_view without;  // what it is compared with: "0"
  std::uint64_t bytes;       // that an engine with all else the same needs less
};

struct Explanation {
  std::uint32_t agents;
  std::uint64_t bytes;            // required_bytes()
  List<PartBytes, 10> parts;      // as Metrics::Memory; they add up to `bytes`
  List<OptionBytes, 16> options;  // each on its own; those that cost nothing are left out
};

// What the engine of a configuration would be made of; or why there can be none. Nothing is made.
Result<Explanation> explain(const Config& config);

}  // namespace sensorium
