"""Writes a trained PyTorch or Keras network to a .safetensors file that Sensorium runs. Needs nothing but Python 3.8.

    from export_safetensors import export
    export(model, "model.safetensors", features=["lidar.points", "audio.amplitude"])

`model` is a torch.nn.Sequential of Linear and activations, or a keras.Sequential of Dense: up to 4 layers of up to 64 units.
`features` are the names of its inputs in their order; Sensorium then refuses an engine that has others. If the network was
trained on (x - mean) / std, give `mean` and `std`, a number a feature: Sensorium then takes x. See docs/models.md.
"""

import json
import math
import struct

ACTIVATIONS = ("fast_sigmoid", "sigmoid", "tanh", "relu", "identity", "softmax")
TORCH = {"Sigmoid": "sigmoid", "Tanh": "tanh", "ReLU": "relu", "Identity": "identity", "Softmax": "softmax"}
KERAS = {"sigmoid": "sigmoid", "tanh": "tanh", "relu": "relu", "linear": "identity", "softmax": "softmax"}
NO_PART_AT_RUNTIME = ("Dropout", "InputLayer")


def export(model, path, features=None, mean=None, std=None):
    """Writes a PyTorch or Keras Sequential. What cannot be expressed is a ValueError that names it."""
    layers, activations = from_keras(model) if hasattr(model, "layers") else from_torch(model)
    write(path, layers, activations, features, mean, std)


def from_torch(model):
    """A torch.nn.Sequential as ([(weights, biases)], [activation])."""
    layers, activations = [], []
    for position, module in enumerate(model):
        kind = type(module).__name__
        if kind == "Linear":
            layers.append((module.weight.tolist(), None if module.bias is None else module.bias.tolist()))
            activations.append(None)
        elif kind in TORCH:
            _activate(activations, TORCH[kind], f"module {position}")
        elif kind not in NO_PART_AT_RUNTIME:
            raise ValueError(f"module {position}: expected Linear, Dropout or one of {', '.join(TORCH)}, got {kind}")
    return layers, [name or "identity" for name in activations]


def from_keras(model):
    """A keras.Sequential as ([(weights, biases)], [activation])."""
    layers, activations = [], []
    for position, layer in enumerate(model.layers):
        kind = type(layer).__name__
        if kind == "Dense":
            kernel, *bias = (array.tolist() for array in layer.get_weights())
            layers.append(([list(row) for row in zip(*kernel)], bias[0] if bias else None))  # Keras has [in, out]
            activations.append(None)
        if kind in ("Dense", "Activation"):
            name = layer.activation.__name__
            if name not in KERAS:
                raise ValueError(f"layer {position}: expected one of {', '.join(KERAS)}, got {name}")
            if kind == "Activation" or name != "linear":
                _activate(activations, KERAS[name], f"layer {position}")
        elif kind not in NO_PART_AT_RUNTIME:
            raise ValueError(f"layer {position}: expected Dense, Activation or Dropout, got {kind}")
    return layers, [name or "identity" for name in activations]


def _activate(activations, name, where):
    if not activations or activations[-1] is not None:
        raise ValueError(f"{where}: expected an activation after a layer without one, got {name}")
    activations[-1] = name


def write(path, layers, activations, features=None, mean=None, std=None):
    """Writes layers [(weights [out][in], biases [out] or None)], as lists of numbers, and the name of each one's activation."""
    if len(activations) != len(layers) or not all(name in ACTIVATIONS for name in activations):
        raise ValueError(f"expected one of {', '.join(ACTIVATIONS)} for each of {len(layers)} layers, got {activations}")
    if (mean is None) != (std is None):
        raise ValueError("expected mean and std, got one of them")
    metadata = {"sensorium.version": "1", "sensorium.activations": json.dumps(activations)}
    for key, values in (("features", features), ("mean", mean), ("std", std)):
        if values is not None:
            values = [value if key == "features" else _number(value, key) for value in values]
            if layers and len(values) != len(layers[0][0][0]):
                raise ValueError(f"{key}: expected one for each of {len(layers[0][0][0])} inputs, got {len(values)}")
            metadata["sensorium." + key] = json.dumps(values)
    header, data = {"__metadata__": metadata}, b""
    for index, (weights, biases) in enumerate(layers):
        tensors = [("weight", [len(weights), len(weights[0])], [value for row in weights for value in row])]
        if biases is not None:
            tensors.append(("bias", [len(biases)], biases))
        for part, shape, values in tensors:
            name = f"layers.{index}.{part}"
            if len(values) != math.prod(shape):
                raise ValueError(f"{name}: expected rows of one length, got others")
            begin, data = len(data), data + struct.pack(f"<{len(values)}f", *(_number(value, name) for value in values))
            header[name] = {"dtype": "F32", "shape": shape, "data_offsets": [begin, len(data)]}
    text = json.dumps(header, separators=(",", ":")).encode()
    text += b" " * (-len(text) % 8)
    with open(path, "wb") as file:
        file.write(struct.pack("<Q", len(text)) + text + data)


def _number(value, where):
    value = float(value)
    if not math.isfinite(value):
        raise ValueError(f"{where}: expected finite numbers, got {value}")
    return value
