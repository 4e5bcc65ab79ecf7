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
"""Images that come batch by batch give what an array gives."""

import numpy as np
import pytest
import tensorflow as tf

from tests.metrics import evaluator_test
from tf_ganprune import metrics
from tf_ganprune.keras_compat import keras
from tf_ganprune.metrics import image_features, kinds, progress

flattener = evaluator_test.flattener
REAL = evaluator_test.random_images(0, 20)
FAKE = evaluator_test.random_images(1, 30, 0.5)


class Numbered(keras.utils.Sequence):
  """Batches by number, as Keras takes them."""

  def __len__(self):
    return 3

  def __getitem__(self, index):
    if index >= 3:
      raise IndexError
    return FAKE[10 * index : 10 * index + 10]


STREAMS = {
  "data set": lambda: tf.data.Dataset.from_tensor_slices(FAKE).batch(7),
  "generator": lambda: (FAKE[i : i + 9] for i in range(0, 30, 9)),
  "list": lambda: [FAKE[:4], FAKE[4:]],
  "tensors": lambda: iter([tf.constant(FAKE[:4]), tf.constant(FAKE[4:])]),
  "Keras sequence": Numbered,
  "pairs": lambda: tf.data.Dataset.from_tensor_slices(
    (FAKE, np.arange(30) % 2)
  ).batch(7),
  "list of pairs": lambda: [(FAKE, np.arange(30) % 2)],
}


@pytest.mark.parametrize("name", STREAMS)
def test_a_stream_gives_what_an_array_gives(name):
  expected = metrics.Evaluator(flattener(), REAL).evaluate(FAKE)
  real = (REAL[i : i + 3] for i in range(0, 20, 3))
  evaluator = metrics.Evaluator(flattener(), real, batch_size=4)
  np.testing.assert_array_equal(evaluator.real_features, REAL.reshape(20, 4))
  assert evaluator.evaluate(STREAMS[name]()) == expected


def test_a_list_of_images_is_an_array():
  assert not image_features.is_stream(list(FAKE))
  assert not image_features.is_stream(tf.constant(FAKE))
  evaluator = metrics.Evaluator(flattener(), list(REAL))
  np.testing.assert_array_equal(evaluator.real_features, REAL.reshape(20, 4))


def test_a_range_is_that_of_every_batch():
  levels = np.round(127.5 * (FAKE + 1)).astype(np.uint8)
  evaluator = metrics.Evaluator(flattener(), REAL)
  expected = evaluator.evaluate(levels, value_range=(0, 255))
  batches = tf.data.Dataset.from_tensor_slices(levels).batch(7)
  assert evaluator.evaluate(batches, value_range=(0, 255)) == expected
  with pytest.raises(ValueError, match=r"`images` .*\[-1, 1\]"):
    evaluator.evaluate(batches)


def test_doubtful_ranges_are_said_of_streams_too():
  evaluator = metrics.Evaluator(flattener(), REAL)
  unit = (FAKE + 1) / 2
  with pytest.warns(UserWarning, match=r"`images` lie in \[0\.\d+, 0\.\d+\]"):
    evaluator.evaluate(iter([unit[:9], unit[9:]]))


def test_the_kind_of_a_stream_is_that_of_all_batches():
  unit = (FAKE + 1) / 2
  found = image_features.compute(
    metrics.FeatureModel(flattener()), iter([unit, FAKE]), "images"
  )
  both = kinds.Kind(np.concatenate([unit, FAKE]))
  assert vars(found.kind) == vars(both)
  assert both.low < 0


def test_logits_of_a_stream():
  evaluator = metrics.Evaluator(evaluator_test.argmax_classifier(), REAL)
  np.testing.assert_array_equal(
    evaluator.logits(iter([FAKE[:9], FAKE[9:]])), evaluator.logits(FAKE)
  )


def test_images_are_not_kept():
  made = []

  def batches():
    for seed in range(5):
      made.append(seed)
      yield evaluator_test.random_images(seed, 4)

  seen = []

  class Counting(keras.layers.Layer):
    def call(self, x):
      tf.py_function(lambda: seen.append(len(made)), [], [])
      return x

  metrics.Evaluator(flattener(Counting()), batches())
  # Each batch goes through the network before the next one is made.
  assert seen[-5:] == [1, 2, 3, 4, 5]


@pytest.mark.parametrize(
  "batches, message",
  [
    ([FAKE[:2], FAKE[2:3]], "`images` holds 3 images; pass at least 4"),
    (iter([]), "`images` holds 0 images"),
    ([FAKE, np.zeros((3, 4, 4, 1))], r"one shape; one has \[4, 4, 1\] after"),
    (iter(FAKE), "`images` must have the shape"),
    (iter([{"image": FAKE}]), "`images` .*got dict"),
    (iter([3 * FAKE]), r"`images` .*\[-1, 1\]"),
    ([(FAKE, np.zeros(3, int))], "`labels of images` must have one label"),
    (
      tf.data.Dataset.from_tensor_slices(FAKE).batch(7).repeat(),
      r"`images` is a data set without an end; add `.take\(",
    ),
  ],
)
def test_bad_streams(batches, message):
  evaluator = metrics.Evaluator(flattener(), REAL)
  with pytest.raises(ValueError, match=message):
    evaluator.evaluate(batches)


def test_long_work_has_a_bar(capfd, monkeypatch):
  monkeypatch.setattr(progress, "_SECONDS", 0.0)
  assert list(progress.shown(range(3), "features of images", 3)) == [0, 1, 2]
  assert "features of images" in capfd.readouterr().err
  monkeypatch.setattr(progress, "_SECONDS", 10.0)
  assert list(progress.shown(range(3), "features of images", 3)) == [0, 1, 2]
  assert not capfd.readouterr().err


def test_precision_and_recall_are_of_so_many_rows():
  evaluator = metrics.Evaluator(flattener(), REAL, max_rows=10)
  whole = metrics.Evaluator(flattener(), REAL).evaluate(FAKE)
  results = evaluator.evaluate(FAKE)
  assert results == evaluator.evaluate(FAKE)
  assert results["frechet_distance"] == whole["frechet_distance"]
  assert results["kernel_distance"] != whole["kernel_distance"]
  rows = FAKE.reshape(30, 4)
  assert any(
    "are of 10 images drawn from 30" in note for note in evaluator.notes
  )
  some = evaluator._some(rows)
  assert len(some) == 10
  assert all(any(np.array_equal(x, row) for row in rows) for x in some)
  assert 0 <= evaluator.reference(30)["recall"] <= 1
  with pytest.raises(ValueError, match="`max_rows`"):
    metrics.Evaluator(flattener(), REAL, max_rows=3)
