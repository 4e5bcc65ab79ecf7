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
"""Finds the calls of layers whose outputs an int8 file rounds."""

import collections
import functools

import tensorflow as tf

from tf_ganprune import inputs
from tf_ganprune.compression import integers
from tf_ganprune.graphs import walks
from tf_ganprune.keras_compat import keras

PREFIX = "range_"  # of the names of layers that round
_LAYERS = keras.layers
# The outputs of these are numbers from their inputs.
_PASSING = (
  _LAYERS.Cropping1D,
  _LAYERS.Cropping2D,
  _LAYERS.Dropout,
  _LAYERS.Flatten,
  _LAYERS.GlobalMaxPooling2D,
  _LAYERS.MaxPooling2D,
  _LAYERS.Permute,
  _LAYERS.Reshape,
  _LAYERS.ZeroPadding1D,
  _LAYERS.ZeroPadding2D,
)
# LiteRT's own ranges for these are fixed.
_FIXED = ("tanh", "sigmoid", "softmax")


class RoundedCalls:
  """Decides which calls of layers have outputs that int8 files round.

  Example:
    >>> RoundedCalls(generator).after(outputs, node)

  Attributes:
    layers: The layers that are called.
    scaled: The layers that a batch normalization follows.
  """

  def __init__(self, model: keras.Model):
    """Collects the calls of a network.

    Args:
      model: A built functional or Sequential network.
    """
    self.layers, self.scaled = set(), set()
    self._users = collections.defaultdict(list)
    self._made = collections.Counter()
    self._model = model
    self._add(model)

  @functools.cached_property
  def _looked_up(self) -> set[str]:
    """The names of inputs that are indices of rows, as of an Embedding."""
    return set(inputs.rows(self._model))

  def _add(self, model):
    for node in walks.nodes(model):
      for x in tf.nest.flatten((node.call_args, node.call_kwargs)):
        if hasattr(x, "_keras_history"):
          self._users[id(x)].append(node.layer)
          if isinstance(node.layer, _LAYERS.BatchNormalization):
            self.scaled.add(x.node.layer)
      self.layers.add(node.layer)
      if walks.is_nested(node.layer):
        self._add(node.layer)

  def after(self, outputs, node):
    """Returns the outputs of a call, rounded if the file rounds them.

    Args:
      outputs: The outputs of the call in the copy of the network.
      node: The call in the network itself.
    """
    if not tf.is_tensor(node.outputs) and not hasattr(node.outputs, "dtype"):
      return outputs
    if not node.outputs.dtype.is_floating or self._is_left(node):
      return outputs
    # A shared layer is called several times.
    self._made[node.layer.name] += 1
    number = self._made[node.layer.name]
    name = f"{PREFIX}{node.layer.name}" + (f"_{number}" if number > 1 else "")
    return integers.FakeQuantize(name=name)(outputs)

  def _is_left(self, node) -> bool:
    layer = node.layer
    if layer.name in self._looked_up and isinstance(layer, _LAYERS.InputLayer):
      return True  # a row is a whole number, whatever its type
    if isinstance(layer, _PASSING) or _function(layer) in _FIXED:
      return True
    users = self._users[id(node.outputs)]
    return len(users) == 1 and _is_fused(layer, users[0])


def _is_fused(layer, user) -> bool:
  """Returns whether a file fuses a layer with the layer that uses it."""
  if isinstance(user, _LAYERS.ReLU) and not user.negative_slope:
    return True
  if isinstance(user, _LAYERS.Activation) and _function(user) == "relu":
    return True
  is_linear = _function(layer) == "linear"
  return is_linear and isinstance(user, _LAYERS.BatchNormalization)


def _function(layer) -> str:
  if isinstance(layer, _LAYERS.Softmax):
    return "softmax"
  return getattr(getattr(layer, "activation", None), "__name__", "")
