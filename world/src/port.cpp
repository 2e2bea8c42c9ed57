#include "port.h"

#include <cmath>

#include "format.h"

namespace sensorium::world {
namespace {

constexpr const char* kOptions = "one of world, agents, seed, rate, hour, rain, faults, incidents, intervals";
constexpr double kMostSeed = 9007199254740991.0;  // 2^53 - 1: every whole number up to it is a double

// Writes a whole number of an option; others, and those that do not fit, are errors.
template <class T>
Error set_whole(std::string_view option, double value, double least, double most, T& to) {
  if (!(value >= least && value <= most && value == std::floor(value))) {
    return make_error(ErrorCode::out_of_range, "The option is outside its range", option,
                      Words() << "a whole number, " << least << " to " << most, Words() << value);
  }
  to = static_cast<T>(value);
  return {};
}

// The number of a name, or `count`.
template <class Enum>
std::uint32_t number_of(std::string_view name, std::uint32_t count) {
  std::uint32_t number = 0;
  while (number < count && name_of(static_cast<Enum>(number)) != name) ++number;
  return number;
}

template <class Enum>
Error find(const char* where, std::string_view name, std::uint32_t count, Enum& found) {
  const std::uint32_t number = number_of<Enum>(name, count);
  found = static_cast<Enum>(number);
  if (number < count) return {};
  Words names;
  for (std::uint32_t i = 0; i < count; ++i) names << (i ? ", " : "one of ") << name_of(static_cast<Enum>(i));
  return make_error(ErrorCode::out_of_range, "There is nothing of that name", where, names,
                    Words() << "\"" << name << "\"");
}

}  // namespace

bool Port::keep(const Error& error) {
  error_ = error;
  return !error;
}

bool Port::set_number(std::string_view option, double value) {
  if (option == "agents") return keep(set_whole(option, value, 1, kMaxAgents, options_.agents));
  if (option == "intervals") return keep(set_whole(option, value, 0, kMaxIntervals, options_.intervals));
  if (option == "seed") return keep(set_whole(option, value, 0, kMostSeed, options_.seed));
  if (option == "world") {
    return keep(make_error(ErrorCode::wrong_type, "The option is of another type", option, "text",
                           Words() << "the number " << value));
  }
  struct Number {
    std::string_view name;
    double Options::*at;
  };
  constexpr Number kNumbers[] = {{"rate", &Options::rate},
                                 {"hour", &Options::hour},
                                 {"rain", &Options::rain},
                                 {"faults", &Options::faults},
                                 {"incidents", &Options::incidents}};
  for (const Number& number : kNumbers) {
    if (option != number.name) continue;
    // In the options NaN means that nothing was said; from outside it is a mistake.
    if (std::isnan(value))
      return keep(make_error(ErrorCode::out_of_range, "The option is outside its range", option, "a number", "NaN"));
    options_.*number.at = value;
    return keep({});
  }
  return keep(make_error(ErrorCode::unknown_option, "There is no such option", option, kOptions, option));
}

bool Port::set_text(std::string_view option, std::string_view value) {
  if (option != "world") {
    const bool known = std::string_view(kOptions).find(option) != std::string_view::npos && !option.empty();
    return keep(known ? make_error(ErrorCode::wrong_type, "The option is of another type", option, "a number",
                                   Words() << "the text \"" << value << "\"")
                      : make_error(ErrorCode::unknown_option, "There is no such option", option, kOptions, option));
  }
  options_.world = value;
  return keep({});
}

double Port::required_bytes() {
  const Result<std::uint64_t> bytes = world::required_bytes(options_);
  keep(bytes ? Error() : bytes.error());
  return bytes ? static_cast<double>(*bytes) : 0;
}

bool Port::create(std::span<std::byte> memory) {
  Result<World> world = World::create_in(memory, options_, isa_);
  if (!world) return keep(world.error());
  world_.emplace(std::move(*world));
  return keep({});
}

bool Port::inject(double agent, std::string_view modality, std::string_view fault, double magnitude, double seconds) {
  Modality the_modality;
  Fault the_fault;
  if (Error error = find("modality", modality, kModalities, the_modality)) return keep(error);
  if (Error error = find("fault", fault, kFaults, the_fault)) return keep(error);
  const bool every = agent == -1;
  if (!every && !(agent >= 0 && agent < world_->agents() && agent == std::floor(agent))) {
    return keep(make_error(ErrorCode::agent_out_of_range, "There is no such agent", "agent",
                           Words() << "-1 for all, or 0 to " << world_->agents() - 1, Words() << agent));
  }
  return keep(world_->inject(every ? kEveryAgent : static_cast<std::uint32_t>(agent), the_modality, the_fault,
                             magnitude, seconds));
}

bool Port::happen(std::string_view incident, double x, double y, double seconds) {
  Incident the_incident;
  if (Error error = find("incident", incident, kIncidents, the_incident)) return keep(error);
  return keep(world_->happen(the_incident, x, y, seconds));
}

std::string Port::name(std::string_view of, std::uint32_t number) {
  if (of == "world") return number < world_names().size() ? std::string(world_names()[number]) : std::string();
  if (of == "modality") return std::string(name_of(static_cast<Modality>(number)));
  if (of == "fault") return std::string(name_of(static_cast<Fault>(number)));
  if (of == "incident") return std::string(name_of(static_cast<Incident>(number)));
  if (of == "situation") return std::string(name_of(static_cast<Situation>(number)));
  return {};
}

std::string Port::error_part(std::uint32_t part) const {
  switch (part) {
    case 0:
      return error_name(error_.code);
    case 1:
      return std::string(error_.what.view());
    case 2:
      return std::string(error_.where.view());
    case 3:
      return std::string(error_.expected.view());
    case 4:
      return std::string(error_.got.view());
    default:
      return {};
  }
}

}  // namespace sensorium::world
