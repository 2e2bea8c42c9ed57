// A trained network in the bytes of a .safetensors file (docs/models.md). The file may come from anywhere: every byte is
// checked before it is used, and what is not understood is an error that names it.
//
//   config.network.model = bytes;                       // what most want: the network of an engine is this one
//
//   auto model = sensorium::load_model(bytes);          // to look at it, or to get at its numbers
//   if (!model) return fail(model.error());
//   model->inputs(0);                                   // features it was trained on
//
// Nothing here allocates or throws, and a Model has no memory of its own: the bytes must stay as they are while it is used.
#pragma once

#include <span>

#include "sensorium/types.h"

namespace sensorium {

class Model {
 public:
  std::uint32_t layers() const { return count_; }
  std::uint32_t inputs(std::uint32_t layer) const { return layers_[layer].inputs; }
  std::uint32_t units(std::uint32_t layer) const { return layers_[layer].units; }
  Activation activation(std::uint32_t layer) const { return layers_[layer].activation; }

  // Names of the features the model was trained on, in their order; none where the file does not say.
  std::span<const Text<71>> features() const { return {features_.begin(), features_.end()}; }

  // A layer's numbers with the normalisation of the features folded into the first one's: [units][inputs] and [units].
  // Spans of another length are left as they are.
  void copy_layer(std::uint32_t layer, std::span<float> weights, std::span<float> biases) const;

 private:
  enum class NumberType : std::uint32_t { f32, f16, bf16 };

  // Where a tensor's numbers are. Null: there is no such tensor, and its numbers are 0.
  struct Numbers {
    const std::byte* data = nullptr;
    NumberType type = NumberType::f32;
    double operator[](std::size_t index) const;
  };
  struct Layer {
    std::uint32_t number = 0;  // in the tensors' names
    std::uint32_t inputs = 0;
    std::uint32_t units = 0;
    Activation activation = Activation::identity;
    Numbers weights;
    Numbers biases;
  };

  double weight(std::uint32_t layer, std::uint32_t unit, std::uint32_t input) const;
  double bias(std::uint32_t layer, std::uint32_t unit) const;

  std::array<Layer, kMaxLayers> layers_{};
  std::uint32_t count_ = 0;
  List<Text<71>, kMaxFeatures> features_;
  // A feature f becomes (f - offset) * factor, or (f - offset) / factor.
  bool normalised_ = false;
  bool divides_ = false;
  std::array<double, kMaxFeatures> offsets_{};
  std::array<double, kMaxFeatures> factors_{};

  friend class ModelReader;
};

// Reads and checks a file of at most kMaxModelBytes. Errors have the code bad_model, or out_of_range where the size or a number is.
Result<Model> load_model(std::span<const std::byte> file);

}  // namespace sensorium
