// The checksum of snapshots: 64 bits of any number of bytes. It finds damage, and is no protection against
// who wants to deceive.
//
// Four lanes take turns in words of 8 bytes, little-endian: word i goes to lane i mod 4 as lane = rotl((lane
// ^ word) * kOdd, 29). Four multiplications are on their way at a time, where a single lane would wait for
// each. Every step can be undone, so a change within one word always changes the lane, and the sum. At the
// end zeros fill the last 32 bytes up, and h = number of bytes; for each lane in order h = (h ^ lane) * kOdd,
// h ^= h >> 32.
#pragma once

#include <bit>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <span>

namespace sensorium {

class Checksum {
 public:
  // All but the last piece must be multiples of 32 bytes.
  void add(std::span<const std::byte> bytes) {
    std::uint64_t a = lanes_[0], b = lanes_[1], c = lanes_[2], d = lanes_[3];
    const std::byte* at = bytes.data();
    const std::byte* const end = at + bytes.size() / kStep * kStep;
    for (; at != end; at += kStep) {
      std::uint64_t words[4];
      std::memcpy(words, at, kStep);
      a = mix(a, words[0]);
      b = mix(b, words[1]);
      c = mix(c, words[2]);
      d = mix(d, words[3]);
    }
    if (const std::size_t left = bytes.size() % kStep) {
      std::uint64_t words[4] = {};
      std::memcpy(words, at, left);
      a = mix(a, words[0]);
      b = mix(b, words[1]);
      c = mix(c, words[2]);
      d = mix(d, words[3]);
    }
    lanes_[0] = a, lanes_[1] = b, lanes_[2] = c, lanes_[3] = d;
    bytes_ += bytes.size();
  }
  std::uint64_t sum() const {
    std::uint64_t sum = bytes_;
    for (const std::uint64_t lane : lanes_) {
      sum = (sum ^ lane) * kOdd;
      sum ^= sum >> 32;
    }
    return sum;
  }

 private:
  static constexpr std::size_t kStep = 32;
  static constexpr std::uint64_t kOdd = 0x9E3779B97F4A7C15u;  // 2^64 by the golden ratio: its bits have no pattern
  static std::uint64_t mix(std::uint64_t lane, std::uint64_t word) { return std::rotl((lane ^ word) * kOdd, 29); }

  // Not 0, so that leading zeros count.
  std::uint64_t lanes_[4] = {1, 2, 3, 4};
  std::uint64_t bytes_ = 0;
};

}  // namespace sensorium
