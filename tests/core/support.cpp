#include "core/support.h"

#include <cstdlib>
#include <stdexcept>

#include "plan.h"

namespace sensorium::test {

std::vector<std::string> isas() {
  const char* forced = std::getenv("SENSORIUM_ISA");
  std::vector<std::string> names;
  for (const std::string_view name : available_isas()) {
    if (!forced || !*forced || name == forced) names.emplace_back(name);
  }
  return names;
}

std::string words(const Error& error) {
  return std::string(error_name(error.code)) + ": " + error.what.bytes + " at " + error.where.bytes + ": expected " +
         error.expected.bytes + ", got " + error.got.bytes;
}

Engine make(const Config& config, std::string_view isa) {
  Result<Engine> engine = Engine::create(config, isa);
  if (!engine) throw std::runtime_error(words(engine.error()));
  return std::move(*engine);
}

std::uint32_t word(const Engine& engine, const Column& column, std::uint32_t plane, std::uint32_t row,
                   std::uint32_t value) {
  const std::byte* at = engine.block().data() + column.offset + plane * column.stride;
  const std::size_t index = std::size_t{row} * column.width + value;
  if (column.type == ElementType::u8) return std::to_integer<std::uint32_t>(at[index]);
  if (column.type == ElementType::f64) {
    std::uint64_t both;
    std::memcpy(&both, at + index * sizeof both, sizeof both);
    return static_cast<std::uint32_t>(both) ^ static_cast<std::uint32_t>(both >> 32);
  }
  std::uint32_t word;
  std::memcpy(&word, at + index * sizeof word, sizeof word);
  return word;
}

std::vector<std::uint32_t> row_words(const Engine& engine, std::uint32_t row) {
  std::vector<std::uint32_t> all;
  for (const Column& column : engine.layout()) {
    if (!column.name.view().starts_with("results.")) continue;
    for (std::uint32_t p = 0; p < column.planes; ++p) {
      for (std::uint32_t v = 0; v < column.width; ++v) all.push_back(word(engine, column, p, row, v));
    }
  }
  return all;
}

std::string first_difference(const Engine& a, std::uint32_t row_a, const Engine& b, std::uint32_t row_b) {
  for (const Column& column : a.layout()) {
    if (!column.name.view().starts_with("results.")) continue;
    const Column* other = b.find_column(column.name.view());
    if (!other || other->planes != column.planes || other->width != column.width)
      return std::string(column.name.view()) + " is not in both";
    for (std::uint32_t i = 0; i < column.planes * column.width; ++i) {
      const std::uint32_t p = i / column.width, v = i % column.width;
      const std::uint32_t x = word(a, column, p, row_a, v), y = word(b, *other, p, row_b, v);
      if (x == y) continue;
      std::string text = std::string(column.name.view()) + "[" + std::to_string(i) + "]: ";
      if (column.type != ElementType::f32) return text + std::to_string(x) + " and " + std::to_string(y);
      return text + std::to_string(std::bit_cast<float>(x)) + " and " + std::to_string(std::bit_cast<float>(y));
    }
  }
  return "";
}

std::vector<std::byte> state_bytes(const Engine& engine) {
  // The plan's own bytes have gaps between members, which hold anything; how long ticks took is no state.
  const std::size_t end = reinterpret_cast<const Plan*>(engine.block().data())->untimed_bytes;
  const auto block = engine.block().subspan(sizeof(Plan), end - sizeof(Plan));
  return {block.begin(), block.end()};
}

testing::AssertionResult same_bytes(const std::vector<std::byte>& a, const std::vector<std::byte>& b) {
  if (a.size() != b.size()) return testing::AssertionFailure() << a.size() << " bytes and " << b.size();
  for (std::size_t at = 0; at < a.size(); ++at) {
    if (a[at] != b[at]) return testing::AssertionFailure() << "byte " << at << " of " << a.size() << " differs";
  }
  return testing::AssertionSuccess();
}

std::vector<float> weights(const Engine& engine, std::uint32_t layer) {
  const LayerPlan& at = reinterpret_cast<const Plan*>(engine.block().data())->layers[layer];
  const float* first = reinterpret_cast<const float*>(engine.block().data() + at.weights);
  return {first, first + at.inputs * at.units};
}

Config plain_config(std::uint32_t agents) {
  return {.agents = agents,
          .channels = {{.name = kPlain, .scale = 1}},
          .network = {.layers = {}},
          .prediction = {.min = -kInfinity, .max = kInfinity}};
}

}  // namespace sensorium::test
