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
"""Tests networks whose operations are given arrays as arguments."""

import numpy as np
import pytest
import tensorflow as tf

from tf_ganprune import export
from tf_ganprune.export import rewrites
from tf_ganprune.keras_compat import keras

_LAYERS = keras.layers
_REWRITES = (
  rewrites.EXPLICIT_STEM,
  rewrites.PHASES,
  rewrites.PHASES_IN_FLOAT,
  rewrites.SEPARATE_RELU,
  rewrites.VALID_TRANSPOSED,
)


class _Scale(_LAYERS.Layer):
  def call(self, inputs, factor=None):
    return inputs * tf.nest.flatten(factor)[0]


def _weighted(x):
  weigh = _LAYERS.Lambda(lambda x, w: x * w, arguments={"w": np.ones(3, "f")})
  return weigh(x)


def _normalized(x):
  names = ("mean", "variance", "offset", "scale")
  arguments = {name: np.ones(3, "f") for name in names}
  return tf.nn.batch_normalization(x, variance_epsilon=0.1, **arguments)


_ONES = np.ones(3, "f")
_KERNEL = np.ones((3, 3, 3, 3), "f")
_OPERATIONS = {
  "depthwise": lambda x: tf.nn.depthwise_conv2d(
    x, np.ones((3, 3, 3, 1), "f"), [1, 1, 1, 1], "SAME"
  ),
  "conv": lambda x: tf.nn.conv2d(
    x, filters=_KERNEL, strides=np.array([1, 1]), padding="SAME"
  ),
  "padded": lambda x: tf.nn.conv2d(
    x, filters=_KERNEL, strides=1, padding=[[0, 0], [1, 1], [1, 1], [0, 0]]
  ),
  "resize": lambda x: tf.image.resize(x, size=np.array([6, 6])),
  "resize to tensor": lambda x: tf.image.resize(x, size=tf.constant([6, 6])),
  "clip": lambda x: tf.clip_by_value(
    x, clip_value_min=np.zeros(3, "f"), clip_value_max=_ONES
  ),
  "multiply": lambda x: tf.multiply(x, y=_ONES),
  "variable": lambda x: tf.multiply(x, y=tf.Variable(_ONES)),
  "tensor": lambda x: tf.multiply(x, y=tf.constant(_ONES)),
  "reversed": lambda x: _ONES * x,
  "reshape": lambda x: tf.reshape(x, shape=np.array([-1, 8, 8, 3])),
  "transpose": lambda x: tf.transpose(x, perm=np.array([0, 2, 1, 3])),
  "pad": lambda x: tf.pad(
    x, paddings=np.array([[0, 0], [1, 1], [1, 1], [0, 0]])
  ),
  "tile": lambda x: tf.tile(x, multiples=np.array([1, 1, 2, 1])),
  "gather": lambda x: tf.gather(x, indices=np.array([0, 2, 1]), axis=3),
  "where": lambda x: tf.where(x > 0.5, x=x, y=np.zeros(3, "f")),
  "matmul": lambda x: tf.linalg.matmul(x, b=np.ones((3, 3), "f")),
  "tensordot": lambda x: tf.tensordot(x, b=np.ones((3, 3), "f"), axes=1),
  "mean": lambda x: x - tf.reduce_mean(x, axis=np.array([1, 2]), keepdims=True),
  "slice": lambda x: x[:, : np.int64(6), 1 : np.int32(7)],
  "tf.slice": lambda x: tf.slice(
    x, begin=np.array([0, 0, 0, 0]), size=np.array([-1, 4, 4, 3])
  ),
  "bias": lambda x: tf.nn.bias_add(x, bias=_ONES),
  "norm": _normalized,
  "lambda": _weighted,
  "layer": lambda x: _Scale()(x, factor=_ONES),
  "list": lambda x: _Scale()(x, factor=[_ONES, None]),
  "dict": lambda x: _Scale()(x, factor={"a": _ONES}),
  "nested": lambda x: _Scale()(x, factor=[[_ONES], (_ONES,)]),
  "flag": lambda x: _LAYERS.BatchNormalization()(x, training=np.bool_(False)),
}


def _network(operation):
  keras.utils.set_random_seed(0)
  x = keras.Input((5, 5, 3))
  # Each rewrite finds something before the operation and after it.
  y = _LAYERS.Conv2D(3, 3, 2, "same", activation="relu")(x)
  y = _LAYERS.Conv2DTranspose(3, 3, 2, "same", activation="relu")(y)
  y = tf.image.resize(y, (8, 8))
  y = operation(y)
  return keras.Model(x, _LAYERS.Conv2DTranspose(2, 3, 2, "same")(y))


@pytest.mark.slow
@pytest.mark.parametrize("name", _OPERATIONS)
def test_arrays_are_no_obstacle_to_rewrites(name):
  network = _network(_OPERATIONS[name])
  x = np.random.default_rng(0).standard_normal((2, 5, 5, 3), "f")
  expected = network(x, training=False)
  for rewrite in _REWRITES:
    done = rewrites.apply(network, [rewrite])
    np.testing.assert_allclose(
      done.model(x, training=False), expected, atol=1e-5
    )
  assert rewrites.apply(network, [rewrites.PHASES]).notes


@pytest.mark.parametrize("name", ["depthwise", "resize", "clip"])
@pytest.mark.parametrize("target", ["cpu", "cpu-int8"])
def test_arrays_are_no_obstacle_to_files(name, target, tmp_path):
  network = _network(_OPERATIONS[name])
  report = export.export_tflite(network, tmp_path / "g", target)
  assert report.max_abs_error < (1e-5 if target == "cpu" else 0.2)


def test_what_is_off_leaves_a_layer_as_it_is_at_inference():
  network = _network(_OPERATIONS["flag"])
  (note,) = rewrites.apply(network, [rewrites.PHASES]).notes
  assert note.count("conv2d_transpose") == 2
