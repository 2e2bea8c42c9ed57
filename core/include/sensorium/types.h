// Plain types of the public API: names, lists, errors, options and columns.
// Nothing here allocates. Units are SI: metres, seconds, radians, hertz.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <initializer_list>
#include <limits>
#include <optional>
#include <span>
#include <string_view>
#include <utility>

namespace sensorium {

// --- Limits -----------------------------------------------------------------

inline constexpr std::uint32_t kMaxAgents = 1'000'000;
inline constexpr std::uint32_t kMaxChannels = 64;
inline constexpr std::uint32_t kMaxFeatures = 32;
inline constexpr std::uint32_t kMaxModalities = 16;
inline constexpr std::uint32_t kMaxCategories = 32;
inline constexpr std::uint32_t kMaxLayers = 4;
inline constexpr std::uint32_t kMaxUnits = 64;
inline constexpr std::uint32_t kMaxWindow = 256;
inline constexpr std::uint32_t kMaxHorizon = 32;
inline constexpr std::uint32_t kMaxNeighbors = 32;
inline constexpr std::uint32_t kMaxHistory = 100'000;
inline constexpr std::uint32_t kMaxHistoryColumns = 32;
// results.neighbors.count goes no further.
inline constexpr std::uint32_t kMostCounted = 255;
// Features and unbounded network units saturate here, so that every later sum and square stays finite in f32.
inline constexpr float kSaturation = 1e9f;
// Of a network.
inline constexpr double kMaxWeight = 1e6;
inline constexpr double kMaxBias = 1e9;
// A .safetensors file: its header, and with that and the largest network the whole of it.
inline constexpr std::uint32_t kMaxModelHeader = 65'536;
inline constexpr std::uint32_t kMaxModelBytes = 8 + kMaxModelHeader + kMaxLayers * kMaxUnits * (kMaxUnits + 1) * 4;
inline constexpr float kInfinity = std::numeric_limits<float>::infinity();

// --- Text and lists of fixed capacity -----------------------------------------

// Text of at most `Capacity` bytes (UTF-8), NUL-terminated; longer text is cut, at a character's boundary.
template <std::size_t Capacity>
struct Text {
  char bytes[Capacity + 1] = {};

  constexpr Text() = default;
  constexpr Text(const char* text) { assign(text); }
  constexpr Text(std::string_view text) { assign(text); }

  constexpr void assign(std::string_view text) {
    std::size_t length = text.size();
    if (length > Capacity) {
      length = Capacity;
      while (length > 0 && (static_cast<unsigned char>(text[length]) & 0xC0) == 0x80) --length;
    }
    for (std::size_t i = 0; i < length; ++i) bytes[i] = text[i];
    for (std::size_t i = length; i <= Capacity; ++i) bytes[i] = '\0';
  }
  constexpr std::string_view view() const { return std::string_view(bytes); }
  constexpr bool operator==(std::string_view text) const { return view() == text; }
};

using Name = Text<63>;
using ColumnName = Text<95>;

// A list of at most `Capacity` values, held in place.
template <class T, std::size_t Capacity>
struct List {
  std::array<T, Capacity> items{};
  std::uint32_t count = 0;

  constexpr List() = default;
  constexpr List(std::initializer_list<T> values) {
    for (const T& value : values) {
      if (count < Capacity) items[count] = value;
      ++count;  // more than Capacity is refused by create(), not here
    }
  }
  constexpr std::uint32_t size() const { return count; }
  constexpr bool empty() const { return count == 0; }
  constexpr T& operator[](std::size_t i) { return items[i]; }
  constexpr const T& operator[](std::size_t i) const { return items[i]; }
  constexpr T* begin() { return items.data(); }
  constexpr T* end() { return items.data() + (count < Capacity ? count : Capacity); }
  constexpr const T* begin() const { return items.data(); }
  constexpr const T* end() const { return items.data() + (count < Capacity ? count : Capacity); }
};

// --- Errors -------------------------------------------------------------------

enum class ErrorCode : std::uint32_t {
  ok,
  unknown_option,      // no option of that name
  wrong_type,          // a number where text is wanted, and so on
  out_of_range,        // outside the option's stated range, or not finite
  bad_name,            // empty, too long, or with an empty part
  duplicate_name,      // a channel, modality, feature or column of times named twice
  unknown_modality,    // options for a modality that no channel belongs to
  too_many,            // more channels, features, modalities or layers than there may be
  wrong_kind,          // an option of channels of another kind
  wrong_count,         // weights, biases or buffers of another length than what they are for
  nothing_to_fuse,     // no feature, or none with a positive weight
  bad_block,           // the memory block is too small, null or not 64-byte aligned
  out_of_memory,       // the memory could not be had
  time_not_finite,     // tick(NaN) or tick(infinity)
  time_backwards,      // tick() with a smaller time than the last one
  agent_out_of_range,  // an agent's index outside 0 .. agents - 1
  unknown_isa,         // SENSORIUM_ISA names one that this machine or build does not have
  wrong_channels,      // the classic load generator on an engine without the classic channels
  unknown_column,      // no column of that name in this engine, or none that may be used so
  bad_model,  // a .safetensors file that is broken, not understood, or of another shape or other features than the engine's
  overlap,           // two blocks of which one is written share memory, or one shares the engine's
  bad_snapshot,      // the bytes are no snapshot, cut, altered, or of a state that no engine can be in
  snapshot_version,  // the snapshot is of a newer version
  snapshot_config,   // the snapshot is of an engine with other options
};

// The stable, public name of an error code, such as "time_backwards".
const char* error_name(ErrorCode code);

// What went wrong, where, what was expected and what was got. Fixed size: an error never allocates.
struct Error {
  ErrorCode code = ErrorCode::ok;
  Text<127> what;
  Text<127> where;
  Text<127> expected;
  Text<127> got;

  constexpr explicit operator bool() const { return code != ErrorCode::ok; }
};

// A value or an Error.
template <class T>
class Result {
 public:
  Result(T value) : value_(std::move(value)) {}
  Result(const Error& error) : error_(error) {}

  explicit operator bool() const { return value_.has_value(); }
  T& operator*() { return *value_; }
  const T& operator*() const { return *value_; }
  T* operator->() { return &*value_; }
  const T* operator->() const { return &*value_; }
  const Error& error() const { return error_; }

 private:
  std::optional<T> value_;
  Error error_;
};

// --- Options ------------------------------------------------------------------
// Ranges, defaults and meaning of each are in schema.cpp, the one table from which the docs and the TypeScript types are made.

enum class Kind : std::uint32_t { linear, circular, categorical };
enum class Hold : std::uint32_t { inherit, latch, once };
enum class Activation : std::uint32_t { fast_sigmoid, sigmoid, tanh, relu, identity, softmax };
enum class Confidence : std::uint32_t { automatic, fused, freshness };

struct ChannelOptions {
  Name name = {};
  Kind kind = Kind::linear;
  float min = -kInfinity;
  float max = kInfinity;
  float scale = 0;
  float offset = 0;
  bool absolute = false;
  bool clamp = false;
  double period = 6.283185307179586;                       // circular
  std::uint32_t categories = 0;                            // categorical; it must be given
  float weight = std::numeric_limits<float>::quiet_NaN();  // NaN: 1 if linear, else 0
  bool feature = true;
};

struct ReadingOptions {
  Hold hold = Hold::latch;
  double lost_after = 1;
  double half_life = std::numeric_limits<double>::infinity();
  bool timed = false;
  bool columns = false;
};

// Overrides of ReadingOptions for one modality; `inherit` and NaN mean "as in readings". It is timed if either says so.
struct ModalityOptions {
  Name name = {};
  Hold hold = Hold::inherit;
  double lost_after = std::numeric_limits<double>::quiet_NaN();
  double half_life = std::numeric_limits<double>::quiet_NaN();
  bool timed = false;
};

struct LayerOptions {
  std::uint32_t units = 8;
  Activation activation = Activation::fast_sigmoid;
  std::span<const float> weights =
      {};  // [units][inputs], row-major; empty: drawn from the seed. Read during create() only.
  std::span<const float> biases = {};  // [units]; empty: 0
};

struct NetworkOptions {
  std::uint64_t seed = 1;
  List<LayerOptions, kMaxLayers> layers = {{.units = 8}, {.units = 2}};
  // The bytes of a .safetensors file, which brings the layers: see model.h. Empty: none. Read during create() only.
  std::span<const std::byte> model = {};
  bool layers_given =
      false;  // `layers` were set by their path, if only to the default: beside a model that is an error
};

struct FusionOptions {
  Confidence confidence = Confidence::automatic;
};

struct DetectionOptions {
  std::uint32_t window = 20;
  std::uint32_t min_samples = 3;
  float min_deviation = 1e-4f;
  float low = 2;
  float medium = 2.5f;
  float high = 3;
};

struct PredictionOptions {
  std::uint32_t window = 10;
  std::uint32_t horizon = 5;
  float min = 0;
  float max = 1;
};

struct NeighborOptions {
  std::uint32_t k = 0;
  float radius = 10;
  float fov = 6.2831855f;
  bool own_radius = false;
  bool groups = false;
};

// When the events of a kind are told; as in ISA-18.2 and IEC 62682, where they are an alarm's delays and deadband.
struct EventDelays {
  double on_delay = 0;
  double off_delay = 0;
};
// The same of a kind that has a level.
struct LevelEventDelays {
  double on_delay = 0;
  double off_delay = 0;
  float deadband = 0;
};

struct EventOptions {
  LevelEventDelays anomaly = {};
  EventDelays blind = {};
  LevelEventDelays neighbor = {};
  EventDelays lost = {};
  bool acknowledge = false;
};

enum class PlacesFrom : std::uint32_t { position, features };

struct MapOptions {
  std::uint32_t capacity = 0;
  float merge_radius = 2;
  float link_radius = 10;
  PlacesFrom from = PlacesFrom::position;
};

struct HistoryOptions {
  std::optional<std::uint32_t> depth = {};  // nothing: 100 for up to 1,000 agents, else 0
  List<ColumnName, kMaxHistoryColumns> columns = {"fused", "confidence", "anomaly.score", "flags"};
};

struct MetricsOptions {
  bool timing = true;
  std::uint32_t stages_every = 61;
};

// The 13 channels of the classic four-sensor system.
List<ChannelOptions, kMaxChannels> classic_channels();

struct Config {
  std::uint32_t agents = 1;
  ReadingOptions readings = {};
  List<ChannelOptions, kMaxChannels> channels = classic_channels();
  List<ModalityOptions, kMaxModalities> modalities = {};
  FusionOptions fusion = {};
  NetworkOptions network = {};
  DetectionOptions detection = {};
  PredictionOptions prediction = {};
  EventOptions events = {};
  NeighborOptions neighbors = {};
  MapOptions map = {};
  HistoryOptions history = {};
  MetricsOptions metrics = {};
};

// --- Columns ------------------------------------------------------------------

enum class ElementType : std::uint32_t { f32, f64, u8, u32, i32 };

// One column, or `planes` columns of the same name, inside the engine's block.
struct Column {
  ColumnName name;  // "active", "sensors.lidar.points", "results.anomaly.score", "statistics.cycles"
  ElementType type = ElementType::f32;
  bool list = false;  // a list of planes (results.output[j][i]), even when there is only one
  std::uint32_t rows =
      0;  // agents, or 1 for statistics; more for "exchange.*", by which the port's questions to the map go
  std::uint32_t width = 1;   // values a row: k for the nearest neighbours, which lie row by row, else 1
  std::uint32_t planes = 0;  // 1, or the length of the list
  std::uint64_t offset = 0;  // bytes from the block's start to the first plane, a multiple of 64
  std::uint64_t stride = 0;  // bytes from one plane to the next, an odd multiple of 64
};

// --- What is so, and what began or ended ---------------------------------------
// Bits of the `flags` and `changes` columns. Bit kLostShift + m: modality m is lost.

namespace flag {
// Severity is low or worse; here and for blind, neighbor and lost: see EventOptions
inline constexpr std::uint32_t anomaly = 1u << 0;
inline constexpr std::uint32_t blind = 1u << 1;      // every modality is lost or unseen: fused is held, confidence 0
inline constexpr std::uint32_t scored = 1u << 2;     // the anomaly columns hold a value
inline constexpr std::uint32_t predicted = 1u << 3;  // the prediction columns hold a value
inline constexpr std::uint32_t active = 1u << 4;     // the row took part in the last tick it was active in
inline constexpr std::uint32_t neighbor = 1u << 5;   // somebody is within the radius
}  // namespace flag
inline constexpr std::uint32_t kLostShift = 16;
// Only these begin and end as events; the others are validity.
inline constexpr std::uint32_t kChangeMask = flag::anomaly | flag::blind | flag::neighbor | 0xFFFF0000u;

enum class Severity : std::uint8_t { none, low, medium, high };

}  // namespace sensorium
