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
"""Rules that find operators, types and outputs which GPU delegates refuse."""

import numpy as np

from tf_ganprune.export import finding, graph
from tf_ganprune.export.rules import gpu_table

_WIDE = ("float64", "int64", "uint64", "string", "complex64")
_MOST_AXES = 4
# Operators whose outputs are 0 or more for all inputs.
_NOT_NEGATIVE = (
  *("ABS", "EXP", "LOGISTIC", "RELU", "RELU6", "RELU_0_TO_1", "SOFTMAX"),
  *("RSQRT", "SQRT", "SQUARE", "SQUARED_DIFFERENCE"),
)
_ANOTHER = "Use another layer, or target 'cpu'."


def operators(file: graph.Graph) -> list[finding.Finding]:
  """Finds operators that the delegate lacks, refuses or computes wrongly.

  Args:
    file: The operators of the converted network.
  """
  found = []
  for operator in file.operators:
    if _is_deep(operator):
      continue  # the limit of axes reports it
    reason = _reason(operator)
    if reason is None and _takes_bare_number(operator):
      found.append(_bare_number(operator))
    if reason is not None:
      remedy = gpu_table.REMEDIES.get(operator.name, _ANOTHER)
      found.append(finding.Finding(operator.layer, reason, remedy))
  return found


def _is_deep(operator) -> bool:
  return any(len(x.shape) > _MOST_AXES for x in operator.outputs)


def _reason(operator) -> str | None:
  check = gpu_table.TABLE.get(operator.name)
  if check is None:
    return f"becomes {operator.name}, which GPU delegates do not have"
  problem = check(operator)
  return None if problem is None else f"becomes {operator.name} {problem}"


def _takes_bare_number(operator) -> bool:
  """Whether an operator joins several tensors, one of them without axes."""
  flowing = [x for x in operator.inputs if x is not None and x.value is None]
  bare = [x for x in flowing if not x.shape]
  return len(flowing) > 1 and bool(bare) and operator.name != "PACK"


def _bare_number(operator) -> finding.Finding:
  return finding.Finding(
    operator.layer,
    f"becomes {operator.name} with a number that has no axes, which GPU"
    " delegates do not take",
    "Keep the axes with keepdims=True, and do not return such a number as an"
    " output of the network.",
  )


def inexact(file: graph.Graph) -> list[finding.Finding]:
  """Finds sines and powers, which GPUs compute inexactly or partly wrongly.

  Args:
    file: The operators of the converted network.
  """
  sines = [_sine(x) for x in file.operators if x.name in ("COS", "SIN")]
  powers = [
    _power(x)
    for x in file.operators
    if x.name == "POW" and _may_lose_sign(x, file)
  ]
  return sines + powers


def _sine(operator) -> finding.Finding:
  return finding.Finding(
    operator.layer,
    f"becomes {operator.name}, which GPUs may compute to 5e-4 only (2**-11,"
    " says WebGPU's specification)",
    "Compute it outside of the network, or use target 'cpu'.",
    refused=False,
  )


def _may_lose_sign(operator, file) -> bool:
  """Whether a power's base may be negative while its exponent is whole."""
  base, exponent = operator.inputs
  if base.value is not None:
    # Delegates take a base that is one constant for the exponent.
    return base.value.size == 1 or bool(np.any(base.value < 0))
  if exponent.value is not None:
    is_whole = exponent.value == np.round(exponent.value)
    if not np.any(is_whole & (exponent.value != 0)):
      return False
  maker = file.producer(base)
  return maker is None or maker.name not in _NOT_NEGATIVE


def _power(operator) -> finding.Finding:
  return finding.Finding(
    operator.layer,
    "becomes POW, for which GPU delegates lose the sign if the base is negative"
    " and the exponent odd, and which they compute wrongly if the base is one"
    " constant",
    "Use x * x * x, tf.exp(x * log(base)) or tf.abs(x) ** y.",
    refused=False,
  )


def types(file: graph.Graph) -> list[finding.Finding]:
  """Finds tensors of types that GPUs do not compute with, such as int64.

  Args:
    file: The operators of the converted network.
  """
  flowing = [
    (operator.layer, tensor)
    for operator in file.operators
    for tensor in operator.outputs
    if operator.name in gpu_table.TABLE and operator.name != "ARG_MAX"
  ]
  found = [(file.network, tensor) for tensor in file.inputs] + flowing
  return [
    finding.Finding(
      layer,
      f"takes or gives {tensor.dtype} ({tensor.name!r}), which GPU delegates"
      " do not take",
      "Use float32 or int32.",
    )
    for layer, tensor in found
    if tensor.dtype in _WIDE or _is_half_input(tensor, file)
  ]


def _is_half_input(tensor, file) -> bool:
  return tensor.dtype == "float16" and tensor in file.inputs


def inputs(file: graph.Graph) -> list[finding.Finding]:
  """Finds inputs with more axes than GPU delegates take.

  Args:
    file: The operators of the converted network. If one of them gives too many
      axes, the limit of axes reports it, and nothing is returned here.
  """
  if any(map(_is_deep, file.operators)):
    return []
  return [
    finding.Finding(
      file.network,
      f"takes {tensor.name!r} with {len(tensor.shape)} axes, and"
      f" {_MOST_AXES} with the batch are the most",
      "Merge some axes, and reshape outside of the network.",
    )
    for tensor in file.inputs
    if len(tensor.shape) > _MOST_AXES
  ]


def outputs(file: graph.Graph) -> list[finding.Finding]:
  """Finds outputs that are inputs or other outputs, which delegates lose.

  Args:
    file: The operators of the converted network.
  """
  taken, found = list(file.inputs), []
  for tensor in file.outputs:
    if any(tensor is one for one in taken):
      found.append(
        finding.Finding(
          file.network,
          f"gives {tensor.name!r} as an output that is an input or another"
          " output as well, and GPU delegates lose one of them",
          "Leave one of them out of the network's outputs.",
        )
      )
    taken.append(tensor)
  return found
