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
"""The score of an evaluator that a caller steers by."""

import math
from collections.abc import Mapping
from typing import Any

from tf_ganprune.metrics import scores

DISTANCE = "frechet_distance"
_KNOWN = {x.name: x for x in scores.KNOWN}


def of(evaluator: Any, asked: str | None = None) -> str:
  """Returns the name of the score to steer by.

  Args:
    evaluator: The evaluator; its attribute `score` is the default, and without
      one the Fréchet distance.
    asked: What the user asked for, or None.

  Raises:
    ValueError: If that is no text.
  """
  found = asked or getattr(evaluator, "score", None) or DISTANCE
  if not isinstance(found, str):
    raise ValueError(
      "`score` must be a name of what the evaluator returns, such as"
      f" 'frechet_distance'; got {found!r}."
    )
  return found


def value(results: Mapping[str, float], score: str, who: str) -> float:
  """Returns a score among what an evaluator returned.

  Args:
    results: What it returned.
    score: The name of the score.
    who: Who needs it, for the message.

  Raises:
    ValueError: If it is not among them.
  """
  if score not in results:
    raise ValueError(
      f"`evaluator` must return {_article(score)} {score!r}, which {who} needs;"
      f" it returned {', '.join(map(repr, results)) or 'nothing'}."
    )
  return float(results[score])


def _article(score: str) -> str:
  return "an" if score[:1] in "aeiou" else "a"


def title(score: str) -> str:
  """Returns a score's title for readers, such as 'Fréchet distance'."""
  return _KNOWN[score].title if score in _KNOWN else score


def sign(score: str) -> int:
  """Returns 1 if lower is better, as of unknown scores, else -1."""
  is_known = score in _KNOWN
  return -1 if is_known and _KNOWN[score].better == "higher" else 1


def is_worse(score: str, value: float, than: float) -> bool:
  """Returns whether one value of a score is worse than another.

  Args:
    score: The name of the score.
    value: The value; NaN is worse than all.
    than: The value to compare with.
  """
  return math.isnan(value) or sign(score) * value > sign(score) * than
