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
"""Copies of networks, with weights of their own and some layers replaced."""

from collections.abc import Callable

import tensorflow as tf

from tf_ganprune.channels import graph
from tf_ganprune.keras_compat import keras

# Returns what stands in place of a layer's copy: a layer, the copy itself, or
# None if its calls are left out. Given the layer, the copy and the layer's name
# as in `block/conv`.
Replace = Callable[[keras.layers.Layer, keras.layers.Layer, str], object]
# Returns what stands in place of a call's outputs; given Keras's node.
After = Callable[[object, object], object]


def copy(
  model: keras.Model,
  replace: Replace | None = None,
  after: After | None = None,
) -> keras.Model:
  """Returns a copy of a network with weights of its own.

  Args:
    model: A built network whose graph is known. It stays as it is.
    replace: Called once for each layer, which may be shared or nested.
    after: Called after each call of a layer, and for the network's inputs.

  Returns:
    A functional network of the same name. If all of the network was frozen, as
    a GAN's moving average is, nothing of the copy is.

  Raises:
    ValueError: If a layer cannot be made from its config.
  """
  graph.check(model)
  names = graph.names(model)
  copies = _Copies(names, replace or (lambda old, new, name: new), after)
  made = copies.model(model, copies.after)
  for old, new in copies.pairs:
    for ours, theirs in zip(new.weights, old.weights, strict=True):
      ours.assign(theirs)
  if not model.trainable:
    made.trainable = True  # and all of its layers
  return made


class _Copies:
  """Copies each layer once, and calls the copies as the layers were called."""

  def __init__(self, names, replace, after):
    self._names = names
    self._replace = replace
    self.after = after or (lambda outputs, node: outputs)
    self._made: dict[int, object] = {}
    self.pairs: list[tuple] = []

  def model(self, old: keras.Model, after=lambda x, node: x) -> keras.Model:
    inputs = [
      keras.Input(x.shape[1:], dtype=x.dtype, name=x.node.layer.name)
      for x in old.inputs
    ]
    first = [
      after(x, one.node) for x, one in zip(inputs, old.inputs, strict=True)
    ]
    outputs = graph.walk(old, first, self._visit)
    return keras.Model(
      tf.nest.pack_sequence_as(old._nested_inputs, inputs),
      tf.nest.pack_sequence_as(old._nested_outputs, outputs),
      name=old.name,
    )

  def _visit(self, layer, args, kwargs, node):
    if (made := self._layer(layer)) is None:
      return args[0]
    outputs = made(*args, **kwargs)
    return outputs if graph.is_nested(layer) else self.after(outputs, node)

  def _layer(self, old):
    if id(old) not in self._made:
      make = self.model if graph.is_nested(old) else self._copied
      self._made[id(old)] = make(old)
    return self._made[id(old)]

  def _copied(self, old):
    try:
      new = type(old).from_config(old.get_config())
    except (NotImplementedError, TypeError) as error:
      raise ValueError(
        f"Layer {self._names[id(old)]!r} ({type(old).__name__}) cannot be made"
        f" from its config ({error}). Give it `get_config`."
      ) from None
    replacement = self._replace(old, new, self._names[id(old)])
    if replacement is new or getattr(replacement, "layer", None) is new:
      self.pairs.append((old, new))
    return replacement
