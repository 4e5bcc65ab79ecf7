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
"""Tests of one-hot codes in files."""

import numpy as np
import pytest
import tensorflow as tf
from ai_edge_litert import interpreter as litert

import tf_ganprune as tgp
from tf_ganprune.export import one_hots
from tf_ganprune.keras_compat import keras

_CLASSES = 3


def _function(run, *specs):
  return tf.function(run, input_signature=specs).get_concrete_function()


@pytest.mark.parametrize("dtype", [tf.int32, tf.int64, tf.uint8])
@pytest.mark.parametrize("on, off", [(1.0, 0.0), (0.9, -0.5)])
def test_codes_are_the_same(dtype, on, off):
  spec = tf.TensorSpec([2, 3], dtype)
  function = _function(lambda x: tf.one_hot(x, 4, on, off) + 1.0, spec)
  found = one_hots.gathered(function, [spec])
  assert "OneHot" not in {x.op for x in found.graph.as_graph_def().node}
  given = tf.constant([[0, 3, 2], [1, 4, 200]], dtype)
  np.testing.assert_allclose(found(given), function(given), atol=1e-7)
  if dtype.is_unsigned:
    return
  given = tf.constant([[-1, -7, 2], [1, 4, 99]], dtype)
  np.testing.assert_allclose(found(given), function(given), atol=1e-7)


@pytest.mark.parametrize(
  "run",
  [
    lambda x: tf.one_hot(x, 4, axis=0),
    lambda x: tf.one_hot(x, 4, dtype=tf.int32),
    lambda x: tf.one_hot(x, tf.reduce_max(x) + 1),
    lambda x: tf.cast(x, tf.float32),
  ],
)
def test_other_codes_stay(run):
  spec = tf.TensorSpec([2, 3], tf.int32)
  function = _function(run, spec)
  assert one_hots.gathered(function, [spec]) is function


def _generator(codes):
  keras.utils.set_random_seed(0)
  latents = keras.Input((4,), name="latents")
  labels = keras.Input((), dtype="int32", name="labels")
  x = keras.layers.Concatenate()([latents, codes(labels)])
  x = keras.layers.Dense(32, activation="relu")(x)
  x = keras.layers.Dense(16, activation="tanh")(x)
  return keras.Model([latents, labels], keras.layers.Reshape((4, 4, 1))(x))


@pytest.mark.parametrize(
  "codes",
  [
    lambda x: tf.one_hot(x, _CLASSES),
    keras.layers.Lambda(lambda x: tf.one_hot(x, _CLASSES)),
  ],
  ids=["function", "lambda"],
)
@pytest.mark.parametrize("target", ["cpu", "cpu-int8"])
def test_files_see_the_class(codes, target, tmp_path):
  network = _generator(codes)
  source = tgp.inputs.LabelledLatents(4, _CLASSES)
  report = tgp.export_tflite(network, tmp_path / "g", target, source)
  assert report.max_abs_error < 0.1
  latents, labels = source.draw(30, seed=1)
  expected = network([latents, labels]).numpy()
  interpreter = litert.Interpreter(model_path=str(report.path))
  run = interpreter.get_signature_runner()
  pairs = zip(latents.numpy(), labels.numpy(), strict=True)
  made = [run(latents=z[None], labels=y[None]) for z, y in pairs]
  found = [next(iter(one.values())) for one in made]
  np.testing.assert_allclose(np.concatenate(found), expected, atol=0.1)
  assert np.abs(expected[labels == 0].mean(0) - expected.mean(0)).max() > 0.1
