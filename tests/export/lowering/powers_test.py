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
"""Tests of powers, on a GPU."""

import numpy as np
import pytest
import tensorflow as tf

import tf_ganprune as tgp
from tests.export.lowering import running
from tf_ganprune.keras_compat import keras

_L = keras.layers


def _array(*values):
  return np.array(values, "float32")


_POWERS = {
  "of_two": lambda x: 2.0**x,
  "of_a_third": lambda x: (1 / 3) ** x,
  "five": lambda x: x**5,
  "seven": lambda x: x**7,
  "sixteen": lambda x: x**16,
  "thirty_three": lambda x: (x * 0.5) ** 33,
  "minus_one": lambda x: (x * x * x + 20) ** -1.0,
  "minus_three": lambda x: (x * x * x + 20) ** -3.0,
  "a_fraction": lambda x: tf.abs(x) ** 0.3,
  "more_than_two": lambda x: tf.abs(x) ** 2.5,
  "in_channels": lambda x: tf.pow(x, _array(1, 2, 3, 4)),
  "some_negative": lambda x: tf.pow(x + 9, _array(-1, -2, 3, 0)),
  "some_fractions": lambda x: tf.pow(tf.abs(x), _array(0.5, 2, 1.5, 1)),
  "of_channels": lambda x: tf.pow(_array(1, 2, 3, 0.5), x),
  "by_itself": lambda x: tf.abs(x) ** tf.abs(x),
}
_UNKNOWN = {
  "by_a_tensor": lambda x: tf.pow(x, x[:, :1, :1]),
  "of_zero": lambda x: 0.0 ** tf.abs(x),
}


def _network(functions) -> keras.Model:
  x = keras.Input((5, 6, 4), name="x")
  return keras.Model(
    x, {name: _L.Lambda(f, name=name)(x) for name, f in functions.items()}
  )


@pytest.mark.slow
def test_powers():
  network = _network(_POWERS)
  assert not tgp.check_target(network, "gpu")
  running.assert_right_on_gpu(network)
  running.assert_right_on_cpu(network)


@pytest.mark.parametrize("name", _UNKNOWN)
def test_what_may_be_wrong_is_said(name):
  network = _network({name: _UNKNOWN[name]})
  (found,) = tgp.check_target(network, "gpu")
  assert (found.layer, found.refused) == (name, False)
  assert "POW" in found.reason and "tf.exp" in found.remedy


def test_powers_of_integers_are_found():
  network = _network({"it": lambda x: tf.pow(tf.cast(x, tf.int32), 3)})
  found = tgp.check_target(network, "gpu")
  assert ("it", True) in {(x.layer, x.refused) for x in found}
