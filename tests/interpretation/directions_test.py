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
"""Tests the latent directions that lost most, against matrices."""

import numpy as np
import pytest

from tests.interpretation import linear
from tf_ganprune.interpretation import directions
from tf_ganprune.keras_compat import keras

_LATENTS = np.random.default_rng(0).normal(size=(3, 3)).astype(np.float32)


def _lost(dense, pruned, most=3):
  return directions.lost(
    linear.along(dense), linear.along(pruned), _LATENTS, most
  )


def test_metric_of_a_matrix():
  kernel = np.random.default_rng(1).normal(size=(3, 4))
  found = directions.metric(linear.generator(kernel, 5.0), _LATENTS, "dense")
  np.testing.assert_allclose(found, kernel @ kernel.T / 4, atol=1e-4)


def test_metric_is_the_mean_over_latents():
  latent = keras.Input((1,))
  square = keras.layers.Reshape((1, 1, 1))(latent * latent)
  network = keras.Model(latent, square)
  # The derivative is 2 z, and its square 4 and 16 here.
  found = directions.metric(network, np.float32([[1.0], [2.0]]), "dense")
  np.testing.assert_allclose(found, [[10.0]], rtol=1e-4)


def test_the_worst_come_first_and_gains_not_at_all():
  first, second = _lost(linear.DENSE, linear.PRUNED)
  np.testing.assert_allclose(first.vector, [0.6, 0.8, 0.0], atol=1e-5)
  np.testing.assert_allclose(second.vector, [0.8, -0.6, 0.0], atol=1e-5)
  found = [
    (one.dense, one.pruned, one.lost, one.kept) for one in (first, second)
  ]
  np.testing.assert_allclose(
    found, [(4.0, 1.0, 3.0, 0.25), (1.0, 0.25, 0.75, 0.25)], atol=1e-4
  )


def test_no_more_than_were_asked_for():
  (only,) = _lost(linear.DENSE, linear.PRUNED, most=1)
  np.testing.assert_allclose(only.vector, [0.6, 0.8, 0.0], atol=1e-5)


def test_equal_generators_have_lost_nothing():
  assert _lost(linear.DENSE, linear.DENSE) == ()
  assert _lost((0.0, 0.0, 0.0), linear.DENSE) == ()


def test_walk_goes_along_the_direction_only():
  walk = _lost(linear.DENSE, linear.PRUNED)[0].walk
  places = walk.latents @ linear.DIRECTIONS.T
  np.testing.assert_allclose(places[:, 0], np.linspace(-2, 2, 7), atol=1e-5)
  across = linear.DIRECTIONS[1:] @ _LATENTS[0]
  np.testing.assert_allclose(places[:, 1:], [across] * 7, atol=1e-5)
  pixels = walk.dense.reshape(7, 4)[:, 0], walk.pruned.reshape(7, 4)[:, 0]
  np.testing.assert_allclose(pixels[0], np.linspace(-8, 8, 7), atol=1e-4)
  np.testing.assert_allclose(pixels[1], np.linspace(-4, 4, 7), atol=1e-4)


def test_images_that_are_not_finite_name_the_network():
  broken = linear.along((np.nan, 1.0, 1.0))
  with pytest.raises(ValueError, match="`pruned` .generator. makes images"):
    directions.lost(linear.along(linear.DENSE), broken, _LATENTS, 1)
