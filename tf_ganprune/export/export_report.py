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
"""What `export_tflite` tells about a file."""

import dataclasses
import pathlib


@dataclasses.dataclass(frozen=True)
class ExportReport:
  """What `export_tflite` wrote.

  Example:
    >>> report = tgp.export_tflite(generator, "generator.tflite")
    >>> print(report.num_bytes, *report.notes)

  Attributes:
    path: The file.
    target: The target's name.
    num_bytes: The file's size.
    gzip_bytes: Its size after gzip at level 9, about what a download costs.
    max_abs_error: The largest absolute difference from Keras, of any output and
      wherever the file was run.
    notes: What was chosen and why, one sentence each.
    delegated: The share of the operators that the target's delegate runs, from
      0 to 1: XNNPACK's on CPUs, the GPU's for `'gpu'`. None if that could not
      be measured here.
    frechet_distance: Of the file's images; None without an evaluator.
    keras_frechet_distance: Of Keras's images from the same inputs.
  """

  path: pathlib.Path
  target: str
  num_bytes: int
  gzip_bytes: int
  max_abs_error: float
  notes: tuple[str, ...]
  delegated: float | None = None
  frechet_distance: float | None = None
  keras_frechet_distance: float | None = None

  def __str__(self) -> str:
    """Returns what there is to know, a line each."""
    lines = [
      f"{self.path}, for {self.target!r}: {self.num_bytes:,} bytes,"
      f" {self.gzip_bytes:,} gzipped.",
      f"Largest difference from Keras: {self.max_abs_error:.2g}.",
    ]
    if self.delegated is not None:
      lines.append(f"On the delegate: {self.delegated:.0%} of the operators.")
    if self.frechet_distance is not None:
      lines.append(
        f"Fréchet distance: {self.frechet_distance:.4g}, Keras's"
        f" {self.keras_frechet_distance:.4g}."
      )
    return "\n".join([*lines, *self.notes])
