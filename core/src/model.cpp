// The file: 8 bytes, the header's length, little-endian; the header, JSON padded with spaces; the tensors' numbers without a gap.
// Format: https://github.com/huggingface/safetensors, section "Format".
#include "sensorium/model.h"

#include <algorithm>
#include <bit>
#include <cmath>
#include <cstring>

#include "float_mode.h"
#include "format.h"
#include "json.h"
#include "sensorium/schema.h"

namespace sensorium {
namespace {

constexpr std::uint32_t kMaxTensors = 2 * kMaxLayers;
// Their keys are compared with each other, so there is a limit.
constexpr std::uint32_t kMaxEntries = 256;
constexpr std::uint32_t kMaxListText = 16'384;

// The entries of __metadata__ that say something here, in the order of `Said`.
constexpr std::string_view kKeys[] = {"sensorium.version", "sensorium.activations", "sensorium.features",
                                      "sensorium.mean",    "sensorium.std",         "sensorium.offset",
                                      "sensorium.scale"};
enum Said : std::size_t { kVersion, kActivations, kFeatures, kMean, kStd, kOffset, kScale, kSaid };

std::uint32_t load_u32(const std::byte* at) {
  std::uint32_t value = 0;
  for (unsigned i = 0; i < 4; ++i) value |= std::to_integer<std::uint32_t>(at[i]) << (8 * i);
  return value;
}

std::uint32_t load_u16(const std::byte* at) {
  return std::to_integer<std::uint32_t>(at[0]) | std::to_integer<std::uint32_t>(at[1]) << 8;
}

// Every number of the two 16-bit forms is one of double precision.
double from_f16(std::uint32_t bits) {
  const std::uint32_t exponent = (bits >> 10) & 0x1F, fraction = bits & 0x3FF;
  const double sign = bits & 0x8000 ? -1 : 1;
  if (exponent == 0x1F)
    return fraction ? std::numeric_limits<double>::quiet_NaN() : sign * std::numeric_limits<double>::infinity();
  if (exponent == 0) return sign * fraction * 0x1p-24;
  // 2^(exponent - 15) * (1 + fraction / 2^10), put together as a double is.
  return sign * std::bit_cast<double>((std::uint64_t{exponent} + 1023 - 15) << 52 | std::uint64_t{fraction} << 42);
}

double from_f32(std::uint32_t bits) { return std::bit_cast<float>(bits); }

constexpr std::string_view kFile = "network.model";

// Where in the file something is: "network.model, layers.0.weight".
Words place_of(std::string_view part) { return Words() << kFile << ", " << part; }

Error bad(std::string_view what, std::string_view where, std::string_view expected, std::string_view got) {
  return make_error(ErrorCode::bad_model, what, where, expected, got);
}

// A tensor's name and what the header says of it.
struct Tensor {
  Text<31> name;
  bool prefixed = false;  // "layers.N.", not "N."
  bool bias = false;
  std::uint32_t number = 0;
  std::uint32_t number_bytes = 4;
  std::uint32_t type = 0;  // of Model::NumberType
  std::uint32_t rank = 0;
  std::uint64_t shape[2] = {};
  std::uint64_t begin = 0;
  std::uint64_t end = 0;
};

// "layers.N.weight", "layers.N.bias", or the same without "layers.": what nn.Sequential writes.
bool understand_name(json::String string, Tensor& tensor) {
  char text[32];
  const std::size_t length = json::decode(string, text, sizeof text);
  if (length >= sizeof text) return false;
  std::string_view name(text, length);
  tensor.name = name;
  tensor.prefixed = name.starts_with("layers.");
  if (tensor.prefixed) name.remove_prefix(7);
  const std::size_t dot = name.find('.');
  const std::string_view number = name.substr(0, dot);
  const auto [end, error] = std::from_chars(number.data(), number.data() + number.size(), tensor.number);
  const bool whole =
      error == std::errc() && end == number.data() + number.size() && (number.size() == 1 || number[0] != '0');
  if (!whole || dot == std::string_view::npos) return false;
  tensor.bias = name.substr(dot) == ".bias";
  return tensor.bias || name.substr(dot) == ".weight";
}

// A string as a message shows it.
Words shown(json::String string) {
  char text[64];
  const std::size_t length = json::decode(string, text, sizeof text);
  return Words() << "\"" << Text<60>(std::string_view(text, length < sizeof text ? length : sizeof text)).view()
                 << (length > 60 ? "...\"" : "\"");
}

}  // namespace

double Model::Numbers::operator[](std::size_t index) const {
  if (!data) return 0;
  switch (type) {
    case NumberType::f32:
      return from_f32(load_u32(data + 4 * index));
    case NumberType::f16:
      return from_f16(load_u16(data + 2 * index));
    case NumberType::bf16:
      return from_f32(load_u16(data + 2 * index) << 16);
  }
  return 0;
}

double Model::weight(std::uint32_t layer, std::uint32_t unit, std::uint32_t input) const {
  const double value = layers_[layer].weights[std::size_t{unit} * layers_[layer].inputs + input];
  if (layer > 0 || !normalised_) return value;
  return divides_ ? value / factors_[input] : value * factors_[input];
}

double Model::bias(std::uint32_t layer, std::uint32_t unit) const {
  double value = layers_[layer].biases[unit];
  if (layer > 0 || !normalised_) return value;
  for (std::uint32_t input = 0; input < layers_[layer].inputs; ++input)
    value -= weight(layer, unit, input) * offsets_[input];
  return value;
}

void Model::copy_layer(std::uint32_t layer, std::span<float> weights, std::span<float> biases) const {
  const FloatMode mode;
  const auto [inputs, units] = std::pair(layers_[layer].inputs, layers_[layer].units);
  if (weights.size() == std::size_t{units} * inputs) {
    for (std::uint32_t i = 0; i < units * inputs; ++i)
      weights[i] = static_cast<float>(weight(layer, i / inputs, i % inputs));
  }
  if (biases.size() == units) {
    for (std::uint32_t u = 0; u < units; ++u) biases[u] = static_cast<float>(bias(layer, u));
  }
}

// Reads top to bottom as the file is made. Every step fails with an error or leaves what the next ones need.
class ModelReader {
 public:
  explicit ModelReader(std::span<const std::byte> file) : file_(file) {}

  Result<Model> read() {
    const FloatMode mode;
    for (const auto step : {&ModelReader::read_frame, &ModelReader::read_header, &ModelReader::check_data,
                            &ModelReader::make_layers, &ModelReader::read_activations, &ModelReader::read_features,
                            &ModelReader::read_normalisation, &ModelReader::check_numbers}) {
      if (Error error = (this->*step)()) return error;
    }
    return model_;
  }

 private:
  Error read_frame() {
    constexpr std::uint32_t kFewest = 8 + 2;
    if (file_.size() > kMaxModelBytes || file_.size() < kFewest) {
      return make_error(ErrorCode::out_of_range, "The model's file is too large or too small", kFile,
                        Words() << kFewest << " to " << kMaxModelBytes << " bytes",
                        Words() << file_.size() << " bytes");
    }
    const std::uint64_t length = load_u32(file_.data()) | std::uint64_t{load_u32(file_.data() + 4)} << 32;
    if (length > kMaxModelHeader || length > file_.size() - 8) {
      return bad("This is no .safetensors file, or it is cut", place_of("header"),
                 Words() << "a length of at most " << kMaxModelHeader << " and the " << file_.size() - 8
                         << " bytes that follow",
                 Words() << length << " bytes");
    }
    header_ = std::string_view(reinterpret_cast<const char*>(file_.data()) + 8, static_cast<std::size_t>(length));
    data_ = file_.subspan(8 + header_.size());
    return {};
  }

  Error syntax(json::Reader& reader, std::string_view expected) const {
    const std::size_t at = reader.position();
    const Words where = Words() << kFile << ", header, byte " << at;
    if (at >= header_.size()) return bad("The header is not as the format has it", where, expected, "its end");
    const unsigned char byte = static_cast<unsigned char>(header_[at]);
    if (byte < 0x20 || byte > 0x7E)
      return bad("The header is not as the format has it", where, expected, Words() << "the byte " << byte);
    return bad("The header is not as the format has it", where, expected,
               Words() << "'" << std::string_view(&header_[at], 1) << "'");
  }

  // Calls each(key) at every member's value, until one fails. `each` reads the value.
  template <class Each>
  Error read_object(json::Reader& reader, Each each) {
    if (!reader.take('{')) return syntax(reader, "{");
    if (reader.take('}')) return {};
    do {
      const auto key = reader.string();
      if (!key) return syntax(reader, "a name: text of JSON, in UTF-8");
      if (!reader.take(':')) return syntax(reader, ":");
      if (Error error = each(*key)) return error;
    } while (reader.take(','));
    return reader.take('}') ? Error() : syntax(reader, ", or }");
  }

  Error read_header() {
    if (!header_.starts_with('{'))
      return bad("The header is not as the format has it", place_of("header"), "{ as its first byte", "another");
    json::Reader reader(header_);
    bool metadata = false;
    const auto member = [&](json::String key) -> Error {
      if (!json::equal(key, "__metadata__")) return read_tensor(reader, key);
      if (metadata) return twice(key);
      metadata = true;
      return read_metadata(reader);
    };
    if (Error error = read_object(reader, member)) return error;
    if (reader.untaken().find_first_not_of(' ') == std::string_view::npos) return {};
    return bad("The header is not as the format has it", place_of("header"), "nothing but spaces after its last }",
               "more");
  }

  static Error twice(json::String key) {
    return bad("A name is there twice", place_of("header"), "names of their own", shown(key));
  }

  Error read_metadata(json::Reader& reader) {
    const std::string_view object = reader.rest();
    std::uint32_t entries = 0;
    const auto entry = [&](json::String key) -> Error {
      // What came before, once more: few enough for that.
      if (Error error = find_earlier(object, entries, key)) return error;
      if (++entries > kMaxEntries) {
        return bad("The metadata have too many entries", place_of("__metadata__"), Words() << "at most " << kMaxEntries,
                   "more");
      }
      const auto value = reader.string();
      if (!value) return syntax(reader, "text of JSON, in UTF-8: the metadata are text to text");
      return keep(key, *value);
    };
    return read_object(reader, entry);
  }

  // Fails where one of the object's first `count` members has this name.
  Error find_earlier(std::string_view object, std::uint32_t count, json::String key) {
    json::Reader reader(object);
    reader.take('{');
    for (std::uint32_t i = 0; i < count; ++i) {
      const auto earlier = reader.string();
      reader.take(':');
      reader.string();
      reader.take(',');
      if (earlier && json::equal(*earlier, key)) return twice(key);
    }
    return {};
  }

  Error keep(json::String key, json::String value) {
    char name[32];
    const std::size_t length = json::decode(key, name, sizeof name);
    const std::string_view start(name, std::min(length, sizeof name));
    if (!start.starts_with("sensorium.")) return {};
    for (std::size_t i = 0; i < kSaid; ++i) {
      if (!json::equal(key, kKeys[i])) continue;
      said_[i] = value;
      return {};
    }
    return bad("There is no such entry", place_of("__metadata__"),
               "one of sensorium.version, activations, features, mean, std, offset, scale", shown(key));
  }

  Error read_tensor(json::Reader& reader, json::String key) {
    Tensor tensor;
    if (!understand_name(key, tensor)) {
      return bad("The model has a tensor that is none of a layer's", kFile,
                 "layers.0.weight, layers.0.bias ..., or 0.weight, 0.bias ...", shown(key));
    }
    const Words where = place_of(tensor.name.view());
    for (std::uint32_t t = 0; t < tensor_count_; ++t) {
      if (tensors_[t].prefixed != tensor.prefixed) {
        return bad("The layers are named in two ways", where, "all with \"layers.\" in front, or none",
                   tensors_[t].name.view());
      }
      if (tensors_[t].number == tensor.number && tensors_[t].bias == tensor.bias) return twice(key);
    }
    if (tensor_count_ == kMaxTensors) return too_many_layers();
    std::uint32_t seen = 0;
    const auto member = [&](json::String name) -> Error {
      const std::uint32_t part = json::equal(name, "dtype")          ? 1
                                 : json::equal(name, "shape")        ? 2
                                 : json::equal(name, "data_offsets") ? 4
                                                                     : 0;
      if (part == 0)
        return bad("The header is not as the format has it", where, "dtype, shape and data_offsets", shown(name));
      if (seen & part) return twice(name);
      seen |= part;
      return part == 1   ? read_type(reader, tensor, where)
             : part == 2 ? read_shape(reader, tensor, where)
                         : read_offsets(reader, tensor);
    };
    if (Error error = read_object(reader, member)) return error;
    if (seen != 7)
      return bad("The header is not as the format has it", where, "dtype, shape and data_offsets", "not all of them");
    if (Error error = check_extent(tensor, where)) return error;
    // In the order of the layers, each one's weights before its biases.
    std::uint32_t t = tensor_count_++;
    for (;
         t > 0 && (tensors_[t - 1].number > tensor.number || (tensors_[t - 1].number == tensor.number && !tensor.bias));
         --t) {
      tensors_[t] = tensors_[t - 1];
    }
    tensors_[t] = tensor;
    return {};
  }

  Error read_type(json::Reader& reader, Tensor& tensor, const Words& where) {
    const auto type = reader.string();
    if (!type) return syntax(reader, "the name of a type");
    constexpr std::string_view kTypes[] = {"F32", "F16", "BF16"};
    for (std::uint32_t t = 0; t < 3; ++t) {
      if (!json::equal(*type, kTypes[t])) continue;
      tensor.type = t;
      tensor.number_bytes = t == 0 ? 4 : 2;
      return {};
    }
    return bad("The tensor's numbers are of another type", where, "F32, F16 or BF16", shown(*type));
  }

  Error read_shape(json::Reader& reader, Tensor& tensor, const Words& where) {
    if (!reader.take('[')) return syntax(reader, "[");
    for (tensor.rank = 0; tensor.rank < 2; ++tensor.rank) {
      if (tensor.rank > 0 && !reader.take(',')) break;
      const auto length = reader.count();
      if (!length) return syntax(reader, "a whole number, below 2^64");
      tensor.shape[tensor.rank] = *length;
    }
    if (reader.take(']')) return {};
    if (reader.rest().starts_with(','))
      return bad("The tensor has another shape", where, shape_words(tensor), "more than two dimensions");
    return syntax(reader, ", or ]");
  }

  static const char* shape_words(const Tensor& tensor) { return tensor.bias ? "[out]" : "[out, in]"; }

  Error read_offsets(json::Reader& reader, Tensor& tensor) {
    constexpr const char* kExpected = "[begin, end], two whole numbers below 2^64";
    std::optional<std::uint64_t> begin, end;
    if (!reader.take('[') || !(begin = reader.count()) || !reader.take(',') || !(end = reader.count()) ||
        !reader.take(']')) {
      return syntax(reader, kExpected);
    }
    tensor.begin = *begin;
    tensor.end = *end;
    return {};
  }

  // Shape, type and offsets of one tensor against each other, and against the data.
  Error check_extent(const Tensor& tensor, const Words& where) const {
    const auto [out, in] = std::pair(tensor.shape[0], tensor.bias ? 1 : tensor.shape[1]);
    if (tensor.rank != (tensor.bias ? 1u : 2u)) {
      return bad("The tensor has another shape", where, shape_words(tensor),
                 Words() << tensor.rank << (tensor.rank == 1 ? " dimension" : " dimensions"));
    }
    if (out < 1 || in < 1 || out > kMaxUnits || in > kMaxUnits) {
      return bad("The layer is too large, or empty", where,
                 Words() << shape_words(tensor) << ", each from 1 to " << kMaxUnits,
                 tensor.bias ? Words() << "[" << out << "]" : Words() << "[" << out << ", " << in << "]");
    }
    // No sum or product here can overflow: the two are at most 64.
    const std::uint64_t bytes = out * in * tensor.number_bytes;
    if (tensor.begin > tensor.end || tensor.end > data_.size() || tensor.end - tensor.begin != bytes) {
      return bad("The tensor's offsets are wrong", where,
                 Words() << bytes << " bytes within the " << data_.size() << " of the data",
                 Words() << "[" << tensor.begin << ", " << tensor.end << "]");
    }
    return {};
  }

  // The tensors one after the other are all of the data: nothing twice, nothing between them. None is empty, so each step goes on
  // to another tensor, and two that begin at the same byte leave one step without any.
  Error check_data() {
    std::uint64_t next = 0;
    for (std::uint32_t step = 0; step < tensor_count_; ++step) {
      std::uint32_t t = 0;
      while (t < tensor_count_ && tensors_[t].begin != next) ++t;
      if (t == tensor_count_) {
        return bad("The tensors overlap, or there is a gap between them", place_of("header"),
                   Words() << "a tensor that begins at byte " << next << " of the data", "none");
      }
      next = tensors_[t].end;
    }
    if (next == data_.size()) return {};
    return bad("The data is longer than its tensors", kFile, Words() << next << " bytes",
               Words() << data_.size() << " bytes");
  }

  static Error too_many_layers() {
    return make_error(ErrorCode::too_many, "The model has too many layers", kFile, Words() << "at most " << kMaxLayers,
                      "more");
  }

  Error make_layers() {
    for (std::uint32_t t = 0; t < tensor_count_; ++t) {
      const Tensor& tensor = tensors_[t];
      const bool next = model_.count_ == 0 || model_.layers_[model_.count_ - 1].number != tensor.number;
      const Model::Numbers numbers = {data_.data() + tensor.begin, static_cast<Model::NumberType>(tensor.type)};
      const auto [out, in] =
          std::pair(static_cast<std::uint32_t>(tensor.shape[0]), static_cast<std::uint32_t>(tensor.shape[1]));
      if (tensor.bias) {
        if (next)
          return bad("A layer has no weights", place_of(tensor.name.view()), "weights beside its biases",
                     "biases alone");
        Model::Layer& layer = model_.layers_[model_.count_ - 1];
        if (out != layer.units)
          return wrong_shape(tensor, Words() << "[" << layer.units << "], as the weights have it",
                             Words() << "[" << out << "]");
        layer.biases = numbers;
        continue;
      }
      if (model_.count_ == kMaxLayers) return too_many_layers();
      const std::uint32_t most = model_.count_ == 0 ? kMaxFeatures : kMaxUnits;
      if (model_.count_ > 0 && in != model_.layers_[model_.count_ - 1].units) {
        return wrong_shape(
            tensor,
            Words() << "[" << out << ", " << model_.layers_[model_.count_ - 1].units << "], as the layer before has it",
            Words() << "[" << out << ", " << in << "]");
      }
      if (in > most)
        return wrong_shape(tensor, Words() << "[" << out << ", in], in at most " << most,
                           Words() << "[" << out << ", " << in << "]");
      model_.layers_[model_.count_++] = {
          .number = tensor.number, .inputs = in, .units = out, .activation = {}, .weights = numbers, .biases = {}};
    }
    prefixed_ = tensor_count_ > 0 && tensors_[0].prefixed;
    if (model_.count_ > 0) return {};
    return bad("The model has no layers", kFile, "layers.0.weight, layers.0.bias ..., or 0.weight, 0.bias ...",
               "no tensor");
  }

  static Error wrong_shape(const Tensor& tensor, std::string_view expected, std::string_view got) {
    return bad("The tensor has another shape", place_of(tensor.name.view()), expected, got);
  }

  // --- The lists of __metadata__, JSON in text: ["tanh", "softmax"] ---

  Words where(Said key) const { return place_of(kKeys[key]); }

  // Reads a list of `expected` items, each by item(reader, i).
  template <class Item>
  Error read_list(Said key, std::uint32_t expected, std::string_view of, std::uint32_t& count, Item item) {
    static_assert(kMaxListText >= kMaxFeatures * (6 * 71 + 4));
    char text[kMaxListText];
    const std::size_t length = json::decode(*said_[key], text, sizeof text);
    const auto malformed = [&] { return bad("The entry is no list", where(key), of, shown(*said_[key])); };
    if (length > sizeof text) return malformed();
    json::Reader reader(std::string_view(text, length));
    count = 0;
    if (!reader.take('[')) return malformed();
    if (!reader.take(']')) {
      do {
        if (count < expected) {
          const Error error = item(reader, count);
          if (error.code == ErrorCode::wrong_type) return malformed();
          if (error) return error;
        } else if (!reader.string() && !reader.number()) {
          return malformed();
        }
        ++count;
      } while (reader.take(','));
      if (!reader.take(']')) return malformed();
    }
    if (reader.position() != length) return malformed();
    if (count == expected) return {};
    return bad("The list is too long or too short", where(key), Words() << expected << " of them", Words() << count);
  }

  // What an item that is not of the list's type fails with; read_list() says it better.
  static Error another_type() { return make_error(ErrorCode::wrong_type, "", "", "", ""); }

  static bool is_said(const std::optional<json::String>& value) { return value.has_value(); }

  Error read_activations() {
    if (std::any_of(said_.begin(), said_.end(), is_said) && !said_[kVersion]) {
      return bad("The metadata say no version", place_of("__metadata__"), "\"sensorium.version\": \"1\"", "none");
    }
    if (said_[kVersion] && !json::equal(*said_[kVersion], "1")) {
      return bad("The metadata are of another version", where(kVersion), "\"1\"", shown(*said_[kVersion]));
    }
    if (!said_[kActivations]) {
      return bad("The model does not say its activations", where(kActivations),
                 "one a layer, as [\"tanh\", \"softmax\"]", "none");
    }
    const schema::Option& option =
        *std::find_if(schema::options().begin(), schema::options().end(), [](const schema::Option& row) {
          return row.scope == schema::Scope::layer && std::string_view(row.path) == "activation";
        });
    Words names;
    for (const char* choice : option.choices) names << (names.view().empty() ? "one of " : ", ") << choice;
    std::uint32_t count = 0;
    return read_list(kActivations, model_.count_, "a list of text, as [\"tanh\", \"softmax\"]", count,
                     [&](json::Reader& reader, std::uint32_t l) -> Error {
                       const auto name = reader.string();
                       if (!name) return another_type();
                       const Words at = Words() << where(kActivations) << "[" << l << "]";
                       for (std::size_t i = 0; i < option.choices.size(); ++i) {
                         if (!json::equal(*name, option.choices[i])) continue;
                         model_.layers_[l].activation = static_cast<Activation>(i);
                         if (model_.layers_[l].activation != Activation::softmax || l + 1 == model_.count_) return {};
                         return bad("softmax is for the last layer", at, "another activation", "softmax");
                       }
                       return bad("There is no such activation", at, names, shown(*name));
                     });
  }

  Error read_features() {
    if (!said_[kFeatures]) return {};
    return read_list(kFeatures, model_.layers_[0].inputs, "a list of text, as [\"lidar.points\"]",
                     model_.features_.count, [&](json::Reader& reader, std::uint32_t f) -> Error {
                       const auto name = reader.string();
                       if (!name) return another_type();
                       char text[72];
                       const std::size_t length = json::decode(*name, text, sizeof text);
                       if (length > 71 || std::string_view(text, length).find('\0') != std::string_view::npos) {
                         return bad("The feature's name cannot be one", Words() << where(kFeatures) << "[" << f << "]",
                                    "at most 71 bytes of UTF-8, without NUL", shown(*name));
                       }
                       model_.features_[f] = std::string_view(text, length);
                       return {};
                     });
  }

  Error read_normalisation() {
    const bool standard = said_[kMean] || said_[kStd], linear = said_[kOffset] || said_[kScale];
    if (!standard && !linear) return {};
    const Said offset = standard ? kMean : kOffset, factor = standard ? kStd : kScale;
    if ((standard && linear) || !said_[offset] || !said_[factor]) {
      return bad("The normalisation is not complete, or there are two", place_of("__metadata__"),
                 "sensorium.mean and sensorium.std, or sensorium.offset and sensorium.scale", "others");
    }
    model_.normalised_ = true;
    model_.divides_ = standard;
    std::uint32_t count = 0;
    const auto read = [&](Said key, std::array<double, kMaxFeatures>& values, bool positive) {
      return read_list(key, model_.layers_[0].inputs, "a list of numbers, as [0.5, 2]", count,
                       [&](json::Reader& reader, std::uint32_t f) -> Error {
                         const auto value = reader.number();
                         if (!value) return another_type();
                         values[f] = *value;
                         if (!positive || *value > 0) return {};
                         return bad("The deviation is not positive", Words() << where(key) << "[" << f << "]",
                                    "a number above 0", Words() << *value);
                       });
    };
    if (Error error = read(offset, model_.offsets_, false)) return error;
    return read(factor, model_.factors_, standard);
  }

  // Each number as an engine would hold it.
  Error check_numbers() {
    for (std::uint32_t l = 0; l < model_.count_; ++l) {
      const Model::Layer& layer = model_.layers_[l];
      const auto check = [&](std::string_view part, std::uint32_t index, double raw, double value,
                             double most) -> Error {
        // Written so that NaN fails.
        if (std::isfinite(raw) && std::fabs(value) <= most) return {};
        return make_error(ErrorCode::out_of_range,
                          std::isfinite(raw) && l == 0 && model_.normalised_
                              ? "A number is outside its range, once normalisation is in it"
                              : "A number is outside its range",
                          Words() << kFile << ", " << (prefixed_ ? "layers." : "") << layer.number << "." << part << "["
                                  << index << "]",
                          Words() << "a number from " << -most << " to " << most,
                          Words() << (std::isfinite(raw) ? value : raw));
      };
      for (std::uint32_t i = 0; i < layer.units * layer.inputs; ++i) {
        if (Error error =
                check("weight", i, layer.weights[i], model_.weight(l, i / layer.inputs, i % layer.inputs), kMaxWeight))
          return error;
      }
      for (std::uint32_t u = 0; u < layer.units; ++u) {
        if (Error error = check("bias", u, layer.biases[u], model_.bias(l, u), kMaxBias)) return error;
      }
    }
    return {};
  }

  std::span<const std::byte> file_;
  std::string_view header_;
  std::span<const std::byte> data_;
  std::array<std::optional<json::String>, kSaid> said_{};
  std::array<Tensor, kMaxTensors> tensors_{};
  std::uint32_t tensor_count_ = 0;
  bool prefixed_ = false;
  Model model_;
};

Result<Model> load_model(std::span<const std::byte> file) { return ModelReader(file).read(); }

}  // namespace sensorium
