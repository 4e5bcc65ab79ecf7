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
"""Variables of a pruning wrapper: masks, steps, slots; names and averages."""

import tensorflow as tf

from tf_ganprune.sparsity.masks import group_sums
from tf_ganprune.sparsity.wrapping import averageable


def name_apart(layer) -> None:
  """Gives each mask of a layer a name of its own, as `.h5` files need it.

  TF-MOT gives all masks of a layer the same name.

  Args:
    layer: A built wrapper of TF-MOT's or ours.
  """
  for place, (_, *own) in enumerate(layer.pruning_vars[1:], 1):
    for variable in filter(lambda x: hasattr(x, "_handle_name"), own):
      name, _, number = variable.name.partition(":")
      variable._handle_name = f"{name}_{place}:{number}"


def make_averageable(layer) -> None:
  """Keeps masks binary and steps whole under moving averages of `weights`.

  Args:
    layer: As in `name_apart`.
  """
  for weight, mask, _ in layer.pruning_vars:
    averageable.mask(mask, weight)
  averageable.step(layer.pruning_step)


def add(layer, name: str, of_groups: bool = False) -> list[tf.Variable]:
  """Adds a variable for each pruned weight to a wrapper, and returns them.

  Args:
    layer: As in `name_apart`.
    name: The name of the variables.
    of_groups: Whether the variables have the shape of the weights' group sums
      (`group_sums.shape`), not that of the weights.
  """
  shapes = [weight.shape for weight in layer.prunable_weights]
  if of_groups:
    shapes = [group_sums.shape(x, layer.block_size) for x in shapes]
  return [
    layer.add_weight(
      name,
      shape=shape,
      initializer="zeros",
      dtype=tf.float32,
      trainable=False,
      aggregation=tf.VariableAggregation.MEAN,
    )
    for shape in shapes
  ]
