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
"""Saved networks, and the program in this process."""

import dataclasses
import os

import numpy as np
import pytest
import tensorflow_model_optimization as tfmot

import tf_ganprune as tgp
from tests import tiny
from tf_ganprune.cli import program

_layers = tgp.keras.layers


@dataclasses.dataclass
class Ran:
  """How a command line ended."""

  code: int
  out: str
  err: str

  @property
  def sentence(self) -> str:
    """What went wrong: the last line of stderr."""
    assert "Traceback" not in self.err
    return self.err.splitlines()[-1]


def _pruned():
  schedule = tfmot.sparsity.keras.ConstantSparsity(0.5, 0, -1, 1)
  network = tgp.prune_low_magnitude(tiny.generator(), schedule)
  for layer in network.layers:
    if hasattr(layer, "pruning_vars"):
      for weight, mask, _ in layer.pruning_vars:
        ones = np.arange(mask.numpy().size).reshape(mask.shape) % 2
        mask.assign(ones.astype("float32"))
        weight.assign(weight * mask)
  return network


def image_to_image():
  """Returns a network from images of any size to images in [0, 1]."""
  image = tgp.keras.Input((None, None, 1))
  x = _layers.Conv2D(8, 3, padding="same", activation="relu")(image)
  x = _layers.Conv2D(3, 3, padding="same", activation="sigmoid")(x)
  return tgp.keras.Model(image, x, name="colourful")


def _sounds():
  return tgp.keras.Sequential(
    [
      tgp.keras.Input((4,)),
      _layers.Dense(64, activation="tanh"),
    ],
    name="sounding",
  )


@pytest.fixture(scope="session")
def saved_gan():
  """Returns a compiled GAN whose average is not its live generator."""
  tgp.keras.utils.set_random_seed(1)
  gan = tgp.GAN(tiny.discriminator(), _pruned(), 4, ema_decay=0.9)
  adam = tgp.keras.optimizers.Adam
  gan.compile(d_optimizer=adam(), g_optimizer=adam())
  for weight in gan.ema_generator.weights:
    weight.assign(weight * 0.5)
  return gan


@pytest.fixture(scope="session")
def folder(tmp_path_factory, saved_gan):
  """Returns a folder with saved networks, which tests leave as it is."""
  path = tmp_path_factory.mktemp("saved")
  tgp.keras.utils.set_random_seed(0)
  dense = tiny.generator()
  tgp.save_model(dense, path / "dense.keras")
  tgp.save_model(_pruned(), path / "pruned.keras")
  tgp.save_model(saved_gan, path / "gan.keras")
  tgp.save_model(image_to_image(), path / "image.keras")
  tgp.save_model(_sounds(), path / "sound.keras")
  tgp.to_keras3(dense).save(path / "keras3.keras")
  tgp.export_tflite(dense, path / "dense.tflite")
  (path / "damaged.tflite").write_bytes(
    (path / "dense.tflite").read_bytes()[:200]
  )
  return path


@pytest.fixture
def run(folder, tmp_path, monkeypatch, capfd):
  """Runs a command line in a folder with the saved networks."""
  for path in folder.iterdir():
    os.symlink(path, tmp_path / path.name)
  monkeypatch.chdir(tmp_path)
  given = {path.name for path in folder.iterdir()}

  def started(line: str) -> Ran:
    capfd.readouterr()
    try:
      code = program.main(line.split())
    except SystemExit as error:
      code = error.code
    return Ran(code, *capfd.readouterr())

  def written() -> set[str]:
    return {path.name for path in tmp_path.iterdir()} - given

  started.written = written
  return started
