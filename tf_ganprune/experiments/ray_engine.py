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
"""Runs of a sweep as tasks of Ray, on one machine or a cluster.

The sweep's folder must be one that all machines see. The lines are the same as
without Ray: each worker measures as `SweepJob.measure` does.
"""

import functools
import importlib
import os
import sys
from collections.abc import Iterator, Sequence

from tf_ganprune.experiments import sweep_job


def measure_all(
  job: sweep_job.SweepJob, runs: Sequence[sweep_job.Run], cpus: int = 1
) -> Iterator[tuple[sweep_job.Run, dict]]:
  """Measures runs in Ray's workers, and gives each with its line as it ends.

  A run whose worker is killed is taken up again, from its last finished epoch.
  Workers join the cluster that RAY_ADDRESS names, or are started here.

  Args:
    job: The sweep, opened.
    runs: What to measure.
    cpus: How many a run is given.

  Returns:
    An iterator over runs and their lines.

  Raises:
    ImportError: If Ray is not installed.
  """
  try:
    ray = importlib.import_module("ray")
  except ImportError as error:
    raise ImportError(
      "--engine=ray needs the package ray, which did not import"
      f" ({error}). Run: pip install 'tf_ganprune[ray]'"
    ) from error
  return _measured(ray, job, runs, cpus)


def _measured(ray, job, runs, cpus):
  if not ray.is_initialized():
    ray.init(
      include_dashboard=False,
      log_to_driver=False,
      # What workers import must be found where this process found it.
      runtime_env={"env_vars": {"PYTHONPATH": os.pathsep.join(_paths())}},
    )
  # Whatever a run raises is a bug, which another try would not mend.
  remote = ray.remote(num_cpus=cpus, max_retries=-1)(_measure)
  running = {remote.remote(job.description, run): run for run in runs}
  while running:
    (done, *_), _ = ray.wait(list(running))
    yield running.pop(done), ray.get(done)


def _paths() -> list[str]:
  return [os.path.abspath(path or os.curdir) for path in sys.path]


def _measure(description: sweep_job.Description, run: sweep_job.Run) -> dict:
  return _job(description).measure(run)


@functools.cache
def _job(description: sweep_job.Description) -> sweep_job.SweepJob:
  """Returns the sweep in this worker, which opens it once."""
  return description.open()
