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
"""Tests the TFDS builder emoji on a made-up package, and on the real one."""

import json
import pathlib
import shutil

import numpy as np
import pytest
import tensorflow as tf
import tensorflow_datasets as tfds

from tf_ganprune import data
from tf_ganprune.data import sources
from tf_ganprune.data.emoji import emoji_dataset_builder as emoji
from tf_ganprune.data.emoji import npm_package

_REAL = (
  pathlib.Path(__file__).resolve().parents[3] / ".ci" / "npm" / "node_modules"
)


def _pixels(images):
  return np.round((images + 1) * 127.5).astype(np.uint8)


def _examples(folder):
  builder = sources.open_builder("emoji", folder)
  return {
    split: list(tfds.as_numpy(sources.read(builder, split)))
    for split in ("train", "test")
  }


def test_every_picture_has_its_category(npm_folder):
  assert data.class_names("emoji", npm_folder) == ["Animals", "Food"]
  by_code = {p.unified: p for p in npm_package.read(npm_folder).pictures}
  examples = _examples(npm_folder)
  both = [example for split in examples.values() for example in split]
  assert len(both) == 50 + 54
  for example in both:
    picture = by_code.pop(example["unified"].decode())
    assert ["Animals", "Food"][example["label"]] == picture.category
    assert example["short_name"].decode() == picture.short_name
    expected = tf.io.decode_png(picture.png, channels=3)
    np.testing.assert_array_equal(example["image"], expected)
  assert {picture.category for picture in by_code.values()} == {"Tiny"}


def test_skin_tones_are_in_the_split_of_their_emoji(npm_folder):
  split_of_code = {
    example["unified"].decode().partition("-")[0]: set()
    for split in _examples(npm_folder).values()
    for example in split
  }
  for name, split in _examples(npm_folder).items():
    for example in split:
      code = example["unified"].decode().partition("-")[0]
      split_of_code[code].add(name)
      assert emoji.split_of(code) == name
  assert all(len(names) == 1 for names in split_of_code.values())
  assert set.union(*split_of_code.values()) == {"train", "test"}


def test_the_split_never_changes():
  # What was released as version 1.0.0.
  codes = [f"1F6{number:02X}" for number in range(32)]
  test = [code[3:] for code in codes if emoji.split_of(code) == "test"]
  assert test == "01 02 09 0B 12 15 16 17 18 1C".split()
  runners = ("1F3C3", "1F3C3-200D-2640-FE0F", "1F3C3-200D-2642-FE0F-200D-27A1")
  cooks = ("1F468-200D-1F373", "1F469-200D-1F373", "1F9D1-200D-1F373")
  for same in (runners, cooks):
    assert len({emoji.split_of(code) for code in same}) == 1


def test_images_in_the_range_and_size_asked_for(npm_folder):
  images, labels = data.load_arrays("emoji", "test", 32, data_dir=npm_folder)
  assert images.shape[1:] == (32, 32, 3) and images.dtype == np.float32
  assert labels.shape == images.shape[:1] and labels.dtype == np.int64
  assert (_pixels(images)[..., 2] == 100).all()  # one colour stays it
  batches = data.load(
    "emoji", batch_size=8, data_dir=npm_folder, with_labels=True
  )
  images, labels = next(iter(batches))
  assert images.shape == (8, 64, 64, 3) and set(labels.numpy()) <= {0, 1}


def test_nothing_is_written_into_the_package(package, prepared):
  before = sorted(package.rglob("*"))
  data.splits("emoji", package)
  assert sorted(package.rglob("*")) == before
  assert (prepared / "emoji").is_dir()


def test_another_version_or_picture_is_built_anew(package, prepared):
  white = np.full((64, 64, 4), 255, np.uint8)
  data.splits("emoji", package)
  data.splits("emoji", package)
  assert len(list((prepared / "emoji").iterdir())) == 1
  one = package / "img" / "google" / "64" / "1f000.png"
  one.write_bytes(tf.io.encode_png(white).numpy())
  found = {
    example["unified"]: example["image"]
    for split in _examples(package).values()
    for example in split
  }
  assert (found[b"1F000"] == 255).all()
  about = {"name": npm_package.NAME, "version": "1.2.4"}
  (package / "package.json").write_text(json.dumps(about))
  data.splits("emoji", package)
  names = sorted(path.name for path in (prepared / "emoji").iterdir())
  versions = [name.split("-")[1] for name in names]
  assert versions == ["1.2.3", "1.2.3", "1.2.4"]


def test_a_prepared_set_is_not_decoded_again(npm_folder, monkeypatch):
  sizes = data.splits("emoji", npm_folder)
  monkeypatch.setattr(npm_package, "decode", None)
  assert data.splits("emoji", npm_folder) == sizes


def test_equal_pictures_are_there_once(package):
  images = package / "img" / "google" / "64"
  shutil.copy(images / "1f003.png", images / "1f001.png")
  codes = {
    example["unified"]
    for split in _examples(package).values()
    for example in split
  }
  assert b"1F001" in codes and b"1F003" not in codes
  assert emoji.first_of_equals(np.array([[3], [1], [3], [1], [2]])) == [0, 1, 4]


def test_metadata_is_tfds_own(npm_folder):
  builder = sources.open_builder("emoji", npm_folder)
  assert "Apache-2.0" in builder.info.description
  assert "Noto Emoji" in builder.info.citation
  assert builder.info.supervised_keys == ("image", "label")
  valid = set(tfds.core.dataset_metadata.valid_tags())
  assert set(builder.get_metadata().tags) <= valid
  license_ = (pathlib.Path(builder.data_path) / "LICENSE").read_text()
  assert "Apache-2.0" in license_ and "MIT" in license_


def test_tfds_loads_it_with_a_config(npm_folder):
  config = emoji.Config.of(npm_package.read(npm_folder))
  dataset = tfds.load("emoji", split="test", builder_kwargs={"config": config})
  assert next(iter(dataset))["image"].shape == (64, 64, 3)


@pytest.mark.slow
@pytest.mark.skipif(
  not _REAL.is_dir(), reason="needs `npm ci --prefix .ci/npm`, as CI runs it"
)
def test_the_real_package():
  package = npm_package.read(_REAL)
  assert len(package.pictures) == 3786
  names = data.class_names("emoji", _REAL)
  assert len(names) == 9 and "Component" not in names
  assert data.splits("emoji", _REAL) == {"train": 2968, "test": 794}
  counts = {}
  for split in ("train", "test"):
    images, labels = data.load_arrays("emoji", split, 32, data_dir=_REAL)
    counts[split] = np.bincount(labels, minlength=9)
    assert images.shape[1:] == (32, 32, 3)
    assert (images.min(), images.max()) == (-1, 1)
    # Most of the corners are transparent, thus white.
    assert np.mean(images[:, 0, 0] == 1) > 0.8
    # Emoji have colours, unlike icons.
    assert np.ptp(images, axis=-1).max() == 2
  share = counts["test"] / (counts["train"] + counts["test"])
  assert (share > 0.15).all() and (share < 0.25).all()
