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
"""Regularizations by name."""

from tf_ganprune import arguments
from tf_ganprune.sparsity.regularization import base, group_lasso, l1, l2

REGULARIZATIONS = {
  regularization.kind: regularization
  for regularization in (l1.L1, l2.L2, group_lasso.GroupLasso)
}


def get(
  regularization: str | base.Regularization | None,
) -> base.Regularization | None:
  """Returns a new regularization of that name, the object itself, or None.

  Args:
    regularization: A name from `REGULARIZATIONS`, an object derived from
      `Regularization`, or None for none.

  Raises:
    ValueError: If it is none of them.
  """
  if regularization is None:
    return None
  return arguments.named(
    regularization,
    REGULARIZATIONS,
    base.Regularization,
    f"`regularization` must be one of {sorted(REGULARIZATIONS)}, an object"
    " derived from `tf_ganprune.regularization.Regularization`, or None",
  )
