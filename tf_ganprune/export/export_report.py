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
"""The record that `export_tflite` returns about the file that it wrote."""

import dataclasses
import pathlib
from collections.abc import Mapping

_TITLES = {"frechet_distance": "Fréchet distance"}


@dataclasses.dataclass(frozen=True)
class ExportReport:
  """The sizes, errors and notes of one exported file.

  Example:
    >>> report = tgp.export_tflite(generator, "generator.tflite")
    >>> print(report.num_bytes, *report.notes)

  Attributes:
    path: The path of the file.
    target: The target's name.
    num_bytes: The file's size in bytes.
    gzip_bytes: Its size in bytes after gzip at level 9, about that of a
      download.
    max_abs_error: The largest absolute difference from Keras, of all outputs
      and of all devices that the file was run on.
    notes: The choices that were made and their reasons, one sentence each.
    delegated: The share of the operators that the target's delegate runs, from
      0 to 1: XNNPACK's on CPUs, the GPU's for `'gpu'`. None if that could not
      be measured here.
    scores: What an evaluator says of the file's outputs, by name; empty without
      one.
    keras_scores: What it says of Keras's outputs for the same inputs.
  """

  path: pathlib.Path
  target: str
  num_bytes: int
  gzip_bytes: int
  max_abs_error: float
  notes: tuple[str, ...]
  delegated: float | None = None
  scores: Mapping[str, float] = dataclasses.field(default_factory=dict)
  keras_scores: Mapping[str, float] = dataclasses.field(default_factory=dict)

  @property
  def frechet_distance(self) -> float | None:
    """The Fréchet distance of the file's images; None if it is not known."""
    return self.scores.get("frechet_distance")

  @property
  def keras_frechet_distance(self) -> float | None:
    """That of Keras's images from the same inputs."""
    return self.keras_scores.get("frechet_distance")

  def __str__(self) -> str:
    """Returns the record as text: sizes, differences and notes, a line each."""
    lines = [
      f"{self.path}, for {self.target!r}: {self.num_bytes:,} bytes,"
      f" {self.gzip_bytes:,} gzipped.",
      f"Largest difference from Keras: {self.max_abs_error:.2g}.",
    ]
    if self.delegated is not None:
      lines.append(f"On the delegate: {self.delegated:.0%} of the operators.")
    lines += [
      f"{_TITLES.get(name, name)}: {value:.4g}, Keras's"
      f" {self.keras_scores[name]:.4g}."
      for name, value in self.scores.items()
    ]
    return "\n".join([*lines, *self.notes])
