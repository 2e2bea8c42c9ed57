// Numbers as people write them, for error messages, into fixed memory.
#pragma once

#include <charconv>
#include <cmath>

#include "decimal.h"
#include "sensorium/types.h"

namespace sensorium {

// A short message put together from text and numbers; what does not fit is cut.
template <std::size_t Capacity>
class Message {
 public:
  static constexpr std::size_t kCapacity = Capacity;
  Message& operator<<(std::string_view text) {
    for (char c : text) {
      if (length_ < Capacity) bytes_[length_++] = c;
    }
    return *this;
  }
  Message& operator<<(const char* text) { return *this << std::string_view(text); }
  Message& operator<<(double value) {
    if (std::isnan(value)) return *this << "NaN";
    if (std::isinf(value)) return *this << (value > 0 ? "Infinity" : "-Infinity");
    // Whole numbers are written in full, so that a limit of 1000000 does not read 1e+06.
    if (value == std::floor(value) && std::fabs(value) < 1e16) return *this << static_cast<long long>(value);
    char digits[kDecimalRoom];
    return *this << std::string_view(digits, write_decimal(value, digits));
  }
  template <class Integer>
  requires std::is_integral_v<Integer> Message& operator<<(Integer value) {
    char digits[24];
    const auto end = std::to_chars(digits, digits + sizeof digits, value);
    return *this << std::string_view(digits, static_cast<std::size_t>(end.ptr - digits));
  }
  std::string_view view() const { return std::string_view(bytes_, length_); }
  // For use within the expression that made the message.
  operator std::string_view() const { return view(); }

 private:
  char bytes_[Capacity] = {};
  std::size_t length_ = 0;
};

using Words = Message<127>;

inline Error make_error(ErrorCode code, std::string_view what, std::string_view where, std::string_view expected,
                        std::string_view got) {
  return Error{code, what, where, expected, got};
}

}  // namespace sensorium
