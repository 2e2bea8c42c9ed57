#include "choose_isa.h"
#include "kernels/kernels.h"

namespace sensorium::world {

// SENSORIUM_ISAS is the build's list, best first, each as X(name, arch).
#define X(name, arch) extern const Kernels kernels_##name;
SENSORIUM_ISAS
#undef X

Result<const Kernels*> choose_kernels(std::string_view isa) {
  static const IsaTables<Kernels> available = [] {
    IsaTables<Kernels> tables;
#define X(name, arch) tables.add<arch>(kernels_##name);
    SENSORIUM_ISAS
#undef X
    return tables;
  }();
  return available.choose(isa);
}

}  // namespace sensorium::world
