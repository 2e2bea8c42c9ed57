// The Node addon's surface: a class Port with the port's verbs by their names. No logic here.
#include <napi.h>

#include "identity.h"
#include "port.h"

namespace {

using namespace sensorium;
using Info = Napi::CallbackInfo;

std::string text(const Napi::Value& value) { return value.As<Napi::String>().Utf8Value(); }
double number(const Napi::Value& value) { return value.As<Napi::Number>().DoubleValue(); }
std::uint32_t index(const Napi::Value& value) { return value.As<Napi::Number>().Uint32Value(); }
std::span<std::byte> bytes(const Napi::Value& value) {
  auto array = value.As<Napi::Uint8Array>();
  return {reinterpret_cast<std::byte*>(array.Data()), array.ByteLength()};
}
SnapshotSource source(const Napi::Value& value) { return {.bytes = bytes(value).data(), .size = bytes(value).size()}; }
bool flag(const Napi::Value& value) { return value.As<Napi::Boolean>(); }

// The memory of a typed array whose elements are of T's size, or as bytes; none of anything else, which the core finds too short.
template <class T>
std::span<T> span(const Napi::Value& value) {
  if (!value.IsTypedArray()) return {};
  const std::size_t element = value.As<Napi::TypedArray>().ElementSize();
  std::size_t length = 0;
  void* data = nullptr;
  if (napi_get_typedarray_info(value.Env(), value, nullptr, &length, &data, nullptr, nullptr) != napi_ok) return {};
  if constexpr (std::is_same_v<T, std::byte>) return {static_cast<std::byte*>(data), length * element};
  return sizeof(T) == element ? std::span<T>(static_cast<T*>(data), length) : std::span<T>();
}

class PortObject : public Napi::ObjectWrap<PortObject> {
 public:
  explicit PortObject(const Info& info) : ObjectWrap(info) {}

  // A verb a line.
  // clang-format off
  static Napi::Function define(Napi::Env env) {
    return DefineClass(env, "Port", {
      verb<[](Port&, const Info&) { return identity(); }>("identity"),
      verb<[](Port& port, const Info& in) { return port.set_number(text(in[0]), number(in[1])); }>("set_number"),
      verb<[](Port& port, const Info& in) { return port.set_flag(text(in[0]), flag(in[1])); }>("set_flag"),
      verb<[](Port& port, const Info& in) { return port.set_text(text(in[0]), text(in[1])); }>("set_text"),
      verb<[](Port& port, const Info& in) { return port.set_count(text(in[0]), number(in[1])); }>("set_count"),
      verb<[](Port& port, const Info& in) {
        const auto values = in[1].As<Napi::Float32Array>();
        return port.set_floats(text(in[0]), {values.Data(), values.ElementLength()});
      }>("set_floats"),
      verb<[](Port& port, const Info& in) {
        const auto bytes = in[1].As<Napi::Uint8Array>();
        return port.set_bytes(text(in[0]), std::as_bytes(std::span(bytes.Data(), bytes.ElementLength())));
      }>("set_bytes"),
      verb<[](Port& port, const Info& in) { return port.set_other(text(in[0]), text(in[1])); }>("set_other"),
      verb<[](Port& port, const Info& in) { return port.set_isa(text(in[0])), true; }>("set_isa"),
      verb<[](Port& port, const Info&) { return port.required_bytes(); }>("required_bytes"),
      verb<[](Port& port, const Info&) { return port.explain(); }>("explain"),
      verb<[](Port& port, const Info&) { return port.explained_rows(); }>("explained_rows"),
      verb<[](Port& port, const Info&) { return port.reset(), true; }>("reset"),
      verb<[](Port& port, const Info&) { return port.metrics(), true; }>("metrics"),
      verb<[](Port& port, const Info&) { return port.reset_metrics(), true; }>("reset_metrics"),
      verb<[](Port& port, const Info& in) { return port.reset_agent(number(in[0])); }>("reset_agent"),
      verb<[](Port& port, const Info& in) { return port.acknowledge(number(in[0]), index(in[1])); }>("acknowledge"),
      verb<[](Port& port, const Info& in) { return port.acknowledge_all(index(in[0])), true; }>("acknowledge_all"),
      verb<[](Port& port, const Info&) { return port.most_snapshot_bytes(); }>("most_snapshot_bytes"),
      verb<[](Port& port, const Info&) { return port.snapshot_bytes(); }>("snapshot_bytes"),
      verb<[](Port& port, const Info& in) { return port.snapshot({.room = bytes(in[0])}, static_cast<double>(bytes(in[0]).size())); }>("snapshot"),
      verb<[](Port& port, const Info& in) { return port.restore(source(in[0])); }>("restore"),
      verb<[](Port& port, const Info& in) { return port.set_snapshot(source(in[0])); }>("set_snapshot"),
      verb<[](Port& port, const Info& in) { return port.simulate(number(in[0]), flag(in[1])); }>("simulate"),
      verb<[](Port& port, const Info&) { return port.places().places(); }>("places_count"),
      verb<[](Port& port, const Info&) { return port.places().made(); }>("places_made"),
      verb<[](Port& port, const Info&) { return port.places().gone(); }>("places_gone"),
      verb<[](Port& port, const Info& in) { return port.places().nearest(index(in[0]), index(in[1])); }>("places_nearest"),
      verb<[](Port& port, const Info& in) { return port.places().within(index(in[0]), static_cast<float>(number(in[1])), index(in[2])); }>("places_within"),
      verb<[](Port& port, const Info& in) { return port.places().links(number(in[0])); }>("places_links"),
      verb<[](Port& port, const Info& in) { return port.places().degree(number(in[0])); }>("places_degree"),
      verb<[](Port& port, const Info&) { return port.places().link_count(); }>("places_link_count"),
      verb<[](Port& port, const Info&) { return port.places().mean_degree(); }>("places_mean_degree"),
      verb<[](Port& port, const Info& in) { return port.places().path(number(in[0]), number(in[1])); }>("places_path"),
      verb<[](Port& port, const Info&) { return port.places().components(); }>("places_components"),
      verb<[](Port& port, const Info& in) { return port.places().place(number(in[0])); }>("places_place"),
      verb<[](Port& port, const Info&) { return port.places().export_all(); }>("places_export"),
      verb<[](Port& port, const Info&) { return port.columns(); }>("columns"),
      verb<[](Port& port, const Info&) { return port.modalities(); }>("modalities"),
      verb<[](Port& port, const Info& in) { return port.modality(index(in[0])); }>("modality"),
      verb<[](Port& port, const Info&) { return port.features(); }>("features"),
      verb<[](Port& port, const Info& in) { return port.feature(index(in[0])); }>("feature"),
      verb<[](Port& port, const Info&) { return port.isa(); }>("isa"),
      verb<[](Port& port, const Info& in) { return port.error_part(index(in[0])); }>("error"),
      InstanceMethod<&PortObject::column>("column"), InstanceMethod<&PortObject::explained_row>("explained_row"), InstanceMethod<&PortObject::create>("create"),
      InstanceMethod<&PortObject::tick>("tick"), InstanceMethod<&PortObject::tick_many>("tick_many"), InstanceMethod<&PortObject::dispose>("dispose")});
  }
  // clang-format on

 private:
  template <auto body>
  Napi::Value call(const Info& info) {
    return attached(info.Env()) ? Napi::Value::From(info.Env(), body(port_, info)) : info.Env().Undefined();
  }
  template <auto body>
  static Napi::ClassPropertyDescriptor<PortObject> verb(const char* name) {
    return InstanceMethod<&PortObject::call<body>>(name);
  }

  // The memory is V8's. Nobody can take that of a WebAssembly.Memory away, but to write where it was would be the worst of ends.
  bool attached(Napi::Env env) {
    if (memory_.IsEmpty() || !memory_.Value().IsDetached()) return true;
    Napi::TypeError::New(env, "The engine's memory was detached").ThrowAsJavaScriptException();
    return false;
  }

  // create(buffer): the engine's block is all of it but the last 64 bytes, in which JavaScript writes the time of the next tick:
  // a number passed to a function of an addon is an object on the heap.
  Napi::Value create(const Info& info) {
    auto memory = info[0].As<Napi::ArrayBuffer>();
    std::byte* bytes = static_cast<std::byte*>(memory.Data());
    const std::size_t block = memory.ByteLength() - 64;
    seconds_ = reinterpret_cast<double*>(bytes + block);
    memory_ = Napi::Persistent(memory);
    return Napi::Boolean::New(info.Env(), port_.create({bytes, block}));
  }

  Napi::Value tick(const Info& info) {
    return Napi::Boolean::New(info.Env(), attached(info.Env()) && port_.tick(*seconds_));
  }

  // tick_many(times, inputs, values, rows, active, planes, into, changes, done): straight from and into the caller's arrays.
  Napi::Value tick_many(const Info& in) {
    if (!attached(in.Env())) return in.Env().Undefined();
    Port::Replay replay = {span<double>(in[0]),
                           span<std::uint32_t>(in[1]),
                           span<float>(in[2]),
                           index(in[3]),
                           span<std::uint8_t>(in[4]),
                           span<std::uint32_t>(in[5]),
                           {},
                           span<std::uint32_t>(in[7])};
    const auto into = in[6].As<Napi::Array>();
    for (std::uint32_t i = 0; i < into.Length(); ++i) replay.into.push_back(span<std::byte>(into.Get(i)));
    return Napi::Boolean::New(in.Env(), port_.tick_many(replay, span<double>(in[8])));
  }

  Napi::Value column(const Info& info) {
    if (!attached(info.Env())) return info.Env().Undefined();
    const Column& c = port_.column(index(info[0]));
    Napi::Object column = Napi::Object::New(info.Env());
    column["name"] = std::string(c.name.view());
    column["type"] = static_cast<std::uint32_t>(c.type);
    column["rows"] = c.rows;
    column["width"] = c.width;
    column["planes"] = c.planes;
    column["list"] = c.list;
    column["offset"] = static_cast<double>(c.offset);
    column["stride"] = static_cast<double>(c.stride);
    return column;
  }

  Napi::Value explained_row(const Info& info) {
    const auto [name, without, bytes] = port_.explained_row(index(info[0]));
    Napi::Object row = Napi::Object::New(info.Env());
    row["name"] = name;
    row["without"] = without;
    row["bytes"] = bytes;
    return row;
  }

  // Lets the memory go at once, not when the wrapper is collected.
  void dispose(const Info&) {
    port_ = Port();
    memory_.Reset();
  }

  Port port_;
  double* seconds_ = nullptr;
  Napi::Reference<Napi::ArrayBuffer> memory_;
};

Napi::Object start(Napi::Env env, Napi::Object exports) {
  exports["Port"] = PortObject::define(env);
  return exports;
}

}  // namespace

NODE_API_MODULE(sensorium, start)
