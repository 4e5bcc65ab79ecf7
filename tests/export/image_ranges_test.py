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
"""Tests files that take and give images in another range than the network's."""

import numpy as np
import pytest
import tensorflow as tf
from ai_edge_litert import interpreter as litert

import tf_ganprune as tgp
from tf_ganprune.export import adapters, existing
from tf_ganprune.export.lowering import byte_ends
from tf_ganprune.keras_compat import keras

layers = keras.layers
_ARRAYS = np.random.default_rng(0).uniform(-1, 1, (16, 8, 8, 3)).astype("f")
_BYTES = np.random.default_rng(1).integers(0, 256, (1, 8, 8, 3), "uint8")


def _network(activation="tanh", inputs=None) -> keras.Model:
  keras.utils.set_random_seed(0)
  x = keras.Input((8, 8, 3), name="images") if inputs is None else inputs[0]
  y = x if inputs is None else layers.Concatenate()(inputs)
  y = layers.Conv2D(8, 3, padding="same", activation="relu", name="first")(y)
  y = layers.Conv2D(3, 3, padding="same", activation=activation, name="out")(y)
  return keras.Model(inputs or x, y, name="generator")


def _loaded(path) -> litert.Interpreter:
  interpreter = litert.Interpreter(str(path))
  interpreter.allocate_tensors()
  return interpreter


def _run(path, **inputs) -> np.ndarray:
  (made,) = _loaded(path).get_signature_runner()(**inputs).values()
  return made


def _ends(path) -> tuple:
  interpreter = _loaded(path)
  return interpreter.get_input_details()[0], interpreter.get_output_details()[0]


def _kinds(path) -> list:
  return [x.name for x in existing.read(path).graph.operators]


@pytest.mark.parametrize("white", [1.0, 255.0])
def test_floats_in_another_range(white, tmp_path):
  network, path = _network(), tmp_path / "g"
  asked = (0, white)
  report = tgp.export_tflite(
    network, path, input_range=asked, output_range=asked
  )
  assert report.delegated == 1.0
  assert any("takes floats from 0, black" in note for note in report.notes)
  images = (_ARRAYS[:1] + 1) / 2 * np.float32(white)
  wanted = (network(_ARRAYS[:1]).numpy() + 1) / 2 * white
  np.testing.assert_allclose(
    _run(path, images=images), wanted, atol=2e-6 * white
  )


def test_bytes_in_floats_are_rounded(tmp_path):
  network, path = _network(), tmp_path / "g"
  tgp.export_tflite(network, path, input_range="uint8", output_range="uint8")
  wanted = network(_BYTES / np.float32(127.5) - 1).numpy() * 127.5 + 127.5
  made = _run(path, images=_BYTES)
  assert made.dtype == np.uint8
  assert np.abs(made - wanted).max() < 0.501


@pytest.mark.parametrize("target", ["cpu-int8", "npu"])
def test_bytes_are_shifted_to_int8(target, tmp_path):
  network, path = _network(), tmp_path / "g"
  tgp.export_tflite(
    network,
    path,
    target,
    _ARRAYS,
    input_range="uint8",
    output_range="uint8",
  )
  taken, given = _ends(path)
  assert taken["dtype"] is np.uint8 and given["dtype"] is np.uint8
  # No arithmetic but that of the network, and a step for each byte.
  assert _kinds(path) == ["QUANTIZE", "CONV_2D", "CONV_2D", "TANH", "QUANTIZE"]
  assert taken["quantization"][0] == pytest.approx(2 / 255)
  assert given["quantization"] == (1 / 128, 128)
  wanted = network(_BYTES / np.float32(127.5) - 1).numpy() * 127.5 + 127.5
  assert np.abs(_run(path, images=_BYTES) - wanted).max() < 6


def test_one_side_alone_and_a_network_of_0_to_1(tmp_path):
  network, path = _network("sigmoid"), tmp_path / "g"
  data = (_ARRAYS + 1) / 2
  tgp.export_tflite(network, path, "npu", data, input_range="uint8")
  taken, given = _ends(path)
  assert given["dtype"] is np.int8
  assert taken["quantization"] == (pytest.approx(1 / 255), 0)


def test_scales_that_are_far_from_bytes_are_computed(tmp_path):
  # Without bounds, int8 has the range of the calibration.
  network, path = _network(None), tmp_path / "g"
  tgp.export_tflite(
    network,
    path,
    "cpu-int8",
    _ARRAYS,
    value_range=(-1, 1),
    output_range="uint8",
  )
  _, given = _ends(path)
  assert given["quantization"] == (pytest.approx(2 / 255), 128)
  wanted = network(_BYTES / np.float32(127.5) - 1).numpy() * 127.5 + 127.5
  made = _run(path, images=_BYTES / np.float32(127.5) - 1)
  assert np.abs(made - np.clip(wanted, 0, 255)).max() < 8


def test_each_byte_has_a_step_whatever_the_data(tmp_path):
  path = tmp_path / "g"
  data = _ARRAYS / 2
  tgp.export_tflite(_network(), path, "npu", data, input_range="uint8")
  (behind,) = existing.read(path).graph.operators[0].outputs
  assert behind.scale == pytest.approx(2 / 255)


def test_a_step_that_is_none_of_a_byte_is_computed(tmp_path):
  # A tanh's int8 is around 0 as these bytes are, in steps twice as large.
  network, path = _network(), tmp_path / "g"
  tgp.export_tflite(
    network,
    path,
    "cpu-int8",
    _ARRAYS / 3,
    value_range=(-0.5, 0.5),
    output_range="uint8",
  )
  _, given = _ends(path)
  assert given["quantization"] == (pytest.approx(1 / 255), 128)


def test_a_wrong_shift_is_found(tmp_path, monkeypatch):
  right = byte_ends._retype
  monkeypatch.setattr(
    byte_ends,
    "_retype",
    lambda editor, number, like, values: right(
      editor, number, like, type(values)(values.low - 2, values.high - 2)
    ),
  )
  with pytest.raises(ValueError, match="for target 'cpu-int8'"):
    tgp.export_tflite(
      _network(), tmp_path / "g", "cpu-int8", _ARRAYS, input_range="uint8"
    )


@pytest.mark.skipif(
  adapters.software_folder() is None, reason="there is no SwiftShader"
)
def test_gpus_run_the_conversion_of_bytes(tmp_path):
  report = tgp.export_tflite(
    _network(),
    tmp_path / "g",
    "gpu",
    input_range="uint8",
    output_range="uint8",
  )
  assert report.delegated == 1.0


def test_an_input_that_is_left_out_stays(tmp_path):
  image = keras.Input((8, 8, 3), name="image")
  mask = keras.Input((8, 8, 1), name="mask")
  network, path = _network(inputs=[image, mask]), tmp_path / "g"
  masks = (_ARRAYS[..., :1] > 0).astype("f")
  tgp.export_tflite(
    network,
    path,
    representative_data=(_ARRAYS, masks),
    input_range={"image": "uint8"},
  )
  wanted = network([_BYTES / np.float32(127.5) - 1, masks[:1]])
  made = _run(path, image=_BYTES, mask=masks[:1])
  np.testing.assert_allclose(made, wanted, atol=1e-5)


def test_the_network_is_not_changed(tmp_path):
  network = _network()
  before = network.get_config()
  tgp.export_tflite(network, tmp_path / "g", input_range="uint8")
  assert network.get_config() == before
  assert len(network._inbound_nodes) == 0
  assert network.get_layer("out").output is network.output


def test_scores_are_those_of_the_networks_range(tmp_path):
  evaluator = tgp.metrics.OutputEvaluator(
    lambda made, given: {"mean": float(np.mean(made)), "in": np.mean(given)},
    inputs=_ARRAYS,
  )
  report = tgp.export_tflite(
    _network(),
    tmp_path / "g",
    evaluator=evaluator,
    input_range="uint8",
    output_range=(0, 255),
  )
  assert report.scores == pytest.approx(report.keras_scores, abs=5e-3)


@pytest.mark.parametrize(
  "arguments, reason",
  [
    (
      {"input_range": "int4"},
      "`input_range` must be .* or \"uint8\"; got 'int4'",
    ),
    ({"output_range": (1, 0)}, r"`output_range` must be .* got \(1, 0\)"),
    ({"input_range": {"image": "uint8"}}, "has the names .*'image'"),
    (
      {"input_range": "uint8", "representative_data": _ARRAYS * 127},
      "values from -127.* to 126.* taken to be -1 and 1",
    ),
  ],
)
def test_wrong_ranges(arguments, reason, tmp_path):
  with pytest.raises(ValueError, match=reason):
    tgp.export_tflite(_network(), tmp_path / "g", **arguments)
  assert not list(tmp_path.iterdir())


def _latents():
  x = keras.Input((4,), name="latents")
  return keras.Model(x, layers.Dense(3, "tanh")(x))


def _of_bytes():
  x = keras.Input((8, 8, 3), dtype="uint8", name="images")
  y = layers.Conv2D(3, 1, activation="tanh")(tf.cast(x, tf.float32))
  return keras.Model(x, y)


def _two():
  return _network(inputs=[keras.Input((8, 8, 3), name=x) for x in "ab"])


@pytest.mark.parametrize(
  "make, reason",
  [
    (_latents, r"is for images.* 'latents' is \(None, 4\)"),
    (_of_bytes, "'images' is uint8 already"),
    (_two, r"must be a dict by name .* \{'a': 'uint8'\}"),
    (lambda: _network(None), "black and white in 'images' are not known"),
  ],
)
def test_networks_without_a_range(make, reason, tmp_path):
  with pytest.raises(ValueError, match=reason):
    tgp.export_tflite(make(), tmp_path / "g", input_range="uint8")
