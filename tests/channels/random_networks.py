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
"""Makes networks at random, of layers that leave a channel of zeros zero."""

import tensorflow as tf
from hypothesis import strategies as st

import tf_ganprune as tgp
from tests.channels import random_layers

keras = tgp.keras
layers = keras.layers
_MOST_NUMBERS = 2000  # of an example, so that networks stay small


class Maker:
  """Adds random layers to tensors, which hypothesis draws.

  Attributes:
    tensors: All so far; what comes next takes any of them.
  """

  def __init__(self, data):
    self._data = data
    self._shared: list = []
    self.tensors: list = []

  def draw(self, strategy):
    return self._data.draw(strategy)

  def model(self):
    """Returns a network of one or two inputs and outputs."""
    inputs = [self._input() for _ in range(self.draw(st.integers(1, 2)))]
    for _ in range(self.draw(st.integers(2, 7))):
      self.grow()
    ends = [self.tensors[-1], self.draw(st.sampled_from(self.tensors))]
    outputs = [layers.Dense(2)(x) for x in ends[: self.draw(st.integers(1, 2))]]
    return keras.Model(inputs, outputs)

  def _input(self):
    shape = self.draw(
      st.sampled_from([(6,), (3, 4), (4, 4, 3), (8, 8, 2), (2, 4, 4, 2)])
    )
    x = keras.Input(shape)
    self.tensors.append(self.widened(x))
    return x

  def grow(self):
    """Adds a tensor, made of one or two of those that there are."""
    x = self.draw(st.sampled_from(self.tensors[-3:]))
    step = self.draw(
      st.sampled_from([*_ANY, *random_layers.BY_RANK[len(x.shape)]])
    )
    y = step(self, x)
    if y.shape.num_elements() is None and len(y.shape) > 1:
      numbers = 1
      for side in y.shape[1:]:
        numbers *= side
      if numbers <= _MOST_NUMBERS:
        self.tensors.append(y)

  def widened(self, x, units=None):
    """Returns a tensor with other channels, a random number by default."""
    units = units or self.draw(st.integers(2, 8))
    kernel = (
      layers.Dense(units)
      if len(x.shape) < 4
      else random_layers.pointwise(x, units)
    )
    return kernel(x)

  # What follows is for tensors of any rank.

  def wide(self, x):
    return self.widened(x)

  def activated(self, x):
    kind = self.draw(st.integers(0, 5))
    if kind == 0:
      return layers.PReLU()(x)
    if kind == 1:
      return tf.nn.leaky_relu(x) * 0.5
    names = ("relu", "tanh", "swish", "softsign")
    return layers.Activation(names[kind - 2])(x)

  def normalized(self, x):
    kind = self.draw(st.integers(0, 2))
    if kind == 0:
      return layers.BatchNormalization()(x)
    if kind == 1 and len(x.shape) > 2:
      return layers.GroupNormalization(-1)(x)
    return layers.UnitNormalization()(x)

  def residual(self, x):
    y = self.widened(tf.nn.relu(self.widened(x)), x.shape[-1])
    if self.draw(st.booleans()):
      return x + y
    return layers.Add()([y, x])

  def gated(self, x):
    gate = layers.Activation("sigmoid")(self.widened(x, x.shape[-1]))
    return layers.Multiply()([x, gate])

  def joined(self, x):
    like = [y for y in self.tensors if y.shape[:-1] == x.shape[:-1]]
    others = self.draw(st.lists(st.sampled_from(like), min_size=1, max_size=2))
    return layers.Concatenate()([x, *others])

  def added(self, x):
    like = [y for y in self.tensors if y.shape == x.shape]
    kind = self.draw(
      st.sampled_from(
        [layers.Add, layers.Maximum, layers.Average, layers.Subtract]
      )
    )
    return kind()([x, self.draw(st.sampled_from(like))])

  def split(self, x):
    if x.shape[-1] % 2:
      return x
    a, b = tf.split(x, 2, axis=-1)
    return a * tf.tanh(b)

  def flat(self, x):
    return layers.Dense(self.draw(st.integers(2, 6)))(layers.Flatten()(x))

  def reshaped(self, x):
    """Any shape with as many numbers, the channels anywhere in it."""
    sides = list(x.shape[1:])
    for _ in range(self.draw(st.integers(1, 2))):
      place = self.draw(st.integers(0, len(sides) - 1))
      whole = sides.pop(place)
      parts = [n for n in (2, 3, 4) if whole % n == 0]
      if parts and len(sides) < 3:
        part = self.draw(st.sampled_from(parts))
        sides[place:place] = [part, whole // part]
      elif place < len(sides):
        sides[place] *= whole
      else:
        sides.append(whole)
    if self.draw(st.booleans()):
      return layers.Reshape(sides)(x)
    return tf.reshape(x, [-1, *sides])

  def nested(self, x):
    """A network within, which may be called twice."""
    inputs = keras.Input(x.shape[1:])
    inner = Maker(self._data)
    inner.tensors = [inputs]
    for _ in range(self.draw(st.integers(1, 2))):
      inner.grow()
    y = inner.tensors[-1]
    block = keras.Model(inputs, y)
    called = block(x)
    if called.shape == x.shape and self.draw(st.booleans()):
      called = block(called)
    return called

  def sequential(self, x):
    """A Sequential network within."""
    block = keras.Sequential(
      [keras.Input(x.shape[1:]), layers.PReLU(), layers.ReLU()]
    )
    return block(self.widened(x, x.shape[-1]))

  def shared(self, x):
    """A layer that there is, called again."""
    for layer, width in self._shared:
      if width == x.shape[-1]:
        return layer(x)
    layer = layers.Dense(self.draw(st.integers(2, 6)))
    self._shared.append((layer, x.shape[-1]))
    return layer(x)


_ANY = [
  Maker.wide,
  Maker.activated,
  Maker.normalized,
  Maker.residual,
  Maker.gated,
  Maker.joined,
  Maker.added,
  Maker.split,
  Maker.flat,
  Maker.reshaped,
  Maker.nested,
  Maker.sequential,
  Maker.shared,
]
