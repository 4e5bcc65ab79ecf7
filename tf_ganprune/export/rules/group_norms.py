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
"""Finds group norms that are written by hand, with more than four axes."""

from tf_ganprune.export import graph

REMEDY = (
  "If it is a norm over groups of channels, use GroupNormalization(groups=...),"
  " which is exported in four axes; else merge some axes."
)
_MEANS = ("MEAN", "SUM")
_OF_VOLUMES = ("CONV_3D", "CONV_3D_TRANSPOSE")
_SQUARES = ("POW", "SQUARE", "SQUARED_DIFFERENCE", "RSQRT", "SQRT")


def handwritten(file: graph.Graph, max_rank: int) -> frozenset[graph.Operator]:
  """Returns the operators of norms that need more axes than a target takes.

  Args:
    file: The operators of the converted network.
    max_rank: The most axes that the target takes.

  Returns:
    The operators of each group that shares tensors of too many axes, if a
    reshape, a mean and a square are among them, and no 3D convolution.
  """
  found: set[graph.Operator] = set()
  for operators in _joined(file, max_rank):
    names = {x.name for x in operators}
    is_norm = names.intersection(_MEANS) and names.intersection(_SQUARES)
    if is_norm and "RESHAPE" in names and not names.intersection(_OF_VOLUMES):
      found |= operators
  return frozenset(found)


def _joined(file, max_rank) -> list[set[graph.Operator]]:
  """Returns groups of operators that share tensors of too many axes."""
  groups: list[tuple[set, set]] = []
  for operator in file.operators:
    tensors = _wide((*operator.inputs, *operator.outputs), max_rank)
    if not tensors:
      continue
    same = [one for one in groups if one[1] & tensors]
    operators = {operator}.union(*(one[0] for one in same))
    tensors = tensors.union(*(one[1] for one in same))
    groups = [one for one in groups if one not in same]
    groups.append((operators, tensors))
  return [operators for operators, _ in groups]


def _wide(tensors, max_rank) -> set[graph.Tensor]:
  flowing = [x for x in tensors if x is not None and x.value is None]
  return {x for x in flowing if len(x.shape) > max_rank}
