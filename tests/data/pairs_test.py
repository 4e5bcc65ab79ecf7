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
"""Pairs of images, domains that do not belong together, and holes."""

import numpy as np
import pytest
import tensorflow as tf
import tensorflow_datasets as tfds

from tf_ganprune import data
from tf_ganprune.data import sources

_SIZES = {"train": 12, "test": 5}


class _Pairs(tfds.core.GeneratorBasedBuilder):
  """Pairs of a grey image and a coloured one; the pixels are its number."""

  VERSION = tfds.core.Version("1.0.0")
  pkg_dir_path = None

  def _info(self):
    features = {
      "input": tfds.features.Image(shape=(8, 8, 1)),
      "target": tfds.features.Image(shape=(8, 8, 3)),
    }
    return tfds.core.DatasetInfo(
      builder=self, features=tfds.features.FeaturesDict(features)
    )

  def _split_generators(self, dl_manager):
    return {split: self._examples(n) for split, n in _SIZES.items()}

  def _generate_examples(self):
    raise NotImplementedError

  def _examples(self, n):
    for i in range(n):
      image = np.full((8, 8, 1), 10 * i, np.uint8)
      yield i, {"input": image, "target": np.repeat(image, 3, -1) + 5}


@pytest.fixture(name="pairs")
def _pairs(tmp_path, monkeypatch):
  builder = _Pairs(data_dir=tmp_path)
  builder.download_and_prepare()
  opened = sources.open_builder

  def open_builder(name, data_dir=None):
    return builder if name == "pairs" else opened(name, data_dir)

  monkeypatch.setattr(sources, "open_builder", open_builder)


def _numbers(images):
  return np.round((np.asarray(images)[:, 0, 0, 0] + 1) * 127.5).astype(int)


def test_pairs_stay_together(pairs):
  inputs, targets = data.load_pair_arrays("pairs", "test")
  assert inputs.shape == (5, 8, 8, 1) and targets.shape == (5, 8, 8, 3)
  np.testing.assert_array_equal(_numbers(inputs) + 5, _numbers(targets))
  seen = []
  for x, y in data.load_pairs("pairs", batch_size=4, seed=1):
    np.testing.assert_array_equal(_numbers(x) + 5, _numbers(y))
    seen += _numbers(x).tolist()
  assert sorted(seen) == [10 * i for i in range(12)] and seen != sorted(seen)
  assert data.is_paired("pairs")
  resized, _ = data.load_pair_arrays("pairs", "test", image_size=16)
  assert resized.shape == (5, 16, 16, 1)


def test_both_sides_of_pairs_as_domains(pairs):
  together = 0
  for x, y in data.load_unpaired("pairs", batch_size=4):
    together += (_numbers(x) + 5 == _numbers(y)).sum()
  assert together < 6
  with pytest.raises(ValueError, match="`batch_size` 13 .* 12 images"):
    data.load_unpaired("pairs", batch_size=13)


@pytest.mark.slow
def test_two_data_sets_as_domains(data_dir):
  batches = data.load_unpaired(
    "mnist_5k",
    "optdigits",
    "test",
    data_dir=data_dir,
    batch_size=50,
    image_size=16,
  )
  x, y = next(iter(batches))
  assert x.shape == y.shape == (50, 16, 16, 1)
  assert int(batches.cardinality()) == 8  # 400 of the smaller
  again, _ = next(iter(batches))
  assert (x.numpy() != again.numpy()).any()
  with pytest.raises(ValueError, match="'mnist_5k' has one domain.*`target`"):
    data.load_unpaired("mnist_5k", data_dir=data_dir)
  with pytest.raises(ValueError, match="'mnist_5k' has neither"):
    data.load_pair_arrays("mnist_5k", data_dir=data_dir)


@pytest.mark.slow
def test_images_in_color_are_pairs_with_grey_ones(tmp_path):
  inputs, targets = data.load_pair_arrays(
    "photographs", "test[:8]", tmp_path, image_size=32
  )
  assert inputs.shape == (8, 32, 32, 1) and targets.shape == (8, 32, 32, 3)
  grey = tf.image.rgb_to_grayscale(targets)
  assert np.abs(grey - inputs).max() < 0.02
  assert not data.is_paired("photographs", tmp_path)


_IMAGES = np.linspace(0.1, 1.0, 8 * 16 * 12 * 3).reshape(8, 16, 12, 3)


def test_holes_are_what_masks_say():
  (images, masks), whole = data.holed(_IMAGES, seed=3)
  np.testing.assert_array_equal(whole, _IMAGES.astype("float32"))
  assert masks.shape == (8, 16, 12, 1) and set(np.unique(masks)) == {0, 1}
  inside = np.broadcast_to(masks == 1, images.shape)
  assert (images[inside] == 0).all()
  np.testing.assert_array_equal(images[~inside], whole[~inside])
  again, other = (data.holed(_IMAGES, seed=i)[0][1] for i in (3, 4))
  np.testing.assert_array_equal(masks, again)
  assert (masks != other).any()


@pytest.mark.parametrize("sizes", [(0.25, 0.5), (0.4, 0.4)])
def test_holes_are_of_the_sizes_asked_for(sizes):
  masks = data.random_masks(200, (40, 20), *sizes)[..., 0]
  rows, columns = masks.any(2).sum(1), masks.any(1).sum(1)
  np.testing.assert_array_equal(masks.sum((1, 2)), rows * columns)
  for found, side in ((rows, 40), (columns, 20)):
    assert found.min() >= int(sizes[0] * side)
    assert found.max() <= sizes[1] * side
  assert masks[:, 0].any() and masks[:, -1].any()  # up to the border
  assert masks[:, :, 0].any() and masks[:, :, -1].any()


def test_each_epoch_has_new_holes():
  batches = data.with_holes(_IMAGES, 4, seed=1)
  found = []
  for _ in range(2):
    (images, masks), whole = next(iter(batches))
    assert images.shape == (4, 16, 12, 3) and masks.shape == (4, 16, 12, 1)
    np.testing.assert_allclose(images, whole * (1 - masks))
    shares = masks.numpy().mean((1, 2, 3))
    assert (shares > 0.03).all() and (shares < 0.3).all()
    found.append(masks.numpy())
  assert (found[0] != found[1]).any()
  given = tf.data.Dataset.from_tensor_slices(_IMAGES).batch(4)
  (images, _), whole = next(iter(data.with_holes(given)))
  np.testing.assert_array_equal(whole, _IMAGES[:4])
  assert images.shape == whole.shape


@pytest.mark.parametrize(
  "arguments, words",
  [
    ({"images": _IMAGES[0]}, "`images` must be"),
    ({"images": _IMAGES[:0]}, "`images` must be"),
    ({"min_size": 0.0}, "`min_size` and `max_size`"),
    ({"min_size": 0.6}, "`min_size` and `max_size`"),
    ({"max_size": 1.0}, "`min_size` and `max_size`"),
    ({"masks": np.zeros((8, 16, 12, 1))}, "`masks` .* number 0 covers nothing"),
    ({"masks": np.ones((8, 16, 12, 1))}, "`masks` .* number 0 covers all"),
    ({"masks": np.ones((8, 16, 12))}, "`masks` must be"),
    ({"masks": np.full((8, 16, 12, 1), 0.5)}, "`masks` must be"),
  ],
)
def test_bad_holes(arguments, words):
  with pytest.raises(ValueError, match=words):
    data.holed(**{"images": _IMAGES} | arguments)
