#include "reference/textbook.h"

#include <algorithm>
#include <cmath>

namespace sensorium::reference {

std::optional<double> feature(float input, const ChannelOptions& channel) {
  if (!std::isfinite(input)) return std::nullopt;
  double offset = channel.offset;
  double scale = channel.scale;
  if (channel.scale == 0) {
    const bool declared = std::isfinite(channel.min) && std::isfinite(channel.max);
    scale = declared ? 1 / (double{channel.max} - double{channel.min}) : 1;
    if (declared) offset += channel.min;
  }
  double value = (input - offset) * scale;
  if (channel.absolute) value = std::fabs(value);
  if (channel.clamp) value = std::clamp(value, 0.0, 1.0);
  return std::clamp<double>(value, -kSaturation, kSaturation);
}

double angle(float input, const ChannelOptions& channel) {
  const double turns = (double{input} - double{channel.offset}) / channel.period;
  return std::fabs(turns) < 1048576 ? 2 * M_PI * turns : 0;
}

std::optional<std::vector<double>> features(float input, const ChannelOptions& channel) {
  if (!std::isfinite(input)) return std::nullopt;
  if (channel.kind == Kind::linear) return {{*feature(input, channel)}};
  if (channel.kind == Kind::circular) return {{std::sin(angle(input, channel)), std::cos(angle(input, channel))}};
  std::vector<double> one_of(channel.categories);
  const double nearest = std::floor(double{input} + 0.5);
  if (nearest >= 0 && nearest < channel.categories) one_of[static_cast<std::size_t>(nearest)] = 1;
  return one_of;
}

std::size_t feature_count(const ChannelOptions& channel) {
  return channel.kind == Kind::linear ? 1 : channel.kind == Kind::circular ? 2 : channel.categories;
}

double weight(const ChannelOptions& channel) {
  if (!std::isnan(channel.weight)) return channel.weight;
  return channel.kind == Kind::linear ? 1 : 0;
}

double measured(double given, double now) { return std::isfinite(given) ? std::min(given, now) : now; }

double fade(double age, double half_life) {
  const double halvings = age / half_life;
  return halvings > 100 ? 0 : std::pow(2, -halvings);
}

std::optional<double> weighted_mean(const std::vector<Weighted>& parts) {
  double sum = 0;
  double total = 0;
  for (const Weighted& part : parts) {
    sum += part.weight * part.value;
    total += part.weight;
  }
  if (!(total > 0)) return std::nullopt;
  return sum / total;
}

std::vector<double> dense(const std::vector<float>& weights, const std::vector<float>& biases,
                          const std::vector<double>& in) {
  const std::size_t units = weights.size() / in.size();
  std::vector<double> out(units);
  for (std::size_t unit = 0; unit < units; ++unit) {
    out[unit] = biases.empty() ? 0 : biases[unit];
    for (std::size_t i = 0; i < in.size(); ++i) out[unit] += double{weights[unit * in.size() + i]} * in[i];
  }
  return out;
}

double activate(Activation activation, double x) {
  switch (activation) {
    case Activation::fast_sigmoid:
      return 0.5 + x / (2 * (1 + std::fabs(x)));
    case Activation::sigmoid:
      return 1 / (1 + std::exp(-x));
    case Activation::tanh:
      return std::tanh(x);
    case Activation::relu:
      return std::clamp<double>(x, 0, kSaturation);
    case Activation::identity:
      return std::clamp<double>(x, -kSaturation, kSaturation);
    case Activation::softmax:
      break;  // not of one number
  }
  return x;
}

std::vector<double> softmax(const std::vector<double>& x) {
  const double largest = *std::max_element(x.begin(), x.end());
  double sum = 0;
  for (const double value : x) sum += std::exp(value - largest);
  std::vector<double> shares;
  for (const double value : x) shares.push_back(std::exp(value - largest) / sum);
  return shares;
}

Moments moments(const Window& window) {
  const double n = static_cast<double>(window.size());
  double sum = 0;
  for (const double value : window) sum += value;
  const double mean = sum / n;
  double squares = 0;
  for (const double value : window) squares += (value - mean) * (value - mean);
  return {mean, std::sqrt(squares / n)};
}

double z_score(const Window& window, double min_deviation) {
  const Moments all = moments(window);
  return all.deviation > min_deviation ? (window.back() - all.mean) / all.deviation : 0;
}

Line fit(const Window& window) {
  const double n = static_cast<double>(window.size());
  Line line = {};
  for (std::size_t t = 0; t < window.size(); ++t) {
    line.mean_time += static_cast<double>(t) / n;
    line.mean += window[t] / n;
  }
  double times = 0, products = 0, squares = 0;
  for (std::size_t t = 0; t < window.size(); ++t) {
    const double time = static_cast<double>(t) - line.mean_time;
    const double value = window[t] - line.mean;
    times += time * time;
    products += time * value;
    squares += value * value;
  }
  line.slope = products / times;
  line.newest_time = n - 1;
  double unexplained = 0;
  for (std::size_t t = 0; t < window.size(); ++t) {
    const double error = window[t] - line.at(static_cast<double>(t) - line.newest_time);
    unexplained += error * error;
  }
  // One step of f32 at this size.
  const double rounding = std::fabs(window.back()) * 0x1p-23;
  const bool constant = std::sqrt(squares / n) <= rounding || squares <= 1e-30;
  line.r_squared = constant ? 0 : std::clamp(1 - unexplained / squares, 0.0, 1.0);
  return line;
}

Window newest(const Window& window, std::size_t count) {
  const std::size_t skip = window.size() > count ? window.size() - count : 0;
  return {window.begin() + static_cast<std::ptrdiff_t>(skip), window.end()};
}

}  // namespace sensorium::reference
