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
"""Exports networks, measures the files, and compares what came of them."""

import os
import pathlib
import platform

import numpy as np
import tqdm

import tf_ganprune as tgp
from tf_ganprune.experiments import (
  run_directory,
)


def exported_network(gan: tgp.GAN) -> tgp.keras.Model:
  """Returns the averaged generator, or the live one, without wrappers."""
  if gan.ema_generator is not None:
    return gan.ema_generator
  return tgp.strip_pruning(gan.generator)


def export(
  run: run_directory.RunDirectory,
  networks: dict[str, tgp.keras.Model],
  targets: list[str],
  runs: int,
) -> tuple[dict[str, list[tgp.report.FileResult]], list[str]]:
  """Exports every network for every target, then times the files in turn.

  Files for a GPU or an NPU are not timed, since this would be on the CPU. A
  target for which no file is right does not cost the others theirs.

  Args:
    run: Where `NAME_TARGET.tflite` go.
    networks: By name.
    targets: Names from `tgp.EXPORT_TARGETS`.
    runs: How often each file is timed.

  Returns:
    The files of each network, and what was refused and why.
  """
  jobs = [(name, target) for target in targets for name in networks]
  reports, refused = {}, []
  for name, target in tqdm.tqdm(jobs, "Exporting", unit="file"):
    path = run / f"{name}_{target}.tflite"
    try:
      reports[name, target] = tgp.export_tflite(networks[name], path, target)
    except ValueError as error:
      refused.append(f"{name}, {target}: {error}")
      path.unlink(missing_ok=True)  # an older one, of another training
  # Contestants alternate, so that whatever else the machine does hits both.
  timed = [job for job in reports if _runs_here(job[1])]
  times = {
    job: tgp.benchmark_tflite(reports[job].path, runs=runs).median_ms
    for job in tqdm.tqdm(timed, "Timing in LiteRT", unit="file")
  }
  results = {
    name: [
      _file_result(reports[name, target], times.get((name, target)))
      for target in targets
      if (name, target) in reports
    ]
    for name in networks
  }
  return results, refused


def _runs_here(target: str) -> bool:
  """Whether milliseconds on this CPU say something about a target."""
  return tgp.EXPORT_TARGETS[target].accelerator == "cpu"


def _file_result(exported, median_ms) -> tgp.report.FileResult:
  return tgp.report.FileResult(
    target=exported.target,
    num_bytes=exported.num_bytes,
    gzip_bytes=exported.gzip_bytes,
    median_ms=median_ms,
    max_abs_error=exported.max_abs_error,
    notes=exported.notes,
  )


def contestant(
  name: str,
  network: tgp.keras.Model,
  metrics: dict[str, float],
  files: list[tgp.report.FileResult],
  history: dict[str, dict],
  discriminator: str = "",
) -> tgp.report.Contestant:
  """Returns a column of the report."""
  sparsity = tgp.sparsity_report(network)
  return tgp.report.Contestant(
    name=name,
    metrics={k: v for k, v in metrics.items() if k != "num_classes"},
    zeros=sparsity.overall,
    parameters=network.count_params(),
    macs=tgp.profile(network).macs,
    files=files,
    sparsity=sparsity.layers,
    history=history,
    discriminator=discriminator,
  )


def sample_sheet(gans: dict[str, tgp.GAN], n: int, seed: int) -> np.ndarray:
  """Returns the pictures that GANs make of the same latents, side by side."""
  return tgp.report.comparison_grid(
    {
      name: tgp.standard_images(gan, gan.generate(n, seed=seed))
      for name, gan in gans.items()
    }
  )


def machine() -> str:
  """Returns the processor and the versions that times depend on."""
  info = pathlib.Path("/proc/cpuinfo")
  lines = info.read_text().splitlines() if info.exists() else []
  models = [line for line in lines if line.startswith("model name")]
  cpu = models[0].partition(":")[2].strip() if models else platform.processor()
  return (
    f"{cpu}, {os.cpu_count()} cores, {platform.system()}, Python"
    f" {platform.python_version()}"
  )
