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
"""Tests finding an npm package of emoji, bad ones, and decoding."""

import dataclasses
import json
import shutil

import numpy as np
import pytest
import tensorflow as tf
import tensorflow_datasets as tfds

from tests.data.emoji import made_up
from tf_ganprune import data
from tf_ganprune.data.emoji import npm_package

_COMMAND = "npm install emoji-datasource-google"


@pytest.mark.parametrize("place", [".", "..", "../.."])
def test_the_package_or_a_folder_above_it(npm_folder, place):
  folder = npm_folder / place
  assert npm_package.read(folder).version == "1.2.3"
  assert npm_package.read(str(folder)).folder.samefile(npm_folder)


def test_a_project_with_a_package_json_of_its_own(npm_folder, tmp_path):
  shutil.copytree(npm_folder.parent, tmp_path / "node_modules")
  (tmp_path / "package.json").write_text('{"name": "mine"}')
  assert npm_package.read(tmp_path).version == "1.2.3"


def test_transparency_becomes_white():
  image = np.array([[[10, 20, 30, 0], [10, 20, 30, 255], [0, 100, 255, 51]]])
  expected = [[[255, 255, 255], [10, 20, 30], [204, 224, 255]]]
  composited = npm_package.over_white(image.astype(np.uint8))
  np.testing.assert_array_equal(composited, expected)
  assert composited.dtype == np.uint8


@pytest.mark.parametrize("transparent", [False, True])
def test_grey_pngs(npm_folder, transparent):
  expected = np.full((64, 64, 3), 255, np.uint8)
  expected[16:48, 16:48] = 0
  grey = expected[..., :1]
  black_on_nothing = np.concatenate([np.zeros_like(grey), 255 - grey], -1)
  png = tf.io.encode_png(black_on_nothing if transparent else grey).numpy()
  picture = npm_package.read(npm_folder).pictures[0]
  picture = dataclasses.replace(picture, png=png)
  package = npm_package.Package(npm_folder, "1.2.3", (picture,), "")
  np.testing.assert_array_equal(npm_package.decode(package), [expected])


def _without(file):
  return lambda package: (package / file).unlink()


def _with(file, content):
  return lambda package: (package / file).write_bytes(content)


_PICTURE = "img/google/64/1f000.png"
_OTHER = b'{"name": "emoji-datasource-apple", "version": "1.2.3"}'
_NO_VERSION = b'{"name": "emoji-datasource-google"}'
_PATH_AS_VERSION = b'{"name": "emoji-datasource-google", "version": "../.."}'


@pytest.mark.parametrize(
  ("damage", "message"),
  [
    (shutil.rmtree, "--data_dir.*is not a folder|is not a folder.*--data_dir"),
    (_without("package.json"), "does not hold the npm package 'emoji-data.*'"),
    (_with("package.json", _OTHER), "package '.*-google' but '.*-apple'"),
    (_with("package.json", b"[]"), "package.json of another kind"),
    (_with("package.json", b"{"), "package.json that cannot be read"),
    (_with("package.json", b"\xff"), "package.json that cannot be read"),
    (_with("package.json", _NO_VERSION), "package.json of the version None"),
    (_with("package.json", _PATH_AS_VERSION), r"of the version '\.\./\.\.'"),
    (_without("emoji.json"), "lacks the package's emoji.json"),
    (_with("emoji.json", b"{}"), "emoji.json of another kind"),
    (_with("emoji.json", b"[]"), "emoji.json that does not"),
    (_with("emoji.json", b"[1]"), "emoji.json that does not"),
    (
      _with("emoji.json", b'[{"unified": "1F000"}]'),
      "emoji.json that does not",
    ),
    (_without(_PICTURE), r"lacks 1 of 106 pictures, such as .*/1f000\.png"),
    (lambda package: shutil.rmtree(package / "img"), "lacks 106 of 106"),
    (_with(_PICTURE, b""), "has a broken picture, of 1F000"),
    (_with(_PICTURE, made_up.png(0)[:-20]), "has a broken picture, of 1F000"),
    (
      _with(_PICTURE, made_up.png(0, 32)),
      "of 32x32 pixels in place of 64x64",
    ),
    (
      _with("emoji.json", json.dumps([made_up.entry(0, "Food")]).encode()),
      "has no category of 50 pictures or more",
    ),
  ],
)
def test_bad_packages(package, prepared, damage, message):
  damage(package)
  with pytest.raises(ValueError, match=message) as raised:
    data.load("emoji", image_size=32, data_dir=package)
  sentence = str(raised.value)
  for part in (str(package), "--data_dir", _COMMAND):
    assert part in sentence
  assert "\n" not in sentence and ". " not in sentence
  assert not prepared.exists()


def test_no_folder_names_the_command(prepared):
  with pytest.raises(ValueError, match=f"--data_dir.*{_COMMAND}"):
    data.load("emoji")
  with pytest.raises(ValueError, match=f"--data_dir.*{_COMMAND}"):
    tfds.builder("emoji")
  assert not prepared.exists()


def test_unwritable_folder_of_tfds(npm_folder, tmp_path, monkeypatch):
  (tmp_path / "file").write_text("")
  folder = str(tmp_path / "file" / "below")
  monkeypatch.setattr(tfds.core.constants, "DATA_DIR", folder)
  with pytest.raises(ValueError, match="cannot be written to.*TFDS_DATA_DIR"):
    data.load("emoji", data_dir=npm_folder)
