// The port: what JavaScript, and any other language, calls. One verb an operation, plain types, nothing per agent.
// A Port is the options of one world and, once created, the world. Verbs that can fail return false; error() then says why.
#pragma once

#include <optional>
#include <string>

#include "sensorium/world.h"

namespace sensorium::world {

class Port {
 public:
  // Options, by the names that world.h gives them: "agents", "seed"; text is for "world" alone.
  bool set_number(std::string_view option, double value);
  bool set_text(std::string_view option, std::string_view value);
  // Which ISA to run on; empty: the best.
  void set_isa(std::string_view isa) { isa_ = isa; }

  // Bytes of memory that create() needs; 0 where these options make no world.
  double required_bytes();
  // Makes the world in `memory`, 64-byte aligned, which must outlive it.
  bool create(std::span<std::byte> memory);

  void step() { world_->step(); }
  // `agent` -1: every one. Modality, fault and incident by their names.
  bool inject(double agent, std::string_view modality, std::string_view fault, double magnitude, double seconds);
  bool happen(std::string_view incident, double x, double y, double seconds);

  // The declared rate in Hz, and the latency in seconds that the world has.
  double rate(std::uint32_t modality) const { return world_->timing(static_cast<Modality>(modality)).rate; }
  double latency(std::uint32_t modality) const { return world_->timing(static_cast<Modality>(modality)).latency; }

  std::uint32_t columns() const { return static_cast<std::uint32_t>(world_->layout().size()); }
  const Column& column(std::uint32_t index) const { return world_->layout()[index]; }
  // Names by number, "" after the last: of worlds, modalities, faults, incidents, situations.
  static std::string name(std::string_view of, std::uint32_t number);
  std::string isa() const { return std::string(world_->isa()); }

  const Error& error() const { return error_; }
  // The error's code, what, where, expected and got, numbered from 0, as text.
  std::string error_part(std::uint32_t part) const;

 private:
  bool keep(const Error& error);

  Options options_;
  std::string isa_;
  std::optional<World> world_;
  Error error_;
};

}  // namespace sensorium::world
