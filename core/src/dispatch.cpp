#include "dispatch.h"

#include <cstdlib>

#include "format.h"
#include "sensorium/engine.h"
#include "stages/stages.h"

namespace sensorium {

// SENSORIUM_ISAS is the build's list, best first, each as X(name, arch).
#define X(name, arch) extern const Stages stages_##name;
SENSORIUM_ISAS
#undef X

namespace {

struct Available {
  std::array<const Stages*, 8> stages{};
  std::array<std::string_view, 8> names{};
  std::size_t count = 0;

  Available() {
#define X(name, arch) add(stages_##name, supported<arch>());
    SENSORIUM_ISAS
#undef X
  }
  void add(const Stages& stages_of_isa, bool runs) {
    if (!runs) return;
    stages[count] = &stages_of_isa;
    names[count++] = stages_of_isa.isa;
  }
  template <class Arch>
  static bool supported() {
    if constexpr (std::is_same_v<Arch, xsimd::emulated<64>>) {
      return true;
    } else {
      return xsimd::available_architectures().has(Arch());
    }
  }
};

const Available& available() {
  static const Available found;
  return found;
}

}  // namespace

std::span<const std::string_view> available_isas() { return {available().names.data(), available().count}; }

Result<const Stages*> choose_stages(std::string_view isa) {
  const char* where = "isa";
  if (isa.empty()) {
    const char* forced = std::getenv("SENSORIUM_ISA");
    if (!forced || !*forced) return available().stages[0];
    isa = forced;
    where = "SENSORIUM_ISA";
  }
  Words names;
  for (std::size_t i = 0; i < available().count; ++i) {
    if (available().names[i] == isa) return available().stages[i];
    names << (i ? ", " : "one of ") << available().names[i];
  }
  return make_error(ErrorCode::unknown_isa, "This machine or build does not have that instruction set", where, names, isa);
}

}  // namespace sensorium
