// What the compiler made of the core: no instruction that fuses or approximates, and no call out of the kernels.
#include <cstdio>
#include <cstdlib>
#include <map>
#include <memory>
#include <regex>
#include <set>
#include <sstream>

#include "core/support.h"

namespace sensorium::test {
namespace {

std::string output_of(const std::string& command) {
  const std::unique_ptr<FILE, int (*)(FILE*)> pipe(popen((command + " 2>/dev/null").c_str(), "r"), pclose);
  std::string text;
  char part[4096];
  while (pipe && std::fgets(part, sizeof part, pipe.get())) text += part;
  return text;
}

class Instructions : public testing::Test {
 protected:
  void SetUp() override {
    if (std::string(SENSORIUM_OBJDUMP).empty()) GTEST_SKIP() << "CMake found no objdump";
    if (output_of(std::string("test -r '") + SENSORIUM_LIBRARY + "' && '" + SENSORIUM_OBJDUMP +
                  "' --version && echo yes")
            .empty()) {
      GTEST_SKIP() << "no objdump or no library where the build had them: " << SENSORIUM_OBJDUMP << ", "
                   << SENSORIUM_LIBRARY;
    }
  }
  static std::string objdump(const std::string& options) {
    return output_of(std::string(SENSORIUM_OBJDUMP) + " " + options + " '" + SENSORIUM_LIBRARY + "'");
  }
};

TEST_F(Instructions, NoneFusesOrApproximates) {
  // A fused multiply-add rounds once where two operations round twice; a reciprocal estimate differs from maker to maker.
  // x86: vfmadd132ps and its kin, rcpps, vrsqrt14ps; aarch64: fmla, fnmsub, frecpe.
  const std::regex banned("^vfn?m(add|sub)|^fml[as]|^fn?m(add|sub)$|^v?rcp|^v?rsqrt|^[uf]recp|^[uf]rsqrt");
  std::istringstream lines(objdump("-d --no-show-raw-insn"));
  std::string line, object;
  std::uint64_t instructions = 0, objects = 0;
  std::map<std::string, std::string> seen;  // an instruction's name, and where it stands first
  while (std::getline(lines, line)) {
    if (line.find("file format") != std::string::npos) {
      object = line.substr(0, line.find(':'));
      ++objects;
    }
    // "   1a:<blanks>mulps  %xmm0,%xmm1"; a function's own line ends at its colon.
    const std::size_t colon = line.find(':');
    const std::size_t start = line.find_first_not_of(" \t", colon == std::string::npos ? colon : colon + 1);
    if (start == std::string::npos || line.find_first_not_of(" 0123456789abcdef") != colon) continue;
    const std::string name = line.substr(start, line.find_first_of(" \t", start) - start);
    ++instructions;
    seen.emplace(name, object + ": " + line);
  }
  for (const auto& [name, example] : seen) {
    EXPECT_FALSE(std::regex_search(name, banned)) << example;
  }
  EXPECT_GT(instructions, 10000u) << "objdump showed too little to have looked";
  EXPECT_GE(objects, 8 + available_isas().size());
}

TEST_F(Instructions, KernelsCallNothing) {
  // What an ISA's object needs from elsewhere: memory moves at most; no mathematics, no allocation, nothing thrown.
  const std::set<std::string> allowed = {
      "memset",          "memcpy", "memmove", "__popcountdi2", "__gxx_personality_v0", "_GLOBAL_OFFSET_TABLE_",
      "__stack_chk_fail"};
  std::istringstream lines(objdump("-t"));
  std::string line, object;
  std::uint32_t kernels = 0;
  while (std::getline(lines, line)) {
    if (line.find("file format") != std::string::npos) {
      object = line.substr(0, line.find(':'));
      kernels += object.find("isa.cpp") != std::string::npos;
    }
    if (object.find("isa.cpp") == std::string::npos || line.find("*UND*") == std::string::npos) continue;
    const std::string symbol = line.substr(line.find_last_of(" \t") + 1);
    // Of the sanitizers, and of xsimd's assertions where there are any.
    const bool of_checks = symbol.find("san_") != std::string::npos || symbol == "__assert_fail";
    EXPECT_TRUE(allowed.contains(symbol) || of_checks) << object << " needs " << symbol;
  }
  EXPECT_GE(kernels, available_isas().size());
}

// The linker keeps one copy of a function that several objects define. Were it compiled for AVX-512 in one and for SSE in
// another, the kept one might be what the machine cannot run.
TEST_F(Instructions, NoIsaSharesAFunctionWithAnother) {
#ifndef NDEBUG
  GTEST_SKIP() << "without optimisation the standard library's small functions are not inlined, and are in "
                  "every object";
#endif
  std::istringstream lines(objdump("-t"));
  std::string line, object;
  std::map<std::string, int> definitions;
  while (std::getline(lines, line)) {
    if (line.find("file format") != std::string::npos) object = line.substr(0, line.find(':'));
    // A weak function's line: address, flags, "F", section, size, name.
    const bool function = line.find(" F .text") != std::string::npos;
    if (!function || line.size() < 25 || line.find(" w ", 16) == std::string::npos) continue;
    const std::string symbol = line.substr(line.find_last_of(" \t") + 1);
    ++definitions[object.find("isa.cpp") == std::string::npos ? "" : symbol];
  }
  definitions.erase("");
  EXPECT_GE(definitions.size(), 7 * available_isas().size()) << "seven stages an ISA";
  for (const auto& [symbol, count] : definitions) EXPECT_EQ(count, 1) << symbol;
}

}  // namespace
}  // namespace sensorium::test
