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
"""Tests of what inputs are given."""

import numpy as np
import pytest
import tensorflow as tf

from tf_ganprune import inputs
from tf_ganprune.keras_compat import keras

L = keras.layers


class _Table(L.Layer):
  """Looks labels up in a table of its own, 6 rows of 2."""

  def build(self, shape):
    self.table = self.add_weight("table", (6, 2))

  def call(self, x):
    return tf.gather(self.table, tf.cast(x, tf.int32))


class _Subclassed(keras.Model):
  """Looks labels up in a layer that it holds."""

  def __init__(self):
    super().__init__()
    self.table = L.Embedding(5, 2)

  def call(self, x, training=False):
    return self.table(x)


def _model(shape, make, dtype=None):
  x = keras.Input(shape, dtype=dtype, name="x")
  return keras.Model(x, make(x))


def _nested(x):
  return _model((1,), L.Embedding(5, 2))(x)


def _one_hot_of_pixels(x):
  return tf.one_hot(x[..., 0], 7)


_LOOKED_UP = {
  "float labels": ((1,), L.Embedding(5, 2), None, 5),
  "whole labels": ((3,), L.Embedding(5, 2), "int32", 5),
  "of a network inside": ((1,), _nested, None, 5),
  "a layer of one's own": ((1,), _Table(), None, 6),
  "subclassed": ((1,), lambda x: _Subclassed()(x), "int32", 5),
  "reshaped first": (
    (1,),
    lambda x: L.Embedding(5, 2)(L.Reshape(())(x)),
    "int64",
    5,
  ),
  "in a constant": ((2,), lambda x: tf.gather(np.eye(9), x), "int32", 9),
  "in columns": (
    (2,),
    lambda x: tf.gather(np.eye(3, 8), x, axis=1),
    "int32",
    8,
  ),
  "one-hot": ((8, 8, 1), _one_hot_of_pixels, "uint8", 7),
  "twice, the smaller counts": (
    (1,),
    lambda x: L.Concatenate()([L.Embedding(9, 2)(x), L.Embedding(4, 2)(x)]),
    None,
    4,
  ),
}


@pytest.mark.parametrize("case", _LOOKED_UP)
def test_rows_are_drawn_where_rows_are_looked_up(case):
  shape, make, dtype, count = _LOOKED_UP[case]
  model = _model(shape, make, dtype)
  assert inputs.rows(model) == {"x": range(count)}
  drawn = inputs.draw(model, 300)["x"]
  assert drawn.shape == (300, *shape)
  assert drawn.dtype == model.inputs[0].dtype.as_numpy_dtype
  assert set(np.unique(drawn)) == set(range(count))
  assert f"whole numbers below {count}" in inputs.described(model)["x"]


_COLUMNS = np.array([0, 4], "int32")
_MOVED = {
  "labels from 1 on": (lambda x: L.Embedding(5, 2)(x - 1), range(1, 6)),
  "a class for none": (lambda x: L.Embedding(5, 2)(x + 1), range(-1, 4)),
  "counted down": (lambda x: L.Embedding(5, 2)(4 - x), range(5)),
  "twice": (lambda x: L.Embedding(5, 2)(3 - (x + 2)), range(-3, 2)),
  "one table": (lambda x: L.Embedding(9, 2)(x + _COLUMNS), range(5)),
  "one-hot": (lambda x: tf.one_hot(x - 1, 3), range(1, 4)),
  "of axes": (
    lambda x: tf.gather_nd(np.eye(3), tf.cast(x, tf.int32) - 1),
    range(1, 4),
  ),
  "of an axis": (
    lambda x: tf.gather_nd(np.eye(7, 3), x[:, :1] - 1),
    range(1, 8),
  ),
  "of two tables": (
    lambda x: L.Add()([L.Embedding(5, 2)(x), L.Embedding(9, 2)(x - 2)]),
    range(2, 5),
  ),
}


@pytest.mark.parametrize("dtype", ["int32", "float32"])
@pytest.mark.parametrize("case", _MOVED)
def test_rows_are_moved_by_what_is_added(case, dtype):
  make, known = _MOVED[case]
  model = _model((2,), lambda x: make(tf.cast(x, tf.int32)), dtype)
  assert inputs.rows(model) == {"x": known}
  drawn = inputs.draw(model, 300)["x"]
  assert set(np.unique(drawn)) == set(known)
  model(drawn)
  low, high = known[0], known[-1]
  word = f"from {low} to {high}" if low else f"below {high + 1}"
  assert word in inputs.described(model)["x"]


@pytest.mark.parametrize(
  "make",
  [
    lambda x: L.Embedding(5, 2)(x * 2 - 1),
    lambda x: L.Embedding(5, 2)(x - x),
    lambda x: L.Embedding(5, 2)((x + 1) % 5),
    lambda x: tf.gather_nd(np.eye(7, 3), x),
  ],
)
def test_nothing_is_known_of_other_arithmetic(make):
  assert not inputs.rows(_model((2,), make, "int32"))


def test_small_types_have_rows_that_they_hold():
  model = _model((1,), L.Embedding(1000, 2), "uint8")
  assert inputs.rows(model) == {"x": range(256)}


def test_rows_have_no_fractions():
  model = _model((1,), L.Embedding(5, 2))
  inputs.check_rows("data", model, {"x": np.array([[0.0], [4.0]])})
  for value, words in ((0.5, "fractions"), (5.0, "0 to 4"), (-1.0, "0 to 4")):
    with pytest.raises(ValueError, match=f"`data` has numbers.*{words}"):
      inputs.check_rows("data", model, {"x": np.array([[value]])})


_OTHERS = {
  "float32": (np.float32, "N(0, 1)"),
  "float16": (np.float16, "N(0, 1)"),
  "uint8": (np.uint8, "all values of uint8"),
  "int8": (np.int8, "all values of int8"),
  "int32": (np.int32, "0 and 1"),
  "bool": (np.bool_, "0 and 1"),
}


@pytest.mark.parametrize("dtype", _OTHERS)
def test_what_else_is_drawn(dtype):
  expected, words = _OTHERS[dtype]
  model = _model((40,), L.Identity(dtype=dtype), dtype)
  drawn = inputs.draw(model, 100)["x"]
  assert drawn.dtype == expected
  assert words in inputs.described(model)["x"]
  if dtype in ("uint8", "int8"):
    info = np.iinfo(expected)
    assert (drawn.min(), drawn.max()) == (info.min, info.max)
  elif "float" in dtype:
    assert abs(float(drawn.mean())) < 0.1 and 0.9 < float(drawn.std()) < 1.1
  else:
    assert set(np.unique(drawn)) == {0, 1}


def test_the_label_alone_of_a_conditional_generator_is_looked_up():
  z, label = keras.Input((3,), name="z"), keras.Input((1,), name="label")
  y = L.Flatten()(L.Embedding(10, 4)(label))
  model = keras.Model([z, label], L.Concatenate()([z, y]))
  assert inputs.rows(model) == {"label": range(10)}
  drawn = inputs.draw(model, 50)
  assert drawn["z"].min() < 0 <= drawn["label"].min()


def test_specs_alone_are_enough():
  specs = {"x": tf.TensorSpec([1, 2], tf.uint8)}
  assert inputs.draw_specs(specs, 3)["x"].shape == (3, 2)


def test_infinities_that_are_added_are_no_offsets():
  given = keras.Input((4,), name="x")
  x = given + tf.constant([0.0, 0.0, 0.0, -np.inf])
  network = keras.Model(given, L.Softmax()(x))
  assert inputs.draw(network, 3)["x"].shape == (3, 4)


def test_rows_behind_two_offsets_are_in_both():
  given = keras.Input((), dtype="int32", name="x")
  x = tf.stack([given - 1, given], -1)
  network = keras.Model(given, L.Embedding(10, 2)(x))
  assert inputs.rows(network)["x"] == range(1, 10)
