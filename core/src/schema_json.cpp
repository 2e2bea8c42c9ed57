// Prints the schema as JSON: what scripts/generate.mjs makes the TypeScript types and the docs' tables from.
#include <cmath>
#include <cstring>
#include <iostream>
#include <limits>
#include <sstream>

#include "identity.h"
#include "sensorium/schema.h"

namespace {

using namespace sensorium;

std::string quoted(std::string_view text) {
  std::string out = "\"";
  for (char c : text) {
    if (c == '"' || c == '\\') out += '\\';
    out += c;
  }
  return out + "\"";
}

// JSON has no infinities and no NaN: they are text here.
std::string number(double value, int digits = 17) {
  if (std::isnan(value)) return "\"NaN\"";
  if (std::isinf(value)) return value > 0 ? "\"Infinity\"" : "\"-Infinity\"";
  std::ostringstream out;
  out.precision(digits);
  out << value;
  return out.str();
}

template <class T>
T member(const std::byte* record, std::size_t offset) {
  T value;
  std::memcpy(&value, record + offset, sizeof value);
  return value;
}

const char* scope_name(schema::Scope scope) {
  switch (scope) {
    case schema::Scope::root:
      return "root";
    case schema::Scope::channel:
      return "channels";
    case schema::Scope::modality:
      return "modalities";
    case schema::Scope::layer:
      return "network.layers";
    case schema::Scope::history_column:
      return "history.columns";
  }
  return "";
}

const char* type_name(schema::OptionType type) {
  switch (type) {
    case schema::OptionType::u32:
    case schema::OptionType::optional_u32:
    case schema::OptionType::u64:
      return "integer";
    case schema::OptionType::f32:
    case schema::OptionType::f64:
      return "number";
    case schema::OptionType::flag:
      return "boolean";
    case schema::OptionType::text:
      return "string";
    case schema::OptionType::choice:
      return "choice";
    case schema::OptionType::floats:
      return "floats";
    case schema::OptionType::bytes:
      return "bytes";
  }
  return "";
}

const char* element_name(ElementType type) {
  switch (type) {
    case ElementType::f32:
      return "f32";
    case ElementType::f64:
      return "f64";
    case ElementType::u8:
      return "u8";
    case ElementType::u32:
      return "u32";
    case ElementType::i32:
      return "i32";
  }
  return "";
}

std::string default_value(const schema::Option& option) {
  const std::byte* record = schema::defaults(option.scope);
  switch (option.type) {
    case schema::OptionType::u32:
      return number(member<std::uint32_t>(record, option.offset));
    case schema::OptionType::u64:
      return number(static_cast<double>(member<std::uint64_t>(record, option.offset)));
    case schema::OptionType::f32:
      return number(member<float>(record, option.offset), 7);
    case schema::OptionType::f64:
      return number(member<double>(record, option.offset));
    case schema::OptionType::flag:
      return member<bool>(record, option.offset) ? "true" : "false";
    case schema::OptionType::choice:
      return quoted(option.choices[member<std::uint32_t>(record, option.offset)]);
    case schema::OptionType::optional_u32:
    case schema::OptionType::text:
    case schema::OptionType::floats:
    case schema::OptionType::bytes:
      return "null";
  }
  return "null";
}

template <class Rows, class Print>
void list(const char* name, const Rows& rows, Print print, bool last = false) {
  std::cout << "  " << quoted(name) << ": [";
  const char* separator = "\n    {";
  for (const auto& row : rows) {
    std::cout << separator;
    print(row);
    std::cout << "}";
    separator = ",\n    {";
  }
  std::cout << "\n  ]" << (last ? "\n" : ",\n");
}

void field(const char* name, const std::string& json, bool first = false) {
  std::cout << (first ? "" : ", ") << quoted(name) << ": " << json;
}

void print_column(const schema::ResultColumn& row) {
  field("path", quoted(row.path), true);
  field("type", quoted(element_name(row.type)));
  field("list", quoted(row.list));
  field("unit", quoted(row.unit));
  field("range", quoted(row.range));
  field("doc", quoted(row.doc));
  field("when", quoted(schema::condition(row.when)));
}

}  // namespace

int main() {
  std::cout << "{\n\"identity\": " << quoted(identity()) << ",\n";
  list("options", schema::options(), [](const schema::Option& row) {
    field("scope", quoted(scope_name(row.scope)), true);
    field("path", quoted(row.path));
    field("type", quoted(type_name(row.type)));
    field("min", number(row.min, row.type == schema::OptionType::f32 ? 7 : 17));
    field("max", number(row.max, row.type == schema::OptionType::f32 ? 7 : 17));
    field("default", default_value(row));
    field("unit", quoted(row.unit));
    field("doc", quoted(row.doc));
    std::string choices = "[";
    for (const char* choice : row.choices) choices += (choices.size() > 1 ? ", " : "") + quoted(choice);
    field("choices", choices + "]");
  });
  list("lists", schema::record_lists(), [](const schema::RecordList& row) {
    field("path", quoted(row.path), true);
    field("named", row.named ? "true" : "false");
    field("min", number(row.min));
    field("max", number(row.max));
    field("doc", quoted(row.doc));
  });
  const auto classic = classic_channels();
  list("classic_channels", classic, [](const ChannelOptions& row) {
    field("name", quoted(row.name.view()), true);
    field("feature", row.feature ? "true" : "false");
    field("weight", number(row.weight, 7));
    field("scale", number(row.scale, 7));
    field("absolute", row.absolute ? "true" : "false");
  });
  list("inputs", schema::inputs(), print_column);
  list("results", schema::results(), print_column);
  list("statistics", schema::statistics(), print_column);
  list("metrics", schema::metrics(), [](const schema::Metric& row) {
    field("path", quoted(row.path), true);
    field("unit", quoted(row.unit));
    field("doc", quoted(row.doc));
  });
  list("events", schema::event_kinds(), [](const schema::EventKind& row) {
    field("bit", number(row.bit), true);
    field("kind", quoted(row.kind));
    field("begin", quoted(row.begin));
    field("end", quoted(row.end));
    field("doc", quoted(row.doc));
  });
  list(
      "flags", schema::flag_bits(),
      [](const schema::FlagBit& row) {
        field("bit", number(row.bit), true);
        field("name", quoted(row.name));
        field("doc", quoted(row.doc));
      },
      true);
  std::cout << "}\n";
}
