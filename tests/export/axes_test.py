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
"""Tests of axes that are given as NumPy's arrays."""

import numpy as np
import pytest
import tensorflow as tf

import tf_ganprune as tgp
from tf_ganprune.keras_compat import keras

_L = keras.layers
_AXES = np.array([1, 2])


class _Subclassed(keras.Model):
  def __init__(self):
    super().__init__()
    self._norm = _L.BatchNormalization()

  def call(self, x):
    return tf.reduce_mean(self._norm(x), _AXES)


_MEANS = {
  "operation": lambda x: tf.reduce_mean(x, _AXES),
  "layer": _L.Lambda(lambda x: x - tf.reduce_mean(x, _AXES, keepdims=True)),
  "deviation": lambda x: tf.math.reduce_std(x, _AXES),
  "number": lambda x: tf.reduce_mean(x, np.int64(1)),
  "sum": lambda x: tf.reduce_sum(x, _AXES),
  "subclassed": lambda x: _Subclassed()(x),
  "computed": lambda x: tf.reduce_mean(x, tf.range(1, np.int64(3))),
}


@pytest.mark.slow
@pytest.mark.parametrize("target", ["cpu", "gpu"])
def test_axes_of_64_bits(target, tmp_path):
  x = keras.Input((4, 5, 3), name="x")
  network = keras.Model(x, {name: make(x) for name, make in _MEANS.items()})
  assert not tgp.check_target(network, target)
  report = tgp.export_tflite(network, tmp_path / "g", target)
  assert report.max_abs_error < 1e-5
