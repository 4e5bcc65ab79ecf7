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
"""The base class of allocations, and their registry."""

from collections.abc import Sequence

import tensorflow as tf

from tf_ganprune import registries


class Allocation:
  """Divides the weights that a network keeps among its kernels.

  To add an allocation, derive a class from this one, register it with
  `keras.utils.register_keras_serializable()`, and implement `counts`. Which
  weights of a kernel stay is up to the importance.

  Attributes:
    kind: The name that `allocation=` takes.
    is_joint: Whether the kernels of a network are counted together; if not,
      each kernel has the schedule's sparsity.
    goes_by_shape: Whether `counts` uses only the shapes of the scores.
    takes_signed: Whether `counts` works with an importance whose scores may be
      negative, and which are therefore shifted.

  Example:
    The first kernels keep as many weights as they can:

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
    """Returns the number of weights that each kernel keeps.

    Args:
      scores: A tensor of scores for each kernel, 0 or more, of the kernel's
        shape, which is static.
      kept: The number of weights that the network keeps, a scalar int32; at
        least the number of kernels.

    Returns:
      An int32 `[kernels]`; each number is at least 1 and at most the kernel's
      size, and they add up to `kept`.
    """
    raise NotImplementedError

  def at(self, layer: str) -> "Allocation":
    """Returns the allocation for one layer's wrapper; by default this object.

    Args:
      layer: The layer's path in the network, as in 'block/conv'.
    """
    del layer
    return self

  def among(self, others: Sequence["Allocation"]) -> "Allocation":
    """Returns the allocation for several kernels; by default this object.

    Args:
      others: For each kernel, the allocation in its layer's wrapper, in the
        order in which `counts` is given the kernels' scores.
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
  """Returns a new allocation of a name, or the given allocation itself.

  Args:
    allocation: A name from `ALLOCATIONS`, or an object derived from
      `Allocation`.

  Raises:
    ValueError: If it is neither.
  """
  return ALLOCATIONS.make(allocation)
