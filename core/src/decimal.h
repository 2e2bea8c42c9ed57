// Numbers with a fraction, as people write them.
#pragma once

#include <cstddef>

namespace sensorium {

// The most characters that write_decimal writes: -1.23456789e-308.
inline constexpr std::size_t kDecimalRoom = 16;

// Writes a finite number with at most 9 significant digits, correctly rounded, as "%.9g" does: 0.1, -12.5, 1e-09. Returns how many
// characters it wrote. std::to_chars would too, but the tables with which it is quick take 100 KB, a third of what a page loads.
std::size_t write_decimal(double value, char* text);

}  // namespace sensorium
