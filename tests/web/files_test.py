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
"""Tests of files that are dropped on the page or opened in it."""

import numpy as np
import pytest

import tf_ganprune as tgp
from tests import tiny
from tests.web import reading

pytestmark = [  # one browser for all
  pytest.mark.slow,
  pytest.mark.xdist_group("web"),
]


@pytest.mark.slow
def test_dropped_and_chosen_files(drawn, folder):
  content = (folder / "pruned_cpu.tflite").read_bytes()
  reading.drop(drawn, "mine.tflite", content)
  names = drawn.get_by_role("heading", level=2).all_inner_texts()
  assert names == ["mine.tflite", *reading.NETWORKS]
  for accelerator in reading.ACCELERATORS:
    np.testing.assert_array_equal(
      reading.pictures(reading.panel(drawn, "mine.tflite", accelerator)),
      reading.pictures(reading.panel(drawn, "pruned", accelerator)),
    )
  drawn.get_by_label("Open a .tflite file").set_input_files(
    folder / "dense_cpu.tflite"
  )
  reading.settle(drawn)
  names = drawn.get_by_role("heading", level=2).all_inner_texts()
  assert names == ["dense_cpu.tflite", *reading.NETWORKS]
  assert drawn.get_by_role("alert").count() == 0


@pytest.fixture(scope="module")
def classifier(tmp_path_factory):
  """Returns what is in a file that makes no images."""
  path = tmp_path_factory.mktemp("classifier") / "classifier.tflite"
  tgp.export_tflite(tiny.classifier(), path)
  return path.read_bytes()


def _broken(kind, folder, classifier):
  content = (folder / "dense_cpu.tflite").read_bytes()
  return {
    "empty": b"",
    "text": b"not a network" * 100,
    "cut": content[: len(content) // 2],
    "head": content[:8],
    "classifier": classifier,
  }[kind]


@pytest.mark.parametrize(
  ("kind", "reason"),
  [
    ("empty", "it is not a .tflite file"),
    ("text", "it is not a .tflite file"),
    ("cut", "LiteRT refuses it (Failed to load model from buffer)"),
    ("head", "LiteRT refuses it (Failed to load model from buffer)"),
    ("classifier", "it takes float32 [1, 6] and gives float32 [1, 3]; "),
  ],
)
def test_broken_file(drawn, folder, classifier, kind, reason):
  headings = drawn.get_by_role("heading", level=2)
  before = headings.all_inner_texts()
  reading.drop(drawn, f"{kind}.tflite", _broken(kind, folder, classifier))
  alert = drawn.get_by_role("alert").inner_text()
  assert alert.startswith(f"{kind}.tflite cannot be run: {reason}")
  assert headings.all_inner_texts() == before


def test_page_goes_on_after_a_broken_file(drawn, folder):
  content = (folder / "dense_cpu.tflite").read_bytes()
  reading.drop(drawn, "cut.tflite", content[:5000])
  assert drawn.get_by_role("alert").count() == 1
  reading.drop(drawn, "right.tflite", content)
  assert drawn.get_by_role("alert").count() == 0
  for accelerator in reading.ACCELERATORS:
    np.testing.assert_array_equal(
      reading.pictures(reading.panel(drawn, "right.tflite", accelerator)),
      reading.pictures(reading.panel(drawn, "dense", accelerator)),
    )
