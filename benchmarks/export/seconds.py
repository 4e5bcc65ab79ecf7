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
"""Times the first export of a process and later ones, against another state.

  python -m benchmarks.export.seconds --before=FOLDER

starts processes in turn, of this checkout and of the one in FOLDER (for example
`git worktree add FOLDER COMMIT`), each of which exports a DCGAN generator some
times. It prints the medians over processes of the first export, and of the
later ones, and writes them as JSON.
"""

import json
import os
import pathlib
import statistics
import subprocess
import sys

from absl import app, flags

from benchmarks import result_files, verdicts
from tf_ganprune import markdown_table

_BEFORE = flags.DEFINE_string("before", None, "Another checkout's folder.")
_TARGETS = flags.DEFINE_list(
  "export_targets", ["cpu", "cpu-int8"], "Names from EXPORT_TARGETS."
)
_PROCESSES = flags.DEFINE_integer("processes", 5, "Of each state.", 1)
_EXPORTS = flags.DEFINE_integer("exports", 8, "Of a process.", 2)
_WIDTH = flags.DEFINE_integer("generator_width", 32, "Of the DCGAN.", 1)
_GOAL = 0.1  # a later export may cost so much more than before
_PROGRAM = pathlib.Path(__file__).with_name("seconds_program.py")
_HEADER = ("target", "export", "before, s", "now, s", "cost", "goal")


def run(folder: pathlib.Path, target: str) -> list[float]:
  """Returns the seconds of the exports of a new process.

  Args:
    folder: The checkout whose package it uses.
    target: A name from `tgp.EXPORT_TARGETS`.
  """
  done = subprocess.run(
    [
      *(sys.executable, str(_PROGRAM), target),
      *(str(_EXPORTS.value), str(_WIDTH.value)),
    ],
    env=os.environ | {"PYTHONPATH": str(folder), "TF_CPP_MIN_LOG_LEVEL": "3"},
    cwd=folder,
    capture_output=True,
    text=True,
    check=False,
  )
  if done.returncode:
    raise RuntimeError(f"{_PROGRAM.name} failed in {folder}: {done.stderr}")
  return json.loads(done.stdout.splitlines()[-1])


def measure(folders: dict[str, pathlib.Path], target: str) -> dict:
  """Returns medians in seconds, of processes that are started in turn.

  Args:
    folders: The checkouts, by the name of the state.
    target: A name from `tgp.EXPORT_TARGETS`.
  """
  seconds = {name: [] for name in folders}
  for _ in range(_PROCESSES.value):
    for name, folder in folders.items():
      seconds[name].append(run(folder, target))
  return {
    name: {
      "first": statistics.median(one[0] for one in of_state),
      "later": statistics.median(x for one in of_state for x in one[1:]),
      "processes": of_state,
    }
    for name, of_state in seconds.items()
  }


def _cost(of_target: dict, kind: str) -> float | None:
  """Returns the share that exports take more than before, if that is known."""
  before = of_target.get("before", {}).get(kind)
  return of_target["now"][kind] / before - 1 if before else None


def goals(record: dict) -> dict[str, bool]:
  """Returns by target whether later exports take about as long as before."""
  costs = {x: _cost(y, "later") for x, y in record["seconds"].items()}
  return {x: cost <= _GOAL for x, cost in costs.items() if cost is not None}


def rows(record: dict) -> list[list]:
  """Returns the table's rows."""
  found, met = [], goals(record)
  for target, of_target in record["seconds"].items():
    for kind in ("first", "later"):
      now, cost = of_target["now"][kind], _cost(of_target, kind)
      before = of_target.get("before", {}).get(kind, "")
      share = "" if cost is None else f"{cost:+.1%}"
      is_goal = kind == "later" and target in met
      goal = f"{_GOAL:+.0%}: {verdicts.word(met[target])}" if is_goal else ""
      found.append([target, kind, before, now, share, goal])
  return found


def table(record: dict) -> str:
  """Returns what a machine's record has, in Markdown."""
  return markdown_table.text(_HEADER, rows(record))


def main(argv):
  """Measures, prints and writes."""
  del argv
  folders = {"now": _PROGRAM.parents[2]}
  if _BEFORE.value:
    folders = {"before": pathlib.Path(_BEFORE.value).resolve()} | folders
  file = result_files.opened(
    "export_seconds",
    {
      "exports_of_a_process": _EXPORTS.value,
      "generator_width": _WIDTH.value,
    },
  )
  for target in _TARGETS.value:
    file.add({"seconds": {target: measure(folders, target)}})
  print(verdicts.text(file.machines(), table, goals))


if __name__ == "__main__":
  app.run(main)
