// Numbers in messages, against the standard library's.
#include "decimal.h"

#include <bit>
#include <charconv>
#include <cstdint>
#include <limits>
#include <string>

#include "core/seeded.h"
#include "core/support.h"
#include "format.h"

namespace sensorium::test {
namespace {

std::string ours(double value) {
  char text[kDecimalRoom];
  return std::string(text, write_decimal(value, text));
}

std::string standard(double value) {
  char text[64];
  return std::string(text, std::to_chars(text, text + sizeof text, value, std::chars_format::general, 9).ptr);
}

TEST(Decimal, IsAsTheStandardLibraryWritesIt) {
  using Limits = std::numeric_limits<double>;
  for (const double value : {0.0,
                             -0.0,
                             0.1,
                             -0.1,
                             0.5,
                             1.0,
                             -12.5,
                             100.0,
                             123456789.0,
                             1234567890.0,
                             999999999.5,
                             999999998.5,
                             9999999995.0,
                             0.99999999951,
                             0.0001,
                             0.00009999999999,
                             0.000012345678949,
                             1e-4,
                             1e-5,
                             1e5,
                             1e9,
                             1e15,
                             1e16,
                             1e22,
                             1e23,
                             1e100,
                             1e-100,
                             3.14159265358979,
                             1.000000005,
                             1.00000000500000001,
                             4503599627370497.5,
                             Limits::max(),
                             Limits::lowest(),
                             Limits::min(),
                             Limits::denorm_min()}) {
    EXPECT_EQ(ours(value), standard(value));
  }
}

TEST(Decimal, OfAnyBits) {
  Random random(41);
  for (int i = 0; i < 3000; ++i) {
    const double value = std::bit_cast<double>(random.word());
    if (std::isfinite(value)) {
      ASSERT_EQ(ours(value), standard(value));
    }
    // Few digits, so that some lie exactly between two.
    const double tie = static_cast<double>(random.word() >> 29) / 1024;
    ASSERT_EQ(ours(tie), standard(tie));
  }
}

TEST(Decimal, InMessages) {
  const double infinity = std::numeric_limits<double>::infinity();
  const Words words = Words() << 0.1 << " " << 1e6 << " " << 1e15 << " " << 1e16 << " " << -0.25 << " " << -0.0 << " "
                              << -infinity;
  EXPECT_EQ(words.view(), "0.1 1000000 1000000000000000 1e+16 -0.25 0 -Infinity");
}

}  // namespace
}  // namespace sensorium::test
