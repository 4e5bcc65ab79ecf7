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
"""The optimizers' slots of weights, such as momenta."""

from collections.abc import Sequence
from typing import Any

import tensorflow as tf


def of(optimizers: Sequence | None, weight: tf.Variable) -> tuple:
  """Returns the slots that optimizers have for a weight.

  Only slots of the weight's shape are returned: a slot for a whole row has no
  part that belongs to a single element.

  Args:
    optimizers: The Keras optimizers that may update the weight; None if there
      are none, for no slots.
    weight: A weight.

  Returns:
    Pairs of a variable and its initial value.

  Raises:
    ValueError: If no optimizer updates the weight, or it is a legacy one.
  """
  if optimizers is None:
    return ()
  inner = [getattr(x, "inner_optimizer", x) for x in optimizers]
  legacy = [x for x in inner if not hasattr(x, "_var_key")]
  others = [x for x in inner if hasattr(x, "_var_key")]
  holders = [x for x in others if _index(x, weight) is not None]
  if legacy and not holders:
    raise ValueError(
      f"{type(legacy[0]).__name__} is a legacy optimizer, whose slots of"
      f" {weight.name!r} cannot be reset when weights are grown; use an"
      " optimizer from `tf_ganprune.keras.optimizers`."
    )
  if not holders:
    raise ValueError(
      f"None of the known optimizers updates {weight.name!r}, so its slots"
      " cannot be reset when weights are grown. Let the model hold the"
      " optimizer in an attribute; in a loop of your own, pass it,"
      " tgp.Pruner(network, optimizer=optimizer), and call `advance` after"
      " `apply_gradients`."
    )
  return tuple(pair for x in holders for pair in _slots(x, weight))


def _index(optimizer, weight) -> Any:
  """Returns the index of a weight's slots in an optimizer; None without any."""
  known = getattr(optimizer, "_index_dict", {})
  return known.get(optimizer._var_key(weight))


def _slots(optimizer, weight) -> list[tuple[tf.Variable, float]]:
  index, count = _index(optimizer, weight), len(optimizer._index_dict)
  return [
    (value[index], _start(optimizer, name))
    for name, value in vars(optimizer).items()
    if isinstance(value, list)
    and name != "_variables"
    and len(value) == count
    and isinstance(value[index], tf.Variable)
    and value[index] is not weight
    and value[index].shape == weight.shape
  ]


def _start(optimizer, name: str) -> float:
  is_accumulator = name == "_accumulators"
  return getattr(optimizer, "initial_accumulator_value", 0.0) * is_accumulator
