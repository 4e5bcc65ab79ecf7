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
"""Copies of variables in state, to restore them later."""

from collections.abc import Iterable

import tensorflow as tf

from tf_ganprune.keras_compat import keras
from tf_ganprune.sparsity.training import optimizer_hooks


class Snapshot:
  """A copy of variables' values, to restore them later.

  Example:
    `good = Snapshot(state(gan)); gan.fit(images); good.restore()`

  Attributes:
    copies: The copied values, in variables of their own.
  """

  def __init__(self, variables: Iterable[tf.Variable]):
    """Copies the values that the variables have now.

    Args:
      variables: The variables.
    """
    self._variables = list(variables)
    self.copies = [
      tf.Variable(variable.numpy(), trainable=False, dtype=variable.dtype)
      for variable in self._variables
    ]

  def take(self) -> None:
    """Copies the present values in place of the earlier ones."""
    for copy, variable in zip(self.copies, self._variables, strict=True):
      copy.assign(variable.numpy())

  def restore(self) -> None:
    """Sets the variables to the copied values."""
    for copy, variable in zip(self.copies, self._variables, strict=True):
      variable.assign(copy.numpy())


def state(model: keras.Model) -> list[tf.Variable]:
  """Returns a model's variables: weights, masks, optimizers, no metrics.

  Args:
    model: A compiled model.
  """
  metrics = {v.ref() for metric in model.metrics for v in metric.variables}
  parts = [
    model.weights,
    *(x.variables for x in optimizer_hooks.held_by(model)),
  ]
  found = {
    variable.ref(): variable
    for owner in parts
    for variable in owner
    if variable.ref() not in metrics
  }
  return list(found.values())
