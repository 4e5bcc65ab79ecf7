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
"""Tests of groups of channels and of numbers without axes, on a GPU."""

import numpy as np
import pytest
import tensorflow as tf

import tf_ganprune as tgp
from tests.export.lowering import running
from tf_ganprune.keras_compat import keras

_L = keras.layers
# Channels that a group takes and gives, and how many groups there are.
_GROUPS = (
  (3, 3, 4),
  (5, 5, 4),
  (6, 6, 2),
  (10, 10, 2),
  (1, 2, 6),
  (4, 6, 3),
  (4, 3, 3),
  (8, 1, 4),
  (1, 3, 5),
  (2, 6, 3),
)
_RIGHT = ((4, 4, 3), (8, 4, 3), (1, 1, 7))


def _grouped(groups) -> keras.Model:
  keras.utils.set_random_seed(0)
  inputs, outputs = [], {}
  for taken, given, count in groups:
    name = f"from_{taken}_to_{given}"
    x = keras.Input((5, 5, taken * count), name=f"{name}_x")
    inputs.append(x)
    outputs[name] = _L.Conv2D(
      given * count, 3, groups=count, bias_initializer="normal", name=name
    )(x)
  return keras.Model(inputs, outputs)


@pytest.mark.slow
def test_all_groups_are_right_on_a_gpu():
  running.assert_right_on_gpu(_grouped(_GROUPS + _RIGHT))


@pytest.mark.slow
def test_groups_are_found_where_they_are_not_replaced():
  network = _grouped(_GROUPS + _RIGHT)
  assert not tgp.check_target(network, "gpu")
  found = running.findings(running.content(network), network)
  wrong = [f"from_{taken}_to_{given}" for taken, given, _ in _GROUPS]
  assert sorted(x.layer for x in found) == sorted(wrong)
  assert all("multiple of 4" in x.remedy for x in found)


_mean, _largest, _least = tf.reduce_mean, tf.reduce_max, tf.reduce_min
_NUMBERS = {
  "quotient": lambda x: x / _largest(x),
  "difference": lambda x: x - _mean(x),
  "reversed": lambda x: _mean(x) - x,
  "range": lambda x: (x - _least(x)) / (_largest(x) - _least(x)),
  "length": lambda x: x / tf.norm(x),
  "product": lambda x: x * tf.reduce_sum(x),
  "maximum": lambda x: tf.maximum(x, _mean(x)),
  "greater": lambda x: tf.cast(x > _mean(x), tf.float32),
  "either": lambda x: tf.where(_mean(x) > 0, x, -x),
  "deviations": lambda x: (x - _mean(x)) / tf.math.reduce_std(x),
  "packed": lambda x: x[..., :2] * tf.stack([_mean(x), 2.0]),
  "sliced": lambda x: x * x[0, 1, 2, 3],
  "filled": lambda x: x + tf.fill([1, 6, 5, 8], _mean(x)),
  "looked_up": lambda x: (
    tf.gather(np.eye(9, 8, dtype="f"), tf.cast(_largest(x), tf.int32)) + x
  ),
  "of_one": lambda x: x * tf.reduce_sum(x[:, :1, :1, :1]),
  "whole": lambda x: tf.cast(
    tf.reduce_sum(tf.cast(x * 9, tf.int32)) - tf.cast(x * 9, tf.int32),
    tf.float32,
  ),
}


def _with_numbers() -> keras.Model:
  keras.utils.set_random_seed(0)
  x = keras.Input((6, 5, 8), name="x")
  y = _L.Conv2D(8, 3, padding="same", name="conv")(x)
  return keras.Model(
    x, {name: _L.Lambda(f, name=name)(y) for name, f in _NUMBERS.items()}
  )


@pytest.mark.slow
def test_numbers_get_an_axis():
  network = _with_numbers()
  assert not tgp.check_target(network, "gpu")
  running.assert_right_on_gpu(network)


def test_numbers_that_cannot_are_found():
  network = _with_numbers()
  found = running.findings(running.content(network), network)
  assert {"quotient", "maximum", "greater"} <= {x.layer for x in found}
  assert "keepdims=True" in found[0].remedy
  x = keras.Input((4, 4, 2), name="x")
  number = tf.reduce_mean(_L.Conv2D(2, 3)(x))
  product = _L.Lambda(lambda z: z[0] * z[1], name="mul")([x, number])
  kept = keras.Model(x, [product, number])
  (found,) = tgp.check_target(kept, "gpu")
  assert (found.layer, found.refused) == ("mul", True)


def test_a_number_alone_is_given():
  x = keras.Input((4, 4, 2), name="x")
  network = keras.Model(x, tf.reduce_mean(_L.Conv2D(2, 3)(x)) * 2.0)
  assert not tgp.check_target(network, "gpu")
  running.assert_right_on_gpu(network)


@pytest.mark.parametrize("name", ["quotient", "packed", "looked_up"])
def test_files_are_right_on_cpus_too(name):
  x = keras.Input((6, 5, 8), name="x")
  network = keras.Model(x, _L.Lambda(_NUMBERS[name], name=name)(x))
  running.assert_right_on_cpu(network)
