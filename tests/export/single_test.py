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
"""Tests what is said of networks that do not run on one sample."""

import numpy as np
import pytest
import tensorflow as tf

from tf_ganprune import compression, export
from tf_ganprune.keras_compat import keras

_LAYERS = keras.layers


class _Own(_LAYERS.Layer):
  def call(self, inputs):
    return tf.reshape(inputs, [16, 4])


class _Subclassed(keras.Model):
  def __init__(self):
    super().__init__(name="subclassed")
    self._dense = _LAYERS.Dense(4)

  def call(self, inputs):
    return self._dense(tf.reshape(inputs, [16, 4]))


def _called(layer):
  x = keras.Input((4,))
  return keras.Model(x, _LAYERS.Dense(3)(layer(x)))


def _subclassed():
  network = _Subclassed()
  network(np.ones((16, 4)))
  return network


_NETWORKS = {
  "reshape": (lambda: _called(lambda x: tf.reshape(x, [16, 4])), "tf.reshape"),
  "concat": (
    lambda: _called(lambda x: tf.concat([x, tf.ones((8, 1))], 1)),
    "tf.concat",
  ),
  "lambda": (
    lambda: _called(
      _LAYERS.Lambda(lambda x: tf.reshape(x, [16, 4]), name="fold")
    ),
    "fold",
  ),
  "own": (lambda: _called(_Own(name="own")), "own"),
  "subclassed": (_subclassed, "subclassed"),
}


def _is_one_sentence_or_two(message):
  assert len(message) < 450
  assert "\n" not in message
  for noise in ("Traceback", "File ", "tf.Tensor", "{{", "[Op:", "user code"):
    assert noise not in message


@pytest.mark.parametrize("name", _NETWORKS)
def test_a_batch_size_that_is_written_into_a_layer(name, tmp_path):
  make, layer = _NETWORKS[name]
  for call in (
    lambda: export.export_tflite(make(), tmp_path / "g"),
    lambda: export.check_target(make(), "gpu"),
  ):
    with pytest.raises(ValueError, match="write -1 or tf.shape") as caught:
      call()
    assert f"layer '{layer}" in str(caught.value)
    _is_one_sentence_or_two(str(caught.value))
  assert not list(tmp_path.iterdir())


def test_rows_that_are_mixed_are_no_output(tmp_path):
  network = _called(
    lambda x: tf.reshape(_LAYERS.Dense(64)(x), [4, 16], name="mixed")
  )
  with pytest.raises(ValueError, match="gives 4 rows .*'tf.reshape"):
    export.export_tflite(network, tmp_path / "g")


def test_a_batch_that_is_written_is_said_by_quantize_model():
  network = _called(lambda x: tf.concat([x, tf.ones((8, 1))], 1))
  with pytest.raises(ValueError, match="batch of 256 .layer 'tf.concat"):
    compression.quantize_model(network)
  data = np.ones((8, 4), "f")
  assert compression.quantize_model(network, representative_data=data)


def test_inputs_out_of_range_are_told_without_arrays(tmp_path):
  x = keras.Input((1,), dtype="int32")
  network = keras.Model(x, _LAYERS.Embedding(3, 4, name="words")(x))
  with pytest.raises(
    ValueError, match="from 99 to 99 .* 0 to 2 .*looks up"
  ) as caught:
    export.export_tflite(
      network, tmp_path / "g", representative_data=np.full((3, 1), 99)
    )
  _is_one_sentence_or_two(str(caught.value))


def test_what_overflows_sets_no_range():
  x = keras.Input((4,))
  y = _LAYERS.Activation("exponential", name="power")(_LAYERS.Dense(64)(x))
  network = keras.Model(x, _LAYERS.Dense(64)(y))
  data = np.ones((5, 4), "f")
  network.layers[1].set_weights([np.ones((4, 64)), np.zeros(64)])
  data[3] = 1e3
  with pytest.raises(ValueError, match="Sample 3 .*'power' give NaN"):
    compression.quantize_model(network, representative_data=data)
