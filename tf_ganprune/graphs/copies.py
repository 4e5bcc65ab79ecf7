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

from tf_ganprune.graphs import copier, walks
from tf_ganprune.keras_compat import keras

# A function of a layer, its copy and its name, as in `block/conv`. It returns
# the layer to use: the copy itself, another layer, or None to leave out calls.
Replace = Callable[[keras.layers.Layer, keras.layers.Layer, str], object]
# A function of a call's outputs and Keras's node. It returns other outputs.
After = Callable[[object, object], object]


def copy(
  model: keras.Model,
  replace: Replace | None = None,
  after: After | None = None,
  shapes: list[tuple] | None = None,
) -> keras.Model:
  """Returns a copy of a network with weights of its own.

  Args:
    model: A built functional or Sequential network. It is not changed.
    replace: A function that returns a layer to use in place of a copy, called
      once for each layer, shared and nested ones included.
    after: A function that changes the outputs of a call, called after each call
      of a layer, and for the network's inputs.
    shapes: The shapes of the copy's inputs, batch included, if they differ.

  Returns:
    A functional network of the same name. If all of the network is frozen, as a
    GAN's moving average is, nothing of the copy is.

  Raises:
    ValueError: If a layer cannot be made from its config.
  """
  walks.check(model)
  names = walks.names(model)
  replace = replace or (lambda old, new, name: new)
  copies = _Copies(model, names, replace, after, shapes)
  made = copies.model(model)
  for old, new in copies.pairs:
    for ours, theirs in zip(new.weights, old.weights, strict=True):
      ours.assign(theirs)
  if not model.trainable:
    made.trainable = True  # and all of its layers
  return made


class _Copies(copier.Copier):
  """Copies layers by their configs, and applies `replace` and `after`."""

  def __init__(self, whole, names, replace, after, shapes=None):
    super().__init__()
    self._whole = whole
    self._names = names
    self._replace = replace
    self._after = after or (lambda outputs, node: outputs)
    self._sizes = shapes
    self.pairs: list[tuple] = []

  def shapes(self, old):
    is_sized = old is self._whole and self._sizes is not None
    return self._sizes if is_sized else super().shapes(old)

  def entered(self, old, inputs):
    if old is not self._whole:
      return inputs
    return [
      self._after(x, one.node)
      for x, one in zip(inputs, old.inputs, strict=True)
    ]

  def visit(self, layer, args, kwargs, node):
    if self.layer(layer) is None:
      return args[0]
    outputs = super().visit(layer, args, kwargs, node)
    return outputs if walks.is_nested(layer) else self._after(outputs, node)

  def copied(self, old):
    try:
      new = type(old).from_config(old.get_config())
    except (NotImplementedError, TypeError) as error:
      raise ValueError(
        f"Layer {self._names[id(old)]!r} ({type(old).__name__}) cannot be made"
        f" from its config ({error}). Let its `get_config` return all arguments"
        " of the constructor."
      ) from None
    new._name = old.name  # Keras's own config of a user's class may lack it
    replacement = self._replace(old, new, self._names[id(old)])
    if replacement is new or getattr(replacement, "layer", None) is new:
      self.pairs.append((old, new))
    return replacement
