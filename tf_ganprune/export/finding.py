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
"""Records of layers that an export target refuses or runs badly."""

import collections
import dataclasses
import re
from collections.abc import Callable, Sequence

# Names of layers in a sentence.
_SHOWN = 3


@dataclasses.dataclass(frozen=True)
class Finding:
  """A reason why a target refuses a layer, or runs it badly, and a remedy.

  Example:
    >>> for finding in tgp.check_target(generator, "gpu"):
    ...   print(finding)

  Attributes:
    layer: The layer's name; the network's if the reason is not one layer's.
    reason: The end of a sentence that begins with the layer's name, without a
      full stop.
    remedy: The change that helps, a sentence.
    refused: Whether `export_tflite` refuses the network for this reason; if
      not, the finding is advice.
  """

  layer: str
  reason: str
  remedy: str
  refused: bool = True

  def __str__(self) -> str:
    return f"{self.layer!r} {self.reason}. {self.remedy}"


def summary(findings: Sequence[Finding]) -> str:
  """Joins findings to a text with one line a reason, and its layers.

  Args:
    findings: Findings, of which several may have the same reason.

  Returns:
    The text. A line names at most three layers, and counts them.
  """
  causes = collections.defaultdict(dict)
  for one in findings:
    # Operators of one layer that differ in their kind have one reason.
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


# A function that takes a `graph.Graph`, the operators of a converted network.
Rule = Callable[..., list[Finding]]
