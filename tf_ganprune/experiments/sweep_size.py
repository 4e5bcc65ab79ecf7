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
"""Measures zeros, MACs and bytes of the networks that a sweep's run trained."""

import tf_ganprune as tgp
from tf_ganprune.experiments import exporting, handover, run_directory
from tf_ganprune.experiments import task as tasks


def measure(
  task: tasks.Task,
  gan: tgp.PrunedGAN,
  dense_size: int,
  directory: run_directory.RunDirectory,
) -> dict:
  """Exports a GAN's networks for the CPU, and returns their sizes.

  Args:
    task: The family's `Task`.
    gan: The GAN.
    dense_size: The number of prunable weights of the dense networks.
    directory: The `RunDirectory` of the exported files.

  Returns:
    A dict with `zeros`, `macs` and `gzip_bytes`, as described in
    `sweep_job.SweepJob.measure`.
  """
  networks = task.exported(gan)
  report = exporting.sparsity_of(networks)
  reports = [
    tgp.export_tflite(
      network,
      directory / f"{name}.tflite",
      target="cpu",
      representative_data=handover.calibration(
        task, gan, name, exporting.SAMPLES, 0
      ),
    )
    for name, network in networks.items()
  ]
  return {
    "zeros": 1 - (1 - report.overall) * report.size / dense_size,
    "macs": round(sum(map(_macs, networks.values()))),
    "gzip_bytes": sum(exported.gzip_bytes for exported in reports),
  }


def _macs(network) -> float:
  """Returns the number of multiplications with weights that are not zero."""
  layers = tgp.sparsity_report(network).layers
  zeros = {layer.name: layer.sparsity for layer in layers}
  return sum(
    x.macs * (1 - zeros.get(x.name, 0.0)) for x in tgp.profile(network).layers
  )
