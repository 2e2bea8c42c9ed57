#include "identity.h"

#include "sensorium/schema.h"

namespace sensorium {
namespace {

// FNV-1a.
struct Sum {
  std::uint32_t value = 2166136261u;

  void add(std::uint32_t byte) { value = (value ^ (byte & 0xFF)) * 16777619u; }
  void add(const char* name, std::uint32_t number) {
    for (; *name; ++name) add(static_cast<unsigned char>(*name));
    for (std::uint32_t shift = 0; shift < 32; shift += 8) add(number >> shift);
  }
};

}  // namespace

std::string identity() {
  Sum sum;
  for (const auto& row : schema::options()) sum.add(row.path, static_cast<std::uint32_t>(row.type));
  for (const auto& row : schema::record_lists()) sum.add(row.path, row.named);
  for (const auto& columns : {schema::inputs(), schema::results(), schema::statistics()}) {
    for (const auto& row : columns) sum.add(row.path, static_cast<std::uint32_t>(row.type));
  }
  for (const auto& row : schema::metrics()) sum.add(row.path, 0);
  for (const auto& row : schema::event_kinds()) sum.add(row.kind, row.bit);
  for (const auto& row : schema::flag_bits()) sum.add(row.name, row.bit);
  std::string text = SENSORIUM_VERSION "-";
  for (int shift = 28; shift >= 0; shift -= 4) text += "0123456789abcdef"[sum.value >> shift & 15];
  return text;
}

}  // namespace sensorium
