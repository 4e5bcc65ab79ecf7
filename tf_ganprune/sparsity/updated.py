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
"""Notes which weights the optimizers of a hand-written loop update."""

from collections.abc import Sequence

import tensorflow as tf

from tf_ganprune.sparsity import optimizer_hooks, wrapper


def given(gradients: Sequence, variables: Sequence) -> set:
  """Returns references to the variables that there is a gradient for.

  Args:
    gradients: None where there is none.
    variables: Whose gradients these are.
  """
  pairs = zip(gradients, variables, strict=True)
  return {
    variable.ref() for gradient, variable in pairs if gradient is not None
  }


class Notes(optimizer_hooks.Hook):
  """The pruned weights that optimizers have updated since they were last asked.

  A compiled function shows which variables it updates when it is traced, and
  not when it runs again; it is taken to update the same ones each time.

  Example:
    `notes = Notes(layers); optimizer_hooks.add(notes); notes.take()`
  """

  def __init__(self, layers: Sequence[wrapper.PruneLowMagnitude]):
    self._pruned = {
      weight.ref() for layer in layers for weight, _, _ in layer.pruning_vars
    }
    self._new: set = set()
    self._known: set | None = None
    self._is_compiled = False

  def after(self, optimizer, gradients, variables, result) -> None:
    """Notes an update."""
    found = given(gradients, variables) & self._pruned
    if found:
      self._new |= found
      self._is_compiled = tf.inside_function()

  def take(self) -> set | None:
    """Returns references to weights, and forgets them; None if none is known.

    Returns:
      What was updated since the last call, or, if nothing was seen, what a
      compiled function updated that was traced before.
    """
    if self._new:
      self._known, self._new = self._new, set()
      return self._known
    if self._known is None or self._is_compiled:
      return self._known
    return set()
