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
"""A table of the stages of a compression: quality and bytes of each."""

import dataclasses
from collections.abc import Sequence
from typing import Protocol

import numpy as np

from tf_ganprune.compression import weight_wrappers
from tf_ganprune.keras_compat import keras
from tf_ganprune.sparsity import report as sparsity_report


class FileReport(Protocol):
  """The parts of an export's report that a stage records."""

  @property
  def num_bytes(self) -> int:
    """The size of the file, in bytes."""

  @property
  def gzip_bytes(self) -> int:
    """The size of the file after gzip, in bytes."""

  @property
  def frechet_distance(self) -> float | None:
    """The Fréchet distance of the file's images, None if not evaluated."""


@dataclasses.dataclass(frozen=True)
class Stage:
  """A network after a stage of compression, and the size of its file.

  Example:
    >>> Stage("pruned", 0.8, 40112, 287988, 240529, frechet_distance=4.2)

  Attributes:
    name: The name of the stage, such as 'pruned'.
    sparsity: The share of zeros among its prunable weights, in [0, 1].
    number_of_clusters: The largest number of different values of a kernel.
    num_bytes: The size of the file, in bytes.
    gzip_bytes: The size of the file after gzip, in bytes.
    frechet_distance: The Fréchet distance of its images, None if not measured.
  """

  name: str
  sparsity: float
  number_of_clusters: int
  num_bytes: int
  gzip_bytes: int
  frechet_distance: float | None = None


def stage(
  name: str,
  model: keras.Model,
  report: FileReport,
  frechet_distance: float | None = None,
) -> Stage:
  """Returns the record of a stage: a network's zeros, values and file sizes.

  Args:
    name: The name of the stage, such as 'pruned'.
    model: The network after the stage.
    report: The report that `tgp.export_tflite` returned for it.
    frechet_distance: The Fréchet distance of its images; by default that of the
      file, if the export had an evaluator.
  """
  if frechet_distance is None:
    frechet_distance = report.frechet_distance
  return Stage(
    name,
    sparsity_report.sparsity_report(model).overall,
    max((len(np.unique(x)) for x in _kernels(model)), default=0),
    report.num_bytes,
    report.gzip_bytes,
    frechet_distance,
  )


def table(stages: Sequence[Stage]) -> str:
  """Returns stages as a Markdown table, each compared with the first.

  Args:
    stages: The stages, in order. Sizes after gzip are compared with the first
      one's file without gzip, as in Han et al. 2016, table 1.
  """
  first = stages[0]
  lines = [
    "| stage | zeros | values | bytes | gzipped | times smaller"
    " | Fréchet distance | of the first |",
    "|---|---|---|---|---|---|---|---|",
  ]
  for one in stages:
    distance, ratio = one.frechet_distance, ""
    if distance is not None and first.frechet_distance:
      ratio = f"{distance / first.frechet_distance:.2f}"
    lines.append(
      f"| {one.name} | {one.sparsity:.1%} | {one.number_of_clusters:,}"
      f" | {one.num_bytes:,} | {one.gzip_bytes:,}"
      f" | {first.num_bytes / one.gzip_bytes:.1f}"
      f" | {'' if distance is None else f'{distance:.4g}'} | {ratio} |"
    )
  return "\n".join(lines)


def _kernels(model) -> list[np.ndarray]:
  """Returns the kernels that layers compute with, arrays."""
  layers = list(model._flatten_layers())
  wrappers = [
    x for x in layers if isinstance(x, weight_wrappers.CompressedWeights)
  ]
  wrapped = {id(one) for x in wrappers for one in (x, x.layer)}
  kernels = [kernel for x in wrappers for kernel in x.kernels().values()]
  for layer in layers:
    if id(layer) not in wrapped:
      kernels += [
        getattr(layer, x) for x in weight_wrappers.kernel_names(layer)
      ]
  return [np.asarray(kernel) for kernel in kernels]
