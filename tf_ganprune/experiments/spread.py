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
"""Mean and standard deviation over seeds, as numbers and as text."""

import statistics
from collections.abc import Sequence


def over_seeds(values: Sequence[float]) -> dict:
  """Returns mean and standard deviation of a measure over seeds.

  Args:
    values: The measure, one value a seed.

  Returns:
    A dict with `mean`, `stdev` (None for a single value) and `values`.
  """
  return {
    "mean": statistics.fmean(values),
    "stdev": statistics.stdev(values) if len(values) > 1 else None,
    "values": list(values),
  }


def text(spread: dict, mean: str = ",.4g", stdev: str = ".2g") -> str:
  """Returns 'mean ± standard deviation', or 'mean (one seed)'.

  Args:
    spread: The result of `over_seeds`.
    mean: The format of the mean, as for `format`.
    stdev: The format of the deviation.
  """
  begin = _plain(spread["mean"], mean)
  if spread["stdev"] is None:
    return f"{begin} (one seed)"
  return f"{begin} ± {_plain(spread['stdev'], stdev)}"


def _plain(value: float, spec: str) -> str:
  """Formats a number by `spec`, with digits in place of a power of 10."""
  found = format(value, spec)
  return f"{float(found):,.0f}" if "e+" in found else found
