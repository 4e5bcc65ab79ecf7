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
"""Tests the data sets of packages: digits of scikit-learn, and photographs."""

import sys

import numpy as np
import pytest

from tf_ganprune import data
from tf_ganprune.data.optdigits import optdigits_dataset_builder as optdigits
from tf_ganprune.data.photographs import (
  photographs_dataset_builder as photographs,
)


def test_digits_are_those_of_the_package():
  from sklearn import datasets

  images, labels = optdigits.read_source()
  found = datasets.load_digits()
  np.testing.assert_array_equal(labels, found.target)
  assert images.shape == (1797, 28, 28, 1)
  # In the middle, as MNIST has them, and nothing around.
  assert not images[:, :4].any() and not images[:, :, 24:].any()
  small = images[:, 4:24, 4:24, 0].reshape(-1, 10, 2, 10, 2).mean((2, 4))
  wanted = found.images.mean((1, 2))
  assert np.corrcoef(small.mean((1, 2)), wanted)[0, 1] > 0.98


def test_splits_of_digits_are_fixed_and_even():
  _, labels = optdigits.read_source()
  found = optdigits.split_indices(labels)
  together = np.concatenate([found["train"], found["test"]])
  np.testing.assert_array_equal(np.sort(together), np.arange(1797))
  assert np.bincount(labels[found["test"]]).tolist() == [40] * 10
  other = optdigits.split_indices(labels, seed=1)
  assert (other["test"] != found["test"]).any()


@pytest.mark.slow
def test_built_digits(tmp_path):
  images, labels = data.load_arrays("optdigits", "test", data_dir=tmp_path)
  assert images.shape == (400, 28, 28, 1)
  assert np.bincount(labels).tolist() == [40] * 10
  assert data.class_names("optdigits", tmp_path) == [*map(str, range(10))]


def test_patches_to_test_touch_none_to_train_on():
  width = 400
  areas = photographs.areas(width)
  assert areas["train"][1] == areas["test"][0] and areas["test"][1] == width
  # Columns have their own numbers, so that a patch says where it is from.
  columns = np.broadcast_to(np.arange(width) / 2, (200, width))
  pixels = np.repeat(columns[..., None], 3, -1).astype(np.uint8)
  for split, (first, behind) in areas.items():
    found = np.stack([*photographs.patches(pixels, split, seed=0)])
    assert found.shape[1:] == (64, 64, 3)
    assert found.min() >= first // 2 and found.max() <= behind // 2


def test_patches_are_fixed_by_their_seed():
  pixels = np.random.default_rng(0).integers(0, 256, (96, 400, 3), np.uint8)
  first, again, other = (
    next(photographs.patches(pixels, "train", seed)) for seed in (0, 0, 1)
  )
  np.testing.assert_array_equal(first, again)
  assert (first != other).any()


@pytest.mark.slow
def test_built_photographs(tmp_path):
  images, labels = data.load_arrays("photographs", "test", data_dir=tmp_path)
  names = data.class_names("photographs", tmp_path)
  assert images.shape == (420, 64, 64, 3)
  assert np.bincount(labels).tolist() == [70] * 6
  assert names == [one.name for one in photographs.PHOTOGRAPHS]
  for one in photographs.PHOTOGRAPHS:
    assert one.read().shape[-1] == 3


@pytest.mark.parametrize(
  "read, missing, words",
  [
    (optdigits.read_source, "sklearn", "scikit-learn.*'tf_ganprune"),
    (photographs.PHOTOGRAPHS[0].read, "skimage", "scikit-image.*'tf_ganprune"),
    (photographs.PHOTOGRAPHS[-1].read, "sklearn", "scikit-learn.*'tf_ganprune"),
  ],
)
def test_packages_that_are_missing(read, missing, words, monkeypatch):
  monkeypatch.setitem(sys.modules, missing, None)
  with pytest.raises(ImportError, match=words):
    read()
