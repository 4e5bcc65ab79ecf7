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
"""Trains the runs of a sweep as trials of Ray Tune, on a machine or a cluster.

The sweep's folder must be one that all machines can write to. Workers call
`SweepJob.measure`, so that the lines are the same as without Ray.
"""

import dataclasses
import functools
import importlib
import os
import sys
import traceback
import types
from collections.abc import Callable, Sequence
from unittest import mock

from tf_ganprune.experiments import sweep_job

_TUNE = types.MappingProxyType(
  {
    "RAY_CHDIR_TO_TRIAL_DIR": "0",  # relative paths mean the same in workers
    "RAY_AIR_NEW_OUTPUT": "0",  # the old output is silent with `verbose=0`
  }
)


def measure_all(
  job: sweep_job.SweepJob,
  runs: Sequence[sweep_job.Run],
  report: Callable[[sweep_job.Run, dict], None],
  cpus: int = 1,
) -> None:
  """Trains and measures runs in Ray's workers.

  A run whose worker is killed resumes from its last finished epoch. Workers
  join the cluster that RAY_ADDRESS names, or are started on this machine. Tune
  writes its own files to `ray_tune` in the sweep's folder; they may be deleted.

  Args:
    job: The sweep, opened.
    runs: The runs to measure.
    report: A function that is called with each run and its line as it ends.
    cpus: The number of CPUs that a run gets.

  Raises:
    ImportError: If Ray Tune is not installed.
    ValueError: If a run refuses its settings. The other runs are stopped, and
      resume when the sweep is started again.
    RuntimeError: If a run fails otherwise, with the worker's traceback.
  """
  ray, tune = _import_ray()
  if not ray.is_initialized():
    # Workers must find modules where this process found them.
    env = {"PYTHONPATH": os.pathsep.join(_paths())}
    ray.init(
      include_dashboard=False,
      log_to_driver=False,
      runtime_env={"env_vars": env},
    )
  watch = _watch(tune, report)
  with mock.patch.dict(os.environ, _TUNE):
    _tuner(tune, job, runs, cpus, watch).fit()
  if watch.failure:
    kind = ValueError if watch.failure["is_refusal"] else RuntimeError
    raise kind(watch.failure["text"])


def _import_ray():
  try:
    return importlib.import_module("ray"), importlib.import_module("ray.tune")
  except ImportError as error:
    raise ImportError(
      f"--engine=ray needs the package ray[tune], which did not import ({error}"
      "). Run: pip install 'tf_ganprune[ray]'"
    ) from error


def _paths() -> list[str]:
  return [os.path.abspath(path or os.curdir) for path in sys.path]


def _tuner(tune, job, runs, cpus, watch):
  measure = functools.partial(_measure, job.description)
  grid = tune.grid_search([dataclasses.asdict(run) for run in runs])
  return tune.Tuner(
    tune.with_resources(measure, {"cpu": cpus}),
    param_space={"run": grid},
    run_config=tune.RunConfig(
      name="ray_tune",
      storage_path=str(job.path.resolve()),
      # Killed workers are retried; errors of runs are among their results.
      failure_config=tune.FailureConfig(max_failures=-1),
      stop=watch,
      callbacks=[watch],
      verbose=0,
    ),
  )


def _watch(tune, report):
  """Returns a callback that reports results, and stops all after a failure."""

  class Watch(tune.Callback, tune.Stopper):  # type: ignore[name-defined]  # Ray is optional
    """Reports lines, and keeps the first failure."""

    failure = None

    def on_trial_result(self, iteration, trials, trial, result, **_):
      if "line" in result:
        report(sweep_job.Run(**trial.config["run"]), result["line"])
      self.failure = self.failure or result.get("failure")

    def __call__(self, trial_id, result):
      return False

    def stop_all(self):
      return self.failure is not None

    def __reduce__(self):
      # Tune pickles its tuner, and `report` may not be picklable.
      return tune.Callback, ()

  return Watch()


def _measure(description: sweep_job.Description, config: dict) -> dict:
  """Returns a run's line, or its error, as a trial's result."""
  try:
    return {"line": _job(description).measure(sweep_job.Run(**config["run"]))}
  except Exception as error:  # another trial would fail as well
    is_refusal = isinstance(error, ValueError)
    text = str(error) if is_refusal else traceback.format_exc()
    return {"failure": {"text": text, "is_refusal": is_refusal}}


@functools.cache
def _job(description: sweep_job.Description) -> sweep_job.SweepJob:
  """Opens the sweep in this worker, once, and returns it."""
  return description.open()
