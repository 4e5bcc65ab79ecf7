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
"""What a report compares: plain records that any program can fill in."""

import dataclasses
from collections.abc import Mapping, Sequence

import numpy as np

from tf_ganprune import interpretation
from tf_ganprune.metrics import scores as scores_
from tf_ganprune.report import sections as sections_
from tf_ganprune.sparsity import report


@dataclasses.dataclass(frozen=True)
class FileResult:
  """An exported file and how it did.

  Example:
    `FileResult("cpu", 912_000, 840_000, median_ms=1.3, max_abs_error=2e-7)`

  Attributes:
    target: What it was exported for, such as "cpu-int8".
    num_bytes: Its size.
    gzip_bytes: Its size after gzip.
    median_ms: Milliseconds of one run, or None if it was not measured.
    max_abs_error: Largest difference from Keras, or None.
    notes: What the export had to say.
  """

  target: str
  num_bytes: int
  gzip_bytes: int
  median_ms: float | None = None
  max_abs_error: float | None = None
  notes: Sequence[str] = ()


@dataclasses.dataclass(frozen=True)
class NetworkResult:
  """A network in the comparison: one column of its table.

  Example:
    `NetworkResult("dense", {"frechet_distance": 12.3}, zeros=0.0)`

  Attributes:
    name: The column's heading.
    metrics: Quality by name; None is "n/a". What the names mean is said by
      the comparison's `scores`.
    zeros: Share of the weights that are zero, in [0, 1].
    parameters: The number of weights, zeros included, or None.
    macs: Multiply-accumulates for one example, or None.
    files: Its exported files.
    sparsity: Its layers, as `tgp.sparsity_report` gives them.
    history: For each phase of its training the columns "step" and one for
      each loss or whatever else is drawn, under any name, such as
      `{"train": {"step": [1, 2], "cycle_loss": [0.7, 0.6]}}`.
    remark: A sentence that ends what the summary says of it.
    discriminator: What became of its discriminator, where it has one, such as
      "kept whole": short for the remark "Its discriminator was kept whole."
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
    """All that the summary is to say of it, or nothing."""
    said = self.discriminator and f"Its discriminator was {self.discriminator}."
    return f"{self.remark} {said}".strip()

  def file(self, target: str) -> FileResult | None:
    """Returns the file for a target, or None."""
    return next((file for file in self.files if file.target == target), None)


@dataclasses.dataclass(frozen=True)
class Comparison:
  """All that the page and the table show.

  Example:
    `write_report("report.html", Comparison("Faces", [dense, pruned]))`

  Attributes:
    title: The page's heading.
    contestants: The first is the base of all ratios.
    settings: How it was made, such as the flags of the program.
    machine: Where the milliseconds were measured.
    notes: What the reader should know.
    samples_png: Pictures: the bytes of a PNG or a uint8 array
      `[height, width, channels]`, or None.
    explanations: What changed in the others, by their names: what
      `tgp.explain` returned for the base and each of them.
    scores: What the contestants' `metrics` are called, in which unit, and which
      direction is better, the most telling first. By default names of
      `tgp.metrics.Evaluator` are known, and others stand as they are.
    sections: What the networks made, to be seen and heard: `Pictures`,
      `PictureRows`, `Sounds`, `Texts`, or anything else with a `title`, a
      `caption` and `drawn()`.
    curve_titles: Titles of charts of the histories, by the names of columns.
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
      raise ValueError("`contestants` is empty; there is nothing to compare.")
    if len(set(names)) < len(names):
      raise ValueError(
        f"`contestants` must have names that differ; got {names}."
      )
    if unknown := [name for name in self.explanations if name not in names[1:]]:
      raise ValueError(
        "`explanations` must go by the names of contestants after the first,"
        f" {names[1:]}; got {unknown}."
      )
    scores = [score.name for score in self.scores]
    if len(set(scores)) < len(scores):
      raise ValueError(f"`scores` must have names that differ; got {scores}.")
    for section in self.sections:
      if not callable(getattr(section, "drawn", None)):
        raise ValueError(
          "`sections` must be such as `tgp.report.Pictures`, with a title, a"
          f" caption and `drawn()`; got {section!r}."
        )

  @property
  def base(self) -> NetworkResult:
    """The contestant that the others are measured against."""
    return self.contestants[0]

  @property
  def all_scores(self) -> list[scores_.Score]:
    """What the contestants are compared by, in the order of the rows."""
    given = [name for c in self.contestants for name in c.metrics]
    return scores_.shown(self.scores, given)

  @property
  def targets(self) -> list[str]:
    """The targets of all files, in the order of their first appearance."""
    files = [file for c in self.contestants for file in c.files]
    return list(dict.fromkeys(file.target for file in files))

  @property
  def all_notes(self) -> list[str]:
    """The notes, and those of the files with the names of what they are on."""
    return list(self.notes) + [
      f"{contestant.name}, {file.target}: {note}"
      for contestant in self.contestants
      for file in contestant.files
      for note in file.notes
    ]
