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
"""Sums up a comparison in a few sentences, the headline of its report."""

import math

from tf_ganprune.report import comparison as comparison_lib
from tf_ganprune.report import rows


def _is_number(value: float | None) -> bool:
  return value is not None and math.isfinite(value)


def _quality(
  comparison: comparison_lib.Comparison, other: comparison_lib.NetworkResult
) -> str:
  base = comparison.base
  for score in comparison.all_scores:
    values: list = [c.metrics.get(score.name) for c in (other, base)]
    if score.hint and all(map(_is_number, values)):
      mine, its = map(score.text, values)
      return (
        f"{score.title} {mine} against {its} ({score.hint}) for {base.name}"
      )
  return f"no quality measured to compare with {base.name}"


def _size(
  base: comparison_lib.NetworkResult, other: comparison_lib.NetworkResult
) -> str:
  common = [
    (file.num_bytes, its.num_bytes, file.target)
    for file in other.files
    if (its := base.file(file.target)) is not None
  ]
  if not common:
    return "no files for the same target to compare"
  num_bytes, base_bytes, target = min(common)
  saved = base_bytes - num_bytes
  direction = "smaller" if saved >= 0 else "larger"
  return (
    f"its {target} file is {rows.format_bytes(abs(saved))}"
    f" ({rows.format_percent(abs(saved) / base_bytes)}) {direction}:"
    f" {rows.format_bytes(num_bytes)} against {rows.format_bytes(base_bytes)}"
  )


def _speed(
  base: comparison_lib.NetworkResult, other: comparison_lib.NetworkResult
) -> str:
  """Says how long the fastest file takes that both have and that was timed."""
  timed = [
    (file.median_ms, its.median_ms, file.target)
    for file in other.files
    if (its := base.file(file.target)) is not None
    and file.median_ms is not None
    and its.median_ms is not None
  ]
  if not timed:
    return ""
  ms, base_ms, target = min(timed)
  return (
    f"; its {target} file runs in {rows.format_ms(ms)} against"
    f" {rows.format_ms(base_ms)}"
  )


def _what_went(
  base: comparison_lib.NetworkResult, other: comparison_lib.NetworkResult
) -> str:
  zeros = f"{rows.format_percent(other.zeros)} zeros"
  if not other.macs or not base.macs or other.macs == base.macs:
    return zeros
  macs = f"{rows.format_percent(other.macs / base.macs)} of the MACs"
  return f"{macs} and {zeros}" if other.zeros else macs


def summarize(comparison: comparison_lib.Comparison) -> str:
  """Sums up each contestant after the first in one sentence.

  Args:
    comparison: The comparison to sum up.

  Returns:
    Sentences on the change in the first quality metric that both networks have,
    on the bytes saved in the smallest file that both have, on the time of the
    fastest one, and the remarks.
  """
  base = comparison.base
  sentences = [
    f"With {_what_went(base, other)}, {other.name} has"
    f" {_quality(comparison, other)}, and"
    f" {_size(base, other)}{_speed(base, other)}."
    + (f" {other.remarks}" if other.remarks else "")
    for other in comparison.contestants[1:]
  ]
  return " ".join(sentences) or f"{base.name} is the only network."
