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
"""The records that a report shows, which any program can fill in."""

import dataclasses
from collections.abc import Mapping, Sequence

import numpy as np

from tf_ganprune import interpretation
from tf_ganprune.metrics import scores as scores_
from tf_ganprune.report import sections as sections_
from tf_ganprune.sparsity import report


@dataclasses.dataclass(frozen=True)
class FileResult:
  """The size, time and error of one exported file.

  Example:
    `FileResult("cpu", 912_000, 840_000, median_ms=1.3, max_abs_error=2e-7)`

  Attributes:
    target: The export target, such as "cpu-int8".
    num_bytes: The size in bytes.
    gzip_bytes: The size in bytes after gzip.
    median_ms: The milliseconds of one run, or None if they were not measured.
    max_abs_error: The largest absolute difference from Keras, or None.
    notes: The notes of the export's report.
    scores: Measures of the file's own outputs, by names of the comparison's
      `scores`.
  """

  target: str
  num_bytes: int
  gzip_bytes: int
  median_ms: float | None = None
  max_abs_error: float | None = None
  notes: Sequence[str] = ()
  scores: Mapping[str, float] = dataclasses.field(default_factory=dict)


@dataclasses.dataclass(frozen=True)
class NetworkResult:
  """The results of one network: a column of the comparison's table.

  Example:
    `NetworkResult("dense", {"frechet_distance": 12.3}, zeros=0.0)`

  Attributes:
    name: The column's heading.
    metrics: Measures of quality by name; None is shown as "n/a". Titles and
      units of the names are in the comparison's `scores`.
    zeros: The share of the weights that are zero, in [0, 1].
    parameters: The number of weights, zeros included, or None.
    macs: The multiply-accumulates for one example, or None.
    files: The exported files.
    sparsity: The layers, as `tgp.sparsity_report` gives them.
    history: For each phase of the training the columns "step" and one for each
      loss or other value to draw, under any name, such as
      `{"train": {"step": [1, 2], "cycle_loss": [0.7, 0.6]}}`.
    remark: A sentence for the end of the network's part of the summary.
    discriminator: The end of the remark "Its discriminator was ...", such as
      "kept whole"; the empty text for no such remark.
  """

  name: str
  metrics: Mapping[str, float | None]
  zeros: float
  parameters: int | None = None
  macs: int | None = None
  files: Sequence[FileResult] = ()
  sparsity: Sequence[report.LayerSparsity] = ()
  history: Mapping[str, Mapping[str, Sequence[float]]] = dataclasses.field(
    default_factory=dict
  )
  discriminator: str = ""
  remark: str = ""

  def __post_init__(self):
    if not 0.0 <= self.zeros <= 1.0:
      raise ValueError(
        f"`zeros` of {self.name!r} must be a share between 0 and 1; got"
        f" {self.zeros}."
      )

  @property
  def remarks(self) -> str:
    """The remarks at the end of the network's summary, in one text."""
    said = self.discriminator and f"Its discriminator was {self.discriminator}."
    return f"{self.remark} {said}".strip()

  def file(self, target: str) -> FileResult | None:
    """Returns the file for a target, or None."""
    return next((file for file in self.files if file.target == target), None)


@dataclasses.dataclass(frozen=True)
class Comparison:
  """The networks and all else that the page and the table show.

  Example:
    `write_report("report.html", Comparison("Faces", [dense, pruned]))`

  Attributes:
    title: The page's heading.
    contestants: The networks; the first is the base of all ratios.
    settings: The settings of the program, such as its flags.
    machine: The machine on which milliseconds were measured.
    notes: Sentences for the reader.
    samples_png: Pictures: the bytes of a PNG or a uint8 array
      `[height, width, channels]`, or None.
    explanations: The results of `tgp.explain` for the base and each of the
      other networks, by their names.
    scores: The title, the unit and the better direction of each of the
      contestants' `metrics`, the most telling first. By default names of
      `tgp.metrics.Evaluator` are known, and others are shown as they are.
    sections: Outputs of the networks to look at and listen to: `Pictures`,
      `PictureRows`, `Sounds`, `Texts`, or another object with a `title`, a
      `caption` and `drawn()`.
    curve_titles: The titles of the histories' charts, by the names of columns.
  """

  title: str
  contestants: Sequence[NetworkResult]
  settings: Mapping[str, object] = dataclasses.field(default_factory=dict)
  machine: str = ""
  notes: Sequence[str] = ()
  samples_png: bytes | np.ndarray | None = None
  explanations: Mapping[str, interpretation.Explanation] = dataclasses.field(
    default_factory=dict
  )
  scores: Sequence[scores_.Score] = ()
  sections: Sequence[sections_.Section] = ()
  curve_titles: Mapping[str, str] = dataclasses.field(default_factory=dict)

  def __post_init__(self):
    names = [contestant.name for contestant in self.contestants]
    if not names:
      raise ValueError(
        "`contestants` is empty; pass a NetworkResult for each network."
      )
    if len(set(names)) < len(names):
      raise ValueError(
        f"`contestants` must have names that differ; got {names}."
      )
    if unknown := [name for name in self.explanations if name not in names[1:]]:
      raise ValueError(
        "`explanations` must have names of contestants after the first as keys,"
        f" {names[1:]}; got {unknown}."
      )
    scores = [score.name for score in self.scores]
    if len(set(scores)) < len(scores):
      raise ValueError(f"`scores` must have names that differ; got {scores}.")
    for section in self.sections:
      if not callable(getattr(section, "drawn", None)):
        raise ValueError(
          "`sections` must be objects with a title, a caption and `drawn()`,"
          f" such as `tgp.report.Pictures`; got {section!r}."
        )

  @property
  def base(self) -> NetworkResult:
    """The contestant that the others are compared with, the first."""
    return self.contestants[0]

  @property
  def all_scores(self) -> list[scores_.Score]:
    """The scores of the table's rows, in their order."""
    given = [name for c in self.contestants for name in c.metrics]
    return scores_.shown(self.scores, given)

  @property
  def targets(self) -> list[str]:
    """The targets of all files, in the order of their first appearance."""
    files = [file for c in self.contestants for file in c.files]
    return list(dict.fromkeys(file.target for file in files))

  @property
  def all_notes(self) -> list[str]:
    """The notes, and those of files with the names of network and target."""
    return list(self.notes) + [
      f"{contestant.name}, {file.target}: {note}"
      for contestant in self.contestants
      for file in contestant.files
      for note in file.notes
    ]
