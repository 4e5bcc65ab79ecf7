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
"""Updates variables on every replica of a distribution strategy."""

from collections.abc import Callable, Sequence

import tensorflow as tf


def update(
  entries: Sequence[tuple], function: Callable[..., None], *values
) -> None:
  """Calls a function that changes variables, on each replica with its copies.

  Each replica computes with its own copies, so nothing is sent; copies that
  were equal stay equal as long as the function has no randomness. It works in a
  replica (where Keras variables cannot be assigned), in `strategy.scope()`,
  outside of the scope that variables were made in, and without a strategy.

  Args:
    entries: A tuple for each call: the variable to change, and other arguments.
    function: The function, called with `(*entry, *values)`.
    *values: Tensors of this replica.
  """

  def everywhere(strategy, *values):
    for entry in entries:
      strategy.extended.update(
        entry[0], function, args=(*entry[1:], *values), group=False
      )

  context = tf.distribute.get_replica_context()
  strategy = _left(entries)
  if strategy is not None:
    with strategy.scope():
      everywhere(strategy, *values)
  elif context is None:
    everywhere(tf.distribute.get_strategy(), *values)
  else:
    context.merge_call(everywhere, args=values)


def _left(entries) -> tf.distribute.Strategy | None:
  """Returns the strategy of variables if the call is outside of its scope."""
  if tf.distribute.has_strategy() or not entries:
    return None
  strategy = getattr(entries[0][0], "distribute_strategy", None)
  is_other = strategy is not None and strategy.extended is not (
    tf.distribute.get_strategy().extended
  )
  return strategy if is_other else None


def summed(value: tf.Tensor) -> tf.Tensor:
  """Returns the sum of a tensor over all replicas.

  Args:
    value: A tensor of this replica.
  """
  context = tf.distribute.get_replica_context()
  if context is None or context.num_replicas_in_sync == 1:
    return value
  return context.all_reduce(tf.distribute.ReduceOp.SUM, value)


def check() -> None:
  """Raises under a strategy whose workers train asynchronously.

  Raises:
    ValueError: If the strategy is a `ParameterServerStrategy`.
  """
  strategy = tf.distribute.get_strategy()
  if isinstance(strategy, tf.distribute.ParameterServerStrategy):
    raise ValueError(
      "Pruned networks cannot train under ParameterServerStrategy: its workers"
      " update weights at any moment, so pruned ones would not stay zero. Use"
      " MirroredStrategy or MultiWorkerMirroredStrategy."
    )


def count() -> int:
  """Returns the number of replicas that train synchronously."""
  return tf.distribute.get_strategy().num_replicas_in_sync
