#include "decimal.h"

#include <cmath>
#include <cstdint>
#include <cstdlib>
#include <cstring>

namespace sensorium {
namespace {

constexpr int kDigits = 9;

// A whole number of any size a double needs, as its decimal digits, the last one first.
class Digits {
 public:
  explicit Digits(std::uint64_t value) {
    for (; value; value /= 10) digits_[size_++] = static_cast<std::uint8_t>(value % 10);
  }
  void multiply(unsigned factor) {
    unsigned carry = 0;
    for (int i = 0; i < size_; ++i) {
      carry += digits_[i] * factor;
      digits_[i] = static_cast<std::uint8_t>(carry % 10);
      carry /= 10;
    }
    for (; carry; carry /= 10) digits_[size_++] = static_cast<std::uint8_t>(carry % 10);
  }
  // Leaves the first `count` digits, correctly rounded, a tie to the even one. Returns whether they became 1 and zeros.
  bool round(int count) {
    const int cut = size_ - count;
    bool beyond_half = digits_[cut - 1] > 5;
    for (int i = 0; i < cut - 1; ++i) beyond_half |= digits_[cut - 1] == 5 && digits_[i] > 0;
    const bool up = beyond_half || (digits_[cut - 1] == 5 && digits_[cut] % 2 == 1);
    std::memmove(digits_, digits_ + cut, static_cast<std::size_t>(count));
    size_ = count;
    if (!up) return false;
    for (int i = 0; i < count; ++i) {
      if (++digits_[i] < 10) return false;
      digits_[i] = 0;
    }
    digits_[count - 1] = 1;
    return true;
  }
  int size() const { return size_; }
  // Counted from the first; zeros behind the last.
  char operator[](int i) const { return static_cast<char>('0' + (i < size_ ? digits_[size_ - 1 - i] : 0)); }

 private:
  // No double has more than 767.
  std::uint8_t digits_[800] = {};
  int size_ = 0;
};

}  // namespace

std::size_t write_decimal(double value, char* text) {
  char* end = text;
  if (std::signbit(value)) *end++ = '-';
  if (value == 0) {
    *end++ = '0';
    return static_cast<std::size_t>(end - text);
  }
  int power = 0;
  const double fraction = std::frexp(std::fabs(value), &power);
  // value = whole * 2^power, and 2^-n = 5^n / 10^n.
  std::uint64_t whole = static_cast<std::uint64_t>(std::ldexp(fraction, 53));
  for (power -= 53; whole % 2 == 0; whole /= 2) ++power;
  Digits digits(whole);
  for (int i = 0; i < std::abs(power); ++i) digits.multiply(power < 0 ? 5 : 2);
  // Of the first digit.
  int exponent = digits.size() - 1 + (power < 0 ? power : 0);
  if (digits.size() > kDigits && digits.round(kDigits)) ++exponent;
  int count = digits.size();
  while (count > 1 && digits[count - 1] == '0') --count;

  const auto write = [&](int from, int to) {
    for (int i = from; i < to; ++i) *end++ = digits[i];
  };
  const auto write_fraction = [&](int from) {
    if (from < count) *end++ = '.';
    write(from, count);
  };
  if (exponent >= kDigits || exponent < -4) {
    write(0, 1);
    write_fraction(1);
    *end++ = 'e';
    *end++ = exponent < 0 ? '-' : '+';
    const int size = std::abs(exponent);
    if (size >= 100) *end++ = static_cast<char>('0' + size / 100);
    *end++ = static_cast<char>('0' + size / 10 % 10);
    *end++ = static_cast<char>('0' + size % 10);
  } else if (exponent >= 0) {
    write(0, exponent + 1);
    write_fraction(exponent + 1);
  } else {
    *end++ = '0';
    *end++ = '.';
    for (int i = -1; i > exponent; --i) *end++ = '0';
    write(0, count);
  }
  return static_cast<std::size_t>(end - text);
}

}  // namespace sensorium
