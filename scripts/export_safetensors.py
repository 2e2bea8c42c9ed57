"""Writes a trained PyTorch or Keras network to a .safetensors file that Sensorium runs. Needs nothing but Python 3.8.

    from export_safetensors import export
    export(model, "model.safetensors", features=["lidar.points", "audio.amplitude"])

`model` is a torch.nn.Sequential of Linear and activations, or a keras.Sequential of Dense: up to 4 layers of up to 64 units,
and 32 inputs. `features` are the names of its inputs in their order; Sensorium then refuses an engine that has others. If the network was
trained on (x - mean) / std, give `mean` and `std`, a number a feature: Sensorium then takes x. See docs/models.md.
"""

import json
import math
import struct

ACTIVATIONS = ("fast_sigmoid", "sigmoid", "tanh", "relu", "identity", "softmax")
TORCH = {"Sigmoid": "sigmoid", "Tanh": "tanh", "ReLU": "relu", "Identity": "identity", "Softmax": "softmax"}
KERAS = {"sigmoid": "sigmoid", "tanh": "tanh", "relu": "relu", "linear": "identity", "softmax": "softmax"}
NO_PART_AT_RUNTIME = ("Dropout", "InputLayer")
# What Sensorium takes (core/include/sensorium/types.h); whatever is beyond would be refused where the file is loaded.
MOST_LAYERS, MOST_UNITS, MOST_FEATURES, MOST_NAME_BYTES = 4, 64, 32, 71
MOST_WEIGHT, MOST_BIAS = 1e6, 1e9


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
            # A row is an example, so the outputs are the last of two dimensions.
            dimension = getattr(module, "dim", None)
            if dimension not in (None, -1, 1):
                raise ValueError(f"module {position}: expected {kind} over the outputs, dim=-1, got dim={dimension}")
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
    if not 1 <= len(layers) <= MOST_LAYERS:
        raise ValueError(f"expected 1 to {MOST_LAYERS} layers, got {len(layers)}")
    if len(activations) != len(layers) or not all(name in ACTIVATIONS for name in activations):
        raise ValueError(f"expected one of {', '.join(ACTIVATIONS)} for each of {len(layers)} layers, got {activations}")
    if "softmax" in activations[:-1]:
        raise ValueError(f"layers.{activations.index('softmax')}: expected softmax in the last layer only, got it before")
    if (mean is None) != (std is None):
        raise ValueError("expected mean and std, got one of them")
    _check_shapes(layers)
    inputs = len(layers[0][0][0])
    metadata = {"sensorium.version": "1", "sensorium.activations": json.dumps(activations)}
    lists = {
        "features": features if features is None else [_name(value) for value in features],
        "mean": mean if mean is None else [_number(value, "mean") for value in mean],
        "std": std if std is None else [_number(value, "std") for value in std],
    }
    for key, values in lists.items():
        if values is None:
            continue
        if len(values) != inputs:
            raise ValueError(f"{key}: expected one for each of {inputs} inputs, got {len(values)}")
        if key == "std" and min(values) <= 0:
            raise ValueError(f"std: expected numbers above 0, got {min(values)}")
        metadata["sensorium." + key] = json.dumps(values)
    header, data = {"__metadata__": metadata}, b""
    for index, (weights, biases) in enumerate(layers):
        tensors = [("weight", [len(weights), len(weights[0])], [value for row in weights for value in row], MOST_WEIGHT)]
        if biases is not None:
            tensors.append(("bias", [len(biases)], biases, MOST_BIAS))
        for part, shape, values, most in tensors:
            name = f"layers.{index}.{part}"
            begin, data = len(data), data + struct.pack(f"<{len(values)}f", *(_number(value, name, most) for value in values))
            header[name] = {"dtype": "F32", "shape": shape, "data_offsets": [begin, len(data)]}
    if lists["mean"] is not None:
        _check_normalised(*layers[0], lists["mean"], lists["std"])
    text = json.dumps(header, separators=(",", ":")).encode()
    text += b" " * (-len(text) % 8)
    with open(path, "wb") as file:
        file.write(struct.pack("<Q", len(text)) + text + data)


def _check_shapes(layers):
    """Each layer has as many inputs as the one before has outputs, and none has too many or none."""
    before, most = None, MOST_FEATURES
    for index, (weights, biases) in enumerate(layers):
        name = f"layers.{index}.weight"
        if not 1 <= len(weights) <= MOST_UNITS:
            raise ValueError(f"{name}: expected 1 to {MOST_UNITS} outputs, got {len(weights)}")
        inputs = len(weights[0])
        if any(len(row) != inputs for row in weights):
            raise ValueError(f"{name}: expected rows of one length, got others")
        if before is not None and inputs != before:
            raise ValueError(f"{name}: expected {before} inputs, the outputs of the layer before, got {inputs}")
        if not 1 <= inputs <= most:
            raise ValueError(f"{name}: expected 1 to {most} inputs, got {inputs}")
        if biases is not None and len(biases) != len(weights):
            raise ValueError(f"layers.{index}.bias: expected one for each of {len(weights)} outputs, got {len(biases)}")
        before, most = len(weights), MOST_UNITS


def _check_normalised(weights, biases, mean, std):
    """Sensorium folds the normalisation into the first layer, whose numbers must fit with it too."""
    for unit, row in enumerate(weights):
        folded = [_number(value / deviation, "layers.0.weight, divided by std", MOST_WEIGHT) for value, deviation in zip(row, std)]
        bias = 0 if biases is None else biases[unit]
        _number(bias - sum(value * middle for value, middle in zip(folded, mean)), "layers.0.bias, with mean and std in it", MOST_BIAS)


def _name(value):
    if not isinstance(value, str) or not value or "\0" in value or len(value.encode(errors="replace")) > MOST_NAME_BYTES:
        raise ValueError(f"features: expected names of 1 to {MOST_NAME_BYTES} bytes, got {value!r}")
    return value


def _number(value, where, most=math.inf):
    try:
        number = float(value)
    except (TypeError, ValueError, OverflowError):
        raise ValueError(f"{where}: expected numbers, got {value!r}") from None
    if not math.isfinite(number):
        raise ValueError(f"{where}: expected finite numbers, got {number}")
    if abs(number) > most:
        raise ValueError(f"{where}: expected numbers from {-most:g} to {most:g}, got {number:g}")
    return number
