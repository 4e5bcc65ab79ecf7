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
"""Packages of emoji, made up, and a folder of TFDS for each test."""

import shutil

import pytest
import tensorflow_datasets as tfds

from tests.data.emoji import made_up
from tf_ganprune.data.emoji import npm_package


@pytest.fixture(scope="module")
def npm_folder(tmp_path_factory):
  """50 pictures of Food, 54 of Animals (some with tones), and 2 of Tiny."""
  folder = tmp_path_factory.mktemp("npm") / "node_modules" / npm_package.NAME
  entries = [made_up.entry(number, "Food") for number in range(50)]
  entries += [made_up.entry(number, "Animals", 2) for number in range(100, 118)]
  entries += [made_up.entry(number, "Tiny") for number in range(200, 202)]
  entries += [made_up.entry(300, "Food") | {"has_img_google": False}]
  made_up.write(folder, entries)
  return folder


@pytest.fixture
def package(npm_folder, tmp_path):
  """A copy of the made-up package that a test may break."""
  return shutil.copytree(npm_folder, tmp_path / "package")


@pytest.fixture(autouse=True)
def prepared(tmp_path, monkeypatch):
  """The folder of TFDS, which must not be the user's own."""
  monkeypatch.setattr(tfds.core.constants, "DATA_DIR", str(tmp_path / "tfds"))
  return tmp_path / "tfds"
