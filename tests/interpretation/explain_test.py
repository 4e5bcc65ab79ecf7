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
"""Tests the whole explanation on generators that are matrices."""

import numpy as np
import pytest
import tensorflow as tf

import tf_ganprune as tgp
from tests import tiny
from tests.interpretation import linear
from tf_ganprune.interpretation import directions


@pytest.fixture(scope="module")
def found():
  dense, pruned = linear.along(linear.DENSE), linear.along(linear.PRUNED)
  return tgp.explain(
    dense,
    pruned,
    lambda images: images.reshape(-1, 4),
    num_latents=300,
    num_images=4,
    seed=7,
  )


@pytest.fixture(scope="module")
def pixels():
  """Pixels of both generators' images, computed by hand."""
  latents = tf.random.stateless_normal([300, 3], [7, 0]).numpy()
  places = latents @ linear.DIRECTIONS.T
  amounts = np.array([linear.DENSE, linear.PRUNED])
  return np.pad(places * amounts[:, None], [(0, 0), (0, 0), (0, 1)])


def test_differences(found, pixels):
  expected = np.sqrt(np.mean((pixels[0] - pixels[1]) ** 2, axis=1))
  np.testing.assert_allclose(found.differences, expected, atol=1e-5)


def test_pictures_that_differ_most(found, pixels):
  worst = np.argsort(-found.differences)[:4]
  for images, own in zip(
    (found.image_pairs.dense, found.image_pairs.pruned), pixels, strict=True
  ):
    np.testing.assert_allclose(images.reshape(4, 4), own[worst], atol=1e-5)
  np.testing.assert_array_equal(
    found.image_pairs.differences, found.differences[worst]
  )


def test_values_whose_range_nothing_says(pixels):
  dense, pruned = linear.along(linear.DENSE), linear.along(linear.PRUNED)
  found = tgp.explain(
    dense, pruned, num_latents=300, seed=7, value_range=(0.0, 4.0)
  )
  expected = np.sqrt(np.mean((pixels[0] - pixels[1]) ** 2, axis=1)) / 2.0
  np.testing.assert_allclose(found.differences, expected, atol=1e-5)
  with pytest.raises(ValueError, match="value_range"):
    tgp.explain(dense, pruned, value_range=(1.0, 0.0))


def test_directions(found):
  kept = [one.kept for one in found.directions]
  np.testing.assert_allclose(kept, [0.25, 0.25], atol=1e-4)


def test_slopes_are_taken_at_the_first_latents(monkeypatch):
  seen = []
  lost = directions.lost
  monkeypatch.setattr(
    directions, "lost", lambda *args: seen.append(args) or lost(*args)
  )
  _explain(num_latents=20, slope_latents=3, seed=7)
  expected = tf.random.stateless_normal([20, 3], [7, 0])[:3]
  np.testing.assert_array_equal(seen[0][2], expected)


def test_classes(found, pixels):
  ours, theirs = pixels.argmax(axis=2)
  assert [(one.dense, one.pruned, one.stayed) for one in found.classes] == [
    (sum(ours == i), sum(theirs == i), sum((ours == i) & (theirs == i)))
    for i in range(4)
  ]
  hit = [tgp.metrics.classes_hit(labels, 4) for labels in (ours, theirs)]
  assert found.classes_hit == tuple(hit)


def test_same_seed_same_latents_as_a_gan():
  gan = tgp.GAN(tiny.discriminator(), tiny.generator(), tiny.LATENT_DIM)
  other = tiny.generator()
  seen = []

  def classifier(images):
    seen.append(images)
    return images.reshape(len(images), -1)

  tgp.explain(gan, other, classifier, 40, seed=3)
  np.testing.assert_allclose(seen[0], gan.generate(40, seed=3), atol=1e-6)


def test_a_gan_stands_for_its_average():
  gan = tgp.GAN(
    tiny.discriminator(), tiny.generator(), tiny.LATENT_DIM, ema_decay=0.9
  )
  gan.generator.set_weights([w + 1.0 for w in gan.generator.get_weights()])
  found = tgp.explain(gan, gan.ema_generator, num_latents=32)
  assert not found.differences.any()
  assert found.directions == () and found.classes == ()
  assert found.classes_hit is None


@pytest.mark.slow
def test_wrapped_and_smaller_networks():
  dense = tiny.generator()
  wrapped = tgp.prune_low_magnitude(tiny.generator())
  small = tgp.prune_channels(dense, channels=2 / 3, allocation="uniform")
  for pruned in (wrapped, small):
    found = tgp.explain(dense, pruned, num_latents=40)
    assert found.weights[0] == 219
    assert found.image_pairs.pruned.shape == (16, 8, 8, 1)


def test_fewer_latents_than_pictures():
  found = _explain(num_latents=3)
  assert len(found.image_pairs.latents) == len(found.differences) == 3


def _explain(dense=None, pruned=None, **kwargs):
  dense = linear.along(linear.DENSE) if dense is None else dense
  pruned = linear.along(linear.PRUNED) if pruned is None else pruned
  return tgp.explain(dense, pruned, **kwargs)


@pytest.mark.parametrize(
  ("arguments", "message"),
  [
    (
      {"pruned": linear.generator(np.eye(5, 4))},
      "`dense` .* 3 .*`pruned` .* 5",
    ),
    (
      {"dense": tiny.generator(3)},
      r"`dense` makes images of the shape \(8, 8, 1\) and `pruned` of the"
      r" shape \(2, 2, 1\)",
    ),
    ({"pruned": tiny.classifier()}, "`pruned` .* must map latents"),
    ({"dense": tiny.discriminator()}, "`dense` .* must map latents"),
    ({"dense": "dense.keras"}, "`dense` .*Keras model"),
    (
      {"pruned": tgp.Ensemble([linear.along(linear.PRUNED)])},
      "`pruned` .*Ensemble.* `generators`",
    ),
    ({"num_latents": 0}, "`num_latents` .*got 0"),
    ({"num_directions": 1.5}, "`num_directions` .*got 1.5"),
    ({"num_images": -1}, "`num_images` .*got -1"),
    ({"slope_latents": True}, "`slope_latents` .*got True"),
    ({"seed": "one"}, "`seed` .*got .one."),
  ],
)
def test_what_cannot_be_explained_is_refused(arguments, message):
  with pytest.raises(ValueError, match=message):
    _explain(**arguments)


def test_diverged_weights_are_named():
  with pytest.raises(ValueError, match="`pruned` .* NaN or infinite"):
    _explain(pruned=linear.along((np.nan, 1.0, 1.0)))
