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
"""Tests of pruned layers that take masks, or more than one tensor."""

import numpy as np
import pytest
import tensorflow as tf

import tf_ganprune as tgp
from tf_ganprune.keras_compat import keras

L = keras.layers
_register = keras.utils.register_keras_serializable("tests_of_calls")


def _words(*rows):
  tokens = keras.Input((5,), dtype="int32")
  x = L.Embedding(10, 4, mask_zero=True)(tokens)
  for row in rows:
    x = row(x)
  return keras.Model(tokens, x)


def _masked_numbers():
  inputs = keras.Input((5, 4))
  return keras.Model(inputs, L.Conv1D(3, 3)(L.Masking()(inputs)))


_MASKED = {
  "convolution": lambda: _words(L.Conv1D(4, 3)),
  "dense": lambda: _words(L.Dense(3)),
  "separable": lambda: _words(L.SeparableConv1D(4, 3)),
  "einsum": lambda: _words(L.EinsumDense("abc,cd->abd", (None, 3))),
  "transposed": lambda: _words(L.Conv1DTranspose(4, 3)),
  "recurrent": lambda: _words(L.GRU(4), L.Dense(2)),
  "nested": lambda: _words(
    keras.Sequential([keras.Input((5, 4)), L.Conv1D(4, 3)])
  ),
  "masking": _masked_numbers,
}


@pytest.mark.slow
@pytest.mark.filterwarnings("ignore")
@pytest.mark.parametrize("name", _MASKED)
def test_masks(name):
  network = _MASKED[name]()
  pruned = tgp.prune_low_magnitude(network)
  x = np.array([[1, 2, 3, 0, 0]]) if len(network.input_shape) == 2 else None
  x = np.ones((1, 5, 4), "float32") if x is None else x
  np.testing.assert_array_equal(pruned(x), network(x))


@_register
class _Film(L.Layer):
  """Takes its second tensor by position or by name."""

  def __init__(self, **kwargs):
    super().__init__(**kwargs)
    self.convolution = L.Conv2D(4, 3, padding="same")
    self.dense = L.Dense(4)

  def call(self, x, style):
    return self.convolution(x) * self.dense(style)[:, None, None]


@_register
class _OfList(L.Layer):
  def __init__(self, **kwargs):
    super().__init__(**kwargs)
    self.convolution = L.Conv2D(3, 3, padding="same")

  def call(self, inputs):
    image, other = inputs
    return image * self.convolution(other)


@_register
class _OfDict(_OfList):
  def call(self, inputs):
    return super().call([inputs["image"], inputs["other"]])


def _film(*args, **kwargs):
  return _Film(name="film")(*args, **kwargs)


_CALLS = {
  "by position": ((5,), _film),
  "by name": ((5,), lambda x, y: _film(x, style=y)),
  "list": ((8, 8, 3), lambda x, y: _OfList()([x, y])),
  "dict": ((8, 8, 3), lambda x, y: _OfDict()({"image": x, "other": y})),
}


def _network(shape, call):
  inputs = [keras.Input((8, 8, 3)), keras.Input(shape)]
  return keras.Model(inputs, call(*inputs))


@pytest.mark.parametrize("name", _CALLS)
def test_layers_of_several_tensors_are_pruned_saved_and_loaded(name, tmp_path):
  network = _network(*_CALLS[name])
  pruned = tgp.prune_low_magnitude(network)
  for layer in tgp.sparsity_report(pruned).layers:
    assert not layer.note
  loaded = tgp.load_model(tgp.save_model(pruned, tmp_path / "a.keras"))
  rng = np.random.default_rng(0)
  given = [rng.normal(size=(2, *x[1:])) for x in network.input_shape]
  np.testing.assert_array_equal(pruned(given), network(given))
  np.testing.assert_array_equal(loaded(given), network(given))
  assert len(loaded.weights) == len(pruned.weights)


def _einsum():
  inputs = keras.Input((4, 4))
  x = L.Dense(4)(inputs)
  return keras.Model(inputs, tf.einsum("bij,bkj->bik", x, x))


def _constant_first():
  inputs = keras.Input((4,))
  return keras.Model(inputs, tf.constant([1.0, 2.0, 3.0]) + L.Dense(3)(inputs))


class _Odd(_Film):
  def call(this, x, style):  # noqa: N805
    return super().call(x, style)


_FORGOTTEN = {
  "its own object by another name": (
    lambda: _network((5,), lambda x, y: _Odd(name="odd")(x, y)),
    "'odd'",
  ),
  "einsum": (_einsum, "'tf.einsum"),
  "constant first": (_constant_first, "'tf.__operators__.add"),
}


@pytest.mark.parametrize("use", [tgp.prune_low_magnitude, tgp.MovingAverage])
@pytest.mark.parametrize("name", _FORGOTTEN)
def test_what_keras_cannot_clone_is_named(name, use):
  make, layer = _FORGOTTEN[name]
  with pytest.raises(ValueError, match=rf"{layer}.*layer\(x, style=y\)"):
    use(make())
