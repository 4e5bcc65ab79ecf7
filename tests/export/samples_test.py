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
"""Tests of the inputs to calibrate and to compare with."""

import itertools

import numpy as np
import pytest
import tensorflow as tf

from tf_ganprune.export import samples
from tf_ganprune.keras_compat import keras

_ONE = {"z": tf.TensorSpec([1, 3], tf.float32)}
_TWO = _ONE | {"label": tf.TensorSpec([1, 1], tf.int32)}
_PIXELS = {"x": tf.TensorSpec([1, 3], tf.uint8)}
_FLAG = {"x": tf.TensorSpec([1, 3], tf.bool)}
_Z = np.arange(12.0).reshape(4, 3)
_LABEL = np.arange(4)[:, None]


@pytest.mark.parametrize(
  "data",
  [
    _Z,
    (_Z,),
    [_Z[:1], _Z[1:]],
    {"z": _Z},
    tf.data.Dataset.from_tensor_slices(_Z).batch(3),
    (_Z[i : i + 1] for i in range(4)),
    [(_Z[:3],), (_Z[3:],)],
  ],
)
def test_one_input_in_every_form(data):
  taken = samples.split(_ONE, data)
  assert [sample["z"].shape for sample in taken] == [(1, 3)] * 4
  assert taken[0]["z"].dtype == np.float32
  np.testing.assert_array_equal(np.concatenate([s["z"] for s in taken]), _Z)


@pytest.mark.parametrize(
  "data",
  [
    (_Z, _LABEL),
    [_Z, _LABEL],
    {"label": _LABEL, "z": _Z},
    tf.data.Dataset.from_tensor_slices((_Z, _LABEL)).batch(3),
    tf.data.Dataset.from_tensor_slices({"z": _Z, "label": _LABEL}).batch(3),
    [(_Z[:2], _LABEL[:2]), (_Z[2:], _LABEL[2:])],
  ],
)
def test_two_inputs_in_every_form(data):
  taken = samples.split(_TWO, data)
  assert len(taken) == 4
  assert taken[3]["label"].tolist() == [[3]]
  assert taken[3]["label"].dtype == np.int32
  assert taken[3]["z"].tolist() == [_Z[3].tolist()]


def test_endless_data_ends():
  taken = samples.split(_ONE, itertools.repeat(_Z))
  assert len(taken) == 512


@pytest.mark.parametrize(
  ("specs", "data", "message"),
  [
    (_ONE, np.ones((2, 4)), r"shape \(2, 4\) for input 'z'.*\[n, 3\]"),
    (_ONE, np.ones(3), r"shape \(3,\)"),
    (_ONE, np.float32(1), "got float32"),
    (_ONE, [], "`representative_data` is empty"),
    (_ONE, np.ones((0, 3)), "`representative_data` is empty"),
    (_ONE, 7, r"`representative_data` .*\bint\b"),
    (_ONE, (_Z, _LABEL), "2 arrays a batch.*1 inputs: z"),
    (_TWO, _Z, "1 arrays a batch.*2 inputs: z, label"),
    (_TWO, {"z": _Z}, r"keys \['z'\].*\['label', 'z'\]"),
    (_TWO, (_Z, _LABEL[:2]), "as many rows.*'z': 4, 'label': 2"),
    (_ONE, np.full((1, 3), np.nan), "NaN or infinity for input 'z'"),
    (_ONE, np.full((1, 3), "a"), "<U1 for input 'z'; pass float32"),
    (_ONE, np.full((1, 3), 1e300), "to 1e.300 for input 'z', which takes"),
    (_PIXELS, _Z / 11, "fractions, 0 to 1, for input 'x'.*from 0 to 255"),
    (_PIXELS, 99 * _Z, "from 0 to 1089 for input 'x', which takes 0 to 255"),
    (_PIXELS, _Z - 1, "from -1 to 10 for input 'x', which takes 0 to 255"),
    (_FLAG, 2 * _Z, "which takes 0 to 1"),
  ],
)
def test_bad_data_gets_one_sentence(specs, data, message):
  with pytest.raises(ValueError, match=message):
    samples.split(specs, data)


def _network():
  x = [
    keras.Input((3,), name="z"),
    keras.Input((1,), dtype="int32", name="label"),
    keras.Input((2,), dtype="bool", name="flag"),
  ]
  return keras.Model(x, [keras.layers.Identity()(one) for one in x])


def test_drawn_samples_repeat_and_fit_their_types():
  model = _network()
  first, again = samples.draw(model, 200), samples.draw(model, 200)
  other = samples.draw(model, 200, seed=1)
  latents = np.stack([sample["z"] for sample in first])
  np.testing.assert_array_equal(latents, np.stack([s["z"] for s in again]))
  assert not np.array_equal(latents, np.stack([s["z"] for s in other]))
  assert abs(latents.mean()) < 0.2
  assert abs(latents.std() - 1.0) < 0.1
  assert {s["label"].item() for s in first} == {0, 1}
  assert first[0]["flag"].dtype == np.bool_


def test_whole_numbers_may_come_as_floats():
  taken = samples.split(_PIXELS, _Z)
  assert taken[1]["x"].tolist() == [[3, 4, 5]]
  assert taken[1]["x"].dtype == np.uint8


def test_rows_that_do_not_exist_are_refused():
  x = keras.Input((1,), name="label")
  model = keras.Model(x, keras.layers.Embedding(4, 2)(x))
  assert len(samples.split_for(model, _LABEL)) == 4
  with pytest.raises(ValueError, match="0 to 4 for input 'label'.* 0 to 3 "):
    samples.split_for(model, np.arange(5)[:, None])


def test_no_class_of_a_one_hot_label_is_allowed():
  x = keras.Input((), dtype="int32", name="label")
  model = keras.Model(x, tf.one_hot(x, 4))
  assert len(samples.split_for(model, np.array([-1, 3]))) == 2
