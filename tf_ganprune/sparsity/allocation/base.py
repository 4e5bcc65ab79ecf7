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
"""What an allocation is: how many weights of each kernel stay."""

from collections.abc import Sequence

import tensorflow as tf

from tf_ganprune import registries


class Allocation:
  """Shares out what a network keeps among its kernels.

  A new one derives from this, is registered with
  `keras.utils.register_keras_serializable()`, and implements `counts`. Which
  weights of a kernel stay is up to the importance.

  Attributes:
    kind: The name that `allocation=` takes.
    is_joint: Whether kernels must be looked at together; if not, each has the
      schedule's sparsity.
    goes_by_shape: Whether scores do not matter, only their shapes.
    takes_signed: Whether it can share out by an importance with a sign, whose
      scores are shifted.

  Example:
    The first kernels keep all that they can:

    >>> class FirstOnes(tgp.allocation.Allocation):
    ...   def counts(self, scores, kept):
    ...     found = []
    ...     for others, one in zip(range(len(scores))[::-1], scores):
    ...       found.append(tf.minimum(tf.size(one), kept - others))
    ...       kept -= found[-1]
    ...     return tf.stack(found)
  """

  kind = ""
  is_joint = True
  goes_by_shape = False
  takes_signed = True

  def counts(self, scores: Sequence[tf.Tensor], kept: tf.Tensor) -> tf.Tensor:
    """Returns how many weights of each kernel stay.

    Args:
      scores: Of each kernel, 0 or more, of its shape, which is known.
      kept: How many weights stay in all, a scalar int32; at least one for each
        kernel.

    Returns:
      An int32 `[kernels]`, each at least 1 and at most the kernel's size, with
      the sum `kept`.
    """
    raise NotImplementedError

  def at(self, layer: str) -> "Allocation":
    """Returns what a layer's wrapper holds; by default this object.

    Args:
      layer: Its name, behind those of what it is part of, as in 'block/conv'.
    """
    del layer
    return self

  def among(self, others: Sequence["Allocation"]) -> "Allocation":
    """Returns what shares out among some kernels; by default this object.

    Args:
      others: Of each kernel, what its layer's wrapper holds, in the order in
        which `counts` is given their scores.
    """
    del others
    return self

  def get_config(self) -> dict:
    """Returns the arguments of the constructor."""
    return {}


ALLOCATIONS = registries.ClassRegistry(
  Allocation,
  "`allocation` must be one of {names}, an object derived from"
  " `tf_ganprune.allocation.Allocation`, or a dict from patterns of layer names"
  " to arguments",
)


def get(allocation: str | Allocation) -> Allocation:
  """Returns a new allocation of that name, or the object itself.

  Args:
    allocation: A name from `ALLOCATIONS`, or an object derived from
      `Allocation`.

  Raises:
    ValueError: If it is neither.
  """
  return ALLOCATIONS.make(allocation)
