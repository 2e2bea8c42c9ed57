// Questions to the map of places from other languages. What is asked lies in columns of the engine's block, "exchange.*", and
// so does the answer: nothing is copied, and nothing crosses place by place. The columns are of the last question only.
//
//   exchange.x, y, z      f32  in: positions; out: those of places
//   exchange.ids          f64  out: places
//   exchange.distances    f32  out
//   exchange.counts       u32  out: how many there are, a question; visits; labels of components
//   exchange.last_seen, founded, features[]    out, of export_all() and place()
//
// Questions of more than `entries` positions or answers are refused: whoever asks goes in pieces.
#pragma once

#include "../plan.h"
#include "sensorium/places.h"

namespace sensorium {

class Exchange {
 public:
  // An engine without a map has none of this: each answer is then 0.
  explicit Exchange(std::byte* block);

  double places() const;
  double made() const;
  double gone() const;

  // Of the first `rows` positions; k, or `room`, answers each. False: too many for the columns.
  bool nearest(std::uint32_t rows, std::uint32_t k) const;
  bool within(std::uint32_t rows, float radius, std::uint32_t room) const;

  std::uint32_t links(double id) const;
  std::uint32_t degree(double id) const;
  double link_count() const;
  double mean_degree() const;
  // The length; less than 0: there is no way. counts[0] is how many places are on it.
  double path(double from, double to) const;
  std::uint32_t components() const;
  // Row 0 of the columns; false: there is no such place.
  bool place(double id) const;
  std::uint32_t export_all() const;

 private:
  template <class T>
  T* column(std::uint64_t offset) const {
    return reinterpret_cast<T*>(block_ + offset);
  }
  Places map() const { return Places(block_ + plan_.map.memory); }

  const Plan& plan_;
  const ExchangePlan& at_;
  std::byte* block_;
};

}  // namespace sensorium
