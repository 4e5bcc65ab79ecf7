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
"""Tests of examples of a data set."""

import json

import numpy as np
import pytest
import tensorflow as tf

import tf_ganprune as tgp

keras = tgp.keras
inputs = tgp.inputs
_ROWS = np.arange(14, dtype=np.float32).reshape(7, 2)
_LABELS = np.arange(7, dtype=np.int32)


@pytest.mark.parametrize(
  ("data", "kind"),
  [
    (_ROWS, None),
    (tf.constant(_ROWS), None),
    ([_ROWS, _LABELS], list),
    ((_ROWS, _LABELS), tuple),
    ({"x": _ROWS, "y": _LABELS}, dict),
    (tf.data.Dataset.from_tensor_slices(_ROWS).batch(3), None),
    (tf.data.Dataset.from_tensor_slices((_ROWS, _LABELS)).batch(3), tuple),
  ],
)
def test_rows_are_drawn_without_repetition_and_then_over_again(data, kind):
  source = inputs.Examples(data)
  assert source.num_rows == 7
  drawn = source.draw(7, seed=1)
  tf.nest.assert_same_structure(source.specs, drawn)
  assert kind is None or isinstance(drawn, kind)
  first = tf.nest.flatten(drawn)[0].numpy()
  assert sorted(first[:, 0]) == list(_ROWS[:, 0])
  if kind is not None:  # rows stay together
    np.testing.assert_array_equal(
      first[:, 0], 2 * tf.nest.flatten(drawn)[1].numpy()
    )
  more = tf.nest.flatten(source.draw(20, seed=1))[0].numpy()
  counts = np.unique(more[:, 0], return_counts=True)[1]
  assert sorted(counts) == [2, 3, 3, 3, 3, 3, 3]
  np.testing.assert_array_equal(more[:7], first)


def test_seeds_decide_the_order():
  source = inputs.Examples(_ROWS)
  first, again, other = (source.draw(7, seed=i).numpy() for i in (1, 1, 2))
  np.testing.assert_array_equal(first, again)
  assert not np.array_equal(first, other)
  assert not np.array_equal(source.draw(7), source.draw(7))


def test_it_draws_in_a_graph_and_holds_no_data_of_it():
  rng = tf.random.Generator.from_seed(1)
  made = []

  @tf.function
  def step(x):
    if not made:
      made.append(inputs.Examples(_ROWS))
    return made[0].draw(tf.shape(x)[0], rng=rng)

  first, second = (step(tf.zeros([7, 1])).numpy() for _ in range(2))
  assert sorted(first[:, 0]) == sorted(second[:, 0]) == list(_ROWS[:, 0])
  assert not np.array_equal(first, second)
  assert made[0].draw(2, seed=0).shape == [2, 2]


def test_a_dataset_without_end_is_read_as_far_as_said():
  data = tf.data.Dataset.range(5).repeat().batch(4)
  assert inputs.Examples(data, max_rows=6).num_rows == 6
  drawn = inputs.Examples(data).draw(1024, seed=0)
  assert len(drawn) == 1024


def test_types():
  assert inputs.Examples(_ROWS.astype(np.float64)).specs.dtype == tf.float32
  assert inputs.Examples(_ROWS.astype(np.uint8)).draw(1).dtype == tf.uint8


def test_a_config_has_no_data_and_a_loaded_one_says_so():
  data = {"x": np.full((3, 2), 0.625, np.float32)}
  source = inputs.Examples(data, value_range=(0, 1))
  content = keras.utils.serialize_keras_object(source)
  assert "0.625" not in json.dumps(content)
  again = keras.utils.deserialize_keras_object(content)
  assert again.specs == source.specs and again.value_range == (0, 1)
  assert again.num_rows == 0
  assert again.get_config() == source.get_config()
  with pytest.raises(ValueError, match=r"`set_data\(data\)`"):
    again.draw(1, seed=0)
  with pytest.raises(ValueError, match=r"`data` .*\[None, 2\] float32; got"):
    again.set_data({"x": np.zeros((3, 5), np.float32)})
  again.set_data(data)
  np.testing.assert_array_equal(again.draw(2)["x"], data["x"][:2])


def test_what_is_drawn_from_a_data_set_is_no_latent():
  source = inputs.Examples(_ROWS)
  assert source.latents(source.draw(2)) is None


def test_networks_that_fit_and_that_do_not():
  image = keras.Input((None, None, 3), name="image")
  network = keras.Model(image, keras.layers.Conv2D(3, 3)(image), name="to")
  inputs.Examples(np.zeros((2, 8, 8, 3))).check(network)
  inputs.Examples({"image": np.zeros((2, 8, 8, 3))}).check(network)
  with pytest.raises(ValueError, match=r"\[None, 8, 8, 1\].* 'to' takes"):
    inputs.Examples(np.zeros((2, 8, 8, 1))).check(network)
  two = [keras.Input((2,), name=x) for x in "ab"]
  of_two = keras.Model(two, keras.layers.Add()(two))
  inputs.Examples({"b": _ROWS, "a": _ROWS}).check(of_two)
  with pytest.raises(ValueError, match="'c'"):
    inputs.Examples({"b": _ROWS, "c": _ROWS}).check(of_two)


@pytest.mark.parametrize(
  ("data", "message"),
  [
    ("photos", "`data` must be an array"),
    (None, "`data` must be an array"),
    ([], "`data` must be an array"),
    ([[1, 2], [3, 4]], "`data` .*got list of int"),
    (np.zeros((0, 2)), r"`data` .*\[0, 2\]"),
    (np.float32(1), r"`data` .*\[\]\."),
    ([_ROWS, _LABELS[:3]], r"equally many .* \[7, 2\], \[3\]"),
    (np.array(["a"]), "`data` must have numbers"),
    (np.array([[np.nan]]), "NaN or infinite"),
    (tf.data.Dataset.range(3), r"data\.batch\(32\)"),
    (tf.data.Dataset.range(0).batch(2), "is an empty tf.data.Dataset"),
  ],
)
def test_bad_data(data, message):
  with pytest.raises(ValueError, match=message):
    inputs.Examples(data)


def test_bad_numbers():
  with pytest.raises(ValueError, match="`max_rows` .*got 0"):
    inputs.Examples(_ROWS, max_rows=0)
  with pytest.raises(ValueError, match="`value_range`"):
    inputs.Examples(_ROWS, value_range=3)
