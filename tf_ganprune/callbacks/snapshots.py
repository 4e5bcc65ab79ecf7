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
"""A model's state in memory: weights, masks and optimizers."""

import tensorflow as tf

from tf_ganprune.callbacks import recording
from tf_ganprune.keras_compat import keras


class Snapshot:
  """The values of all variables that training changes, but for metrics.

  Example:
    `good = Snapshot(gan); gan.fit(images); good.restore()`
  """

  def __init__(self, model: keras.Model):
    """Copies the values.

    Args:
      model: A compiled model.
    """
    self._variables = _variables(model)
    self._values = [variable.numpy() for variable in self._variables]

  def restore(self) -> None:
    """Gives the variables the values that they had."""
    for variable, value in zip(self._variables, self._values, strict=True):
      variable.assign(value)


def _variables(model) -> list[tf.Variable]:
  optimizers = [
    part
    for part in vars(model).values()
    if isinstance(part, recording.OPTIMIZERS)
  ]
  metrics = {v.ref() for metric in model.metrics for v in metric.variables}
  found = {
    variable.ref(): variable
    for owner in (model.weights, *(x.variables for x in optimizers))
    for variable in owner
    if variable.ref() not in metrics
  }
  return list(found.values())
