// An engine beside its reference: after every tick, every result of every row.
#pragma once

#include <gtest/gtest.h>

#include "reference/reference_engine.h"

namespace sensorium::reference {

struct Tolerance {
  // How far z may be off, in units of max(1, |z|), and the window's mean, in deviations: the figures. They hold where
  // the deviation stands well above the rounding of the fused value; for streams where it does not, `rounding` adds what that
  // rounding explains.
  double z = 1e-3;
  double mean = 1e-3;
  bool rounding = false;
  double output = 1e-5;
};

class Comparison {
 public:
  Comparison(const Config& config, const sensorium::Engine& engine, Tolerance tolerance = {});

  // Ticks both, on what stands in the engine's input columns, and compares all rows.
  testing::AssertionResult tick(sensorium::Engine& engine, double seconds);

  const Engine& reference() const { return reference_; }
  Engine& reference() { return reference_; }
  // Rows whose |z| or deviation lay on a threshold to within the tolerance: there the engine's word is taken.
  std::uint64_t settled() const { return settled_; }
  std::uint64_t compared() const { return compared_; }

 private:
  struct Row;
  std::string compare(const sensorium::Engine& engine, std::uint32_t row);
  void compare_readings(Row& row, const Results& results, std::uint32_t i);
  void compare_anomaly(Row& row, const Results& results, std::uint32_t i);
  void compare_prediction(Row& row, const Results& results, std::uint32_t i);

  Engine reference_;
  Tolerance tolerance_;
  double steps_;  // rounding steps of f32 on the way to a fused value
  std::uint64_t settled_ = 0;
  std::uint64_t compared_ = 0;
};

}  // namespace sensorium::reference
