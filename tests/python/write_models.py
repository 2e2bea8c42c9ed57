"""Writes models with scripts/export_safetensors.py into the folder given, and what they are as models.json beside them.

The classes stand in for those of PyTorch and Keras, by the names and members that the script uses, so neither is needed here.
"""

import json
import os
import random
import sys

sys.path.insert(0, os.path.join(os.path.dirname(__file__), "..", "..", "scripts"))
import export_safetensors as exporter  # noqa: E402


class Array:
    def __init__(self, values):
        self.values = values

    def tolist(self):
        return self.values


class Linear:
    def __init__(self, weight, bias):
        self.weight, self.bias = Array(weight), None if bias is None else Array(bias)


class Sigmoid: pass
class Tanh: pass
class ReLU: pass
class Softmax:
    def __init__(self, dim=-1):
        self.dim = dim


class Dropout: pass
class Conv2d: pass


class Dense:
    def __init__(self, weight, bias, activation):
        kernel = [list(row) for row in zip(*weight)]
        self.arrays = [Array(kernel)] + ([] if bias is None else [Array(bias)])
        self.activation = lambda x: x
        self.activation.__name__ = activation

    def get_weights(self):
        return self.arrays


class Model:
    def __init__(self, *layers):
        self.layers = layers


def numbers(out, inputs=None):
    row = lambda count: [random.uniform(-2, 2) for _ in range(count)]
    return row(out) if inputs is None else [row(inputs) for _ in range(out)]


def refuses(*arguments, **options):
    try:
        exporter.export(*arguments, **options)
    except ValueError as error:
        return str(error)
    raise AssertionError("expected a ValueError")


def main(folder):
    random.seed(7)
    path = lambda name: os.path.join(folder, name)
    features = ["a.x", "b", "c, \"d\" é"]
    mean, std = [0.1, -20, 3e3], [0.25, 1 / 3, 700]
    w = [numbers(5, 3), numbers(4, 5), numbers(3, 4)]
    b = [numbers(5), None, numbers(3)]
    layers = [{"weights": weights, "biases": biases} for weights, biases in zip(w, b)]
    torch = [Linear(w[0], b[0]), Tanh(), Dropout(), Linear(w[1], b[1]), Sigmoid(), Linear(w[2], b[2]), Softmax()]
    keras = Model(Dense(w[0], b[0], "relu"), Dropout(), Dense(w[1], b[1], "linear"), Dense(w[2], b[2], "tanh"))
    exporter.export(torch, path("torch.safetensors"), features=features, mean=mean, std=std)
    exporter.export(keras, path("keras.safetensors"))
    exporter.write(path("plain.safetensors"), list(zip(w, b)), ["fast_sigmoid", "identity", "sigmoid"], features=features)
    models = {
        "torch": {"layers": layers, "activations": ["tanh", "sigmoid", "softmax"], "mean": mean, "std": std},
        "keras": {"layers": layers, "activations": ["relu", "identity", "tanh"]},
        "plain": {"layers": layers, "activations": ["fast_sigmoid", "identity", "sigmoid"]},
    }
    target = path("refused.safetensors")
    refused = {
        "an unknown module": refuses([Linear(w[0], b[0]), Conv2d()], target),
        "two activations": refuses([Linear(w[0], b[0]), Tanh(), Sigmoid()], target),
        "an activation first": refuses([Tanh()], target),
        "an unknown activation": refuses(Model(Dense(w[0], b[0], "gelu")), target),
        "a feature too few": refuses(torch, target, features=features[:2]),
        "mean alone": refuses(torch, target, mean=mean),
        "no number": refuses([Linear([[float("nan")]], None)], target),
        "softmax over rows": refuses([Linear(w[0], b[0]), Softmax(dim=0)], target),
        "softmax in the middle": refuses([Linear(w[0], b[0]), Softmax(), Linear(w[1], b[1])], target),
        "no layers": refuses([], target),
        "five layers": refuses([Linear([[1]], None)] * 5, target),
        "a layer without rows": refuses([Linear([], None)], target),
        "a layer without inputs": refuses([Linear([[]], None)], target),
        "rows of other lengths": refuses([Linear([[1, 2], [3]], None)], target),
        "too many inputs": refuses([Linear(numbers(2, 33), None)], target),
        "too many units": refuses([Linear(numbers(65, 2), None)], target),
        "layers that do not fit": refuses([Linear(numbers(2, 2), None), Linear(numbers(2, 3), None)], target),
        "a bias too few": refuses([Linear(numbers(2, 2), [1])], target),
        "a weight too large": refuses([Linear([[1e6, 1.5e6]], None)], target),
        "a number beyond f32": refuses([Linear([[1]], [1e39])], target),
        "text for a number": refuses([Linear([["one"]], None)], target),
        "no deviation": refuses([Linear([[1, 1]], None)], target, mean=[0, 0], std=[1, 0]),
        "a deviation too small": refuses([Linear([[1, 1]], None)], target, mean=[0, 0], std=[1, 1e-7]),
        "a mean too large": refuses([Linear([[1, 1]], None)], target, mean=[1e10, 0], std=[1, 1]),
        "a name too long": refuses([Linear([[1]], None)], target, features=["n" * 72]),
    }
    largest = [Linear([[1e6] * 32] * 64, [1e9] * 64)] + [Linear([[-1e6] * 64] * 64, [-1e9] * 64)] * 3 + [Softmax()]
    exporter.export(largest, path("largest.safetensors"), features=["f" * 70 + chr(ord("A") + i) for i in range(32)])
    assert not os.path.exists(target), "what is refused writes nothing"
    with open(path("models.json"), "w") as file:
        json.dump({"features": features, "models": models, "refused": refused}, file)


main(sys.argv[1])
