// A histogram of durations, of fixed size: logarithmic, 64 linear buckets an octave, as HdrHistogram has them
// (https://hdrhistogram.github.io/HdrHistogram). Under 64 ns each nanosecond has a bucket of its own; what is longer than 17 s is
// counted in the last. A bucket's middle is at most 1/128 of a value beside any value in it.
#pragma once

#include <bit>
#include <cmath>
#include <cstdint>

namespace sensorium {

// All zero: empty.
class Histogram {
 public:
  void add(std::uint64_t nanoseconds) {
    if (count_ == 0 || nanoseconds < min_) min_ = nanoseconds;
    if (nanoseconds > max_) max_ = nanoseconds;
    ++count_;
    sum_ += nanoseconds;
    ++buckets_[bucket_of(nanoseconds)];
  }

  std::uint64_t count() const { return count_; }
  std::uint64_t min() const { return min_; }
  std::uint64_t max() const { return max_; }
  std::uint64_t sum() const { return sum_; }

  // The nearest rank: of n values in order the ceil(p n)-th, at most 1/128 beside it. 0 where there are none. 0 < p <= 1.
  double quantile(double p) const {
    if (count_ == 0) return 0;
    const double rank = std::ceil(p * static_cast<double>(count_));
    std::uint64_t below = 0;
    for (std::uint32_t bucket = 0; bucket < kBuckets; ++bucket) {
      below += buckets_[bucket];
      if (static_cast<double>(below) >= rank) return limited(middle_of(bucket));
    }
    return static_cast<double>(max_);
  }

 private:
  static constexpr std::uint32_t kOctave = 64, kOctaveBits = 6,
                                 kHighest = 33;  // the highest bit that is told apart: 2^34 ns = 17 s
  static constexpr std::uint32_t kBuckets = kOctave * (kHighest - kOctaveBits + 2);

  // Value v of highest bit b >= 6 is in octave b - 5, at its next six bits.
  static std::uint32_t bucket_of(std::uint64_t value) {
    if (value < kOctave) return static_cast<std::uint32_t>(value);
    const std::uint32_t highest = 63 - static_cast<std::uint32_t>(std::countl_zero(value));
    if (highest > kHighest) return kBuckets - 1;
    const std::uint32_t shift = highest - kOctaveBits;
    return (shift + 1) * kOctave + static_cast<std::uint32_t>(value >> shift) - kOctave;
  }
  static double middle_of(std::uint32_t bucket) {
    if (bucket < kOctave) return bucket;
    const std::uint32_t shift = bucket / kOctave - 1;
    const std::uint64_t first = std::uint64_t{kOctave + bucket % kOctave} << shift;
    return static_cast<double>(first) + 0.5 * static_cast<double>((std::uint64_t{1} << shift) - 1);
  }
  double limited(double value) const {
    const double least = static_cast<double>(min_), most = static_cast<double>(max_);
    return value < least ? least : value > most ? most : value;
  }

  // 64 bits of each last for longer than any machine.
  std::uint64_t count_, min_, max_, sum_;
  std::uint64_t buckets_[kBuckets];
};

}  // namespace sensorium
