// The histogram of latencies beside the exact quantiles of the same values.
#include "histogram.h"

#include <algorithm>

#include "core/seeded.h"
#include "core/support.h"

namespace sensorium::test {
namespace {

constexpr double kProbabilities[] = {1e-9, 0.01, 0.25, 0.5, 0.9, 0.95, 0.99, 0.999, 1};
constexpr std::uint64_t kTop = std::uint64_t{1} << 34;  // ns; what is longer is counted in the last bucket

// Every quantile within 1 %, and to the nanosecond where a nanosecond is more than that.
void compare(std::vector<std::uint64_t> values) {
  Histogram histogram = {};
  std::uint64_t sum = 0;
  for (const std::uint64_t value : values) {
    histogram.add(value);
    sum += value;
  }
  std::sort(values.begin(), values.end());
  EXPECT_EQ(histogram.count(), values.size());
  EXPECT_EQ(histogram.sum(), sum);
  EXPECT_EQ(histogram.min(), values.front());
  EXPECT_EQ(histogram.max(), values.back());
  for (const double p : kProbabilities) {
    const double rank = std::ceil(p * static_cast<double>(values.size()));
    const double exact = static_cast<double>(values[static_cast<std::size_t>(rank) - 1]);
    const double got = histogram.quantile(p);
    if (exact < static_cast<double>(kTop)) {
      EXPECT_LE(std::abs(got - exact), 0.0079 * exact) << "p = " << p << " of " << values.size();
    } else {
      EXPECT_GE(got, 0.99 * static_cast<double>(kTop));
    }
    EXPECT_GE(got, static_cast<double>(values.front()));
    EXPECT_LE(got, static_cast<double>(values.back()));
  }
}

TEST(Histogram, RandomValues) {
  Random random(31);
  for (const std::size_t count : {1u, 2u, 7u, 100u, 10'000u}) {
    for (const double octaves : {1.0, 6.0, 20.0, 34.0}) {
      std::vector<std::uint64_t> uniform(count), evenly(count), latencies(count);
      for (std::size_t i = 0; i < count; ++i) {
        uniform[i] = static_cast<std::uint64_t>(random.between(0, std::exp2(octaves)));
        evenly[i] = static_cast<std::uint64_t>(std::exp2(random.between(0, octaves)));
        // As ticks are: much alike, with a long tail.
        latencies[i] = static_cast<std::uint64_t>(20'000 * (1 + std::exp(3 * random.normal())));
      }
      compare(uniform);
      compare(evenly);
      compare(latencies);
    }
  }
}

TEST(Histogram, EveryEdgeOfItsBuckets) {
  std::vector<std::uint64_t> edges;
  for (std::uint64_t value = 0; value < 300; ++value) compare({value});
  for (std::uint32_t bit = 6; bit < 34; ++bit) {
    for (std::uint64_t step = 0; step < 64; ++step) {
      const std::uint64_t first = (64 + step) << (bit - 6);
      for (const std::uint64_t value : {first - 1, first, first + 1}) {
        compare({value});
        edges.push_back(value);
      }
    }
  }
  compare(edges);
}

TEST(Histogram, AdversarialSamples) {
  compare(std::vector<std::uint64_t>(1000, 12'345));
  // One value beside very many others, at either end.
  std::vector<std::uint64_t> lone(9999, 1'000'000);
  lone.push_back(1);
  compare(lone);
  lone.back() = 15'000'000'000;
  compare(lone);
  // Two values far apart, the median between them.
  std::vector<std::uint64_t> two(500, 40);
  two.insert(two.end(), 500, 9'000'000'000);
  compare(two);
  std::vector<std::uint64_t> steps;  // a browser's clock
  for (std::uint64_t i = 0; i < 1000; ++i) steps.push_back(i % 10 ? 0 : 100'000);
  compare(steps);
}

TEST(Histogram, WhatIsTooLongIsCountedAtTheTop) {
  compare({kTop - 1, kTop, kTop + 1, std::uint64_t{1} << 50});
  Histogram histogram = {};
  histogram.add(std::numeric_limits<std::uint64_t>::max());
  EXPECT_EQ(histogram.max(), std::numeric_limits<std::uint64_t>::max());
  EXPECT_EQ(histogram.quantile(0.5), static_cast<double>(histogram.max())) << "one value is its own median, exactly";
}

TEST(Histogram, EmptyIsZero) {
  const Histogram histogram = {};
  EXPECT_EQ(histogram.count(), 0u);
  EXPECT_EQ(histogram.quantile(0.5), 0);
}

}  // namespace
}  // namespace sensorium::test
