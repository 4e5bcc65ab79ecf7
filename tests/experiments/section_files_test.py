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
"""Tests of the files of what a page shows."""

import numpy as np
import pytest

import tf_ganprune as tgp
from tf_ganprune.experiments import comparing, run_directory, section_files

_IMAGES = np.zeros((2, 4, 4, 1), np.float32)


def _names(folder):
  return {path.name for path in folder.iterdir()}


def test_pictures_and_rows_of_pictures(tmp_path):
  grid = tgp.report.Pictures(
    "Samples", {"dense": _IMAGES, "with/zeros": _IMAGES}
  )
  rows = tgp.report.PictureRows("Edges: shoes", {"input": _IMAGES})
  paths = section_files.write(tmp_path / "shown", [grid, rows])
  assert _names(tmp_path / "shown") == {
    "samples_dense.png",
    "samples_with_zeros.png",
    "edges_shoes_input_1.png",
    "edges_shoes_input_2.png",
  }
  assert paths[0].read_bytes() == grid.drawn().rows[0][0].image


def test_sounds_with_their_spectrograms(tmp_path):
  sounds = tgp.report.Sounds("Speech", {"dense": np.zeros((1, 800))}, 8000)
  section_files.write(tmp_path, [sounds])
  assert _names(tmp_path) == {"speech_dense.png", "speech_dense.wav"}


def test_names_that_are_alike(tmp_path):
  grid = tgp.report.Pictures("!", {"a b": _IMAGES, "a_b": _IMAGES})
  section_files.write(tmp_path, [grid, grid])
  assert _names(tmp_path) == {
    f"untitled{x}_a_b{y}.png" for x in ("", "_2") for y in ("", "_2")
  }


def test_nothing_to_write_makes_no_folder(tmp_path):
  texts = tgp.report.Texts("Captions", {"dense": ["a cat"]})
  assert section_files.write(tmp_path / "shown", [texts]) == []
  assert not (tmp_path / "shown").exists()


class _Task:
  """Shows two pictures, and has a title for a curve."""

  inputs = None

  def measure(self, gan, evaluator):
    return {"score": 1.0}

  def remarks(self, *_):
    return []

  def exported(self, gan):
    return {}

  def notes(self, evaluator):
    return []

  def show(self, gans):
    return {
      "sections": [tgp.report.Pictures("Faces", {"dense": _IMAGES})],
      "curve_titles": {"kl": "KL divergence"},
    }


@pytest.fixture(name="compared")
def _compared(tmp_path, monkeypatch):
  monkeypatch.setattr(
    comparing.exporting, "export_all", lambda *_, **__: ({"dense": []}, [])
  )
  run = run_directory.RunDirectory(tmp_path, {})
  job = comparing.Comparing(run, _Task(), "Title", {}, ("cpu",), {}, 8)
  history = {"step": [1], "kl": [0.1], "there_image": [0.2], "d_loss": [0.3]}
  return job.run({"dense": None}, None, {"dense": {"alone": history}}, [])


def test_what_a_task_shows_is_left_as_files(compared, tmp_path):
  png = (tmp_path / "shown" / "faces_dense.png").read_bytes()
  assert png.startswith(b"\x89PNG")
  assert (tmp_path / "report.html").exists()


def test_curves_have_the_titles_of_the_task(compared):
  assert compared.curve_titles == {
    "kl": "KL divergence",
    "there_image": "distillation loss there_image",
  }
