// The past of an engine: chosen columns as they were in each of the last ticks, read where they lie.
//
//   auto engine = Engine::create({.history = {.depth = 50, .columns = {"fused", "sensors.lidar.points"}}});
//   const auto fused = engine->history().column("fused");
//   float before = fused.ago(3)[42];   // agent 42, three ticks before the last one
#pragma once

#include <span>
#include <string_view>

#include "sensorium/types.h"

namespace sensorium {

struct Plan;
struct HistoryColumnPlan;

// A view of an engine's history, as good as the engine's block. It costs nothing to make.
class History {
 public:
  class Column {
   public:
    // Whether the column is kept.
    explicit operator bool() const { return plan_ != nullptr; }
    ElementType type() const;
    std::uint32_t width() const;   // values a row
    std::uint32_t planes() const;  // 1, or the length of a list

    // One plane over all agents, `ago` ticks before the last one: agents * width values. Results are those of the tick's end; inputs
    // are what it was told, before readings that count once were taken. Empty where that is not kept, there is no such plane, or T
    // is not the column's type.
    template <class T = float>
    std::span<const T> ago(std::uint32_t ago, std::uint32_t plane = 0) const {
      const std::byte* values = find(element_type(static_cast<const T*>(nullptr)), ago, plane);
      return values ? std::span<const T>(reinterpret_cast<const T*>(values), values_of_plane()) : std::span<const T>();
    }

   private:
    friend class History;
    static constexpr ElementType element_type(const float*) { return ElementType::f32; }
    static constexpr ElementType element_type(const double*) { return ElementType::f64; }
    static constexpr ElementType element_type(const std::uint8_t*) { return ElementType::u8; }
    static constexpr ElementType element_type(const std::uint32_t*) { return ElementType::u32; }
    static constexpr ElementType element_type(const std::int32_t*) { return ElementType::i32; }
    const std::byte* find(ElementType type, std::uint32_t ago, std::uint32_t plane) const;
    std::size_t values_of_plane() const;

    const std::byte* block_ = nullptr;
    const HistoryColumnPlan* plan_ = nullptr;
  };

  explicit History(const std::byte* block) : block_(block) {}

  // Ticks that can be kept; 0: there is no history.
  std::uint32_t depth() const;
  // Ticks that are kept: all since creation or reset, at most `depth`.
  std::uint32_t length() const;
  // The time of a tick, s; NaN where it is not kept.
  double time(std::uint32_t ago) const;
  // By the name that the options have: "fused", "sensors.lidar.points". None where it is not kept.
  Column column(std::string_view name) const;

 private:
  const std::byte* block_;
};

}  // namespace sensorium
