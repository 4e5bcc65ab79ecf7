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
"""Tests of which hidden layers are seen and paired, and what they give."""

import numpy as np
import pytest
import tensorflow as tf

from tests import tiny
from tf_ganprune import networks
from tf_ganprune.distillation import observer
from tf_ganprune.keras_compat import keras
from tf_ganprune.sparsity import prune, strip
from tf_ganprune.sparsity.schedules import schedule_checks

layers = keras.layers


def _pruned(network):
  schedule = schedule_checks.ConstantSparsity(0.5, 0)
  return prune.prune_low_magnitude(network, schedule)


def test_the_last_layer_of_each_size_is_paired():
  teacher = networks.dcgan_generator((32, 32, 1), 4, width=4)
  student = networks.dcgan_generator((32, 32, 1), 4, width=2)
  pairs = observer.pairs(teacher, student, None, "features")
  assert pairs == [("act_conv_8x8",) * 2, ("act_16x16",) * 2]
  # Whatever the layers' names, as long as the sizes are equal.
  (pair,) = observer.pairs(teacher, _blocks((16, 16)), None, "features")
  assert pair == ("act_16x16", "second")


def _blocks(size):
  return keras.Sequential(
    [
      keras.Input((4,)),
      layers.Dense(size[0] * size[1], name="first"),
      layers.Reshape((*size, 1)),
      layers.Conv2D(2, 3, padding="same", name="second"),
      layers.Conv2DTranspose(1, 4, strides=2, padding="same"),
    ]
  )


def test_vectors_are_paired_where_there_is_nothing_else():
  def network(width):
    return keras.Sequential(
      [
        keras.Input((4,)),
        layers.Dense(width, name="hidden"),
        layers.Dense(9, name="image"),
        layers.Reshape((3, 3, 1)),
      ]
    )

  pairs = observer.pairs(network(8), network(2), None, "features")
  assert pairs == [("image", "image")]


def test_nothing_to_pair_is_said():
  with pytest.raises(ValueError, match=r"\(8, 8\).*\(2, 2\).*`layers`"):
    observer.pairs(
      networks.dcgan_generator((16, 16, 1), 4, width=2),
      keras.Sequential(
        [
          keras.Input((4,)),
          layers.Reshape((2, 2, 1)),
          layers.UpSampling2D((8, 8)),
          layers.Conv2D(3, 1),
          layers.Conv2D(1, 1),
        ]
      ),
      None,
      "features",
    )


def test_pruned_and_stripped_layers_keep_their_names():
  dense = tiny.generator()
  pruned = _pruned(dense)
  stripped = strip.strip_pruning(pruned)
  names = list(observer.hidden(dense))
  assert list(observer.hidden(pruned)) == names
  assert list(observer.hidden(stripped)) == names
  assert "dense" in names and "image" in names
  # The layers are shared, and each network's own tensors are meant.
  z = tf.ones([2, 4])
  for network in (dense, pruned, stripped):
    images, features = observer.Observer(network, ["norm"])(z, training=False)
    np.testing.assert_allclose(images, network(z, training=False), atol=1e-6)
    norm = dense.get_layer("norm")(dense.get_layer("dense")(z))
    np.testing.assert_allclose(features["norm"], norm, atol=1e-6)


def test_layers_that_are_used_twice_are_not_seen():
  x = keras.Input((4,))
  twice = layers.Dense(4, name="twice")
  y = layers.Dense(3, name="once")(twice(twice(x)))
  assert list(observer.hidden(keras.Model(x, y))) == ["once"]


def test_what_is_seen_is_cast():
  _, features = observer.Observer(tiny.generator(), ["norm"])(
    tf.ones([1, 4]), dtype=tf.float64
  )
  assert features["norm"].dtype == tf.float64


class _Subclassed(keras.Model):
  def __init__(self):
    super().__init__()
    self.dense = layers.Dense(2)

  def call(self, inputs):
    return self.dense(inputs)


def test_a_network_without_an_input_is_not_seen():
  with pytest.raises(ValueError, match="Sequential.*keras.Input"):
    observer.stages(keras.Sequential([layers.Dense(2)]))


def test_subclassed_networks_are_only_called():
  network = _Subclassed()
  images, features = observer.Observer(network)(tf.ones([3, 4]))
  assert images.shape == (3, 2) and not features
  with pytest.raises(ValueError, match="_Subclassed.*functional.*'image'"):
    observer.Observer(network, ["dense"])
