// Golden hashes: whole scenarios, every result of every tick, in 16 hexadecimal digits. README.md beside this file says how.
#pragma once

#include <functional>
#include <map>
#include <string>
#include <vector>

#include "sensorium/simulate.h"

namespace sensorium::test {

// A scenario is one engine after another, each fed by the classic load for so many ticks. tests/js/golden.test.ts has the same.
struct GoldenRun {
  Config config;
  std::uint64_t ticks;
  double ticks_a_second;
  std::uint64_t seed;
  Load load;
};
struct Scenario {
  std::string name;
  std::vector<GoldenRun> runs;
};
const std::vector<Scenario>& scenarios();

class Hash {
 public:
  void add(std::uint32_t word) {
    first_ = (first_ ^ word) * kPrime;
    second_ = (second_ ^ (word << 16 | word >> 16)) * kPrime;
  }
  // The named results of the rows that were active in the last tick.
  void add(Engine& engine);
  void add(Engine& engine, std::span<const char* const> columns);
  std::string text() const;

 private:
  static constexpr std::uint32_t kPrime = 16777619;
  std::uint32_t first_ = 0x811C9DC5;
  std::uint32_t second_ = 0x9E3779B9;
};

// What is called after each tick; it may put another engine in the place of this one.
using Look = std::function<void(Engine&, std::uint64_t tick)>;

// The hash of a scenario on one ISA.
std::string hash_of(const Scenario& scenario, std::string_view isa, const Look& look = {});

// The scenario `crowd`: 500 agents on a plane for 200 ticks, their neighbours and places. Its positions are whole multiples of
// 1/16 m, so that every language makes the same.
Config crowd();
std::string crowd_hash(std::string_view isa, const Look& look = {});

// The scenario `weather`: 200 stations for 200 ticks, angles, categories, and sensors that tell when they measured. All that is written
// is a whole multiple of 1/16, so that every language makes the same. write_weather() makes the inputs of a tick at tick / 4 s.
Config weather();
void write_weather(Engine& engine, std::uint32_t tick);
std::string weather_hash(std::string_view isa);

// The recorded hashes by scenario, and the flag and the function that make them anew.
std::map<std::string, std::string> read_golden();
extern bool update_golden;
bool write_golden();

}  // namespace sensorium::test
