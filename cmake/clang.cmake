# Toolchain file of the `clang` preset: clang++ under the name it has here, the newest first.
find_program(SENSORIUM_CLANG NAMES clang++-19 clang++-20 clang++-18 clang++-17 clang++ DOC "The second compiler of the tests")
if(NOT SENSORIUM_CLANG)
  message(FATAL_ERROR "No clang++ on PATH. Run: node scripts/setup.mjs --for test")
endif()
set(CMAKE_CXX_COMPILER "${SENSORIUM_CLANG}")
