#include "history.h"

#include <cstring>

#include "sensorium/history.h"

namespace sensorium {
namespace {

const Plan& plan_of(const std::byte* block) { return *reinterpret_cast<const Plan*>(block); }

std::uint64_t cycles_of(const std::byte* block) {
  return static_cast<std::uint64_t>(*reinterpret_cast<const double*>(block + plan_of(block).statistics));
}

// The slot of a tick that is kept; call only below length().
std::uint64_t slot_of(const std::byte* block, std::uint32_t ago) {
  return (cycles_of(block) - 1 - ago) % plan_of(block).history.depth;
}

void copy(const Plan& plan, std::byte* block, std::uint64_t cycle, bool inputs) {
  const std::uint64_t slot = cycle % plan.history.depth;
  for (const HistoryColumnPlan& column : plan.history.columns) {
    if (column.input == inputs)
      std::memcpy(block + column.slots + slot * column.bytes, block + column.source, column.bytes);
  }
}

}  // namespace

void record_inputs(const Plan& plan, std::byte* block, std::uint64_t cycle) { copy(plan, block, cycle, true); }

void record_results(const Plan& plan, std::byte* block, std::uint64_t cycle, double seconds) {
  reinterpret_cast<double*>(block + plan.history.times)[cycle % plan.history.depth] = seconds;
  copy(plan, block, cycle, false);
}

std::uint32_t History::depth() const { return plan_of(block_).history.depth; }

std::uint32_t History::length() const {
  const std::uint64_t cycles = cycles_of(block_);
  return cycles < depth() ? static_cast<std::uint32_t>(cycles) : depth();
}

double History::time(std::uint32_t ago) const {
  if (ago >= length()) return std::numeric_limits<double>::quiet_NaN();
  return reinterpret_cast<const double*>(block_ + plan_of(block_).history.times)[slot_of(block_, ago)];
}

History::Column History::column(std::string_view name) const {
  Column found;
  const Plan& plan = plan_of(block_);
  for (const HistoryColumnPlan& column : plan.history.columns) {
    if (plan.columns[column.column].name.view().substr(kHistoryPrefix.size()) != name) continue;
    found.block_ = block_;
    found.plan_ = &column;
  }
  return found;
}

ElementType History::Column::type() const { return plan_of(block_).columns[plan_->column].type; }
std::uint32_t History::Column::width() const { return plan_of(block_).columns[plan_->column].width; }
std::uint32_t History::Column::planes() const {
  return plan_of(block_).columns[plan_->column].planes / plan_of(block_).history.depth;
}

std::size_t History::Column::values_of_plane() const {
  const sensorium::Column& column = plan_of(block_).columns[plan_->column];
  return std::size_t{column.rows} * column.width;
}

const std::byte* History::Column::find(ElementType type, std::uint32_t ago, std::uint32_t plane) const {
  if (!plan_ || this->type() != type || plane >= planes() || ago >= History(block_).length()) return nullptr;
  const std::uint64_t stride = plan_of(block_).columns[plan_->column].stride;
  return block_ + plan_->slots + slot_of(block_, ago) * plan_->bytes + plane * stride;
}

}  // namespace sensorium
