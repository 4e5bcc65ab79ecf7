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
"""Tests of the loss on a discriminator's features of hidden maps."""

import numpy as np
import pytest
import tensorflow as tf

from tests import tiny
from tf_ganprune import distillation
from tf_ganprune.distillation import base
from tf_ganprune.keras_compat import keras

_N = 2


def _taken(activation="tanh", **arguments):
  """Returns a loss on the (4, 4) maps of two generators, and these maps."""
  loss = distillation.DiscriminatorMaps(**arguments)
  networks = [tiny.generator(width=n, activation=activation) for n in (5, 3)]
  loss.take(*networks, tiny.discriminator())
  ((ours, theirs),) = loss.pairs
  rng = np.random.default_rng(0)
  maps = [rng.normal(size=(_N, 4, 4, n)).astype(np.float32) for n in (5, 3)]
  return loss, {ours: maps[0]}, {theirs: maps[1]}


def _seen(features, judged=None, images=None):
  images = tf.zeros([_N, 8, 8, 1]) if images is None else images
  features = {k: tf.constant(x) for k, x in features.items()}
  return base.Seen(images, features, judged)


def _relative(network, a, b):
  ours, theirs = (network(x).numpy() for x in (a, b))
  return np.mean(np.abs(ours - theirs)) / np.mean(np.abs(ours))


@pytest.mark.parametrize(
  "activation, middle, half", [("tanh", 0.0, 1.0), ("sigmoid", 0.5, 0.5)]
)
def test_maps_are_shown_as_images(activation, middle, half):
  judge = tiny.discriminator()
  loss, ours, theirs = _taken(activation, network=judge, judged_layers=["conv"])
  (adapter,) = loss.adapters
  assert [tuple(w.shape) for w in adapter.weights] == [(3, 1)]
  drawn = np.random.default_rng(0).normal(size=(5, 1)) / 5**0.5
  projected = [
    np.matmul([*ours.values()][0], drawn.astype(np.float32)),
    adapter([*theirs.values()][0]),
  ]
  images = [
    tf.image.resize(middle + half * np.tanh(x), [8, 8]) for x in projected
  ]
  expected = _relative(judge.get_layer("conv"), *images)
  found = loss.loss(_seen(ours), _seen(theirs))
  np.testing.assert_allclose(found, expected, rtol=1e-4)


def test_the_adapter_learns_and_the_teachers_projection_stays():
  loss, ours, theirs = _taken()
  assert len(loss.trainable_weights) == 1
  another = _taken()[0]
  np.testing.assert_array_equal(loss._projections, another._projections)
  with tf.GradientTape() as tape:
    value = loss.loss(_seen(ours), _seen(theirs))
  (gradient,) = tape.gradient(value, loss.trainable_weights)
  assert np.abs(gradient.numpy()).max() > 0


def test_the_image_takes_its_place_among_what_is_judged():
  """A discriminator of pairs sees the condition beside maps, not images."""
  given, made = keras.Input((8, 8, 1)), keras.Input((8, 8, 1))
  both = keras.layers.Concatenate(name="both")([given, made])
  conv = keras.layers.Conv2D(3, 8, name="conv")(both)
  judge = keras.Model([given, made], keras.layers.Dense(1)(conv))
  loss = distillation.DiscriminatorMaps(judged_layers=["both"])
  loss.take(tiny.generator(width=5), tiny.generator(), judge)
  ((mine, yours),) = loss.pairs
  rng = np.random.default_rng(0)
  ours, theirs = (
    {name: rng.normal(size=(_N, 4, 4, n)).astype(np.float32)}
    for name, n in ((mine, 5), (yours, 3))
  )
  condition = tf.constant(tiny.images(_N))
  values = []
  for scale in (1.0, 5.0):
    images = scale * tf.ones([_N, 8, 8, 1])
    student = _seen(theirs, [condition, images], images)
    values.append(float(loss.loss(_seen(ours), student)))
  assert values[0] == values[1] > 0
  student = _seen(theirs, [condition, 2.0 * images], images)
  with pytest.raises(ValueError, match="'discriminator_maps'.*as it got them"):
    loss.loss(_seen(ours), student)
