// The kernels of one ISA as plain functions. Kernels are templates that only code compiled for their ISA may instantiate;
// kernel_probe.cpp is compiled once for each, and tests call through this table.
#pragma once

#include <cstdint>
#include <vector>

#include "sensorium/types.h"

namespace sensorium::test {

inline constexpr std::uint32_t kRows = 16;  // rows a tile
using Mask = std::uint16_t;                 // bit r: row r

struct ProbeShare {
  const float* feature;
  const float* factor;
  float weight;
  Mask usable;
};

struct ProbeSums {
  alignas(64) float d[kRows];
  alignas(64) float squares[kRows];
  alignas(64) float line_d[kRows];
  alignas(64) float line_squares[kRows];
  alignas(64) float line_moments[kRows];
};

struct ProbeScore {
  float min_deviation, inverse_largest_z, low, medium, high;
};

struct ProbeScoreColumns {
  alignas(64) float score[kRows];
  alignas(64) float z[kRows];
  alignas(64) float mean[kRows];
  alignas(64) float deviation[kRows];
  alignas(64) std::uint8_t severity[kRows];
};

struct ProbeLineColumns {
  alignas(64) float values[kMaxHorizon][kRows];
  alignas(64) float confidence[kRows];
  alignas(64) float trend[kRows];
};

struct Probe {
  const char* isa;

  Mask (*read_linear)(float* input, Mask active, const ChannelOptions& channel, bool once, float* feature);
  // `plain`: the largest magnitude that cannot saturate.
  bool (*read_plain)(const float* input, const ChannelOptions& channel, float plain, float* feature);
  Mask (*read_circular)(float* input, Mask active, const ChannelOptions& channel, bool once, float* features);
  Mask (*read_categorical)(float* input, Mask active, std::uint32_t categories, bool once, float* features);
  Mask (*date_readings)(const double* column, double now, const double* held, Mask seen, double* measured);
  Mask (*hold_times)(const double* measured, Mask fresh, double now, double lost_after, double* held);
  void (*fade)(const float* age, float decay, float* factor);
  void (*weighted_mean)(const ProbeShare* shares, std::uint32_t count, float* mean, float* total);
  void (*dense)(const float* weights, const float* biases, std::uint32_t inputs, std::uint32_t units, const float* in,
                float* out);
  void (*activate)(Activation activation, float* values, std::uint32_t units);
  void (*push)(float* window, std::uint32_t length, std::uint32_t& head, const float* values, Mask rows, Mask filled);
  void (*sum_window)(const float* window, std::uint32_t length, std::uint32_t head, const float* counts, bool all_full,
                     std::uint32_t detection, std::uint32_t line, ProbeSums& sums);
  Mask (*zscore)(const float* newest, const ProbeSums& sums, const float* inverse_count, const ProbeScore& options,
                 Mask learning, Mask scored, ProbeScoreColumns& out);
  // counts[row] values a row; the tables that depend on them are filled in as the engine does.
  void (*fit_line)(const float* newest, const ProbeSums& sums, const std::uint32_t* counts, float low, float high,
                   std::uint32_t horizon, Mask learning, Mask predicted, ProbeLineColumns& out);
  // column[row] = `everywhere` or bits[i] over those i whose rows[i] hold the row, in the rows of `written`.
  void (*spread_bits)(std::uint32_t everywhere, const std::uint32_t* bits, const Mask* rows, std::uint32_t count,
                      Mask written, std::uint32_t* column);

  // Of 16 numbers at once.
  void (*exp2)(const float* x, float* y);
  void (*exp)(const float* x, float* y);
  void (*sigmoid)(const float* x, float* y);
  void (*tanh)(const float* x, float* y);
  void (*sine)(const float* x, float* y);
  void (*cosine)(const float* x, float* y);
};

// Those of isas().
const std::vector<const Probe*>& probes();

}  // namespace sensorium::test
