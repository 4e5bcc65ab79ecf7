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
"""Counts the operators of a file that XNNPACK, the CPU's delegate, runs."""

import collections
import dataclasses

from tf_ganprune.export import runtime

_DELEGATE = "DELEGATE"


@dataclasses.dataclass(frozen=True)
class Delegation:
  """The operators of a file that a delegate runs, and those that it leaves.

  Example:
    >>> print(f"XNNPACK runs {xnnpack(content)}.")
    XNNPACK runs 7 of 8 operators, LiteRT's own kernels CONV_3D.

  Attributes:
    delegated: How many operators the delegate runs.
    operators: How many operators the file has.
    left: The names of the operators that it does not run, each once.
  """

  delegated: int
  operators: int
  left: tuple[str, ...] = ()

  @property
  def share(self) -> float:
    """The share of the operators that the delegate runs, from 0 to 1."""
    return self.delegated / max(1, self.operators)

  def __str__(self) -> str:
    others = ""
    if self.left:
      others = f", LiteRT's own kernels {', '.join(self.left)}"
    return f"{self.delegated} of {self.operators} operators{others}"


def xnnpack(content: bytes) -> Delegation:
  """Loads a file with XNNPACK, and counts the operators that it runs.

  Args:
    content: The content of a file that LiteRT can load.

  Returns:
    The operators that XNNPACK runs, and the others.

  Raises:
    NotRunError: If the file does not load.
  """
  # LiteRT keeps the operators that a delegate replaced beside it.
  nodes = runtime.operators(content)
  operators = [node for node in nodes if node["op_name"] != _DELEGATE]
  makers = {x: node for node in operators for x in node["outputs"]}
  taken = set()
  for node in nodes:
    if node["op_name"] == _DELEGATE:
      taken |= _replaced(node, makers)
  left = collections.Counter(
    node["op_name"] for node in operators if node["index"] not in taken
  )
  return Delegation(len(taken), len(operators), tuple(sorted(left)))


def _replaced(delegate, makers) -> set[int]:
  """Returns the indices of the operators that one delegate node replaced."""
  given = set(delegate["inputs"])
  waiting = list(delegate["outputs"])
  found = set()
  while waiting:
    node = makers.get(waiting.pop())
    if node is not None and node["index"] not in found:
      found.add(node["index"])
      waiting += [x for x in node["inputs"] if x not in given]
  return found
