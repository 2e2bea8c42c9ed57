// The suite's own main, because the golden hashes are remade by a flag:
//
//   sensorium_tests --update-golden     checks every scenario against the reference, then writes tests/golden/golden.json
#include <gtest/gtest.h>

#include <cstdio>
#include <string_view>

#include "golden/golden.h"

int main(int argc, char** argv) {
  testing::InitGoogleTest(&argc, argv);
  for (int i = 1; i < argc; ++i) {
    if (std::string_view(argv[i]) != "--update-golden") {
      std::fprintf(stderr, "Unknown argument '%s'. There is --update-golden, and GoogleTest's own.\n", argv[i]);
      return 2;
    }
    sensorium::test::update_golden = true;
    GTEST_FLAG_SET(filter, "*Golden*");
  }
  const int failed = RUN_ALL_TESTS();
  if (!sensorium::test::update_golden || failed) return failed;
  if (!sensorium::test::write_golden()) {
    std::fprintf(stderr, "Could not write %s\n", SENSORIUM_GOLDEN_FILE);
    return 1;
  }
  std::printf("Wrote %s\n", SENSORIUM_GOLDEN_FILE);
  return 0;
}
