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
"""The history of generated images that discriminators are shown."""

import numpy as np
import tensorflow as tf

from tf_ganprune.gan import image_pool


def _pool(size):
  pool = image_pool.ImagePool(size)
  pool.build((None, 1, 1, 1))
  return pool


def _images(first, n):
  values = np.arange(first, first + n, dtype="float32")
  return tf.constant(values[:, None, None, None])


def _shown(pool, images, rng):
  return pool.exchanged(images, rng).numpy().ravel()


def test_nothing_is_exchanged_until_the_pool_is_full():
  pool, rng = _pool(5), tf.random.Generator.from_seed(0)
  for first, n in ((1, 2), (3, 3)):
    images = _images(first, n)
    found = _shown(pool, images, rng)
    np.testing.assert_array_equal(found, images.numpy().ravel())
  np.testing.assert_array_equal(pool.images.numpy().ravel(), [1, 2, 3, 4, 5])
  assert int(pool.filled) == 5


def test_half_of_the_images_are_exchanged_for_earlier_ones():
  pool, rng = _pool(8), tf.random.Generator.from_seed(0)
  exchanged = tf.function(pool.exchanged)
  exchanged(_images(0, 8), rng)
  known, count, rounds = set(range(8)), 0, 200
  for i in range(rounds):
    new = _images(8 + 4 * i, 4)
    found = exchanged(new, rng).numpy().ravel()
    old = found[found != new.numpy().ravel()]
    count += len(old)
    kept = set(pool.images.numpy().ravel())
    # What is shown leaves the pool, and the new one stays in its place.
    assert set(old) <= known and not set(old) & kept and len(kept) == 8
    assert kept <= known | set(new.numpy().ravel())
    known = kept
  assert abs(count / (4 * rounds) - 0.5) < 0.06


def test_each_place_is_equally_likely():
  pool, rng = _pool(4), tf.random.Generator.from_seed(1)
  exchanged = tf.function(pool.exchanged)
  exchanged(_images(0, 4), rng)
  hits, rounds = np.zeros(4), 800
  for i in range(rounds):
    before = pool.images.numpy().ravel()
    exchanged(_images(4 + i, 1), rng)
    hits += before != pool.images.numpy().ravel()
  np.testing.assert_allclose(hits / hits.sum(), 0.25, atol=0.05)


def test_batches_that_are_larger_than_the_pool():
  pool, rng = _pool(3), tf.random.Generator.from_seed(0)
  found = _shown(pool, _images(1, 7), rng)
  np.testing.assert_array_equal(found, np.arange(1, 8))
  found = _shown(pool, _images(8, 7), rng)
  assert len(set(found)) == 7
  assert set(found) <= {1, 2, 3, *range(8, 15)}


def test_a_pool_of_none_returns_images_as_they_are():
  images = _images(0, 3)
  rng = tf.random.Generator.from_seed(0)
  assert image_pool.ImagePool(0).exchanged(images, rng) is images
