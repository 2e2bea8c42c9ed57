// .safetensors files byte by byte, as the format's description has them; not by any library, nor by the reader's own code.
#pragma once

#include <bit>
#include <cstddef>
#include <cstdint>
#include <string>
#include <vector>

namespace sensorium::test {

using Bytes = std::vector<std::byte>;

// A file of this header and data, whatever they are.
inline Bytes safetensors(const std::string& header, const Bytes& data) {
  Bytes file;
  for (unsigned i = 0; i < 8; ++i) file.push_back(static_cast<std::byte>(std::uint64_t{header.size()} >> (8 * i)));
  for (const char c : header) file.push_back(static_cast<std::byte>(c));
  file.insert(file.end(), data.begin(), data.end());
  return file;
}

inline Bytes f32(const std::vector<float>& values) {
  Bytes bytes;
  for (const float value : values) {
    for (unsigned i = 0; i < 4; ++i)
      bytes.push_back(static_cast<std::byte>(std::bit_cast<std::uint32_t>(value) >> (8 * i)));
  }
  return bytes;
}

inline Bytes words16(const std::vector<std::uint16_t>& values) {
  Bytes bytes;
  for (const std::uint16_t value : values) {
    bytes.push_back(static_cast<std::byte>(value & 0xFF));
    bytes.push_back(static_cast<std::byte>(value >> 8));
  }
  return bytes;
}

// A well-formed file of such tensors and metadata.
class ModelFile {
 public:
  ModelFile& tensor(const std::string& name, const std::string& shape, const Bytes& bytes,
                    const std::string& type = "F32") {
    const std::size_t begin = data_.size();
    data_.insert(data_.end(), bytes.begin(), bytes.end());
    members_ += ",\"" + name + R"(":{"dtype":")" + type + R"(","shape":)" + shape + R"(,"data_offsets":[)" +
                std::to_string(begin) + "," + std::to_string(data_.size()) + "]}";
    return *this;
  }
  // `list` is JSON, and stands in the file as text.
  ModelFile& says(const std::string& key, const std::string& list) {
    std::string text;
    for (const char c : list) text += c == '"' || c == '\\' ? std::string("\\") + c : std::string(1, c);
    metadata_ += (metadata_.empty() ? "\"" : ",\"") + key + "\":\"" + text + "\"";
    return *this;
  }
  // What every model here says.
  ModelFile& activations(const std::string& list) {
    return says("sensorium.version", "1").says("sensorium.activations", list);
  }

  std::string header() const {
    const std::string all = (metadata_.empty() ? "" : ",\"__metadata__\":{" + metadata_ + "}") + members_;
    return "{" + (all.empty() ? all : all.substr(1)) + "}";
  }
  const Bytes& data() const { return data_; }
  Bytes bytes() const { return safetensors(header(), data_); }

 private:
  std::string members_;
  std::string metadata_;
  Bytes data_;
};

}  // namespace sensorium::test
