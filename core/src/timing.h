// How long ticks and, on some of them, their stages take. No state of the engine: two engines that did the same differ here alone,
// so it lies at the end of the block, behind all that is worth saving.
#pragma once

#include "clock.h"
#include "histogram.h"
#include "plan.h"

namespace sensorium {

// In the order of Metrics::StageFigures.
enum class Stage : std::uint32_t { locate, ingest, fuse, infer, remember, detect, predict, report, map, history };
inline constexpr std::uint32_t kStages = 10;

// Nanoseconds a stage, of one block of tiles or, for what is done for all at once, of the engine.
struct StageTimes {
  std::uint64_t stages[kStages];
};

struct Timing {
  Histogram latency;
  std::uint64_t first_start;  // of the first tick that was timed, and of the last one
  std::uint64_t last_start;
  double agent_cycles;    // of the ticks that were timed
  std::uint64_t sampled;  // ticks whose stages were timed
  StageTimes total;       // of those, over all blocks
};

// Notes how long each stage of a block took, one after the other; does nothing where nobody asks.
class Laps {
 public:
  explicit Laps(StageTimes* times) : times_(times), before_(times ? clock_nanoseconds() : 0) {}

  void note(Stage stage) {
    if (!times_) return;
    const std::uint64_t now = clock_nanoseconds();
    times_->stages[static_cast<std::uint32_t>(stage)] += now - before_;
    before_ = now;
  }
  // What was done since the last note is noted elsewhere.
  void skip() {
    if (times_) before_ = clock_nanoseconds();
  }

 private:
  StageTimes* times_;
  std::uint64_t before_;
};

// One tick's timing. Stages are timed block by block as they really run, on what is still in the cache; each block has a place of
// its own for its sums, so that any number of threads can run them.
class TickTimer {
 public:
  TickTimer(const Plan& plan, std::byte* block, double cycles)
      : plan_(plan),
        timing_(plan.timing.on ? reinterpret_cast<Timing*>(block + plan.timing.memory) : nullptr),
        blocks_(reinterpret_cast<StageTimes*>(block + plan.timing.blocks)),
        start_(timing_ ? clock_nanoseconds() : 0) {
    // The last of each `stages_every`: the very first tick is like no other.
    const std::uint32_t every = plan.timing.stages_every;
    sampled_ = timing_ && every && static_cast<std::uint64_t>(cycles) % every == every - 1;
  }

  // Where stages note their times; null unless this tick's are asked for.
  StageTimes* engine() const { return sampled_ ? &timing_->total : nullptr; }
  StageTimes* of_block(std::uint32_t index) const { return sampled_ ? &blocks_[index] : nullptr; }

  void finish(double agents) {
    if (!timing_) return;
    timing_->latency.add(clock_nanoseconds() - start_);
    if (timing_->latency.count() == 1) timing_->first_start = start_;
    timing_->last_start = start_;
    timing_->agent_cycles += agents;
    if (sampled_) add_up();
  }

 private:
  void add_up() {
    ++timing_->sampled;
    for (std::uint32_t index = 0; index < plan_.blocks; ++index) {
      for (std::uint32_t stage = 0; stage < kStages; ++stage)
        timing_->total.stages[stage] += blocks_[index].stages[stage];
      blocks_[index] = {};
    }
  }

  const Plan& plan_;
  Timing* timing_;
  StageTimes* blocks_;
  std::uint64_t start_;
  bool sampled_;
};

}  // namespace sensorium
