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
"""The importances by name."""

from tf_ganprune import arguments
from tf_ganprune.sparsity.importance import (
  base,
  gradient,
  magnitude,
  movement,
  random,
  snip,
  spectral,
  taylor,
)

IMPORTANCES = {
  importance.kind: importance
  for importance in (
    magnitude.Magnitude,
    gradient.Gradient,
    taylor.Taylor,
    movement.Movement,
    snip.SNIP,
    spectral.Spectral,
    random.Random,
  )
}


def get(importance: str | base.Importance) -> base.Importance:
  """Returns a new importance of that name, or the object itself.

  Args:
    importance: A name from `IMPORTANCES`, or an object derived from
      `Importance`.

  Raises:
    ValueError: If it is neither.
  """
  return arguments.named(
    importance,
    IMPORTANCES,
    base.Importance,
    f"`importance` must be one of {sorted(IMPORTANCES)}, or an object derived"
    " from `tf_ganprune.importance.Importance`",
  )
