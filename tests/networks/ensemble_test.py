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
"""Tests that several generators are one, in equal parts."""

import collections

import numpy as np
import pytest
import tensorflow as tf

import tf_ganprune as tgp
from tests import stateful, tiny
from tf_ganprune.keras_compat import keras
from tf_ganprune.networks import ensemble

layers = keras.layers


def _constant(value, latent_dim=3, shape=(2, 2, 1)):
  """Returns a generator whose images are the latent's sum plus a value."""
  network = keras.Sequential(
    [
      keras.Input((latent_dim,)),
      layers.Dense(int(np.prod(shape)), kernel_initializer="ones"),
      layers.Reshape(shape),
    ],
    name=f"constant_{value}",
  )
  network.layers[0].bias.assign_add(
    tf.fill([int(np.prod(shape))], float(value))
  )
  return network


def _ensemble(*values):
  return tgp.Ensemble([_constant(value) for value in values])


def _members(images, latents):
  """Returns which values were added to the sums of latents."""
  sums = np.sum(latents, axis=1)
  return np.round(images[:, 0, 0, 0] - sums).astype(int).tolist()


@pytest.mark.parametrize("n", [1, 2, 7])
@pytest.mark.parametrize("wrap", [lambda x: x, tf.function])
def test_members_take_turns(n, wrap):
  network = _ensemble(10, 20, 30)
  latents = np.random.default_rng(0).normal(size=(n, 3)).astype(np.float32)
  images = wrap(lambda x: network(x, training=False))(latents).numpy()
  assert images.shape == (n, 2, 2, 1)
  assert _members(images, latents) == ([10, 20, 30] * 3)[:n]


def test_members_are_told_whether_they_train():
  members = []
  for _ in range(2):
    members.append(_constant(0))
    members[-1].add(layers.Dropout(1 - 1e-6))
  network, latents = tgp.Ensemble(members), tf.ones([4, 3])
  assert not np.any(network(latents, training=True))
  assert np.all(network(latents, training=False))


def test_transposed_convolutions_and_fewer_latents_than_members():
  one, other = tiny.generator(), tiny.generator()
  latents = tf.random.stateless_normal([1, tiny.LATENT_DIM], [1, 2])
  images = tgp.Ensemble([one, other])(latents)
  np.testing.assert_allclose(images, one(latents), atol=1e-6)


@pytest.mark.parametrize("k", [1, 3, 5])
def test_generate_draws_equal_parts_of_the_latents_of_a_gan(k, monkeypatch):
  monkeypatch.setattr(ensemble, "_BATCH", 4)
  network = _ensemble(*(100 * i for i in range(k)))
  images = network.generate(11, seed=5).numpy()
  latents = tf.random.stateless_normal([11, 3], [5, 0]).numpy()
  members = _members(images, latents)
  assert members == [100 * (i % k) for i in range(11)]
  counts = collections.Counter(members).values()
  assert max(counts) - min(counts) <= 1


def test_one_member_is_that_member():
  gan = tgp.GAN(
    tiny.discriminator(), tiny.generator(), tiny.LATENT_DIM, ema_decay=0.9
  )
  network = tgp.Ensemble([gan])
  assert network.generators == [gan.ema_generator]
  np.testing.assert_allclose(
    network.generate(9, seed=1), gan.generate(9, seed=1), atol=1e-6
  )


def test_without_a_seed_latents_are_new():
  network = _ensemble(0, 0)
  assert np.any(network.generate(4) != network.generate(4))


def test_is_evaluated_like_one():
  real = tiny.images(40)
  flat = keras.Sequential([keras.Input((8, 8, 1)), layers.Flatten()])
  evaluator = tgp.metrics.Evaluator(flat, real)
  one, other = tiny.generator(), tiny.generator()
  found = evaluator.evaluate(tgp.Ensemble([one, other]).generate(20, seed=0))
  latents = tf.random.stateless_normal([20, tiny.LATENT_DIM], [0, 0])
  images = np.concatenate([one(latents[::2]), other(latents[1::2])])
  expected = evaluator.evaluate(images)
  assert found == pytest.approx(expected, rel=1e-3)


def test_pruned_and_smaller_members_are_saved_and_loaded(tmp_path):
  dense = tiny.generator()
  small = tgp.prune_channels(dense, channels=2 / 3, allocation="uniform")
  wrapped = tgp.prune_low_magnitude(tiny.generator(), tgp.OneShot(0.75, 0))
  tgp.Pruner(wrapped).advance()
  network = tgp.Ensemble([dense, small, wrapped], name="three")
  path = tgp.save_model(network, tmp_path / "three.keras")
  loaded = tgp.load_model(path)
  assert loaded.name == "three" and loaded.latent_dim == tiny.LATENT_DIM
  np.testing.assert_array_equal(
    loaded.generate(7, seed=2), network.generate(7, seed=2)
  )
  assert tgp.sparsity_report(loaded.generators[2]).overall == pytest.approx(
    0.75, abs=0.01
  )


@pytest.mark.parametrize(
  ("generators", "message"),
  [
    ([], r"`generators` .*got \[\]"),
    (None, "`generators` .*got None"),
    (tiny.generator(), "`generators` .*got <"),
    (["a"], r"`generators\[0\]` must be a Keras model, and is a str"),
    (
      [_constant(0), _constant(0, latent_dim=5)],
      r"`generators\[0\]` takes latents of length 3 and `generators\[1\]` of"
      " length 5",
    ),
    (
      [_constant(0), _constant(1), _constant(0, shape=(2, 4, 1))],
      r"makes images of the shape \(2, 2, 1\) and `generators\[2\]` of the",
    ),
    ([tiny.discriminator()], r"`generators\[0\]` .* must map latents"),
  ],
)
def test_what_does_not_fit_is_refused(generators, message):
  with pytest.raises(ValueError, match=message):
    tgp.Ensemble(generators)


def test_no_images_are_refused():
  with pytest.raises(ValueError, match="`n` .*got 0"):
    _ensemble(1).generate(0)


def test_generate_leaves_the_members_as_they_were():
  member = stateful.normalized()
  before = stateful.values(member)
  ensemble.Ensemble([member, member]).generate(8, seed=0)
  stateful.assert_same(before, member)


def test_members_of_different_ranges_are_refused():
  members = [tiny.generator(activation=x) for x in ("tanh", "sigmoid")]
  with pytest.raises(ValueError, match=r"\[-1, 1\], and .* in \[0, 1\]"):
    ensemble.Ensemble(members)


_CLASSES = 3


def _labelled(value):
  """Returns a generator whose images are a value plus ten times the label."""
  latents = keras.Input((3,))
  labels = keras.Input((), dtype="int32")
  told = layers.Embedding(_CLASSES, 4, weights=[10 * np.eye(3, 4)])(labels)
  told = (
    tf.reduce_max(told, -1, keepdims=True) * tf.cast(labels, "float32")[:, None]
  )
  sums = tf.reduce_sum(latents, -1, keepdims=True)
  images = layers.Reshape((1, 1, 1))(told + sums + value)
  return keras.Model([latents, labels], images)


def _pairs(images, latents, labels):
  """Returns the values that were added, of the members."""
  rest = images[:, 0, 0, 0] - latents.numpy().sum(1) - 10 * labels
  return np.round(rest).astype(int).tolist()


def test_members_take_turns_within_each_class():
  network = tgp.Ensemble([_labelled(value) for value in (100, 200)])
  assert network.input_source.num_classes == _CLASSES
  labels = np.array([0, 1, 0, 1, 0, 1, 2])  # as many as members are in turn
  latents = tf.random.stateless_normal([7, 3], [4, 0])
  for images in (
    network.generate(7, seed=4, labels=labels),
    tf.function(network)([latents, tf.constant(labels)]),
  ):
    found = _pairs(np.asarray(images), latents, labels)
    assert found == [100, 200, 200, 100, 100, 200, 100]


def test_labels_are_drawn_evenly_and_kept_in_batches(monkeypatch):
  monkeypatch.setattr(ensemble, "_BATCH", 4)
  network = tgp.Ensemble([_labelled(100)])
  images = network.generate(12, seed=1).numpy()
  latents, labels = network.input_source.draw(12, seed=1)
  assert _pairs(images, latents, labels.numpy()) == [100] * 12
  assert np.bincount(labels).tolist() == [4, 4, 4]
  sevens = network.generate(5, seed=1, labels=2).numpy()
  latents = tf.random.stateless_normal([5, 3], [1, 0])
  assert _pairs(sevens, latents, 2 * np.ones(5)) == [100] * 5
  with pytest.raises(ValueError, match="from 0 to 2"):
    network.generate(5, labels=3)


def _joined():
  return keras.Sequential(
    [
      keras.Input((4 + _CLASSES,)),
      layers.Dense(64, "tanh", name="out"),
      layers.Reshape((8, 8, 1)),
    ]
  )


def test_conditional_gans_are_members_and_saved(tmp_path):
  judge = tgp.networks.conditional_discriminator((8, 8, 1), _CLASSES, width=4)
  gans = [tgp.ConditionalGAN(judge, _joined(), 4, _CLASSES) for _ in range(2)]
  network = tgp.Ensemble(gans)
  labels = np.array([0, 0, 2, 1])
  images = network.generate(4, seed=3, labels=labels).numpy()
  for row, member in enumerate([0, 1, 0, 1]):
    expected = gans[member].generate(4, labels=labels, seed=3)[row]
    np.testing.assert_allclose(images[row], expected, atol=1e-6)
  loaded = tgp.load_model(tgp.save_model(network, tmp_path / "two.keras"))
  np.testing.assert_array_equal(
    loaded.generate(4, seed=3, labels=labels), images
  )
  source = tgp.inputs.LabelledLatents(4, _CLASSES, one_hot=True)
  alone = tgp.Ensemble([x.generator for x in gans], inputs=source)
  np.testing.assert_array_equal(
    alone.generate(4, seed=3, labels=labels), images
  )


def test_latents_have_no_labels():
  with pytest.raises(ValueError, match="draws no `labels`"):
    _ensemble(1).generate(2, labels=1)


def test_members_with_and_without_labels_are_refused():
  with pytest.raises(ValueError, match=r"`generators\[0\]`"):
    tgp.Ensemble([_labelled(0), _constant(0, shape=(1, 1, 1))])
