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
"""Tests of normalizations in four axes."""

import numpy as np
import pytest

import tf_ganprune as tgp
from tf_ganprune.export import rewrites
from tf_ganprune.keras_compat import keras

layers = keras.layers
_KINDS = (rewrites.NORMS, rewrites.NORMS_IN_INTEGERS)


def _network(shape, *row):
  network = keras.Sequential([keras.Input(shape), *row])
  rng = np.random.default_rng(0)
  network.set_weights(
    [rng.normal(0.5, 1.0, w.shape) for w in network.get_weights()]
  )
  return network


def _group(shape, groups=2, **kwargs):
  return _network(shape, layers.GroupNormalization(groups, **kwargs))


def _along(shape, axis=-1, **kwargs):
  return _network(shape, layers.LayerNormalization(axis, **kwargs))


def _unit(shape, axis=-1):
  return _network(shape, layers.UnitNormalization(axis))


_NETWORKS = {
  "groups": lambda: _group((6, 5, 8)),
  "one group": lambda: _group((6, 5, 8), 1),
  "a group a channel": lambda: _group((6, 5, 8), -1),
  "no shift": lambda: _group((6, 5, 8), 4, center=False, epsilon=1e-8),
  "no scale": lambda: _group((6, 5, 8), 4, scale=False),
  "channels first": lambda: _group((8, 5, 6), axis=1),
  "channels amid": lambda: _group((5, 8, 6), axis=-2),
  "a sequence": lambda: _group((7, 8)),
  "a vector": lambda: _group((8,)),
  "a volume": lambda: _group((2, 3, 4, 8)),
  "one pixel, groups": lambda: _group((1, 1, 8)),
  "layer": lambda: _along((6, 5, 8)),
  "layer, vector": lambda: _along((8,), center=False),
  "layer, sequence": lambda: _along((6, 8), scale=False),
  "layer, time": lambda: _along((6, 8), 1),
  "layer, all axes": lambda: _along((6, 5, 8), [1, 2, 3], epsilon=1e-6),
  "layer, other order": lambda: _along((6, 5, 8), [3, 1]),
  "layer, volume": lambda: _along((2, 3, 4, 8), [1, 2, -1]),
  "unit": lambda: _unit((6, 5, 8)),
  "unit, image": lambda: _unit((6, 5, 8), [1, 2]),
  "unit, vector": lambda: _unit((8,)),
}


@pytest.mark.parametrize("kind", _NETWORKS)
def test_the_same_numbers(kind):
  network = _NETWORKS[kind]()
  rng = np.random.default_rng(1)
  images = rng.normal(size=(2, *network.input_shape[1:])).astype("float32")
  for norms in _KINDS:
    done = rewrites.apply(network, norms)
    for inputs in (images, 255 * images + 100, 1e-4 * images, 0 * images):
      expected = network(inputs).numpy()
      scale = max(1.0, np.abs(expected).max())
      np.testing.assert_allclose(
        done.model(inputs), expected, rtol=0, atol=1e-5 * scale
      )


def test_at_one_pixel_an_instance_norm_is_its_shift():
  network = _group((1, 1, 8), -1)
  inputs = np.full((1, 1, 1, 8), 7.0, "float32")
  beta = network.layers[-1].beta.numpy()
  for norms in _KINDS:
    found = rewrites.apply(network, norms).model(inputs)
    np.testing.assert_array_equal(found[0, 0, 0], beta)


@pytest.mark.parametrize(
  "network",
  [
    _network((4, 8), layers.LayerNormalization(dtype="float64")),
    _network((2, 2, 2, 8), layers.LayerNormalization([1, 4])),
    _network((2, 2, 2, 2, 8), layers.GroupNormalization(2)),
  ],
)
def test_others_stay(network):
  for norms in _KINDS:
    assert rewrites.apply(network, norms).model is network


def test_a_mask_still_counts():
  # Keras lines up masks with the channels, so that their number must agree.
  network = _network((8, 8), layers.Masking(), layers.GroupNormalization(2))
  images = np.random.default_rng(0).normal(size=(1, 8, 8)).astype("float32")
  images[:, 2:4] = 0.0
  done = rewrites.apply(network, rewrites.NORMS)
  np.testing.assert_allclose(done.model(images), network(images), atol=1e-5)


def _cycle_gan():
  inputs = keras.Input((8, 8, 3))
  x = layers.Conv2D(8, 3, padding="same", name="stem")(inputs)
  for i, groups in enumerate((-1, 4, 1)):
    y = layers.Conv2D(8, 3, padding="same")(x)
    y = layers.GroupNormalization(groups, name=f"norm_{i}")(y)
    x = layers.Add()([x, layers.Activation("relu")(y)])
  x = layers.Conv2D(3, 3, padding="same")(x)
  return keras.Model(inputs, layers.Activation("tanh")(x))


@pytest.mark.slow
@pytest.mark.parametrize("target", ["gpu", "npu"])
def test_a_translating_network_goes_to(target, tmp_path):
  network = _cycle_gan()
  assert tgp.check_target(network, target) == []
  report = tgp.export_tflite(network, tmp_path / "a.tflite", target)
  assert any("norm_2" in note for note in report.notes)


@pytest.mark.slow
@pytest.mark.parametrize("target", ["cpu-int8", "npu"])
def test_int8_down_to_one_pixel(target, tmp_path):
  inputs = keras.Input((4, 4, 3))
  x = down = layers.Conv2D(8, 3, 2, "same")(inputs)
  for _ in range(2):
    x = layers.Conv2D(8, 3, 2, "same")(x)
    x = layers.GroupNormalization(-1, beta_initializer="ones")(x)
    x = layers.ReLU()(x)
  x = layers.Concatenate()([layers.UpSampling2D(2)(x), down])
  network = keras.Model(inputs, layers.Conv2D(3, 3, padding="same")(x))
  report = tgp.export_tflite(network, tmp_path / "a.tflite", target)
  assert report.max_abs_error < 0.1


@pytest.mark.parametrize(
  "relu",
  [
    layers.ReLU,
    lambda: layers.ReLU(6.0),
    lambda: layers.ReLU(0.3),
    lambda: layers.Activation("relu"),
    lambda: layers.Activation("relu6"),
  ],
  ids=["relu", "relu 6", "relu 0.3", "activation", "relu6"],
)
def test_a_relu_is_not_fused_into_a_unit_norm(relu, tmp_path):
  network = keras.Sequential(
    [
      keras.Input((6, 6, 3)),
      layers.Conv2D(8, 3),
      layers.UnitNormalization(name="norm"),
      layers.Dropout(0.5),
      relu(),
      layers.Conv2D(3, 3),
    ]
  )
  report = tgp.export_tflite(network, tmp_path / "a.tflite", "npu")
  assert report.max_abs_error < 0.1
  (note,) = [x for x in report.notes if "leaky ReLU" in x]
  assert note.endswith("int8 kernel: norm.")
