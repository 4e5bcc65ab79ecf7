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
"""What the numbers of an evaluation are called, and which are good."""

import dataclasses
import math
from collections.abc import Sequence

_DIRECTIONS = ("lower", "higher", "")


@dataclasses.dataclass(frozen=True)
class Score:
  """A number that networks are compared by.

  Example:
    `Score("psnr", "Peak signal-to-noise ratio", "higher", "dB", ratio=False)`

  Attributes:
    name: The key of its value, such as `"frechet_distance"`.
    title: What readers see; by default the name.
    better: `"lower"`, `"higher"`, or nothing where neither is better.
    unit: Stands behind the value, such as `"dB"`.
    ratio: Whether a value divided by another one says something; it does not
      for decibels and other logarithms.
  """

  name: str
  title: str = ""
  better: str = ""
  unit: str = ""
  ratio: bool = True

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
    """The direction in words, or nothing."""
    return self.better and f"{self.better} is better"

  def text(self, value: float) -> str:
    """Returns a value with four digits and its unit."""
    if math.isnan(value):
      return "NaN"
    return f"{value:.4g} {self.unit}".rstrip()

  def best(self, values: Sequence[float | None]) -> list[bool]:
    """Says of each value whether it is the best one.

    Args:
      values: None and NaN are never the best.

    Returns:
      One answer for each value: several are True in a tie, and none is where
      neither direction is better or nothing is worse.
    """
    numbers = [x for x in values if x is not None and not math.isnan(x)]
    if not self.better or len(set(numbers)) < 2:
      return [False] * len(values)
    best = min(numbers) if self.better == "lower" else max(numbers)
    return [x == best for x in values]


# What `tgp.metrics.Evaluator` returns; the first that two networks have is in
# the headline of their comparison.
KNOWN = (
  Score("frechet_distance", "Fréchet distance", "lower"),
  Score("kernel_distance", "Kernel distance", "lower"),
  Score("inception_score", "Inception Score", "higher"),
  Score("precision", "Precision", "higher"),
  Score("recall", "Recall", "higher"),
  Score("density", "Density", "higher"),
  Score("coverage", "Coverage", "higher"),
  Score("classes_hit", "Classes hit", "higher"),
)
# Of these it is worth a line that they were not measured.
_EXPECTED = KNOWN[:3]


def shown(declared: Sequence[Score], given: Sequence[str]) -> list[Score]:
  """Returns the scores of a comparison, in the order in which they are shown.

  Args:
    declared: Those that the caller describes; all of them are shown, first.
    given: The names of the values that there are. Those that are not described
      are `KNOWN`, or have their name alone.
  """
  found = {score.name: score for score in declared}
  known = [score for score in KNOWN if score.name in given]
  expected = _EXPECTED if known and not found else ()
  for score in (*expected, *known, *map(Score, given)):
    found.setdefault(score.name, score)
  return list(found.values())
