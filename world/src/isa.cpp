// All kernels for one ISA. The build compiles this file once for each, as the core's isa.cpp, and for the same reason everything
// here is a template over the ISA.
#include "kernels/audio.h"
#include "kernels/cast.h"
#include "kernels/imu.h"
#include "kernels/kernels.h"
#include "kernels/lidar.h"
#include "kernels/move.h"
#include "kernels/nearest.h"
#include "kernels/visual.h"

namespace sensorium::world {

#define SENSORIUM_TEXT_OF(name) #name
#define SENSORIUM_TEXT(name) SENSORIUM_TEXT_OF(name)
#define SENSORIUM_JOIN_OF(a, b) a##b
#define SENSORIUM_JOIN(a, b) SENSORIUM_JOIN_OF(a, b)

using Isa = Simd<SENSORIUM_ISA_ARCH>;

extern const Kernels SENSORIUM_JOIN(kernels_, SENSORIUM_ISA_NAME);
const Kernels SENSORIUM_JOIN(kernels_, SENSORIUM_ISA_NAME) = {
    .isa = SENSORIUM_TEXT(SENSORIUM_ISA_NAME),
    .cast = cast_each<Isa>,
    .keep_nearest = keep_nearest<Isa>,
    .move = move<Isa>,
    .look = look<Isa>,
    .measure = {measure_visual<Isa>, measure_lidar<Isa>, measure_audio<Isa>, measure_imu<Isa>},
};

}  // namespace sensorium::world
