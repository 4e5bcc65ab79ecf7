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
"""What stands in the way of a network on a target."""

import collections
import dataclasses
import re
from collections.abc import Callable, Sequence

# Names of layers in a sentence.
_SHOWN = 3


@dataclasses.dataclass(frozen=True)
class Finding:
  """One thing about a layer that a target does not take, or not well.

  Example:
    >>> for finding in tgp.check_target(generator, "gpu"):
    ...   print(finding)

  Attributes:
    layer: The layer's name; the network's if it is about all of it.
    reason: What is wrong, without a full stop.
    remedy: What would put it right, a sentence.
    refused: Whether `export_tflite` refuses the network for it; if not, it is
      advice.
  """

  layer: str
  reason: str
  remedy: str
  refused: bool = True

  def __str__(self) -> str:
    return f"{self.layer!r} {self.reason}. {self.remedy}"


def summary(findings: Sequence[Finding]) -> str:
  """Returns a line for each cause, with its layers and how many they are.

  Args:
    findings: In which the same reason may stand many times.

  Returns:
    One line if there is one cause.
  """
  causes = collections.defaultdict(dict)
  for one in findings:
    # Which of a layer's operators it is makes no cause of its own.
    reason = re.sub(r" \([A-Z][A-Z0-9_]+\)", "", one.reason)
    causes[reason, one.remedy].setdefault(one.layer, one)
  lines = [_line(cause, list(of.values())) for cause, of in causes.items()]
  return "\n".join(lines)


def _line(cause, findings) -> str:
  if len(findings) == 1:
    return str(findings[0])
  names = [repr(one.layer) for one in findings]
  shown, more = names[:_SHOWN], len(names) - _SHOWN
  if more > 0:
    shown.append(f"{more} more")
  reason, remedy = cause
  joined = f"{', '.join(shown[:-1])} and {shown[-1]}"
  return f"{joined} ({len(names)} layers): {reason}. {remedy}"


# Takes a `graph.Graph`, what a network was converted to.
Rule = Callable[..., list[Finding]]
