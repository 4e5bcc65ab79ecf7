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
"""Tests that the picture of the package is true to its imports."""

import graphlib
import re
import xml.etree.ElementTree as ElementTree

import pytest

from tests import architecture

_RUN = "Run: python -m tests.architecture"
_GIVEN = {"roof": {"room", "ground"}, "room": {"ground"}, "ground": set()}


def test_picture_is_true_to_the_imports():
  written = architecture.PICTURE.read_text(encoding="utf-8")
  assert written == architecture.picture(architecture.arrows()), _RUN


def test_table_is_true_to_the_imports():
  written = architecture.PAGE.read_text(encoding="utf-8")
  assert written == architecture.page(written), _RUN


def test_arrows_that_follow_from_others_are_left_out():
  assert architecture.reduced(_GIVEN) == {
    "roof": {"room"},
    "room": {"ground"},
    "ground": set(),
  }


def test_a_floor_is_above_all_that_its_rooms_import():
  assert architecture.floors(_GIVEN) == [["ground"], ["room"], ["roof"]]


def test_a_circle_is_an_error():
  with pytest.raises(graphlib.CycleError):
    architecture.reduced({"a": {"b"}, "b": {"a"}})


def test_rooms_are_modules_and_folders(tmp_path, monkeypatch):
  package = tmp_path / "package"
  (package / "folder").mkdir(parents=True)
  monkeypatch.setattr(architecture.build_files, "ROOT", tmp_path)
  (package / "__init__.py").write_text("from package import module\n")
  (package / "module.py").write_text("import os\n")
  inside = package / "folder" / "inside.py"
  inside.write_text(
    "from package import module\nfrom package.folder import x\n"
  )
  assert architecture.arrows(package) == {"module": set(), "folder": {"module"}}


def test_picture_has_each_room_and_arrow():
  given = _GIVEN | {"cellar": set(), "ground": {"cellar"}}
  tree = ElementTree.fromstring(architecture.picture(given))
  space = "{http://www.w3.org/2000/svg}"
  texts = {text.text for text in tree.iter(f"{space}text")}
  assert texts == {*given, "0", "1", "2", "3"}
  to_the_cellar = 1
  assert len(list(tree.iter(f"{space}path"))) == 3 - to_the_cellar


def test_every_file_that_the_page_names_is_there():
  text = architecture.PAGE.read_text(encoding="utf-8")
  paths = re.findall(r"`([\w/]+(?:/|\.py))`", text)
  assert len(paths) > 30
  for path in paths:
    places = [architecture.PACKAGE / path, architecture.build_files.ROOT / path]
    if "NAME" in path:
      places = [place.parent for place in places]
      places = [x for x in places if x != architecture.build_files.ROOT]
    assert any(place.exists() for place in places), path


def test_every_registry_that_the_page_names_is_there():
  """Each `NAME` in capitals stands in the file that is named before it."""
  rows = architecture.PAGE.read_text(encoding="utf-8").splitlines()
  found = 0
  for row in rows:
    places = re.findall(r"`([A-Z_]{4,})` in `([\w/.]+)`", row)
    for registry, folder in re.findall(
      r"`@base\.([A-Z_]+)\.register`.*`([\w/]+)/__init__.py`", row
    ):
      places.append((registry, f"{folder}/base.py"))
    for registry, path in places:
      text = (architecture.PACKAGE / path).read_text(encoding="utf-8")
      assert re.search(rf"^{registry}\b.* = ", text, re.M), (registry, path)
      found += 1
  assert found > 10
