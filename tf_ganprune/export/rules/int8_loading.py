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
"""Finds int8 operators at which LiteRT ends the process when it loads a file.

A tensor that is zero in all samples, such as x - mean(x) over one pixel, gets
the smallest possible scale, and LiteRT cannot shift the operator's inputs that
far.
"""

from tf_ganprune.export import finding, graph

# By how many bits LiteRT can shift the inputs of operators.
_SHIFTS = {"ADD": 20, "SUB": 20, "SQUARED_DIFFERENCE": 7}


def scales_too_far_apart(file: graph.Graph) -> list[finding.Finding]:
  """Finds operators whose input and output scales differ too much for LiteRT.

  Args:
    file: The operators of the network converted to int8.
  """
  return [_about(x) for x in file.operators if _is_too_far(x)]


def _is_too_far(operator) -> bool:
  if operator.name not in _SHIFTS:
    return False
  given = operator.outputs[0].scale
  scales = [x.scale for x in operator.inputs if x is not None]
  if not given or not all(scales):
    return False
  factor = 2.0 * max(scales)
  unit = 2.0 ** _SHIFTS[operator.name]
  if operator.name == "SQUARED_DIFFERENCE":
    factor, unit = factor**2, unit**2
  return factor / (unit * given) >= 1.0


def _about(operator) -> finding.Finding:
  largest = 127 * operator.outputs[0].scale
  return finding.Finding(
    operator.layer,
    f"gives numbers of at most {largest:.1g} in all samples, from far larger"
    f" ones ({operator.name}), and LiteRT cannot scale int8 that far",
    "An instance norm of maps of 1x1 does that, since each number minus its"
    " mean is zero: leave the norm out there, or use"
    " GroupNormalization(groups=-1), of which only the shift is exported; or"
    " use target 'cpu-dynamic'.",
  )
