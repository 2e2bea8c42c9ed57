// All stages for one ISA. The build compiles this file once for each, with SENSORIUM_ISA_NAME (avx2), SENSORIUM_ISA_ARCH
// (xsimd::avx2) and that ISA's compiler flags.
//
// Everything that is compiled here is a template over Isa or local to the file: the linker can then never put code made
// for AVX-512 where another ISA's is called for.
#include "space/search.h"
#include "stages/detect.h"
#include "stages/fuse.h"
#include "stages/infer.h"
#include "stages/ingest.h"
#include "stages/predict.h"
#include "stages/remember.h"
#include "stages/report.h"

namespace sensorium {

#define SENSORIUM_TEXT_OF(name) #name
#define SENSORIUM_TEXT(name) SENSORIUM_TEXT_OF(name)
#define SENSORIUM_JOIN_OF(a, b) a##b
#define SENSORIUM_JOIN(a, b) SENSORIUM_JOIN_OF(a, b)

using Isa = Simd<SENSORIUM_ISA_ARCH>;

extern const Stages SENSORIUM_JOIN(stages_, SENSORIUM_ISA_NAME);
const Stages SENSORIUM_JOIN(stages_, SENSORIUM_ISA_NAME) = {
    .isa = SENSORIUM_TEXT(SENSORIUM_ISA_NAME),
    .search = search<Isa>,
    .ingest = ingest<Isa>,
    .fuse = fuse<Isa>,
    .infer = infer<Isa>,
    .remember = remember<Isa>,
    .detect = detect<Isa>,
    .predict = predict<Isa>,
    .report = report<Isa>,
};

}  // namespace sensorium
