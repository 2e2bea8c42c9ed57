#include "config_bytes.h"

#include <cmath>
#include <cstring>

#include "../format.h"
#include "../options.h"
#include "../plan.h"
#include "sensorium/model.h"

namespace sensorium {
namespace {

using options::Value;

struct EntryHead {
  std::uint8_t path_bytes;
  std::uint8_t type;
  std::uint16_t value_bytes;
};

struct Writer {
  std::span<std::byte> room;
  std::uint64_t end = 0;

  void put(const void* from, std::size_t bytes) {
    if (end + bytes <= room.size()) std::memcpy(room.data() + end, from, bytes);
    end += bytes;
  }
  void put(const Value& value) {
    // -0 is 0, and every NaN is one.
    const double number = std::isnan(value.number) ? std::numeric_limits<double>::quiet_NaN() : value.number + 0.0;
    const std::uint8_t flag = value.number != 0;
    std::span<const std::byte> bytes = std::as_bytes(std::span(&number, 1));
    if (value.type == Value::Type::flag) bytes = std::as_bytes(std::span(&flag, 1));
    if (value.type == Value::Type::text) bytes = std::as_bytes(std::span(value.text));
    const std::string_view path = value.path;
    const EntryHead head = {static_cast<std::uint8_t>(path.size()), static_cast<std::uint8_t>(value.type),
                            static_cast<std::uint16_t>(bytes.size())};
    put(&head, sizeof head);
    put(path.data(), path.size());
    put(bytes.data(), bytes.size());
  }
};

// The options in bytes from anywhere, one after the other.
class Reader {
 public:
  explicit Reader(std::span<const std::byte> bytes) : left_(bytes) {}

  // False at the end, or where what follows is none: then broken() tells.
  bool next(Value& value) {
    EntryHead head;
    if (left_.size() < sizeof head) return end();
    std::memcpy(&head, left_.data(), sizeof head);
    if (head.path_bytes == 0) return end();
    const std::size_t bytes = sizeof head + head.path_bytes + head.value_bytes;
    if (bytes > left_.size() || head.path_bytes > 127 || head.type > 3) return broken_ = true, false;
    const char* text = reinterpret_cast<const char*>(left_.data()) + sizeof head;
    value = {.path = Words() << std::string_view(text, head.path_bytes),
             .where = {},
             .type = static_cast<Value::Type>(head.type),
             .number = 0,
             .text = {}};
    text += head.path_bytes;
    const std::size_t expected = value.type == Value::Type::text   ? head.value_bytes
                                 : value.type == Value::Type::flag ? 1
                                                                   : sizeof(double);
    if (head.value_bytes != expected) return broken_ = true, false;
    if (value.type == Value::Type::text) {
      value.text = {text, head.value_bytes};
    } else if (value.type == Value::Type::flag) {
      value.number = *text;
    } else {
      std::memcpy(&value.number, text, sizeof(double));
    }
    // A count is a whole number, or nothing that could be cast to one.
    if (value.type == Value::Type::count && !(value.number >= 0 && value.number <= 1e6)) return broken_ = true, false;
    left_ = left_.subspan(bytes);
    return true;
  }
  bool broken() const { return broken_; }

 private:
  bool end() {
    for (const std::byte byte : left_) broken_ = broken_ || byte != std::byte{0};
    return false;
  }
  std::span<const std::byte> left_;
  bool broken_ = false;
};

Words words(const Value& value) {
  if (value.type == Value::Type::text) return Words() << "\"" << value.text << "\"";
  if (value.type == Value::Type::flag) return Words() << (value.number != 0 ? "true" : "false");
  return Words() << value.number;
}

bool same(const Value& a, const Value& b) {
  if (a.path.view() != b.path.view() || a.type != b.type || a.text != b.text) return false;
  return a.number == b.number || (std::isnan(a.number) && std::isnan(b.number));
}

// A model is its layers: their weights are among the snapshot's own.
void resolve_model(Config& config) {
  if (config.network.model.empty()) return;
  const Result<Model> model = load_model(config.network.model);
  config.network.model = {};
  if (!model) return;
  config.network.layers = {};
  for (std::uint32_t l = 0; l < model->layers(); ++l) {
    config.network.layers.items[l] = {.units = model->units(l), .activation = model->activation(l)};
  }
  config.network.layers.count = model->layers();
}

}  // namespace

std::uint64_t config_bytes(const Config& config, std::span<std::byte> room) {
  Config resolved = config;
  resolved.history.depth = history_depth(config);
  resolve_model(resolved);
  Writer writer{room};
  options::visit(resolved, &writer,
                 [](void* context, const Value& value) { static_cast<Writer*>(context)->put(value); });
  constexpr std::byte kZeros[8] = {};
  writer.put(kZeros, static_cast<std::size_t>(-writer.end % 8));
  return writer.end;
}

Error read_config(std::span<const std::byte> bytes, Config& config) {
  Reader reader(bytes);
  Value value;
  while (reader.next(value)) {
    if (Error error = options::set(config, value)) return error;
  }
  if (!reader.broken()) return {};
  return make_error(ErrorCode::bad_snapshot, "The snapshot's options cannot be read", "snapshot",
                    "options as engines write them", "others");
}

Error compare_configs(std::span<const std::byte> own, std::span<const std::byte> other) {
  if (own.size() == other.size() && std::memcmp(own.data(), other.data(), own.size()) == 0) return {};
  // Through a Config: what an older version did not know has its default.
  Config theirs;
  if (Error error = read_config(other, theirs)) {
    if (error.code == ErrorCode::bad_snapshot) return error;
    return make_error(ErrorCode::snapshot_config, "The snapshot is of an engine with other options", error.where.view(),
                      error.expected.view(), error.got.view());
  }
  struct Search {
    Reader reader;
    Error error;
  } search = {Reader(own), {}};
  theirs.history.depth = history_depth(theirs);
  options::visit(theirs, &search, [](void* context, const Value& got) {
    Search& at = *static_cast<Search*>(context);
    if (at.error) return;
    Value expected;
    const bool more = at.reader.next(expected);
    if (more && same(expected, got)) return;
    const bool other_option = more && expected.path.view() != got.path.view();
    at.error =
        make_error(ErrorCode::snapshot_config, "The snapshot is of an engine with other options",
                   other_option ? expected.path : got.where, more ? words(expected) : Words() << "no such option",
                   other_option ? Words() << "none" : words(got));
  });
  return search.error;
}

}  // namespace sensorium
