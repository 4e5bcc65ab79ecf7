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
"""The plan and the table of the benchmark of few images, and one tiny run."""

import json

import numpy as np
import pytest
import tensorflow as tf
from absl.testing import flagsaver

import tf_ganprune as tgp
from benchmarks.quality import small_data
from tests.benchmarks import records
from tf_ganprune import regularizers


def _line(name, seed, distance):
  return {
    "name": name,
    "seed": seed,
    "frechet_distance": distance,
    "kernel_distance": 1.0,
    "precision": 0.5,
    "recall": 0.25,
    "seconds": 61.0,
  }


_LINES = [
  _line("none", 0, 10.0),
  _line("none", 1, 20.0),
  _line("R1", 0, 5.0),
  _line("R1", 1, 30.0),
  _line("LeCam", 0, 4.0),
]


def test_every_kind_is_compared_with_none():
  made = small_data.contestants(3000, 15)
  kinds = {one.kind for given in made.values() for one in given}
  assert kinds == set(regularizers.REGULARIZERS)
  assert made["none"] == []
  assert made["TopK"][0].frequency == 15


def test_each_seed_has_all_before_the_next():
  runs = small_data.plan(["R1", "none", "LeCam"], ["0", "2"])
  assert [(x.name, x.seed) for x in runs] == [
    (name, seed) for seed in (0, 2) for name in ("none", "R1", "LeCam")
  ]


def test_a_line_says_what_a_regularizer_is_worth():
  lines = small_data.table(_LINES).splitlines()
  assert [x.split(" | ")[0] for x in lines[2:]] == [
    "| LeCam",
    "| none",
    "| R1",
  ]
  assert lines[3] == "| none | 15 ± 7.1 |  | 0.50 ± 0 | 0.25 ± 0 |"
  assert "| 1.00, better with 1 of 2 |" in lines[4]
  assert "| 4 (one seed) | 0.40, better with 1 of 1 |" in lines[2]


@pytest.mark.slow
def test_runs_are_lines_and_are_not_made_twice(tmp_path, capsys):
  with flagsaver.as_parsed(
    output=str(tmp_path / "result.json"),
    small_data_dir=str(tmp_path / "runs"),
    small_data_seeds="0",
    small_data_steps="2",
    small_data_images="64",
    small_data_width="2",
    small_data_compared="100",
    small_data_only="none",
  ):
    small_data.main([])
    path = tmp_path / "runs" / "runs.jsonl"
    (line,) = path.read_text().splitlines()
    assert json.loads(line)["frechet_distance"] > 0
    changed = json.loads(line) | {"frechet_distance": 123.0}
    path.write_text(json.dumps(changed) + "\n")
    small_data.main([])
  assert "| none | 123 (one seed) |" in capsys.readouterr().out
  result = records.only(tmp_path / "result.json")
  assert result["runs"] == [{"sparsity": 0.0, **changed}]
  assert result["settings"]["train_split"] == "train[:64]"


def test_pruned_generators_stand_apart():
  pruned = [{**x, "sparsity": 0.8} for x in _LINES[:2]]
  dense, other = small_data.table([*_LINES, *pruned]).split("\n\n", 1)
  assert dense == small_data.table(_LINES)
  assert other.startswith("With 80% zeros:\n\n| regularizer |")
  assert other.endswith("| none | 15 ± 7.1 |  | 0.50 ± 0 | 0.25 ± 0 |")


def test_a_generator_is_pruned_to_its_share():
  settings = small_data.dcgan_task.Settings(width=4)
  gan = small_data._pruned(small_data._gan(settings, (28, 28, 1), []), 0.8, 700)
  images = np.zeros((32, 28, 28, 1), "f")
  data = tf.data.Dataset.from_tensor_slices(images).batch(4).repeat()
  gan.fit(data, steps_per_epoch=600, verbose=0)
  assert tgp.sparsity_report(gan.generator).overall == pytest.approx(
    0.8, abs=0.01
  )


def test_a_folder_of_other_settings_is_refused(tmp_path):
  settings = small_data.settings
  flags = {"small_data_width": "2", "small_data_steps": "2"}
  with flagsaver.as_parsed(**flags):
    small_data.SmallData(tmp_path, settings(), 2)
    with pytest.raises(ValueError, match="small_data_dir"):
      small_data.SmallData(tmp_path, settings(), 3)
