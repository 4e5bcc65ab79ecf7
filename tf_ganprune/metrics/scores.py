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
"""Titles, units and better directions of the measures of networks."""

import dataclasses
import math
from collections.abc import Sequence

_DIRECTIONS = ("lower", "higher", "")


@dataclasses.dataclass(frozen=True)
class Score:
  """A measure that networks are compared by, with its title and unit.

  Example:
    `Score("psnr", "Peak signal-to-noise ratio", "higher", "dB", ratio=False)`

  Attributes:
    name: The key of its value, such as `"frechet_distance"`.
    title: The title for readers; by default the name.
    better: `"lower"`, `"higher"`, or the empty text if neither is better.
    unit: The unit after the value, such as `"dB"`.
    ratio: Whether ratios of values have a meaning; those of decibels and other
      logarithms do not.
    share: Whether values are shares of 1, which are shown in per cent.
  """

  name: str
  title: str = ""
  better: str = ""
  unit: str = ""
  ratio: bool = True
  share: bool = False

  def __post_init__(self):
    if not self.name or not isinstance(self.name, str):
      raise ValueError(
        f"`name` must be a text that is not empty; got {self.name!r}."
      )
    if self.better not in _DIRECTIONS:
      raise ValueError(
        f"`better` of {self.name!r} must be 'lower', 'higher' or '' (neither);"
        f" got {self.better!r}."
      )
    if not self.title:
      object.__setattr__(self, "title", self.name)

  @property
  def hint(self) -> str:
    """The better direction in words, or the empty text."""
    return self.better and f"{self.better} is better"

  def text(self, value: float) -> str:
    """Returns a value as text, with four digits and its unit."""
    if math.isnan(value):
      return "NaN"
    if self.share:
      return f"{100 * value:.4g} %"
    return f"{value:.4g} {self.unit}".rstrip()

  def best(self, values: Sequence[float | None]) -> list[bool]:
    """Tells for each value whether it is the best one.

    Args:
      values: The values; None and NaN are never the best.

    Returns:
      A bool for each value. Several are True in a tie, and none if neither
      direction is better or all values are equal.
    """
    numbers = [x for x in values if x is not None and not math.isnan(x)]
    if not self.better or len(set(numbers)) < 2:
      return [False] * len(values)
    best = min(numbers) if self.better == "lower" else max(numbers)
    return [x == best for x in values]


# The measures of `tgp.metrics.Evaluator`; the first that two networks have is
# in the headline of their comparison.
KNOWN = (
  Score("frechet_distance", "Fréchet distance", "lower"),
  Score("kernel_distance", "Kernel distance", "lower"),
  Score("inception_score", "Inception Score", "higher"),
  Score("precision", "Precision", "higher"),
  Score("recall", "Recall", "higher"),
  Score("density", "Density", "higher"),
  Score("coverage", "Coverage", "higher"),
  Score("classes_hit", "Classes hit", "higher"),
  Score("perceptual_distance", "Perceptual distance", "lower"),
  Score("ssim", "Structural similarity", "higher"),
  Score("psnr", "Peak signal-to-noise ratio", "higher", "dB", ratio=False),
  Score(
    "psnr_in_masks",
    "Peak signal-to-noise ratio in holes",
    "higher",
    "dB",
    ratio=False,
  ),
  Score("mean_absolute_error", "Mean absolute error", "lower"),
  Score("label_accuracy", "Label accuracy", "higher", share=True),
  Score("accuracy", "Accuracy", "higher", share=True),
  Score("error", "Error", "lower", share=True),
  Score(
    "intra_class_frechet_distance", "Intra-class Fréchet distance", "lower"
  ),
)
# These get a row in a comparison even if they were not measured.
_EXPECTED = KNOWN[:3]


def shown(declared: Sequence[Score], given: Sequence[str]) -> list[Score]:
  """Returns the scores of a comparison, in the order in which they are shown.

  Args:
    declared: The scores that the caller describes, all of which are shown
      first.
    given: The names of the values that were measured. Names without a described
      score get one of `KNOWN`, or one with the name as title.
  """
  found = {score.name: score for score in declared}
  known = [score for score in KNOWN if score.name in given]
  expected = _EXPECTED if known and not found else ()
  for score in (*expected, *known, *map(Score, given)):
    found.setdefault(score.name, score)
  return list(found.values())
