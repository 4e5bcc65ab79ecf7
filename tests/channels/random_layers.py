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
"""Layers of random networks, for tensors of one rank or two."""

import tensorflow as tf
from hypothesis import strategies as st

import tf_ganprune as tgp

layers = tgp.keras.layers


def pointwise(x, units):
  """Returns a convolution over images or volumes, of single pixels."""
  return (layers.Conv2D if len(x.shape) == 4 else layers.Conv3D)(units, 1)


def spectral(maker, x):
  if len(x.shape) == 4:
    inner = maker.draw(st.sampled_from([layers.Conv2D, layers.Conv2DTranspose]))
    return layers.SpectralNormalization(inner(4, 3, padding="same"))(x)
  return layers.SpectralNormalization(layers.Dense(4))(x)


def squeezed(maker, x):
  y = layers.GlobalAveragePooling2D()(x)
  y = layers.Dense(x.shape[-1], activation="sigmoid")(layers.Dense(3)(y))
  return layers.Multiply()([x, layers.Reshape((1, 1, x.shape[-1]))(y)])


def permuted(maker, x):
  order = maker.draw(st.permutations(range(1, len(x.shape))))
  if maker.draw(st.booleans()):
    return layers.Permute(order)(x)
  return tf.transpose(x, [0, *order])


def conditioned(maker, x):
  return layers.Multiply()([x, layers.Dense(x.shape[-1])(x)])


def to_images(maker, x):
  channels = maker.draw(st.integers(2, 4))
  return layers.Reshape((4, 4, channels))(layers.Dense(16 * channels)(x))


def repeated(maker, x):
  return layers.RepeatVector(3)(x)


def conv_1d(maker, x):
  kind = maker.draw(st.integers(0, 3))
  if kind == 0:
    return layers.Conv1D(4, 2, padding="causal")(x)
  if kind == 1:
    return layers.Conv1DTranspose(4, 2, 2)(x)
  if kind == 2:
    return layers.SeparableConv1D(4, 2, padding="same")(x)
  return layers.DepthwiseConv1D(2, padding="same", use_bias=False)(x)


def pixels_1d(maker, x):
  kind = maker.draw(st.integers(0, 2))
  if kind == 0:
    return layers.UpSampling1D()(x)
  if kind == 1:
    return layers.GlobalMaxPooling1D()(x)
  return layers.ZeroPadding1D()(x)


def attention(maker, x):
  heads = maker.draw(st.integers(1, 3))
  y = layers.MultiHeadAttention(heads, 2)(x, x)
  return y if maker.draw(st.booleans()) else layers.Add()([x, y])


def products(maker, x):
  query, key, value = (maker.widened(x, n) for n in (4, 4, 6))
  if maker.draw(st.booleans()):
    scores = layers.Dot((2, 2))([query, key])
  else:
    scores = tf.matmul(query, key, transpose_b=True)
  return tf.matmul(tf.nn.softmax(scores), value)


def conv_2d(maker, x):
  kernel = maker.draw(st.integers(1, 3))
  return layers.Conv2D(
    maker.draw(st.integers(2, 8)),
    kernel,
    strides=maker.draw(st.integers(1, 2)),
    padding="same",
    activation=maker.draw(st.sampled_from([None, "relu"])),
  )(x)


def transposed(maker, x):
  return layers.Conv2DTranspose(
    maker.draw(st.integers(2, 6)), 3, 2, padding="same"
  )(x)


def depthwise(maker, x):
  times = maker.draw(st.integers(1, 2))
  if maker.draw(st.booleans()):
    return layers.DepthwiseConv2D(3, padding="same", depth_multiplier=times)(x)
  return layers.SeparableConv2D(4, 3, padding="same", depth_multiplier=times)(x)


def grouped(maker, x):
  groups = maker.draw(st.sampled_from([2, 3]))
  x = pointwise(x, 6)(x)
  return layers.Conv2D(
    groups * maker.draw(st.integers(1, 3)), 1, groups=groups
  )(x)


def by_channel(maker, x):
  width = x.shape[-1]
  return layers.Conv2D(width * maker.draw(st.integers(1, 2)), 1, groups=width)(
    x
  )


def blocks_of_channels(maker, x):
  if maker.draw(st.booleans()) and not x.shape[1] % 2 and not x.shape[2] % 2:
    return tf.nn.space_to_depth(x, 2)
  x = pointwise(x, 4 * maker.draw(st.integers(1, 3)))(x)
  return tf.nn.depth_to_space(x, 2)


def pixels_2d(maker, x):
  kind = maker.draw(st.integers(0, 7))
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
  return tf.reduce_mean(x, [1, 2], keepdims=maker.draw(st.booleans()))


def scaled(maker, x):
  """A skip connection across scales."""
  y = layers.Conv2D(4, 3, 2, padding="same")(x)
  y = layers.Conv2DTranspose(x.shape[-1], 3, 2, padding="same")(y)
  y = y[:, : x.shape[1], : x.shape[2]]
  return layers.Concatenate()([x, y])


def volumes(maker, x):
  kind = maker.draw(st.integers(0, 3))
  if kind == 0:
    return layers.Conv3D(4, 2, padding="same")(x)
  if kind == 1:
    return layers.Conv3DTranspose(3, 2, padding="same")(x)
  if kind == 2:
    return layers.TimeDistributed(layers.Conv2D(4, 2, padding="same"))(x)
  return layers.GlobalAveragePooling3D()(x)


BY_RANK = {
  2: [conditioned, to_images, repeated, spectral],
  3: [
    conv_1d,
    pixels_1d,
    attention,
    products,
    permuted,
    spectral,
  ],
  4: [
    blocks_of_channels,
    by_channel,
    conv_2d,
    depthwise,
    grouped,
    permuted,
    pixels_2d,
    scaled,
    spectral,
    squeezed,
    transposed,
  ],
  5: [volumes],
}
