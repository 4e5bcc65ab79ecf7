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
"""Tests of the benchmark of the generator for sparse kernels."""

import json

import numpy as np
import pytest
from absl.testing import flagsaver

import tf_ganprune as tgp
from benchmarks.quality import sparse_generator
from benchmarks.quality.sparse_generator import Run
from tests.benchmarks import records


def test_digits_are_light_on_dark_paper():
  images = np.full((50, 2, 2, 1), -1.0, "float32")
  images[:, 0] = 1.0
  tinted = sparse_generator.tint(images, seed=0)
  assert tinted.shape == (50, 2, 2, 3)
  assert np.all(tinted[:, 0] >= tinted[:, 1])
  assert len(np.unique(tinted[:, 0, 0], axis=0)) == 50
  again = sparse_generator.tint(images, seed=0)
  np.testing.assert_array_equal(again, tinted)
  assert np.any(sparse_generator.tint(images, seed=1) != tinted)


def test_the_image_folder_can_be_loaded(tmp_path, monkeypatch):
  load = tgp.data.load_arrays
  monkeypatch.setattr(
    tgp.data,
    "load_arrays",
    lambda split, **kwargs: load(split=f"{split}[:20]", **kwargs),
  )
  folder = sparse_generator.make_tinted(tmp_path / "tinted")
  written = {path: path.stat().st_mtime_ns for path in folder.rglob("*.png")}
  assert len(written) == 40
  monkeypatch.undo()
  images, labels = tgp.data.load_arrays(
    "image_folder", data_dir=folder, split="train", image_size=32
  )
  assert images.shape == (20, 32, 32, 3)
  assert len(set(labels)) > 3
  sparse_generator.make_tinted(folder)
  assert all(path.stat().st_mtime_ns == at for path, at in written.items())


def _found(**distances):
  return {
    "macs": 10,
    "params": 20,
    "updates": 30,
    "frechet_distance": distances,
  }


@pytest.mark.parametrize(("distance", "word"), [(1.9, "met"), (2.9, "missed")])
def test_means_are_compared_with_the_dcgan(distance, word):
  rows = sparse_generator.summarize(
    {
      Run("mnist_5k", "dcgan", 0): _found(dense=1.0),
      Run("mnist_5k", "dcgan", 1): _found(dense=3.0),
      Run("mnist_5k", "sparse", 0): _found(dense=distance, pruned=4.0),
      Run("mnist_5k", "sparse", 1): _found(dense=distance, pruned=4.0),
    }
  )
  lines = sparse_generator.table(rows).splitlines()[2:]
  assert "| 2 ± 1.4 | 1.00 |  |" in lines[0]
  assert f"| {distance / 2:.2f} | 1.2: {word} |" in lines[1]
  assert "| 4 ± 0 | 2.00 |  |" in lines[2]


def test_what_was_found_is_read(tmp_path):
  found = _found(dense=1.0, pruned=2.0)
  (tmp_path / "mnist_5k_sparse_seed_3.json").write_text(json.dumps(found))
  run = Run("mnist_5k", "sparse", 3)
  assert sparse_generator.measure(run, tmp_path) == found


def test_both_generators_are_trained_alike(tmp_path):
  ours, theirs = (
    sparse_generator.settings(Run("mnist_5k", kind, 1), tmp_path)
    for kind in ("sparse", "dcgan")
  )
  assert (ours.generator, theirs.generator) == ("sparse", "dcgan")
  assert (ours.epochs, ours.prune_epochs) == (theirs.epochs, 20)
  assert ours.seed == theirs.seed == 1


def test_each_run_is_trained_once(tmp_path, monkeypatch):
  trained = []

  def train(run, folder):
    trained.append(run.name)
    return _found(dense=1.0, pruned=2.0)

  monkeypatch.setattr(sparse_generator, "_train", train)
  with flagsaver.flagsaver(
    sparse_dir=str(tmp_path / "runs"),
    sparse_seeds=["0"],
    output=str(tmp_path / "found.json"),
  ):
    sparse_generator.main([])
    sparse_generator.main([])
  assert trained == [
    "mnist_5k_dcgan_seed_0",
    "mnist_5k_sparse_seed_0",
    "tinted_dcgan_seed_0",
    "tinted_sparse_seed_0",
  ]
  rows = records.only(tmp_path / "found.json")["rows"]
  assert [(x["generator"], x["network"]) for x in rows] == 2 * [
    ("dcgan", "dense"),
    ("sparse", "dense"),
    ("sparse", "pruned"),
  ]
  with flagsaver.flagsaver(sparse_seeds=["0", "1"], tinted_seeds=["0"]):
    assert sparse_generator._seeds() == {"mnist_5k": [0, 1], "tinted": [0]}


def test_a_run_is_the_main_job_of_its_generator(tmp_path, monkeypatch):
  network = tgp.networks.sparse_generator((8, 8, 1), 4, width=4)
  gan = tgp.GAN(
    tgp.networks.dcgan_discriminator((8, 8, 1), width=4),
    network,
    4,
    ema_decay=0.9,
  )

  class Job:
    settings = sparse_generator.dcgan_task.Settings(eval_images=10)
    steps_per_epoch = 5

    def __init__(self, task, settings, folder, flag):
      assert task is sparse_generator.dcgan_task.DCGAN
      assert flag == "sparse_dir"
      assert folder == tmp_path / "mnist_5k_sparse_seed_0"
      assert settings.generator == "sparse"

    def open(self):
      return self

    def evaluator(self):
      return self

    def evaluate(self, images):
      assert images.shape == (10, 8, 8, 1)
      return {"frechet_distance": 3.0}

    def train(self, names):
      return dict.fromkeys(names, gan)

  monkeypatch.setattr(sparse_generator.experiment, "Experiment", Job)
  found = sparse_generator.measure(Run("mnist_5k", "sparse", 0), tmp_path)
  assert found == {
    "macs": tgp.profile(network).macs,
    "params": network.count_params(),
    "updates": 230,
    "frechet_distance": {"dense": 3.0, "pruned": 3.0},
  }
