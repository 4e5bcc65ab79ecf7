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
"""Exports and times the networks of GANs, and sums up their sizes."""

import dataclasses
from collections.abc import Callable, Mapping, Sequence

import tf_ganprune as tgp
from tf_ganprune.experiments import run_directory
from tf_ganprune.report import optional_imports
from tf_ganprune.sparsity import report as sparsity_report

# Inputs that a file is calibrated with.
SAMPLES = 256


@dataclasses.dataclass(frozen=True)
class _Job:
  """A file to export: a contestant's network for a target."""

  contestant: str
  network: str
  target: str
  is_only: bool

  @property
  def title(self) -> str:
    """The name of the file's target on the page."""
    return self.target if self.is_only else f"{self.network}, {self.target}"

  @property
  def file(self) -> str:
    """The name of the file."""
    parts = [self.contestant, self.network, self.target]
    if self.is_only:
      parts.remove(self.network)
    return f"{'_'.join(parts)}.tflite"


def export_all(
  run: run_directory.RunDirectory,
  networks: Mapping[str, Mapping[str, tgp.keras.Model]],
  targets: Sequence[str],
  inputs: Callable = lambda name, n, seed: None,
  runs: int = 50,
  evaluators: Callable = lambda name: None,
) -> tuple[dict[str, list[tgp.report.FileResult]], list[str]]:
  """Exports every network for every target, then times the files in turn.

  Files for a GPU or an NPU are not timed, since this would be on the CPU. If no
  file is right for a target, the others are still exported.

  Args:
    run: The folder of the files, `CONTESTANT_TARGET.tflite`, or
      `CONTESTANT_NETWORK_TARGET.tflite` if a GAN exports several networks.
    networks: The networks to export by their names, by contestant.
    targets: Names from `tgp.EXPORT_TARGETS`.
    inputs: A function of a network's name, a number and a seed that returns
      `representative_data` for `tgp.export_tflite`.
    runs: How many times each file is timed.
    evaluators: A function of a network's name that returns the `evaluator` for
      `tgp.export_tflite`, or None.

  Returns:
    The files by contestant, and sentences on targets that were refused.
  """
  jobs = [
    _Job(contestant, name, target, len(parts) == 1)
    for target in targets
    for contestant, parts in networks.items()
    for name in parts
  ]
  progress = optional_imports.need("tqdm").tqdm
  reports, refused = {}, []
  for job in progress(jobs, "Exporting", unit="file"):
    path = run / job.file
    try:
      reports[job] = tgp.export_tflite(
        networks[job.contestant][job.network],
        path,
        job.target,
        representative_data=inputs(job.network, SAMPLES, 0),
        evaluator=evaluators(job.network),
      )
    except ValueError as error:
      refused.append(f"{job.contestant}, {job.title}: {error}")
      path.unlink(missing_ok=True)  # an older one, of another training
  # Contestants alternate, so that other load on the machine slows all of them.
  times = {
    job: tgp.benchmark_tflite(reports[job].path, runs=runs).median_ms
    for job in progress(
      [job for job in reports if _runs_here(job.target)],
      "Timing in LiteRT",
      unit="file",
    )
  }
  results = {
    name: [
      _file_result(job.title, reports[job], times.get(job))
      for job in reports
      if job.contestant == name
    ]
    for name in networks
  }
  return results, refused


def _runs_here(target: str) -> bool:
  """Whether a target's files are meant to run on CPUs, and so are timed."""
  return tgp.EXPORT_TARGETS[target].accelerator == "cpu"


def _file_result(title, exported, median_ms) -> tgp.report.FileResult:
  return tgp.report.FileResult(
    target=title,
    num_bytes=exported.num_bytes,
    gzip_bytes=exported.gzip_bytes,
    median_ms=median_ms,
    max_abs_error=exported.max_abs_error,
    notes=exported.notes,
    scores=exported.scores,
  )


def contestant(
  name: str,
  networks: Mapping[str, tgp.keras.Model],
  metrics: dict[str, float],
  files: list[tgp.report.FileResult],
  history: dict[str, dict],
  discriminator: str = "",
) -> tgp.report.NetworkResult:
  """Returns a report's column for a GAN, with sums over its networks."""
  sparsity = sparsity_of(networks)
  return tgp.report.NetworkResult(
    name=name,
    metrics={k: v for k, v in metrics.items() if k != "num_classes"},
    zeros=sparsity.overall,
    parameters=sum(x.count_params() for x in networks.values()),
    macs=sum(tgp.profile(x).macs for x in networks.values()),
    files=files,
    sparsity=sparsity.layers,
    history=history,
    discriminator=discriminator,
  )


def sparsity_of(
  networks: Mapping[str, tgp.keras.Model],
) -> sparsity_report.SparsityReport:
  """Returns one sparsity report on several networks.

  Args:
    networks: The networks by name. If there are several, layers are called
      `network/layer`.
  """
  reports = {name: tgp.sparsity_report(x) for name, x in networks.items()}
  if len(reports) == 1:
    return next(iter(reports.values()))
  return sparsity_report.SparsityReport(
    tuple(
      layer._replace(name=f"{name}/{layer.name}")
      for name, report in reports.items()
      for layer in report.layers
    ),
    tuple(note for report in reports.values() for note in report.notes),
  )
