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
"""Tests that an experiment that is killed ends as if it had not been."""

import contextlib
import json

import numpy as np
import pytest

import tf_ganprune as tgp
from tests.examples import job
from tests.examples import programs as programs_
from tests.experiments import mapping_program

_PROGRAM = mapping_program.__name__
# Whatever is there first when it is killed, in the order of an experiment.
_MOMENTS = (
  "checkpoints/begin/chief/ckpt-1.digest",
  "checkpoints/pruned/chief/ckpt-2.digest",
  "checkpoints/slim/chief/ckpt-1.digest",
)


@pytest.fixture(scope="module", name="programs")
def _programs():
  with contextlib.closing(programs_.Programs()) as started:
    yield started


def _finish(programs, folder, what) -> str:
  """Runs it to the end, or trains; returns what it printed."""
  result = programs.run(_PROGRAM, str(folder), what)
  assert result.returncode == 0, result.stderr[-2000:]
  return result.stdout


def _state(folder, name) -> list[np.ndarray]:
  """Returns weights, masks, steps and optimizers of what was trained."""
  gan = tgp.load_model(folder / f"{name}.keras")
  parts = [*gan.networks.values(), *gan.optimizers.values()]
  found = [getattr(part, "weights", None) or part.variables for part in parts]
  return [x.numpy() for of_one in found for x in of_one]


@pytest.mark.slow
def test_killed_at_some_moments_ends_as_if_never_killed(programs, tmp_path):
  whole, killed = tmp_path / "whole", tmp_path / "killed"
  _finish(programs, whole, "train")
  for moment in _MOMENTS:
    job.kill_when_there(
      killed / moment, programs, str(killed), "run", program=_PROGRAM
    )
    assert not (killed / "slim.keras").exists()
  text = _finish(programs, killed, "run")
  assert f"Resuming the run in {killed}." in text
  for name in ("begin", "pruned", "whole"):
    assert f"Phase '{name}': already trained" in text
  for name in ("begin", *mapping_program.SETTINGS.phases):
    pairs = zip(_state(killed, name), _state(whole, name), strict=True)
    for ours, theirs in pairs:
      np.testing.assert_array_equal(ours, theirs)
  found = json.loads((killed / "metrics.json").read_text())["contestants"]
  assert found["pruned"]["zeros"] == pytest.approx(0.8, abs=0.02)
  assert (killed / "report.html").exists()
