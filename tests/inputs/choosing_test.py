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
"""Tests of which inputs a model is given."""

import numpy as np
import pytest
import tensorflow as tf

import tf_ganprune as tgp
from tests import tiny

keras = tgp.keras
layers = keras.layers
inputs = tgp.inputs


def _conditional(label_first=False, dtype="int32", name="label"):
  z, label = keras.Input((3,), name="z"), keras.Input((1,), name=name)
  x = layers.Flatten()(layers.Embedding(5, 2)(tf.cast(label, "int32")))
  given = [label, z] if label_first else [z, label]
  return keras.Model(given, layers.Concatenate()([z, x]), name="conditional")


def test_an_array_gives_its_first_rows_whatever_the_seed():
  rows = np.arange(8.0).reshape(4, 2)
  source = inputs.source(rows)
  for seed in (0, 1):
    np.testing.assert_array_equal(source.draw(3, seed=seed), rows[:3])
  assert len(source.draw(9)) == source.num_rows == 4
  of_two = inputs.source({"a": rows, "b": rows}).draw(2)
  assert {key: len(x) for key, x in of_two.items()} == {"a": 2, "b": 2}


def test_a_function_is_asked():
  source = inputs.source(lambda n, seed: [tf.fill([n + 1, 2], float(seed))])
  (drawn,) = source.draw(3, seed=7)
  np.testing.assert_array_equal(drawn, np.full((3, 2), 7.0))
  assert source.specs[0].shape.as_list() == [None, 2]
  assert source.draw(2)[0].shape == [2, 2]


class _Own:
  specs = tf.TensorSpec([None, 4])

  def draw(self, n, seed=None):
    return tf.zeros([n, 4])


def test_objects_are_taken_as_they_are():
  for one in (inputs.Latents(4), _Own()):
    assert inputs.source(one, tiny.generator(4)) is one


@pytest.mark.parametrize(
  ("given", "message"),
  [
    ("latents", "`inputs`"),
    (3, "`inputs`"),
    (np.zeros((2, 5)), r"Rows draws \[None, 5\].* 'generator' takes"),
    (inputs.Latents(5), r"Latents .*\[None, 5\].* 'generator'"),
  ],
)
def test_what_is_none_or_does_not_fit(given, message):
  with pytest.raises(ValueError, match=message):
    inputs.source(given, tiny.generator(4))


def test_a_gan_says_what_it_is_given():
  gan = tgp.GAN(tiny.discriminator(), tiny.generator(), tiny.LATENT_DIM)
  found = inputs.of(gan)
  assert isinstance(found, inputs.Latents) and found.dim == tiny.LATENT_DIM
  model = keras.Sequential()
  model.input_source = inputs.LabelledLatents(3, 4)
  assert inputs.of(model) is model.input_source


def test_a_network_of_latents():
  found = inputs.of(tiny.generator(6))
  assert isinstance(found, inputs.Latents) and found.dim == 6


def test_labels_that_are_looked_up_are_even():
  found = inputs.of(_conditional())
  assert isinstance(found, inputs.LabelledLatents)
  assert (found.dim, found.num_classes) == (3, 5)


def test_labels_that_come_first():
  network = _conditional(label_first=True)
  found = inputs.of(network)
  label, z = found.draw(50, seed=3)
  assert label.shape == [50, 1] and z.shape == [50, 3]
  assert set(np.unique(label)) == set(range(5))
  expected = inputs.draw(network, 50, 3)
  np.testing.assert_array_equal(label, expected["label"])
  np.testing.assert_array_equal(z, expected["z"])
  assert found.latents([label, z]) is z
  changed = found.with_latents([label, z], 2 * z)
  assert changed[0] is label
  np.testing.assert_array_equal(changed[1], 2 * z)
  content = keras.utils.serialize_keras_object(found)
  again = keras.utils.deserialize_keras_object(content)
  np.testing.assert_array_equal(again.draw(50, seed=3)[1], z)
  assert again.draw(2)[0].shape == [2, 1]


class _OfTwo(keras.Model):
  """Takes a label that it looks up, as an argument of its own."""

  def __init__(self):
    super().__init__()
    self.table = layers.Embedding(5, 3)

  def call(self, z, label):
    return z + self.table(label)[:, 0]


def test_arguments_of_their_own():
  network = _OfTwo()
  network(tf.zeros([1, 3]), tf.zeros([1, 1], tf.int32))
  z, label = inputs.of(network).draw(20, seed=0)
  assert z.shape == [20, 3] and label.shape == [20, 1]
  assert set(np.unique(label)) <= set(range(5))


def test_a_network_that_is_not_built_takes_latents_as_said():
  assert inputs.of(_OfTwo(), latent_dim=3).dim == 3


def _of_images():
  image = keras.Input((4, 4, 1))
  return keras.Model(image, layers.Conv2D(1, 3)(image), name="to_image")


@pytest.mark.parametrize(
  ("model", "latent_dim", "message"),
  [
    (tiny.generator(7), 4, "of `latent_dim` 4, and .* takes .*`inputs="),
    (_of_images(), None, r"tf_ganprune draws latents.*\[None, 4, 4, 1\]"),
    (_of_images(), None, r"such as tgp.inputs.Examples\(data\)"),
    (_OfTwo(), None, "tf_ganprune found .* _OfTwo; pass"),
  ],
)
def test_what_nobody_says(model, latent_dim, message):
  with pytest.raises(ValueError, match=message):
    inputs.of(model, latent_dim)


def test_by_the_names_of_a_networks_inputs():
  network = _conditional()
  drawn = inputs.LabelledLatents(3, 5).draw(4, seed=1)
  named = inputs.by_input_name(network, drawn)
  assert list(named) == ["z", "label"]
  assert named["label"].shape == [4, 1]
  assert named["label"].dtype == network.inputs[1].dtype
  as_dict = {"label": drawn[1], "z": drawn[0]}
  again = inputs.by_input_name(network, as_dict)
  np.testing.assert_array_equal(again["z"], drawn[0])
