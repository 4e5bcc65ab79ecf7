# Copyright 2026 The tf_ganprune Authors. All Rights Reserved.
#
# Licensed under the Apache License, Version 2.0 (the "License");
# you may not use this file except in compliance with the License.
# You may obtain a copy of the License at
#
#     http://www.apache.org/licenses/LICENSE-2.0
#
# Unless required by applicable law or agreed to in writing, software
# distributed under the License is distributed on an "AS IS" BASIS,
# WITHOUT WARRANTIES OR CONDITIONS OF ANY KIND, either express or implied.
# See the License for the specific language governing permissions and
# limitations under the License.
"""Tests the names and the order of a file's inputs and outputs."""

import numpy as np
import pytest
from ai_edge_litert import interpreter as litert

from tf_ganprune import compression, export
from tf_ganprune.keras_compat import keras

_LAYERS = keras.layers


def _several(names):
  x = keras.Input((4,), name="x")
  layers = [_LAYERS.Dense(i + 1, name=name) for i, name in enumerate(names)]
  return keras.Model(x, [layer(x) for layer in layers])


@pytest.mark.parametrize(
  "names", [("a", "b"), ("b", "a"), ("c", "a", "b"), ("one",)]
)
def test_another_order_is_noted(names, tmp_path):
  report = export.export_tflite(_several(names), tmp_path / "g")
  interpreter = litert.Interpreter(model_path=str(report.path))
  sizes = [x["shape"][-1] for x in interpreter.get_output_details()]
  found = [note for note in report.notes if "outputs are in the order" in note]
  if sizes == sorted(sizes):
    assert not found
  else:
    order = ", ".join(repr(names[size - 1]) for size in sizes)
    assert f"order {order}, and the network's {names[0]!r}" in found[0]


def test_another_order_of_inputs_is_noted(tmp_path):
  b, a = keras.Input((2,), name="b"), keras.Input((3,), name="a")
  network = keras.Model([b, a], _LAYERS.Concatenate(name="y")([b, a]))
  report = export.export_tflite(network, tmp_path / "g")
  interpreter = litert.Interpreter(model_path=str(report.path))
  sizes = [x["shape"][-1] for x in interpreter.get_input_details()]
  noted = any("inputs are in the order 'a', 'b'" in x for x in report.notes)
  assert noted == (sizes == [3, 2])


def test_keys_of_a_dict_are_noted(tmp_path):
  x = keras.Input((4,), name="x")
  outputs = {
    "image": _LAYERS.Dense(2, name="to_rgb")(x),
    "mask": _LAYERS.Dense(3, name="mask")(x),
  }
  report = export.export_tflite(keras.Model(x, outputs), tmp_path / "g")
  noted = [note for note in report.notes if "is called" in note]
  assert noted == [
    "Output 'image' is called 'to_rgb' in the file, as its layer is."
  ]


@pytest.mark.slow
@pytest.mark.parametrize("target", ["cpu-int8", "npu"])
def test_outputs_of_a_quantized_network_keep_their_names(target, tmp_path):
  keras.utils.set_random_seed(0)
  x = keras.Input((8,), name="latent")
  y = _LAYERS.Dense(4 * 4 * 8, name="first")(x)
  y = _LAYERS.Reshape((4, 4, 8))(y)
  y = _LAYERS.Conv2DTranspose(8, 4, 2, "same", name="up", activation="relu")(y)
  outputs = [
    _LAYERS.Conv2DTranspose(3, 4, 2, "same", name="image")(y),
    _LAYERS.Conv2DTranspose(1, 4, 2, "same", name="depth")(y),
  ]
  network = compression.quantize_model(keras.Model(x, outputs))
  data = np.random.default_rng(0).standard_normal((30, 8), "f")
  report = export.export_tflite(network, tmp_path / "g", target, data)
  runner = litert.Interpreter(str(report.path)).get_signature_runner()
  assert set(runner.get_output_details()) == {"image", "depth"}
