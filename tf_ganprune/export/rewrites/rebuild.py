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
"""Copies a network with replacements for some of its layers."""

from collections.abc import Mapping

from tf_ganprune.export.rewrites import rewrite_rule
from tf_ganprune.graphs import copier, shallow_copies
from tf_ganprune.keras_compat import keras


def rebuild(
  model: keras.Model,
  replacements: Mapping[int, rewrite_rule.Replacement | None],
) -> keras.Model:
  """Returns a functional copy of a network with some layers replaced.

  Args:
    model: A network whose graph Keras knows. It is not changed, and shares the
      weights of the layers that are not replaced.
    replacements: The replacement for a call, by the `id` of the call's node;
      None for a call that is part of the replacement of an earlier one.
  """
  rebuilt = _Copy(replacements).model(model)
  # The names may have been set to others than the layers'.
  rebuilt.output_names = list(model.output_names)
  return rebuilt


class _Copy(copier.Copier):
  """Copies a network, and calls the replacements in place of some layers."""

  def __init__(self, replacements):
    super().__init__()
    self._replacements = replacements

  def visit(self, layer, args, kwargs, node):
    if id(node) not in self._replacements:
      return super().visit(layer, args, kwargs, node)
    replacement = self._replacements[id(node)]
    (tensor,) = args
    for new in replacement.layers if replacement else ():
      tensor = new(tensor)
    return tensor

  def copied(self, old):
    return shallow_copies.copy(old)
