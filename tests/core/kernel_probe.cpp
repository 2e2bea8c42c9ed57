// Compiled once for each ISA; see kernel_probe.h.
#include "kernel_probe.h"

#include "channels.h"
#include "kernels/bits.h"
#include "kernels/dating.h"
#include "kernels/layer.h"
#include "kernels/line.h"
#include "kernels/reading.h"
#include "kernels/weighing.h"
#include "kernels/window.h"
#include "kernels/zscore.h"

namespace sensorium::test {
namespace {

using S = Simd<SENSORIUM_ISA_ARCH>;
static_assert(kRows == kTileRows);

Mask read(float* input, Mask active, const ChannelOptions& channel, bool once, float* feature) {
  return read_linear<S>(input, active, {channel.offset, channel.scale, channel.absolute, channel.clamp}, once, feature);
}

bool plain_read(const float* input, const ChannelOptions& channel, float plain, float* feature) {
  return read_plain<S>(input, {channel.offset, channel.scale, channel.absolute, channel.clamp, plain}, feature);
}

Mask circular_read(float* input, Mask active, const ChannelOptions& channel, bool once, float* features) {
  return read_circular<S>(input, active, circle_of(channel), once, features);
}

void dense_of(const float* weights, const float* biases, std::uint32_t inputs, std::uint32_t units, const float* in,
              float* out) {
  dense<S>(weights, biases, inputs, units, in, out);
}

void activate_all(Activation activation, float* values, std::uint32_t units) { activate<S>(activation, values, units); }

void mean_of(const ProbeShare* from, std::uint32_t count, float* mean, float* total) {
  Share shares[kMaxFeatures];
  for (std::uint32_t i = 0; i < count; ++i)
    shares[i] = {from[i].feature, from[i].factor, from[i].weight, from[i].usable};
  weighted_mean<S>(shares, count, mean, total);
}

void sums_of(const float* window, std::uint32_t length, std::uint32_t head, const float* counts, bool all_full,
             std::uint32_t detection, std::uint32_t line, ProbeSums& out) {
  Sums sums;
  sum_window<S>(window, length, head, counts, all_full, detection, line, sums);
  for (std::uint32_t row = 0; row < kRows; ++row) {
    out.d[row] = sums.d[row];
    out.squares[row] = sums.squares[row];
    out.line_d[row] = sums.line_d[row];
    out.line_squares[row] = sums.line_squares[row];
    out.line_moments[row] = sums.line_moments[row];
  }
}

Mask score(const float* newest, const ProbeSums& sums, const float* inverse_count, const ProbeScore& options,
           Mask learning, Mask scored, ProbeScoreColumns& out) {
  return zscore<S>(newest, sums.d, sums.squares, inverse_count,
                   {options.min_deviation, options.inverse_largest_z, options.low, options.medium, options.high},
                   learning, scored, {out.score, out.z, out.mean, out.deviation, out.severity});
}

void line_of(const float* newest, const ProbeSums& sums, const std::uint32_t* counts, float low, float high,
             std::uint32_t horizon, Mask learning, Mask predicted, ProbeLineColumns& out) {
  LineCounts tables;
  for (std::uint32_t row = 0; row < kRows; ++row) {
    const double n = counts[row];
    tables.count[row] = static_cast<float>(n);
    tables.inverse_count[row] = n > 0 ? static_cast<float>(1 / n) : 0;
    tables.inverse_spread[row] = n > 1 ? static_cast<float>(12 / (n * (n * n - 1))) : 0;
  }
  fit_line<S>(newest, sums.line_d, sums.line_squares, sums.line_moments, tables, low, high, learning, predicted,
              {out.values[0], kRows, horizon, out.confidence, out.trend});
}

void spread_all(std::uint32_t everywhere, const std::uint32_t* bits, const Mask* rows, std::uint32_t count,
                Mask written, std::uint32_t* column) {
  BitRows from[32];
  for (std::uint32_t i = 0; i < count; ++i) from[i] = {bits[i], rows[i]};
  spread_bits<S>(everywhere, from, count, written, column);
}

template <class Function>
void sixteen(const float* x, float* y, Function function) {
  for (std::uint32_t at = 0; at < kRows; at += S::width) S::store(y + at, function(S::load(x + at)));
}
using F = S::F;
void exp2_of(const float* x, float* y) {
  sixteen(x, y, [](F v) { return Math<S>::exp2(v); });
}
void exp_of(const float* x, float* y) {
  sixteen(x, y, [](F v) { return Math<S>::exp(v); });
}
void sigmoid_of(const float* x, float* y) {
  sixteen(x, y, [](F v) { return Math<S>::sigmoid(v); });
}
void tanh_of(const float* x, float* y) {
  sixteen(x, y, [](F v) { return Math<S>::tanh(v); });
}
void sine_of(const float* x, float* y) {
  sixteen(x, y, [](F v) {
    F sine, cosine;
    Math<S>::sine_cosine(v, S::U(0), sine, cosine);
    return sine;
  });
}
void cosine_of(const float* x, float* y) {
  sixteen(x, y, [](F v) {
    F sine, cosine;
    Math<S>::sine_cosine(v, S::U(0), sine, cosine);
    return cosine;
  });
}

}  // namespace

#define SENSORIUM_TEXT_OF(name) #name
#define SENSORIUM_TEXT(name) SENSORIUM_TEXT_OF(name)
#define SENSORIUM_JOIN_OF(a, b) a##b
#define SENSORIUM_JOIN(a, b) SENSORIUM_JOIN_OF(a, b)

extern const Probe SENSORIUM_JOIN(probe_, SENSORIUM_ISA_NAME);
const Probe SENSORIUM_JOIN(probe_, SENSORIUM_ISA_NAME) = {
    .isa = SENSORIUM_TEXT(SENSORIUM_ISA_NAME),
    .read_linear = read,
    .read_plain = plain_read,
    .read_circular = circular_read,
    .read_categorical = read_categorical<S>,
    .date_readings = date_readings<S>,
    .hold_times = hold_times<S>,
    .fade = fade<S>,
    .weighted_mean = mean_of,
    .dense = dense_of,
    .activate = activate_all,
    .push = push<S>,
    .sum_window = sums_of,
    .zscore = score,
    .fit_line = line_of,
    .spread_bits = spread_all,
    .exp2 = exp2_of,
    .exp = exp_of,
    .sigmoid = sigmoid_of,
    .tanh = tanh_of,
    .sine = sine_of,
    .cosine = cosine_of,
};

}  // namespace sensorium::test
