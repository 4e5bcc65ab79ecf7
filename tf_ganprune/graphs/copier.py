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
"""Copies networks call by call, so that calls can be changed."""

import tensorflow as tf

from tf_ganprune.graphs import walks
from tf_ganprune.keras_compat import keras


class Copier:
  """Copies each layer once, and calls the copies as the layers were called.

  Derived classes make the copy of a layer, and may change calls.

  Example:
    `Copier().model(network)` with a `copied` that returns `shallow.copy(layer)`
  """

  def __init__(self):
    """Creates a copier that has made no copies yet."""
    self._made: dict[int, object] = {}

  def model(self, old: keras.Model) -> keras.Model:
    """Returns a copy of a network, nested networks included.

    Args:
      old: A functional or Sequential network.
    """
    inputs = [
      keras.Input(shape[1:], shape[0], dtype=x.dtype, name=x.node.layer.name)
      for shape, x in zip(self.shapes(old), old.inputs, strict=True)
    ]
    outputs = walks.walk(old, self.entered(old, inputs), self.visit)
    return keras.Model(
      tf.nest.pack_sequence_as(old._nested_inputs, inputs),
      tf.nest.pack_sequence_as(old._nested_outputs, outputs),
      name=old.name,
    )

  def shapes(self, old: keras.Model) -> list:
    """Returns the shapes of the inputs of a network's copy."""
    return [x.shape for x in old.inputs]

  def entered(self, old: keras.Model, inputs: list) -> list:
    """Returns the tensors that stand for a network's inputs in its calls."""
    del old
    return inputs

  def visit(self, layer, args, kwargs, node):
    """Returns the outputs of a call of the copy; see `walks.walk`."""
    del node
    return self.layer(layer)(*args, **kwargs)

  def layer(self, old: keras.layers.Layer):
    """Returns a layer's copy, the same at each call."""
    if id(old) not in self._made:
      make = self.model if walks.is_nested(old) else self.copied
      self._made[id(old)] = make(old)
    return self._made[id(old)]

  def copied(self, old: keras.layers.Layer):
    """Returns a copy of a layer that is not a nested network; override it."""
    raise NotImplementedError
