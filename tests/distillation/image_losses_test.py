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
"""Tests of the losses on images alone, on numbers worked out."""

import numpy as np
import pytest
import tensorflow as tf

from tests import tiny
from tf_ganprune import distillation, metrics
from tf_ganprune.distillation import style, wavelets
from tf_ganprune.keras_compat import keras

_ON_IMAGES = ("ssim", "total_variation", "wavelet")


def _seen(images):
  return distillation.Seen(tf.constant(images, tf.float32), {})


def _taken(loss, activation="tanh"):
  networks = [tiny.generator(width=n, activation=activation) for n in (5, 3)]
  loss.take(*networks, tiny.discriminator())
  return loss


def _rows(*rows):
  """Returns an image of one channel, `[1, height, width, 1]`."""
  return np.array(rows, np.float32)[None, ..., None]


def test_haar_by_hand():
  low, high = wavelets.haar(tf.constant(_rows([1.0, 2.0], [4.0, 9.0])))
  assert low.numpy().item() == 8.0  # (1 + 2 + 4 + 9) / 2
  # Across columns (5 - 11) / 2, across rows (3 - 13) / 2, both (10 - 6) / 2.
  assert high.numpy().ravel().tolist() == [-3.0, -5.0, 2.0]


def test_haar_is_orthonormal():
  images = np.random.default_rng(0).normal(size=(2, 8, 6, 3))
  low, high = wavelets.haar(tf.constant(images))
  assert (low.shape, high.shape) == ((2, 4, 3, 3), (3, 2, 4, 3, 3))
  energy = np.sum(low.numpy() ** 2) + np.sum(high.numpy() ** 2)
  np.testing.assert_allclose(energy, np.sum(images**2), rtol=1e-12)


def test_haar_repeats_the_last_row_and_column_of_odd_sizes():
  odd = np.random.default_rng(0).normal(size=(2, 5, 3, 1))
  even = np.pad(odd, [[0, 0], [0, 1], [0, 1], [0, 0]], "edge")
  for a, b in zip(wavelets.haar(odd), wavelets.haar(even), strict=True):
    np.testing.assert_array_equal(a, b)
  (across, _, both) = wavelets.haar(odd)[1].numpy()
  assert not across[:, :, -1].any()
  np.testing.assert_allclose(both[:, -1], 0.0, atol=1e-15)


@pytest.mark.parametrize("size", [8, 7, 5])
@pytest.mark.parametrize("levels", [1, 2])
def test_wavelets_do_not_see_an_offset(size, levels):
  images = np.random.default_rng(0).normal(size=(3, size, 8, 2))
  loss = distillation.WaveletDistance(levels)
  found = loss.loss(_seen(images), _seen(images + 0.5))
  np.testing.assert_allclose(found, 0.0, atol=1e-6)
  assert float(loss.loss(_seen(images), _seen(2.0 * images))) > 0.1


def test_wavelet_distance_by_hand():
  checks = np.indices((4, 4)).sum(0) % 2 * 2.0 - 1.0
  stripes = np.where(np.arange(4) < 2, 1.0, -1.0) * np.ones((4, 1))
  zero = np.zeros((1, 4, 4, 1))
  # Of checks only the first level's third band is not 0: 4 numbers of +-2.
  # Of wide stripes only the second level's first: 1 number of 4.
  for image, expected in (
    (checks, {1: 8 / 16, 2: 8 / 16}),
    (stripes, {1: 0.0, 2: 4 / 16}),
    (checks + stripes, {1: 8 / 16, 2: 12 / 16}),
  ):
    for levels, value in expected.items():
      loss = distillation.WaveletDistance(levels)
      found = loss.loss(_seen(image[None, ..., None]), _seen(zero))
      assert float(found) == value


@pytest.mark.parametrize(
  "activation, low, high", [("tanh", -1.0, 1.0), ("sigmoid", 0.0, 1.0)]
)
def test_ssim_is_that_of_the_metric(activation, low, high):
  loss = _taken(distillation.StructuralDistance(), activation)
  rng = np.random.default_rng(0)
  images = rng.uniform(low, high, (3, 16, 13, 3)).astype(np.float32)
  others = np.clip(images + 0.2 * rng.normal(size=images.shape), low, high)
  others = others.astype(np.float32)
  similarity = metrics.ssim(images, others, value_range=(low, high))
  found = loss.loss(_seen(images), _seen(others))
  np.testing.assert_allclose(found, 1.0 - similarity.mean(), atol=1e-5)
  same = loss.loss(_seen(images), _seen(images))
  np.testing.assert_allclose(same, 0.0, atol=1e-6)


def test_ssim_of_images_that_are_smaller_than_the_window_has_a_slope():
  loss = distillation.StructuralDistance()
  images = tf.Variable(tf.zeros([2, 4, 5, 1]))
  with tf.GradientTape() as tape:
    seen = distillation.Seen(tf.convert_to_tensor(images), {})
    value = loss.loss(_seen(tiny.images(2)[:, :4, :5]), seen)
  gradient = tape.gradient(value, images).numpy()
  assert np.isfinite(gradient).all() and np.abs(gradient).max() > 0


def test_total_variation_by_hand():
  image = _rows([0.0, 1.0], [3.0, 7.0])  # 1 + 4 across, 3 + 6 down
  both = np.concatenate([image, np.zeros_like(image)])
  loss = _taken(distillation.TotalVariation())
  assert float(loss.loss(_seen(tiny.images(2)), _seen(both))) == 14.0 / 2


def test_gram_by_hand():
  # Three positions of two channels.
  found = style.gram(tf.constant([[[1.0, 0.0], [2.0, 1.0], [0.0, 3.0]]]))
  np.testing.assert_allclose(found[0], np.array([[5, 2], [2, 10]]) / 6.0)


def test_style_does_not_see_where_colours_are():
  loss = distillation.StyleDistance()
  image = tiny.images(2)
  flipped = loss.loss(_seen(image), _seen(image[:, ::-1]))
  np.testing.assert_allclose(flipped, 0.0, atol=1e-6)
  expected = 3.0 * np.mean(image**2)
  found = loss.loss(_seen(image), _seen(2.0 * image))
  np.testing.assert_allclose(found, expected, rtol=1e-5)


@pytest.mark.parametrize("name", _ON_IMAGES)
def test_outputs_that_are_no_images_are_refused(name):
  def network():
    return keras.Sequential([keras.Input((4,)), keras.layers.Dense(3)])

  loss = distillation.get(name)
  with pytest.raises(ValueError, match=f"'{name}' needs images.*'image'"):
    loss.take(network(), network(), None)
