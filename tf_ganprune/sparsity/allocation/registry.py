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
"""The allocations by name."""

from tf_ganprune import arguments
from tf_ganprune.sparsity.allocation import (
  base,
  erk,
  lamp,
  one_threshold,
  uniform,
)

ALLOCATIONS = {
  allocation.kind: allocation
  for allocation in (
    uniform.Uniform,
    erk.ERK,
    one_threshold.Global,
    lamp.LAMP,
  )
}


def get(allocation: str | base.Allocation) -> base.Allocation:
  """Returns a new allocation of that name, or the object itself.

  Args:
    allocation: A name from `ALLOCATIONS`, or an object derived from
      `Allocation`.

  Raises:
    ValueError: If it is neither.
  """
  return arguments.named(
    allocation,
    ALLOCATIONS,
    base.Allocation,
    f"`allocation` must be one of {sorted(ALLOCATIONS)}, an object derived from"
    " `tf_ganprune.allocation.Allocation`, or a dict from patterns of layer"
    " names to arguments",
  )
