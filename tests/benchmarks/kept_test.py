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
"""Every file of results that is kept can be shown, and its goals be judged."""

import functools

import pytest

from benchmarks import result_files, verdicts
from benchmarks.channels import (
  channel_scaling,
  curve_table,
  latency,
  torch_table,
)
from benchmarks.export import arm_sparse, seconds, targets
from benchmarks.pruning import (
  gan_step,
  input_pipeline,
  mask_update,
  scaling,
  strategy_steps,
  train_step,
)
from benchmarks.quality import (
  compression_table,
  evaluator_scale,
  job_plans,
  job_seeds,
  small_data,
  sparse_generator,
  strategies,
)
from tests.benchmarks import records


def _of(key, table, goals=None):
  """Returns what shows a value of a record."""
  judge = goals and (lambda record: goals(record[key]))
  return (lambda record: table(record[key])), judge


def _jobs() -> dict:
  """Returns what shows the jobs that have been run with several seeds."""
  return {
    f"{name}_seeds": _of(
      "summary", job_seeds.table, functools.partial(job_seeds.goals, job)
    )
    for name, job in job_plans.JOBS.items()
    if (result_files.FOLDER / f"{name}_seeds.json").exists()
  }


_CURVE = _of("summary", curve_table.table, curve_table.goals)
_STEPS = strategy_steps.table, strategy_steps.goals
_SHOWN = {
  "arm_sparse": (arm_sparse.table, arm_sparse.goals),
  "channel_curve": _CURVE,
  "channel_curve_at_once": _CURVE,
  "channel_curve_discriminators": _CURVE,
  "channel_latency": (latency.table, latency.goals),
  "channel_scaling": (channel_scaling.table, channel_scaling.goals),
  "compression": _of(
    "stages", compression_table.table, compression_table.goals
  ),
  "evaluator_scale": _of("results", evaluator_scale.format_results),
  "export_seconds": (seconds.table, seconds.goals),
  "export_targets": (targets._text, targets._met),
  "gan_step": (gan_step.table, gan_step.goals),
  "input_pipeline": (input_pipeline.table, input_pipeline.goals),
  "mask_update": (mask_update.table, mask_update.goals),
  **_jobs(),
  "scaling": (scaling.table, scaling.goals),
  "small_data": _of("runs", small_data.table),
  "sparse_generator": _of(
    "rows", sparse_generator.table, sparse_generator.goals
  ),
  "strategies": (strategies._text, None),
  "strategy_steps": _STEPS,
  "strategy_steps_shrinking": _STEPS,
  "torch_pruning": (torch_table.table, torch_table.goals),
  "train_step": (train_step.table, train_step.goals),
}


@pytest.mark.parametrize("name", list(_SHOWN))
def test_a_kept_file_can_be_shown(name):
  table, goals = _SHOWN[name]
  for record in records.all_of(result_files.FOLDER / f"{name}.json"):
    both = verdicts.text({"A": record, "B": record}, table, goals)
    assert both.startswith("A\n\n") and table(record) in both
    if goals is not None and goals(record):
      assert "| goal | A | B | on all |" in both


def test_every_kept_file_is_shown():
  kept = {path.stem for path in result_files.FOLDER.glob("*.json")}
  assert kept == set(_SHOWN)


def test_what_is_met_on_one_machine_of_two_is_missed():
  file = result_files.FOLDER / "channel_latency.json"
  epyc, xeon = map(latency.goals, records.all_of(file))
  name = "16, cpu-int8: 10 times faster"
  assert (epyc[name], xeon[name]) == (True, False)
  assert verdicts.on_all({"a": epyc[name], "b": xeon[name]}) is False
