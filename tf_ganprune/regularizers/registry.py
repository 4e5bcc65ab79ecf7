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
"""The regularizers of discriminators by their names."""

from collections.abc import Sequence

from tf_ganprune import arguments
from tf_ganprune.regularizers import (
  adaptive_augmentation,
  base,
  consistency,
  diff_augment,
  gradient_penalty,
  lecam,
  r1,
  top_k,
)

REGULARIZERS = {
  regularizer.kind: regularizer
  for regularizer in (
    r1.R1,
    gradient_penalty.GradientPenalty,
    diff_augment.DiffAugment,
    adaptive_augmentation.AdaptiveAugmentation,
    lecam.LeCam,
    consistency.Consistency,
    top_k.TopK,
  )
}


def get(regularizer: str | base.Regularizer) -> base.Regularizer:
  """Returns a new one of that name, with its defaults, or the object itself.

  Args:
    regularizer: A name from `REGULARIZERS`, or an object derived from
      `Regularizer`.

  Raises:
    ValueError: If it is neither.
  """
  return arguments.named(
    regularizer,
    REGULARIZERS,
    base.Regularizer,
    f"`regularizers` must hold names out of {sorted(REGULARIZERS)}, or objects"
    " derived from `tf_ganprune.regularizers.Regularizer`",
  )


def get_all(
  regularizers: str | base.Regularizer | Sequence[str | base.Regularizer],
) -> list[base.Regularizer]:
  """Returns regularizers of different kinds.

  Args:
    regularizers: What `get` takes, one or several.

  Raises:
    ValueError: If it is no list, one is unknown, or two are of one kind.
  """
  if isinstance(regularizers, str | base.Regularizer):
    regularizers = [regularizers]
  if not isinstance(regularizers, list | tuple):
    regularizers = [get(regularizers)]  # which says what is wrong
  found = [get(one) for one in regularizers]
  kinds = [type(one) for one in found]
  for kind in kinds:
    if kinds.count(kind) > 1:
      raise ValueError(
        f"`regularizers` holds {kind.__name__} {kinds.count(kind)} times; one"
        " of a kind, with the weight that it is to have, is all that counts."
      )
  return found
