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
"""Tests of the comparison with Torch-Pruning, which a stand-in plays."""

import ast
import pathlib
import sys

import pytest
from absl.testing import flagsaver

from benchmarks.channels import torch_pruning, torch_table
from tests.benchmarks import records

_CASE = torch_pruning.Case(
  "dcgan", {"image_shape": (8, 8, 1), "latent_dim": 4, "width": 4}
)


class _StandIn:
  """Prunes a network as far as it is told."""

  versions = {"torch": "0", "torch-pruning": "0"}

  def __init__(self, after, before=None):
    self.before = before or _before()
    self.after = after
    self.requests = []

  def ask(self, **request):
    self.requests.append(request)
    if request.get("seconds_only"):
      return {"seconds": 2.0}
    return {"before": self.before, "after": self.after, "seconds": 9.0}

  def close(self):
    pass


def _before():
  return torch_pruning.cost(torch_pruning.build(_CASE))


def _without(before, name):
  """Returns what is left when only one layer makes fewer channels."""
  layers = {key: list(sides) for key, sides in before["layers"].items()}
  layers[name][1] -= 1
  return before | {"layers": layers}


def test_costs_count_what_layers_take_and_make():
  assert _before() == {
    "params": 4 * 64 + 16 + 144 + 16 + 4 * 16 + 1,
    "macs": 4 * 64 + 16 * 144 + 16 * 4 * 16,
    "layers": {
      "dense": [4, 64],
      "conv_4x4": [4, 4],
      "conv_transpose_8x8": [4, 1],
    },
  }


@pytest.mark.slow
def test_half_the_channels_of_every_layer_go():
  contestant = _StandIn(_without(_before(), "conv_4x4"))
  result = torch_pruning.compare(_CASE, contestant, 3)
  (ours,), (theirs,) = (
    result[tool]["outcomes"] for tool in ("ours", "Torch-Pruning")
  )
  assert ours["layers"] == {
    "dense": [4, 32],
    "conv_4x4": [2, 2],
    "conv_transpose_8x8": [2, 1],
  }
  assert ours["whole"] == []
  assert ours["seeds"] == theirs["seeds"] == [0, 1, 2]
  assert theirs["whole"] == ["dense"]
  assert result["Torch-Pruning"]["timing"]["median"] == 2.0
  assert result["shrunk by Torch-Pruning only"] == []
  assert "met" in torch_table.conclusion({"x": result})
  assert [x["seed"] for x in contestant.requests[:3]] == [0, 1, 2]
  assert contestant.requests[-1]["options"]["width"] == 4


def test_a_network_that_does_not_run_is_an_outcome_of_its_own():
  before = _before()
  broken = before | {"macs": None, "error": "shape"}
  lefts = [before, broken, before]
  outcomes = torch_pruning._distinct(before, lefts, "conv_transpose_8x8")
  assert [x["seeds"] for x in outcomes] == [[0, 2], [1]]
  timing = {"median": 1.0, "half_width": 0.0}
  rows = torch_table._rows(
    "x", "y", {"outcomes": outcomes, "timing": timing}, before
  )
  assert rows[0][:3] == ["x", "y, seeds [0, 2]", "497"]
  assert rows[1][4] == "does not run"


def test_what_only_the_other_shrinks_is_named():
  before = _before()
  one, other = _without(before, "dense"), _without(before, "conv_4x4")
  found = torch_pruning.shrunk_by_one_only(before, one, other)
  assert found == ["dense, outputs"]
  text = torch_table.conclusion({"x": {"shrunk by Torch-Pruning only": found}})
  assert text.endswith("missed. x: dense, outputs.")


def test_networks_that_differ_are_not_compared():
  before = _before() | {"macs": 1}
  with pytest.raises(RuntimeError, match="dcgan .*'macs': 1,"):
    torch_pruning.compare(_CASE, _StandIn(before, before), 3)


@pytest.mark.slow
def test_the_program_prints_a_table_and_writes_json(
  tmp_path, capsys, monkeypatch
):
  contestant = _StandIn(_without(_before(), "conv_4x4"))
  monkeypatch.setattr(torch_pruning, "Contestant", lambda _: contestant)
  monkeypatch.setattr(torch_pruning, "_CASES", {"tiny": _CASE})
  path = tmp_path / "result.json"
  with flagsaver.flagsaver(python="x", output=str(path), max_rounds=3):
    torch_pruning.main([])
  lines = capsys.readouterr().out.splitlines()
  assert lines[2].startswith("| tiny | before | 497 | 100.0 | ")
  assert "| tiny | Torch-Pruning | " in lines[4] and "| dense | " in lines[4]
  assert lines[-1].endswith("met.")
  written = records.only(path)
  assert written["results"]["tiny"]["before"]["params"] == 497
  assert written["torch-pruning"] == "0"


@pytest.mark.slow
def test_without_the_other_environment_it_says_how_to_make_it(
  tmp_path, capsys, monkeypatch
):
  monkeypatch.setattr(torch_pruning, "_CASES", {"tiny": _CASE})
  path = tmp_path / "result.json"
  with flagsaver.flagsaver(python=None, output=str(path), max_rounds=3):
    torch_pruning.main([])
  text = capsys.readouterr().out
  assert "| tiny | ours | " in text and "Torch-Pruning |" not in text
  assert "pip install torch==2.13.0 torch-pruning==1.6.1" in text
  assert not path.exists()


@pytest.fixture
def _python(tmp_path):
  """Returns a program that answers as the contestant does."""
  program = tmp_path / "python"
  program.write_text(
    f"#!{sys.executable}\nimport sys\n"
    'print(\'{"torch": "1"}\', flush=True)\n'
    "print(sys.stdin.readline(), end='', flush=True)\n"
  )
  program.chmod(0o755)
  return str(program)


def test_a_contestant_answers_until_it_ends(_python):
  contestant = torch_pruning.Contestant(_python)
  assert contestant.versions == {"torch": "1"}
  assert contestant.ask(network="dcgan") == {"network": "dcgan"}
  with pytest.raises(ChildProcessError, match="--python"):
    contestant._read()
  contestant.close()


def test_what_runs_elsewhere_imports_nothing_of_the_package():
  folder = pathlib.Path(torch_pruning.__file__).parent
  for name in ("torch_networks.py", "torch_pruning_contestant.py"):
    tree = ast.parse((folder / name).read_text())
    modules = {
      x.module if isinstance(x, ast.ImportFrom) else x.names[0].name
      for x in ast.walk(tree)
      if isinstance(x, ast.Import | ast.ImportFrom)
    }
    assert not any("tensorflow" in x or "tf_" in x for x in modules)
