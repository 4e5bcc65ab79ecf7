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
    self.tensors.append(self._wide(x))
    return x

  def grow(self):
    """Adds a tensor, made of one or two of those that there are."""
    x = self.draw(st.sampled_from(self.tensors[-3:]))
    step = self.draw(st.sampled_from([*_ANY, *_BY_RANK[len(x.shape)]]))
    y = step(self, x)
    if y.shape.num_elements() is None and len(y.shape) > 1:
      numbers = 1
      for side in y.shape[1:]:
        numbers *= side
      if numbers <= _MOST_NUMBERS:
        self.tensors.append(y)

  def _wide(self, x, units=None):
    units = units or self.draw(st.integers(2, 8))
    kernel = layers.Dense(units) if len(x.shape) < 4 else _pointwise(x, units)
    return kernel(x)

  # What follows is for tensors of any rank.

  def wide(self, x):
    return self._wide(x)

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
    y = self._wide(tf.nn.relu(self._wide(x)), x.shape[-1])
    if self.draw(st.booleans()):
      return x + y
    return layers.Add()([y, x])

  def gated(self, x):
    gate = layers.Activation("sigmoid")(self._wide(x, x.shape[-1]))
    return layers.Multiply()([x, gate])

  def squeezed(self, x):
    if len(x.shape) != 4:
      return self.gated(x)
    y = layers.GlobalAveragePooling2D()(x)
    y = layers.Dense(x.shape[-1], activation="sigmoid")(layers.Dense(3)(y))
    return layers.Multiply()([x, layers.Reshape((1, 1, x.shape[-1]))(y)])

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

  def permuted(self, x):
    order = self.draw(st.permutations(range(1, len(x.shape))))
    if self.draw(st.booleans()):
      return layers.Permute(order)(x)
    return tf.transpose(x, [0, *order])

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
    return block(self._wide(x, x.shape[-1]))

  def shared(self, x):
    """A layer that there is, called again."""
    for layer, width in self._shared:
      if width == x.shape[-1]:
        return layer(x)
    layer = layers.Dense(self.draw(st.integers(2, 6)))
    self._shared.append((layer, x.shape[-1]))
    return layer(x)

  def spectral(self, x):
    if len(x.shape) == 4:
      inner = self.draw(
        st.sampled_from([layers.Conv2D, layers.Conv2DTranspose])
      )
      return layers.SpectralNormalization(inner(4, 3, padding="same"))(x)
    return layers.SpectralNormalization(layers.Dense(4))(x)

  # What follows is for tensors of one rank.

  def conditioned(self, x):
    return layers.Multiply()([x, layers.Dense(x.shape[-1])(x)])

  def to_images(self, x):
    channels = self.draw(st.integers(2, 4))
    return layers.Reshape((4, 4, channels))(layers.Dense(16 * channels)(x))

  def repeated(self, x):
    return layers.RepeatVector(3)(x)

  def conv_1d(self, x):
    kind = self.draw(st.integers(0, 3))
    if kind == 0:
      return layers.Conv1D(4, 2, padding="causal")(x)
    if kind == 1:
      return layers.Conv1DTranspose(4, 2, 2)(x)
    if kind == 2:
      return layers.SeparableConv1D(4, 2, padding="same")(x)
    return layers.DepthwiseConv1D(2, padding="same", use_bias=False)(x)

  def pixels_1d(self, x):
    kind = self.draw(st.integers(0, 2))
    if kind == 0:
      return layers.UpSampling1D()(x)
    if kind == 1:
      return layers.GlobalMaxPooling1D()(x)
    return layers.ZeroPadding1D()(x)

  def attention(self, x):
    heads = self.draw(st.integers(1, 3))
    y = layers.MultiHeadAttention(heads, 2)(x, x)
    return y if self.draw(st.booleans()) else layers.Add()([x, y])

  def products(self, x):
    query, key, value = (self._wide(x, n) for n in (4, 4, 6))
    if self.draw(st.booleans()):
      scores = layers.Dot((2, 2))([query, key])
    else:
      scores = tf.matmul(query, key, transpose_b=True)
    return tf.matmul(tf.nn.softmax(scores), value)

  def conv_2d(self, x):
    kernel = self.draw(st.integers(1, 3))
    return layers.Conv2D(
      self.draw(st.integers(2, 8)),
      kernel,
      strides=self.draw(st.integers(1, 2)),
      padding="same",
      activation=self.draw(st.sampled_from([None, "relu"])),
    )(x)

  def transposed(self, x):
    return layers.Conv2DTranspose(
      self.draw(st.integers(2, 6)), 3, 2, padding="same"
    )(x)

  def depthwise(self, x):
    times = self.draw(st.integers(1, 2))
    if self.draw(st.booleans()):
      return layers.DepthwiseConv2D(3, padding="same", depth_multiplier=times)(
        x
      )
    return layers.SeparableConv2D(4, 3, padding="same", depth_multiplier=times)(
      x
    )

  def grouped(self, x):
    groups = self.draw(st.sampled_from([2, 3]))
    x = _pointwise(x, 6)(x)
    return layers.Conv2D(
      groups * self.draw(st.integers(1, 3)), 1, groups=groups
    )(x)

  def by_channel(self, x):
    width = x.shape[-1]
    return layers.Conv2D(width * self.draw(st.integers(1, 2)), 1, groups=width)(
      x
    )

  def blocks_of_channels(self, x):
    if self.draw(st.booleans()) and not x.shape[1] % 2 and not x.shape[2] % 2:
      return tf.nn.space_to_depth(x, 2)
    x = _pointwise(x, 4 * self.draw(st.integers(1, 3)))(x)
    return tf.nn.depth_to_space(x, 2)

  def pixels_2d(self, x):
    kind = self.draw(st.integers(0, 7))
    if kind == 0:
      return layers.UpSampling2D()(x)
    if kind == 1:
      return layers.AveragePooling2D(2, padding="same")(x)
    if kind == 2:
      return layers.MaxPooling2D(2, padding="same")(x)
    if kind == 3:
      return layers.GlobalAveragePooling2D()(x)
    if kind == 4:
      return layers.Cropping2D(((0, 1), (0, 0)))(x) if x.shape[1] > 1 else x
    if kind == 5:
      return tf.pad(x, [[0, 0], [1, 1], [0, 1], [0, 0]], mode="SYMMETRIC")
    if kind == 6:
      return layers.Resizing(3, 4)(x)
    return tf.reduce_mean(x, [1, 2], keepdims=self.draw(st.booleans()))

  def scaled(self, x):
    """A skip connection across scales."""
    y = layers.Conv2D(4, 3, 2, padding="same")(x)
    y = layers.Conv2DTranspose(x.shape[-1], 3, 2, padding="same")(y)
    y = y[:, : x.shape[1], : x.shape[2]]
    return layers.Concatenate()([x, y])

  def volumes(self, x):
    kind = self.draw(st.integers(0, 3))
    if kind == 0:
      return layers.Conv3D(4, 2, padding="same")(x)
    if kind == 1:
      return layers.Conv3DTranspose(3, 2, padding="same")(x)
    if kind == 2:
      return layers.TimeDistributed(layers.Conv2D(4, 2, padding="same"))(x)
    return layers.GlobalAveragePooling3D()(x)


def _pointwise(x, units):
  return (layers.Conv2D if len(x.shape) == 4 else layers.Conv3D)(units, 1)


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
_BY_RANK = {
  2: [Maker.conditioned, Maker.to_images, Maker.repeated, Maker.spectral],
  3: [
    Maker.conv_1d,
    Maker.pixels_1d,
    Maker.attention,
    Maker.products,
    Maker.permuted,
    Maker.spectral,
  ],
  4: [
    Maker.blocks_of_channels,
    Maker.by_channel,
    Maker.conv_2d,
    Maker.depthwise,
    Maker.grouped,
    Maker.permuted,
    Maker.pixels_2d,
    Maker.scaled,
    Maker.spectral,
    Maker.squeezed,
    Maker.transposed,
  ],
  5: [Maker.volumes],
}
