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
"""Tests that the BUILD files and the floors are true to the imports."""

import pathlib

import pytest

from tests import build_files

_FLOORS = [
  {
    "arguments",
    "array_types",
    "registries",
    "deprecated",
    "early_help",
    "keras_compat",
    "keras_errors",
    "version",
    "files",
  },
  {"foreign", "graphs"},
  {"replicas", "saving"},
  {"bounds", "keras3", "model_generators", "states"},
  {"value_range"},
  {"inputs"},
  {
    "losses",
    "distillation",
    "sparsity",
    "channels",
    "networks",
    "data",
    "metrics",
    "pictures",
  },
  {"compression", "regularizers"},
  {"gan", "interpretation"},
  {"callbacks", "export", "report"},
  {"cli", "experiments"},
  {"__main__"},
]


@pytest.mark.parametrize(
  "folder",
  build_files.folders(),
  ids=lambda folder: folder.relative_to(build_files.ROOT).as_posix(),
)
def test_build_file_is_true_to_the_imports(folder):
  written = (folder / "BUILD").read_text(encoding="utf-8")
  assert written == build_files.build_file(folder), (
    "Run: python -m tests.build_files"
  )


def _room(source: pathlib.Path) -> str:
  inside = source.relative_to(build_files.ROOT / "tf_ganprune")
  return inside.parts[0].removesuffix(".py")


def _floor(room: str) -> int:
  return next(i for i, rooms in enumerate(_FLOORS) if room in rooms)


def test_no_module_imports_from_a_floor_above_or_another_room_beside():
  package = build_files.ROOT / "tf_ganprune"
  for source in package.rglob("*.py"):
    room = _room(source)
    if room == "__init__":
      continue
    for name in build_files.imports(source):
      file = build_files.own_file(name) if name.startswith("tf_gan") else None
      if file and _room(file) not in (room, "__init__"):
        assert _floor(_room(file)) < _floor(room), f"{source} imports {name}"


def test_imports_are_found(tmp_path):
  source = tmp_path / "x.py"
  source.write_text(
    "import os\nimport numpy as np\nfrom tf_ganprune import losses\n"
    "from tf_ganprune.sparsity import masks\nfrom absl import app\n"
    "def f():\n  import tqdm.auto\n"
  )
  assert build_files.imports(source) == {
    "os",
    "numpy",
    "tf_ganprune.losses",
    "tf_ganprune.sparsity.masks",
    "absl.app",
    "tqdm.auto",
  }


@pytest.mark.parametrize("folder", build_files.folders(), ids=lambda f: f.name)
def test_no_two_targets_have_one_name(folder):
  names = [build_files.label(source) for source in folder.glob("*.py")]
  assert len(set(names)) == len(names)
