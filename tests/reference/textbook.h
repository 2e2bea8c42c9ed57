// The slow, obvious twins of the kernels, in double precision: each is what a textbook says, one agent at a time, with the
// standard library's functions. They share no formula with core/src/kernels on purpose.
#pragma once

#include <deque>
#include <optional>
#include <vector>

#include "sensorium/types.h"

namespace sensorium::reference {

// A linear channel's feature; nothing where the input is no reading.
std::optional<double> feature(float input, const ChannelOptions& channel);
// The angle of a circular channel's reading, in radians.
double angle(float input, const ChannelOptions& channel);
// The features of a channel of any kind; nothing where the input is no reading.
std::optional<std::vector<double>> features(float input, const ChannelOptions& channel);
std::size_t feature_count(const ChannelOptions& channel);
// Each feature's weight, also where none is given.
double weight(const ChannelOptions& channel);

// When a reading was measured, of which a column says `given` in a tick at `now`.
double measured(double given, double now);

// What is left of a weight after `age`: it halves each half-life, and is nothing beyond a hundred of them.
double fade(double age, double half_life);

struct Weighted {
  double value;
  double weight;
};
// Nothing where no weight is positive.
std::optional<double> weighted_mean(const std::vector<Weighted>& parts);

// weights [units][inputs]
std::vector<double> dense(const std::vector<float>& weights, const std::vector<float>& biases,
                          const std::vector<double>& in);
double activate(Activation activation, double x);
std::vector<double> softmax(const std::vector<double>& x);

// Windows hold the oldest value first.
using Window = std::deque<double>;

struct Moments {
  double mean;
  double deviation;  // of the population
};
Moments moments(const Window& window);

// z of the newest value; 0 where the deviation is not above `min_deviation`.
double z_score(const Window& window, double min_deviation);

struct Line {
  double slope;  // a tick
  double mean_time;
  double mean;
  double r_squared;  // 0 where the values are constant to the rounding of f32
  double newest_time;
  double at(double ticks_ahead) const { return mean + slope * (newest_time + ticks_ahead - mean_time); }
};
// Least squares over two or more values at times 0, 1, 2 ...
Line fit(const Window& window);

// The newest `count` values, or all if there are fewer.
Window newest(const Window& window, std::size_t count);

}  // namespace sensorium::reference
