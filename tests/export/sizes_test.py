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
"""Tests networks that take any size, where a user gives one."""

import numpy as np
import pytest
import tensorflow as tf

import tf_ganprune as tgp

keras = tgp.keras
layers = keras.layers


def _any_size():
  inputs = keras.Input((None, None, 3), name="image")
  x = layers.Conv2D(8, 3, padding="same", activation="relu")(inputs)
  x = layers.Conv2D(12, 3, padding="same", name="wide")(x)
  return keras.Model(inputs, tf.nn.depth_to_space(x, 2), name="upscaler")


def _u_net():
  inputs = keras.Input((None, None, 3))
  x = layers.Conv2D(4, 3, 2, padding="same")(inputs)
  x = layers.Conv2DTranspose(4, 3, 2, padding="same")(x)
  return keras.Model(inputs, layers.Concatenate()([inputs, x]), name="u_net")


def test_profile_counts_at_the_given_sizes():
  found = tgp.profile(_any_size(), input_shape=(4, 6, 3))
  assert found.macs == 4 * 6 * 9 * (3 * 8 + 8 * 12)


def test_a_pruned_network_still_takes_any_size():
  model = _any_size()
  small = tgp.prune_channels(model, macs=0.6, input_shape=(8, 8, 3))
  assert small.input_shape == model.input_shape
  assert small(tf.ones((1, 5, 7, 3))).shape == (1, 10, 14, 3)
  macs = [tgp.profile(x, input_shape=(8, 8, 3)).macs for x in (model, small)]
  assert macs[1] <= 0.6 * macs[0]


def test_sequences():
  inputs = keras.Input((None, 80))
  x = layers.Conv1D(8, 3, padding="same")(inputs)
  model = keras.Model(inputs, layers.Conv1D(1, 3, padding="same")(x))
  assert tgp.profile(model, input_shape=(10, 80)).macs == 10 * 3 * (640 + 8)
  with pytest.raises(ValueError, match=r"input_shape=\(length, 80\)"):
    tgp.profile(model)


def test_a_file_of_the_given_size(tmp_path):
  model = _any_size()
  path = tmp_path / "a.tflite"
  report = tgp.export_tflite(model, path, input_shape={"image": (4, 4, 3)})
  assert report.max_abs_error < 1e-4
  details = tf.lite.Interpreter(str(path)).get_input_details()
  assert details[0]["shape"].tolist() == [1, 4, 4, 3]
  assert model.input_shape == (None, None, None, 3)
  assert len(model.get_layer("wide")._inbound_nodes) == 1
  with pytest.raises(ValueError, match=r"input_shape=\(height, width, 3\)"):
    tgp.export_tflite(model, path)


def test_a_quantized_network_still_takes_any_size():
  quantized = tgp.quantize_model(_any_size(), input_shape=(4, 4, 3))
  assert np.isfinite(quantized(tf.ones((1, 6, 2, 3)))).all()
  with pytest.raises(ValueError, match=r"input_shape=\(height, width, 3\)"):
    tgp.quantize_model(_any_size())


@pytest.mark.parametrize(
  "shape", [(4, 4), (4, 4, 1), 4, (4, None, 3), (0, 4, 3), {"other": (4, 4, 3)}]
)
def test_sizes_that_do_not_fit(shape):
  with pytest.raises(ValueError, match="`input_shape`.*image"):
    tgp.profile(_any_size(), input_shape=shape)


def test_sizes_that_the_network_does_not_run_at(tmp_path):
  for call in (
    lambda: tgp.profile(_u_net(), input_shape=(5, 5, 3)),
    lambda: tgp.prune_channels(_u_net(), macs=0.5, input_shape=(5, 5, 3)),
    lambda: tgp.quantize_model(_u_net(), input_shape=(5, 5, 3)),
    lambda: tgp.export_tflite(
      _u_net(), tmp_path / "a.tflite", input_shape=(5, 5, 3)
    ),
  ):
    with pytest.raises(ValueError, match="'u_net' does not run at"):
      call()


class _Block(layers.Layer):
  """As users write layers: Keras makes its config, without the name."""

  def __init__(self, filters, **kwargs):
    super().__init__(**kwargs)
    self.convolution = layers.Conv2D(filters, 3, padding="same")
    self.norm = layers.GroupNormalization(-1)

  def call(self, x):
    return x + self.norm(self.convolution(x))


@pytest.mark.slow
def test_copies_have_the_names_that_layers_had(tmp_path):
  inputs = x = keras.Input((None, None, 4))
  for name in ("first", "second"):
    x = _Block(4, name=name)(x)
  network = keras.Model(inputs, layers.Conv2D(3, 1)(x))
  report = tgp.export_tflite(
    network, tmp_path / "a.tflite", "gpu", input_shape=(8, 8, 4)
  )
  (note,) = [x for x in report.notes if "four axes" in x]
  assert "first/" in note and "second/" in note
  small = tgp.prune_channels(
    keras.Model(inputs, layers.Conv2D(3, 1)(layers.Conv2D(8, 1)(x))),
    macs=0.99,
    input_shape=(8, 8, 4),
  )
  assert {"first", "second"} <= {layer.name for layer in small.layers}
