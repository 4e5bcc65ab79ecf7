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
"""Tests of latents, with labels and without."""

import numpy as np
import pytest
import tensorflow as tf

import tf_ganprune as tgp
from tests import tiny

keras = tgp.keras
inputs = tgp.inputs


def _counts(labels, num_classes):
  return np.bincount(np.asarray(labels), minlength=num_classes)


@pytest.mark.slow
@pytest.mark.parametrize("seed", [0, 7, -3, np.int64(5)])
def test_a_seed_stands_for_the_latents_that_it_stood_for(seed):
  expected = tf.random.stateless_normal([5, 3], [seed, 0])
  drawn = inputs.Latents(3).draw(5, seed=seed)
  np.testing.assert_array_equal(drawn, expected)
  assert drawn.dtype == tf.float32


def test_they_are_those_of_a_gan():
  gan = tgp.GAN(tiny.discriminator(), tiny.generator(), tiny.LATENT_DIM)
  drawn = inputs.Latents(tiny.LATENT_DIM).draw(6, seed=3)
  images = gan.generator(drawn, training=False)
  np.testing.assert_array_equal(gan.generate(6, seed=3), images)


def test_a_pair_of_seeds():
  drawn = inputs.Latents(3).draw(5, seed=(4, 9))
  np.testing.assert_array_equal(
    drawn, tf.random.stateless_normal([5, 3], [4, 9])
  )


def test_a_seed_may_be_a_tensor():
  drawn = tf.function(lambda x: inputs.Latents(3).draw(5, seed=x))
  np.testing.assert_array_equal(
    drawn(tf.constant(2)), inputs.Latents(3).draw(5, seed=2)
  )


@pytest.mark.parametrize("jit_compile", [False, True])
def test_a_generator_draws_in_a_graph(jit_compile):
  ours, theirs = (tf.random.Generator.from_seed(1) for _ in range(2))
  source = inputs.Latents(3)
  function = tf.function(jit_compile=jit_compile)  # XLA has other numbers
  step = function(lambda x: source.draw(tf.shape(x)[0], rng=ours))
  expected = function(lambda x: theirs.normal([tf.shape(x)[0], 3]))
  for _ in range(2):
    x = tf.zeros([4, 1])
    np.testing.assert_array_equal(step(x), expected(x))


def test_neither_draws_anew():
  for source in (inputs.Latents(3), inputs.LabelledLatents(3, 2, True)):
    first, second = source.draw(4), source.draw(4)
    assert not np.array_equal(first, second)


def test_neither_draws_as_tensorflow_does():
  tf.random.set_seed(1)
  expected = tf.random.normal([4, 3])
  tf.random.set_seed(1)
  np.testing.assert_array_equal(inputs.Latents(3).draw(4), expected)


@pytest.mark.parametrize("n", [2, 5, 9, 23])
def test_classes_are_even_in_an_order_of_the_seed(n):
  source = inputs.LabelledLatents(3, 5)
  drawn, labels = source.draw(n, seed=1)
  np.testing.assert_array_equal(drawn, inputs.Latents(3).draw(n, seed=1))
  assert labels.dtype == tf.int32 and labels.shape == [n]
  counts = _counts(labels, 5)
  assert len(counts) == 5 and np.ptp(counts) <= 1
  np.testing.assert_array_equal(labels, source.draw(n, seed=1)[1])


def test_other_seeds_give_other_orders_and_other_classes():
  source = inputs.LabelledLatents(3, 50)
  orders = {tuple(source.draw(100, seed=i)[1].numpy()) for i in range(4)}
  few = {tuple(sorted(source.draw(4, seed=i)[1].numpy())) for i in range(4)}
  assert len(orders) == len(few) == 4


@pytest.mark.slow
@pytest.mark.parametrize("jit_compile", [False, True])
def test_labels_are_even_in_a_graph_and_other_each_time(jit_compile):
  rng, theirs = (tf.random.Generator.from_seed(1) for _ in range(2))
  source = inputs.LabelledLatents(3, 4)
  function = tf.function(jit_compile=jit_compile)
  step = function(lambda x: source.draw(tf.shape(x)[0], rng=rng))
  expected = function(lambda: theirs.normal([10, 3]))
  drawn, first = step(tf.zeros([10, 1]))
  _, second = step(tf.zeros([10, 1]))
  np.testing.assert_array_equal(drawn, expected())
  assert np.ptp(_counts(first, 4)) <= 1
  assert not np.array_equal(first, second)


@pytest.mark.parametrize("labels", [2, [2, 0, 1], np.array([0, 0, 2])])
def test_labels_that_the_user_gives(labels):
  expected = np.broadcast_to(labels, [3])
  drawn, found = inputs.LabelledLatents(2, 3).draw(3, seed=1, labels=labels)
  np.testing.assert_array_equal(found, expected)
  joined = inputs.LabelledLatents(2, 3, one_hot=True)
  made = joined.draw(3, seed=1, labels=labels).numpy()
  np.testing.assert_array_equal(made[:, :2], drawn)
  np.testing.assert_array_equal(made[:, 2:], np.eye(3)[expected])


def test_labels_of_a_batch_in_a_graph():
  rng = tf.random.Generator.from_seed(1)
  source = inputs.LabelledLatents(2, 3)

  @tf.function
  def step(labels):
    return source.draw(tf.shape(labels)[0], rng=rng, labels=labels)[1]

  np.testing.assert_array_equal(step(tf.constant([2, 1])), [2, 1])


def test_latents_are_found_and_replaced():
  new = np.ones((4, 2), np.float32)
  for one_hot in (False, True):
    source = inputs.LabelledLatents(2, 3, one_hot)
    drawn = source.draw(4, seed=1)
    expected = inputs.Latents(2).draw(4, seed=1)
    np.testing.assert_array_equal(source.latents(drawn), expected)
    changed = source.with_latents(drawn, new)
    np.testing.assert_array_equal(source.latents(changed), new)
    parts = (changed, drawn) if one_hot else (changed[1], drawn[1])
    ours, theirs = (np.asarray(x)[..., 2:] for x in parts)
    np.testing.assert_array_equal(ours, theirs)


@pytest.mark.parametrize(
  "source",
  [
    inputs.Latents(3, value_range=(0, 1)),
    inputs.LabelledLatents(3, 4),
    inputs.LabelledLatents(3, 4, one_hot=True, value_range=(0, 255)),
  ],
)
def test_specs_and_config(source):
  drawn = source.draw(5, seed=1)
  tf.nest.assert_same_structure(source.specs, drawn)
  for spec, x in zip(
    tf.nest.flatten(source.specs), tf.nest.flatten(drawn), strict=True
  ):
    assert spec.is_compatible_with(x) and spec.shape[0] is None
  content = keras.utils.serialize_keras_object(source)
  assert content["registered_name"].startswith("tf_ganprune>")
  again = keras.utils.deserialize_keras_object(content)
  assert repr(again) == repr(source) and "dim=3" in repr(source)
  assert again.value_range == source.value_range
  tf.nest.map_structure(
    np.testing.assert_array_equal, drawn, again.draw(5, seed=1)
  )


def _conditional(rank_of_label=1):
  z = keras.Input((3,))
  label = keras.Input((1,) * rank_of_label, dtype="int32")
  x = keras.layers.Embedding(4, 2)(label)
  return keras.Model(
    [z, label], keras.layers.Concatenate()([z, keras.layers.Flatten()(x)])
  )


class _OfTwo(keras.Model):
  def call(self, z, label):
    return z * tf.cast(label, z.dtype)


def test_networks_that_fit():
  inputs.Latents(4).check(tiny.generator(4))
  inputs.LabelledLatents(3, 4).check(_conditional())
  inputs.LabelledLatents(3, 4, one_hot=True).check(tiny.generator(7))


def _of_two():
  network = _OfTwo()
  network(tf.zeros([1, 3]), tf.zeros([1, 1], tf.int32))
  return network


@pytest.mark.parametrize(
  ("source", "network", "message"),
  [
    (
      inputs.Latents(5),
      tiny.generator(4),
      r"Latents draws \[None, 5\] float32, .*'generator' takes \[None, 4\]",
    ),
    (
      inputs.LabelledLatents(3, 4),
      tiny.generator(7),
      r"'generator' .*\[None, 7\]",
    ),
    (
      inputs.LabelledLatents(3, 4, True),
      _conditional(),
      r"\[None, 7\].* 'model",
    ),
    # Nobody adds the axis of labels there, so each image would get all labels.
    (
      inputs.LabelledLatents(3, 4),
      _of_two(),
      r"\[None\] .*'label' \[None, 1\]",
    ),
    (inputs.Latents(3), _OfTwo(), r"`build\(input_shape\)`"),
  ],
)
def test_networks_that_do_not_fit(source, network, message):
  with pytest.raises(ValueError, match=message):
    source.check(network)


_RNG = tf.random.Generator.from_seed(1)


@pytest.mark.parametrize(
  ("make", "message"),
  [
    (lambda: inputs.Latents(0), "`dim` .*got 0"),
    (lambda: inputs.Latents(2.5), "`dim` must be a whole number"),
    (lambda: inputs.Latents(2, value_range=(1, 0)), "`value_range`"),
    (lambda: inputs.LabelledLatents(2, 0), "`num_classes`"),
    (lambda: inputs.LabelledLatents(2, 2, one_hot=1), "`one_hot` .*True"),
    (lambda: inputs.Latents(2).draw(0, seed=1), "`n` .*got 0"),
    (lambda: inputs.Latents(2).draw(2, seed="a"), "`seed` .*got 'a'"),
    (lambda: inputs.Latents(2).draw(2, seed=True), "`seed` must be"),
    (lambda: inputs.Latents(2).draw(2, seed=2**31), "`seed` must be"),
    (lambda: inputs.Latents(2).draw(2, seed=(1, 2, 3)), "`seed` must be"),
    (lambda: inputs.Latents(2).draw(2, 1, _RNG), "either `seed` or `rng`"),
    (lambda: inputs.Latents(2).draw(2, rng=3), "`rng` .*got 3"),
    (
      lambda: inputs.LabelledLatents(2, 3).draw(2, seed=1, labels=3),
      "`labels` .*got 3",
    ),
    (
      lambda: inputs.LabelledLatents(2, 3).draw(2, seed=1, labels=[0.5, 1]),
      "`labels` must be whole numbers",
    ),
    (
      lambda: inputs.LabelledLatents(2, 3).draw(2, seed=1, labels=[0, 1, 2]),
      r"one for each of 2 latents, \[2\]; got the shape \[3\]",
    ),
  ],
)
def test_bad_arguments(make, message):
  with pytest.raises(ValueError, match=message):
    make()


def test_refuses_what_it_does_not_draw():
  with pytest.raises(ValueError, match="Latents .*`labels`.*LabelledLatents"):
    inputs.Latents(3).draw(5, seed=0, labels=2)
