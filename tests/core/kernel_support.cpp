#include "core/kernel_support.h"

namespace sensorium::test {

#define X(name, arch) extern const Probe probe_##name;
SENSORIUM_ISAS
#undef X

const std::vector<const Probe*>& probes() {
  static const std::vector<const Probe*> found = [] {
    std::vector<const Probe*> list;
    for (const std::string& isa : isas()) {
#define X(name, arch) \
  if (isa == #name) list.push_back(&probe_##name);
      SENSORIUM_ISAS
#undef X
    }
    return list;
  }();
  return found;
}

testing::AssertionResult near(float got, double expected, double scale, double steps) {
  const double step = std::max(std::fabs(scale) * 0x1p-23, 0x1p-149);
  const double off = std::fabs(got - expected) / step;
  if (off <= steps) return testing::AssertionSuccess();
  return testing::AssertionFailure() << got << " is " << off << " steps from " << expected << ", more than " << steps;
}

}  // namespace sensorium::test
