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
"""The small classifier learns, repeats itself and refuses bad input."""

import numpy as np
import pytest

from tf_ganprune import metrics
from tf_ganprune.keras_compat import keras
from tf_ganprune.metrics import classifier


def bars(seed, n, shape=(12, 12, 1)):
  """Noisy images of an upright or a level bar, and which of them it is."""
  rng = np.random.default_rng(seed)
  labels = rng.integers(0, 2, n)
  images = rng.uniform(-1.0, -0.5, (n, *shape)).astype(np.float32)
  for image, label, place in zip(
    images, labels, rng.integers(2, 10, n), strict=True
  ):
    image[(slice(None), place) if label else place] = 1.0
  return images, labels


@pytest.mark.slow
def test_learns_to_tell_bars_apart():
  network = metrics.train_classifier(*bars(0, 256), 2, epochs=5)
  images, labels = bars(1, 200)
  found = network.predict(images, verbose=0).argmax(axis=1)
  assert np.mean(found == labels) > 0.95
  results = metrics.Evaluator(network, images).evaluate(images)
  assert (results["classes_hit"], results["num_classes"]) == (2, 2)
  assert results["inception_score"] > 1.5


def test_the_network_is_one_the_evaluator_can_cut():
  network = classifier.build_classifier((28, 28, 1), 10)
  last = network.layers[-1]
  assert isinstance(last, keras.layers.Dense)
  assert last.activation is keras.activations.linear
  assert network.output_shape == (None, 10)
  assert last.input_shape == (None, 64)


@pytest.mark.parametrize(
  "shape", [(1, 1, 1), (4, 6, 3), (32, 32, 3), (8, 100, 2), (64, 64, 3)]
)
def test_any_image_shape_works(shape):
  images = np.zeros((2, *shape), np.float32)
  network = classifier.build_classifier(shape, 3)
  assert network(images).shape == (2, 3)
  batches, labels = next(iter(classifier._shifted(images, np.arange(2), 0)))
  assert batches.shape == images.shape
  assert sorted(labels.numpy()) == [0, 1]


def test_each_image_is_shifted_for_itself_and_anew():
  image = np.zeros((28, 28, 1), np.float32)
  image[14, 14] = 1.0
  batches = classifier._shifted(np.stack([image] * 60), np.arange(60), 0)
  places = [
    set(zip(*np.nonzero(images.numpy()[..., 0])[1:], strict=True))
    for images, _ in (next(iter(batches)), next(iter(batches)))
  ]
  reached = {(y, x) for y in range(12, 17) for x in range(12, 17)}
  assert places[0] <= reached and len(places[0]) > 15
  orders = [next(iter(batches))[0].numpy() for _ in range(2)]
  assert np.any(orders[0] != orders[1])


@pytest.mark.slow
def test_the_seed_decides_the_training():
  data = bars(0, 64)
  first, again = [
    metrics.train_classifier(*data, 2, epochs=1, seed=3)(data[0]).numpy()
    for _ in range(2)
  ]
  np.testing.assert_allclose(first, again, atol=1e-3)


def test_another_seed_gives_other_weights_and_batches():
  images, labels = bars(0, 64)
  kernels, orders = [], []
  for seed in (3, 4):
    network = classifier.build_classifier(images.shape[1:], 2, seed)
    kernels.append(network.get_weights()[0])
    batches = classifier._shifted(images, labels, seed)
    orders.append(next(iter(batches))[1].numpy())
  assert np.all(kernels[0] != kernels[1])
  assert np.any(orders[0] != orders[1])


IMAGES, LABELS = bars(0, 8)


@pytest.mark.parametrize(
  "arguments, message",
  [
    ((IMAGES, LABELS[:5], 2), r"`labels` .*\[8\]"),
    ((IMAGES, LABELS[:, None], 2), "`labels` must have one label an image"),
    ((IMAGES, LABELS * 1.0, 2), "`labels` .*got float64"),
    ((IMAGES, LABELS + 1, 2), r"`labels` .*\[0, 1\].*from 1 to 2"),
    ((IMAGES, LABELS - 1, 2), r"`labels` .*\[0, 1\].*from -1 to 0"),
    ((IMAGES, LABELS, 1), "`num_classes` .*2"),
    ((IMAGES, LABELS, 2, 0), "`epochs` .*1"),
    ((IMAGES, LABELS, 2, 1, -1), "`seed` .*0"),
    ((IMAGES[:0], LABELS[:0], 2), "`images` holds 0 images"),
    ((IMAGES * 9, LABELS, 2), r"`images` .*\[-1, 1\]"),
  ],
)
def test_bad_input(arguments, message):
  with pytest.raises(ValueError, match=message):
    metrics.train_classifier(*arguments)
