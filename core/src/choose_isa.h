// Which of the ISAs of this build to run on: chosen once, when something is created.
#pragma once

#include <array>
#include <cstdlib>

#include "format.h"
#include "xsimd/xsimd.hpp"

namespace sensorium {

// Tables of one type, one an ISA, of which those are kept that this machine runs; best first. A table has its ISA's name in `isa`.
template <class Table>
struct IsaTables {
  std::array<const Table*, 8> tables{};
  std::array<std::string_view, 8> names{};
  std::size_t count = 0;

  template <class Arch>
  void add(const Table& table) {
    if constexpr (!std::is_same_v<Arch, xsimd::emulated<64>>) {
      if (!xsimd::available_architectures().has(Arch())) return;
    }
    tables[count] = &table;
    names[count++] = table.isa;
  }

  // The one of the ISA named, or, where the name is empty, of the environment's SENSORIUM_ISA, else the best.
  Result<const Table*> choose(std::string_view isa) const {
    const char* where = "isa";
    if (isa.empty()) {
      const char* forced = std::getenv("SENSORIUM_ISA");
      if (!forced || !*forced) return tables[0];
      isa = forced;
      where = "SENSORIUM_ISA";
    }
    Words known;
    for (std::size_t i = 0; i < count; ++i) {
      if (names[i] == isa) return tables[i];
      known << (i ? ", " : "one of ") << names[i];
    }
    return make_error(ErrorCode::unknown_isa, "This machine or build does not have that instruction set", where, known,
                      isa);
  }
};

}  // namespace sensorium
