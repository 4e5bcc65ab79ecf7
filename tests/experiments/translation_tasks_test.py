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
"""The tasks that translate images, from the data set to the page."""

import json

import numpy as np
import pytest

import tf_ganprune as tgp
from tf_ganprune import experiments
from tf_ganprune.experiments import (
  cycle_gan_task,
  inpainting_task,
  pix2pix_task,
  slim_settings,
  translation_rows,
  zeros_settings,
)

_SMALL = {
  "width": 2,
  "discriminator_width": 2,
  "epochs": 1,
  "prune_epochs": 2,
  "frequency": 2,
  "batch_size": 8,
  "eval_images": 10,
  "train_split": "train[:64]",
  "test_split": "test[:16]",
  "targets": ("cpu",),
  "phases": ("dense", "pruned", "slim"),
  "zeros": zeros_settings.Settings(distillation=("image",), weights=(1.0,)),
  "slim": slim_settings.Settings(
    macs=0.7,
    whole_epochs=0,
    generator_batch_size=None,
    distillation=("image",),
    weights=(1.0,),
    teacher="trained",
    discriminator="kept",
  ),
}


@pytest.fixture(name="data_dir", scope="module")
def _data_dir(tmp_path_factory):
  return str(tmp_path_factory.mktemp("tfds"))


def _run(task, folder, **settings) -> tuple[dict, str]:
  """Returns the metrics and the page of an experiment."""
  chosen = task.Settings(**_SMALL | settings)
  experiments.Experiment(task, chosen, folder).run()
  found = json.loads((folder / "metrics.json").read_text(encoding="utf-8"))
  return found, (folder / "report.html").read_text(encoding="utf-8")


def _check(found: dict, score: str) -> None:
  contestants = found["contestants"]
  assert list(contestants) == ["dense", "pruned", "slim"]
  for contestant in contestants.values():
    assert np.isfinite(contestant["metrics"][score])
    file = contestant["files"][0]
    assert file["scores"][score] == pytest.approx(
      contestant["metrics"][score], rel=0.05, abs=0.05
    )
  assert contestants["pruned"]["zeros"] == pytest.approx(0.8, abs=0.05)
  assert contestants["slim"]["macs"] <= 0.7 * contestants["dense"]["macs"]


@pytest.mark.slow
def test_two_domains_with_labels(tmp_path, data_dir):
  found, page = _run(
    cycle_gan_task.CycleGAN,
    tmp_path,
    data_dir=data_dir,
    num_blocks=1,
    image_size=16,
    train_split="train[:160]",
    test_split="test[:200]",
    eval_images=100,
  )
  _check(found, "label_accuracy")
  assert any("classifier of y is right" in x for x in found["notes"])
  assert "Held-out images" in page
  for name in ("generator_G", "generator_F"):
    assert (tmp_path / f"slim_{name}_cpu.tflite").exists() or list(
      tmp_path.glob(f"slim*{name[-1]}*cpu*.tflite")
    )


@pytest.mark.slow
def test_pairs_of_grey_and_color(tmp_path, data_dir):
  found, page = _run(
    pix2pix_task.Pix2Pix, tmp_path, data_dir=data_dir, image_size=32
  )
  _check(found, "perceptual_distance")
  assert any("input as it is" in x for x in found["notes"])
  for column in ("input", "dense", "pruned", "slim", "truth"):
    assert f">{column}</th>" in page, column


@pytest.mark.slow
def test_holes(tmp_path, data_dir):
  found, _ = _run(
    inpainting_task.Inpainting, tmp_path, data_dir=data_dir, image_size=32
  )
  _check(found, "psnr_in_masks")


def test_rows_are_from_all_over_the_set():
  images = np.linspace(-1, 1, 50)[:, None, None, None] * np.ones((1, 8, 8, 1))
  found = translation_rows.shown({"input": images, "truth": -images})
  (section,) = found["sections"]
  rows = section.images["input"][:, 0, 0, 0]
  assert rows[0] == -1 and rows[-1] == 1 and len(rows) == 12
  np.testing.assert_array_equal(section.images["truth"][:, 0, 0, 0], -rows)
  assert found["samples_png"].dtype == np.uint8


def test_halvings_that_an_image_allows():
  assert [pix2pix_task.halvings((n, n, 3)) for n in (64, 48, 28, 256)] == [
    5,
    4,
    2,
    5,
  ]


def test_too_large_batches(data_dir):
  settings = cycle_gan_task.Settings(
    data_dir=data_dir, train_split="train[:20]", batch_size=32
  )
  with pytest.raises(ValueError, match="`batch_size` 32 .* 20 images"):
    cycle_gan_task.CycleGAN(settings)
  assert tgp.data.splits("optdigits", data_dir)["test"] == 400
