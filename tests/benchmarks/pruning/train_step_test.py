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
"""Tests of the train step's benchmark."""

import math

import pytest
from absl.testing import flagsaver

from benchmarks.pruning import train_step
from tests.benchmarks import records
from tf_ganprune.keras_compat import keras


def _smallest_networks():
  """Returns a discriminator and a generator of one layer each."""
  layers = keras.layers
  image = train_step.IMAGE_SHAPE
  generator = [
    keras.Input((train_step._LATENT_DIM,)),
    layers.Dense(math.prod(image)),
    layers.Reshape(image),
  ]
  discriminator = [keras.Input(image), layers.Flatten(), layers.Dense(1)]
  return keras.Sequential(discriminator), keras.Sequential(generator)


@pytest.mark.slow
def test_contestants_count_as_they_are_said_to():
  for name, updates in train_step._UPDATES.items():
    networks = train_step.large_networks(8)
    contestant = train_step.Contestant(name, *networks, frequency=100)
    contestant.due_step()
    assert contestant.counted == 99 + updates
    kernel = contestant._layers[0]
    assert float(kernel.pruning_vars[0][1].numpy().mean()) == pytest.approx(
      0.2, abs=0.01
    )


def test_masks_cost_their_share():
  parts = {
    "dense": {"quiet": 10.0},
    "ours": {"quiet": 10.1, "due": 20.1},
    "TF-MOT": {"quiet": 11.0, "due": 61.0},
  }
  times = train_step.combine(parts, 100)
  assert times == pytest.approx({"dense": 10.0, "ours": 10.2, "TF-MOT": 12.0})
  rows = train_step.rows(
    {"milliseconds": {"x": {"100": times | {"dense, plain Keras": 10.0}}}}
  )
  assert rows[1][-2:] == ["+2.0% of dense", "3%: met"]
  assert rows[2][-2:] == ["+20.0% of dense, plain Keras", ""]


def test_blocks_have_their_share_of_updates():
  with pytest.raises(ValueError, match="`frequency`"):
    train_step.measure_blocks(None, frequency=3, steps=10, rounds=1)


@pytest.mark.slow
def test_the_program_prints_and_writes(tmp_path, capsys, monkeypatch):
  monkeypatch.setattr(
    train_step, "digits_networks", lambda width: _smallest_networks()
  )
  monkeypatch.setattr(
    train_step, "measure_parts", lambda *_: {"dense": {"quiet": 1.0}}
  )
  path = tmp_path / "result.json"
  with flagsaver.flagsaver(
    block_steps=2, max_rounds=3, units=8, frequencies=["1"], output=str(path)
  ):
    train_step.main([])
  assert len(capsys.readouterr().out.splitlines()) == 2 + 4 + 1
  result = records.only(path)
  assert set(result["milliseconds"]["main job"]["1"]) == {
    "dense",
    "ours",
    "dense, plain Keras",
    "TF-MOT",
  }
