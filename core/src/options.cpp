#include "options.h"

#include <cmath>
#include <cstring>

#include "format.h"
#include "sensorium/schema.h"

namespace sensorium::options {
namespace {

using schema::Option;
using schema::OptionType;
using schema::RecordList;
using schema::Scope;

std::uint32_t record_count(const Config& config, Scope scope) {
  switch (scope) {
    case Scope::root:
      return 1;
    case Scope::channel:
      return config.channels.size();
    case Scope::modality:
      return config.modalities.size();
    case Scope::layer:
      return config.network.layers.size();
    case Scope::history_column:
      return config.history.columns.size();
  }
  return 0;
}

const std::byte* record(const Config& config, Scope scope, std::uint32_t index) {
  switch (scope) {
    case Scope::root:
      break;
    case Scope::channel:
      return reinterpret_cast<const std::byte*>(&config.channels[index]);
    case Scope::modality:
      return reinterpret_cast<const std::byte*>(&config.modalities[index]);
    case Scope::layer:
      return reinterpret_cast<const std::byte*>(&config.network.layers[index]);
    case Scope::history_column:
      return reinterpret_cast<const std::byte*>(&config.history.columns[index]);
  }
  return reinterpret_cast<const std::byte*>(&config);
}

const RecordList* list_of(Scope scope) {
  for (const RecordList& list : schema::record_lists()) {
    if (list.scope == scope) return &list;
  }
  return nullptr;
}

template <class T>
T load(const std::byte* at) {
  T value;
  std::memcpy(&value, at, sizeof value);
  return value;
}

const char* type_words(OptionType type) {
  switch (type) {
    case OptionType::u32:
    case OptionType::optional_u32:
    case OptionType::u64:
      return "a whole number";
    case OptionType::f32:
    case OptionType::f64:
      return "a number";
    case OptionType::flag:
      return "true or false";
    case OptionType::text:
      return "text";
    case OptionType::choice:
      return "one word of a list";
    case OptionType::floats:
      return "a list of numbers";
    case OptionType::bytes:
      return "the bytes of a file";
  }
  return "";
}

Words expected_words(const Option& option) {
  Words words;
  if (option.type == OptionType::choice) {
    words << "one of";
    for (std::size_t i = 0; i < option.choices.size(); ++i) words << (i ? ", " : " ") << option.choices[i];
    return words;
  }
  words << type_words(option.type);
  if (option.type == OptionType::bytes) return words << ", " << option.min << " to " << option.max << " of them";
  if (option.type != OptionType::text && option.type != OptionType::flag) {
    words << (option.type == OptionType::floats ? ", each from " : " from ") << option.min << " to " << option.max;
    if (*option.unit && option.type != OptionType::floats) words << " (" << option.unit << ")";
  }
  return words;
}

// Where an option stands, in the user's words: "channels.lidar.points.scale".
Words where_words(const Config& config, const Option& option, std::uint32_t index) {
  Words words;
  const RecordList* list = list_of(option.scope);
  if (!list) return words << option.path;
  words << list->path << ".";
  std::string_view name;
  if (option.scope == Scope::channel) name = config.channels[index].name.view();
  if (option.scope == Scope::modality) name = config.modalities[index].name.view();
  if (name.empty()) {
    words << index;
  } else {
    words << name;
  }
  return words << "." << option.path;
}

// Whether a number may stand in a numeric option. NaN may only where it means "as in readings"; where C++ says by it that
// nothing is given, as nobody would say it by name, only `unset`.
bool number_fits(const Option& option, double value, bool unset = false) {
  if (std::isnan(value)) return option.scope == Scope::modality || unset;
  if (value < option.min || value > option.max) return false;
  // A number too small for f32 would become 0, which may mean something else.
  if (option.type == OptionType::f32 && value != 0 && static_cast<float>(value) == 0) return false;
  const bool whole =
      option.type == OptionType::u32 || option.type == OptionType::optional_u32 || option.type == OptionType::u64;
  return !whole || value == std::floor(value);
}

struct Target {
  const Option* option = nullptr;
  std::uint32_t index = 0;
  std::byte* at = nullptr;
};

// The names that could stand at the end of `path`: the options and groups beside the one that does not exist.
Words siblings(Scope scope, std::string_view path) {
  const std::size_t dot = path.rfind('.');
  const std::string_view group = dot == std::string_view::npos ? std::string_view() : path.substr(0, dot + 1);
  Words words;
  std::string_view last;
  const auto add = [&](std::string_view other) {
    if (!other.starts_with(group)) return;
    other = other.substr(group.size());
    other = other.substr(0, other.find('.'));
    if (other == last || other == "name") return;
    words << (last.empty() ? "one of " : ", ") << other;
    last = other;
  };
  for (const Option& option : schema::options()) {
    if (option.scope == scope) add(option.path);
  }
  for (const RecordList& list : schema::record_lists()) {
    // A list inside a group is not beside the group, whose name stands there already.
    if (scope == Scope::root &&
        (dot != std::string_view::npos || std::string_view(list.path).find('.') == std::string_view::npos))
      add(list.path);
  }
  return last.empty() && dot != std::string_view::npos ? siblings(scope, {}) : words;
}

Error unknown(std::string_view where, Scope scope, std::string_view path) {
  return make_error(ErrorCode::unknown_option, "There is no such option", where, siblings(scope, path),
                    path.substr(path.rfind('.') + 1));
}

Error find(Config& config, std::string_view path, Target& target) {
  Scope scope = Scope::root;
  std::string_view rest = path;
  for (const RecordList& list : schema::record_lists()) {
    const std::string_view prefix = list.path;
    if (!path.starts_with(prefix) || path.size() <= prefix.size() || path[prefix.size()] != '.') continue;
    rest = path.substr(prefix.size() + 1);
    const auto [end, error] = std::from_chars(rest.data(), rest.data() + rest.size(), target.index);
    const std::size_t digits = static_cast<std::size_t>(end - rest.data());
    if (error != std::errc() || digits >= rest.size() || *end != '.') return unknown(path, Scope::root, path);
    scope = list.scope;
    rest = rest.substr(digits + 1);
    if (target.index >= record_count(config, scope)) {
      return make_error(ErrorCode::unknown_option, "There is no such record in the list", path,
                        Words() << "a number below " << record_count(config, scope), Words() << target.index);
    }
  }
  for (const Option& option : schema::options()) {
    if (option.scope != scope || rest != option.path) continue;
    target.option = &option;
    target.at = const_cast<std::byte*>(record(config, scope, target.index)) + option.offset;
    return {};
  }
  // The list's record is named in the message as the user named it.
  if (const RecordList* list = list_of(scope)) {
    Words where;
    where << list->path << ".";
    if (scope == Scope::channel && !config.channels[target.index].name.view().empty()) {
      where << config.channels[target.index].name.view();
    } else if (scope == Scope::modality && !config.modalities[target.index].name.view().empty()) {
      where << config.modalities[target.index].name.view();
    } else {
      where << target.index;
    }
    where << "." << rest;
    return unknown(where, scope, rest);
  }
  return unknown(path, Scope::root, path);
}

Error wrong_type(const Config& config, const Target& target, std::string_view got) {
  return make_error(ErrorCode::wrong_type, "The option is of another type",
                    where_words(config, *target.option, target.index), expected_words(*target.option), got);
}

Error out_of_range(const Config& config, const Option& option, std::uint32_t index, std::string_view got) {
  return make_error(ErrorCode::out_of_range, "The option is outside its range", where_words(config, option, index),
                    expected_words(option), got);
}

template <class T>
void store(const Target& target, T value) {
  std::memcpy(target.at, &value, sizeof value);
}

}  // namespace

Error set_number(Config& config, std::string_view path, double value) {
  Target target;
  if (Error error = find(config, path, target)) return error;
  const Option& option = *target.option;
  const Words got = Words() << value;
  switch (option.type) {
    case OptionType::u32:
    case OptionType::optional_u32:
    case OptionType::u64:
    case OptionType::f32:
    case OptionType::f64:
      break;
    default:
      return wrong_type(config, target, Words() << "the number " << value);
  }
  if (!number_fits(option, value)) return out_of_range(config, option, target.index, got);
  if (option.type == OptionType::u32) store(target, static_cast<std::uint32_t>(value));
  if (option.type == OptionType::optional_u32) store(target, std::optional(static_cast<std::uint32_t>(value)));
  if (option.type == OptionType::u64) store(target, static_cast<std::uint64_t>(value));
  if (option.type == OptionType::f32) store(target, static_cast<float>(value));
  if (option.type == OptionType::f64) store(target, value);
  return {};
}

Error set_flag(Config& config, std::string_view path, bool value) {
  Target target;
  if (Error error = find(config, path, target)) return error;
  if (target.option->type != OptionType::flag) return wrong_type(config, target, value ? "true" : "false");
  store(target, value);
  return {};
}

Error set_text(Config& config, std::string_view path, std::string_view value) {
  Target target;
  if (Error error = find(config, path, target)) return error;
  const Option& option = *target.option;
  if (option.type == OptionType::choice) {
    for (std::size_t i = 0; i < option.choices.size(); ++i) {
      if (value != option.choices[i]) continue;
      store(target, static_cast<std::uint32_t>(i));
      return {};
    }
    return out_of_range(config, option, target.index, Words() << "\"" << value << "\"");
  }
  if (option.type != OptionType::text) return wrong_type(config, target, Words() << "the text \"" << value << "\"");
  if (static_cast<double>(value.size()) > option.max || value.find('\0') != std::string_view::npos) {
    return make_error(ErrorCode::bad_name, "The name cannot be used", path,
                      Words() << "1 to " << option.max << " bytes of UTF-8, without NUL",
                      Words() << value.size() << " bytes: \"" << value << "\"");
  }
  if (option.scope == Scope::history_column) {
    store(target, ColumnName(value));
  } else {
    store(target, Name(value));
  }
  return {};
}

Error set_floats(Config& config, std::string_view path, std::span<const float> values) {
  Target target;
  if (Error error = find(config, path, target)) return error;
  if (target.option->type != OptionType::floats) {
    return wrong_type(config, target, Words() << "a list of " << values.size() << " numbers");
  }
  store(target, values);
  return {};
}

Error set_bytes(Config& config, std::string_view path, std::span<const std::byte> bytes) {
  Target target;
  if (Error error = find(config, path, target)) return error;
  const Option& option = *target.option;
  const Words got = Words() << bytes.size() << " bytes";
  if (option.type != OptionType::bytes) return wrong_type(config, target, got);
  const double size = static_cast<double>(bytes.size());
  if (size < option.min || size > option.max) return out_of_range(config, option, target.index, got);
  store(target, bytes);
  return {};
}

Error set_other(Config& config, std::string_view path, std::string_view got) {
  Target target;
  if (Error error = find(config, path, target)) return error;
  return wrong_type(config, target, got);
}

Error set_count(Config& config, std::string_view path, std::uint32_t count) {
  for (const RecordList& list : schema::record_lists()) {
    if (path != list.path) continue;
    if (count < list.min || count > list.max) {
      return make_error(count > list.max ? ErrorCode::too_many : ErrorCode::out_of_range,
                        "The list is too long or too short", path,
                        Words() << list.min << " to " << list.max << " of them", Words() << count);
    }
    const auto make = [count](auto& records) {
      for (std::uint32_t i = 0; i < count; ++i) records[i] = {};
      records.count = count;
    };
    if (list.scope == Scope::channel) make(config.channels);
    if (list.scope == Scope::modality) make(config.modalities);
    if (list.scope == Scope::history_column) make(config.history.columns);
    if (list.scope == Scope::layer) {
      make(config.network.layers);
      config.network.layers_given = true;
    }
    return {};
  }
  return unknown(path, Scope::root, path);
}

Error check_ranges(const Config& config) {
  for (const RecordList& list : schema::record_lists()) {
    const std::uint32_t count = record_count(config, list.scope);
    if (count < list.min || count > list.max) {
      return make_error(count > list.max ? ErrorCode::too_many : ErrorCode::out_of_range,
                        "The list is too long or too short", list.path,
                        Words() << list.min << " to " << list.max << " of them", Words() << count);
    }
  }
  for (const Option& option : schema::options()) {
    for (std::uint32_t index = 0; index < record_count(config, option.scope); ++index) {
      const std::byte* at = record(config, option.scope, index) + option.offset;
      double value = 0;
      switch (option.type) {
        case OptionType::u32:
        case OptionType::choice:
          value = load<std::uint32_t>(at);
          break;
        case OptionType::optional_u32:
          value = load<std::optional<std::uint32_t>>(at).value_or(static_cast<std::uint32_t>(option.min));
          break;
        case OptionType::u64:
          value = static_cast<double>(load<std::uint64_t>(at));
          break;
        case OptionType::f32:
          value = load<float>(at);
          break;
        case OptionType::f64:
          value = load<double>(at);
          break;
        case OptionType::flag:
        case OptionType::text:
          continue;
        case OptionType::bytes: {
          const std::size_t size = load<std::span<const std::byte>>(at).size();
          if (size == 0 || (static_cast<double>(size) >= option.min && static_cast<double>(size) <= option.max))
            continue;
          return out_of_range(config, option, index, Words() << size << " bytes");
        }
        case OptionType::floats: {
          const auto values = load<std::span<const float>>(at);
          for (std::size_t i = 0; i < values.size(); ++i) {
            // Written so that NaN fails.
            if (values[i] >= option.min && values[i] <= option.max) continue;
            return out_of_range(config, option, index, Words() << values[i] << " at [" << i << "]");
          }
          continue;
        }
      }
      // NaN is no number of any kind, but it may be the default.
      const bool unset =
          option.type == OptionType::f32 && std::isnan(load<float>(schema::defaults(option.scope) + option.offset));
      if (!number_fits(option, value, unset)) return out_of_range(config, option, index, Words() << value);
    }
  }
  return {};
}

namespace {

// Weights and biases may have changed since the engine was made (and a model is layers, once it has been read), and how it is
// watched says nothing of what it is.
bool is_identity(const Option& option) {
  return option.type != OptionType::floats && option.type != OptionType::bytes &&
         !std::string_view(option.path).starts_with("metrics.");
}

}  // namespace

void visit(const Config& config, void* context, void (*look)(void* context, const Value& value)) {
  for (const RecordList& list : schema::record_lists()) {
    look(context, {.path = Words() << list.path,
                   .where = Words() << list.path,
                   .type = Value::Type::count,
                   .number = static_cast<double>(record_count(config, list.scope)),
                   .text = {}});
  }
  const auto each = [&](Scope scope, std::uint32_t index) {
    for (const Option& option : schema::options()) {
      if (option.scope != scope || !is_identity(option)) continue;
      const std::byte* at = record(config, scope, index) + option.offset;
      Value value = {.path = {},
                     .where = where_words(config, option, index),
                     .type = Value::Type::number,
                     .number = 0,
                     .text = {}};
      if (const RecordList* list = list_of(scope)) value.path << list->path << "." << index << ".";
      value.path << option.path;
      switch (option.type) {
        case OptionType::u32:
          value.number = load<std::uint32_t>(at);
          break;
        case OptionType::optional_u32: {
          const auto given = load<std::optional<std::uint32_t>>(at);
          if (!given) continue;
          value.number = *given;
          break;
        }
        case OptionType::u64:
          value.number = static_cast<double>(load<std::uint64_t>(at));
          break;
        case OptionType::f32:
          value.number = load<float>(at);
          break;
        case OptionType::f64:
          value.number = load<double>(at);
          break;
        case OptionType::flag:
          value.type = Value::Type::flag;
          value.number = load<bool>(at);
          break;
        case OptionType::text:
          value.type = Value::Type::text;
          // Names of any length end with a zero.
          value.text = reinterpret_cast<const char*>(at);
          break;
        case OptionType::choice:
          value.type = Value::Type::text;
          value.text = option.choices[load<std::uint32_t>(at)];
          break;
        case OptionType::floats:
        case OptionType::bytes:
          break;
      }
      look(context, value);
    }
  };
  each(Scope::root, 0);
  for (const RecordList& list : schema::record_lists()) {
    for (std::uint32_t index = 0; index < record_count(config, list.scope); ++index) each(list.scope, index);
  }
}

Error set(Config& config, const Value& value) {
  switch (value.type) {
    case Value::Type::count:
      return set_count(config, value.path, static_cast<std::uint32_t>(value.number));
    case Value::Type::number:
      // By which C++ says that nothing is given.
      return std::isnan(value.number) ? Error{} : set_number(config, value.path, value.number);
    case Value::Type::flag:
      return set_flag(config, value.path, value.number != 0);
    case Value::Type::text:
      return set_text(config, value.path, value.text);
  }
  return {};
}

}  // namespace sensorium::options
