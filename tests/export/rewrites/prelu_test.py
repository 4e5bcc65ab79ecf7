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
"""Tests of PReLUs that become two ReLUs."""

import pytest
import tensorflow as tf

import tf_ganprune as tgp
from tf_ganprune.export import existing, rewrites
from tf_ganprune.export.rewrites import file_layers as own
from tf_ganprune.keras_compat import keras

layers = keras.layers


def _slopes(**kwargs):
  return layers.PReLU(
    alpha_initializer=keras.initializers.RandomUniform(0.1, 0.9, seed=0),
    name="slopes",
    **kwargs,
  )


@pytest.mark.parametrize("shared", [None, [1, 2], [1, 2, 3]])
def test_images(rewritten, shared):
  x = keras.Input((3, 4, 2))
  y = layers.Conv2D(3, 1)(_slopes(shared_axes=shared)(x))
  done = rewritten(keras.Model(x, y), rewrites.TWO_RELUS)
  kinds = [type(x) for x in done.model.layers]
  assert own.TwoReLUs in kinds and layers.PReLU not in kinds
  assert done.notes[0].endswith(": slopes.")


def test_one_that_is_called_twice_stays():
  slopes, x = _slopes(), keras.Input((4,))
  network = keras.Model(x, slopes(slopes(x)))
  assert rewrites.apply(network, [rewrites.TWO_RELUS]).model is network


@pytest.mark.parametrize("target", ["cpu-int8", "npu"])
def test_int8_files_have_none(target, tmp_path):
  keras.utils.set_random_seed(0)
  x = keras.Input((4, 4, 2))
  y = _slopes(shared_axes=[1, 2])(layers.Conv2D(4, 3, padding="same")(x))
  network = keras.Model(x, layers.Conv2D(3, 3, activation="tanh")(y))
  assert not tgp.check_target(network, target)
  report = tgp.export_tflite(network, tmp_path / "g", target)
  assert any("relu(x) - slope * relu(-x)" in note for note in report.notes)
  assert b"slopes" in report.path.read_bytes()


class _Inside(keras.Model):
  """Calls one `PReLU` twice, and one of another shape, in code of its own."""

  def __init__(self):
    super().__init__()
    self.convolve = layers.Conv2D(4, 3, padding="same")
    self.slopes, self.own = _slopes(shared_axes=[1, 2]), _slopes()
    self.out = layers.Conv2D(3, 3, activation="tanh")

  def call(self, inputs):
    x = self.slopes(self.convolve(self.slopes(inputs)))
    return self.out(self.own(x))


@pytest.mark.parametrize("target", ["cpu-int8", "gpu"])
def test_none_stays_in_code_of_ones_own(target, tmp_path):
  keras.utils.set_random_seed(0)
  network = _Inside()
  network(tf.zeros((1, 6, 6, 4)))
  report = tgp.export_tflite(network, tmp_path / "g", target)
  kinds = {x.name for x in existing.read(report.path).graph.operators}
  assert "RELU" in kinds
  assert not kinds & {"PRELU", "SELECT", "SELECT_V2"}
