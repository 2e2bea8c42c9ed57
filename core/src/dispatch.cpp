#include "dispatch.h"

#include "choose_isa.h"
#include "sensorium/engine.h"
#include "stages/stages.h"

namespace sensorium {

// SENSORIUM_ISAS is the build's list, best first, each as X(name, arch).
#define X(name, arch) extern const Stages stages_##name;
SENSORIUM_ISAS
#undef X

namespace {

const IsaTables<Stages>& available() {
  static const IsaTables<Stages> found = [] {
    IsaTables<Stages> tables;
#define X(name, arch) tables.add<arch>(stages_##name);
    SENSORIUM_ISAS
#undef X
    return tables;
  }();
  return found;
}

}  // namespace

std::span<const std::string_view> available_isas() { return {available().names.data(), available().count}; }

Result<const Stages*> choose_stages(std::string_view isa) { return available().choose(isa); }

}  // namespace sensorium
